"""Sung lines as captions that can be read while they are sung.

A caption has at most two rows. It stands a little before it is heard, since reading takes a moment,
stays until it can have been read if the next line leaves it the time, and leaves the picture free
for two frames before the next: without that, one line seems to turn into the other. Row lengths,
reading speed, shortest time and gap are those of subtitles (Netflix Timed Text Style Guide).

Contents
--------
caption_lines, in_rows, reading_speed
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise, zip_longest
from typing import Literal

from mvkit.orthography import n_columns, sung_parts, sung_words
from mvkit.schema import Aspect, Caption, LyricLine
from mvkit.timing import FPS

ROW_LETTERS: dict[Aspect, int] = {"16:9": 42, "1:1": 32, "9:16": 24}
"""So many letters a row has, at most, at a size that can be read on a telephone; wide letters, as
Chinese and Japanese have, count double."""
MAX_ROWS = 2
READABLE_LETTERS_PER_S = 17.0
EARLY_S = 0.1
GAP_S = 2 / FPS
TOGETHER_S = 0.2
LINGER_S = 0.25
"""How long a line stays after it has been sung."""
SHORTEST_S, LONGEST_S = 5 / 6, 5.0
"""A line is shown so long, if the next one allows it; and, where its end is not known, at most."""
LAST_WORD_S = 1.0
"""So long a last word is sung, where its beginning is known and nothing else."""


@dataclass(frozen=True)
class _Piece:
    """As much of a line as is shown at once, and when its words are sung."""

    text: str
    words_at_s: tuple[float, ...]
    """When each word begins, and when the last one ends."""


def caption_lines(
    lyrics: Sequence[LyricLine],
    *,
    duration_s: float,
    aspect: Aspect,
    kind: Literal["lyrics", "karaoke"] = "lyrics",
) -> tuple[Caption, ...]:
    """Set sung lines as captions, one after the other.

    Parameters
    ----------
    lyrics : sequence of LyricLine
        Sung lines, ascending in time.
    duration_s : float
        Length of the song in seconds; no caption outlasts it.
    aspect : {'16:9', '1:1', '9:16'}
        Shape of the picture, which says how long rows are.
    kind : {'lyrics', 'karaoke'}
        Whether whole lines appear, or every word lights up as it is sung.
    """
    pieces = [piece for line in _timed(lyrics, duration_s) for piece in _pieces(line, aspect)]
    starts_s = [max(0.0, piece.words_at_s[0] - EARLY_S) for piece in pieces]
    captions = []
    for piece, start_s, next_s in zip_longest(pieces, starts_s, starts_s[1:]):
        until_s = duration_s if next_s is None else next_s - GAP_S
        end_s = min(_leaves_s(piece, start_s), until_s)
        if end_s > start_s + GAP_S:
            captions.append(
                Caption(
                    kind=kind,
                    text=in_rows(piece.text, row_letters=ROW_LETTERS[aspect]),
                    start=start_s,
                    end=end_s,
                    words_at=piece.words_at_s if kind == "karaoke" else (),
                )
            )
    return tuple(captions)


def in_rows(text: str, *, row_letters: int) -> str:
    """Break a text into as few rows as fit, of about the same length.

    Rows break at spaces; a word that is longer than a row, and written without spaces between its
    parts, breaks at its letters. Wide letters count double.
    """
    parts = [*_breakable(text, row_letters)]
    n_rows = len(_wrapped(parts, row_letters))
    widths = range(-(-n_columns(text) // n_rows), row_letters)
    width = next((n for n in widths if len(_wrapped(parts, n)) <= n_rows), row_letters)
    return "\n".join(_wrapped(parts, width))


def reading_speed(caption: Caption) -> float:
    """Return how fast a caption has to be read, in letters per second; wide ones count double."""
    return n_columns(caption.text) / caption.length_s


def _timed(lyrics: Sequence[LyricLine], duration_s: float) -> Iterator[_Piece]:
    """Yield whole lines with the times of their words."""
    lines = _one_at_a_time([line for line in lyrics if line.timestamp < duration_s])
    for line, following in zip_longest(lines, lines[1:]):
        next_s = following.timestamp if following else duration_s
        text = " ".join(line.text.split())
        words = sung_words(text)
        known = len(line.words_at) == len(words)
        stops_s = line.words_at[-1] + LAST_WORD_S if known else line.timestamp + LONGEST_S
        end_s = min(line.end or stops_s, next_s)
        begins_s = line.words_at if known else _spread(words, line.timestamp, end_s)
        if words:
            yield _Piece(text, (*begins_s, max(end_s, begins_s[-1])))


def _one_at_a_time(lines: Sequence[LyricLine]) -> list[LyricLine]:
    """Make lines that begin together, as those of two singers do, one."""
    apart: list[LyricLine] = []
    for line in lines:
        if apart and line.timestamp - apart[-1].timestamp < TOGETHER_S:
            text = f"{apart[-1].text} {line.text}"
            apart[-1] = apart[-1].model_copy(update={"text": text, "words_at": ()})
        else:
            apart.append(line)
    return apart


def _spread(words: Sequence[str], start_s: float, end_s: float) -> tuple[float, ...]:
    """Spread words over a time, each by its number of letters."""
    *before, whole = accumulate((n_columns(word) + 1 for word in words), initial=0)
    return tuple(start_s + (end_s - start_s) * letters / whole for letters in before)


def _pieces(line: _Piece, aspect: Aspect) -> Iterator[_Piece]:
    """Cut a line into parts of at most two rows, of about the same length."""
    rows = in_rows(line.text, row_letters=ROW_LETTERS[aspect]).split("\n")
    n_rows, n_parts = len(rows), -(-len(rows) // MAX_ROWS)
    words_before = [0, *accumulate(len(sung_words(row)) for row in rows)]
    cuts = [words_before[round(part * n_rows / n_parts)] for part in range(n_parts + 1)]
    parts = sung_parts(line.text)
    for first, end in pairwise(cuts):
        yield _Piece("".join(parts[first:end]).strip(), line.words_at_s[first : end + 1])


def _leaves_s(piece: _Piece, start_s: float) -> float:
    """Return when a caption may go: after it was sung, and can have been read."""
    read_s = max(SHORTEST_S, n_columns(piece.text) / READABLE_LETTERS_PER_S)
    return max(piece.words_at_s[-1] + LINGER_S, start_s + read_s)


def _breakable(text: str, row_letters: int) -> Iterator[str]:
    """Yield the parts of a text that rows keep whole, each with the space after it."""
    for word in text.split():
        *parts, last = sung_parts(word) if n_columns(word) > row_letters else [word]
        yield from parts
        yield f"{last} "


def _wrapped(parts: Iterable[str], width: int) -> list[str]:
    """Fill rows with as many parts as fit, one after the other."""
    rows = [""]
    for part in parts:
        if rows[-1] and n_columns(rows[-1] + part.rstrip()) > width:
            rows.append("")
        rows[-1] += part
    return [row.strip() for row in rows]
