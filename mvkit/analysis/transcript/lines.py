"""Words cut into lines that can be read while they are sung.

A line ends where the singer pauses or the model ends a phrase; one that is too long to be read is
cut again at the longest pause or the strongest sign near its middle. Forty-two characters are what
subtitles put on a line (Netflix Timed Text Style Guide, English).

Contents
--------
cut_lines, joined
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from mvkit.analysis.transcript.phrases import Phrase
from mvkit.analysis.word_times import word_starts
from mvkit.orthography import is_unspaced
from mvkit.providers.base import Word
from mvkit.schema import LyricLine
from mvkit.timing import tidy_s

PAUSE_S = 0.7
"""A longer silence between two words ends a line."""
LONG_LINE = 42
"""More characters than this are cut, where both parts are worth a line."""
MOST_CHARACTERS = 400
SIGN_IS_WORTH_S = {",": 0.4, ";": 0.6, ":": 0.4, ".": 0.8, "!": 0.8, "?": 0.8, "…": 0.6}
OFF_CENTRE_COSTS_S = 0.6
"""What a cut at either end costs against one in the middle, in seconds of pause."""


def cut_lines(phrases: Iterable[Phrase], *, duration_s: float) -> tuple[LyricLine, ...]:
    """Return the lines of a song.

    Parameters
    ----------
    phrases : iterable of tuple of Word
        What was heard, in order; a phrase is never joined with the next.
    duration_s : float
        Length of the song.
    """
    pieces = (line for phrase in phrases for part in _at_pauses(phrase) for line in _short(part))
    return tuple(_line(piece, duration_s) for piece in pieces)


def joined(words: Sequence[Word]) -> str:
    """Return words as text, with spaces where their script has them."""
    text = words[0].text.strip()
    for before, after in pairwise(words):
        unspaced = is_unspaced(before.text) and is_unspaced(after.text)
        text += ("" if unspaced else " ") + after.text.strip()
    return text


def _at_pauses(phrase: Phrase) -> Iterator[Phrase]:
    start = 0
    for index, (word, following) in enumerate(pairwise(phrase), start=1):
        if following.start_s - word.end_s >= PAUSE_S:
            yield phrase[start:index]
            start = index
    yield phrase[start:]


def _short(piece: Phrase) -> Iterator[Phrase]:
    """Cut a piece at its best place until every part is short."""
    if len(piece) < 2 or len(joined(piece)) <= LONG_LINE:
        yield piece
        return
    best = max(range(1, len(piece)), key=lambda cut: _worth_s(piece, cut))
    yield from _short(piece[:best])
    yield from _short(piece[best:])


def _worth_s(piece: Phrase, cut: int) -> float:
    """Return how good it is to cut before a word, in seconds of pause."""
    before, after = piece[cut - 1], piece[cut]
    pause_s = max(0.0, after.start_s - before.end_s)
    sign_s = SIGN_IS_WORTH_S.get(before.text.strip()[-1:], 0.0)
    off_centre = abs(2 * len(joined(piece[:cut])) / len(joined(piece)) - 1)
    return pause_s + sign_s - OFF_CENTRE_COSTS_S * off_centre


def _line(piece: Phrase, duration_s: float) -> LyricLine:
    start_s = tidy_s(piece[0].start_s)
    end_s = tidy_s(min(max(word.end_s for word in piece), duration_s))
    text = joined(piece)[:MOST_CHARACTERS]
    timed = [(word.text, max(start_s, word.start_s)) for word in piece]
    return LyricLine(
        text=text,
        timestamp=start_s,
        end=end_s if end_s > start_s else None,
        words_at=word_starts(text, [*timed, ("", max(end_s, timed[-1][1]))]),
    )
