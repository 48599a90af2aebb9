"""The plain and the road on it, down to cracks and pebbles."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mvkit.studio.kit.canvas import Canvas, Row, double_row, pixel, store_row
from mvkit.studio.kit.jit import Scalar, f32, inline, kernel
from mvkit.studio.kit.maths import (
    arctan2,
    cosine,
    exponential,
    mix,
    saturate,
    sine,
    smoothstep,
)
from mvkit.studio.kit.rgb import RGB, add_light, scale_rgb
from mvkit.studio.kit.view import View, horizon_band, ray
from mvkit.studio.worlds.desert_road.dress import Colours, Hour
from mvkit.studio.worlds.desert_road.sky import air_light
from mvkit.studio.worlds.desert_road.surfaces import (
    asphalt_light,
    grit_at,
    markings,
    sand_tone,
    shadow_at,
    sun_path,
    verge_at,
)

__all__ = ["paint_ground"]


class _Strip(NamedTuple):
    """Scratch rows of the plain; arrays of their own, so that the compiler sees them apart.

    Attributes
    ----------
    sand_r, sand_g, sand_b, road_r, road_g, road_b
        Light of sand and asphalt.
    verge, wear
        Half the asphalt's width (m), and how much of its paint is left.
    light, lost
        How much light a shadow leaves; how much of everything is lost in the air.
    free_0, free_1
        Room for work.
    """

    sand_r: Row
    sand_g: Row
    sand_b: Row
    road_r: Row
    road_g: Row
    road_b: Row
    verge: Row
    wear: Row
    light: Row
    lost: Row
    free_0: Row
    free_1: Row


@inline
def _new_strip(width: int) -> _Strip:
    return _Strip(
        np.zeros(width, np.float32), np.zeros(width, np.float32), np.zeros(width, np.float32),
        np.zeros(width, np.float32), np.zeros(width, np.float32), np.zeros(width, np.float32),
        np.zeros(width, np.float32), np.zeros(width, np.float32), np.zeros(width, np.float32),
        np.zeros(width, np.float32), np.zeros(width, np.float32), np.zeros(width, np.float32),
    )  # fmt: skip


@inline
def _column_of(view: View, x_m: Scalar, y: int, width: int, height: int) -> int:
    """Return the column where a line along the road, ``x_m`` from its middle, crosses a row.

    On the ground ``x`` is reached where ``dx * y_m + (x_m - view.x_m) * up = 0``, which is
    linear in the place on the film, also for a rolled camera.
    """
    v = view.horizon - (f32(y) + f32(0.5)) / f32(height)
    aside = x_m - view.x_m
    per_u = view.cos_roll * view.cos_yaw * view.y_m + aside * view.sin_roll
    per_v = aside * view.cos_roll - view.sin_roll * view.cos_yaw * view.y_m
    u = -(v * per_v + view.sin_yaw * view.y_m / view.lens) / max(per_u, f32(0.01))
    # Clamped as a number first: near the horizon the line is far outside.
    return pixel(min(max(u * f32(height) + f32(width) * f32(0.5), f32(0)), f32(width)), width)


@inline
def _land_at(
    view: View, x: int, y: int, width: int, height: int
) -> tuple[Scalar, Scalar, Scalar, Scalar, Scalar]:
    """Return the place on the ground under a pixel.

    Returns
    -------
    tuple
        x, z, size of the pixel across and along the view in metres, downward tangent.
    """
    dx, up, dz, _ = ray(view, x, y, width, height)
    down = max(-up, f32(0.0012))
    depth = view.y_m / down
    wide = f32(depth * view.lens / f32(height))
    long = f32(depth * wide / max(view.y_m, f32(0.1)))
    return f32(view.x_m + dx * depth), f32(view.z_m + dz * depth), wide, long, down


@kernel
def paint_ground(
    canvas: Canvas,
    view: View,
    colours: Colours,
    hour: Hour,
    t_s: Scalar,
    shimmer: Scalar,
    person: RGB,
) -> None:
    """Paint plain and road below the horizon; ``person`` as in :func:`shadow_at`.

    Pebbles and grit near enough to be seen are several pixels wide, so sand and asphalt are
    computed in every other column (`_sand_row`, `_road_row`) and enlarged; the road's edges and
    its markings are sharp and are laid in every column (`_lay_road`).
    """
    _, height, width = canvas.shape
    half = (width + 1) // 2
    soft = _new_strip(half)
    fine = _new_strip(width)
    cover = np.empty(width, np.float32)
    px = view.lens / f32(height)
    mirage = saturate(f32(shimmer * f32(45)))
    band_0, band_1 = horizon_band(view, width, height)
    for y in range(band_0, height):
        near_horizon = y < band_1
        # Sand outside, road inside, both in between; both everywhere at the horizon and when
        # the camera looks across the road or back.
        both = near_horizon or view.cos_yaw < f32(0.2)
        road_0 = 0 if both else _column_of(view, f32(-4.5), y, width, height) // 2
        road_1 = half if both else min(_column_of(view, f32(4.5), y, width, height) // 2 + 2, half)
        inner_0 = half if both else min(_column_of(view, f32(-3.3), y, width, height) // 2, half)
        inner_1 = half if both else min(_column_of(view, f32(3.3), y, width, height) // 2, half)
        road_1 = max(road_0, road_1)
        if inner_0 > 0:
            _sand_row(soft, 0, inner_0, view, y, width, height, colours, hour)
        if half > inner_1:
            _sand_row(soft, inner_1, half, view, y, width, height, colours, hour)
        for x in range(half):
            soft.verge[x] = f32(0)
        if road_1 > road_0:
            _road_row(
                soft, road_0, road_1, view, y, width, height, colours, hour, mirage, t_s
            )  # fmt: skip
        _sink_row(soft, view, y, width, height, colours, hour, person)
        double_row(soft.sand_r, fine.sand_r)
        double_row(soft.sand_g, fine.sand_g)
        double_row(soft.sand_b, fine.sand_b)
        if road_1 > road_0:
            double_row(soft.road_r, fine.road_r)
            double_row(soft.road_g, fine.road_g)
            double_row(soft.road_b, fine.road_b)
            double_row(soft.verge, fine.verge)
            double_row(soft.wear, fine.wear)
            double_row(soft.light, fine.light)
            _lay_road(fine, 2 * road_0, min(2 * road_1, width), view, y, width, height, colours)
        if near_horizon:
            for x in range(width):
                _, up, _, _ = ray(view, x, y, width, height)
                cover[x] = saturate(-up / px + f32(0.5))
            _blend_row(fine.sand_r, canvas[0, y], cover)
            _blend_row(fine.sand_g, canvas[1, y], cover)
            _blend_row(fine.sand_b, canvas[2, y], cover)
        store_row(canvas, y, fine.sand_r, fine.sand_g, fine.sand_b)


@inline
def _blend_row(values: Row, under: Row, cover: Row) -> None:
    """Let what is under a row show where its cover is less than 1."""
    for x in range(values.size):
        values[x] = mix(under[x], values[x], cover[x])


@inline
def _sand_row(
    soft: _Strip, begin: int, end: int, view: View, y: int, width: int, height: int,
    colours: Colours, hour: Hour,
) -> None:  # fmt: skip
    """Fill in the light of the plain in some of every other column."""
    sand, sun = colours.sand, colours.sun
    red, green, blue = soft.sand_r[begin:end], soft.sand_g[begin:end], soft.sand_b[begin:end]
    for x in range(red.size):
        column = 2 * (x + begin)
        gx, gz, wide, long, down = _land_at(view, column, y, width, height)
        dx, _, dz, _ = ray(view, column, y, width, height)
        tone = sand_tone(gx, gz, wide, long)
        path = sun_path(arctan2(dx, dz), down, hour)
        land = add_light(scale_rgb(sand, tone), sun, f32(path * tone * f32(0.30)))
        red[x] = land[0]
        green[x] = land[1]
        blue[x] = land[2]


@inline
def _road_row(
    soft: _Strip, begin: int, end: int, view: View, y: int, width: int, height: int,
    colours: Colours, hour: Hour, mirage: Scalar, t_s: Scalar,
) -> None:  # fmt: skip
    """Fill in asphalt, its verge and the wear of its paint in some of every other column."""
    red, green, blue = soft.road_r[begin:end], soft.road_g[begin:end], soft.road_b[begin:end]
    verge, wear = soft.verge[begin:end], soft.wear[begin:end]
    for x in range(red.size):
        column = 2 * (x + begin)
        gx, gz, _, long, down = _land_at(view, column, y, width, height)
        dx, _, dz, _ = ray(view, column, y, width, height)
        bearing = arctan2(dx, dz)
        grit = grit_at(gx, gz, long)
        road = asphalt_light(gx, gz, long, down, bearing, grit, colours, hour, mirage, t_s)
        red[x] = road[0]
        green[x] = road[1]
        blue[x] = road[2]
        wear[x] = grit
    for x in range(verge.size):
        gx, gz, _, _, _ = _land_at(view, 2 * (x + begin), y, width, height)
        verge[x] = verge_at(gx, gz) + f32(0.3) * wear[x]
    for x in range(wear.size):
        wear[x] = f32(0.6) + f32(0.4) * smoothstep(f32(0.2), f32(0.6), wear[x])


@inline
def _sink_row(
    soft: _Strip, view: View, y: int, width: int, height: int,
    colours: Colours, hour: Hour, person: RGB,
) -> None:  # fmt: skip
    """Lay the person's shadow and the air over sand and asphalt."""
    sun_x = sine(hour.azimuth)
    sun_z = cosine(hour.azimuth)
    light, lost, low_air, sun_air = soft.light, soft.lost, soft.free_0, soft.free_1
    if person[2] > f32(0.1):
        for x in range(light.size):
            gx, gz, _, _, _ = _land_at(view, 2 * x, y, width, height)
            light[x] = f32(1) - f32(0.72) * shadow_at(gx, gz, person, sun_x, sun_z)
    else:
        for x in range(light.size):
            light[x] = f32(1)
    for x in range(light.size):
        dx, up, dz, _ = ray(view, 2 * x, y, width, height)
        down = max(-up, f32(0.0012))
        low_air[x], sun_air[x] = air_light(arctan2(dx, dz), f32(-down), hour)
    for x in range(light.size):
        _, up, _, _ = ray(view, 2 * x, y, width, height)
        down = max(-up, f32(0.0012))
        lost[x] = f32(1) - exponential(f32(-view.y_m / down * hour.haze))
    low, sun = colours.horizon, colours.sun
    _sink(soft.sand_r, light, lost, low_air, low[0], sun_air, sun[0])
    _sink(soft.sand_g, light, lost, low_air, low[1], sun_air, sun[1])
    _sink(soft.sand_b, light, lost, low_air, low[2], sun_air, sun[2])
    _sink(soft.road_r, light, lost, low_air, low[0], sun_air, sun[0])
    _sink(soft.road_g, light, lost, low_air, low[1], sun_air, sun[1])
    _sink(soft.road_b, light, lost, low_air, low[2], sun_air, sun[2])
    wear = soft.wear
    for x in range(light.size):
        wear[x] *= f32(1) - lost[x]


