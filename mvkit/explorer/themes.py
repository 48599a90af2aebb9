"""The director's rules by theme, which is by what they decide.

Contents
--------
group_rules, OTHER
"""

from __future__ import annotations

from collections.abc import Mapping

from mvkit.director import Knowledge
from mvkit.director.rules import Rule

THEMES: Mapping[str, tuple[str, ...]] = {
    "story and places": ("format", "place", "release", "image"),
    "rhythm": ("shot_s", "cut", "accent"),
    "camera": ("size", "angle", "move"),
    "continuity": ("step", "hold", "edge", "rhyme", "direction"),
    "action": ("action", "figure", "who"),
    "transitions": ("transition",),
    "colour and light": ("lead", "lightness", "saturation", "warmth"),
    "people": ("person", "hair", "outfit", "prop"),
}
"""What each theme decides; see :data:`mvkit.director.rules.DECISIONS`."""
OTHER = "other"
GENRES = "genres"
"""Rules of one kind of music are a theme of their own, whatever they decide."""


def group_rules(knowledge: Knowledge) -> dict[str, tuple[Rule, ...]]:
    """Return the rules of each theme that has any, in the order in which a film is decided."""
    groups: dict[str, list[Rule]] = {theme: [] for theme in (*THEMES, GENRES, OTHER)}
    for rule in knowledge.rules:
        groups[_theme_of(rule)].append(rule)
    return {theme: tuple(rules) for theme, rules in groups.items() if rules}


def _theme_of(rule: Rule) -> str:
    if "genre" in rule.when:
        return GENRES
    decided = next(iter(rule.then))
    return next((theme for theme, names in THEMES.items() if decided in names), OTHER)
