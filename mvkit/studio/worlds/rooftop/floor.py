"""The roof underfoot: slabs and gravel, puddles that mirror the sky, pools of lamplight."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.kit.canvas import Canvas, store_row
from mvkit.studio.kit.jit import Scalar, f32, i32, inline, kernel
from mvkit.studio.kit.maths import fraction, mix, saturate, sine, smoothstep
from mvkit.studio.kit.noise import hash_2d
from mvkit.studio.kit.rgb import RGB, add_light, mix_rgb, scale_rgb
from mvkit.studio.kit.view import View, ray
from mvkit.studio.worlds.rooftop.dress import HALF_M, Air, Colours

__all__ = ["paint_floor"]

_GRAVEL_M = 2.2  # width of the strip of gravel along the parapet


@inline
def _surface(x: Scalar, z: Scalar, edge: Scalar, per_fine: Scalar) -> tuple[Scalar, Scalar]:
    """Return the brightness of slabs or gravel at a place, and how much water stands there.

    ``per_fine`` is one by the size of a pixel there; divisions are what takes long in this loop.
    """
    bend = sine(x * f32(0.31) + f32(1.7) * sine(z * f32(0.23)))
    stain = sine(x * f32(0.83) + f32(2.1) * bend) * sine(z * f32(0.71) - f32(1.7) * bend)
    stain = f32(0.45) + f32(0.3) * stain + f32(0.12) * bend
    along = x * f32(1.25)
    ahead = z * f32(1.25)
    column = np.floor(along)
    row = np.floor(ahead)
    slab = fraction(column * f32(0.7548777) + row * f32(0.5698403) + row * row * f32(0.137))
    joint = max(abs(along - column - f32(0.5)), abs(ahead - row - f32(0.5)))
    joint = saturate((joint - f32(0.484)) * min(per_fine, f32(120)) * f32(0.8) + f32(0.5))
    joint = joint * saturate(f32(0.17) * per_fine - f32(0.7))
    grit = hash_2d(i32(np.floor(x * f32(61))), i32(np.floor(z * f32(61)))) - f32(0.5)
    grit = grit * saturate(f32(0.026) * per_fine - f32(0.6))
    laid = f32(0.66) + f32(0.18) * slab + f32(0.5) * (stain - f32(0.4)) + f32(0.14) * grit
    laid = laid * (f32(1) - f32(0.55) * joint)
    loose = f32(0.72) + f32(0.6) * grit
    gravel = saturate((f32(_GRAVEL_M) - edge) * min(per_fine, f32(30)) * f32(0.7) + f32(0.5))
    pool = smoothstep(f32(0.50), f32(0.70), stain + f32(0.08) * slab - f32(0.12) * joint)
    return mix(laid, loose, gravel), f32(pool * (f32(1) - gravel))


@kernel
def paint_floor(
    canvas: Canvas, ceiling: NDArray[np.int32], view: View, colours: Colours, air: Air,
    light: RGB, sky: RGB, veil: RGB, beat: Scalar,
) -> None:  # fmt: skip
    """Paint the roof from the parapet's foot down.

    Parameters
    ----------
    canvas
        The picture.
    ceiling
        For each column the row from which on downwards nothing but the roof is seen.
    view, colours, air
        The camera, and how the world is dressed.
    light, sky, veil
        Light of sun and sky on the roof, the sky that puddles mirror, and the air.
    beat
        The song's beat, which the lamps follow.
    """
    _, height, width = canvas.shape
    one = f32(1)
    red = np.empty(width, np.float32)
    green = np.empty(width, np.float32)
    blue = np.empty(width, np.float32)
    half = f32(HALF_M)
    limit = np.empty(width, np.float32)
    first = height
    last = 0
    for x in range(width):
        limit[x] = f32(ceiling[x])
        first = min(first, int(ceiling[x]))
        last = max(last, int(ceiling[x]))
    paint = (
        f32(colours.roof[0] * light[0]),
        f32(colours.roof[1] * light[1]),
        f32(colours.roof[2] * light[2]),
    )
    white = scale_rgb(light, f32(0.8))
    bulbs = air.lamps * (f32(0.10) + f32(0.05) * beat)
    for y in range(first, height):
        for x in range(width):
            dx, up, dz, _ = ray(view, x, y, width, height)
            down = max(-up, f32(0.004))
            per_down = one / down
            depth = view.y_m * per_down
            gx = f32(view.x_m + dx * depth)
            gz = f32(view.z_m + dz * depth)
            fine = f32(depth * view.lens / f32(height))
            long = f32(fine * min(per_down, f32(60)))
            edge = half - max(abs(gx), abs(gz))
            tone, pool = _surface(gx, gz, edge, one / f32(f32(0.5) * (fine + long)))
            drift = smoothstep(f32(0.25), f32(0.55), tone + air.snow * f32(0.3)) * air.snow
            colour = mix_rgb(scale_rgb(paint, tone), white, f32(drift * f32(0.9)))
            from_bulbs = max(edge + f32(0.4), f32(0)) * f32(0.4)
            lamp = bulbs / (f32(1) + from_bulbs * from_bulbs)
            lamp = lamp * (f32(0.5) + tone) * (one + f32(2) * drift)
            colour = add_light(colour, colours.window, f32(lamp))
            glance = one - saturate(down * f32(1.7))
            shine = f32((f32(0.08) + f32(0.9) * pool) * air.wet * (f32(0.15) + f32(0.85) * glance))
            colour = mix_rgb(colour, sky, f32(shine * f32(0.8)))
            colour = add_light(colour, colours.window, f32(shine * lamp * f32(2)))
            thick = min(depth, f32(60)) * air.haze
            lost = thick * (one - thick * (f32(0.5) - f32(0.14) * thick))
            colour = mix_rgb(colour, veil, lost)
            red[x] = colour[0]
            green[x] = colour[1]
            blue[x] = colour[2]
        if y >= last:
            store_row(canvas, y, red, green, blue)
            continue
        line_red = canvas[0, y]
        line_green = canvas[1, y]
        line_blue = canvas[2, y]
        for x in range(width):
            line_red[x] = red[x] if f32(y) >= limit[x] else line_red[x]
        for x in range(width):
            line_green[x] = green[x] if f32(y) >= limit[x] else line_green[x]
        for x in range(width):
            line_blue[x] = blue[x] if f32(y) >= limit[x] else line_blue[x]
