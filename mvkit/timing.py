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
frame_at, seconds_at, n_frames_of, tidy_s, nearest
"""

from __future__ import annotations

import math
from bisect import bisect_left
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
