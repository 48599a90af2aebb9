"""What is said of a clip's own light and colours, beside the style that all clips share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mvkit.prompts.colours import colour_name
from mvkit.prompts.sentences import listed, whole_clauses
from mvkit.schema import ClipScript, Grade

MOST_WORDS = 12
"""Of light and colours together: a nuance of the style, not another one."""
SEEN_FACTOR = 0.08
"""Lightness and saturation that differ by less from the film's are not spoken of."""
SEEN_WARMTH = 0.12


def light_sentences(script: ClipScript, palette: Sequence[str]) -> tuple[str, ...]:
    """Return what differs here from the film's light and colours, in twelve words at most.

    Parameters
    ----------
    script : ClipScript
        The clip, with its light in words and its grade.
    palette : sequence of str
        The film's colours as ``#rrggbb``, of which the grade names the one that leads.
    """
    light = whole_clauses(script.lighting, _is_short) if script.lighting else ""
    room = MOST_WORDS - _n_words(light)
    ways = _colours(script.grade, palette)
    colours = next((told for told in ways if _n_words(told) <= room), "")
    return tuple(f"{told[0].upper()}{told[1:]}" for told in (light, colours) if told)


def _n_words(text: str) -> int:
    return len(text.split())


def _is_short(text: str) -> bool:
    return _n_words(text) <= MOST_WORDS


def _colours(grade: Grade, palette: Sequence[str]) -> Iterator[str]:
    """Yield ways to tell of the colours, the most telling first; none where they do not differ."""
    differences = [
        *_compared(grade.lightness - 1, SEEN_FACTOR, more="brighter", less="darker"),
        *_compared(grade.warmth, SEEN_WARMTH, more="warmer", less="cooler"),
        *_compared(grade.saturation - 1, SEEN_FACTOR, more="richer", less="more muted"),
    ]
    told = [f"{listed(differences[:n])} colours" for n in range(len(differences), 0, -1)]
    if 0 < grade.lead < len(palette):
        colours = f"{told[0]}," if told else "colours"
        yield f"{colours} led by {colour_name(palette[grade.lead])}"
    yield from told


def _compared(difference: float, seen: float, *, more: str, less: str) -> Iterator[str]:
    if abs(difference) >= seen:
        yield more if difference > 0 else less
