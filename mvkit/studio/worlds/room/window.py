"""The window: panes and frame, the opening in the wall, the sill, the curtains."""

from __future__ import annotations

import numpy as np

from mvkit.studio.kit.canvas import Canvas
from mvkit.studio.kit.jit import f32, kernel
from mvkit.studio.kit.maths import (
    fraction,
    mix,
    saturate,
    select,
    sine,
    smoothstep,
)
from mvkit.studio.kit.noise import value_noise
from mvkit.studio.kit.rgb import add_light, grey, mix_rgb, multiply_rgb, scale_rgb
from mvkit.studio.kit.view import View, ray
from mvkit.studio.worlds.room.dress import (
    GLASS_M,
    HALL,
    WINDOW_HALF_HIGH_M,
    WINDOW_HALF_WIDE_M,
    WINDOW_Y_M,
    WINDOW_Z_M,
    Colours,
    Sun,
)
from mvkit.studio.worlds.room.garden import Outside
from mvkit.studio.worlds.room.light import band, curtain_edge, panes, soft_light

__all__ = ["CORNERS_M", "OPENING_M", "paint_window"]

_CURTAIN_M = 0.62  # how far a curtain reaches beside the opening
_RAIL_M = WINDOW_Y_M + WINDOW_HALF_HIGH_M + 0.13

CORNERS_M = np.array(
    [
        (float(HALL.left), y_m, WINDOW_Z_M + side * (WINDOW_HALF_WIDE_M + _CURTAIN_M + 0.1))
        for y_m in (0.0, _RAIL_M + 0.06)
        for side in (-1.0, 1.0)
    ]
)
"""Corners of the part of the left wall that window and curtains take."""

OPENING_M = np.array(
    [
        (float(HALL.left) - dx, WINDOW_Y_M + v * WINDOW_HALF_HIGH_M, z_m)
        for dx in (0.0, GLASS_M)
        for v in (-1.0, 1.0)
        for z_m in (WINDOW_Z_M - WINDOW_HALF_WIDE_M, WINDOW_Z_M + WINDOW_HALF_WIDE_M)
    ]
)
"""Corners of the opening in it."""


