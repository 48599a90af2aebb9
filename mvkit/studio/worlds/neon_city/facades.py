"""Rows of buildings: where a ray meets them, their bare walls, windows and neon tubes.

A row of buildings is a plane along the street, so each ray meets it in one place. Every house and
every window follows from the hash of its number: the street has no end.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mvkit.studio.kit.jit import Scalar, f32, i32, inline
from mvkit.studio.kit.maths import exponential, fraction, mix, saturate, select, sine, smoothstep
from mvkit.studio.kit.noise import hash_2d, value_noise
from mvkit.studio.kit.rgb import RGB, add_light, mix_rgb, scale_rgb
from mvkit.studio.kit.view import View
from mvkit.studio.worlds.neon_city.dress import Colours

__all__ = ["UPSTAIRS_M", "Spot", "meet", "stone", "tube_light", "with_windows"]

UPSTAIRS_M = 4.2
"""Height at which the windows of the upper floors begin."""


class Spot(NamedTuple):
    """Where a ray meets a row of buildings."""

    depth: Scalar
    y: Scalar  # height, also of a mirror image
    z: Scalar  # along the street, shifted so that rows and sides differ
    up: Scalar  # slope of the ray, as seen in the mirror
    fine_z: Scalar  # size of a pixel along the wall
    fine_y: Scalar  # and up it: details fade out before they flicker
    which: np.int32  # side, -1 or 1


@inline
def meet(
    view: View, wall_m: Scalar, shift_m: Scalar, side: Scalar, dx: Scalar, dy: Scalar, dz: Scalar,
    pixel: Scalar,
) -> Spot:  # fmt: skip
    """Follow a ray to a wall; ``dx`` is positive towards it."""
    depth = max((wall_m - side * view.x_m) / dx, f32(0.05))
    height = view.y_m + dy * depth
    mirrored = select(height < f32(0))
    return Spot(
        depth,
        abs(height),
        view.z_m + dz * depth + shift_m + side * f32(3.3),
        dy * (f32(1) - f32(2) * mirrored),
        depth * pixel / dx,
        depth * pixel,
        i32(side),
    )


@inline
def stone(spot: Spot, house: Scalar, colours: Colours, daylight: Scalar) -> RGB:
    """Return bare wall: stains, and the light of the street on its foot."""
    street = exponential(-spot.y * f32(0.2))
    stain = f32(0.7) + f32(0.6) * value_noise(spot.z * f32(1.7), spot.y * f32(0.22))
    wash = f32(0.5) + f32(0.5) * sine(spot.z * f32(0.33) + f32(spot.which))
    colour = scale_rgb(colours.stone, stain * (f32(1) + f32(0.7) * house) + daylight * f32(1.5))
    colour = add_light(colour, colours.sky, daylight * f32(0.12) * stain)
    colour = add_light(colour, colours.neon_a, street * f32(0.14) * wash * stain)
    return add_light(colour, colours.neon_b, street * f32(0.12) * (f32(1) - wash) * stain)


@inline
def with_windows(
    colour: RGB, spot: Spot, number: np.int32, window_m: Scalar, floor_m: Scalar, colours: Colours,
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
def tube_light(spot: Spot, top: Scalar, from_edge: Scalar, chance: Scalar, beat: Scalar) -> Scalar:
    """Return the light of neon tubes along some cornices and corners."""
    thick_y = f32(0.05) + spot.fine_y * f32(0.8)
    thick_z = f32(0.05) + spot.fine_z * f32(0.7)
    tube = smoothstep(thick_y * f32(2), f32(0), abs(spot.y - (top - f32(0.5))))
    corner = smoothstep(thick_z * f32(2), f32(0), from_edge) * select(spot.y > f32(4.4))
    tube += corner * f32(0.8)
    tube *= (f32(0.9) + f32(1.9) * beat) * select(chance > f32(0.52))
    return f32(tube * saturate(f32(0.16) / thick_z))
