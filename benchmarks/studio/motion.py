"""When a film moves: how much its picture changes from frame to frame, and when that peaks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter
from scipy.signal import find_peaks

from benchmarks.director.chance import Share, covered_share, n_near
from mvkit.timing import FPS

__all__ = ["NEAR_S", "lumas", "motion", "on_beats", "peaks_s"]

WIDTH_PX, HEIGHT_PX = 96, 54
NEAR_S = 0.05
USUAL_OVER_FRAMES = 31
"""A peak stands out from what is usual around it, over a second."""
LEAST_PROMINENCE = 0.25
"""As a share of what is usual."""
LEAST_GAP_FRAMES = 3
FAINT = 0.3
"""Steps of lightness, in the mean of a frame, below which changes are hardly seen."""


def lumas(film: Path) -> NDArray[np.uint8]:
    """Return the lightness of every frame, small: (n, height, width)."""
    with av.open(str(film)) as file:
        frames = [
            frame.reformat(WIDTH_PX, HEIGHT_PX, format="gray").to_ndarray()
            for frame in file.decode(video=0)
        ]
    return np.array(frames, np.uint8)


def motion(frames: NDArray[np.uint8], *, cuts: Collection[int] = ()) -> NDArray[np.float64]:
    """Return how much each frame differs from the one before, in steps of lightness.

    Parameters
    ----------
    frames : ndarray
        As :func:`lumas` returns them.
    cuts : collection of int
        Frames whose difference from the one before says nothing: they get that of neighbours.
    """
    change = np.abs(np.diff(frames.astype(np.int16), axis=0)).mean(axis=(1, 2))
    curve = np.concatenate([change[:1], change])
    known = np.array([frame not in cuts for frame in range(curve.size)])
    return np.interp(np.arange(curve.size), np.flatnonzero(known), curve[known])


def peaks_s(curve: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the times at which motion peaks, above what is usual around them."""
    usual = median_filter(curve, USUAL_OVER_FRAMES, mode="nearest") + FAINT
    peaks, _ = find_peaks(curve / usual, prominence=LEAST_PROMINENCE, distance=LEAST_GAP_FRAMES)
    return peaks / FPS


def on_beats(times_s: NDArray[np.float64], beats_s: Sequence[float], *, duration_s: float) -> Share:
    """Return how many times are near a beat, and how many would be by chance."""
    near = n_near(times_s.tolist(), beats_s, within_s=NEAR_S)
    chance = covered_share(beats_s, within_s=NEAR_S, duration_s=duration_s)
    return Share(near, times_s.size, by_chance=chance * times_s.size)
