"""How a film is cut: lengths of shots, and how fast they follow each other.

Contents
--------
Lengths, cut_density, rate_by_energy, correlation
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.stats import pearsonr, spearmanr

from mvkit.schema import Analysis

BARS_PER_WINDOW = 4
FEWEST_WINDOWS = 6
"""Correlations over fewer windows say nothing."""


@dataclass(frozen=True)
class Lengths:
    """Shots in the order of the film: their sizes, and their lengths in seconds."""

    sizes: tuple[str, ...]
    lengths_s: tuple[float, ...]

    @property
    def log_spread(self) -> float:
        """Standard deviation of the natural logarithm of the lengths."""
        return float(np.std(self._logs))

    @property
    def log_skew(self) -> float:
        """Skewness of the logarithm: 0 of a log-normal distribution."""
        logs = self._logs - self._logs.mean()
        spread = logs.std()
        return float((logs**3).mean() / spread**3) if spread > 0 else 0.0

    @property
    def of_neighbours(self) -> float:
        """Correlation of the logarithms of the lengths of neighbours."""
        return correlation(self._logs[:-1], self._logs[1:])

    @property
    def _logs(self) -> NDArray[np.float64]:
        return np.log(np.array(self.lengths_s, dtype=np.float64))


def cut_density(
    edges_s: Sequence[float], windows_s: Sequence[tuple[float, float]]
) -> NDArray[np.float64]:
    """Return shots per second in each window; a shot counts by the share of it that lies inside.

    Parameters
    ----------
    edges_s : sequence of float
        Starts of all shots and the end of the last, in seconds.
    windows_s : sequence of (float, float)
        From when to when, in seconds.
    """
    numbers = np.arange(len(edges_s), dtype=float)
    at = np.interp(np.array(windows_s), np.array(edges_s), numbers)
    lengths_s = np.diff(np.array(windows_s), axis=1)[:, 0]
    return np.asarray((at[:, 1] - at[:, 0]) / lengths_s, dtype=np.float64)


def rate_by_energy(edges_s: Sequence[float], analysis: Analysis) -> tuple[float, float]:
    """Return how cut rate and energy correlate: Pearson's and Spearman's coefficients.

    Windows are of four bars, from the first downbeat on. Both are NaN if there are too few, or if
    one of the two never changes.
    """
    bars_s = analysis.downbeat_timestamps[::BARS_PER_WINDOW]
    windows_s = list(pairwise(bars_s))
    if len(windows_s) < FEWEST_WINDOWS:
        return math.nan, math.nan
    density = cut_density(edges_s, windows_s)
    curve, rate_hz = np.array(analysis.curves.energy), analysis.curves.rate_hz
    energy = np.array(
        [curve[round(a * rate_hz) : round(b * rate_hz) + 1].mean() for a, b in windows_s]
    )
    return correlation(energy, density), correlation(energy, density, ranked=True)


def correlation(
    one: NDArray[np.float64], other: NDArray[np.float64], *, ranked: bool = False
) -> float:
    """Return Pearson's coefficient, or Spearman's; NaN where one of the two never changes."""
    if len(one) < 3 or np.ptp(one) < 1e-9 or np.ptp(other) < 1e-9:
        return math.nan
    coefficient = spearmanr if ranked else pearsonr
    return float(coefficient(one, other).statistic)
