"""What of the craft a language model is told: the rows that can hold in this film.

There are far more rules than one film can follow. Those that spoke in the draft come first, then
those whose conditions are met by some moment of the song; of each, those of the film's own genre
and format lead. Rules about cuts, transitions and grading are left out: those stand, whatever the
model writes.

Contents
--------
craft_of, worlds_of
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from mvkit.director.facts import Facts
from mvkit.director.hearing import hear_passages
from mvkit.director.knowledge import Knowledge, World
from mvkit.director.pacing import clip_edges_s
from mvkit.director.rules import Condition, Range, Rule, holds
from mvkit.director.themes import themes_in
from mvkit.director.treatment import blended_feeling
from mvkit.director.wish import read_wish, speaks_of
from mvkit.schema import Analysis, Brief, Plan
from mvkit.settings import get_settings

MAX_RULES = 60
MAX_MOTIFS = 6
STANDING = frozenset(
    ("shot_s", "cut", "transition", "edge", "accent", "lead", "lightness", "saturation", "warmth")
)
"""What a screenplay does not decide."""
HEARD = (
    *("section", "next_section", "energy", "energy_change", "tempo_bpm", "mode", "valence"),
    *("arousal", "sung", "lyrics", "peopled", "genre", "format", "swing", "occurrence", "final"),
    "look",
)
"""Facts that the song and the wish alone decide; any other may come to be in some shot."""


def craft_of(
    draft: Plan, *, brief: Brief, analysis: Analysis, knowledge: Knowledge
) -> dict[str, Any]:
    """Return what of the craft a model is told, as JSON.

    Parameters
    ----------
    draft : Plan
        Our own plan.
    brief, analysis
        The wish and the song.
    knowledge : Knowledge
        Everything that is known.
    """
    sung = ". ".join(line.text for line in analysis.lyrics)
    genre = next((row for row in knowledge.genres if row.id == draft.genre), None)
    moments, spoken = _moments(draft, brief, analysis, knowledge), _spoken(draft)
    return {
        "rules": [_told(rule) for rule in _rules(spoken, moments, knowledge)],
        "principles": {row.id: row.advice for row in knowledge.principles if row.id in spoken},
        **({"genre": {"name": genre.name, "advice": genre.advice}} if genre else {}),
        "motifs": {motif.name: motif.image for motif in themes_in(sung, knowledge)[:MAX_MOTIFS]},
    }


def worlds_of(draft: Plan, knowledge: Knowledge) -> tuple[World, ...]:
    """Return the worlds that a screenplay may name: none that the wish rules out.

    What the draft itself is built of may stay.
    """
    built = {scene.world for scene in draft.scenes}
    return tuple(
        world
        for world in knowledge.worlds
        if world.id in built or not speaks_of(draft.avoid, f"{world.id} {world.name}")
    )


def _moments(
    draft: Plan, brief: Brief, analysis: Analysis, knowledge: Knowledge
) -> tuple[Facts, ...]:
    """Return what is heard during each clip, as far as rules may ask for it."""
    wish = read_wish(brief.prompt, knowledge, sentence_model=get_settings().sentence_model)
    valence, arousal = blended_feeling(analysis, wish)
    return tuple(
        replace(
            passage.facts(analysis, valence=valence, arousal=arousal),
            genre=draft.genre,
            format=draft.format,
            peopled=bool(draft.characters),
        )
        for passage in hear_passages(analysis, clip_edges_s(analysis))
    )


def _rules(spoken: Counter[str], moments: Sequence[Facts], knowledge: Knowledge) -> list[Rule]:
    """Return the rules that can hold in a film, the most telling first."""
    deciding = [rule for rule in knowledge.rules if not STANDING.issuperset(rule.then)]
    possible = [rule for rule in deciding if rule.id in spoken or _can_hold(rule, moments)]

    def order(rule: Rule) -> tuple[bool, bool, int]:
        ours = bool({"genre", "format"} & set(rule.when))
        return rule.id not in spoken, not ours, -spoken[rule.id]

    return sorted(possible, key=order)[:MAX_RULES]


def _spoken(draft: Plan) -> Counter[str]:
    """Return how often each rule made something of the draft."""
    spoken: Counter[str] = Counter()
    for script in draft.clip_scripts:
        spoken.update(script.rules)
        for shot in script.shots:
            spoken.update(shot.rules)
    for act in draft.acts:
        spoken.update(act.rules)
    return spoken


def _can_hold(rule: Rule, moments: Sequence[Facts]) -> bool:
    asked = {fact: wanted for fact, wanted in rule.when.items() if fact in HEARD}
    return any(
        all(holds(wanted, getattr(moment, fact)) for fact, wanted in asked.items())
        for moment in moments
    )


def _told(rule: Rule) -> dict[str, str]:
    """Return a rule in short: ``when`` it holds, what it makes likelier ``then``, its advice."""
    when = ", ".join(_condition(fact, wanted) for fact, wanted in rule.when.items())
    then = "; ".join(
        f"{name}: {', '.join(f'{o} x{rule.chance_of(name, o):.2g}' for o in options)}"
        for name, options in rule.then.items()
        if isinstance(options, dict)
    )
    told = {"id": rule.id, "when": when, "then": then, "advice": rule.advice}
    return {name: text for name, text in told.items() if text}


def _condition(fact: str, wanted: Condition) -> str:
    """Return a condition in short: ``section chorus|bridge``, ``energy 0.5 to 1``, ``not sung``."""
    if isinstance(wanted, bool):
        return fact if wanted else f"not {fact}"
    if not isinstance(wanted, Range):
        return f"{fact} {'|'.join(wanted)}"
    if math.isinf(wanted.min):
        return f"{fact} below {wanted.max:g}"
    if math.isinf(wanted.max):
        return f"{fact} from {wanted.min:g}"
    return f"{fact} {wanted.min:g} to {wanted.max:g}"
