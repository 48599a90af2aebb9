"""Screen direction: which way people walk across the frame, kept from shot to shot.

Who walks to the right in one shot and to the left in the next has turned back, or so it looks. So
in one place the way across the frame stays, until a shot towards us or away from us allows another
(the 180-degree rule; D. Bordwell and K. Thompson, *Film Art*, on the axis of action).

Contents
--------
Ways, crosses
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from mvkit.director.facts import Facts
from mvkit.director.knowledge import Knowledge
from mvkit.director.rules import DECISIONS, Choice, choose
from mvkit.schema.plan import Direction

WAYS: tuple[Direction, ...] = DECISIONS["direction"]  # type: ignore[assignment]
ACROSS: frozenset[Direction] = frozenset({"left to right", "right to left"})


def crosses(before: Direction, after: Direction) -> bool:
    """Tell whether two ways in a row look like turning back."""
    return before != after and {before, after} == ACROSS


@dataclass
class Ways:
    """The ways people walk, place by place.

    Parameters
    ----------
    knowledge : Knowledge
        The rules.
    seed : str
        Of the dice.
    last : dict
        The last way in each place, by the ids of scenes.
    """

    knowledge: Knowledge
    seed: str
    last: dict[str, Direction] = field(default_factory=dict)

    def choose(self, facts: Facts, scene_id: str, start_s: float) -> Choice[Direction]:
        """Choose the way of a shot in which somebody walks.

        Parameters
        ----------
        facts : Facts
            Of the shot.
        scene_id : str
            Where it plays.
        start_s : float
            Where it starts, in seconds.
        """
        before = self.last.get(scene_id)
        factors = {way: 0.0 for way in WAYS if before and crosses(before, way)}
        dice = random.Random(f"{self.seed} {start_s}")
        choice = choose(
            self.knowledge.about("direction"), "direction", WAYS, facts, rng=dice, factors=factors
        )
        self.last[scene_id] = choice.value
        return choice
