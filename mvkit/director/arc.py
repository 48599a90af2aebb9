"""How colour and light change over a film: each part has its grade, the same in all its clips.

Parts of one type are led by the same colour, so that a chorus is known again when it comes back;
how light, saturated and warm they are follows where the film has got to.

Contents
--------
Arc
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from mvkit.director.facts import Facts
from mvkit.director.knowledge import Knowledge
from mvkit.director.rules import DECISIONS, choose, measure
from mvkit.grading import has_hue
from mvkit.schema import Grade
from mvkit.schema.base import HexColour

LEADS = DECISIONS["lead"]
FACTOR_RANGE = (0.5, 1.6)
MAX_WARMTH = 1.0


@dataclass(frozen=True)
class Light:
    """Grade and light of a part, and the rows they come from."""

    grade: Grade
    lighting: str
    rules: tuple[str, ...]


@dataclass
class Arc:
    """The grades of a film, part by part.

    Parameters
    ----------
    palette : sequence of str
        The film's, ``#rrggbb``; greys and whites in it never lead.
    knowledge : Knowledge
        The rules.
    seed : str
        Of the dice.
    """

    palette: Sequence[HexColour]
    knowledge: Knowledge
    seed: str
    _parts: dict[int, Light] = field(default_factory=dict)

    def light_of(self, section_index: int, facts: Facts) -> Light:
        """Return the light of a part; the first clip of a part decides for all of it.

        Parameters
        ----------
        section_index : int
            Number of the part of the song.
        facts : Facts
            Of the clip.
        """
        if section_index not in self._parts:
            self._parts[section_index] = self._decide(facts)
        return self._parts[section_index]

    def _decide(self, facts: Facts) -> Light:
        about = self.knowledge.about
        dice = random.Random(f"{self.seed} {facts.section}")
        lead = choose(about("lead"), "lead", LEADS, facts, rng=dice)
        lightness, saturation, warmth = (
            measure(about(name), name, facts, default=1.0)
            for name in ("lightness", "saturation", "warmth")
        )
        grade = Grade(
            lead=self._place_of(lead.value),
            lightness=_clamped(lightness.value, *FACTOR_RANGE),
            saturation=_clamped(saturation.value, *FACTOR_RANGE),
            warmth=_clamped(math.log2(warmth.value), -MAX_WARMTH, MAX_WARMTH),
        )
        lighting = self.knowledge.phrase("part_light", facts)
        measured = (*lightness.rules, *saturation.rules, *warmth.rules)
        reasons = dict.fromkeys((*lead.rules, *measured, lighting.id))
        return Light(grade, lighting.text, tuple(reasons))

    def _place_of(self, lead: str) -> int:
        """Return the place in the palette of the colour that leads."""
        places = [i for i, colour in enumerate(self.palette) if has_hue(colour)] or [0]
        return {"leading": places[0], "second": places[1 % len(places)], "accent": places[-1]}[lead]


def _clamped(value: float, least: float, most: float) -> float:
    return round(min(max(value, least), most), 3)
