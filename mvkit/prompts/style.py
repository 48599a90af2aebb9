"""What is said of the style: the sentence that all prompts of a film share, and its keywords."""

from __future__ import annotations

import re

from mvkit.prompts.colours import colour_name
from mvkit.prompts.sentences import listed
from mvkit.schema import Style

QUALITY = "highly detailed, professional cinematography, 4K"
SMALL_WORDS = frozenset({"a", "an", "and", "of", "the", "with", "in", "on", "at", "to", "yet"})

TAIL = re.compile(r",? (?:with|in|at|on|around|like|that|filmed|long after)\b.*")
"""Where what kind of picture it is ends, and what it is like begins: ``film noir| in winter``."""
OWN_NOUN = re.compile(r"\b(?:aesthetic|look|style)\b", re.IGNORECASE)


def style_sentence(style: Style, *, quality: str = QUALITY) -> str:
    """Return the sentence that every prompt of a film shares, without its full stop."""
    colours = listed(dict.fromkeys(map(colour_name, style.color_palette)))
    return (
        f"{_aesthetic(style.visual_style)} {colours}, {style.lighting}, {style.mood}, "
        f"cinematic lighting, {quality}"
    )


def style_keywords(style: Style) -> tuple[str, ...]:
    """Return the words that carry the style: of its name, and of its colours."""
    words = re.findall(r"[\w-]+", style.visual_style.lower())
    telling = [word for word in words if word not in SMALL_WORDS]
    return tuple(dict.fromkeys([*telling, *map(colour_name, style.color_palette)]))


def _aesthetic(look: str) -> str:
    """Return "Neon noir aesthetic with", and "Film noir aesthetic, in winter, with"."""
    tail = TAIL.search(look)
    head = look[: tail.start()] if tail else look
    noun = "" if OWN_NOUN.search(look) else " aesthetic"
    rest = f"{tail.group()}," if tail else ""
    return f"{head[:1].upper()}{head[1:]}{noun}{rest} with"
