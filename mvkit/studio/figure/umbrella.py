"""The umbrella: a scalloped dome in the accent colour over a thin shaft."""

from __future__ import annotations

import numpy as np

from mvkit.studio.figure.light import FigureLight
from mvkit.studio.kit.canvas import Canvas, pixel
from mvkit.studio.kit.jit import Scalar, f32, kernel
from mvkit.studio.kit.maths import fraction, mix, saturate, select, smoothstep
from mvkit.studio.kit.rgb import RGB, add_light, mix_rgb, multiply_rgb, scale_rgb

__all__ = ["CANOPY_RADIUS_M", "paint_umbrella"]

CANOPY_RADIUS_M = 0.56


@kernel
def paint_umbrella(
    canvas: Canvas,
    x_px: Scalar,
    y_px: Scalar,
    radius_px: Scalar,
    slope: Scalar,
    lean: Scalar,
    upright: Scalar,
    colour: RGB,
    light: FigureLight,
    opacity: Scalar,
) -> None:
    """Paint the canopy, in place.

    Parameters
    ----------
    canvas
        The picture.
    x_px, y_px
        Middle of the circle of the rim.
    radius_px
        Its radius.
    slope
        How steeply the camera looks down on it (height difference by distance); below 0 the
        camera sees into it.
    lean
        Sideways lean of the axis, as a slope.
    upright
        1, or -1 for a reflection.
    colour, light, opacity
        Cloth, light and strength.
    """
    _, height, width = canvas.shape
    one = f32(1)
    per_r = one / radius_px
    dome = f32(0.44)
    half = f32(abs(slope))
    lit = add_light(light.ambient, light.key, f32(0.45))
    lit = add_light(lit, light.rim_left, f32(0.05))
    lit = add_light(lit, light.rim_right, f32(0.05))
    reach = radius_px * f32(1.15)
    x0 = pixel(x_px - reach, width)
    x1 = pixel(x_px + reach + one, width)
    y0 = pixel(y_px - reach, height)
    y1 = pixel(y_px + reach + one, height)
    for y in range(y0, y1):
        v0 = (y_px - f32(y) - f32(0.5)) * upright * per_r
        row_r = canvas[0, y, x0:x1]
        row_g = canvas[1, y, x0:x1]
        row_b = canvas[2, y, x0:x1]
        for x in range(x1 - x0):
            u0 = (f32(x + x0) + f32(0.5) - x_px) * per_r
            u = u0 - lean * v0
            v = v0 + lean * u0
            arc = np.sqrt(max(one - u * u, f32(0)))
            # Eight gores: the rim hangs between the rib ends.
            gore = fraction(u * (f32(0.72) + f32(0.28) * u * u) * f32(2.5) + f32(0.5)) - f32(0.5)
            scallop = f32(0.05) * (one - f32(4) * gore * gore)
            top = dome * arc * (f32(0.8) + f32(0.2) * arc)
            rim = -half * arc + scallop * arc
            cover = saturate((top - v) * radius_px * f32(0.8) + f32(0.5))
            cover *= saturate((v - rim) * radius_px * f32(0.8) + f32(0.5))
            cover *= select(u * u < one) * opacity
            inside = saturate((half * arc + scallop * arc - v) * radius_px * f32(0.5))
            inside = inside * select(slope < f32(0))
            rib = smoothstep(f32(0.44), f32(0.5), abs(gore))
            edge = smoothstep(f32(0.09), f32(0), top - v)
            shade = f32(0.35) + f32(0.75) * saturate(v / dome) - f32(0.2) * rib
            shade = mix(shade, f32(0.16) + f32(0.25) * arc - f32(0.1) * rib, inside)
            left = saturate(-u * f32(1.3)) * (f32(0.22) + edge) * f32(0.5)
            right = saturate(u * f32(1.3)) * (f32(0.22) + edge) * f32(0.5)
            back = edge * (one - inside) * f32(0.7)
            value = multiply_rgb(scale_rgb(colour, shade), lit)
            value = add_light(value, light.rim_left, left)
            value = add_light(value, light.rim_right, right)
            value = add_light(value, light.rim_top, back)
            value = mix_rgb(value, light.haze, light.haze_amount)
            row_r[x] = mix(row_r[x], value[0], cover)
            row_g[x] = mix(row_g[x], value[1], cover)
            row_b[x] = mix(row_b[x], value[2], cover)
