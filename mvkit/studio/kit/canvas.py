"""The canvas: planar float32 linear light of shape ``(3, height, width)``.

Planes instead of pixels of three, because eight neighbouring reds fill a vector register.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from mvkit.studio.kit.jit import Scalar, inline

__all__ = ["Canvas", "Row", "enlarge", "new_canvas", "pixel", "store_row"]

Canvas = NDArray[np.float32]
Row = NDArray[np.float32]


def new_canvas(width_px: int, height_px: int) -> Canvas:
    """Return an uninitialised canvas; a world's ``render`` fills every pixel of it."""
    return np.empty((3, height_px, width_px), np.float32)


def enlarge(small: Canvas, canvas: Canvas) -> None:
    """Fill ``canvas`` with ``small``, bicubically: for layers too soft to need every pixel."""
    _, height, width = canvas.shape
    for plane in range(3):
        cv2.resize(small[plane], (width, height), dst=canvas[plane], interpolation=cv2.INTER_CUBIC)


@inline
def pixel(place: Scalar, limit: int) -> int:
    """Return a place as the bound of a loop: a whole number in 0..limit."""
    return min(max(int(place), 0), limit)


@inline
def store_row(canvas: Canvas, y: int, red: Row, green: Row, blue: Row) -> None:
    """Copy three finished scratch rows to row ``y`` of a canvas."""
    for x in range(red.size):
        canvas[0, y, x] = red[x]
    for x in range(green.size):
        canvas[1, y, x] = green[x]
    for x in range(blue.size):
        canvas[2, y, x] = blue[x]
