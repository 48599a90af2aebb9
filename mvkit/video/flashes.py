"""Flashes: how often in a second a film's light goes up and down.

Counted as the rules for photosensitive viewers count (W3C, WCAG 2.2, success criterion 2.3.1;
ITU-R BT.1702): a *flash* is a pair of opposite changes of relative luminance by a tenth of white or
more, where the darker one is below 0.8, over at least a quarter of the picture at the same time.
No more than three may fall in any one second. Here the picture is looked at in 144 parts.

Contents
--------
most_flashes, Flashing
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mvkit.timing import FPS

MAX_PER_S = 3
LEAST_CHANGE = 0.1
BRIGHTEST_DARK = 0.8
LEAST_AREA = 0.25
TOGETHER_FRAMES = 2
"""Parts that change within so many frames change at the same time."""
BLACK, SPAN = 16.0, 219.0
GAMMA = 2.4
"""A display's (ITU-R BT.1886)."""


@dataclass(frozen=True)
class Flashing:
    """The second of a film that flashes most.

    Attributes
    ----------
    n_flashes : int
        How often; a change that is not answered is none.
    start_frame : int
        Where that second begins.
    """

    n_flashes: int
    start_frame: int


def most_flashes(light: NDArray[np.uint8]) -> Flashing:
    """Find the second with the most flashes.

    Parameters
    ----------
    light : ndarray
        Mean luma of the picture's parts, shape ``(n_frames, rows, columns)``.
    """
    luminance = np.clip((light.reshape(len(light), -1) - BLACK) / SPAN, 0.0, 1.0) ** GAMMA
    turns = _turns(_changes(luminance))
    counts = {at: sum(at <= turn < at + FPS for turn in turns) // 2 for at in turns}
    worst = max(counts, key=lambda at: (counts[at], -at), default=0)
    return Flashing(n_flashes=counts.get(worst, 0), start_frame=worst)


def _changes(luminance: NDArray[np.float64]) -> NDArray[np.int8]:
    """Return for each frame and part whether it has become lighter (1) or darker (-1) by enough.

    A change is complete on the frame on which it has become large enough since the last extreme.
    """
    changes = np.zeros(luminance.shape, np.int8)
    lowest = highest = luminance[0]
    for frame, now in enumerate(luminance):
        lowest, highest = np.minimum(lowest, now), np.maximum(highest, now)
        lighter = (now - lowest >= LEAST_CHANGE) & (lowest < BRIGHTEST_DARK)
        darker = (highest - now >= LEAST_CHANGE) & (now < BRIGHTEST_DARK)
        changes[frame] = lighter.astype(np.int8) - darker
        begun = lighter | darker
        lowest, highest = np.where(begun, now, lowest), np.where(begun, now, highest)
    return changes


def _turns(changes: NDArray[np.int8]) -> list[int]:
    """Return the frames on which enough of the picture turns lighter, or darker, in alternation."""
    turns: list[int] = []
    last = 0
    for frame in range(len(changes)):
        around = changes[max(0, frame - TOGETHER_FRAMES + 1) : frame + 1]
        for way in (1, -1):
            share = (around == way).any(axis=0).mean()
            if way != last and share >= LEAST_AREA:
                turns.append(frame)
                last = way
    return turns
