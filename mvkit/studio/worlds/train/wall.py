"""The carriage's long walls: windows, frames, curtains, and what the panes mirror."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mvkit.studio.kit.canvas import pixel
from mvkit.studio.kit.jit import Scalar, f32, inline
from mvkit.studio.kit.maths import exponential, fraction, saturate, select, sine, smoothstep
from mvkit.studio.kit.rgb import RGB, add_light, grey, mix_rgb, multiply_rgb, scale_rgb
from mvkit.studio.kit.view import View, ray
from mvkit.studio.worlds.train.dress import (
    BAY_M,
    BEAT_M,
    CEILING_M,
    HALF_M,
    RACK_Y_M,
    STRIP_M,
    Colours,
    Hour,
    Ride,
)

__all__ = [
    "Hit",
    "lamp_strip",
    "meet_wall",
    "pane_rows",
    "passing_light",
    "side_of_carriage",
    "wall_of",
    "window_edge",
]

_SILL_M, _TOP_M = 0.74, 1.88  # of the windows
_WIDE_M = 0.86  # half of a window's width
_ROUND_M = 0.14


@inline
def wall_of(side: Scalar, view: View) -> Scalar:
    """Return how far the wall of a side is from the middle.

    It gives way to a camera that films across the carriage, as the wall of a set would.
    """
    return max(f32(HALF_M), f32(side * view.x_m + f32(0.35)))


@inline
def window_edge(z: Scalar, y: Scalar) -> Scalar:
    """Return the distance of a place on the wall from the edge of its window; inside negative."""
    beside = abs(fraction(f32(z * f32(1 / BAY_M) + f32(0.5))) - f32(0.5)) * f32(BAY_M)
    qx = beside - f32(_WIDE_M - _ROUND_M)
    qy = abs(y - f32(0.5 * (_SILL_M + _TOP_M))) - f32(0.5 * (_TOP_M - _SILL_M) - _ROUND_M)
    ox = max(qx, f32(0))
    oy = max(qy, f32(0))
    return f32(np.sqrt(ox * ox + oy * oy) + min(max(qx, qy), f32(0)) - f32(_ROUND_M))


@inline
def passing_light(z: Scalar, ride: Ride) -> Scalar:
    """Return the light that a lamp passing outside throws at a place along the carriage."""
    off = fraction(f32((z + ride.travel_m) * f32(1 / BEAT_M) + f32(0.5))) - f32(0.5)
    return f32(ride.sweep * exponential(f32(-off * off * f32(30))))


@inline
def lamp_strip(x: Scalar, z: Scalar, fine: Scalar) -> Scalar:
    """Return the cover of the lamps' strips in the ceiling at a place on it."""
    soft = f32(0.012) + fine
    across = smoothstep(f32(0.05) + soft, f32(0.05) - soft, abs(abs(x) - f32(STRIP_M)))
    gap = abs(fraction(f32(z * f32(1 / BAY_M))) - f32(0.5)) * f32(BAY_M)
    return across * smoothstep(f32(0.06), f32(0.10) + soft, gap)


@inline
def _wall(
    z: Scalar, y: Scalar, fine: Scalar, edge: Scalar, colours: Colours, hour: Hour, lamps: Scalar
) -> RGB:
    """Return the wall beside the windows: panel, dado, heater, the window's frame."""
    from_post = abs(fraction(f32(z * f32(1 / BAY_M))) - f32(0.5)) * f32(BAY_M)
    wash = f32(0.42) + f32(0.58) * smoothstep(f32(0.1), f32(2.1), y)
    wash = wash * (f32(1) - f32(0.5) * smoothstep(f32(RACK_Y_M - 0.3), f32(RACK_Y_M), y))
    light = lamps * wash + hour.daylight * f32(0.35)
    colour = scale_rgb(multiply_rgb(colours.panel, mix_rgb(colours.lamp, grey(f32(1)), f32(0.4))),
                       light)  # fmt: skip
    dado = smoothstep(f32(0.67), f32(0.65), y)
    colour = scale_rgb(colour, f32(1) - f32(0.35) * dado)
    rail = smoothstep(f32(0.02) + fine, f32(0.008), abs(y - f32(0.66)))
    colour = add_light(colour, colours.panel, rail * light * f32(0.5))
    slot = smoothstep(f32(0.2), f32(0.6), abs(fraction(f32(y * f32(26))) - f32(0.5)) * f32(2))
    heater = select(y < f32(0.24)) * saturate(f32(0.02) / fine)
    colour = scale_rgb(colour, f32(1) - f32(0.6) * heater * slot)
    seam = smoothstep(f32(0.006) + fine, f32(0.002), abs(from_post)) * f32(0.4)
    colour = scale_rgb(colour, f32(1) - seam)
    # The rubber seal, and a rounded trim around it that catches the lamps.
    seal = smoothstep(f32(0.040) + fine, f32(0.040) - fine, edge)
    trim = exponential(f32(-(edge - f32(0.065)) * (edge - f32(0.065)) * f32(2600)))
    colour = add_light(colour, colours.lamp, trim * lamps * f32(0.22))
    return scale_rgb(colour, f32(1) - f32(0.86) * seal)


