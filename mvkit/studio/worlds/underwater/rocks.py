"""Rocks and round corals on the sand, drawn one by one as lit domes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.kit.canvas import Canvas, pixel
from mvkit.studio.kit.jit import Scalar, f32, inline, kernel
from mvkit.studio.kit.maths import exponential, mix, saturate, sine, smoothstep
from mvkit.studio.kit.noise import fbm3, value_noise
from mvkit.studio.kit.rgb import RGB, add_light, mix_rgb, scale_rgb
from mvkit.studio.kit.view import View
from mvkit.studio.worlds.underwater.dress import Colours, Sea
from mvkit.studio.worlds.underwater.seabed import light_web

__all__ = ["paint_rocks"]


@inline
def _skin(
    u: Scalar, v: Scalar, seed: Scalar, is_coral: Scalar, tall: Scalar, colours: Colours
) -> RGB:
    """Return the colour of a rock grown over with weed and crusts, or of a brain coral."""
    coarse = fbm3(f32(u * f32(2.6) + seed), f32(v * f32(2.6) - seed))
    fine = value_noise(f32(u * f32(17) * tall + seed), f32(v * f32(17) * tall))
    bare = mix_rgb(colours.deep, colours.sand, f32(0.34))
    bare = scale_rgb(bare, f32(f32(0.45) + f32(0.9) * coarse + f32(0.45) * (fine - f32(0.5))))
    weed = smoothstep(f32(0.5), f32(0.62), f32(coarse + (v - f32(0.5)) * f32(0.2)))
    bare = mix_rgb(bare, scale_rgb(colours.kelp, f32(f32(0.5) + f32(0.6) * fine)), weed)
    crust = smoothstep(f32(0.6), f32(0.68), value_noise(f32(u * f32(3.7) - seed), f32(v * f32(4))))
    bare = mix_rgb(bare, scale_rgb(colours.coral_b, f32(f32(0.4) + f32(0.5) * fine)), crust)
    # Winding ridges: level lines of a noise.
    groove = sine(f32(value_noise(f32(u * f32(4) + seed), f32(v * f32(4))) * f32(34)))
    round_coral = scale_rgb(colours.coral_a, f32(f32(0.55) + f32(0.3) * groove + f32(0.3) * fine))
    return mix_rgb(bare, round_coral, is_coral)


@kernel
def paint_rocks(
    canvas: Canvas,
    rocks: NDArray[np.float32],
    view: View,
    colours: Colours,
    sea: Sea,
    t_s: Scalar,
) -> None:
    """Draw rocks, far ones first; a row is x, z, half width, height, seed, is coral, opacity."""
    _, height, width = canvas.shape
    row_r = np.empty(width, np.float32)
    row_g = np.empty(width, np.float32)
    row_b = np.empty(width, np.float32)
    cover = np.empty(width, np.float32)
    outline = np.empty(width, np.float32)
    px = view.lens / f32(height)
    water, light = colours.water, colours.light
    level = view.horizon * f32(height)
    middle = f32(width) * f32(0.5)
    for k in range(rocks.shape[0]):
        from_x = rocks[k, 0] - view.x_m
        from_z = rocks[k, 1] - view.z_m
        depth = from_x * view.sin_yaw + from_z * view.cos_yaw
        if depth < f32(0.5):
            continue
        scale = f32(1) / (depth * px)
        foot_x = middle + (from_x * view.cos_yaw - from_z * view.sin_yaw) * scale
        foot_y = level + view.y_m * scale + view.sin_roll * (foot_x - middle)
        half = rocks[k, 2] * scale
        tall = rocks[k, 3] * scale
        seed = rocks[k, 4]
        is_coral = rocks[k, 5]
        opacity = rocks[k, 6]
        x0 = pixel(foot_x - half * f32(1.15), width)
        x1 = pixel(foot_x + half * f32(1.15) + f32(1), width)
        n = x1 - x0
        if n <= 0:
            continue
        per_half = f32(1) / half
        offset = f32(x0) + f32(0.5) - foot_x
        clear = exponential(f32(-depth * sea.fog))
        rough = f32(0.42) - f32(0.34) * is_coral
        for x in range(n):
            u = (f32(x) + offset) * per_half
            dome = np.sqrt(max(f32(1) - u * u, f32(0)))
            lumps = fbm3(f32(u * f32(1.7) + seed * f32(3.1)), f32(seed * f32(1.7)))
            outline[x] = dome * (f32(1) + rough * (lumps - f32(0.5)) * f32(2))
        for y in range(
            pixel(foot_y - tall * f32(1.5), height), pixel(foot_y + tall * f32(0.2), height)
        ):
            v = (foot_y - f32(y) - f32(0.5)) / tall
            for x in range(n):
                u = (f32(x) + offset) * per_half
                top = max(outline[x], f32(0.02))
                # The foot of a dome is round, too, and the sand drifts up against it.
                foot = f32(0.05) - f32(0.15) * np.sqrt(max(f32(1) - u * u, f32(0)))
                buried = smoothstep(f32(0), f32(0.2), f32(v - foot))
                q = saturate(f32(v / top))
                colour = _skin(u, v, seed, is_coral, tall / half, colours)
                # The dome's own form: its top looks up, its edges look away.
                up = f32(q * (f32(0.55) + f32(0.45) * q))
                web = light_web(
                    f32((rocks[k, 0] + u * rocks[k, 2]) * f32(1.6)),
                    f32((rocks[k, 1] + v * rocks[k, 3]) * f32(1.6)),
                    t_s,
                )
                lit = f32(up * sea.web * (f32(0.22) + f32(0.30) * web))
                soft = f32(sea.daylight * (f32(0.35) + f32(0.75) * up) * buried)
                colour = (
                    f32(colour[0] * (soft * (f32(0.35) + water[0]) + lit * light[0])),
                    f32(colour[1] * (soft * (f32(0.35) + water[1]) + lit * light[1])),
                    f32(colour[2] * (soft * (f32(0.35) + water[2]) + lit * light[2])),
                )
                rim = smoothstep(f32(0.82), f32(1), q)
                colour = add_light(colour, light, f32(rim * sea.glow * f32(0.07)))
                row_r[x] = colour[0]
                row_g[x] = colour[1]
                row_b[x] = colour[2]
                inside = saturate((top - v) * tall + f32(0.5)) * saturate((v - foot) * f32(14))
                edge = saturate((f32(1) - abs(u)) * half)
                cover[x] = inside * edge * opacity * clear
            for x in range(n):
                canvas[0, y, x0 + x] = mix(canvas[0, y, x0 + x], row_r[x], cover[x])
            for x in range(n):
                canvas[1, y, x0 + x] = mix(canvas[1, y, x0 + x], row_g[x], cover[x])
            for x in range(n):
                canvas[2, y, x0 + x] = mix(canvas[2, y, x0 + x], row_b[x], cover[x])
