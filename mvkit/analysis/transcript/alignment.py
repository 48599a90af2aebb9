"""When written lines are sung, from the words that were heard.

Written and heard words are aligned as wholes (Needleman and Wunsch, "A general method applicable
to the search for similarities in the amino acid sequence of two proteins", J. Mol. Biol. 48,
1970), so that a chorus that comes three times is found three times, and in order. Two words are
alike by the pairs of letters they share (Dice's coefficient): models mishear what is sung.

A line whose words were heard gets their times; of one that begins or ends unheard, the missing
words are given the pace of the others. A line that was not heard lies between its neighbours.

Contents
--------
align
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

import numpy as np
from numpy.typing import NDArray

from mvkit.analysis.transcript.phrases import Phrase
from mvkit.analysis.transcript.spelling import spelt, spelt_words
from mvkit.providers.base import Word
from mvkit.schema import LyricLine
from mvkit.timing import tidy_s

FloatArray = NDArray[np.float64]

ALIKE = 0.5
"""Words less alike than this are different words."""
GAP_COST = 0.4
"""Of a word that only one side has; two of them cost more than one unlike pair is worth."""
UNLIKE_COST = 1.0
MOST_WORDS = 6000
"""On either side: a song of ten minutes has two thousand."""
LEAST_HEARD = 0.25
"""Share of a line's words that must be heard for its times to be believed."""
LEAST_LINES_HEARD = 0.2
"""Share of the lines; below it, these are not the words of this song."""
LONGEST_HOLD_S = 6.0
"""Two words of one line are not further apart."""
LEAST_ROOM = 0.25
"""Of the time that lines need; what has less was not sung there."""
LONG_WORD = 1.5
"""Times as long as usual."""
USUAL_LETTER_S = 0.075
"""A letter at 160 words a minute, where the song itself tells no pace."""


@dataclass(frozen=True)
class _Span:
    """When a line is sung."""

    start_s: float
    end_s: float


@dataclass(frozen=True)
class _Heard(_Span):
    """When the heard words of a line are sung, how many they are, and all of it by a guess."""

    guessed_start_s: float
    guessed_end_s: float
    n_words: int


def align(
    written: Sequence[LyricLine], phrases: Sequence[Phrase], *, duration_s: float
) -> tuple[LyricLine, ...]:
    """Return the written lines with the times at which they were heard.

    Parameters
    ----------
    written : sequence of LyricLine
        In the order in which they are sung; their times are not looked at.
    phrases : sequence of tuple of Word
        What was heard, in order.
    duration_s : float
        Length of the song.

    Returns
    -------
    tuple of LyricLine
        All of the lines, in their order; empty if too few of them were heard to tell.
    """
    words = [(index, word) for index, line in enumerate(written) for word in spelt_words(line.text)]
    heard = [(word, part) for phrase in phrases for word, part in _spelt_apart(phrase)]
    if not words or not heard or max(len(words), len(heard)) > MOST_WORDS:
        return ()
    pairs = _pairs([word for _, word in words], [part for _, part in heard])
    found = {i: heard[j][0] for i, j in pairs}
    spans = _heard_spans(words, found)
    if len(spans) < max(1.0, LEAST_LINES_HEARD * len(written)):
        return ()
    all_spans = _fill(written, spans, duration_s=duration_s)
    return tuple(
        _timed(line, span, duration_s) for line, span in zip(written, all_spans, strict=True)
    )


def _spelt_apart(phrase: Phrase) -> Iterator[tuple[Word, str]]:
    """Yield each heard word as it is compared; what is written as one may be several."""
    for word in phrase:
        parts = spelt_words(word.text)
        step_s = (word.end_s - word.start_s) / max(1, len(parts))
        for index, part in enumerate(parts):
            start_s = word.start_s + index * step_s
            yield Word(text=part, start_s=start_s, end_s=start_s + step_s), part


def _likeness(written: Sequence[str], heard: Sequence[str]) -> FloatArray:
    """Return how alike each pair of words is, 0-1 (Dice's coefficient of their letter pairs)."""
    pairs_of = [{a + b for a, b in pairwise(f"^{word}$")} for word in (*written, *heard)]
    column = {pair: index for index, pair in enumerate(sorted(set().union(*pairs_of)))}
    has = np.zeros((len(pairs_of), len(column)), dtype=np.float32)
    for row, pairs in enumerate(pairs_of):
        has[row, [column[pair] for pair in pairs]] = 1.0
    ours, theirs = has[: len(written)], has[len(written) :]
    sizes = ours.sum(axis=1)[:, None] + theirs.sum(axis=1)[None, :]
    alike: FloatArray = (2.0 * (ours @ theirs.T) / sizes).astype(float)
    return alike


