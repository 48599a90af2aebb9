"""What a text denies.

Contents
--------
speaks_of, unwanted
"""

from __future__ import annotations

from collections.abc import Iterable

from mvkit.director.knowledge import Vocable
from mvkit.director.lexicon import WORD_SCORE, Match, plain_words, stems

WEAK_ENDINGS = frozenset(
    {
        *("in", "out", "on", "off", "up", "down", "by", "at", "it", "of", "to", "over", "around"),
        *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    }
)


def speaks_of(names: Iterable[str], text: str) -> bool:
    """Tell whether a text speaks of a thing; of several words (*flying cars*), by the last.

    A last word that says nothing alone (*push in*) counts only with the others.
    """
    told = {form for word in plain_words(text) for form in stems(word)}
    return any(
        all(not told.isdisjoint(stems(word)) for word in telling)
        for telling in map(_telling, names)
        if telling
    )


def _telling(name: str) -> list[str]:
    """Return the words by which a thing is known again."""
    words = plain_words(name)
    return words if words and words[-1] in WEAK_ENDINGS else words[-1:]


def unwanted(
    denied: Iterable[Match[Vocable]], matches: Iterable[Match[Vocable]]
) -> tuple[Vocable, ...]:
    """Return what is denied by its own words, and not called by others: *night*, but no moon."""
    called = [match.call.called for match in matches]
    return tuple(
        match.call.called
        for match in denied
        if match.call.score == WORD_SCORE and match.call.called not in called
    )
