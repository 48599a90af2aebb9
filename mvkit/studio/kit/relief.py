"""Uneven ground: a landscape of square tiles, traced and textured for any camera.

A world sculpts one tile at its leisure (heights, and four planes of surface such as light with
its shadows, stones, tracks) and hands it to :class:`Relief`. Per frame each column of the picture
is traced from near to far. As lines upright in the world are upright in the frame, a step shows
exactly what rises above all nearer ones, so that hills hide what is behind them.

The tile is kept at several resolutions: far away it is read from a coarse one, else it would
flicker. Beyond a brow the ground bends down, as on the top of a hill or on a small moon, so that
it ends in a near skyline instead of running to the horizon.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from mvkit.studio.kit.canvas import Row, pixel
from mvkit.studio.kit.jit import Scalar, f32, inline, kernel
from mvkit.studio.kit.maths import fraction, log2, power_of_2, saturate, smoothstep
from mvkit.studio.kit.view import View, ray

__all__ = ["Relief", "Traced", "cast_shadow", "read_surface"]

_SURFACE_STEP = np.float32(2 / 255)
"""What one step of a surface's 8 bits is worth; they reach from 0 to 2."""

Plane = NDArray[np.float32]

_LEVELS = 5
_STEPS = 112
_NEAR_M = 0.45
_NOTHING = np.empty((0, 0, 4), np.uint8)


class Traced(NamedTuple):
    """What a camera sees of the ground, for the rows from ``first_row`` down.

    Attributes
    ----------
    first_row
        Row of the frame to which row 0 of the planes belongs.
    depth_m
        (rows, width), depth along the optical axis; meaningful under the skyline.
    skyline
        (width,), row of the frame, with its fraction, where the ground ends in each column.
    surface
        (rows, width, 4), the tile's planes, as bytes (see :func:`read_surface`).
    """

    first_row: int
    depth_m: Plane
    skyline: Plane
    surface: NDArray[np.uint8]

    @property
    def sky_end(self) -> int:
        """Row from which on the ground covers everything."""
        return max(int(np.ceil(self.skyline.max())), 0)


class Relief:
    """Ground that repeats in both directions.

    Parameters
    ----------
    height_m
        (n, n) heights at z (rows) and x (columns); n is a power of two.
    surface
        (n, n, 4) between 0 and 2, whatever the world needs to shade the ground.
    period_m
        Side of the tile.
    brow_m, bend
        Distance from which the ground bends down, and by how much: ``bend * metres ** 2``.
    reach_m
        Distance up to which it is traced.
    """

    def __init__(
        self,
        height_m: Plane,
        surface: NDArray[np.float32],
        *,
        period_m: float,
        brow_m: float,
        bend: float,
        reach_m: float,
    ) -> None:
        self._heights = _pyramid(height_m)
        self._surface = _pyramid(cv2.convertScaleAbs(surface, alpha=1 / float(_SURFACE_STEP)))
        self._size = height_m.shape[0]
        self._period_m = np.float32(period_m)
        self._bend = np.float32(bend)
        self._brow_m = np.float32(brow_m)
        self._octaves = np.float32(np.log2(reach_m / _NEAR_M) / (_STEPS - 1))

    def trace(self, view: View, width: int, height: int) -> Traced:
        """Return what a camera sees of the ground.

        Parameters
        ----------
        view
            The camera.
        width, height
            Size of the frame in pixels.
        """
        places = np.empty((2, width, _STEPS), np.float32)
        size, period_m = np.int32(self._size), self._period_m
        _lay_steps(places, view, height, self._octaves, size, period_m)
        rise_m = cv2.remap(self._heights, places[0], places[1], cv2.INTER_LINEAR)
        # Columns are filled one by one, hence they lie along the rows at first.
        upright = np.ones((width, height), np.float32)
        skyline = np.empty(width, np.float32)
        _fill(upright, skyline, rise_m, view, self._octaves, self._brow_m, self._bend)
        first = min(max(int(skyline.min()), 0), height)
        if first == height:
            return Traced(first, np.empty((0, width), np.float32), skyline, _NOTHING)
        depth_m = cv2.transpose(upright[:, first:])
        places = np.empty((2, height - first, width), np.float32)
        _lay_pixels(places, depth_m, view, height, first, size, period_m)
        surface = cv2.remap(self._surface, places[0], places[1], cv2.INTER_LINEAR)
        return Traced(first, depth_m, skyline, surface)


