"""Stamps: tables of ink made once and pressed onto the picture at any size."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from mvkit.studio.kit.canvas import Canvas, pixel
from mvkit.studio.kit.jit import Scalar, f32, i32, kernel, u32
from mvkit.studio.kit.maths import mix, saturate
from mvkit.studio.kit.rgb import RGB

__all__ = ["Place", "Stamp"]

Table = NDArray[np.float32]

_LEVELS = 4
_BARE = 0.004  # less ink than this is not seen: only the rest of a table is printed


class Place(NamedTuple):
    """Where a stamp is pressed: the middle of its box and the half sizes of it, in pixels."""

    x_px: float
    y_px: float
    half_width_px: float
    half_height_px: float


class Stamp:
    """A table of ink, 0 none, 1 opaque, in halving sizes so that a small print does not glitter.

    Parameters
    ----------
    table
        The ink.
    """

    def __init__(self, table: Table) -> None:
        rows, columns = (np.flatnonzero((table > _BARE).any(axis=axis)) for axis in (1, 0))
        top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
        self._wide, self._tall = (right - left) / table.shape[1], (bottom - top) / table.shape[0]
        # Where the middle of the inked part lies from the table's, in halves of the table.
        self._right = (left + right) / table.shape[1] - 1
        self._down = (top + bottom) / table.shape[0] - 1
        self._levels = [np.ascontiguousarray(table[top:bottom, left:right], np.float32)]
        for _ in range(_LEVELS - 1):
            last = self._levels[-1]
            size = max(last.shape[1] // 2, 2), max(last.shape[0] // 2, 2)
            self._levels.append(np.asarray(cv2.resize(last, size, interpolation=cv2.INTER_AREA)))

    def press(
        self, canvas: Canvas, place: Place, *, colour: RGB, density: float, flipped: bool = False
    ) -> None:
        """Print it over a canvas, in place; ``flipped`` swaps left and right."""
        facing = -1.0 if flipped else 1.0
        half_width, half_height = place.half_width_px, place.half_height_px
        ratio = self._levels[0].shape[0] / max(2 * half_height * self._tall, 1.0)
        level = self._levels[min(max(int(np.log2(max(ratio, 1.0)) + 0.3), 0), _LEVELS - 1)]
        f = np.float32
        _press(
            canvas,
            level,
            f(place.x_px + facing * self._right * half_width),
            f(place.y_px + self._down * half_height),
            f(half_width * self._wide),
            f(half_height * self._tall),
            f(facing),
            f(density),
            colour,
        )


@kernel
def _press(
    canvas: Canvas,
    table: Table,
    x_px: Scalar,
    y_px: Scalar,
    half_width: Scalar,
    half_height: Scalar,
    facing: Scalar,
    density: Scalar,
    colour: RGB,
) -> None:
    """Lay a table's ink over the box of a canvas, in place."""
    _, height, width = canvas.shape
    rows, columns = table.shape
    half_width = max(half_width, f32(0.6))
    half_height = max(half_height, f32(0.6))
    x0 = pixel(x_px - half_width, width)
    x1 = pixel(x_px + half_width + f32(1), width)
    y0 = pixel(y_px - half_height, height)
    y1 = pixel(y_px + half_height + f32(1), height)
    n = x1 - x0
    if n <= 0 or y1 <= y0:
        return
    laid = np.empty(n, np.float32)
    last_row = f32(rows) - f32(1.01)
    last_column = f32(columns) - f32(1.01)
    per_x = f32(0.5) * f32(columns) / half_width * facing
    per_y = f32(0.5) * f32(rows) / half_height
    for y in range(y0, y1):
        row = f32(0.5) * f32(rows - 1) + (f32(y) + f32(0.5) - y_px) * per_y
        row = min(max(row, f32(0)), last_row)
        iy = u32(i32(row))
        fy = row - np.floor(row)
        here = table[iy]
        below = table[u32(iy + u32(1))]
        begin = f32(x0) + f32(0.5) - x_px
        for x in range(n):
            column = f32(0.5) * f32(columns - 1) + (f32(x) + begin) * per_x
            column = min(max(column, f32(0)), last_column)
            ix = u32(i32(column))
            jx = u32(ix + u32(1))
            fx = column - np.floor(column)
            ink = mix(mix(here[ix], here[jx], fx), mix(below[ix], below[jx], fx), fy)
            laid[x] = saturate(ink * density)
        for plane in range(3):
            out = canvas[plane, y, x0:x1]
            tint = colour[plane]
            for x in range(n):
                out[x] = mix(out[x], tint, laid[x])
