"""How clips give way to each other: mostly by cuts, softly where the music is soft.

The showy kinds are rare: a film in which every change is an event has none.

Contents
--------
USUAL_S, choose_transitions
"""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import pairwise

from mvkit.director.facts import Facts
from mvkit.director.grid import Grid
from mvkit.director.knowledge import Knowledge
from mvkit.director.rules import TRANSITIONS, Choice, choose
from mvkit.director.treatment import Take
from mvkit.schema import Transition
from mvkit.schema.plan import TransitionType

USUAL_S: dict[TransitionType, float] = {
    "cut": 0.0,
    "crossfade": 0.5,
    "fade": 0.5,
    "fade white": 0.5,
    "luma dissolve": 0.6,
    "wipe": 0.4,
    "push": 0.4,
    "whip": 0.4,
    "zoom": 0.4,
    "spin": 0.4,
    "flash": 0.27,
    "light leak": 0.8,
    "film burn": 0.8,
    "glitch": 0.27,
}
"""Length of each kind, in seconds; crossfade and fade as in the product document, module 8."""
UNSEEN: Choice[TransitionType] = Choice("cut", ("shot_goes_on",))
"""Of a shot that goes on across the edge of two clips; nobody sees a cut."""
NO_EMPHASIS = "A change without emphasis."
ROOM = 4
"""A clip beside a transition is this many times as long at least."""


def choose_transitions(
    takes: Sequence[Take],
    *,
    grid: Grid,
    kept: Collection[int],
    knowledge: Knowledge,
    rng: random.Random,
) -> tuple[Transition, ...]:
    """Choose the transition between each two neighbouring clips.

    Parameters
    ----------
    takes : sequence of Take
        The clips, in order.
    grid : Grid
        The song's beats.
    kept : collection of int
        Clips that go on in the last shot of the clip before.
    knowledge : Knowledge
        The rules; the advice of the strongest becomes the rationale.
    rng : random.Random
        Where the dice come from.
    """
    transitions = []
    for before, after in pairwise(takes):
        lengths_s = (before.passage.length_s, after.passage.length_s)
        options = [kind for kind in TRANSITIONS if min(lengths_s) >= ROOM * USUAL_S[kind]]
        facts = grid.on_beat(_facts_between(before, after), after.passage.start_s)
        choice = choose(knowledge.about("transition"), "transition", options, facts, rng=rng)
        if after.passage.index in kept:
            choice = UNSEEN
        transitions.append(_transition(before.passage.index, choice, knowledge))
    return tuple(transitions)


def _facts_between(before: Take, after: Take) -> Facts:
    """Return the facts of the later clip, with the energy of the louder one."""
    return replace(
        after.facts,
        energy=max(before.facts.energy, after.facts.energy),
        section_change=before.passage.section_index != after.passage.section_index,
        scene_change=after.arrival,
    )


def _transition(from_clip: int, choice: Choice[TransitionType], knowledge: Knowledge) -> Transition:
    rationale = knowledge.advice[choice.rules[0]] if choice.rules else NO_EMPHASIS
    return Transition(
        from_clip=from_clip,
        to_clip=from_clip + 1,
        type=choice.value,
        duration=USUAL_S[choice.value],
        rationale=rationale,
        rules=choice.rules,
    )