def _pyramid(tile: NDArray[Any]) -> NDArray[Any]:
    """Return a tile at each resolution, below one another, each with its rim wrapped around."""
    levels, size = [], tile.shape[0]
    for level in range(_LEVELS):
        n = size >> level
        small = tile if level == 0 else cv2.resize(tile, (n, n), interpolation=cv2.INTER_AREA)
        pad = ((1, 1), (1, 1), (0, 0))[: small.ndim]
        wrapped = np.pad(small, pad, mode="wrap")
        spare = ((0, 0), (0, size - n), (0, 0))[: small.ndim]
        levels.append(np.pad(wrapped, spare))
    return np.ascontiguousarray(np.concatenate(levels))


@kernel
def _lay_steps(
    places: NDArray[np.float32],
    view: View,
    height: int,
    octaves: Scalar,
    size: np.int32,
    period_m: Scalar,
) -> None:
    """Find where each step of each column reads the heights: places are (2, column, step)."""
    _, width, steps = places.shape
    px = view.lens / f32(height)
    per_m = f32(1) / period_m
    wide = f32(size)
    for x in range(width):
        across = (f32(x) + f32(0.5) - f32(width) * f32(0.5)) * px
        dx = across * view.cos_yaw + view.sin_yaw
        dz = view.cos_yaw - across * view.sin_yaw
        out_x = places[0, x]
        out_y = places[1, x]
        for k in range(steps):
            away = f32(_NEAR_M) * power_of_2(f32(f32(k) * octaves))
            coarse = log2(f32(away * octaves * f32(0.55) * per_m * wide))
            level = np.floor(min(max(coarse, f32(0)), f32(_LEVELS - 1)))
            share = power_of_2(-level)
            n = wide * share
            # Levels lie below one another, each two rows taller than it is wide.
            top = f32(2) * (wide - n) + f32(2) * level
            out_x[k] = fraction(f32((view.x_m + dx * away) * per_m)) * n + f32(0.5)
            out_y[k] = fraction(f32((view.z_m + dz * away) * per_m)) * n + f32(0.5) + top


@kernel
def _fill(
    upright: Plane,
    skyline: Plane,
    rise_m: Plane,
    view: View,
    octaves: Scalar,
    brow_m: Scalar,
    bend: Scalar,
) -> None:
    """Fill the depth (column, row), near to far, and the skyline."""
    width, height = upright.shape
    steps = rise_m.shape[1]
    per_px = f32(height) / view.lens
    away_m = np.empty(steps, np.float32)
    scale = np.empty(steps, np.float32)
    sunk_m = np.empty(steps, np.float32)
    row = np.empty(steps, np.float32)
    for k in range(steps):
        away = f32(_NEAR_M) * power_of_2(f32(f32(k) * octaves))
        beyond = max(away - brow_m, f32(0))
        away_m[k] = away
        scale[k] = per_px / away
        sunk_m[k] = bend * beyond * beyond + view.y_m
    for x in range(width):
        depth_m = upright[x]
        level = view.horizon * f32(height) + view.sin_roll * (f32(x) - f32(width) * f32(0.5))
        for k in range(steps):
            row[k] = level - (rise_m[x, k] - sunk_m[k]) * scale[k]
        bottom = f32(height)
        end = height
        for k in range(steps):
            crest = row[k]
            if crest < bottom:
                begin = pixel(crest + f32(0.5), end)
                if begin < end:
                    last = max(k - 1, 0)
                    # Where the step before was hidden, the slope begins at what hides it.
                    per_row = (away_m[k] - away_m[last]) / max(
                        max(row[last], bottom) - crest, f32(1e-3)
                    )
                    far = away_m[k] + per_row * (crest - f32(begin) - f32(0.5))
                    near = away_m[last]
                    strip = depth_m[begin:end]
                    for y in range(strip.size):
                        strip[y] = max(far - f32(y) * per_row, near)
                    end = begin
                bottom = crest
        # The pixel that the skyline crosses takes the depth of the one below.
        edge = pixel(bottom, height)
        if end < height and edge < end:
            depth_m[edge:end] = depth_m[end]
        skyline[x] = bottom


