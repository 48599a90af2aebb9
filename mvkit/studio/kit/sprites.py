"""Small things laid over a canvas: glowing dots, rain, snow.

Positions and sizes are in pixels of the canvas, colours in linear light.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.kit.canvas import Canvas, Row, pixel
from mvkit.studio.kit.jit import Scalar, f32, i32, inline, kernel
from mvkit.studio.kit.maths import exponential, fraction, mix, saturate, sine, smoothstep
from mvkit.studio.kit.noise import hash_2d
from mvkit.studio.kit.rgb import RGB

__all__ = [
    "DOT_COLUMNS",
    "add_dots",
    "add_rain",
    "add_snow",
    "new_dots",
]

DOT_COLUMNS = ("x", "y", "radius", "red", "green", "blue", "disc")
"""Meaning of the columns of a dot table; ``disc`` 0 is a soft glow, 1 an out-of-focus disc."""


def new_dots(n_dots: int) -> NDArray[np.float32]:
    """Return a zeroed table for :func:`add_dots`, one row per dot, columns `DOT_COLUMNS`."""
    return np.zeros((n_dots, len(DOT_COLUMNS)), np.float32)


@kernel
def add_dots(canvas: Canvas, dots: NDArray[np.float32]) -> None:
    """Add glowing particles or bokeh discs, in place."""
    _, height, width = canvas.shape
    light = np.empty(width, np.float32)
    for k in range(dots.shape[0]):
        x = dots[k, 0]
        y = dots[k, 1]
        radius = max(dots[k, 2], f32(0.3))
        disc = dots[k, 6]
        # Nothing of a disc is seen beyond its edge, but a glow goes on.
        reach = radius * (f32(2.2) if disc < f32(1) else f32(1.06))
        red = dots[k, 3]
        green = dots[k, 4]
        blue = dots[k, 5]
        x0 = pixel(x - reach, width)
        x1 = pixel(x + reach + f32(2), width)
        y0 = pixel(y - reach, height)
        y1 = pixel(y + reach + f32(2), height)
        if x1 <= x0 or max(max(red, green), blue) <= f32(0):
            continue
        per_radius = f32(1) / radius
        middle = x - f32(x0) - f32(0.5)
        for row in range(y0, y1):
            v = (f32(row) + f32(0.5) - y) * per_radius
            row_light = light[0 : x1 - x0]
            if disc < f32(1):
                for column in range(row_light.size):
                    u = (f32(column) - middle) * per_radius
                    q = u * u + v * v
                    # The window brings the glow to zero where its box ends.
                    glow = exponential(-q * f32(2.2)) * saturate(f32(1.5) - q * f32(0.31))
                    flat = smoothstep(f32(1.1), f32(0.9), q) * f32(0.6)
                    row_light[column] = mix(glow, flat, disc)
            else:
                for column in range(row_light.size):
                    u = (f32(column) - middle) * per_radius
                    row_light[column] = smoothstep(f32(1.1), f32(0.9), u * u + v * v) * f32(0.6)
            _add_share(canvas[0, row, x0:x1], row_light, red)
            _add_share(canvas[1, row, x0:x1], row_light, green)
            _add_share(canvas[2, row, x0:x1], row_light, blue)


@inline
def _add_share(line: Row, share: Row, light: Scalar) -> None:
    """Add shares of a light to pixels."""
    for x in range(line.size):
        line[x] += share[x] * light


_N_DROPS = 170
_N_FLAKES = 420


@kernel
def add_rain(canvas: Canvas, t_s: Scalar, amount: Scalar, slant: Scalar, light: RGB) -> None:
    """Let rain fall; each streak also brightens what is behind it, in place.

    Every drop falls again and again, each time elsewhere: its place follows from its number and
    from how often it has fallen, so the rain of two neighbouring clips is one rain.

    Parameters
    ----------
    canvas
        The picture.
    t_s
        Absolute time.
    amount
        0 dry, 1 downpour.
    slant
        Sideways drift per height of fall.
    light
        Light caught by a drop on its own.
    """
    _, height, width = canvas.shape
    one = f32(1)
    tall = f32(height)
    aspect = f32(width) / tall
    n_drops = i32(f32(_N_DROPS) * amount * aspect / f32(1.78))
    for k in range(n_drops):
        near = hash_2d(i32(k), i32(1))
        near = near * near
        falls = t_s * (f32(1.5) + f32(1.6) * near) + hash_2d(i32(k), i32(2)) * f32(19)
        fall = i32(np.floor(falls))
        length = (f32(0.035) + f32(0.10) * near) * tall
        half = max((f32(0.0011) + f32(0.0022) * near) * tall, f32(0.6))
        y_px = (fraction(falls) * f32(1.3) - f32(0.15)) * tall
        x_px = hash_2d(i32(k), fall) * (aspect + f32(0.2)) - f32(0.1) + slant * fraction(falls)
        x_px = x_px * tall
        gain = f32(0.4) + f32(0.5) * near
        for y in range(pixel(y_px, height), pixel(y_px + length + f32(1), height)):
            along = (f32(y) + f32(0.5) - y_px) / length
            body = smoothstep(f32(0), f32(0.6), along) * smoothstep(one, f32(0.6), along) * gain
            middle = x_px + slant * (f32(y) - y_px)
            begin = pixel(middle - half * f32(2), width)
            end = max(pixel(middle + half * f32(2) + f32(2), width), begin)
            row_r = canvas[0, y, begin:end]
            row_g = canvas[1, y, begin:end]
            row_b = canvas[2, y, begin:end]
            off = f32(begin) + f32(0.5) - middle
            for x in range(row_r.size):
                streak = smoothstep(f32(2), f32(0), abs(f32(x) + off) / half) * body
                row_r[x] += streak * (light[0] + row_r[x] * f32(0.6))
                row_g[x] += streak * (light[1] + row_g[x] * f32(0.6))
                row_b[x] += streak * (light[2] + row_b[x] * f32(0.6))


@kernel
def add_snow(canvas: Canvas, t_s: Scalar, amount: Scalar, wind: Scalar, light: RGB) -> None:
    """Let snow drift down, far flakes small and slow, near ones soft; as :func:`add_rain`."""
    _, height, width = canvas.shape
    tall = f32(height)
    aspect = f32(width) / tall
    span = aspect + f32(0.2)
    n_flakes = i32(f32(_N_FLAKES) * amount * aspect / f32(1.78))
    for k in range(n_flakes):
        near = hash_2d(i32(k), i32(11))
        near = near * near * near
        falls = t_s * (f32(0.09) + f32(0.30) * near) + hash_2d(i32(k), i32(12)) * f32(19)
        fall = i32(np.floor(falls))
        sway = sine(t_s * (f32(0.8) + near) + f32(k)) * f32(0.012) * (f32(1) + f32(3) * near)
        across = hash_2d(i32(k), fall) * span + wind * fraction(falls) + sway
        x_px = (fraction(across / span) * span - f32(0.1)) * tall
        y_px = (fraction(falls) * f32(1.1) - f32(0.05)) * tall
        radius = (f32(0.0014) + f32(0.0085) * near) * tall + f32(0.4)
        gain = f32(0.9) - f32(0.55) * near
        reach = radius * f32(2)
        begin = pixel(x_px - reach, width)
        end = max(pixel(x_px + reach + f32(2), width), begin)
        per_radius = f32(1) / radius
        off = f32(begin) + f32(0.5) - x_px
        for y in range(pixel(y_px - reach, height), pixel(y_px + reach + f32(2), height)):
            v = (f32(y) + f32(0.5) - y_px) * per_radius
            row_r = canvas[0, y, begin:end]
            row_g = canvas[1, y, begin:end]
            row_b = canvas[2, y, begin:end]
            for x in range(row_r.size):
                u = (f32(x) + off) * per_radius
                flake = saturate(f32(1) - (u * u + v * v) * f32(0.3)) * gain
                flake = flake * flake
                row_r[x] += flake * light[0]
                row_g[x] += flake * light[1]
                row_b[x] += flake * light[2]
