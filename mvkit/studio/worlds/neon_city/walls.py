"""Sky, towers and the street's own walls: windows, shops, neon tubes.

The canyon is two parallel planes, so each pixel is one analytic ray. Below the ground the walls
are continued as their own mirror image, which the ground then reads through its ripples. Every
house, window and shop follows from the hash of its number: the street has no end.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mvkit.studio.kit.canvas import Canvas, store_row
from mvkit.studio.kit.jit import Scalar, f32, i32, inline, kernel
from mvkit.studio.kit.maths import exponential, fraction, mix, saturate, select, sine, smoothstep
from mvkit.studio.kit.noise import hash_2d, value_noise
from mvkit.studio.kit.rgb import RGB, add_light, mix_rgb, pick_rgb, scale_rgb
from mvkit.studio.kit.view import View, ray
from mvkit.studio.music import Pulse
from mvkit.studio.worlds.neon_city.dress import Air, Colours

__all__ = ["paint_walls"]


class _Spot(NamedTuple):
    """Where a ray meets a row of buildings."""

    depth: Scalar
    y: Scalar  # height, also of a mirror image
    z: Scalar  # along the street, shifted so that rows and sides differ
    up: Scalar  # slope of the ray, as seen in the mirror
    fine_z: Scalar  # size of a pixel along the wall
    fine_y: Scalar  # and up it: details fade out before they flicker
    which: np.int32  # side, -1 or 1


@inline
def _meet(
    view: View, wall_m: Scalar, shift_m: Scalar, side: Scalar, dx: Scalar, dy: Scalar, dz: Scalar,
    pixel: Scalar,
) -> _Spot:  # fmt: skip
    """Follow a ray to a wall; ``dx`` is positive towards it."""
    depth = max((wall_m - side * view.x_m) / dx, f32(0.05))
    height = view.y_m + dy * depth
    mirrored = select(height < f32(0))
    return _Spot(
        depth,
        abs(height),
        view.z_m + dz * depth + shift_m + side * f32(3.3),
        dy * (f32(1) - f32(2) * mirrored),
        depth * pixel / dx,
        depth * pixel,
        i32(side),
    )


@inline
def _stone(spot: _Spot, house: Scalar, colours: Colours, daylight: Scalar) -> RGB:
    """Return bare wall: stains, and the light of the street on its foot."""
    street = exponential(-spot.y * f32(0.2))
    stain = f32(0.7) + f32(0.6) * value_noise(spot.z * f32(1.7), spot.y * f32(0.22))
    wash = f32(0.5) + f32(0.5) * sine(spot.z * f32(0.33) + f32(spot.which))
    colour = scale_rgb(colours.stone, stain * (f32(1) + f32(0.7) * house) + daylight * f32(1.5))
    colour = add_light(colour, colours.sky, daylight * f32(0.12) * stain)
    colour = add_light(colour, colours.neon_a, street * f32(0.14) * wash * stain)
    return add_light(colour, colours.neon_b, street * f32(0.12) * (f32(1) - wash) * stain)


@inline
def _with_windows(
    colour: RGB, spot: _Spot, number: np.int32, window_m: Scalar, floor_m: Scalar, colours: Colours,
    lit_share: Scalar, beat: Scalar, seed: np.int32,
) -> RGB:  # fmt: skip
    """Cut the windows of the upper floors into a wall."""
    one = f32(1)
    wx = spot.z / window_m
    wy = (spot.y - f32(4.2)) / floor_m
    cell_x = i32(np.floor(wx))
    cell_y = i32(np.floor(wy))
    fx = fraction(wx)
    fy = fraction(wy)
    chance = hash_2d(
        i32(cell_x + i32(i32(number * i32(13)) + seed)), i32(i32(cell_y * i32(3)) + spot.which)
    )
    kind = hash_2d(i32(cell_x + i32(77)), i32(cell_y + number))
    soft_x = max(f32(0.03), spot.fine_z / window_m)
    soft_y = max(f32(0.03), spot.fine_y / floor_m)
    beside = abs(fx - f32(0.5))
    pane = smoothstep(f32(0.34) + soft_x, f32(0.34) - soft_x, beside)
    pane *= smoothstep(f32(0.29) + soft_y, f32(0.29) - soft_y, abs(fy - f32(0.51)))
    bar = smoothstep(f32(0.015) + soft_x, f32(0.015), beside)
    bar = max(bar, smoothstep(f32(0.012) + soft_y, f32(0.012), abs(fy - f32(0.6))))
    near = saturate(one - spot.fine_z * f32(1.1))
    blind = f32(0.75) + f32(0.5) * abs(fraction(fy * f32(14)) - f32(0.5)) * near
    is_lit = select(chance > one - lit_share)
    lamp = is_lit * (f32(0.22) + f32(1.3) * kind * kind)
    lamp *= one + f32(1.2) * beat * select(kind > f32(0.88))
    curtain = saturate((beside - f32(0.36) + f32(0.2) * kind) * f32(9))
    glow = lamp * (f32(0.45) + f32(0.75) * fy) * (one - f32(0.45) * curtain) * blind
    glow = glow + (one - is_lit) * f32(0.035)
    far = saturate(spot.fine_z / window_m * f32(1.3))
    upstairs = select(spot.y > f32(4.2))
    glow = mix(glow * pane * (one - f32(0.8) * bar * near), f32(0.14), far * f32(0.85))
    ledge = saturate(f32(1.4) - fy * f32(14)) * saturate(one - spot.fine_y * f32(3))
    dark = max(f32(0.5) * pane * (one - far), f32(0.35) * ledge)
    colour = scale_rgb(colour, one - dark * upstairs)
    return add_light(
        colour, mix_rgb(colours.cool, colours.warm, select(kind > f32(0.42))), glow * upstairs
    )


@inline
def _shop_interior(
    along: Scalar, up: Scalar, dx: Scalar, dy: Scalar, dz: Scalar, shop: np.int32, warm: RGB,
    cool: RGB,
) -> RGB:  # fmt: skip
    """Look through a shop window into a room: back wall with shelves, side walls, ceiling.

    The window's pixel is continued into a box behind it ("interior mapping", J. van Dongen,
    2008), so rooms show parallax as the camera passes.
    """
    to_back = f32(2.4) / max(dx, f32(0.04))
    to_side = (f32(3.7) - along if dz > f32(0) else along) / max(abs(dz), f32(0.02))
    to_level = (f32(3.1) - up if dy > f32(0) else up) / max(abs(dy), f32(0.01))
    way = min(to_back, min(to_side, to_level))
    z = along + dz * way
    y = up + dy * way
    x = dx * way
    on_back = select(to_back <= min(to_side, to_level))
    on_ceiling = select(to_level < min(to_back, to_side)) * select(dy > f32(0))
    kind = hash_2d(shop, i32(71))
    shelf = y * f32(2.1)
    item = z * (f32(2.5) + f32(4) * kind)
    goods = hash_2d(i32(i32(np.floor(item)) + i32(shop * i32(9))), i32(np.floor(shelf)))
    stacked = smoothstep(f32(0.1), f32(0.2), fraction(shelf))
    stacked *= select(fraction(shelf) < f32(0.25) + f32(0.65) * goods)
    stacked *= smoothstep(f32(0.03), f32(0.12), fraction(item)) * select(kind > f32(0.35))
    plain = f32(0.53) + f32(0.1) * sine(z * f32(1.9) + kind * f32(40))
    back = mix(plain, f32(0.28) + f32(0.8) * goods, stacked)
    lamp = smoothstep(f32(0.16), f32(0.10), abs(fraction(z * f32(0.8)) - f32(0.5)))
    lamp *= smoothstep(f32(0.5), f32(0.4), abs(fraction(x * f32(0.9)) - f32(0.5)))
    light = mix(f32(0.3) + f32(0.12) * y, back, on_back)
    light += on_ceiling * (f32(0.15) + f32(2.2) * lamp)
    light *= (f32(1.15) - f32(0.2) * x) * (f32(0.55) + f32(0.2) * y)
    tint = mix_rgb(warm, cool, select(kind > f32(0.68)))
    return scale_rgb(tint, light)


@inline
def _with_shops(
    colour: RGB, spot: _Spot, dx: Scalar, dz: Scalar, colours: Colours, bass: Scalar,
    seed: np.int32,
) -> RGB:  # fmt: skip
    """Put shops on the ground floor, some closed, with a lettered band above each."""
    one = f32(1)
    y = spot.y
    sx = spot.z / f32(3.7)
    shop = i32(i32(np.floor(sx)) + seed)
    fs = fraction(sx)
    beside = abs(fs - f32(0.5))
    chance = hash_2d(shop, i32(i32(5) + spot.which))
    is_open = select(chance > f32(0.24))
    soft_s = max(f32(0.006), spot.fine_z / f32(3.7))
    soft_h = max(f32(0.02), spot.fine_y)
    glass = smoothstep(f32(0.46) + soft_s, f32(0.46) - soft_s, beside)
    glass *= smoothstep(f32(1.275) + soft_h, f32(1.275) - soft_h, abs(y - f32(1.675)))
    mullion = abs(fraction(fs * f32(3) + f32(0.5)) - f32(0.5))
    mullion = smoothstep(f32(0.012), f32(0.018) + soft_s * f32(3), mullion)
    transom = smoothstep(f32(0.02), f32(0.03) + soft_h, abs(y - f32(2.35)))
    room = _shop_interior(fs * f32(3.7), y, dx, spot.up, dz, shop, colours.warm, colours.cool)
    slat = f32(0.03) + f32(0.05) * fraction(y * f32(6)) * saturate(one - spot.fine_y * f32(9))
    gain = (f32(0.3) + chance) * mix(f32(0.1), one, mullion * transom)
    colour = scale_rgb(colour, one - glass * f32(0.9))
    colour = add_light(colour, room, gain * glass * is_open)
    colour = add_light(colour, colours.cool, slat * glass * (one - is_open))

    band = smoothstep(f32(0.4) + soft_h, f32(0.4) - soft_h, abs(y - f32(3.6)))
    band *= smoothstep(f32(0.452) + soft_s, f32(0.448) - soft_s, beside)
    letters = fs * f32(8)
    gx = fraction(letters) * f32(5.4) - f32(0.4)
    gy = (y - f32(3.34)) * f32(9.6)
    inked = select(abs(gx - f32(2.5)) < f32(2.5)) * select(abs(gy - f32(2.5)) < f32(2.5))
    inked *= select(abs(letters - f32(4)) < f32(3.1))
    stroke = hash_2d(
        i32(i32(i32(np.floor(letters)) * i32(7)) + i32(gx)), i32(i32(gy) + i32(shop * i32(5)))
    )
    inked *= select(stroke > f32(0.4))
    inked = mix(inked, f32(0.42), saturate(spot.fine_z * f32(4.5)))
    works = mix(f32(0.12), one, select(chance > f32(0.12)))
    light = (f32(0.14) + f32(1.5) * inked) * works * (f32(0.8) + f32(0.7) * bass)
    colour = scale_rgb(colour, one - f32(0.9) * band)
    neon = pick_rgb(
        colours.neon_a, colours.neon_b, colours.neon_c, hash_2d(shop, i32(i32(9) + spot.which))
    )
    return add_light(colour, neon, band * light)


@inline
def _tube_light(
    spot: _Spot, top: Scalar, from_edge: Scalar, chance: Scalar, beat: Scalar
) -> Scalar:
    """Return the light of neon tubes along some cornices and corners."""
    thick_y = f32(0.05) + spot.fine_y * f32(0.8)
    thick_z = f32(0.05) + spot.fine_z * f32(0.7)
    tube = smoothstep(thick_y * f32(2), f32(0), abs(spot.y - (top - f32(0.5))))
    corner = smoothstep(thick_z * f32(2), f32(0), from_edge) * select(spot.y > f32(4.4))
    tube += corner * f32(0.8)
    tube *= (f32(0.9) + f32(1.9) * beat) * select(chance > f32(0.52))
    return f32(tube * saturate(f32(0.16) / thick_z))


@kernel
def paint_walls(
    canvas: Canvas, view: View, colours: Colours, pulse: Pulse, air: Air, t_s: Scalar, seed: int
) -> None:
    """Paint sky, towers and street walls, and their mirror image below the ground."""
    _, height, width = canvas.shape
    one = f32(1)
    at_1_m = view.lens / f32(height)  # size of a pixel
    number = i32(seed)
    veil = add_light(colours.haze, colours.neon_a, f32(0.05) + f32(0.05) * pulse.bass)
    red = np.empty(width, np.float32)
    green = np.empty(width, np.float32)
    blue = np.empty(width, np.float32)
    for y in range(height):
        for x in range(width):
            dx, dy, dz, _ = ray(view, x, y, width, height)
            side = one if dx > f32(0) else f32(-1)
            aside = max(abs(dx), f32(0.003))
            level = abs(dy)
            axis = dx / max(abs(dz), f32(0.08))
            cloud = value_noise(axis * f32(4) + t_s * f32(0.02), level * f32(9))
            low = exponential(-level * f32(2.6))
            colour = mix_rgb(colours.sky, colours.haze, saturate(low * (f32(0.9) + air.daylight)))
            colour = add_light(colour, colours.neon_a, cloud * cloud * low * f32(0.2))
            colour = add_light(
                colour, colours.haze, air.daylight * (f32(0.5) + cloud) * low * f32(2)
            )

            # Towers behind the street.
            spot = _meet(view, f32(19), f32(41), side, aside, dy, dz, at_1_m)
            block = np.floor(spot.z * f32(1 / 17))
            house = hash_2d(i32(i32(i32(block) * i32(2)) + i32(spot.which + number)), i32(11))
            wall = scale_rgb(colours.stone, one + house)
            wall = _with_windows(
                wall, spot, i32(block), f32(2.1), f32(3.2), colours, air.windows * f32(0.7),
                pulse.beat, number,
            )  # fmt: skip
            wall = mix_rgb(wall, veil, one - exponential(-spot.depth * air.fog))
            seen = select(spot.y < f32(34) + house * f32(46)) * select(spot.depth < f32(320))
            colour = mix_rgb(colour, wall, seen)

            # The street's own walls.
            spot = _meet(view, f32(6.5), f32(0), side, aside, dy, dz, at_1_m)
            block = np.floor(spot.z * f32(1 / 11))
            house = hash_2d(i32(i32(i32(block) * i32(2)) + i32(spot.which + number)), i32(12))
            top = f32(8.5) + house * house * f32(24)
            wall = _stone(spot, house, colours, air.daylight)
            wall = _with_windows(
                wall, spot, i32(block), f32(1.75), f32(2.9), colours, air.windows, pulse.beat,
                number,
            )  # fmt: skip
            wall = _with_shops(wall, spot, aside, dz, colours, pulse.bass, number)
            chance = hash_2d(i32(i32(block) + number), i32(i32(31) + spot.which))
            tube = _tube_light(spot, top, spot.z - block * f32(11), chance, pulse.beat)
            wall = add_light(
                wall, mix_rgb(colours.neon_a, colours.neon_b, select(chance > f32(0.76))), tube
            )
            wall = mix_rgb(wall, veil, one - exponential(-spot.depth * air.fog))
            seen = select(spot.y < top) * select(spot.depth < f32(320))
            colour = mix_rgb(colour, wall, seen)

            # Light of everything far away, where the street ends.
            end = exponential(-(level * level * f32(60) + axis * axis * f32(26)))
            end *= f32(0.3) + f32(0.35) * pulse.bass
            colour = add_light(colour, colours.neon_a, end * f32(0.3))
            colour = add_light(colour, colours.neon_b, end * f32(0.22))
            red[x], green[x], blue[x] = colour
        store_row(canvas, y, red, green, blue)
