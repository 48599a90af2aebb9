"""What each part of a song is for: intro, verse, pre-chorus, chorus and so on.

A part is described against the rest of its song: how loud, how bright and how busy it is, how
often it comes, where, how long, and what comes next. Each kind weighs these numbers, and each
kind follows each other more or less often; the best sequence of kinds is taken (Viterbi), as in
a conditional random field (Lafferty, McCallum and Pereira, ICML 2001). The weights were fitted by
`training/forms.py` to songs that it makes up, as the ear divides them: to no recording. Words,
where they are known, speak too: lines that come again mark a chorus, and a part without words in
a song that has some is instrumental.

Contents
--------
HeardPart, name_parts, evidence_of, learned
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import get_args

import numpy as np

from mvkit.analysis.sound import FloatArray
from mvkit.analysis.transcript.refrain import sung_again
from mvkit.schema import LyricLine
from mvkit.schema.analysis import SectionType

KINDS: tuple[SectionType, ...] = get_args(SectionType)

USUAL_BARS = 8.0
LINES_OF_A_SONG = 6  # with fewer, what has no words says nothing
WORDLESS, REPEATED = 5.0, 3.0  # weight of words, in the units of the others: logarithms of odds
TOGETHER = 0.5  # how far parts that are alike, and as loud, speak for each other
AS_LOUD = 1.5  # decibels
WORDS_FOR = {"verse": 1.0, "pre-chorus": 1.0, "chorus": 1.0, "bridge": 0.5, "instrumental": -1.0}
"""Which kinds have words, and which have none; the others may do either."""


@dataclass(frozen=True)
class HeardPart:
    """A stretch of the song before it has a name.

    Attributes
    ----------
    start_s, end_s : float
        Times in seconds.
    n_bars : float
        Its length.
    group : int
        Parts that sound alike share it.
    levels : tuple of float
        Loudness in decibels, whole and in bass, middle and high, and how busy the middle is.
    """

    start_s: float
    end_s: float
    n_bars: float
    group: int
    levels: tuple[float, ...]

    @property
    def length_s(self) -> float:
        """Length in seconds."""
        return self.end_s - self.start_s


@dataclass(frozen=True)
class Learned:
    """Weights of the evidence for each kind, and of each kind after each other."""

    evidence: FloatArray
    follows: FloatArray
    first: FloatArray
    last: FloatArray


def name_parts(
    parts: Sequence[HeardPart], lines: Sequence[LyricLine] = ()
) -> tuple[SectionType, ...]:
    """Return what each part is for.

    Parameters
    ----------
    parts : sequence of HeardPart
        They cover the song in order.
    lines : sequence of LyricLine
        The words, if they and their times are known.
    """
    if len({part.group for part in parts}) == 1:
        return tuple("verse" for _ in parts)
    weights = learned()
    scores = _spoken_together(evidence_of(parts) @ weights.evidence.T, parts)
    scores += _words(parts, lines)
    scores[0] += weights.first
    scores[-1] += weights.last
    return tuple(KINDS[kind] for kind in _best_path(scores, weights.follows))


def evidence_of(parts: Sequence[HeardPart]) -> FloatArray:
    """Return the numbers that describe each part, shape (n_parts, n_numbers)."""
    duration_s = parts[-1].end_s
    lengths_s = np.array([part.length_s for part in parts])
    middle = np.array([(part.start_s + part.end_s) / 2 / duration_s for part in parts])
    group = np.array([part.group for part in parts])
    levels = _against_song(np.array([part.levels for part in parts]), lengths_s)
    of_group = _mean_of_group(np.column_stack([levels, middle]), group, lengths_s)
    count = np.array([np.count_nonzero(group == g) for g in group])
    share = np.array([lengths_s[group == g].sum() for g in group]) / duration_s
    index = np.arange(len(parts))
    loudness, group_loudness = levels[:, 0], of_group[:, 0]
    recurring = np.where(count >= 2, group_loudness, -np.inf)
    chosen = recurring if np.isfinite(recurring).any() else group_loudness
    top = group == group[int(chosen.argmax())]
    before_top = _mean_of_group(np.append(top[1:], False)[:, None] * 1.0, group, lengths_s)[:, 0]
    size = np.log2(np.array([max(part.n_bars, 0.5) for part in parts]) / USUAL_BARS)
    columns = [
        np.ones(len(parts)),
        *levels.T,
        *(levels - of_group[:, :-1]).T,
        group_loudness,
        np.append(0.0, np.diff(loudness)),
        np.append(np.diff(loudness), 0.0),
        index == 0,
        index == len(parts) - 1,
        (index == 0) * loudness,
        (index == len(parts) - 1) * loudness,
        middle,
        (2 * middle - 1) ** 2,
        of_group[:, -1],
        count == 1,
        count >= 3,
        (count == 1) * (middle > 0.5),
        share,
        size,
        top,
        top & (count >= 2),
        before_top * ~top,
        np.append(False, group[1:] == group[:-1]),
        np.append(False, top[:-1]),
    ]
    return np.column_stack([np.asarray(column, dtype=float) for column in columns])


@cache
def learned() -> Learned:
    """Return the weights that come with the package."""
    stored = json.loads(files(__package__).joinpath("kinds.json").read_text(encoding="utf-8"))
    return Learned(**{name: np.array(values) for name, values in stored.items()})


def _against_song(levels: FloatArray, lengths_s: FloatArray) -> FloatArray:
    """Return levels less their mean over the song, in deviations; small ones stay small."""
    mean = np.average(levels, axis=0, weights=lengths_s)
    spread = np.sqrt(np.average((levels - mean) ** 2, axis=0, weights=lengths_s))
    against: FloatArray = (levels - mean) / (spread + 0.3)
    return against


def _mean_of_group(values: FloatArray, group: FloatArray, lengths_s: FloatArray) -> FloatArray:
    means = {
        g: np.average(values[group == g], axis=0, weights=lengths_s[group == g])
        for g in np.unique(group)
    }
    return np.array([means[g] for g in group])


def _spoken_together(scores: FloatArray, parts: Sequence[HeardPart]) -> FloatArray:
    """Return scores that lean to the mean of all parts that are alike and as loud."""
    group = np.array([part.group for part in parts])
    levels = np.array([part.levels for part in parts])
    apart = np.abs(levels[:, None] - levels[None]).mean(axis=2)
    same = (group[:, None] == group[None]) & (apart < AS_LOUD)
    mean = same @ scores / same.sum(axis=1, keepdims=True)
    leaning: FloatArray = (1.0 - TOGETHER) * scores + TOGETHER * mean
    return leaning


def _words(parts: Sequence[HeardPart], lines: Sequence[LyricLine]) -> FloatArray:
    """Return what the words say for each kind of each part, shape (n_parts, n_kinds)."""
    said = np.zeros((len(parts), len(KINDS)))
    if len(lines) < LINES_OF_A_SONG:
        return said
    starts_s = [part.start_s for part in parts]
    part_of = np.searchsorted(starts_s, [line.timestamp for line in lines], side="right") - 1
    again = sung_again([line.text for line in lines], part_of.tolist())
    usual = len(lines) / sum(parts[p].length_s for p in set(part_of.tolist()))
    for index, part in enumerate(parts):
        own = [known for p, known in zip(part_of, again, strict=True) if p == index]
        full = min(1.0, len(own) / (usual * part.length_s + 1e-9))
        repeated = sum(own) / max(1, len(own))
        for column, kind in enumerate(KINDS):
            said[index, column] = WORDLESS * WORDS_FOR.get(kind, 0.0) * (full - 0.5)
            if kind == "chorus":
                said[index, column] += REPEATED * full * (repeated - 0.5)
    return said


def _best_path(scores: FloatArray, follows: FloatArray) -> list[int]:
    """Return the best kind of each part, by Viterbi."""
    best, came_from = scores[0], []
    for score in scores[1:]:
        through = best[:, None] + follows
        came_from.append(through.argmax(axis=0))
        best = through.max(axis=0) + score
    path = [int(best.argmax())]
    for before in reversed(came_from):
        path.append(int(before[path[-1]]))
    return path[::-1]
