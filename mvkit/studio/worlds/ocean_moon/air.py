"""The sky over the ocean, and the shore where it ends.

Clouds, glow and aurora are soft: they are painted at half the size (`_paint_air`) and
enlarged; stars, the disc and the shore are sharp and come after (`_finish_sky`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.kit.canvas import Canvas, Row, store_row
from mvkit.studio.kit.jit import Scalar, f32, inline, kernel
from mvkit.studio.kit.maths import arctan2, exponential, mix, saturate, smoothstep
from mvkit.studio.kit.noise import fbm3, value_noise
from mvkit.studio.kit.rgb import RGB, add_light, mix_rgb, scale_rgb
from mvkit.studio.kit.sky import (
    cloud_layer,
    fog_veil,
    heading,
    milky_way,
    scattered_light,
    sky_gradient,
)
from mvkit.studio.kit.soft import SoftLayer
from mvkit.studio.kit.stars import add_stars
from mvkit.studio.kit.view import View, horizon_band
from mvkit.studio.music import Pulse
from mvkit.studio.worlds.ocean_moon.aurora import (
    curtain_colour,
    curtain_column,
    curtain_light,
    ripple_of_light,
)
from mvkit.studio.worlds.ocean_moon.dress import Colours, Hour

__all__ = ["air_light", "paint_sky"]

Plane = NDArray[np.float32]

_STARLIGHT = (f32(0.57), f32(0.57), f32(0.60))


def paint_sky(
    canvas: Canvas,
    layer: SoftLayer,
    view: View,
    colours: Colours,
    hour: Hour,
    pulse: Pulse,
    t_s: Scalar,
) -> None:
    """Paint the sky down to the horizon and a little below; ``layer`` has one mask."""
    _, height, width = canvas.shape
    _, rows = horizon_band(view, width, height)
    if rows < 2:
        return
    _paint_air(layer.open(canvas), view, colours, hour, pulse, t_s, rows // 2 + 2)
    (clear,) = layer.lay(canvas, 0, rows)
    if hour.stars > 0:
        add_stars(canvas, clear, rows, view, t_s, scale_rgb(_STARLIGHT, hour.stars))
    _finish_sky(canvas, clear, view, colours, hour)


@inline
def air_light(azimuth: Scalar, slope: Scalar, hour: Hour, colours: Colours) -> RGB:
    """Return the lit air in a direction, into which everything far sinks."""
    aside = f32(azimuth - hour.azimuth)
    glow = hour.glow * scattered_light(aside, f32(slope - hour.slope))
    wide = hour.fog * hour.glow * exponential(f32(-aside * aside * f32(0.6)))
    air = scale_rgb(colours.horizon, f32(f32(0.68) + f32(0.15) * hour.fog + f32(0.3) * wide))
    return add_light(air, colours.moon, f32(f32(0.45) * glow + f32(0.08) * wide))


@inline
def _sky(
    azimuth: Scalar, slope: Scalar, hour: Hour, colours: Colours, t_s: Scalar
) -> tuple[RGB, Scalar]:
    """Return clear sky and clouds in a direction, and how free of clouds it is there."""
    moon, horizon = colours.moon, colours.horizon
    aside = f32(azimuth - hour.azimuth)
    above = f32(slope - hour.slope)
    glow = f32(hour.glow * scattered_light(aside, above))
    drift = f32(t_s * f32(0.014) + hour.seed)
    cover, edge = cloud_layer(azimuth, slope, aside, above, hour.clouds, drift)
    # Silver lining: thin and moonward edges carry the light through.
    silver = f32(edge * edge * (f32(0.2) + f32(2.6) * glow))
    cloud = add_light(scale_rgb(colours.cloud, f32(f32(0.35) + f32(1.1) * glow)), moon, silver)
    cloud = add_light(cloud, horizon, f32(f32(0.3) * edge))
    clear = sky_gradient(slope, colours.zenith, colours.upper, horizon)
    colour = mix_rgb(clear, cloud, f32(cover * f32(0.85)))
    return add_light(colour, moon, glow), f32(f32(1) - cover)


@inline
def _disc(azimuth: Scalar, slope: Scalar, hour: Hour) -> Scalar:
    """Return the light of the sun's disc, or of the moon's with its dark plains."""
    per_radius = f32(f32(1) / hour.radius)
    u = f32((azimuth - hour.azimuth) * per_radius)
    v = f32((slope - hour.slope) * per_radius)
    disc = smoothstep(f32(1.03), f32(0.97), np.sqrt(f32(u * u + v * v)))
    plains = fbm3(f32(u * f32(1.5) + f32(5)), f32(v * f32(1.5)))
    face = f32(1) - hour.maria * smoothstep(f32(0.38), f32(0.62), plains)
    return f32(disc * face * hour.disc)


@inline
def _shore_height(azimuth: Scalar, hour: Hour) -> Scalar:
    """Return the skyline of the far shore, as a tangent: capes that leave the moon's path free."""
    open_sea = smoothstep(f32(0.12), f32(0.55), abs(f32(azimuth - hour.azimuth)))
    cape = fbm3(f32(azimuth * f32(2.3) + hour.seed), f32(6))
    trees = value_noise(f32(azimuth * f32(260)), f32(1))
    return f32((f32(0.10) * cape - f32(0.012)) * open_sea + f32(0.0022) * trees - f32(0.004))


