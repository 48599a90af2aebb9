"""What is seen through the window, and the weather's water on its glass."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mvkit.studio.kit.canvas import Canvas
from mvkit.studio.kit.jit import Scalar, f32, i32, inline, kernel
from mvkit.studio.kit.maths import (
    exponential,
    fraction,
    mix,
    saturate,
    select,
    sine,
    smoothstep,
)
from mvkit.studio.kit.noise import fbm3, hash_2d, value_noise
from mvkit.studio.kit.rgb import RGB, add_light, grey, mix_rgb, scale_rgb
from mvkit.studio.kit.view import View, ray
from mvkit.studio.worlds.room.dress import (
    GLASS_M,
    HALL,
    Colours,
    Sun,
)

__all__ = ["Outside", "paint_garden", "wet_glass"]


class Outside(NamedTuple):
    """What is seen through the window.

    Attributes
    ----------
    gain
        How bright it is.
    lights
        Lit windows far away, 0..1.
    fog, rain, snow
        The weather, each 0..1.
    disc
        Brightness of sun or moon itself.
    seed
        Tells one garden from another.
    """

    gain: Scalar
    lights: Scalar
    fog: Scalar
    rain: Scalar
    snow: Scalar
    disc: Scalar
    seed: Scalar


@inline
def _lit_windows(z: Scalar, y: Scalar, seed: Scalar) -> tuple[Scalar, Scalar]:
    """Return glow and warmth of lights far away: discs out of focus, here and there."""
    cell_z = np.floor(z)
    cell_y = np.floor(y)
    h0 = hash_2d(i32(cell_z), i32(cell_y + seed))
    h1 = hash_2d(i32(cell_y + f32(57)), i32(cell_z))
    u = z - cell_z - f32(0.36) - f32(0.28) * h0
    v = y - cell_y - f32(0.36) - f32(0.28) * h1
    radius = f32(0.16) + f32(0.14) * h1
    disc = smoothstep(radius * radius, radius * radius * f32(0.7), u * u + v * v)
    return f32(disc * select(h0 > f32(0.45)) * (f32(0.25) + h1)), h0


@inline
def _flakes(z: Scalar, y: Scalar, t_s: Scalar, layer: int) -> Scalar:
    """Return the snow of one distance; lengths are in cells, about one flake each."""
    sway = f32(0.35) * sine(t_s * f32(0.9) + np.floor(z) * f32(2.4))
    y = y + t_s * f32(1.5)
    cell_z = i32(np.floor(z))
    cell_y = i32(np.floor(y))
    h0 = hash_2d(cell_z, i32(cell_y + i32(i32(layer) * i32(71))))
    h1 = hash_2d(i32(cell_y + i32(13)), cell_z)
    u = fraction(z) - f32(0.5) - (h0 - f32(0.5)) * f32(0.4) - sway * f32(0.4)
    v = fraction(y) - f32(0.5) - (h1 - f32(0.5)) * f32(0.5)
    radius = f32(0.05) + f32(0.06) * h1
    return smoothstep(f32(1), f32(0.2), np.sqrt(u * u + v * v) / radius)


@inline
def _garden(
    rise: Scalar, drift: Scalar, view: View, sun: Sun, outside: Outside, colours: Colours
) -> RGB:
    """Return what is seen in a direction; both are per metre of the way outward (-x)."""
    one = f32(1)
    fog = outside.fog
    sky = mix_rgb(colours.sky, scale_rgb(colours.sky, f32(0.55)), saturate(rise * f32(0.9)))
    # The sun stands where the light comes from; the air around it shines.
    up = rise - sun.fall
    aside = drift + sun.drift
    d2 = up * up + aside * aside
    glow = exponential(-np.sqrt(d2) * f32(2.6)) * f32(0.9) * (one - fog)
    low = exponential(-abs(rise) * f32(4.0))
    sky = mix_rgb(sky, colours.sun, saturate(glow + f32(0.28) * low * (one - fog)))
    disc = smoothstep(f32(0.0040), f32(0.0028), d2) * outside.disc
    sky = add_light(sky, mix_rgb(colours.sun, grey(one), f32(0.4)), disc)
    sky_level = (colours.sky[0] + colours.sky[1] + colours.sky[2]) * f32(1 / 3)
    pale = mix_rgb(colours.sky, grey(sky_level * f32(1.15)), f32(0.5))
    sky = mix_rgb(sky, pale, fog * f32(0.85))
    # Hills far away, then trees twelve metres off.
    z = drift * f32(30) + view.z_m
    ridge = (fbm3(z * f32(0.11) + outside.seed, f32(2)) - f32(0.42)) * f32(0.30) + f32(0.03)
    hill = mix_rgb(colours.garden, sky, f32(0.55) + f32(0.4) * fog)
    colour = mix_rgb(sky, hill, smoothstep(f32(-0.012), f32(0.012), ridge - rise))
    glow_l, warm = _lit_windows(z * f32(0.8), rise * f32(26), outside.seed)
    glow_l *= outside.lights * smoothstep(f32(0.07), f32(0.0), abs(rise + f32(0.02)))
    tint = mix_rgb(colours.lamp, colours.sun, select(warm > f32(0.8)))
    colour = add_light(colour, tint, glow_l * f32(5) * (one - f32(0.75) * fog))
    tz = drift * f32(11) + view.z_m
    ty = rise * f32(11) + view.y_m
    breeze = f32(0.10) * sine(sun.t_s * f32(1.3) + ty)
    crown = fbm3(tz * f32(0.42) + outside.seed + breeze, ty * f32(0.42))
    edge = value_noise(tz * f32(3.1) + breeze, ty * f32(3.1))
    fine = value_noise(tz * f32(7.3) + breeze, ty * f32(7.3))
    shape = crown * f32(1.9) + (edge + f32(0.6) * fine) * f32(0.34) - f32(1.02)
    shape -= saturate(ty * f32(0.15) - f32(0.2)) * f32(0.8)
    tree = smoothstep(f32(-0.10), f32(0.22), shape)
    lit = f32(0.45) + (f32(0.7) * edge + f32(0.5) * fine) * saturate(crown * f32(2.4) - f32(0.5))
    leaf = scale_rgb(colours.garden, lit)
    leaf = mix_rgb(
        leaf, grey(f32(0.7)), outside.snow * f32(0.55) * smoothstep(f32(0.35), f32(0.7), edge)
    )
    leaf = mix_rgb(leaf, pale, f32(0.52) * fog)
    colour = mix_rgb(colour, leaf, tree)
    lawn = mix_rgb(scale_rgb(colours.garden, f32(0.8)), grey(f32(0.75)), outside.snow * f32(0.9))
    lawn = mix_rgb(lawn, pale, f32(0.6) * fog)
    return mix_rgb(colour, lawn, smoothstep(f32(-0.10), f32(-0.13), rise) * (one - tree))


@inline
def _drop(u: Scalar, v: Scalar, pitch: Scalar, slide: Scalar) -> tuple[Scalar, Scalar]:
    """Return how high in a drop a place on the glass is, -1..1, and whether it is in one."""
    cell_u = np.floor(u / pitch)
    moved = v / pitch + slide * (f32(0.4) + hash_2d(i32(cell_u), i32(17)))
    cell_v = np.floor(moved)
    h0 = hash_2d(i32(cell_u), i32(cell_v))
    h1 = hash_2d(i32(cell_v + f32(31)), i32(cell_u))
    radius = f32(0.12) + f32(0.24) * h1 * h1
    a = (u / pitch - cell_u - f32(0.5) - (h0 - f32(0.5)) * f32(0.4)) / radius
    b = (moved - cell_v - f32(0.5) - (h1 - f32(0.5)) * f32(0.3)) / (radius * f32(1.25))
    inside = smoothstep(f32(1.0), f32(0.75), a * a + b * b) * select(h0 < f32(0.72))
    return f32(b), f32(inside)


@kernel
def paint_garden(
    canvas: Canvas, view: View, colours: Colours, sun: Sun, outside: Outside,
    part: tuple[int, int, int, int],
) -> None:  # fmt: skip
    """Paint what is outside, with falling rain or snow, over a part of a small canvas."""
    _, height, width = canvas.shape
    x_0, x_1, y_0, y_1 = part
    for y in range(y_0, y_1):
        red = canvas[0, y, x_0:x_1]
        green = canvas[1, y, x_0:x_1]
        blue = canvas[2, y, x_0:x_1]
        for x in range(x_1 - x_0):
            dx, dy, dz, _ = ray(view, x + x_0, y, width, height)
            out = max(-dx, f32(1e-3))
            rise = dy / out
            drift = dz / out
            scene = _garden(rise, drift, view, sun, outside, colours)
            streak = value_noise(drift * f32(90) + rise * f32(5), rise * f32(5) + sun.t_s * f32(13))
            streak = smoothstep(f32(0.70), f32(0.95), streak) * outside.rain * f32(0.35)
            scene = mix_rgb(scene, colours.sky, streak)
            fall_z = drift + view.z_m * f32(0.1)
            flakes = _flakes(fall_z * f32(9), rise * f32(9), sun.t_s, 0) * f32(0.9)
            flakes += _flakes(fall_z * f32(17), rise * f32(17), sun.t_s, 1) * f32(0.7)
            flakes += _flakes(fall_z * f32(31), rise * f32(31), sun.t_s, 2) * f32(0.5)
            scene = mix_rgb(scene, grey(f32(1.5)), saturate(flakes * outside.snow))
            red[x], green[x], blue[x] = scale_rgb(scene, outside.gain)


@kernel
def wet_glass(
    garden: Canvas, view: View, colours: Colours, sun: Sun, outside: Outside,
    part: tuple[int, int, int, int],
) -> None:  # fmt: skip
    """Lay drops on the glass over a part of what is seen outside, some of them running down.

    A drop shows the garden upside down: the lawn above, the sky below.
    """
    _, height, width = garden.shape
    x_0, x_1, y_0, y_1 = part
    one = f32(1)
    upper = scale_rgb(colours.sky, outside.gain * f32(0.9))
    lower = scale_rgb(colours.garden, outside.gain * f32(0.7))
    for y in range(y_0, y_1):
        red = garden[0, y, x_0:x_1]
        green = garden[1, y, x_0:x_1]
        blue = garden[2, y, x_0:x_1]
        for x in range(x_1 - x_0):
            dx, dy, dz, _ = ray(view, x + x_0, y, width, height)
            out = max(-dx, f32(1e-3))
            way = (view.x_m - HALL.left) / out + f32(GLASS_M) / out
            u = view.z_m + dz * way
            v = view.y_m + dy * way
            fine = _drop(u, v, f32(0.052), sun.t_s * f32(0.03))
            large = _drop(u + f32(7), v, f32(0.13), sun.t_s * f32(0.55))
            wet = max(fine[1], large[1]) * f32(0.8)
            turned = fine[0] * fine[1] * (one - large[1]) + large[0] * large[1]
            inverted = mix_rgb(upper, lower, saturate(f32(0.5) + f32(0.6) * turned))
            red[x] = mix(red[x], inverted[0], wet)
            green[x] = mix(green[x], inverted[1], wet)
            blue[x] = mix(blue[x], inverted[2], wet)
