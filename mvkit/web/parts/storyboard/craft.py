"""The director's knowledge in words for pages: why something was decided, and what a place is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mvkit.director import load_knowledge
from mvkit.schema import Scene


def advice_of_rules() -> Mapping[str, str]:
    """Return the director's sentence for each rule, by its id."""
    return load_knowledge().advice


def reasons(rules: Iterable[str]) -> list[str]:
    """Return the sentences of rules, each once; a rule that is no longer known has none."""
    advice = advice_of_rules()
    return list(dict.fromkeys(advice[rule] for rule in rules if rule in advice))


def place_words(scene: Scene) -> str:
    """Return where a clip plays, for people: ``a neon city street at night in the rain``."""
    knowledge = load_knowledge()
    world = knowledge.place_of(scene)
    weather = knowledge.weather(scene.weather)
    if not world.outdoors:
        return f"{world.name} {weather.indoors}".strip()
    return f"{world.name} {knowledge.time(scene.time_of_day).phrase} {weather.phrase}".strip()
