"""The sky over the field: gradient, sun, clouds, stars; and the land at its foot."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from mvkit.studio.kit.canvas import Canvas, store_row
from mvkit.studio.kit.jit import Scalar, f32, kernel
from mvkit.studio.kit.maths import exponential, mix, smoothstep
from mvkit.studio.kit.rgb import add_light, mix_rgb, scale_rgb
from mvkit.studio.kit.sky import heading, milky_way, scattered_light, starlight
from mvkit.studio.kit.tables import look_up
from mvkit.studio.kit.view import View, horizon_band
from mvkit.studio.worlds.field.clouds import TOP_SLOPE
from mvkit.studio.worlds.field.dress import Colours, Hour
from mvkit.studio.worlds.field.land import LAND_SLOPE

__all__ = ["paint_land", "paint_sky"]

Table = NDArray[np.float32]
_TURN = 6.2831853


@kernel
def paint_sky(
    canvas: Canvas,
    view: View,
    colours: Colours,
    hour: Hour,
    cover: Table,
    lit: Table,
    t_s: Scalar,
) -> None:
    """Paint the sky over the whole canvas; below the horizon it is the air of the horizon."""
    _, height, width = canvas.shape
    red = np.empty(width, np.float32)
    green = np.empty(width, np.float32)
    blue = np.empty(width, np.float32)
    azimuths = np.empty(width, np.float32)
    slopes = np.empty(width, np.float32)
    column = np.empty(width, np.float32)
    row = np.empty(width, np.float32)
    cloud = np.empty(width, np.float32)
    bright = np.empty(width, np.float32)
    zenith, horizon, sun, white = colours.zenith, colours.horizon, colours.sun, colours.cloud
    shade = mix_rgb(zenith, horizon, f32(0.55))
    span = f32(cover.shape[1]) - f32(1)
    last_row = f32(cover.shape[0]) - f32(1.01)
    drift = t_s * f32(0.0035) + hour.seed
    _, end = horizon_band(view, width, height)
    for y in range(end):
        for x in range(width):
            azimuth, slope = heading(view, x, y, width, height)
            azimuths[x] = azimuth
            slopes[x] = max(slope, f32(0))
            turn = f32(azimuth + drift) * f32(1 / _TURN) + f32(0.5)
            turn = turn - np.floor(turn)
            column[x] = min(max(turn * span, f32(0)), span - f32(0.01))
            place = (f32(TOP_SLOPE) - slopes[x]) * last_row * f32(1 / TOP_SLOPE)
            row[x] = min(max(place, f32(0)), last_row)
        for x in range(width):
            cloud[x] = look_up(cover, column[x], row[x])
        for x in range(width):
            bright[x] = look_up(lit, column[x], row[x])
        for x in range(width):
            slope = slopes[x]
            aside = f32(azimuths[x] - hour.azimuth)
            aside = aside - f32(_TURN) * np.floor(aside * f32(1 / _TURN) + f32(0.5))
            above = f32(slope - hour.slope)
            glow = hour.glow * scattered_light(aside, above)
            distance = np.sqrt(f32(aside * aside + above * above))
            disc = smoothstep(f32(hour.radius * f32(1.1)), f32(hour.radius * f32(0.9)), distance)
            colour = mix_rgb(zenith, horizon, exponential(f32(slope * f32(-3.6))))
            hidden = cloud[x] * hour.clouds * smoothstep(f32(0), f32(0.05), slope)
            thin = f32(1) - abs(f32(2) * cloud[x] - f32(1))
            tone = bright[x]
            heap = mix_rgb(scale_rgb(shade, f32(0.72)), white, f32(tone * tone * f32(1.05)))
            heap = mix_rgb(heap, horizon, f32(exponential(f32(slope * f32(-11))) * f32(0.6)))
            lining = glow * (f32(0.25) * tone + f32(1.1) * thin * exponential(distance * f32(-3)))
            heap = add_light(heap, sun, lining)
            colour = add_light(colour, sun, glow)
            colour = mix_rgb(colour, heap, hidden)
            colour = add_light(colour, sun, f32(disc * hour.disc * (f32(1) - f32(0.8) * hidden)))
            red[x] = colour[0]
            green[x] = colour[1]
            blue[x] = colour[2]
            bright[x] = (f32(1) - hidden) * (f32(1) - disc)
        if hour.stars > f32(0):
            for x in range(width):
                band = milky_way(azimuths[x], slopes[x], hour.seed)
                star = starlight(azimuths[x], slopes[x], t_s) * (f32(0.5) + f32(1.2) * band)
                star = (f32(0.9) * star + f32(0.07) * band) * bright[x] * hour.stars
                red[x] += star * f32(0.92)
                green[x] += star * f32(0.95)
                blue[x] += star
        store_row(canvas, y, red, green, blue)
    for plane in range(3):
        for y in range(end, height):
            for x in range(width):
                canvas[plane, y, x] = horizon[plane]


def paint_land(canvas: Canvas, view: View, land: Table) -> None:
    """Lay hills and hedges over the sky; ``land`` as :func:`lay_land` made it."""
    _, height, width = canvas.shape
    level, end = horizon_band(view, width, height)
    tall = int(LAND_SLOPE * 1.45 * height / view.lens) + end - level
    begin = max(end - tall, 0)
    if begin >= end:
        return
    column = np.empty((end - begin, width), np.float32)
    row = np.empty((end - begin, width), np.float32)
    _find_land(column, row, view, begin, height, land.shape[0], land.shape[1])
    _lay_over(canvas, begin, cv2.remap(land, column, row, cv2.INTER_LINEAR))


@kernel
def _find_land(
    column: Table, row: Table, view: View, begin: int, height: int, n_rows: int, n_columns: int
) -> None:
    """Find where each pixel from row ``begin`` on reads the table of the land."""
    width = column.shape[1]
    span = f32(n_columns) - f32(1)
    last_row = f32(n_rows) - f32(1.01)
    for y in range(column.shape[0]):
        columns, rows = column[y], row[y]
        for x in range(width):
            azimuth, _ = heading(view, x, y + begin, width, height)
            turn = f32(azimuth + view.x_m * f32(0.0016)) * f32(1 / _TURN) + f32(0.5)
            turn = turn - np.floor(turn)
            columns[x] = min(max(turn * span, f32(0)), span - f32(0.01))
        for x in range(width):
            _, slope = heading(view, x, y + begin, width, height)
            place = (f32(LAND_SLOPE) - slope) * last_row * f32(1 / LAND_SLOPE)
            rows[x] = min(max(place, f32(0)), last_row)


@kernel
def _lay_over(canvas: Canvas, begin: int, layer: NDArray[np.float32]) -> None:
    """Lay (rows, columns, 4), red, green, blue and cover, over rows of a canvas."""
    for y in range(layer.shape[0]):
        own = layer[y]
        for plane in range(3):
            out = canvas[plane, y + begin]
            for x in range(out.size):
                out[x] = mix(out[x], own[x, plane], own[x, 3])