def _pairs(written: Sequence[str], heard: Sequence[str]) -> list[tuple[int, int]]:
    """Return the positions of words that belong together: the best global alignment."""
    our_words, our_ids = np.unique(np.array(written), return_inverse=True)
    their_words, their_ids = np.unique(np.array(heard), return_inverse=True)
    alike = _likeness(our_words.tolist(), their_words.tolist())
    worth = np.where(alike >= ALIKE, alike, -UNLIKE_COST)[:, their_ids]
    steps = _best_steps(worth, our_ids)
    pairs = []
    i, j = len(written), len(heard)
    while i and j:
        step = steps[i, j]
        if step == _BOTH and alike[our_ids[i - 1], their_ids[j - 1]] >= ALIKE:
            pairs.append((i - 1, j - 1))
        i -= step != _SKIP_HEARD
        j -= step != _SKIP_WRITTEN
    return pairs[::-1]


_BOTH, _SKIP_WRITTEN, _SKIP_HEARD = 0, 1, 2


def _best_steps(worth: FloatArray, our_ids: NDArray[np.intp]) -> NDArray[np.int8]:
    """Return for each pair of positions the last step of the best alignment up to there.

    A row is found at once: skipping heard words is a running maximum along it.
    """
    n_heard = worth.shape[1]
    slope = GAP_COST * np.arange(n_heard + 1)
    best = -slope
    steps = np.full((len(our_ids) + 1, n_heard + 1), _SKIP_HEARD, dtype=np.int8)
    for row, our_id in enumerate(our_ids, start=1):
        both = np.concatenate([[-np.inf], best[:-1] + worth[our_id]])
        skip_written = best - GAP_COST
        entered = np.maximum(both, skip_written)
        best = np.maximum.accumulate(entered + slope) - slope
        stepped = np.where(both >= skip_written, _BOTH, _SKIP_WRITTEN)
        steps[row] = np.where(best > entered + 1e-9, _SKIP_HEARD, stepped)
    return steps


def _heard_spans(words: Sequence[tuple[int, str]], found: dict[int, Word]) -> dict[int, _Span]:
    """Return when each line is sung whose words were mostly heard.

    Whisper hears well when words end, but counts the pause before a word to the word. That is
    taken out of a line's first word where it lasts long: it is seldom held, as the last one is.
    """
    pace_s = _letter_s(words, found)
    heard: dict[int, _Heard] = {}
    lengths_s: dict[int, float] = {}
    for line, group in groupby(range(len(words)), key=lambda position: words[position][0]):
        positions = list(group)
        together = _densest([p for p in positions if p in found], found)
        n_letters = {p: len(words[p][1]) for p in positions}
        lengths_s[line] = pace_s * sum(n + 1 for n in n_letters.values())
        if len(together) < max(1.0, LEAST_HEARD * len(positions)):
            continue
        n_before = sum(n_letters[p] + 1 for p in positions if p < together[0])
        n_after = sum(n_letters[p] + 1 for p in positions if p > together[-1])
        first, end_s = found[together[0]], found[together[-1]].end_s
        usual_s = pace_s * (n_letters[together[0]] + 1)
        lasts_s = first.end_s - first.start_s
        start_s = first.end_s - usual_s if lasts_s > LONG_WORD * usual_s else first.start_s
        guess_s = (start_s - pace_s * n_before, end_s + pace_s * n_after)
        heard[line] = _Heard(start_s, end_s, *guess_s, n_words=len(together))
    return _kept_apart(_possible(heard, lengths_s))


def _possible(heard: dict[int, _Heard], lengths_s: dict[int, float]) -> dict[int, _Heard]:
    """Return lines without those that leave the unheard ones between them no time.

    One of such two was heard at another place: that of which fewer words were heard.
    """
    kept = dict(heard)
    while True:
        crowded = [
            line
            for a, b in pairwise(kept)
            if b - a > 1
            and kept[b].start_s - kept[a].end_s
            < LEAST_ROOM * sum(lengths_s.get(line, 0.0) for line in range(a + 1, b))
            for line in (a, b)
        ]
        if not crowded:
            return kept
        del kept[min(crowded, key=lambda line: kept[line].n_words)]


