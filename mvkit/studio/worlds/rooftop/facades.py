"""Walls of the city: stone and glass, windows with light in them, screens that play the song."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.kit.canvas import Canvas
from mvkit.studio.kit.facets import LANES, on_facet
from mvkit.studio.kit.jit import Scalar, f32, i32, inline, kernel
from mvkit.studio.kit.maths import exponential, fraction, mix, saturate, select, smoothstep
from mvkit.studio.kit.noise import hash_2d
from mvkit.studio.kit.rgb import add_light, mix_rgb, scale_rgb
from mvkit.studio.music import Pulse
from mvkit.studio.worlds.rooftop.dress import STREET_M, Air, Colours

__all__ = ["hide_walls", "paint_walls"]


@kernel
def hide_walls(walls: NDArray[np.float32], ceiling: NDArray[np.int32]) -> None:
    """Shorten walls to the rows in which nothing nearer hides them, in place.

    Parameters
    ----------
    walls
        Far ones first; the rows of a wall that cannot be seen end up empty.
    ceiling
        For each column the row from which on downwards something near covers everything.
    """
    for j in range(walls.shape[0]):
        k = walls.shape[0] - 1 - j
        x0 = int(walls[k, 0])
        x1 = int(walls[k, 1])
        lowest = 0
        for x in range(x0, x1):
            lowest = max(lowest, ceiling[x])
        walls[k, 3] = min(walls[k, 3], f32(lowest))
        if walls[k, 29] < f32(0) or walls[k, 33] > f32(STREET_M + 1):
            continue  # neither a roof nor a crown reaches down to the streets
        # What is behind a wall is hidden from its upper edge on, where that runs across.
        for x in range(x0 + 2, x1 - 2):
            fx = f32(x)
            top = int(_upper_edge(walls, k, fx)) + 2
            ceiling[x] = min(ceiling[x], max(top, 0))


@inline
def _upper_edge(walls: NDArray[np.float32], k: int, fx: Scalar) -> Scalar:
    """Return the row in which a wall's upper edge crosses a column."""
    # v = height where v_x x + v_y y + v_1 = height (w_x x + w_y y + w_1).
    tall = walls[k, 5]
    level = walls[k, 13] - tall * walls[k, 16] + (walls[k, 11] - tall * walls[k, 14]) * fx
    per_row = walls[k, 12] - tall * walls[k, 15]
    return f32(-level / (per_row if abs(per_row) > f32(1e-9) else f32(-1e-9)))


@inline
def _windows(
    u: Scalar, v: Scalar, per_u: Scalar, per_v: Scalar, blur: Scalar, seed: np.int32, kind: Scalar,
    lit: Scalar, turn: np.int32, pulse: Pulse,
) -> tuple[Scalar, Scalar, Scalar]:  # fmt: skip
    """Return glass, light and tint of the windows at a place counted in panes and floors.

    ``per_u`` and ``per_v`` are the size of a pane and of a floor in pixels, ``blur`` how much
    windows too small for a pixel melt into their mean.
    """
    one = f32(1)
    column = np.floor(u)
    floor = np.floor(v)
    ix = i32(column)
    iy = i32(floor)
    fu = f32(u - column)
    fv = f32(v - floor)
    ribbon = select(abs(kind - one) < f32(0.5))
    strip = select(abs(kind - f32(2)) < f32(0.5))
    half_u = f32(0.30) + f32(0.2) * ribbon + f32(0.04) * strip
    half_v = f32(0.32) - f32(0.06) * ribbon + f32(0.18) * strip
    pane = saturate((half_u - abs(fu - f32(0.5))) * per_u + f32(0.5))
    pane = pane * saturate((half_v - abs(fv - f32(0.5))) * per_v + f32(0.5))
    pane = mix(pane, f32(4) * half_u * half_v, blur)
    chance = hash_2d(i32(ix + seed), i32(iy + i32(seed * i32(7))))
    office = fraction(floor * f32(0.7548777) + f32(i32(seed & i32(1023))) * f32(0.5698403))
    chance = mix(chance, office, f32(0.55) * ribbon)
    on = smoothstep(one - lit, one - lit + f32(0.05), chance)
    bright = (chance - (one - lit)) / max(lit, f32(0.05))
    glow = on * (f32(0.3) + f32(0.9) * bright * bright) * (f32(0.75) + f32(0.4) * fv)
    glow = mix(glow, lit * f32(0.55), blur)
    # A few windows answer the drums, other ones at every beat.
    answer = fraction(chance * f32(37) + f32(i32(turn & i32(255))) * f32(0.6180340))
    spark = select(answer > f32(0.955)) * pulse.hat + select(answer < f32(0.05)) * pulse.snare
    glow = glow + spark * saturate(lit * f32(4)) * f32(1.5) * (f32(0.4) + f32(0.6) * pulse.energy)
    return pane, f32(glow), fraction(chance * f32(71))


@inline
def _screen(u: Scalar, v: Scalar, fine: Scalar, seed: np.int32, pulse: Pulse) -> Scalar:
    """Return the light of a tower's screen: bars that rise with the bands of the song."""
    bar = np.floor(u)
    chance = hash_2d(i32(i32(bar) + seed), i32(5))
    level = mix(pulse.bass, pulse.high, chance)
    level = mix(level, pulse.mid, f32(0.4)) * (f32(0.55) + f32(0.45) * pulse.beat)
    level = f32(0.10) + level * (f32(0.35) + f32(0.6) * chance)
    lit = smoothstep(level + f32(0.02), level - f32(0.02), v)
    gap = smoothstep(f32(0.5), f32(0.42) - fine, abs(fraction(u) - f32(0.5)))
    return f32((f32(0.05) + f32(0.95) * lit) * gap * (f32(0.6) + f32(0.6) * v))


