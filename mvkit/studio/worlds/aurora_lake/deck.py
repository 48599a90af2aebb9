"""The planks underfoot: a walkway over the water, or the head of a jetty."""

from __future__ import annotations

import numpy as np

from mvkit.studio.kit.canvas import Canvas, pixel
from mvkit.studio.kit.jit import Scalar, f32, i32, inline, kernel
from mvkit.studio.kit.maths import exponential, mix, saturate, smoothstep
from mvkit.studio.kit.noise import hash_1d, resolved, value_noise
from mvkit.studio.kit.rgb import RGB, add_light, mix_rgb
from mvkit.studio.kit.view import View, horizon_band, ray
from mvkit.studio.worlds.aurora_lake.dress import DECK_M, HALF_M, HEAD_M, Air, Colours

__all__ = ["paint_deck"]

_PLANK_M = 0.17


@inline
def _planks(x: Scalar, z: Scalar, long: Scalar) -> tuple[Scalar, Scalar]:
    """Return the brightness of the planks at a place, and how much frost lies there."""
    board = z * f32(1 / _PLANK_M)
    number = np.floor(board)
    chance = hash_1d(i32(number))
    seen = resolved(f32(_PLANK_M * 0.6), long)
    off = f32(0.5) - abs(board - number - f32(0.5))
    gap = smoothstep(f32(0.10) + long * f32(2), f32(0.05), off) * seen
    grain = value_noise(f32(x * f32(2.3) + chance * f32(90)), f32(z * f32(70)))
    grain = mix(f32(0.5), grain, resolved(f32(0.02), long))
    tone = f32(0.72) + (f32(0.5) * (chance - f32(0.5)) + f32(0.5) * (grain - f32(0.5))) * seen
    worn = value_noise(f32(x * f32(1.7)), f32(z * f32(0.8)))
    tone = tone * (f32(0.75) + f32(0.5) * worn) * (f32(1) - f32(0.82) * gap)
    return f32(tone), f32(smoothstep(f32(0.35), f32(0.7), worn) * (f32(1) - gap))


@inline
def _column_of(view: View, x_m: Scalar, high: Scalar, y: int, width: int, height: int) -> int:
    """Return the column where a line along the planks, ``x_m`` from their middle, meets a row.

    On the planks ``x`` is reached where ``dx * high + (x_m - view.x_m) * up = 0``, which is
    linear in the place on the film, also for a rolled camera.
    """
    v = view.horizon - (f32(y) + f32(0.5)) / f32(height)
    aside = x_m - view.x_m
    per_u = view.cos_roll * view.cos_yaw * high + aside * view.sin_roll
    per_v = aside * view.cos_roll - view.sin_roll * view.cos_yaw * high
    u = -(v * per_v + view.sin_yaw * high / view.lens) / per_u
    # Clamped as a number first: near the horizon the line is far outside.
    return pixel(min(max(u * f32(height) + f32(width) * f32(0.5), f32(0)), f32(width)), width)


@kernel
def paint_deck(
    canvas: Canvas, view: View, colours: Colours, air: Air, light: RGB, shine: RGB, lamp: RGB,
    haze: RGB, haze_per_m: Scalar, lamp_x: Scalar, lamp_z: Scalar, lamp_gap: Scalar,
    is_head: Scalar,
) -> None:  # fmt: skip
    """Paint the planks over the water.

    Parameters
    ----------
    canvas
        The picture.
    view
        The camera, its ``x_m`` counted from the middle of the planks.
    colours, air
        How the world is dressed.
    light, shine, lamp
        Light on the wood, the sky that it mirrors at a glance, and the lantern's.
    haze, haze_per_m
        Colour of the air, and how fast things sink into it with distance.
    lamp_x, lamp_z, lamp_gap
        Place of a lantern, and how far it is to the next.
    is_head
        1 for the jetty that ends in a head, 0 for the endless walkway.
    """
    _, height, width = canvas.shape
    red = np.empty(width, np.float32)
    green = np.empty(width, np.float32)
    blue = np.empty(width, np.float32)
    cover = np.empty(width, np.float32)
    one = f32(1)
    wood = colours.wood
    high = max(view.y_m - f32(DECK_M), f32(0.05))
    first, _ = horizon_band(view, width, height)
    outer = mix(f32(HALF_M), f32(HEAD_M[0]), is_head) + f32(0.05)
    along = abs(view.cos_yaw) > f32(0.25)
    for y in range(first, height):
        x0 = 0
        x1 = width
        if along:
            a = _column_of(view, -outer, high, y, width, height)
            b = _column_of(view, outer, high, y, width, height)
            x0 = max(min(a, b) - 2, 0)
            x1 = min(max(a, b) + 2, width)
        for x in range(x1 - x0):
            dx, up, dz, _ = ray(view, x + x0, y, width, height)
            down = max(-up, f32(0.002))
            depth = high / down
            gx = f32(view.x_m + dx * depth)
            gz = f32(view.z_m + dz * depth)
            wide = f32(depth * view.lens / f32(height))
            long = f32(wide * min(one / down, f32(80)))
            aside = abs(gx)
            end = mix(f32(1e4), -gz, is_head)
            walk = min(f32(HALF_M) - aside, end)
            head = min(f32(HEAD_M[0]) - aside, min(-gz, gz + f32(HEAD_M[1])))
            edge = max(walk, mix(f32(-1e4), head, is_head))
            # A pixel is longer along the view than across it.
            fine_x = wide * abs(view.cos_yaw) + long * abs(view.sin_yaw)
            fine_z = wide * abs(view.sin_yaw) + long * abs(view.cos_yaw)
            tone, frost = _planks(gx, gz, fine_z)
            tone = tone * (one - f32(0.35) * smoothstep(f32(0.14), f32(0.10), edge))
            white = f32(saturate(air.snow * (f32(0.45) + f32(0.9) * frost)))
            own = mix_rgb(
                (f32(wood[0] * tone), f32(wood[1] * tone), f32(wood[2] * tone)), colours.snow, white
            )
            off_x = gx - lamp_x
            step = (gz - lamp_z) / lamp_gap
            off_z = (step - np.floor(step + f32(0.5))) * lamp_gap
            pool = exponential(f32(-(off_x * off_x + off_z * off_z) * f32(0.45)))
            glance = exponential(down * f32(-3.2))
            lit = (
                f32(own[0] * (light[0] + lamp[0] * pool)),
                f32(own[1] * (light[1] + lamp[1] * pool)),
                f32(own[2] * (light[2] + lamp[2] * pool)),
            )
            colour = add_light(lit, shine, f32((f32(0.04) + f32(0.30) * glance) * tone))
            colour = mix_rgb(colour, haze, one - exponential(-depth * haze_per_m))
            red[x] = colour[0]
            green[x] = colour[1]
            blue[x] = colour[2]
            cover[x] = saturate(edge / min(fine_x, fine_z) * f32(0.7) + f32(0.5))
            cover[x] = cover[x] * saturate((-up - f32(0.002)) * f32(400))
        line_red = canvas[0, y, x0:x1]
        for x in range(x1 - x0):
            line_red[x] = mix(line_red[x], red[x], cover[x])
        line_green = canvas[1, y, x0:x1]
        for x in range(x1 - x0):
            line_green[x] = mix(line_green[x], green[x], cover[x])
        line_blue = canvas[2, y, x0:x1]
        for x in range(x1 - x0):
            line_blue[x] = mix(line_blue[x], blue[x], cover[x])
