"""Choosing between beat series: what speaks for each, and how sure the choice is.

Each series is judged by a few numbers with plain meanings, weighted and added; the softmax over
all series tells how likely each is. What its bars say counts too: a series half a beat off may
meet as many onsets, but its chords change between its beats. The weights were fitted by ranking
(Luce's choice axiom, with a ridge penalty) to songs made at random; see `mvkit.analysis.weights`.

Contents
--------
EVIDENCE, BeatSeries, gather_evidence, choose, scored, pick, Choice, agreement
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mvkit.analysis.clues import CURVES, TURNS, Clues
from mvkit.analysis.downbeats import PARTS, BarWeights, bar_weights, best_rating, recurrence
from mvkit.analysis.sound import FloatArray
from mvkit.analysis.weights import fitted

FAST_BPM, SLOW_BPM, TYPICAL_BPM = 165.0, 80.0, 110.0
LEAST_ONSET = 0.3  # deviations; less is none
SAME_BEAT_S = 0.070  # as mir_eval counts beats for the same
SAME_SERIES = 0.8  # agreement from which two series are one

WITH_TEMPO = (
    *("all on halves", "all on quarters", "all alternates", "mid alternates"),
    *("low and mid alternate", "pattern after 2", "chord turns on beats", "bars"),
)
"""Evidence that means one thing in fast music and another in slow."""
EVIDENCE = (
    *(f"{curve} on beats" for curve in CURVES),
    *(f"{curve} on halves" for curve in CURVES),
    *(f"{curve} on quarters" for curve in CURVES),
    *(f"{curve} on first thirds" for curve in CURVES),
    *(f"{curve} on second thirds" for curve in CURVES),
    *(f"{curve} alternates" for curve in CURVES),
    *(f"{turn} turns on beats" for turn in TURNS),
    *(f"{turn} turns on halves" for turn in TURNS),
    *(f"{turn} alternates" for turn in TURNS),
    *("low and mid alternate", "accents after two", "accents after three", "accents after four"),
    *(f"pattern after {lag}" for lag in (1, 2, 3, 4)),
    *("empty beats", "bars", "salience", "unevenness", "even grid"),
    *("fast", "slow", "octaves", "octaves squared"),
    *(f"octaves times {name}" for name in WITH_TEMPO),
)
"""What is looked at, onsets in deviations.

