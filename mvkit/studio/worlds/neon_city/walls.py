"""Sky, towers and the street's own walls, and their image in the wet ground.

The canyon is two parallel planes, so each pixel is one analytic ray. Below the ground the walls
are continued as their own mirror image: painted on a canvas of its own, which the ground then
reads through its ripples.
"""

from __future__ import annotations

import numpy as np

from mvkit.studio.kit.canvas import Canvas, Row
from mvkit.studio.kit.jit import Scalar, f32, i32, inline, kernel
from mvkit.studio.kit.maths import exponential, saturate, select
from mvkit.studio.kit.noise import hash_2d, value_noise
from mvkit.studio.kit.rgb import RGB, add_light, mix_rgb, scale_rgb
from mvkit.studio.kit.view import View
from mvkit.studio.music import Pulse
from mvkit.studio.worlds.neon_city.blocks import (
    BLOCK,
    PICTURE,
    RAYS,
    SCRATCH,
    WALL,
    Reach,
    aim,
    look,
    paint_on,
    reach,
    store,
)
from mvkit.studio.worlds.neon_city.dress import STREET_M, Air, Colours
from mvkit.studio.worlds.neon_city.facades import (
    UPSTAIRS_M,
    meet,
    stone,
    tube_light,
    with_windows,
)
from mvkit.studio.worlds.neon_city.shops import SHOPS_M, with_shops

__all__ = ["paint_walls"]

_LOWEST_ROOF_M = 8.5
_HIGHEST_ROOF_M = 32.5
_TOWERS_M = 19.0  # from the middle of the street
_END_M = 320.0  # behind it there is only light


@inline
def _sky(layers: Row, colours: Colours, air: Air, t_s: Scalar) -> None:
    """Paint the sky over a whole block."""
    for x in range(BLOCK):
        dx, dy, dz = look(layers, RAYS, x)
        level = abs(dy)
        axis = dx / max(abs(dz), f32(0.08))
        cloud = value_noise(axis * f32(4) + t_s * f32(0.02), level * f32(9))
        low = exponential(-level * f32(2.6))
        colour = mix_rgb(colours.sky, colours.haze, saturate(low * (f32(0.9) + air.daylight)))
        colour = add_light(colour, colours.neon_a, cloud * cloud * low * f32(0.2))
        colour = add_light(colour, colours.haze, air.daylight * (f32(0.5) + cloud) * low * f32(2))
        paint_on(layers, PICTURE, x, colour)


@inline
def _towers(
    layers: Row, view: View, at_1_m: Scalar, colours: Colours, air: Air, pulse: Pulse, veil: RGB,
    number: np.int32,
) -> None:  # fmt: skip
    """Paint the towers behind the street over the sky."""
    for x in range(BLOCK):
        dx, dy, dz = look(layers, RAYS, x)
        side = f32(1) if dx > f32(0) else f32(-1)
        aside = max(abs(dx), f32(0.003))
        spot = meet(view, f32(_TOWERS_M), f32(41), side, aside, dy, dz, at_1_m)
        block = np.floor(spot.z * f32(1 / 17))
        house = hash_2d(i32(i32(i32(block) * i32(2)) + i32(spot.which + number)), i32(11))
        wall = scale_rgb(colours.stone, f32(1) + house)
        wall = with_windows(
            wall, spot, i32(block), f32(2.1), f32(3.2), colours, air.windows * f32(0.7),
            pulse.snare, number,
        )  # fmt: skip
        wall = mix_rgb(wall, veil, f32(1) - exponential(-spot.depth * air.fog))
        seen = select(spot.y < f32(34) + house * f32(46)) * select(spot.depth < f32(_END_M))
        paint_on(layers, PICTURE, x, mix_rgb(look(layers, PICTURE, x), wall, seen))


@inline
def _bare_walls(
    layers: Row, view: View, at_1_m: Scalar, colours: Colours, air: Air, number: np.int32
) -> None:
    """Paint the stone of the street's own walls on their layer."""
    for x in range(BLOCK):
        dx, dy, dz = look(layers, RAYS, x)
        side = f32(1) if dx > f32(0) else f32(-1)
        spot = meet(view, f32(STREET_M), f32(0), side, max(abs(dx), f32(0.003)), dy, dz, at_1_m)
        block = i32(np.floor(spot.z * f32(1 / 11)))
        house = hash_2d(i32(i32(block * i32(2)) + i32(spot.which + number)), i32(12))
        paint_on(layers, WALL, x, stone(spot, house, colours, air.daylight))


@inline
def _upper_floors(
    layers: Row, view: View, at_1_m: Scalar, colours: Colours, air: Air, pulse: Pulse,
    number: np.int32,
) -> None:  # fmt: skip
    """Add windows and neon tubes to the street's own walls."""
    for x in range(BLOCK):
        dx, dy, dz = look(layers, RAYS, x)
        side = f32(1) if dx > f32(0) else f32(-1)
        spot = meet(view, f32(STREET_M), f32(0), side, max(abs(dx), f32(0.003)), dy, dz, at_1_m)
        block = np.floor(spot.z * f32(1 / 11))
        house = hash_2d(i32(i32(i32(block) * i32(2)) + i32(spot.which + number)), i32(12))
        wall = with_windows(
            look(layers, WALL, x), spot, i32(block), f32(1.75), f32(2.9), colours, air.windows,
            pulse.kick, number,
        )  # fmt: skip
        chance = hash_2d(i32(i32(block) + number), i32(i32(31) + spot.which))
        hit = pulse.snare if chance > f32(0.76) else pulse.kick
        top = f32(_LOWEST_ROOF_M) + house * house * f32(_HIGHEST_ROOF_M - _LOWEST_ROOF_M)
        tube = tube_light(spot, top, spot.z - block * f32(11), chance, hit)
        neon = mix_rgb(colours.neon_a, colours.neon_b, select(chance > f32(0.76)))
        paint_on(layers, WALL, x, add_light(wall, neon, tube))


