"""When each word of a line is sung, from the times of whatever parts somebody timed.

Contents
--------
word_starts
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate

import numpy as np

from mvkit.orthography import sung_words


def word_starts(text: str, timed: Sequence[tuple[str, float]]) -> tuple[float, ...]:
    """Return when each word of a line begins, in seconds.

    A timed part may be a word, several, or a syllable; words inside one lie in it by their letters.

    Parameters
    ----------
    text : str
        The line.
    timed : sequence of tuple of str and float
        Its parts in order, and when each begins; one without letters says when the one before ends.

    Returns
    -------
    tuple of float
        A time for each of :func:`mvkit.orthography.sung_words`; empty where they cannot be told, as
        times decrease, or a word begins after the last of them.
    """
    times_s = [time_s for _, time_s in timed]
    words_at = _letters_before(sung_words(text))
    times_at = _letters_before(part for part, _ in timed)
    if not words_at or words_at[-1] > times_at[-1] or times_s != sorted(times_s):
        return ()
    last_at = dict(zip(times_at, times_s, strict=True))  # of several at one place, the last counts
    return tuple(map(float, np.interp(words_at, [*last_at], [*last_at.values()])))


def _letters_before(parts: Iterable[str]) -> list[int]:
    """Return how many letters, without spaces, stand before each part."""
    return [*accumulate((len("".join(part.split())) for part in parts), initial=0)][:-1]
