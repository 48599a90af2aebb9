"""Which beats begin a bar, and of which metre.

A bar of each metre has its habits at each of its beats: where bass and harmony move, where drums
are low or sharp, where the sound changes. What is heard at a beat is rated by how well it fits
each place; the best count through the song is found by a Viterbi search over the place in the
bar, which may start counting anew where that pays. The weights were fitted by ranking all ways
to count a stretch of music made at random; see `mvkit.analysis.weights`.

Contents
--------
Metre, Bars, hear_bars, bars_of, beat_features, song_features, rate_places, best_rating
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from mvkit.analysis.clues import CURVES, NETWORK_CURVES, TURNS, Clues
from mvkit.analysis.sound import FloatArray
from mvkit.analysis.weights import fitted
from mvkit.schema.analysis import Metre

BEATS_PER_BAR: dict[Metre, int] = {"4/4": 4, "3/4": 3, "2/4": 2, "6/8": 2}

REACHES = (1, 2, 4, 8)  # beats before and after, over which turns are heard
RETURNS = (2, 3, 4, 6, 8)  # beats after which a pattern may come back
PARTS = (0, 1 / 4, 1 / 3, 1 / 2, 2 / 3, 3 / 4)  # of a beat, where patterns have notes
BEAT_FEATURES = (
    *(f"{curve} on" for curve in CURVES[:4]),
    *(f"{curve} half" for curve in CURVES[:4]),
    *(f"{curve} late" for curve in CURVES[:4]),
    *(f"{curve} on" for curve in CURVES[NETWORK_CURVES]),
    *(f"{turn} over {reach}" for reach in REACHES for turn in TURNS),
    *(f"{turn} early" for turn in TURNS),
)
"""What is heard at a beat, half and three quarters after it, and, of turns, half before it."""
SONG_FEATURES = (
    *("constant", "first third", "second third", "half", "quarters", "octaves"),
    *(f"returns after {lag}" for lag in RETURNS),
)
"""What is heard all through the song: onsets between beats, tempo, how well patterns come back."""
TYPICAL_BPM = 110.0

RECOUNT_COST = 7.0  # log odds against a new count at a beat
STRETCH_BEATS = 32  # the weights tell the odds after so many beats


@dataclass(frozen=True)
class BarWeights:
    """What fits the places of a bar.

    Attributes
    ----------
    by_place : mapping of ndarray, shape (n_beat_features, beats_per_bar)
        For each metre.
    by_metre : mapping of ndarray, shape (n_song_features,)
        For each metre: what speaks for it anywhere.
    """

    by_place: Mapping[Metre, FloatArray]
    by_metre: Mapping[Metre, FloatArray]


@lru_cache(maxsize=1)
def bar_weights() -> BarWeights:
    """Return the fitted weights."""
    return BarWeights(
        {metre: fitted(f"bars.{metre}.beats", BEAT_FEATURES) for metre in BEATS_PER_BAR},
        {metre: fitted(f"bars.{metre}.song", SONG_FEATURES)[:, 0] for metre in BEATS_PER_BAR},
    )


@dataclass(frozen=True)
class Bars:
    """How the beats are counted.

    Attributes
    ----------
    first_beats : ndarray of int
        Indices of the beats that begin a bar; at least one.
    metre : str
        ``4/4``, ``3/4``, ``2/4``, or ``6/8``, whose beats are dotted.
    confidence : float
        How likely metre and count are right if the beats are, 0-1.
    """

    first_beats: NDArray[np.intp]
    metre: Metre
    confidence: float

    @property
    def beats_per_bar(self) -> int:
        """Two in a 6/8."""
        return BEATS_PER_BAR[self.metre]


def hear_bars(beats_s: FloatArray, clues: Clues) -> Bars:
    """Return which beats begin a bar.

    Parameters
    ----------
    beats_s : ndarray
        At least two ascending times in seconds.
    clues : Clues
        Of the song.
    """
    return count_bars(beats_s, clues, bar_weights())


def count_bars(beats_s: FloatArray, clues: Clues, weights: BarWeights) -> Bars:
    """Return which beats begin a bar, by given weights."""
    heard, overall = beat_features(beats_s, clues), song_features(beats_s, clues)
    return bars_of({m: rate_places(m, heard, overall, weights) for m in BEATS_PER_BAR})


def bars_of(ratings: Mapping[Metre, FloatArray]) -> Bars:
    """Return the count with the highest rating.

    Parameters
    ----------
    ratings : mapping of ndarray, shape (n_beats, beats_per_bar)
        For each metre how well each beat fits each place in the bar.
    """
    counts = {metre: _count(rating) for metre, rating in ratings.items()}
    metre = max(counts, key=lambda metre: counts[metre][1])
    first_beats = np.flatnonzero(counts[metre][0] == 0)
    if not len(first_beats):  # fewer beats than a bar has
        first_beats = np.array([0])
    totals = np.concatenate([steady(rating) for rating in ratings.values()])
    totals *= min(1.0, STRETCH_BEATS / len(ratings[metre]))
    likelihood = 1.0 / np.exp(np.clip(totals - totals.max(), -50, 0)).sum()
    return Bars(first_beats, metre, round(float(likelihood), 3))


def beat_features(beats_s: FloatArray, clues: Clues) -> FloatArray:
    """Return what is heard at each beat against the mean, shape (n_features, n_beats)."""
    step_s = np.diff(beats_s, append=2 * beats_s[-1] - beats_s[-2])
    features = np.concatenate(
        [
            *(clues.onsets_at(beats_s + part * step_s)[:4] for part in (0, 1 / 2, 3 / 4)),
            clues.onsets_at(beats_s)[NETWORK_CURVES],
            *(clues.turns_at(beats_s, reach * step_s) for reach in REACHES),
            clues.turns_at(beats_s - step_s / 2, step_s),
        ]
    )
    centred: FloatArray = features - features.mean(axis=1, keepdims=True)
    return centred


def song_features(beats_s: FloatArray, clues: Clues) -> FloatArray:
    """Return what is heard between the beats of the whole song, shape (n_features,)."""
    step_s = np.diff(beats_s)
    patterns = [clues.onsets_at(beats_s[:-1] + part * step_s) for part in PARTS]
    early, first, half, second, late = (float(part[4].mean()) for part in patterns[1:])
    octaves = float(np.log2(60.0 / np.median(step_s) / TYPICAL_BPM))
    pattern = np.concatenate([part[:4] for part in patterns])
    returns = [recurrence(pattern, lag) for lag in RETURNS]
    return np.array([1.0, first, second, half, (early + late) / 2, octaves, *returns])


def recurrence(values: FloatArray, lag: int) -> float:
    """Return the autocorrelation of the rows together, -1 to 1; 0 for rows too short."""
    if values.shape[1] < lag + 4:
        return 0.0
    centred = values - values.mean(axis=1, keepdims=True)
    return float((centred[:, lag:] * centred[:, :-lag]).sum() / ((centred**2).sum() + 1e-9))


def rate_places(
    metre: Metre, heard: FloatArray, overall: FloatArray, weights: BarWeights
) -> FloatArray:
    """Return how well each beat fits each place in the bar, shape (n_beats, beats_per_bar)."""
    rating: FloatArray = heard.T @ weights.by_place[metre] + overall @ weights.by_metre[metre]
    return rating


def best_rating(beats_s: FloatArray, clues: Clues, weights: BarWeights) -> float:
    """Return the rating per beat of the best steady count: how far a series makes bars."""
    heard, overall = beat_features(beats_s, clues), song_features(beats_s, clues)
    totals = [steady(rate_places(m, heard, overall, weights)).max() for m in BEATS_PER_BAR]
    return float(max(totals) / len(beats_s))


def steady(rating: FloatArray) -> FloatArray:
    """Return the total rating of each steady count, by the first beat's place in the bar."""
    n_places = rating.shape[1]
    beats = np.arange(len(rating))
    return np.array([rating[beats, (beats + first) % n_places].sum() for first in range(n_places)])


def _count(rating: FloatArray) -> tuple[NDArray[np.intp], float]:
    """Return each beat's place in its bar, from 0, and the rating of the count."""
    one_before = np.roll(np.arange(rating.shape[1]), 1)
    came_from = np.zeros(rating.shape, dtype=np.intp)
    score = rating[0].copy()
    for beat in range(1, len(rating)):
        best = int(score.argmax())
        recounts = score[one_before] < score[best] - RECOUNT_COST
        came_from[beat] = np.where(recounts, best, one_before)
        score = np.maximum(score[one_before], score[best] - RECOUNT_COST) + rating[beat]
    places = np.empty(len(rating), dtype=np.intp)
    places[-1] = score.argmax()
    for beat in range(len(rating) - 1, 0, -1):
        places[beat - 1] = came_from[beat, places[beat]]
    return places, float(score.max())
