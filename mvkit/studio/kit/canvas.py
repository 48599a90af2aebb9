"""The canvas: planar float32 linear light of shape ``(3, height, width)``.

Planes instead of pixels of three, because eight neighbouring reds fill a vector register.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from mvkit.studio.kit.jit import Scalar, f32, inline, kernel
from mvkit.studio.kit.maths import mix

__all__ = [
    "Canvas",
    "Row",
    "double",
    "double_row",
    "enlarge",
    "lay_row",
    "new_canvas",
    "pixel",
    "store_row",
]

Canvas = NDArray[np.float32]
Row = NDArray[np.float32]


def new_canvas(width_px: int, height_px: int) -> Canvas:
    """Return an uninitialised canvas; a world's ``render`` fills every pixel of it."""
    return np.empty((3, height_px, width_px), np.float32)


def enlarge(small: Canvas, canvas: Canvas) -> None:
    """Fill ``canvas`` with ``small``, bicubically: for layers too soft to need every pixel.

    Any sizes will do, but twice the size takes a fifth of the time of any other. Light stays
    light: nothing comes out below 0, although a cubic may swing over.
    """
    _, height, width = canvas.shape
    if small.shape == (3, height // 2, width // 2) and height % 2 == width % 2 == 0:
        double(small, canvas, 0, height)
        return
    for source, plane in zip(small, canvas, strict=True):
        cv2.resize(source, (width, height), dst=plane, interpolation=cv2.INTER_CUBIC)
    np.maximum(canvas, 0, out=canvas)


@kernel
def double(small: Canvas, canvas: Canvas, first_row: int, end_row: int) -> None:
    """Fill some rows of ``canvas`` from ``small``, which is half as wide and half as high.

    Every new pixel lies a quarter of an old one from the nearest old one, so the Catmull-Rom
    spline has the same four weights everywhere.
    """
    n_planes, n_rows, n_columns = small.shape
    outer = f32(-0.0234375)
    far = f32(0.2265625)
    near = f32(0.8671875)
    behind = f32(-0.0703125)
    # The middle rows' mix, with two columns more at either end, so that no column is special.
    mixed = np.empty(n_columns + 4, np.float32)
    left = np.empty(n_columns, np.float32)
    right = np.empty(n_columns, np.float32)
    for plane in range(n_planes):
        for y in range(first_row, end_row):
            way = 1 if y % 2 else -1
            nearest = min(y // 2, n_rows - 1)
            a = small[plane, min(max(nearest - way, 0), n_rows - 1)]
            b = small[plane, nearest]
            c = small[plane, min(max(nearest + way, 0), n_rows - 1)]
            d = small[plane, min(max(nearest + 2 * way, 0), n_rows - 1)]
            middle = mixed[2 : n_columns + 2]
            for x in range(n_columns):
                middle[x] = a[x] * behind + b[x] * near + c[x] * far + d[x] * outer
            mixed[0] = mixed[1] = mixed[2]
            mixed[n_columns + 2] = mixed[n_columns + 3] = mixed[n_columns + 1]
            two_before = mixed[0:n_columns]
            before = mixed[1 : n_columns + 1]
            after = mixed[3 : n_columns + 3]
            two_after = mixed[4 : n_columns + 4]
            for x in range(n_columns):
                level = middle[x] * near
                low = level + before[x] * far + after[x] * behind + two_before[x] * outer
                high = level + after[x] * far + before[x] * behind + two_after[x] * outer
                left[x] = max(low, f32(0))
                right[x] = max(high, f32(0))
            line = canvas[plane, y]
            for x in range(n_columns):
                line[2 * x] = left[x]
                line[2 * x + 1] = right[x]


@inline
def double_row(values: Row, line: Row) -> None:
    """Fill a row from one of half its length, whose values lie in every other column."""
    shifted = values[1:]
    inner = line[0 : 2 * shifted.size]
    for x in range(shifted.size):
        # Both in one loop: the compiler then weaves two vectors into one.
        inner[2 * x] = values[x]
        inner[2 * x + 1] = f32(0.5) * (values[x] + shifted[x])
    for x in range(2 * shifted.size, line.size):
        line[x] = values[values.size - 1]


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


@inline
def lay_row(canvas: Canvas, y: int, red: Row, green: Row, blue: Row, cover: Row) -> None:
    """Lay three finished scratch rows over row ``y`` of a canvas, as far as they cover it."""
    for x in range(red.size):
        canvas[0, y, x] = mix(canvas[0, y, x], red[x], cover[x])
    for x in range(green.size):
        canvas[1, y, x] = mix(canvas[1, y, x], green[x], cover[x])
    for x in range(blue.size):
        canvas[2, y, x] = mix(canvas[2, y, x], blue[x], cover[x])