Onsets between the beats tell of series that count too slowly; how much even and odd beats differ,
of those that count too fast. ``accents after n`` is the autocorrelation of accents, ``empty beats``
the share without an onset, ``bars`` how well the beats can be counted
(`mvkit.analysis.downbeats.best_rating`), ``salience`` of the tempo in the tempogram (logarithm),
``unevenness`` the deviation of the steps over their mean, ``fast`` and ``slow`` octaves above 165
and below 80 BPM, ``octaves`` from 110 BPM.
"""


@dataclass(frozen=True)
class BeatSeries:
    """One way to count the song.

    Attributes
    ----------
    beats_s : ndarray
        Ascending times in seconds, at least four.
    salience : float
        Of its tempo in the tempogram.
    is_even : bool
        Whether it was laid as an even grid.
    """

    beats_s: FloatArray
    salience: float
    is_even: bool = False

    @property
    def bpm(self) -> float:
        """Mean tempo."""
        return float(60.0 / np.mean(np.diff(self.beats_s)))


@dataclass(frozen=True)
class Choice:
    """The series with the most evidence, and the likelihood of it and its equals, 0-1."""

    series: BeatSeries
    likelihood: float


def choose(all_series: Sequence[BeatSeries], clues: Clues) -> Choice:
    """Return the series with the most evidence."""
    evidence = np.array([gather_evidence(series, clues, bar_weights()) for series in all_series])
    return pick(all_series, scored(evidence, fitted("series.evidence", EVIDENCE)))


def scored(evidence: FloatArray, weights: FloatArray) -> FloatArray:
    """Return the score of each series.

    Parameters
    ----------
    evidence : ndarray, shape (n_series, n_evidence)
        What speaks for each.
    weights : ndarray, shape (n_evidence, 3)
        The weight of each number, and the lowest and highest value that were usual where it was
        fitted: what lies beyond counts no more, so that odd sounds are not carried away.
    """
    weight, lowest, highest = weights.T
    scores: FloatArray = np.clip(evidence, lowest, highest) @ weight
    return scores


def pick(all_series: Sequence[BeatSeries], scores: FloatArray) -> Choice:
    """Return the series with the highest score, and by the softmax how likely it is."""
    likelihood = np.exp(scores - scores.max())
    likelihood /= likelihood.sum()
    chosen = all_series[int(scores.argmax())]
    equals = [agreement(chosen.beats_s, s.beats_s) > SAME_SERIES for s in all_series]
    return Choice(chosen, float(likelihood[equals].sum()))


def gather_evidence(series: BeatSeries, clues: Clues, weights: BarWeights) -> FloatArray:
    """Return what speaks for a series, one number for each name in `EVIDENCE`."""
    beats_s = series.beats_s
    starts_s, steps_s = beats_s[:-1], np.diff(beats_s)
    on = clues.onsets_at(beats_s)
    parts = [clues.onsets_at(starts_s + part * steps_s) for part in PARTS]
    pattern = np.concatenate([part[:4] for part in parts])
    early, third, half, two_thirds, late = (part.mean(axis=1) for part in parts[1:])
    turns = clues.turns_at(starts_s, steps_s)
    turns_between = clues.turns_at(starts_s + steps_s / 2, steps_s)
    low_swing, mid_swing = _even_over_odd(on[:1])[0], _even_over_odd(on[1:3].mean(axis=0)[None])[0]
    octaves = float(np.log2(series.bpm / TYPICAL_BPM))
    evidence = np.concatenate(
        [
            *(on.mean(axis=1), half, (early + late) / 2, third, two_thirds),
            np.abs(_even_over_odd(on)),
            *(turns.mean(axis=1), turns_between.mean(axis=1), np.abs(_even_over_odd(turns))),
            [-low_swing * mid_swing, *(recurrence(on[:4], lag) for lag in (2, 3, 4))],
            [recurrence(pattern, lag) for lag in (1, 2, 3, 4)],
            [float(np.mean(on[4] < LEAST_ONSET))],
            [best_rating(beats_s, clues, weights), np.log(series.salience + 1e-3)],
            [np.std(steps_s) / np.mean(steps_s), float(series.is_even)],
            [max(0.0, np.log2(series.bpm / FAST_BPM)), max(0.0, np.log2(SLOW_BPM / series.bpm))],
            [octaves, octaves**2],
        ]
    )
    by_tempo = octaves * evidence[[EVIDENCE.index(name) for name in WITH_TEMPO]]
    return np.concatenate([evidence, by_tempo])


def agreement(beats_s: FloatArray, others_s: FloatArray) -> float:
    """Return the F-measure of two ascending series of times, 0-1, at 70 ms."""
    if not len(beats_s) or not len(others_s):
        return 0.0
    found = np.mean(_distance_s(beats_s, others_s) <= SAME_BEAT_S)
    right = np.mean(_distance_s(others_s, beats_s) <= SAME_BEAT_S)
    return float(2 * found * right / (found + right)) if found + right else 0.0


def _distance_s(times_s: FloatArray, grid_s: FloatArray) -> FloatArray:
    """Return the distance of each time from the nearest grid time."""
    edges = np.concatenate([[-np.inf], grid_s, [np.inf]])
    after = np.searchsorted(edges, times_s)
    distance_s: FloatArray = np.minimum(times_s - edges[after - 1], edges[after] - times_s)
    return distance_s


def _even_over_odd(values: FloatArray) -> FloatArray:
    """Return how far even beats exceed odd ones, for each row."""
    difference: FloatArray = values[:, 0::2].mean(axis=1) - values[:, 1::2].mean(axis=1)
    return difference
