"""Beats that the picture answers inside a long shot: a push of the lens, a flash, a shake.

A cut is the strongest answer to a beat; a long shot that answers none goes numb. Which beats are
answered, and how, is decided by the rules (decision ``accent``); how many at most, by the limits.

Contents
--------
Answers, without_strobe
"""

from __future__ import annotations

import random
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from mvkit.director.facts import Facts
from mvkit.director.grid import Grid
from mvkit.director.knowledge import Knowledge
from mvkit.director.rules import DECISIONS, choose
from mvkit.schema import Accent

ACCENTS = DECISIONS["accent"]
CLEAR_OF_CUTS_S = 0.45
"""A beat this close to a cut has its answer."""
MINUTE_S = 60.0
Reasons = tuple[str, ...]


@dataclass
class Answers:
    """The accents of a film, shot by shot in its order.

    Parameters
    ----------
    grid : Grid
        The song's beats.
    knowledge : Knowledge
        Rules and limits.
    seed : str
        Of the dice; each shot has its own, so that one does not change the others.
    given : dict
        Accents by where their shots start, in seconds.
    """

    grid: Grid
    knowledge: Knowledge
    seed: str
    given: dict[float, tuple[Accent, ...]] = field(default_factory=dict)

    def of(self, facts: Facts, start_s: float, end_s: float) -> tuple[tuple[Accent, ...], Reasons]:
        """Choose the beats that a shot answers.

        Parameters
        ----------
        facts : Facts
            Of the shot.
        start_s, end_s : float
            The shot, in seconds; one that was asked for before is chosen anew.

        Returns
        -------
        tuple of Accent
            The strongest that the limits allow, in order of time.
        tuple of str
            Ids of the rules that speak for them.
        """
        answered = self._answered(facts, start_s, end_s)
        before = [a for other_s, own in self.given.items() if other_s < start_s for a in own]
        n_lately = sum(end_s - accent.time < MINUTE_S for accent in before)
        room = max(self.knowledge.limit("accents_per_min") - n_lately, 0.0)
        most = min(self.knowledge.limit("accents_per_shot"), room, len(answered))
        strongest = sorted(answered, key=lambda accent: -accent.strength)[: int(most)]
        self.given[start_s] = without_strobe(
            sorted(strongest, key=lambda accent: accent.time),
            before=before,
            most_per_s=self.knowledge.limit("flashes_per_s"),
        )
        rules = (rule for accent in self.given[start_s] for rule in answered[accent])
        return self.given[start_s], tuple(dict.fromkeys(rules))

    def _answered(self, facts: Facts, start_s: float, end_s: float) -> dict[Accent, Reasons]:
        """Return what the rules choose for the beats of a shot, however many."""
        beats_s = self.grid.analysis.beat_timestamps
        first = bisect_right(beats_s, start_s + CLEAR_OF_CUTS_S)
        last = bisect_left(beats_s, end_s - CLEAR_OF_CUTS_S)
        dice = random.Random(f"{self.seed} {start_s}")
        answered: dict[Accent, Reasons] = {}
        for beat_s in beats_s[first:last]:
            here = self.grid.on_beat(facts, beat_s)
            choice = choose(self.knowledge.about("accent"), "accent", ACCENTS, here, rng=dice)
            if choice.value != "none":
                strength = round(min(1.0, 0.5 * here.accent + 0.5 * here.energy), 3)
                told = {"time": beat_s, "kind": choice.value, "strength": strength}
                answered[Accent.model_validate(told)] = choice.rules
        return answered


def without_strobe(
    accents: Iterable[Accent], *, most_per_s: float, before: Sequence[Accent] = ()
) -> tuple[Accent, ...]:
    """Return accents without flashes that would be too many in any one second.

    Parameters
    ----------
    accents : iterable of Accent
        In order of time.
    most_per_s : float
        How many flashes a second may hold.
    before : sequence of Accent
        Those of earlier shots.
    """
    kept: list[Accent] = []
    for accent in accents:
        flashes = [other for other in (*before, *kept) if other.kind == "flash"]
        recent = [other for other in flashes if accent.time - other.time < 1.0]
        if accent.kind != "flash" or len(recent) < most_per_s:
            kept.append(accent)
    return tuple(kept)
