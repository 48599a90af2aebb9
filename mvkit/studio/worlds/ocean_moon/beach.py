"""The beach: sand dry and wet, the edge of the water that runs up and back, breakers before it.

A shore is a straight line on the ground that noise bends a little. ``along`` counts the metres
along it, ``out`` those from it towards the sea, negative on land. The water comes and goes with
the song: a wave runs up every two bars.
"""

from __future__ import annotations

import numpy as np

from mvkit.studio.figure.pose import STEP_M
from mvkit.studio.kit.canvas import Canvas, Row, double_row
from mvkit.studio.kit.jit import Scalar, f32, i32, inline, kernel
from mvkit.studio.kit.maths import (
    arctan2,
    exponential,
    fraction,
    mix,
    saturate,
    select,
    sine,
    smoothstep,
)
from mvkit.studio.kit.noise import hash_2d, resolved, value_noise
from mvkit.studio.kit.rgb import RGB, add_light, mix_rgb, scale_rgb
from mvkit.studio.kit.sky import scattered_light
from mvkit.studio.kit.view import View, horizon_band, ray
from mvkit.studio.worlds.ocean_moon.air import air_light
from mvkit.studio.worlds.ocean_moon.dress import Colours, Hour
from mvkit.studio.worlds.ocean_moon.shore import (
    LAND_M,
    Shore,
    columns_inland,
    first_large_row,
    has_own_light,
    shore_place,
)
from mvkit.studio.worlds.ocean_moon.water import mirrored_sky

__all__ = ["paint_beach"]

_SURF_M = 16.0  # so far out breakers are seen


@inline
def _water_line(along: Scalar, beats: Scalar) -> Scalar:
    """Return how far out the water ends now: it runs up fast and back slowly, in lobes."""
    bend = f32(0.45) * sine(f32(along * f32(0.23))) + f32(0.2) * sine(f32(along * f32(0.61)))
    turn = fraction(f32(beats * f32(0.125) + along * f32(0.009)))
    run = smoothstep(f32(0), f32(0.35), turn) * smoothstep(f32(1), f32(0.35), turn)
    lobe = value_noise(f32(along * f32(0.55)), f32(beats * f32(0.11)))
    fringe = value_noise(f32(along * f32(2.7)), f32(beats * f32(0.3)))
    up = run * (f32(0.9) + f32(1.5) * lobe) + f32(0.35) * lobe + f32(0.12) * fringe
    return f32(bend - up)


@inline
def _foam(along: Scalar, off: Scalar, long: Scalar, beats: Scalar) -> Scalar:
    """Return the foam at a place ``off`` metres from the water's edge: hem, lace, breakers."""
    off = max(off, f32(0))
    cell = value_noise(f32(along * f32(3.1)), f32(off * f32(4.2) + beats * f32(0.12)))
    fine = value_noise(f32(along * f32(9)), f32(off * f32(11) + beats * f32(0.2)))
    holes = mix(
        f32(0.5),
        smoothstep(f32(0.30), f32(0.62), cell * f32(0.65) + fine * f32(0.4)),
        resolved(f32(0.4), long),
    )
    hem = smoothstep(f32(0), f32(0.04) + f32(0.5) * long, off) * exponential(f32(-off * f32(3.2)))
    lace = smoothstep(f32(0.05), f32(0.4), off) * exponential(f32(-off * f32(0.75))) * holes
    # Breakers: crests five metres apart that come in with the beat and break in places.
    count = off * f32(0.2) + beats * f32(0.125)
    crest = fraction(f32(count))
    number = np.floor(count)
    broken = value_noise(f32(along * f32(0.19) + number * f32(7.7)), f32(number * f32(3.1)))
    roll = smoothstep(f32(0.80), f32(0.86), crest) * smoothstep(f32(1), f32(0.88), crest)
    roll = roll * smoothstep(f32(0.42), f32(0.62), broken) * (f32(0.35) + f32(0.65) * holes)
    roll = roll * smoothstep(f32(0.4), f32(2.5), off) * exponential(f32(-off * f32(0.11)))
    return saturate(f32(hem + f32(0.85) * lace + roll))


