"""Stars over a night sky, drawn one by one.

A star covers a few pixels and most of the sky shows none, so it is much cheaper to visit the
stars in the frame than to ask at each pixel for one (:func:`~mvkit.studio.kit.sky.starlight`,
whose sky this is).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.kit.canvas import Canvas, pixel
from mvkit.studio.kit.jit import Scalar, f32, i32, inline, kernel
from mvkit.studio.kit.maths import cosine, exponential, fraction, saturate, sine
from mvkit.studio.kit.noise import hash_2d
from mvkit.studio.kit.rgb import RGB
from mvkit.studio.kit.sky import heading
from mvkit.studio.kit.view import View

__all__ = ["add_stars"]

_PER_RADIAN = 90.0  # cells of the sky, each with one star at most
_SHARE = 0.14  # of the cells with a star
_REACH = 0.36  # of a star's glow, in cells
_FAINTEST = 0.002


@inline
def _bounds(view: View, rows: int, width: int, height: int) -> tuple[int, int, int, int]:
    """Return the cells (first and end of columns, first and end of rows) that a frame shows."""
    west, north = heading(view, 0, 0, width, height)
    east, south = west, north
    for k in range(5):
        # The sky bulges between the corners: its edges are visited at three places.
        x = min(k * (width - 1) // 4, width - 1)
        azimuth_0, slope_0 = heading(view, x, 0, width, height)
        azimuth_1, slope_1 = heading(view, x, rows - 1, width, height)
        west, east = min(west, min(azimuth_0, azimuth_1)), max(east, max(azimuth_0, azimuth_1))
        south, north = min(south, min(slope_0, slope_1)), max(north, max(slope_0, slope_1))
    per = f32(_PER_RADIAN)
    return (
        int(np.floor(west * per)) - 1, int(np.floor(east * per)) + 2,
        max(int(np.floor(south * per)) - 1, 0), int(np.floor(north * per)) + 2,
    )  # fmt: skip


@kernel
def add_stars(
    canvas: Canvas, clear: NDArray[np.float32], rows: int, view: View, t_s: Scalar, light: RGB
) -> None:
    """Add twinkling stars to the upper rows of a canvas, in place.

    Parameters
    ----------
    canvas
        The picture.
    clear
        (rows or more, width), how much of the starlight comes through at each pixel, 0..1.
    rows
        Rows of the canvas that show sky.
    view
        The camera.
    t_s
        Absolute time: stars twinkle.
    light
        Light of the brightest star.
    """
    _, height, width = canvas.shape
    if rows < 1:
        return
    first_x, end_x, first_y, end_y = _bounds(view, rows, width, height)
    tall = f32(height)
    middle = f32(width) * f32(0.5)
    per_lens = f32(1) / view.lens
    for iy in range(first_y, end_y):
        for ix in range(first_x, end_x):
            chance = hash_2d(i32(ix), i32(iy))
            bright = max(f32(_SHARE) - chance, f32(0)) / f32(_SHARE)
            bright = bright * bright * bright
            bright = bright * (f32(0.12) + f32(0.88) * bright * bright)
            if bright < f32(_FAINTEST):
                continue
            place = hash_2d(i32(iy), i32(ix + 57))
            azimuth = f32(ix) + f32(0.3) + f32(0.4) * place
            azimuth = azimuth * f32(1 / _PER_RADIAN)
            slope = f32(iy) + f32(0.3) + f32(0.4) * fraction(place * f32(61))
            slope = slope * f32(1 / _PER_RADIAN)
            toward = sine(azimuth) * view.sin_yaw + cosine(azimuth) * view.cos_yaw
            if toward < f32(0.2):
                continue
            # Where a pixel's ray has this heading, see `heading` and `ray`.
            across = (sine(azimuth) * view.cos_yaw - cosine(azimuth) * view.sin_yaw) / toward
            secant = np.sqrt(f32(1) + across * across)
            up = slope * secant
            x_px = middle + tall * per_lens * (across * view.cos_roll + up * view.sin_roll)
            v = per_lens * (up * view.cos_roll - across * view.sin_roll)
            y_px = tall * (view.horizon - v)
            cell_y = tall * per_lens * secant * f32(1 / _PER_RADIAN)
            cell_x = cell_y * secant
            twinkle = f32(0.75) + f32(0.25) * sine(
                t_s * (f32(1.5) + f32(5) * place) + chance * f32(900)
            )
            strength = bright * twinkle * saturate(slope * f32(6) - f32(0.1))
            spread = f32(48) - f32(24) * bright
            x_0 = pixel(x_px - f32(_REACH) * cell_x, width)
            x_1 = pixel(x_px + f32(_REACH) * cell_x + f32(1), width)
            y_0 = pixel(y_px - f32(_REACH) * cell_y, rows)
            y_1 = pixel(y_px + f32(_REACH) * cell_y + f32(1), rows)
            for y in range(y_0, y_1):
                off_y = (f32(y) + f32(0.5) - y_px) / cell_y
                for x in range(x_0, x_1):
                    off_x = (f32(x) + f32(0.5) - x_px) / cell_x
                    glow = exponential(-(off_x * off_x + off_y * off_y) * spread)
                    glow = glow * strength * clear[y, x]
                    canvas[0, y, x] += glow * light[0]
                    canvas[1, y, x] += glow * light[1]
                    canvas[2, y, x] += glow * light[2]
