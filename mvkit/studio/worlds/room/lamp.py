"""The round paper lamp on its stand."""

from __future__ import annotations

import numpy as np

from mvkit.studio.camera import Projection
from mvkit.studio.colour import rgb
from mvkit.studio.kit.canvas import Canvas, pixel
from mvkit.studio.kit.jit import Scalar, f32, kernel
from mvkit.studio.kit.maths import mix, saturate, sine
from mvkit.studio.kit.rgb import RGB, scale_rgb
from mvkit.studio.kit.strokes import draw_strokes, project_strokes, world_strokes
from mvkit.studio.worlds.room.dress import (
    LAMP_M,
    LAMP_RADIUS_M,
    Colours,
    Sun,
)
from mvkit.studio.worlds.room.light import illuminate

__all__ = ["paint_lamp"]

_GLOW = 2.6  # of the paper against the light that the lamp throws


def paint_lamp(canvas: Canvas, projection: Projection, colours: Colours, sun: Sun) -> None:
    """Paint the lamp: a paper globe on a thin stand."""
    x_m, y_m, z_m = LAMP_M
    metal = 0.05 * np.array(colours.trim)
    stand = np.concatenate(
        [
            world_strokes((x_m, 0.02, z_m, 0.011), (x_m, y_m, z_m, 0.011), metal),
            world_strokes((x_m - 0.1, 0.015, z_m, 0.015), (x_m + 0.1, 0.015, z_m, 0.015), metal),
        ]
    )
    black = (np.float32(0), np.float32(0), np.float32(0))
    draw_strokes(canvas, project_strokes(stand, projection, air=black, haze_per_m=0.0))
    x_px, y_px, depth_m = projection.to_px(x_m, y_m, z_m)
    if depth_m < LAMP_RADIUS_M + 0.05:
        return
    f = np.float32
    radius_px = f(LAMP_RADIUS_M * projection.px_per_m(depth_m))
    glow = rgb(np.array(colours.lamp), _GLOW * float(sun.lamp))
    _paint_globe(canvas, f(x_px), f(y_px), radius_px, colours, sun, glow)


@kernel
def _paint_globe(
    canvas: Canvas, x_px: Scalar, y_px: Scalar, radius_px: Scalar, colours: Colours, sun: Sun,
    glow: RGB,
) -> None:  # fmt: skip
    """Paint the paper globe with its ribs, lit from inside by ``glow`` and from the window."""
    _, height, width = canvas.shape
    one = f32(1)
    day = illuminate(
        f32(LAMP_M[0] - 0.25), f32(LAMP_M[1]), f32(LAMP_M[2] - 0.2),
        f32(-0.8), f32(0), f32(-0.6), f32(0.3), sun, colours,
    )  # fmt: skip
    begin = pixel(x_px - radius_px - f32(1), width)
    end = pixel(x_px + radius_px + f32(2), width)
    for y in range(pixel(y_px - radius_px, height), pixel(y_px + radius_px + f32(2), height)):
        v = (f32(y) + f32(0.5) - y_px) / radius_px
        red = canvas[0, y, begin:end]
        green = canvas[1, y, begin:end]
        blue = canvas[2, y, begin:end]
        for x in range(end - begin):
            u = (f32(x + begin) + f32(0.5) - x_px) / radius_px
            r = np.sqrt(u * u + v * v)
            cover = saturate((one - r) * radius_px + f32(0.5))
            depth = np.sqrt(max(one - r * r, f32(0)))
            rib = f32(0.86) + f32(0.14) * sine(v * f32(34) / (f32(0.35) + depth))
            inner = (f32(0.45) + f32(0.55) * depth) * rib
            shade = (f32(0.45) + f32(0.3) * depth - f32(0.35) * u) * rib
            paper = scale_rgb(day, shade * f32(0.85))
            red[x] = mix(red[x], paper[0] + glow[0] * inner, cover)
            green[x] = mix(green[x], paper[1] + glow[1] * inner, cover)
            blue[x] = mix(blue[x], paper[2] + glow[2] * inner, cover)
