"""The door in the near wall."""

from __future__ import annotations

import numpy as np

from mvkit.studio.kit.canvas import Canvas
from mvkit.studio.kit.jit import Scalar, f32, inline, kernel
from mvkit.studio.kit.maths import (
    mix,
    saturate,
    select,
    smoothstep,
)
from mvkit.studio.kit.rgb import RGB, add_light, mix_rgb, multiply_rgb, scale_rgb
from mvkit.studio.kit.view import View, ray
from mvkit.studio.worlds.room.dress import (
    DOOR_HALF_M,
    DOOR_TOP_M,
    DOOR_X_M,
    HALL,
    Colours,
    Sun,
)
from mvkit.studio.worlds.room.light import band, soft_light

__all__ = ["DOOR_M", "paint_door"]

DOOR_M = np.array(
    [
        (DOOR_X_M + side * (DOOR_HALF_M + 0.1), y_m, float(HALL.near))
        for y_m in (0.0, DOOR_TOP_M + 0.1)
        for side in (-1.0, 1.0)
    ]
)
"""Corners of its part of the wall."""


@inline
def _panel(u: Scalar, v: Scalar, half_u: Scalar, half_v: Scalar, size: Scalar) -> Scalar:
    """Return the shade of a sunk panel's bevel: lit at its lower and left edge."""
    out_u = abs(u) - half_u
    out_v = abs(v) - half_v
    out = max(out_u, out_v)
    edge = smoothstep(f32(0.022) + size, f32(0.004), abs(out))
    level = f32(0.16) if v < f32(0) else f32(-0.30)
    upright = f32(0.08) if u < f32(0) else f32(-0.14)
    bevel = level if out_v > out_u else upright
    return f32(f32(1) + edge * bevel - f32(0.05) * select(out < f32(0)))


@kernel
def paint_door(
    canvas: Canvas, view: View, colours: Colours, sun: Sun, part: tuple[int, int, int, int],
    slit: RGB,
) -> None:  # fmt: skip
    """Paint the door in the near wall over a part of the frame; ``slit`` is light below it."""
    _, height, width = canvas.shape
    x_0, x_1, y_0, y_1 = part
    one = f32(1)
    at_1_m = view.lens / f32(height)
    for y in range(y_0, y_1):
        red = canvas[0, y, x_0:x_1]
        green = canvas[1, y, x_0:x_1]
        blue = canvas[2, y, x_0:x_1]
        for x in range(x_1 - x_0):
            dx, dy, dz, _ = ray(view, x + x_0, y, width, height)
            back = max(-dz, f32(1e-3))
            way = (view.z_m - HALL.near) / back
            px = view.x_m + dx * way
            py = view.y_m + dy * way
            size = way * at_1_m
            u = px - f32(DOOR_X_M)
            seen = select(dz < f32(0)) * select(py > f32(0))
            per_size = one / max(size, f32(0.002))
            frame_u = band(u, f32(DOOR_HALF_M + 0.09), per_size)
            frame = frame_u * saturate((f32(DOOR_TOP_M + 0.09) - py) * per_size + f32(0.5))
            leaf = band(u, f32(DOOR_HALF_M), per_size)
            leaf *= saturate((f32(DOOR_TOP_M) - py) * per_size + f32(0.5))
            fold = abs(u) - f32(0.215)
            shade = _panel(fold, py - f32(1.5), f32(0.145), f32(0.46), size)
            shade *= _panel(fold, py - f32(0.52), f32(0.145), f32(0.32), size)
            rim = one - leaf * band(abs(u) - f32(DOOR_HALF_M - 0.008), f32(0.006), per_size)
            light = soft_light(px, py, HALL.near, f32(0), f32(0), one, sun, colours)
            tone = mix(f32(0.95), f32(0.80) * shade * rim, leaf)
            colour = multiply_rgb(scale_rgb(colours.trim, tone), light)
            ku = u + f32(0.37)
            kv = py - f32(1.02)
            knob = saturate((f32(0.032) - np.sqrt(ku * ku + kv * kv)) * per_size + f32(0.5))
            gleam = f32(0.25) + smoothstep(f32(0.03), f32(0), abs(kv - f32(0.012)) + abs(ku))
            colour = mix_rgb(colour, multiply_rgb((gleam, gleam, gleam), light), knob)
            low = smoothstep(f32(0.022), f32(0.008), py) * leaf
            colour = add_light(scale_rgb(colour, one - low), slit, low)
            cover = frame * seen
            red[x] = mix(red[x], colour[0], cover)
            green[x] = mix(green[x], colour[1], cover)
            blue[x] = mix(blue[x], colour[2], cover)
