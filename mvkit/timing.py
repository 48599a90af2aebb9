"""Seconds, beats and frames: the only place where times are rounded.

Conventions
-----------
- A time is in seconds from the song's first sample (``*_s``, or the PRD's names in artefacts).
- Frame ``n`` is on screen from ``n / 30`` to ``(n + 1) / 30`` seconds. A time ``t`` belongs to
  frame ``round(t * 30)``, halves upward, so that times never drift: every frame number comes from
  an absolute time, never from a sum of lengths.
- Times in artefacts keep microseconds (:func:`tidy_s`): finer than a sample at 48 kHz.

Contents
--------
frame_at, seconds_at, n_frames_of, tidy_s, nearest, snap, beat_index_at
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

FPS = 30
"""Frames per second of every film."""


def frame_at(time_s: float) -> int:
    """Return the number of the frame a time belongs to.

    Parameters
    ----------
    time_s : float
        Seconds from the song's first sample, not negative.
    """
    return math.floor(time_s * FPS + 0.5)


def seconds_at(frame: int) -> float:
    """Return the time at which a frame appears, in seconds."""
    return tidy_s(frame / FPS)


def n_frames_of(duration_s: float) -> int:
    """Return how many frames a film of this length has: ``round(duration_s * 30)``, at least 1."""
    return max(1, frame_at(duration_s))


def tidy_s(time_s: float) -> float:
    """Return a time rounded to microseconds, as artefacts keep it."""
    return round(float(time_s), 6)


def nearest(time_s: float, grid_s: Sequence[float]) -> float:
    """Return the grid time closest to a time, the earlier of two equals.

    Parameters
    ----------
    time_s : float
        Seconds.
    grid_s : sequence of float
        Ascending times in seconds (beats, downbeats), not empty.

    Raises
    ------
    ValueError
        If the grid is empty.
    """
    if not grid_s:
        raise ValueError("cannot snap to an empty grid; expected at least one beat time")
    after = bisect_left(grid_s, time_s)
    neighbours = grid_s[max(0, after - 1) : after + 1]
    return min(neighbours, key=lambda beat_s: abs(beat_s - time_s))


def snap(time_s: float, grid_s: Sequence[float], *, reach_s: float) -> float:
    """Return the nearest grid time if it is within reach, else the time itself.

    Parameters
    ----------
    time_s : float
        Seconds.
    grid_s : sequence of float
        Ascending times in seconds; may be empty.
    reach_s : float
        Largest distance in seconds by which the time may move.
    """
    if not grid_s:
        return time_s
    closest_s = nearest(time_s, grid_s)
    return closest_s if abs(closest_s - time_s) <= reach_s else time_s


def beat_index_at(time_s: float, beats_s: Sequence[float]) -> int:
    """Return the index of the last beat at or before a time; -1 before the first beat."""
    return bisect_right(beats_s, time_s + 1e-6) - 1
