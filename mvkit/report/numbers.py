"""Numbers that stand beside what chance would give.

Contents
--------
agreement, covered_share, frames_near, energy_between
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.stats import spearmanr

from mvkit.schema import Analysis
from mvkit.schema.report import Agreement
from mvkit.timing import frame_at

FEWEST_PAIRS = 6
"""Correlations of fewer pairs say nothing."""


def agreement(one: Sequence[float], other: Sequence[float]) -> Agreement:
    """Return the rank correlation of two series of equal length (Spearman's)."""
    if len(one) < FEWEST_PAIRS or min(np.ptp(one), np.ptp(other)) < 1e-9:
        return Agreement(r=None, n=len(one))
    found = spearmanr(one, other)
    r, p = round(float(found.statistic), 4), round(float(found.pvalue), 4)
    return Agreement(r=r, n=len(one), p=p)


def covered_share(marks_s: Sequence[float], *, n_frames: int) -> float:
    """Return the share of a film's frames that lie on a mark, give or take one.

    It is the chance of a cut that falls anywhere.
    """
    return len(frames_near(marks_s) & {*range(n_frames)}) / n_frames


def frames_near(marks_s: Sequence[float]) -> frozenset[int]:
    """Return the frames on which a mark falls, and their neighbours."""
    return frozenset(frame_at(mark_s) + by for mark_s in marks_s for by in (-1, 0, 1))


def energy_between(analysis: Analysis, start_s: float, end_s: float) -> float:
    """Return the song's mean energy during a stretch, 0-1."""
    rate_hz, curve = analysis.curves.rate_hz, analysis.curves.energy
    first = min(round(start_s * rate_hz), len(curve) - 1)
    last = max(round(end_s * rate_hz), first + 1)
    return round(float(np.mean(curve[first:last])), 4)