@kernel
def paint_walls(
    canvas: Canvas, walls: NDArray[np.float32], colours: Colours, air: Air, pulse: Pulse
) -> None:
    """Paint walls and roofs of the city, far ones first.

    Parameters
    ----------
    canvas
        The picture.
    walls
        Columns `FACET_COLUMNS` and `WALL_COLUMNS`; the paint is already sunk into the air.
    colours, air, pulse
        How the world is dressed, and the song now.
    """
    width = canvas.shape[2]
    one = f32(1)
    red = np.empty(width + LANES, np.float32)
    green = np.empty(width + LANES, np.float32)
    blue = np.empty(width + LANES, np.float32)
    cover = np.empty(width + LANES, np.float32)
    turn = i32(np.floor(pulse.beat_count))
    warm, neon, sky = colours.window, colours.neon, colours.upper
    cool = mix_rgb(warm, scale_rgb(sky, f32(2)), f32(0.55))
    far_sky = mix_rgb(colours.horizon, sky, f32(0.5))
    for k in range(walls.shape[0]):
        x0 = int(walls[k, 0])
        n = int(walls[k, 1]) - x0
        whole = (n + LANES - 1) // LANES * LANES
        wide = walls[k, 4]
        tall = walls[k, 5]
        least = walls[k, 7]
        clear = exponential(-walls[k, 6] * air.haze)
        u_y = walls[k, 9]
        v_y = walls[k, 12]
        w_y = walls[k, 15]
        slope = (walls[k, 8], walls[k, 11], walls[k, 14])
        stone = (walls[k, 18], walls[k, 19], walls[k, 20])
        seed = i32(walls[k, 28])
        kind = walls[k, 29]
        pane_m = walls[k, 30]
        floor_m = walls[k, 31]
        per_pane = one / pane_m
        per_floor = one / floor_m
        base = walls[k, 33]
        is_wall = select(kind > f32(-0.5))
        per_bar = f32(9) / wide
        shine = clear * (f32(0.25) + f32(0.75) * air.lamps)
        glass = scale_rgb(far_sky, f32(0.10) + f32(0.22) * air.daylight)
        mirror = (clear * (f32(0.45) + f32(0.5) * hash_2d(seed, i32(3)))) * is_wall
        lit = air.lit * (f32(0.5) + hash_2d(seed, i32(9)))
        lamp = air.lamps * clear * is_wall
        glowing = one - f32(0.85) * select(kind > f32(2.5))
        row_red = red[:whole]
        row_green = green[:whole]
        row_blue = blue[:whole]
        row_cover = cover[:whole]
        for y in range(int(walls[k, 2]), int(walls[k, 3])):
            fy = f32(y)
            line = (
                walls[k, 10] + u_y * fy + slope[0] * f32(x0),
                walls[k, 13] + v_y * fy + slope[1] * f32(x0),
                walls[k, 16] + w_y * fy + slope[2] * f32(x0),
            )
            for x in range(whole):
                u, v, u_step, v_step, w = on_facet(f32(x), line, slope)
                per_w = one / max(w, f32(1e-7))
                fine_u = abs(u_step) + abs((u_y - u * w_y) * per_w) + f32(1e-4)
                fine_v = abs(v_step) + abs((v_y - v * w_y) * per_w) + f32(1e-4)
                per_u = one / fine_u
                per_v = one / fine_v
                blur = max(fine_u * per_pane, fine_v * per_floor) * f32(1.1) - f32(0.25)
                inside = min(min(u, wide - u) * per_u, min(v, tall - v) * per_v)
                seen = one if w > least else f32(0)
                row_cover[x] = saturate(inside + f32(0.6)) * seen
                pane, glow, tint = _windows(
                    u * per_pane, v * per_floor, per_u * pane_m, per_v * floor_m,
                    saturate(blur), seed, kind, lit, turn, pulse,
                )  # fmt: skip
                # A blind parapet closes the top, light of the streets climbs the foot.
                pane = pane * saturate((tall - v - f32(1.6)) * per_v) * is_wall
                high = base + v
                street = exponential((high - f32(STREET_M + 30)) * f32(-0.028))
                colour = mix_rgb(stone, glass, f32(pane * mirror))
                colour = add_light(colour, warm, f32(street * lamp * f32(0.10)))
                light = mix_rgb(warm, cool, select(tint > f32(0.72)))
                colour = add_light(colour, light, f32(pane * glow * lamp * glowing))
                row_red[x] = colour[0]
                row_green[x] = colour[1]
                row_blue[x] = colour[2]
            if kind > f32(2.5):
                for x in range(whole):
                    u, v, u_step, _, _ = on_facet(f32(x), line, slope)
                    bars = _screen(u * per_bar, v / tall, abs(u_step) * per_bar, seed, pulse)
                    row_red[x] += bars * shine * neon[0]
                    row_green[x] += bars * shine * neon[1]
                    row_blue[x] += bars * shine * neon[2]
            line_red = canvas[0, y, x0 : x0 + n]
            line_green = canvas[1, y, x0 : x0 + n]
            line_blue = canvas[2, y, x0 : x0 + n]
            for x in range(n):
                line_red[x] = mix(line_red[x], row_red[x], row_cover[x])
            for x in range(n):
                line_green[x] = mix(line_green[x], row_green[x], row_cover[x])
            for x in range(n):
                line_blue[x] = mix(line_blue[x], row_blue[x], row_cover[x])
