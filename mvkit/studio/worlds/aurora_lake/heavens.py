"""Sky and water of the lake, painted column by column at half size.

Everything the lake mirrors is far away, so a mirror image is the sky's own column read
downwards: :func:`paint_heavens` fills columns that count upwards from the horizon, and
:func:`fill_picture` reads them up for the sky and down, through ripples, for the water.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.kit.canvas import Canvas, pixel
from mvkit.studio.kit.jit import Scalar, f32, i32, inline, kernel
from mvkit.studio.kit.maths import (
    arctan2,
    cosine,
    exponential,
    fraction,
    mix,
    saturate,
    sine,
    smoothstep,
)
from mvkit.studio.kit.noise import hash_2d, resolved, value_noise
from mvkit.studio.kit.rgb import RGB, add_light, mix_rgb, scale_rgb
from mvkit.studio.kit.sky import sky_gradient
from mvkit.studio.kit.view import View
from mvkit.studio.music import Pulse
from mvkit.studio.worlds.aurora_lake.dress import Air, Colours
from mvkit.studio.worlds.aurora_lake.land import mist_fall, on_land

__all__ = ["fill_picture", "lay_land", "paint_heavens", "soften", "sprinkle"]

_CELL_M = 8.0  # rings spread on the water inside squares of this size


@inline
def _direction(view: View, column: int, n_columns: int, px: Scalar) -> tuple[Scalar, Scalar]:
    """Return azimuth of a column, and by how much its tangents of height shrink."""
    across = (f32(column) + f32(0.5) - f32(n_columns) * f32(0.5)) * px
    azimuth = arctan2(
        f32(view.sin_yaw + across * view.cos_yaw), f32(view.cos_yaw - across * view.sin_yaw)
    )
    return azimuth, f32(f32(1) / np.sqrt(f32(1) + across * across))


@kernel
def paint_heavens(
    sky: Canvas, view: View, colours: Colours, air: Air, haze: RGB, px: Scalar, t_s: Scalar
) -> None:
    """Fill the sky (3, columns, rows upwards from the horizon): twilight, clouds, thick air."""
    _, n_columns, n_rows = sky.shape
    drift = t_s * f32(0.012) + air.seed
    thick = saturate((air.veil - f32(0.3)) * f32(1.5))
    for column in range(n_columns):
        azimuth, level = _direction(view, column, n_columns, px)
        red = sky[0, column]
        green = sky[1, column]
        blue = sky[2, column]
        side = smoothstep(f32(-0.6), f32(1), cosine(f32(azimuth - air.azimuth)))
        side = (f32(0.35) + f32(0.65) * side) * air.twilight
        for row in range(n_rows):
            slope = (f32(row) + f32(0.5)) * px * level
            colour = sky_gradient(slope, colours.zenith, colours.upper, colours.horizon)
            glow = exponential(slope * f32(-5.5)) * side
            colour = add_light(colour, colours.horizon, f32(glow * f32(0.7)))
            lost = thick * exponential(slope * f32(-1.3))
            red[row] = mix(colour[0], haze[0], lost)
            green[row] = mix(colour[1], haze[1], lost)
            blue[row] = mix(colour[2], haze[2], lost)
        if air.clouds > f32(0):
            ground_x = sine(azimuth)
            ground_z = cosine(azimuth)
            for row in range(n_rows):
                slope = (f32(row) + f32(0.5)) * px * level
                glow = exponential(slope * f32(-5.5)) * side
                reach = f32(1) / (slope + f32(0.12))
                u = f32(ground_x * reach * f32(0.7) + drift)
                v = f32(ground_z * reach * f32(0.7))
                bank = value_noise(u, v)
                wisp = value_noise(f32(u * f32(3.1) + v), f32(v * f32(3.1) - u))
                cover = smoothstep(f32(0.45), f32(0.85), f32(0.65) * bank + f32(0.35) * wisp)
                cover = cover * air.clouds * smoothstep(f32(0), f32(0.12), slope) * f32(0.8)
                cloud = mix_rgb(colours.upper, colours.horizon, f32(f32(0.3) + f32(0.5) * glow))
                lit = f32(0.6) + f32(0.7) * air.twilight * wisp
                red[row] = mix(red[row], cloud[0] * lit, cover)
                green[row] = mix(green[row], cloud[1] * lit, cover)
                blue[row] = mix(blue[row], cloud[2] * lit, cover)


@kernel
def soften(sky: Canvas, softer: Canvas, reach: int) -> None:
    """Fill ``softer`` with a sky averaged over ``reach`` columns to either side."""
    _, n_columns, n_rows = sky.shape
    total = np.empty(n_rows, np.float32)
    share = f32(1) / f32(2 * reach + 1)
    for plane in range(3):
        first = sky[plane, 0]
        for row in range(n_rows):
            total[row] = first[row] * f32(reach)
        for column in range(min(reach + 1, n_columns)):
            line = sky[plane, column]
            for row in range(n_rows):
                total[row] += line[row]
        for column in range(n_columns):
            line = softer[plane, column]
            after = sky[plane, min(column + reach + 1, n_columns - 1)]
            before = sky[plane, max(column - reach, 0)]
            for row in range(n_rows):
                line[row] = total[row] * share
            for row in range(n_rows):
                total[row] += after[row] - before[row]


@kernel
def lay_land(
    sky: Canvas, view: View, skylines: NDArray[np.float32], colours: Colours, air: Air,
    light: RGB, px: Scalar, n_rows: int,
) -> None:  # fmt: skip
    """Set the land before the lowest rows of a sky, in place."""
    n_columns = sky.shape[1]
    for column in range(n_columns):
        azimuth, level = _direction(view, column, n_columns, px)
        peaks = skylines[0, column]
        woods = skylines[1, column]
        firs = skylines[2, column]
        red = sky[0, column]
        green = sky[1, column]
        blue = sky[2, column]
        for row in range(n_rows):
            slope = (f32(row) + f32(0.5)) * px * level
            before = (red[row], green[row], blue[row])
            colour = on_land(before, azimuth, slope, px, peaks, woods, firs, colours, air, light)
            red[row] = colour[0]
            green[row] = colour[1]
            blue[row] = colour[2]


@inline
def _ripple(
    x: Scalar, z: Scalar, long: Scalar, beats: Scalar, t_s: Scalar, rings: Scalar
) -> Scalar:
    """Return by how much the water's slope turns the mirrored ray: breaths of wind, rings."""
    gust = value_noise(f32(x * f32(0.045) + t_s * f32(0.03)), f32(z * f32(0.03)))
    swell = sine(f32(z * f32(1.9) + x * f32(0.5) + f32(3) * gust - t_s * f32(1.1)))
    cross = sine(f32(z * f32(4.3) - x * f32(1.7) - f32(5) * gust - t_s * f32(1.9)))
    small = sine(f32(z * f32(9.1) + x * f32(3.3) + f32(7) * gust - t_s * f32(2.6)))
    wave = swell * resolved(f32(1.6), long) + f32(0.8) * cross * resolved(f32(0.7), long)
    wave = wave + f32(0.6) * small * resolved(f32(0.33), long)
    calm = f32(0.004) + f32(0.010) * smoothstep(f32(0.3), f32(0.8), gust)
    # Rings of what touches the water: in each square one, spreading over four beats.
    column = np.floor(x * f32(1 / _CELL_M))
    row = np.floor(z * f32(1 / _CELL_M))
    chance = hash_2d(i32(column), i32(row))
    count = beats * f32(0.25) + chance
    place = hash_2d(i32(i32(column) + i32(np.floor(count) * f32(7))), i32(i32(row) + i32(31)))
    middle = f32(0.35) + f32(0.3) * place
    other = f32(0.35) + f32(0.3) * fraction(place * f32(57))
    away_x = x - (column + middle) * f32(_CELL_M)
    away_z = z - (row + other) * f32(_CELL_M)
    far = np.sqrt(f32(away_x * away_x + away_z * away_z)) + f32(0.02)
    age = fraction(count)
    front = far - age * f32(2.7)
    ring = cosine(f32(front * f32(11))) * exponential(f32(front * front * f32(-5)))
    ring = ring * (f32(1) - age) * (f32(1) - age) * saturate(age * f32(12))
    ring = ring * (away_z / far) * rings * resolved(f32(0.5), long) * f32(0.03)
    return f32(wave * calm + ring)