@inline
def _bearing(view: View, x: int, width: int, height: int) -> Scalar:
    """Return the azimuth that a column of a level camera sees."""
    across = (f32(x) + f32(0.5) - f32(width) * f32(0.5)) * view.lens / f32(height)
    return arctan2(view.sin_yaw + across * view.cos_yaw, view.cos_yaw - across * view.sin_yaw)


@inline
def _disc_columns(view: View, hour: Hour, width: int, height: int) -> tuple[int, int]:
    """Return the columns (first, end) between which the disc of moon or sun lies."""
    reach = hour.radius * f32(1.1) + abs(view.sin_roll) * view.lens
    first = width
    end = 0
    for x in range(width):
        if abs(_bearing(view, x, width, height) - hour.azimuth) < reach:
            first = min(first, x)
            end = x + 1
    return min(first, end), end


@kernel
def _paint_air(
    air: Canvas, view: View, colours: Colours, hour: Hour, pulse: Pulse, t_s: Scalar, rows: int
) -> None:
    """Paint what is soft in the upper rows of the sky on a canvas of half the size.

    ``air`` has four planes: red, green, blue, and how free of clouds and fog the sky is.
    """
    _, height, width = air.shape
    red = np.empty(width, np.float32)
    green = np.empty(width, np.float32)
    blue = np.empty(width, np.float32)
    clear = np.empty(width, np.float32)
    veil = np.empty(width, np.float32)
    sheets = (
        (np.empty(width, np.float32), np.empty(width, np.float32),
         np.empty(width, np.float32), np.empty(width, np.float32)),
        (np.empty(width, np.float32), np.empty(width, np.float32),
         np.empty(width, np.float32), np.empty(width, np.float32)),
    )  # fmt: skip
    if hour.aurora > f32(0):
        for sheet in range(2):
            place, rays, light, foot = sheets[sheet]
            for x in range(width):
                # A roll is small: a sheet's rays stand upright as for a level camera.
                azimuth = _bearing(view, x, width, height)
                place[x], rays[x], light[x], foot[x] = curtain_column(
                    azimuth, f32(sheet), hour.seed, t_s
                )
    # The Milky Way is lost in northern lights.
    faint = hour.stars * saturate(f32(f32(1) - f32(3) * hour.aurora))
    for y in range(min(rows, height)):
        for x in range(width):
            azimuth, slope = heading(view, x, y, width, height)
            colour, clear[x] = _sky(azimuth, slope, hour, colours, t_s)
            red[x] = colour[0]
            green[x] = colour[1]
            blue[x] = colour[2]
        if faint > f32(0):
            for x in range(width):
                azimuth, slope = heading(view, x, y, width, height)
                light = milky_way(azimuth, slope, hour.seed) * faint * clear[x]
                red[x] += light * f32(0.08)
                green[x] += light * f32(0.085)
                blue[x] += light * f32(0.095)
        if hour.aurora > f32(0):
            for sheet in range(2):
                place, rays, light, foot = sheets[sheet]
                for x in range(width):
                    azimuth, slope = heading(view, x, y, width, height)
                    glow, up = curtain_light(place[x], rays[x], light[x], foot[x], slope, t_s)
                    share = ripple_of_light(azimuth, hour, pulse) * clear[x]
                    colour = curtain_colour(f32(glow * share), up, colours)
                    red[x] += colour[0]
                    green[x] += colour[1]
                    blue[x] += colour[2]
        if hour.fog > f32(0):
            for x in range(width):
                azimuth, slope = heading(view, x, y, width, height)
                veil[x] = fog_veil(azimuth, slope, hour.fog, f32(t_s * f32(0.05) + hour.seed))
            for x in range(width):
                azimuth, slope = heading(view, x, y, width, height)
                fog = air_light(azimuth, slope, hour, colours)
                red[x] = mix(red[x], fog[0], veil[x])
                green[x] = mix(green[x], fog[1], veil[x])
                blue[x] = mix(blue[x], fog[2], veil[x])
            for x in range(width):
                clear[x] *= f32(1) - veil[x]
        store_row(air, y, red, green, blue)
        for x in range(width):
            air[3, y, x] = clear[x]