@inline
def _footprints(along: Scalar, out: Scalar, shore: Shore) -> Scalar:
    """Return how deep a print is at a place, behind who walks; left and right in turn."""
    step = (along - shore.walked_m) * f32(1 / STEP_M)
    number = np.floor(step)
    side = f32(0.09) - f32(0.18) * select(fraction(f32(number * f32(0.5))) > f32(0.25))
    u = (step - number - f32(0.5)) * f32(STEP_M / 0.14)
    v = (out - shore.out_m - side) * f32(1 / 0.055)
    behind = saturate(f32(f32(-2) * shore.onward * step - f32(0.6)))
    rough = hash_2d(i32(number), i32(3)) * f32(0.25)
    return f32(smoothstep(f32(1.25), f32(0.7), u * u + v * v + rough) * behind * abs(shore.onward))


@inline
def _sand(
    along: Scalar, out: Scalar, long: Scalar, colours: Colours, hour: Hour
) -> tuple[RGB, Scalar]:
    """Return the light of the sand, and how wet it is."""
    swell = value_noise(f32(along * f32(0.33)), f32(out * f32(0.8)))
    patch = value_noise(f32(along * f32(1.1) + f32(40)), f32(out * f32(2.3)))
    grain = value_noise(f32(along * f32(15)), f32(out * f32(15))) * resolved(f32(0.13), long)
    bend = out * f32(13) + sine(f32(along * f32(0.9))) * f32(2) + swell * f32(9)
    ripple = sine(f32(bend)) * resolved(f32(0.5), long) * smoothstep(f32(-3.5), f32(-6), out)
    wet = smoothstep(f32(-4.1), f32(-2.3), out + f32(1.1) * patch)
    tone = f32(0.62) + f32(0.35) * swell + f32(0.3) * patch + f32(0.10) * ripple
    tone = tone + f32(0.35) * (grain - f32(0.5) * resolved(f32(0.13), long))
    ground = add_light(scale_rgb(colours.rock, f32(1.7)), colours.horizon, f32(0.15))
    ground = add_light(ground, colours.moon, f32(hour.glow * f32(0.13)))
    return scale_rgb(ground, f32(tone * (f32(1) - f32(0.62) * wet))), f32(wet)


@inline
def _land(
    view: View, x: int, y: int, width: int, height: int, shore: Shore,
    colours: Colours, hour: Hour, t_s: Scalar,
) -> RGB:  # fmt: skip
    """Return the light of the sand under a pixel, with what it mirrors where it is wet."""
    along, out, long = shore_place(view, shore, x, y, width, height)
    dx, up, dz, across = ray(view, x, y, width, height)
    down = max(-up, f32(0.0012))
    azimuth = arctan2(dx, dz)
    colour, wet = _sand(along, out, long, colours, hour)
    dent = _footprints(along, out, shore) * resolved(f32(0.10), long)
    colour = scale_rgb(colour, f32(f32(1) - f32(0.5) * dent))
    # Wet sand is a dull mirror, the brighter the flatter one looks on it.
    flat = f32(1) / (f32(1) + f32(3) * down)
    sheen = wet * (f32(0.10) + f32(0.55) * flat * flat) * (f32(1) - f32(0.6) * dent)
    slope = f32(down / np.sqrt(f32(1) + across * across))
    colour = mix_rgb(colour, mirrored_sky(azimuth, slope, hour, colours, t_s), f32(sheen))
    aside = f32(azimuth - hour.azimuth)
    glitter = hour.glow * scattered_light(aside, f32((slope - hour.slope) * f32(0.5)))
    return add_light(colour, colours.moon, f32(sheen * glitter * f32(0.8)))


@inline
def _sunk(
    colour: RGB, view: View, x: int, y: int, width: int, height: int, colours: Colours, hour: Hour
) -> RGB:
    """Return a colour of the ground as the air lets it be seen."""
    dx, up, dz, _ = ray(view, x, y, width, height)
    down = max(-up, f32(0.0012))
    lost = f32(1) - exponential(f32(-view.y_m / down * hour.haze))
    return mix_rgb(colour, air_light(arctan2(dx, dz), f32(-down), hour, colours), lost)


@inline
def _surf(
    view: View, x: int, y: int, width: int, height: int, shore: Shore,
    colours: Colours, hour: Hour, t_s: Scalar,
) -> tuple[RGB, Scalar]:  # fmt: skip
    """Return sand, shallows and foam under a pixel, and how much of the sea they cover."""
    along, out, long = shore_place(view, shore, x, y, width, height)
    off = f32(out - _water_line(along, shore.beats))
    colour = _land(view, x, y, width, height, shore, colours, hour, t_s)
    land = smoothstep(f32(0.03) + long, f32(-0.03) - long, off)
    # The shallows: sand shines through the water, less and less with its depth.
    thin = f32(0.55) * exponential(f32(-max(off, f32(0)) * f32(0.8)))
    foam = _foam(along, off, long, shore.beats) * (f32(1) - land)
    white = add_light(
        scale_rgb(colours.horizon, f32(0.43)), colours.moon, f32(f32(0.07) + f32(0.7) * hour.glow)
    )
    colour = mix_rgb(colour, white, foam)
    cover = max(max(land, thin), foam)
    return _sunk(colour, view, x, y, width, height, colours, hour), f32(cover)