@kernel
def paint_window(
    canvas: Canvas, garden: Canvas, view: View, colours: Colours, sun: Sun, outside: Outside,
    part: tuple[int, int, int, int],
) -> None:  # fmt: skip
    """Paint window and curtains over a part of the frame, in place.

    ``garden`` is what is seen outside, of the size of the canvas.
    """
    _, height, width = canvas.shape
    x_0, x_1, y_0, y_1 = part
    n = x_1 - x_0
    one = f32(1)
    zero = f32(0)
    at_1_m = view.lens / f32(height)
    half_u = f32(WINDOW_HALF_WIDE_M)
    half_v = f32(WINDOW_HALF_HIGH_M)
    snow = scale_rgb(mix_rgb(colours.sky, grey(colours.sky[1]), f32(0.5)), outside.gain)
    scene_r = np.empty(n, np.float32)
    scene_g = np.empty(n, np.float32)
    scene_b = np.empty(n, np.float32)
    for y in range(y_0, y_1):
        for x in range(n):
            scene_r[x] = garden[0, y, x + x_0]
        for x in range(n):
            scene_g[x] = garden[1, y, x + x_0]
        for x in range(n):
            scene_b[x] = garden[2, y, x + x_0]
        red = canvas[0, y, x_0:x_1]
        green = canvas[1, y, x_0:x_1]
        blue = canvas[2, y, x_0:x_1]
        for x in range(n):
            dx, dy, dz, _ = ray(view, x + x_0, y, width, height)
            out = max(-dx, f32(1e-3))
            way = (view.x_m - HALL.left) / out
            size = way * at_1_m
            per_size = one / max(size, f32(0.002))
            rise = dy / out
            drift = dz / out
            u = view.z_m + dz * way - f32(WINDOW_Z_M)
            v = view.y_m + dy * way
            up = v - f32(WINDOW_Y_M)
            glass_u = u + drift * f32(GLASS_M)
            glass_v = up + rise * f32(GLASS_M)
            drifted = f32(0.035) + f32(0.05) * value_noise(glass_u * f32(3), f32(1))
            on_bar = (fraction(glass_v * f32(1 / 0.6) + f32(0.5)) - f32(0.02)) * f32(0.6)
            heap = smoothstep(drifted, drifted - f32(0.02), on_bar) * outside.snow
            scene = (scene_r[x], scene_g[x], scene_b[x])
            scene = mix_rgb(scene, snow, heap)
            clear = panes(glass_u, glass_v + f32(WINDOW_Y_M), size)
            # The frame is seen against the light, a little brighter where the room lights it.
            light = soft_light(HALL.left, v, u + f32(WINDOW_Z_M), one, zero, zero, sun, colours)
            back = scale_rgb(colours.sky, sun.sky * f32(0.05))
            frame = multiply_rgb(colours.trim, add_light(light, back, one))
            frame = scale_rgb(frame, f32(0.75))
            colour = mix_rgb(frame, scene, clear)
            # The sides of the opening catch the light that grazes them.
            deep = saturate(max(abs(glass_u) - half_u, abs(glass_v) - half_v) * f32(30))
            graze = f32(0.20) + f32(0.25) * select(glass_v < -half_v)
            reveal = scale_rgb(colours.sky, sun.sky * graze)
            reveal = add_light(reveal, colours.sun, sun.direct * f32(0.10))
            reveal = multiply_rgb(colours.trim, add_light(light, reveal, one))
            colour = mix_rgb(colour, reveal, deep)
            cover = band(u, half_u, per_size) * band(up, half_v, per_size)
            # A sill, then the curtains on their rail.
            sill = band(u, half_u + f32(0.1), per_size)
            sill *= band(up + half_v + f32(0.02), f32(0.022), per_size)
            shelf = multiply_rgb(colours.trim, add_light(light, colours.sky, sun.sky * f32(0.2)))
            colour = mix_rgb(colour, shelf, sill)
            cover = max(cover, sill)
            edge = curtain_edge(u, v, sun)
            inner = saturate((abs(u) - edge) * per_size + f32(0.5))
            swing = sun.sway_m * sine(v * f32(1.9) - sun.t_s * f32(0.9))
            outer = half_u + f32(_CURTAIN_M) + swing * f32(0.5)
            outer = saturate((outer - abs(u)) * per_size + f32(0.5))
            hung = inner * outer * select(v < f32(_RAIL_M)) * select(v > f32(0.02))
            folds = sine((abs(u) - edge) * f32(34) + f32(0.8) * sine(v * f32(1.3) + swing * f32(8)))
            folds += f32(0.5) * sine((abs(u) - edge) * f32(71) + v * f32(0.7))
            weave = f32(0.72) + f32(0.22) * folds
            through = band(u, half_u, f32(4)) * band(up, half_v, f32(4))
            shine = through * (f32(0.55) + f32(0.30) * folds)
            glow = add_light(
                scale_rgb(colours.sky, sun.sky * f32(0.30)), colours.sun, sun.direct * f32(0.16)
            )
            fabric = add_light(scale_rgb(light, weave), glow, shine)
            fabric = multiply_rgb(colours.cloth, fabric)
            colour = mix_rgb(colour, fabric, hung)
            cover = max(cover, hung)
            rail = band(up - f32(_RAIL_M - WINDOW_Y_M), f32(0.016), per_size)
            rail *= band(u, half_u + f32(_CURTAIN_M + 0.06), per_size)
            colour = mix_rgb(colour, scale_rgb(multiply_rgb(colours.floor, light), f32(0.5)), rail)
            cover = max(cover, rail) * select(dx < zero)
            red[x] = mix(red[x], colour[0], cover)
            green[x] = mix(green[x], colour[1], cover)
            blue[x] = mix(blue[x], colour[2], cover)
