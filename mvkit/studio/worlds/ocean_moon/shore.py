"""Where a shore runs, and which rows and columns of the picture need computing.

Before the feet of the camera waves and ripples are many pixels high. From `first_large_row` on
sea and beach are therefore computed in every other row (`has_own_light`), and `join_rows` fills
in the rows between.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mvkit.studio.kit.canvas import Canvas, pixel
from mvkit.studio.kit.jit import Scalar, f32, inline, kernel
from mvkit.studio.kit.view import View, horizon_band, ray

__all__ = [
    "LAND_M",
    "Shore",
    "columns_inland",
    "first_large_row",
    "has_own_light",
    "join_rows",
    "shore_place",
]

LAND_M = -3.7
"""So far out, negative on land, the highest wave has run up."""

_LARGE_M = 0.045  # of the ground along the view; the smallest ripples are 0.2 m long


class Shore(NamedTuple):
    """A shore at an instant, as kernels take it.

    Attributes
    ----------
    x_m, z_m
        A place on it.
    sin_way, cos_way
        Its direction, as a yaw; the sea lies to the left of it. Both are 0 on the open sea.
    beats
        Beats of the song so far: they move the waves.
    walked_m, out_m, onward
        Where the person walks, along and out, and in which sense: 1, -1, or 0 for nobody.
    """

    x_m: Scalar
    z_m: Scalar
    sin_way: Scalar
    cos_way: Scalar
    beats: Scalar
    walked_m: Scalar
    out_m: Scalar
    onward: Scalar


@inline
def first_large_row(view: View, width: int, height: int) -> int:
    """Return the row from which on a pixel shows less than `_LARGE_M` of the ground."""
    depth = np.sqrt(f32(_LARGE_M) * view.y_m * f32(height) / view.lens)
    below = view.y_m / (depth * view.lens) * f32(height)
    _, band_1 = horizon_band(view, width, height)
    return max(pixel(view.horizon * f32(height) + below, height), band_1)


@inline
def has_own_light(y: int, large_row: int) -> bool:
    """Return whether a row is computed, and not filled in between its neighbours."""
    return y < large_row or (y - large_row) % 2 == 0


@kernel
def join_rows(canvas: Canvas, view: View) -> None:
    """Fill in the rows that have no light of their own."""
    _, height, width = canvas.shape
    large_row = first_large_row(view, width, height)
    for y in range(large_row + 1, height, 2):
        for plane in range(3):
            line = canvas[plane, y]
            above = canvas[plane, y - 1]
            below = canvas[plane, y + 1 if y + 1 < height else y - 1]
            for x in range(width):
                line[x] = f32(0.5) * (above[x] + below[x])


@inline
def shore_place(
    view: View, shore: Shore, x: int, y: int, width: int, height: int
) -> tuple[Scalar, Scalar, Scalar]:
    """Return metres along and out of the ground under a pixel, and the pixel's length there."""
    dx, up, dz, _ = ray(view, x, y, width, height)
    depth = view.y_m / max(-up, f32(0.0012))
    gx = view.x_m + dx * depth - shore.x_m
    gz = view.z_m + dz * depth - shore.z_m
    long = depth * depth * view.lens / (f32(height) * max(view.y_m, f32(0.2)))
    along = gx * shore.sin_way + gz * shore.cos_way
    return f32(along), f32(gz * shore.sin_way - gx * shore.cos_way), f32(long)


@inline
def columns_inland(
    view: View, shore: Shore, limit_m: Scalar, y: int, width: int, height: int
) -> tuple[int, int]:
    """Return the columns (first, end) of a row that may see ground less far out than a limit.

    Along a row of a level picture the ground's place changes evenly, so the limit is crossed
    once; a margin allows for a camera that leans.
    """
    if shore.sin_way == f32(0) and shore.cos_way == f32(0):
        return 0, 0
    _, out_0, _ = shore_place(view, shore, 0, y, width, height)
    _, out_1, _ = shore_place(view, shore, width - 1, y, width, height)
    margin = f32(width) * (f32(0.01) + abs(view.sin_roll))
    rise = out_1 - out_0
    steep = rise if abs(rise) > f32(1e-3) else f32(1e-3)
    crossing = (limit_m - out_0) / steep
    crossing = min(max(crossing, f32(-1)), f32(2)) * f32(width)
    if out_0 < limit_m and out_1 < limit_m:
        return 0, width
    if out_0 < limit_m:
        return 0, pixel(crossing + margin, width)
    if out_1 < limit_m:
        return pixel(crossing - margin, width), width
    return 0, 0