@kernel
def _lay_pixels(
    places: NDArray[np.float32],
    depth_m: Plane,
    view: View,
    height: int,
    first: int,
    size: np.int32,
    period_m: Scalar,
) -> None:
    """Find where each pixel reads the surface."""
    rows, width = depth_m.shape
    px = view.lens / f32(height)
    per_m = f32(1) / period_m
    wide = f32(size)
    away = np.empty(width, np.float32)
    place_x = np.empty(width, np.float32)
    place_y = np.empty(width, np.float32)
    for y in range(rows):
        for x in range(width):
            away[x] = depth_m[y, x]
        for x in range(width):
            dx, up, dz, _ = ray(view, x, y + first, width, height)
            # A pixel covers more ground along the view than across it.
            footprint = away[x] * px / np.sqrt(min(max(abs(up), f32(0.03)), f32(1)))
            coarse = log2(f32(footprint * per_m * wide)) + f32(0.2)
            level = np.floor(min(max(coarse, f32(0)), f32(_LEVELS - 1)))
            n = wide * power_of_2(-level)
            top = f32(2) * (wide - n) + f32(2) * level
            place_x[x] = fraction(f32((view.x_m + dx * away[x]) * per_m)) * n + f32(0.5)
            place_y[x] = fraction(f32((view.z_m + dz * away[x]) * per_m)) * n + f32(0.5) + top
        for x in range(width):
            places[0, y, x] = place_x[x]
        for x in range(width):
            places[1, y, x] = place_y[x]


@inline
def read_surface(traced: NDArray[np.uint8], first: Row, second: Row, third: Row, last: Row) -> None:
    """Fill four scratch rows with the planes of a traced row, between 0 and 2 again."""
    step = _SURFACE_STEP
    for x in range(first.size):
        first[x] = f32(traced[x, 0]) * step
        second[x] = f32(traced[x, 1]) * step
        third[x] = f32(traced[x, 2]) * step
        last[x] = f32(traced[x, 3]) * step


@inline
def cast_shadow(
    off_x: Scalar, off_z: Scalar, sun_x: Scalar, sun_z: Scalar, length_m: Scalar, blur: Scalar
) -> Scalar:
    """Return how dark the shadow of a standing person makes a place on the ground, 0..1.

    Parameters
    ----------
    off_x, off_z
        The place, from the person's feet, in metres.
    sun_x, sun_z
        Direction of the sun, of length 1.
    length_m
        Length of the shadow; 0 for none.
    blur
        How soft its edges are where it ends, in metres.
    """
    along = f32(-(off_x * sun_x + off_z * sun_z))
    aside = abs(f32(off_x * sun_z - off_z * sun_x))
    share = along / max(length_m, f32(0.1))
    # Feet, coat, then the slim head.
    half = f32(0.12) + f32(0.15) * smoothstep(f32(0.1), f32(0.6), share)
    half = half - f32(0.17) * smoothstep(f32(0.8), f32(0.9), share)
    soft = f32(0.035) + blur * saturate(share)
    dark = smoothstep(half + soft, half - soft, aside)
    dark = dark * smoothstep(f32(-0.1), f32(0.1), along)
    dark = dark * smoothstep(f32(1.0), f32(0.9), share)
    return f32(dark if length_m > f32(0.1) else f32(0))
