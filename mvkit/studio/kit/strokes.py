"""Straight tapered strokes: wires, poles, blades of grass, twigs, fronds.

A world lists its strokes in metres (:func:`world_strokes`), brings the table to the frame
(:func:`project_strokes`) and draws it (:func:`draw_strokes`).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mvkit.studio.camera import Projection
from mvkit.studio.kit.canvas import Canvas
from mvkit.studio.kit.jit import f32, i32, kernel
from mvkit.studio.kit.maths import mix, saturate
from mvkit.studio.kit.rgb import RGB

__all__ = [
    "STROKE_COLUMNS",
    "STROKE_COLUMNS_M",
    "StrokeEnd",
    "draw_strokes",
    "project_strokes",
    "world_strokes",
]

STROKE_COLUMNS = ("x0", "y0", "radius_0", "x1", "y1", "radius_1", "red", "green", "blue", "opacity")
"""Columns of a table in pixels: two ends with their half widths, and the paint."""

STROKE_COLUMNS_M = ("x0", "y0", "z0", "radius_0", "x1", "y1", "z1", "radius_1", *STROKE_COLUMNS[6:])
"""Columns of a table in the world, in metres."""

StrokeEnd = tuple[ArrayLike, ArrayLike, ArrayLike, ArrayLike]
"""One end of many strokes: x, y, z and half width, in metres, arrays or numbers."""

_NEAR_M = 0.25


def world_strokes(
    start: StrokeEnd, end: StrokeEnd, colour: ArrayLike, opacity: ArrayLike = 1.0
) -> NDArray[np.float64]:
    """Return a table of strokes in the world, columns `STROKE_COLUMNS_M`.

    Parameters
    ----------
    start, end
        The two ends; numbers and arrays are broadcast against each other and flattened.
    colour
        Linear light, (3,) or (..., 3).
    opacity
        1 solid.
    """
    paint = np.moveaxis(np.asarray(colour, np.float64), -1, 0)
    columns = np.broadcast_arrays(*start, *end, *paint, opacity)
    return np.stack([column.ravel() for column in columns], axis=1).astype(np.float64)


def project_strokes(
    strokes_m: NDArray[np.floating[Any]], projection: Projection, *, air: RGB, haze_per_m: float
) -> NDArray[np.float32]:
    """Bring strokes of the world to the frame, far ones first and sunk into the air.

    Parameters
    ----------
    strokes_m
        (n, 12), columns `STROKE_COLUMNS_M`.
    projection
        The camera; strokes behind it are left out, those passing it are cut.
    air, haze_per_m
        Colour of the air, and how fast things sink into it with distance.

    Returns
    -------
    numpy.ndarray
        (m, 10) for :func:`draw_strokes`.
    """
    ends = strokes_m[:, :8].reshape(-1, 2, 4)
    depth = np.asarray(projection.depth_m(ends[..., 0], ends[..., 2]))
    seen = depth.max(axis=1) > _NEAR_M
    ends, depth, paint = ends[seen], depth[seen], strokes_m[seen, 8:]
    way = depth[:, ::-1] - depth
    share = (_NEAR_M - depth) / np.where(np.abs(way) < 1e-6, 1.0, way)
    share = np.where(depth < _NEAR_M, share, 0.0)[..., None]
    ends = ends + share * (ends[:, ::-1] - ends)
    order = np.argsort(-depth.max(axis=1), kind="stable")
    ends, paint = ends[order], paint[order]
    column, row, depth = projection.to_px(ends[..., 0], ends[..., 1], ends[..., 2])
    strokes = np.empty((len(order), len(STROKE_COLUMNS)), np.float32)
    strokes[:, 0:4:3] = column
    strokes[:, 1:5:3] = row
    strokes[:, 2:6:3] = ends[..., 3] * projection.px_per_m(depth)
    clear = np.exp(-haze_per_m * depth.min(axis=1))[:, None]
    strokes[:, 6:9] = paint[:, :3] * clear + np.array(air) * (1 - clear)
    strokes[:, 9] = paint[:, 3]
    return strokes


@kernel
def draw_strokes(canvas: Canvas, strokes: NDArray[np.float32]) -> None:
    """Draw strokes with round ends, the table's first row first, in place.

    A stroke thinner than a pixel is drawn a pixel wide and fainter, so that wires in the
    distance thin out without a flicker.

    Parameters
    ----------
    canvas
        The picture.
    strokes
        (n, 10), columns `STROKE_COLUMNS`.
    """
    _, height, width = canvas.shape
    for k in range(strokes.shape[0]):
        ax = strokes[k, 0]
        ay = strokes[k, 1]
        dx = strokes[k, 3] - ax
        dy = strokes[k, 4] - ay
        radius_a = strokes[k, 2]
        radius_b = strokes[k, 5]
        red = strokes[k, 6]
        green = strokes[k, 7]
        blue = strokes[k, 8]
        opacity = strokes[k, 9]
        reach = max(max(radius_a, radius_b), f32(0.5)) + f32(0.5)
        length2 = max(dx * dx + dy * dy, f32(1e-4))
        per_length2 = f32(1) / length2
        # Where a row meets the band around the stroke: much less than the stroke's box.
        band = reach * np.sqrt(length2) / max(abs(dy), f32(1e-4))
        flat = abs(dy) <= f32(1e-3)
        per_dy = f32(0) if flat else dx / dy
        left = min(ax, ax + dx) - reach
        right = max(ax, ax + dx) + reach
        y0 = min(max(i32(np.floor(min(ay, ay + dy) - reach)), 0), height)
        y1 = min(max(i32(max(ay, ay + dy) + reach) + 1, 0), height)
        for y in range(y0, y1):
            py = f32(y) + f32(0.5) - ay
            middle = ax + py * per_dy
            x_low = left if flat else max(left, middle - band)
            x_high = right if flat else min(right, middle + band)
            x0 = min(max(i32(np.floor(x_low)), 0), width)
            x1 = min(max(i32(x_high) + 1, x0), width)
            row_r = canvas[0, y, x0:x1]
            row_g = canvas[1, y, x0:x1]
            row_b = canvas[2, y, x0:x1]
            begin = f32(x0) + f32(0.5) - ax
            for x in range(row_r.size):
                px = f32(x) + begin
                along = saturate((px * dx + py * dy) * per_length2)
                qx = px - dx * along
                qy = py - dy * along
                radius = mix(radius_a, radius_b, along)
                seen = max(radius, f32(0.5))
                cover = saturate(seen + f32(0.5) - np.sqrt(qx * qx + qy * qy))
                cover = cover * opacity * radius / seen
                row_r[x] = mix(row_r[x], red, cover)
                row_g[x] = mix(row_g[x], green, cover)
                row_b[x] = mix(row_b[x], blue, cover)