@inline
def _curtain(z: Scalar, y: Scalar) -> tuple[Scalar, Scalar]:
    """Return cover and light of the curtains at the posts, gathered by a tie."""
    off = (fraction(f32(z * f32(1 / BAY_M))) - f32(0.5)) * f32(BAY_M)
    tie = y - f32(1.18)
    wide = f32(0.12) + f32(0.14) * tie * tie + f32(0.04) * saturate(tie)
    inside = smoothstep(wide, wide - f32(0.02), abs(off))
    inside = inside * smoothstep(f32(0.74), f32(0.76), y) * smoothstep(f32(1.93), f32(1.91), y)
    fold = sine(f32(off / wide * f32(9.5)))
    knot = exponential(f32(-tie * tie * f32(900)))
    return inside, f32(f32(0.62) + f32(0.34) * fold - f32(0.25) * knot)


@inline
def _mirrored(
    z: Scalar, y: Scalar, dx: Scalar, up: Scalar, dz: Scalar, rising: bool, colours: Colours,
    lamps: Scalar,
) -> RGB:  # fmt: skip
    """Return what a pane mirrors: the posts of the opposite wall, above also the lamps.

    ``rising`` is known when this is compiled: a falling ray meets no lamp.
    """
    across = f32(f32(2 * HALF_M) / max(dx, f32(0.05)))
    far_y = f32(y + up * across)
    far_z = f32(z + dz * across)
    beside = abs(fraction(f32(far_z * f32(1 / BAY_M) + f32(0.5))) - f32(0.5)) * f32(BAY_M)
    post = saturate((beside - f32(_WIDE_M - 0.03)) * f32(16)) + select(far_y < f32(_SILL_M))
    post = saturate(post) * select(abs(far_y - f32(0.5 * CEILING_M)) < f32(0.5 * CEILING_M))
    colour = scale_rgb(colours.panel, post * lamps * f32(0.26))
    if not rising:
        return colour
    to_ceiling = f32((f32(CEILING_M) - y) / max(up, f32(0.02)))
    x = f32(f32(HALF_M) - dx * to_ceiling)
    strip = lamp_strip(x, f32(z + dz * to_ceiling), f32(0.02)) * select(up > f32(0.02))
    strip = strip * select(abs(x) < f32(HALF_M))
    return add_light(colour, colours.lamp, strip * lamps * f32(3.4))


@inline
def pane_rows(view: View, width: int, height: int) -> tuple[int, int]:
    """Return the first row of a frame that shows windows or curtains, and the end of them."""
    steep = f32(0)
    flat = f32(1e6)
    for x in range(width):
        dx, _, _, _ = ray(view, x, 0, width, height)
        side = f32(1) if dx > f32(0) else f32(-1)
        per_rise = abs(dx) / max(wall_of(side, view) - side * view.x_m, f32(0.05))
        steep = max(steep, per_rise)
        flat = min(flat, per_rise)
    above = f32(_TOP_M + 0.06) - view.y_m
    below = f32(_SILL_M - 0.02) - view.y_m
    level = view.horizon * f32(height)
    per_px = f32(height) / view.lens
    margin = abs(view.sin_roll) * f32(width) * f32(0.55) + f32(4)
    first = level - above * (steep if above > f32(0) else flat) * per_px - margin
    last = level - below * (flat if below > f32(0) else steep) * per_px + margin
    return pixel(first, height), pixel(last, height)


class Hit(NamedTuple):
    """Where a ray meets the wall of its side."""

    side: Scalar
    aside: Scalar  # sideways part of the ray, towards the wall
    wall: Scalar
    way: Scalar
    y: Scalar
    z: Scalar
    fine: Scalar  # size of a pixel along the wall


@inline
def meet_wall(view: View, dx: Scalar, up: Scalar, dz: Scalar, px: Scalar) -> Hit:
    """Follow a ray to the wall, or for a long way along the carriage."""
    side = f32(1) if dx > f32(0) else f32(-1)
    aside = max(abs(dx), f32(0.004))
    wall = wall_of(side, view)
    way = min(f32((wall - side * view.x_m) / aside), f32(90))
    fine = f32(way * px) * min(f32(1) / aside, f32(6))
    return Hit(
        side, aside, wall, way, f32(view.y_m + up * way), f32(view.z_m + dz * way), f32(fine)
    )


@inline
def side_of_carriage(
    hit: Hit, up: Scalar, dz: Scalar, rising: bool, paned: bool, colours: Colours, hour: Hour,
    ride: Ride, lamps: Scalar,
) -> tuple[RGB, Scalar]:  # fmt: skip
    """Return a wall, and how much shows through it.

    ``paned`` is known when this is compiled: rows without windows leave out panes and curtains.
    """
    edge = window_edge(hit.z, hit.y) if paned else f32(1)
    sweep = passing_light(hit.z, ride)
    colour = _wall(hit.z, hit.y, hit.fine, edge, colours, hour, lamps)
    colour = add_light(colour, colours.town, sweep * f32(0.010))
    if not paned:
        return colour, f32(0)
    pane = smoothstep(hit.fine, -hit.fine, edge)
    cloth, fold = _curtain(hit.z, hit.y)
    weave = mix_rgb(colours.accent, colours.panel, f32(0.4))
    drape = scale_rgb(weave, fold * (lamps * f32(0.30) + f32(0.10) * hour.daylight))
    drape = add_light(drape, colours.town, sweep * f32(0.012))
    mirror = _mirrored(hit.z, hit.y, hit.aside, up, dz, rising, colours, lamps)
    glancing = (f32(1) - hit.aside) * (f32(1) - hit.aside) * f32(0.10) * hour.mirror * lamps
    seen = scale_rgb(mirror, hour.mirror * f32(0.30))
    seen = add_light(seen, colours.lamp, max(glancing, f32(0)))
    colour = mix_rgb(mix_rgb(colour, seen, pane), drape, cloth)
    return colour, f32(f32(0.93) * pane * (f32(1) - cloth))
