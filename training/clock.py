"""From beats to seconds: a tempo that may move, and swing.

Contents
--------
Clock, beat_times_s
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.ndimage import gaussian_filter1d

FloatArray = NDArray[np.float64]

MOTIONS = ("constant", "drifting", "accelerating", "stepping", "free")


@dataclass(frozen=True)
class Clock:
    """When each place in a score sounds.

    Attributes
    ----------
    beats_s : ndarray
        Time of each whole beat, in seconds.
    swing : float
        Where the middle of a pair of notes lies between its ends: 0.5 is straight.
    pairs_per_beat : int
        1 if quavers swing, 2 if semiquavers do.
    """

    beats_s: FloatArray
    swing: float = 0.5
    pairs_per_beat: int = 1

    def at(self, places: ArrayLike) -> FloatArray:
        """Return the times of places counted in beats, which may lie a little outside."""
        pairs = np.asarray(places, dtype=float) * self.pairs_per_beat
        whole = np.floor(pairs + 1e-9)
        part = np.maximum(0.0, pairs - whole)
        early, late = 2 * part * self.swing, self.swing + (2 * part - 1) * (1 - self.swing)
        swung = (whole + np.where(part < 0.5, early, late)) / self.pairs_per_beat
        times_s: FloatArray = np.interp(swung, np.arange(len(self.beats_s)), self.beats_s)
        return times_s


def beat_times_s(
    rng: np.random.Generator, *, bpm: float, n_beats: int, motion: str, beats_per_bar: int
) -> FloatArray:
    """Return the times of beats at a tempo that moves as `motion` (one of `MOTIONS`) says."""
    factor = np.ones(n_beats)
    if motion == "drifting":
        walk = gaussian_filter1d(rng.standard_normal(n_beats), 6.0, mode="nearest")
        factor += rng.uniform(0.01, 0.03) * walk / (walk.std() + 1e-9)
    elif motion == "accelerating":
        factor = np.linspace(1.0, rng.choice([-1, 1]) * rng.uniform(0.04, 0.15) + 1.0, n_beats)
    elif motion == "stepping":
        place = int(rng.uniform(0.3, 0.7) * n_beats / beats_per_bar) * beats_per_bar
        factor[place:] = rng.choice([0.75, 0.8, 0.85, 0.9, 1.1, 1.15, 1.25, 1.35])
    elif motion == "free":
        walk = gaussian_filter1d(rng.standard_normal(n_beats), 2.5, mode="nearest")
        factor += rng.uniform(0.02, 0.06) * walk / (walk.std() + 1e-9)
    steps_s = 60.0 / bpm / factor
    return np.concatenate([[0.0], np.cumsum(steps_s)[:-1]])