@inline
def _ground_floor(
    layers: Row, view: View, at_1_m: Scalar, colours: Colours, pulse: Pulse, number: np.int32,
) -> None:  # fmt: skip
    """Add the shops to the street's own walls."""
    for x in range(BLOCK):
        dx, dy, dz = look(layers, RAYS, x)
        side = f32(1) if dx > f32(0) else f32(-1)
        aside = max(abs(dx), f32(0.003))
        spot = meet(view, f32(STREET_M), f32(0), side, aside, dy, dz, at_1_m)
        wall = with_shops(look(layers, WALL, x), spot, aside, dz, colours, pulse.bass, number)
        paint_on(layers, WALL, x, wall)


@inline
def _set_walls(
    layers: Row, view: View, at_1_m: Scalar, air: Air, veil: RGB, number: np.int32
) -> None:
    """Lay the street's own walls, sunk into the air, over what is behind them."""
    for x in range(BLOCK):
        dx, dy, dz = look(layers, RAYS, x)
        side = f32(1) if dx > f32(0) else f32(-1)
        spot = meet(view, f32(STREET_M), f32(0), side, max(abs(dx), f32(0.003)), dy, dz, at_1_m)
        block = i32(np.floor(spot.z * f32(1 / 11)))
        house = hash_2d(i32(i32(block * i32(2)) + i32(spot.which + number)), i32(12))
        top = f32(_LOWEST_ROOF_M) + house * house * f32(_HIGHEST_ROOF_M - _LOWEST_ROOF_M)
        wall = mix_rgb(look(layers, WALL, x), veil, f32(1) - exponential(-spot.depth * air.fog))
        seen = select(spot.y < top) * select(spot.depth < f32(_END_M))
        paint_on(layers, PICTURE, x, mix_rgb(look(layers, PICTURE, x), wall, seen))


@inline
def _far_light(layers: Row, colours: Colours, pulse: Pulse) -> None:
    """Add the light of everything far away, where the street ends."""
    for x in range(BLOCK):
        dx, dy, dz = look(layers, RAYS, x)
        axis = dx / max(abs(dz), f32(0.08))
        end = exponential(-(dy * dy * f32(60) + axis * axis * f32(26)))
        end *= f32(0.3) + f32(0.35) * pulse.bass
        colour = add_light(look(layers, PICTURE, x), colours.neon_a, end * f32(0.3))
        paint_on(layers, PICTURE, x, add_light(colour, colours.neon_b, end * f32(0.22)))


@inline
def _clear(layers: Row, layer: int) -> None:
    for x in range(BLOCK):
        paint_on(layers, layer, x, (f32(0), f32(0), f32(0)))


@inline
def _level_m(met: Reach) -> tuple[Scalar, Scalar]:
    """Return the lowest and highest place on the walls, whether seen itself or in the mirror."""
    least = max(met.lowest_m, -met.highest_m, f32(0))
    return least, max(met.highest_m, -met.lowest_m)


@kernel
def paint_walls(
    canvas: Canvas, view: View, colours: Colours, pulse: Pulse, air: Air, t_s: Scalar, seed: int,
    first_row: int, in_mirror: bool,
) -> None:  # fmt: skip
    """Paint sky, towers and street walls from a row on.

    ``in_mirror`` paints their image below the ground, too; otherwise it is left black where the
    ground hides all.
    """
    _, height, width = canvas.shape
    at_1_m = view.lens / f32(height)
    number = i32(seed)
    veil = add_light(colours.haze, colours.neon_a, f32(0.05) + f32(0.05) * pulse.bass)
    hidden_m = f32(0.02) + f32(0.01) * view.y_m
    layers = np.empty(SCRATCH, np.float32)
    for y in range(first_row, height):
        for first in range(0, width, BLOCK):
            met = reach(view, first, y, width, height, f32(STREET_M))
            if met.highest_m < -hidden_m and not in_mirror:
                _clear(layers, PICTURE)
                store(canvas, y, first, layers)
                continue
            aim(layers, view, first, y, width, height)
            least_m, most_m = _level_m(met)
            if most_m > f32(_LOWEST_ROOF_M) or met.farthest_m > f32(_END_M):
                _sky(layers, colours, air, t_s)
                _towers(layers, view, at_1_m, colours, air, pulse, veil, number)
            else:
                _clear(layers, PICTURE)
            if least_m < f32(_HIGHEST_ROOF_M) and met.nearest_m < f32(_END_M):
                _bare_walls(layers, view, at_1_m, colours, air, number)
                if most_m > f32(UPSTAIRS_M):
                    _upper_floors(layers, view, at_1_m, colours, air, pulse, number)
                if least_m < f32(SHOPS_M) + met.farthest_m * at_1_m:
                    _ground_floor(layers, view, at_1_m, colours, pulse, number)
                _set_walls(layers, view, at_1_m, air, veil, number)
            _far_light(layers, colours, pulse)
            store(canvas, y, first, layers)