def _densest(positions: Sequence[int], found: dict[int, Word]) -> list[int]:
    """Return those words of a line that were heard together; strays elsewhere are left out."""
    groups: list[list[int]] = []
    for position in positions:
        if groups and found[position].start_s - found[groups[-1][-1]].end_s <= LONGEST_HOLD_S:
            groups[-1].append(position)
        else:
            groups.append([position])
    return max(groups, key=len, default=[])


def _letter_s(words: Sequence[tuple[int, str]], found: dict[int, Word]) -> float:
    """Return how long a letter is sung, by neighbours that were both heard."""
    paces = [
        (found[p + 1].start_s - found[p].start_s) / (len(words[p][1]) + 1)
        for p in range(len(words) - 1)
        if p in found and p + 1 in found and words[p][0] == words[p + 1][0]
    ]
    return float(np.clip(np.median(paces), 0.03, 0.3)) if paces else USUAL_LETTER_S


def _kept_apart(heard: dict[int, _Heard]) -> dict[int, _Span]:
    """Return the lines' spans: what is guessed of one gives way to what was heard of others."""
    spans = {}
    lines = list(heard.items())
    for index, (line, span) in enumerate(lines):
        floor_s = lines[index - 1][1].end_s if index else 0.0
        ceiling_s = lines[index + 1][1].start_s if index + 1 < len(lines) else math.inf
        start_s = min(max(span.guessed_start_s, floor_s), span.start_s)
        end_s = max(min(span.guessed_end_s, ceiling_s), span.end_s)
        spans[line] = _Span(start_s, end_s)
    return spans


def _fill(
    written: Sequence[LyricLine], spans: dict[int, _Span], *, duration_s: float
) -> list[_Span]:
    """Return a span for every line; those unheard lie evenly between their neighbours."""
    n_letters = [len(spelt(line.text)) + 1 for line in written]
    paces = [(span.end_s - span.start_s) / n_letters[line] for line, span in spans.items()]
    pace_s = max(float(np.median(paces)), USUAL_LETTER_S / 2)
    pause_s = _pause_s(spans)
    filled: list[_Span] = []
    for heard, group in groupby(range(len(written)), key=lambda line: line in spans):
        lines = list(group)
        if heard:
            filled += [spans[line] for line in lines]
            continue
        lengths_s = [pace_s * n_letters[line] for line in lines]
        wanted_s = sum(lengths_s) + pause_s * (len(lines) + 1)
        before, after = filled[-1] if filled else None, spans.get(lines[-1] + 1)
        filled += _laid_out(lengths_s, *_room(before, after, wanted_s, duration_s))
    return filled


def _pause_s(spans: dict[int, _Span]) -> float:
    """Return how long the singer mostly waits from one line to the next."""
    pauses = [spans[n + 1].start_s - span.end_s for n, span in spans.items() if n + 1 in spans]
    return float(np.clip(np.median(pauses), 0.0, LONGEST_HOLD_S)) if pauses else 0.0


def _room(
    before: _Span | None, after: _Span | None, wanted_s: float, duration_s: float
) -> tuple[float, float]:
    """Return the time that unheard lines have: between neighbours, or beside the only one."""
    if before is None:
        until_s = after.start_s if after else duration_s
        return max(0.0, until_s - wanted_s), until_s
    if after is None:
        return before.end_s, min(duration_s, before.end_s + wanted_s)
    return before.end_s, max(before.end_s, after.start_s)


def _laid_out(lengths_s: Sequence[float], from_s: float, until_s: float) -> Iterator[_Span]:
    """Lay lines into a span of time with equal pauses around them, shorter if they must."""
    room_s, wanted_s = until_s - from_s, sum(lengths_s)
    shrink = min(1.0, room_s / wanted_s)
    pause_s = (room_s - shrink * wanted_s) / (len(lengths_s) + 1)
    at_s = from_s
    for length_s in lengths_s:
        at_s += pause_s
        yield _Span(at_s, at_s + shrink * length_s)
        at_s += shrink * length_s


def _timed(line: LyricLine, span: _Span, duration_s: float) -> LyricLine:
    start_s, end_s = (tidy_s(min(max(0.0, t), duration_s)) for t in (span.start_s, span.end_s))
    return LyricLine(text=line.text, timestamp=start_s, end=end_s if end_s > start_s else None)
