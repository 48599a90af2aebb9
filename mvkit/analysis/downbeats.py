"""Which beats begin a bar.

Bars begin where the bass moves, chords change, drums are low and the sound changes; each beat is
rated by these, and the best count through the song is found by a Viterbi search over the
position in the bar, which may start counting anew where that pays. The weights were fitted by
logistic regression to 28 songs whose bars are known.

Contents
--------
Bars, hear_bars
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d

from mvkit.analysis.onsets import ONSET_RATE_HZ, Onsets
from mvkit.analysis.sound import FloatArray
from mvkit.analysis.spectra import Spectra, mean_between

LOW_DRUM_WEIGHT = 0.42
BASS_MOVES_WEIGHT = 0.40
CHORD_CHANGES_WEIGHT, LONG_CHORD_CHANGES_WEIGHT = 0.24, 0.10
SOUND_CHANGES_WEIGHT = 0.22
PRIOR_LOG_ODDS = -1.2  # one beat in four begins a bar

RECOUNT_COST = 8.0
THREE_HANDICAP = 0.03  # log likelihood a beat by which three-four must be the better reading


@dataclass(frozen=True)
class Bars:
    """How the beats are counted.

    Attributes
    ----------
    first_beats : ndarray of int
        Indices of the beats that begin a bar; at least one.
    beats_per_bar : int
        4 or 3.
    """

    first_beats: NDArray[np.intp]
    beats_per_bar: int


def hear_bars(beats_s: FloatArray, onsets: Onsets, spectra: Spectra) -> Bars:
    """Return which beats begin a bar.

    Parameters
    ----------
    beats_s : ndarray
        At least two ascending times in seconds.
    onsets, spectra : Onsets, Spectra
        Of the song.
    """
    log_odds = _log_odds(beats_s, onsets, spectra)
    four, four_likelihood = _count(log_odds, beats_per_bar=4)
    three, three_likelihood = _count(log_odds, beats_per_bar=3)
    is_three = three_likelihood > four_likelihood + THREE_HANDICAP * len(beats_s)
    first_beats = np.flatnonzero((three if is_three else four) == 0)
    if not len(first_beats):  # fewer beats than a bar has
        first_beats = np.array([0])
    return Bars(first_beats, 3 if is_three else 4)


def _log_odds(beats_s: FloatArray, onsets: Onsets, spectra: Spectra) -> FloatArray:
    """Return for each beat the logarithm of the odds that it begins a bar."""
    step_s = np.diff(beats_s, append=2 * beats_s[-1] - beats_s[-2])
    lows = maximum_filter1d(onsets.bands[0], 5)
    low_drum = np.interp(beats_s * ONSET_RATE_HZ, np.arange(len(lows)), lows)
    timbre = np.log1p(spectra.mel / (spectra.mel.mean() + 1e-9))
    return (
        PRIOR_LOG_ODDS
        + LOW_DRUM_WEIGHT * _standard(low_drum)
        + BASS_MOVES_WEIGHT * _standard(_turn(spectra.bass_chroma, beats_s, 2 * step_s))
        + CHORD_CHANGES_WEIGHT * _standard(_turn(spectra.chroma, beats_s, 2 * step_s))
        + LONG_CHORD_CHANGES_WEIGHT * _standard(_turn(spectra.chroma, beats_s, 4 * step_s))
        + SOUND_CHANGES_WEIGHT * _standard(_change(timbre, beats_s, 2 * step_s))
    )


def _turn(chroma: FloatArray, times_s: FloatArray, reach_s: FloatArray) -> FloatArray:
    """Return one minus the cosine between what sounds before and after each time."""
    before = mean_between(chroma, times_s - reach_s, times_s)
    after = mean_between(chroma, times_s, times_s + reach_s)
    lengths = np.linalg.norm(before, axis=0) * np.linalg.norm(after, axis=0)
    turn: FloatArray = 1.0 - (before * after).sum(axis=0) / (lengths + 1e-9)
    return turn


def _change(features: FloatArray, times_s: FloatArray, reach_s: FloatArray) -> FloatArray:
    """Return the distance between what sounds before and after each time."""
    before = mean_between(features, times_s - reach_s, times_s)
    after = mean_between(features, times_s, times_s + reach_s)
    change: FloatArray = np.linalg.norm(after - before, axis=0)
    return change


def _standard(values: FloatArray) -> FloatArray:
    standard: FloatArray = (values - values.mean()) / (values.std() + 1e-6)
    return standard


def _count(log_odds: FloatArray, *, beats_per_bar: int) -> tuple[NDArray[np.intp], float]:
    """Return each beat's position in its bar, from 0, and the log likelihood of the count."""
    as_first, as_other = -np.logaddexp(0.0, -log_odds), -np.logaddexp(0.0, log_odds)
    rating = np.repeat(as_other[:, None], beats_per_bar, axis=1)
    rating[:, 0] = as_first
    one_before = np.roll(np.arange(beats_per_bar), 1)
    came_from = np.zeros(rating.shape, dtype=np.intp)
    score = rating[0].copy()
    for beat in range(1, len(rating)):
        best = int(score.argmax())
        recounts = score[one_before] < score[best] - RECOUNT_COST
        came_from[beat] = np.where(recounts, best, one_before)
        score = np.maximum(score[one_before], score[best] - RECOUNT_COST) + rating[beat]
    positions = np.empty(len(rating), dtype=np.intp)
    positions[-1] = score.argmax()
    for beat in range(len(rating) - 1, 0, -1):
        positions[beat - 1] = came_from[beat, positions[beat]]
    return positions, float(score.max())
