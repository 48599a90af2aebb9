"""Trunks, drawn one by one: bark, moss, light round the edge, feet in the mist."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.kit.canvas import Canvas, Row, pixel
from mvkit.studio.kit.jit import Scalar, f32, inline, kernel
from mvkit.studio.kit.maths import arctan2, exponential, mix, saturate, sine, smoothstep
from mvkit.studio.kit.noise import value_noise
from mvkit.studio.kit.rgb import RGB, add_light, mix_rgb, scale_rgb
from mvkit.studio.kit.view import View
from mvkit.studio.worlds.forest.air import haze
from mvkit.studio.worlds.forest.dress import Air, Colours

__all__ = ["paint_trunks"]

_FAR_PX = 36.0  # pixels per metre; below it fissures would flicker


@inline
def _bark(
    aside: Scalar, y: Scalar, radius: Scalar, seed: Scalar, fine: Scalar, colours: Colours
) -> RGB:
    """Return the bark at a place on a trunk, ``aside`` -1..1 across it, ``y`` metres up."""
    wood, leaf = colours.bark, colours.leaf
    # Round the trunk: columns crowd towards its sides.
    around = f32(aside * (f32(1) + f32(0.35) * aside * aside) * radius)
    warp = value_noise(f32(y * f32(1.1) + seed), f32(around * f32(3))) * f32(0.09)
    fissure = value_noise(f32((around + warp) * f32(34) + seed), f32(y * f32(2.3)))
    crack = value_noise(f32((around + warp) * f32(75) + seed), f32(y * f32(9)))
    tone = f32(0.35) + f32(0.9) * fissure * fissure + f32(0.35) * crack * fine
    moss = smoothstep(f32(0.9), f32(0.1), f32(y * f32(0.5) + fissure * f32(0.5)))
    moss = f32(moss * smoothstep(f32(0.4), f32(-0.7), aside) * f32(0.8))
    return mix_rgb(scale_rgb(wood, tone), scale_rgb(leaf, f32(f32(0.35) + f32(0.5) * crack)), moss)


@inline
def _far_bark(aside: Scalar, y: Scalar, radius: Scalar, seed: Scalar, colours: Colours) -> RGB:
    """Return the bark of a trunk so far away that single fissures are not seen any more."""
    streak = value_noise(f32(aside * radius * f32(11) + seed), f32(y * f32(1.1) + seed))
    tone = f32(0.43) + f32(0.55) * streak * streak
    moss = smoothstep(f32(0.9), f32(0.1), f32(y * f32(0.5) + streak * f32(0.5)))
    moss = f32(moss * smoothstep(f32(0.4), f32(-0.7), aside) * f32(0.8))
    return mix_rgb(scale_rgb(colours.bark, tone), scale_rgb(colours.leaf, f32(0.6)), moss)


@inline
def _lit(
    colour: RGB, inside: Scalar, shade: Scalar, sunward: Scalar, sun: RGB, back: Scalar
) -> RGB:
    """Return bark as it is lit at a place across a round trunk, with light round its edges."""
    round_ = f32(0.35) + f32(0.65) * np.sqrt(max(f32(1) - inside * inside, f32(0)))
    rim = smoothstep(f32(0.55), f32(1.0), f32(inside * sunward))
    rim = rim + f32(0.35) * smoothstep(f32(0.7), f32(1.0), f32(-inside * sunward))
    return add_light(scale_rgb(colour, f32(round_ * shade)), sun, f32(rim * back * f32(0.30)))


@kernel
def paint_trunks(
    canvas: Canvas, trunks: NDArray[np.float32], view: View, colours: Colours, air: Air
) -> None:
    """Draw trunks, far ones first; a row is x, z, radius, lean, bend, seed, opacity."""
    _, height, width = canvas.shape
    px = view.lens / f32(height)
    row_r = np.empty(width, np.float32)
    row_g = np.empty(width, np.float32)
    row_b = np.empty(width, np.float32)
    cover = np.empty(width, np.float32)
    level = view.horizon * f32(height)
    middle = f32(width) * f32(0.5)
    for k in range(trunks.shape[0]):
        from_x = trunks[k, 0] - view.x_m
        from_z = trunks[k, 1] - view.z_m
        depth = from_x * view.sin_yaw + from_z * view.cos_yaw
        if depth < f32(0.4):
            continue
        scale = f32(1) / (depth * px)
        foot_px = middle + (from_x * view.cos_yaw - from_z * view.sin_yaw) * scale
        radius = trunks[k, 2]
        lean = trunks[k, 3]
        bend = trunks[k, 4]
        seed = trunks[k, 5]
        opacity = trunks[k, 6]
        if abs(foot_px - middle) > middle + (radius + abs(lean) * f32(4)) * scale * f32(2):
            continue
        across = (foot_px - middle) * px
        azimuth = arctan2(
            view.sin_yaw + across * view.cos_yaw, view.cos_yaw - across * view.sin_yaw
        )
        sunward = f32(1) if air.azimuth > azimuth else f32(-1)
        aside = abs(air.azimuth - azimuth)
        back = air.glow * exponential(f32(-aside * aside * f32(5)))
        fine = saturate(scale * f32(0.012))
        roll = view.sin_roll * (foot_px - middle)
        bottom = min(level + roll + view.y_m * scale, f32(height))
        for y in range(pixel(bottom, height)):
            high = view.y_m + (level + roll - f32(y)) / scale
            flare = f32(1) + f32(0.9) * exponential(f32(high * f32(-2.6)))
            half = max(
                radius * flare * (f32(1) - f32(0.022) * min(high, f32(20))) * scale, f32(0.4)
            )
            wind = lean * high + bend * sine(f32(high * f32(0.45) + seed))
            centre = foot_px + wind * scale + view.sin_roll * (level - f32(y))
            x0 = pixel(centre - half - f32(1), width)
            x1 = pixel(centre + half + f32(2), width)
            n = x1 - x0
            if n <= 0:
                continue
            slope = f32((high - view.y_m) / depth)
            air_light = haze(azimuth, slope, air, colours)
            thick = air.fog + air.mist * exponential(f32(max(high, f32(0)) * f32(-0.9)))
            lost = f32(1) - exponential(f32(-depth * thick))
            low = smoothstep(f32(0), f32(0.5), high)
            root = opacity * smoothstep(f32(0), f32(0.22), high)
            offset = f32(x0) + f32(0.5) - centre
            per_half = f32(1) / half
            shade = saturate(f32(0.45) + f32(0.55) * low)
            if scale < f32(_FAR_PX):
                for x in range(n):
                    s = (f32(x) + offset) * per_half
                    inside = min(max(s, f32(-1)), f32(1))
                    colour = _far_bark(inside, f32(high), radius, seed, colours)
                    colour = _lit(colour, inside, shade, sunward, colours.sun, back)
                    colour = mix_rgb(colour, air_light, lost)
                    row_r[x] = colour[0]
                    row_g[x] = colour[1]
                    row_b[x] = colour[2]
            else:
                for x in range(n):
                    s = (f32(x) + offset) * per_half
                    inside = min(max(s, f32(-1)), f32(1))
                    colour = _bark(inside, f32(high), radius, seed, fine, colours)
                    colour = _lit(colour, inside, shade, sunward, colours.sun, back)
                    colour = mix_rgb(colour, air_light, lost)
                    row_r[x] = colour[0]
                    row_g[x] = colour[1]
                    row_b[x] = colour[2]
            for x in range(n):
                s = (f32(x) + offset) * per_half
                cover[x] = saturate((f32(1) - abs(s)) * half + f32(0.5)) * root
            _cover_row(canvas[0, y, x0:x1], row_r, cover)
            _cover_row(canvas[1, y, x0:x1], row_g, cover)
            _cover_row(canvas[2, y, x0:x1], row_b, cover)


@inline
def _cover_row(line: Row, values: Row, cover: Row) -> None:
    """Lay values over part of a row of the canvas."""
    for x in range(line.size):
        line[x] = mix(line[x], values[x], cover[x])
