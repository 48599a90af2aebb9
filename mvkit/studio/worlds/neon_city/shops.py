"""Shops on the ground floor: rooms behind glass, closed shutters, lettered bands."""

from __future__ import annotations

import numpy as np

from mvkit.studio.kit.jit import Scalar, f32, i32, inline
from mvkit.studio.kit.maths import fraction, mix, saturate, select, sine, smoothstep
from mvkit.studio.kit.noise import hash_2d
from mvkit.studio.kit.rgb import RGB, add_light, mix_rgb, pick_rgb, scale_rgb
from mvkit.studio.worlds.neon_city.dress import Colours
from mvkit.studio.worlds.neon_city.facades import Spot

__all__ = ["SHOPS_M", "with_shops"]

SHOPS_M = 4.0
"""Height to which shops and their bands reach."""


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
def with_shops(
    colour: RGB, spot: Spot, dx: Scalar, dz: Scalar, colours: Colours, bass: Scalar,
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