@kernel
def paint_beach(
    canvas: Canvas, view: View, shore: Shore, colours: Colours, hour: Hour, t_s: Scalar
) -> None:
    """Lay sand, wet sand, foam and breakers over the sea, as wide as they are seen.

    Like the sea it is computed in every other column.
    """
    _, height, width = canvas.shape
    half = (width + 1) // 2
    red = np.zeros(half, np.float32)
    green = np.zeros(half, np.float32)
    blue = np.zeros(half, np.float32)
    cover = np.zeros(half, np.float32)
    wide = np.empty(width, np.float32)
    wide_cover = np.empty(width, np.float32)
    band_0, _ = horizon_band(view, width, height)
    large_row = first_large_row(view, width, height)
    for y in range(band_0, height):
        if not has_own_light(y, large_row):
            continue
        begin, end = columns_inland(view, shore, f32(_SURF_M), y, width, height)
        dry_0, dry_1 = columns_inland(view, shore, f32(LAND_M), y, width, height)
        begin, end, dry_0, dry_1 = begin // 2, (end + 1) // 2, dry_0 // 2, (dry_1 + 1) // 2
        if end <= begin:
            continue
        for x in range(half):
            cover[x] = f32(0)
        # The sea's side of the dry columns; all of them where there are none.
        wet_0 = begin if dry_1 <= dry_0 or dry_0 > begin else dry_1
        wet_1 = end if dry_1 <= dry_0 or dry_0 <= begin else dry_0
        _surf_row(
            red[wet_0:wet_1], green[wet_0:wet_1], blue[wet_0:wet_1], cover[wet_0:wet_1], wet_0,
            view, y, width, height, shore, colours, hour, t_s,
        )  # fmt: skip
        _land_row(
            red[dry_0:dry_1], green[dry_0:dry_1], blue[dry_0:dry_1], cover[dry_0:dry_1], dry_0,
            view, y, width, height, shore, colours, hour, t_s,
        )  # fmt: skip
        for x in range(half):
            _, up, _, _ = ray(view, 2 * x, y, width, height)
            cover[x] *= saturate(-up * f32(height) / view.lens + f32(0.5))
        double_row(cover, wide_cover)
        double_row(red, wide)
        _cover_row(canvas[0, y], wide, wide_cover)
        double_row(green, wide)
        _cover_row(canvas[1, y], wide, wide_cover)
        double_row(blue, wide)
        _cover_row(canvas[2, y], wide, wide_cover)


@inline
def _surf_row(
    red: Row, green: Row, blue: Row, cover: Row, begin: int,
    view: View, y: int, width: int, height: int, shore: Shore,
    colours: Colours, hour: Hour, t_s: Scalar,
) -> None:  # fmt: skip
    """Fill part of a row with the edge of the water."""
    for x in range(red.size):
        column = 2 * (x + begin)
        colour, cover[x] = _surf(view, column, y, width, height, shore, colours, hour, t_s)
        red[x] = colour[0]
        green[x] = colour[1]
        blue[x] = colour[2]


@inline
def _land_row(
    red: Row, green: Row, blue: Row, cover: Row, begin: int,
    view: View, y: int, width: int, height: int, shore: Shore,
    colours: Colours, hour: Hour, t_s: Scalar,
) -> None:  # fmt: skip
    """Fill part of a row with sand that no wave reaches."""
    for x in range(red.size):
        column = 2 * (x + begin)
        colour = _land(view, column, y, width, height, shore, colours, hour, t_s)
        colour = _sunk(colour, view, column, y, width, height, colours, hour)
        red[x] = colour[0]
        green[x] = colour[1]
        blue[x] = colour[2]
        cover[x] = f32(1)


@inline
def _cover_row(line: Row, values: Row, cover: Row) -> None:
    """Lay values over a row of the canvas."""
    for x in range(line.size):
        line[x] = mix(line[x], values[x], cover[x])