@kernel
def _finish_sky(canvas: Canvas, clear: Plane, view: View, colours: Colours, hour: Hour) -> None:
    """Add what is sharp in the sky: the moon's disc, the far shore."""
    _, height, width = canvas.shape
    red = np.empty(width, np.float32)
    green = np.empty(width, np.float32)
    blue = np.empty(width, np.float32)
    cover = np.empty(width, np.float32)
    skyline = np.empty(width, np.float32)
    px = view.lens / f32(height)
    moon, land = colours.moon, colours.rock
    lost = f32(1) - exponential(f32(hour.haze * f32(-160)))
    _, band_1 = horizon_band(view, width, height)
    for x in range(width):
        # A roll is small: the skyline under a column is that of the level camera, sheared.
        skyline[x] = _shore_height(_bearing(view, x, width, height), hour)
    disc_0, disc_1 = _disc_columns(view, hour, width, height)
    for y in range(min(band_1, clear.shape[0])):
        above = (view.horizon - f32(y) / f32(height)) * view.lens - hour.slope
        if above > f32(-0.05) - hour.radius and above < f32(0.8) * hour.slope + hour.radius:
            open_sky = clear[y, disc_0:disc_1]
            for x in range(disc_1 - disc_0):
                azimuth, slope = heading(view, x + disc_0, y, width, height)
                light = _disc(azimuth, slope, hour)
                # Clouds let some of it through, fog does not.
                bright = f32(0.25) * (f32(1) - saturate(hour.fog * f32(9)))
                light = light * (bright + (f32(1) - bright) * open_sky[x])
                red[x] = moon[0] * light
                green[x] = moon[1] * light
                blue[x] = moon[2] * light
            _add_row(canvas[0, y, disc_0:disc_1], red)
            _add_row(canvas[1, y, disc_0:disc_1], green)
            _add_row(canvas[2, y, disc_0:disc_1], blue)
        if f32(band_1 - y) * px < f32(0.12):
            for x in range(width):
                azimuth, slope = heading(view, x, y, width, height)
                air = air_light(azimuth, slope, hour, colours)
                low = f32(0.5) * exponential(max(slope, f32(0)) * f32(-60))
                shore = mix_rgb(land, air, f32(lost + (f32(1) - lost) * low))
                red[x] = shore[0]
                green[x] = shore[1]
                blue[x] = shore[2]
            for x in range(width):
                _, slope = heading(view, x, y, width, height)
                cover[x] = saturate((skyline[x] - slope) / px + f32(0.5))
            _cover_row(canvas[0, y], red, cover)
            _cover_row(canvas[1, y], green, cover)
            _cover_row(canvas[2, y], blue, cover)


@inline
def _add_row(line: Row, light: Row) -> None:
    """Add light to a row of the canvas."""
    for x in range(line.size):
        line[x] += light[x]


@inline
def _cover_row(line: Row, values: Row, cover: Row) -> None:
    """Lay values over a row of the canvas."""
    for x in range(line.size):
        line[x] = mix(line[x], values[x], cover[x])