@inline
def _sink(
    line: Row, light: Row, lost: Row, low_air: Row, low: Scalar, sun_air: Row, sun: Scalar
) -> None:
    """Shade a row, and mix the light of the air into it."""
    for x in range(line.size):
        line[x] = mix(line[x] * light[x], low * low_air[x] + sun * sun_air[x], lost[x])


@inline
def _lay_road(
    fine: _Strip, begin: int, end: int, view: View, y: int, width: int, height: int,
    colours: Colours,
) -> None:  # fmt: skip
    """Lay the road with its markings over the sand."""
    verge, wear = fine.verge[begin:end], fine.wear[begin:end]
    middle, lines = fine.free_0[begin:end], fine.free_1[begin:end]
    for x in range(middle.size):
        gx, gz, wide, long, _ = _land_at(view, x + begin, y, width, height)
        middle[x], lines[x] = markings(gx, gz, wide, long)
    for x in range(verge.size):
        gx, _, wide, _, _ = _land_at(view, x + begin, y, width, height)
        edge = verge[x]
        verge[x] = smoothstep(edge + f32(0.04) + wide, edge - f32(0.04) - wide, abs(gx))
    for x in range(middle.size):
        middle[x] *= wear[x]
    for x in range(lines.size):
        lines[x] *= wear[x]
    bright = f32(colours.asphalt[0] * f32(6) + f32(0.10))
    light = fine.light[begin:end]
    _pave(fine.road_r[begin:end], middle, lines, light, bright, bright)
    _pave(fine.road_g[begin:end], middle, lines, light, bright * f32(0.72), bright * f32(0.95))
    _pave(fine.road_b[begin:end], middle, lines, light, bright * f32(0.16), bright * f32(0.88))
    _cover_row(fine.sand_r[begin:end], fine.road_r[begin:end], verge)
    _cover_row(fine.sand_g[begin:end], fine.road_g[begin:end], verge)
    _cover_row(fine.sand_b[begin:end], fine.road_b[begin:end], verge)


@inline
def _pave(
    road: Row, middle: Row, lines: Row, light: Row, at_middle: Scalar, at_edge: Scalar
) -> None:
    """Paint markings on one plane of the road."""
    for x in range(road.size):
        paved = mix(road[x], at_middle * light[x], middle[x])
        road[x] = mix(paved, at_edge * light[x], lines[x])


@inline
def _cover_row(line: Row, values: Row, cover: Row) -> None:
    """Lay values over a row."""
    for x in range(line.size):
        line[x] = mix(line[x], values[x], cover[x])