@kernel
def fill_picture(
    picture: Canvas, sky: Canvas, view: View, colours: Colours, air: Air, haze: RGB,
    pulse: Pulse, t_s: Scalar, horizon: Scalar, px: Scalar, rings: Scalar,
) -> None:  # fmt: skip
    """Fill a picture (3, columns, rows downwards) with the sky and its mirror image.

    Parameters
    ----------
    picture
        Overwritten.
    sky
        What :func:`paint_heavens` made, as wide as the picture.
    view, colours, air
        The camera, and how the world is dressed.
    haze
        Colour of the mist.
    pulse, t_s
        The song and the time.
    horizon, px
        Row of the horizon in the middle of the picture, and the size of a pixel at one metre.
    rings
        Strength of the rings on the water.
    """
    _, n_columns, n_rows = picture.shape
    last = f32(sky.shape[2]) - f32(1.01)
    deep = scale_rgb(colours.zenith, f32(0.5))
    water_row = np.empty(n_rows, np.float32)
    water_share = np.empty(n_rows, np.float32)
    fog = np.empty(n_rows, np.float32)
    middle = f32(n_columns) * f32(0.5)
    roll = view.sin_roll / view.cos_roll
    fall = mist_fall(air.mist)
    # Where the mist has thinned out to a hundredth.
    reach = f32(4.6) / (-fall * px)
    for column in range(n_columns):
        azimuth, level = _direction(view, column, n_columns, px)
        across = (f32(column) + f32(0.5) - middle) * px
        line = horizon + roll * (f32(column) + f32(0.5) - middle)
        shore = pixel(line, n_rows)
        ahead_x = across * view.cos_yaw + view.sin_yaw
        ahead_z = view.cos_yaw - across * view.sin_yaw
        for y in range(n_rows - shore):
            below = max(f32(y) + (f32(shore) + f32(0.5) - line), f32(0.25))
            down = below * px
            depth = view.y_m / down
            x = f32(view.x_m + ahead_x * depth)
            z = f32(view.z_m + ahead_z * depth)
            turned = _ripple(x, z, f32(depth * px / down), pulse.beat_count, t_s, rings)
            water_row[y] = min(max(below - f32(0.5) + f32(2) * turned / px, f32(0)), last)
            glance = exponential(f32(-down * level * f32(1.5)))
            water_share[y] = f32(0.30) + f32(0.58) * glance
        first = pixel(line - reach / level, n_rows)
        end = pixel(line + reach / level, n_rows)
        for y in range(n_rows):
            fog[y] = f32(0)
        low = fog[first:end]
        for y in range(end - first):
            slope = (line - f32(0.5) - f32(y) - f32(first)) * px * level
            wisp = value_noise(
                f32(azimuth * f32(7) + t_s * f32(0.06)), f32(slope * f32(30) + t_s * f32(0.03))
            )
            thick = air.mist * exponential(f32(abs(slope) * fall)) - f32(0.01)
            low[y] = saturate(thick * (f32(0.55) + f32(0.75) * wisp))
        # Above the shore the column is copied, its rows turned round, between two of its pixels.
        upper = max(min(line - f32(1), last), f32(0))
        top = max(int(line - f32(1)) - int(last), 0)
        part = upper - np.floor(upper) if top == 0 else f32(0)
        n_sky = max(min(shore, int(line)) - top, 0)
        lowest = max(int(line - f32(1)) - top - n_sky + 1, 0)
        for plane in range(3):
            source = sky[plane, column]
            out = picture[plane, column]
            own = deep[plane]
            veil = haze[plane]
            above = source[lowest : lowest + n_sky + 1][::-1]
            sky_out = out[top : top + n_sky]
            for y in range(n_sky):
                sky_out[y] = mix(above[y + 1], above[y], part)
            for y in range(top):
                out[y] = out[min(top, n_rows - 1)]
            for y in range(top + n_sky, shore):
                out[y] = source[0]
            water_out = out[shore:]
            for y in range(n_rows - shore):
                i = i32(water_row[y])
                value = mix(source[i], source[i32(i + i32(1))], water_row[y] - f32(i))
                water_out[y] = mix(own, value, water_share[y])
            for y in range(n_rows):
                out[y] = mix(out[y], veil, fog[y])


@kernel
def sprinkle(
    sky: Canvas, columns: NDArray[np.float64], rows: NDArray[np.float64],
    light: NDArray[np.float64], tint: RGB,
) -> None:  # fmt: skip
    """Add points of light to a sky, each shared by the four pixels around it, in place."""
    _, n_columns, n_rows = sky.shape
    for k in range(columns.size):
        column = int(np.floor(columns[k]))
        row = int(np.floor(rows[k]))
        if column < 0 or row < 0 or column > n_columns - 2 or row > n_rows - 2:
            continue
        across = f32(columns[k] - column)
        up = f32(rows[k] - row)
        for plane in range(3):
            level = f32(light[k]) * tint[plane]
            sky[plane, column, row] += level * (f32(1) - across) * (f32(1) - up)
            sky[plane, column + 1, row] += level * across * (f32(1) - up)
            sky[plane, column, row + 1] += level * (f32(1) - across) * up
            sky[plane, column + 1, row + 1] += level * across * up
