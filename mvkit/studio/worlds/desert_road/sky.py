"""The sky over the desert and the mountains at its foot.

What is soft (:func:`paint_sky`) is painted at half the size, what is sharp comes after it
(:func:`finish_sky`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.kit.canvas import Canvas, Row, store_row
from mvkit.studio.kit.jit import Scalar, f32, inline, kernel
from mvkit.studio.kit.maths import arctan2, exponential, mix, saturate, sine, smoothstep
from mvkit.studio.kit.noise import fbm3, value_noise
from mvkit.studio.kit.rgb import RGB, add_light, mix_rgb, scale_rgb
from mvkit.studio.kit.sky import (
    cloud_layer,
    fog_veil,
    heading,
    milky_way,
    scattered_light,
    sky_gradient,
    starlight,
)
from mvkit.studio.kit.view import View, horizon_band, ray
from mvkit.studio.worlds.desert_road.dress import Colours, Hour

__all__ = ["air_light", "finish_sky", "paint_sky"]


@inline
def air_light(azimuth: Scalar, slope: Scalar, hour: Hour) -> tuple[Scalar, Scalar]:
    """Return the lit air in a direction, into which everything far sinks; in fog it is bright.

    Returns
    -------
    tuple
        How much of the horizon's colour and of the sun's it has.
    """
    aside = f32(azimuth - hour.azimuth)
    glow = hour.glow * scattered_light(aside, f32(slope - hour.slope))
    wide = hour.glow * exponential(f32(-aside * aside * f32(0.7)))
    light = f32(0.42) + f32(0.42) * glow + hour.fog * (f32(0.18) + f32(0.5) * wide)
    return f32(light), f32(hour.fog * glow * f32(0.25))


@inline
def _sky(
    azimuth: Scalar, slope: Scalar, hour: Hour, colours: Colours, t_s: Scalar
) -> tuple[RGB, Scalar]:
    """Return sky and clouds in a direction, and how clear of clouds and fog it is there."""
    zenith, upper, horizon, sun = colours.zenith, colours.upper, colours.horizon, colours.sun
    aside = f32(azimuth - hour.azimuth)
    above = f32(max(slope, f32(0)) - hour.slope)
    glow = f32(hour.glow * scattered_light(aside, above))
    drift = f32(t_s * f32(0.012) + hour.seed)
    cover, edge = cloud_layer(azimuth, slope, aside, above, hour.clouds, drift)
    lit = f32(f32(0.25) + f32(0.9) * edge * (f32(0.3) + f32(2.2) * glow))
    cloud = add_light(scale_rgb(mix_rgb(upper, zenith, f32(0.45)), f32(0.5)), horizon, lit)
    cloud = add_light(cloud, sun, f32(edge * glow * f32(0.5)))
    colour = sky_gradient(slope, zenith, upper, horizon)
    colour = mix_rgb(colour, cloud, f32(cover * f32(0.82)))
    return add_light(colour, sun, glow), f32(f32(1) - cover)


@inline
def _mesa_height(azimuth: Scalar, seed: Scalar) -> Scalar:
    """Return the skyline of the table mountains, as a tangent: flat tops over slopes of rubble."""
    rock = fbm3(f32(azimuth * f32(2.6) + seed), f32(3))
    table = smoothstep(f32(0.49), f32(0.515), rock) * f32(0.045)
    tower = smoothstep(f32(0.60), f32(0.615), rock) * f32(0.030)
    rubble = smoothstep(f32(0.38), f32(0.52), rock) * f32(0.030)
    uplift = f32(0.6) + f32(0.8) * value_noise(f32(azimuth * f32(1.1) + seed), f32(8))
    rough = f32(0.004) * fbm3(f32(azimuth * f32(70) + seed), f32(1))
    return f32(f32(0.012) + (table + tower + rubble) * uplift + rough)


@inline
def _hill_height(azimuth: Scalar, seed: Scalar) -> Scalar:
    """Return the skyline of the nearer hills, as a tangent."""
    swell = fbm3(f32(azimuth * f32(3.1) + seed + f32(40)), f32(2))
    scrub = value_noise(f32(azimuth * f32(240)), f32(2))
    return f32(f32(-0.004) + f32(0.11) * swell * swell + f32(0.0025) * scrub)


@inline
def _rock(azimuth: Scalar, slope: Scalar, lost: Scalar, gullies: Scalar) -> tuple[Scalar, Scalar]:
    """Return light and loss of a distant rock face: gullies and strata, its foot in the air."""
    gully = value_noise(f32(azimuth * gullies + slope * f32(11)), f32(slope * f32(14)))
    strata = value_noise(f32(azimuth * f32(5)), f32(slope * f32(190) + azimuth * f32(3)))
    foot = exponential(f32(max(slope, f32(0)) * f32(-26)))
    tone = f32(0.35) + f32(0.8) * gully + f32(0.35) * strata
    return f32(tone), f32(lost + (f32(1) - lost) * f32(0.6) * foot)


@kernel
def paint_sky(
    soft: Canvas, view: View, colours: Colours, hour: Hour, t_s: Scalar, end_row: int
) -> None:
    """Paint what is soft in the sky: its light, clouds, the Milky Way, fog.

    Parameters
    ----------
    soft
        A layer of half the size with a mask: how clear of clouds and fog the sky is.
    view, colours, hour, t_s
        Seen from where, how and when.
    end_row
        Row of the layer before which to stop.
    """
    _, height, width = soft.shape
    red = np.empty(width, np.float32)
    green = np.empty(width, np.float32)
    blue = np.empty(width, np.float32)
    clear = np.empty(width, np.float32)
    light = np.empty(width, np.float32)
    low_air = np.empty(width, np.float32)
    sun_air = np.empty(width, np.float32)
    for y in range(min(end_row, height)):
        for x in range(width):
            azimuth, slope = heading(view, x, y, width, height)
            colour, clear[x] = _sky(azimuth, slope, hour, colours, t_s)
            red[x] = colour[0]
            green[x] = colour[1]
            blue[x] = colour[2]
        if hour.stars > f32(0):
            for x in range(width):
                azimuth, slope = heading(view, x, y, width, height)
                light[x] = f32(0.09) * milky_way(azimuth, slope, hour.seed) * clear[x] * hour.stars
            _add_scaled(red, light, f32(0.92))
            _add_scaled(green, light, f32(0.95))
            _add_scaled(blue, light, f32(1))
        if hour.fog > f32(0):
            for x in range(width):
                azimuth, slope = heading(view, x, y, width, height)
                light[x] = fog_veil(azimuth, slope, hour.fog, f32(t_s * f32(0.06) + hour.seed))
            for x in range(width):
                azimuth, slope = heading(view, x, y, width, height)
                low_air[x], sun_air[x] = air_light(azimuth, slope, hour)
            for plane, line in enumerate((red, green, blue)):
                low = colours.horizon[plane]
                sun = colours.sun[plane]
                for x in range(width):
                    line[x] = mix(line[x], low * low_air[x] + sun * sun_air[x], light[x])
            for x in range(width):
                clear[x] *= f32(1) - light[x]
        store_row(soft, y, red, green, blue)
        for x in range(width):
            soft[3, y, x] = clear[x]


@kernel
def finish_sky(
    canvas: Canvas,
    clear: NDArray[np.float32],
    view: View,
    colours: Colours,
    hour: Hour,
    t_s: Scalar,
    shimmer: Scalar,
) -> None:
    """Add what is sharp in the sky: stars, the disc of sun or moon, mountains and hills."""
    _, height, width = canvas.shape
    star = np.zeros(width, np.float32)
    face = np.empty(width, np.float32)
    tones = (
        np.empty(width, np.float32), np.empty(width, np.float32), np.empty(width, np.float32),
        np.empty(width, np.float32), np.empty(width, np.float32), np.empty(width, np.float32),
    )  # fmt: skip
    open_sky = np.empty(width, np.float32)
    bearing = np.empty(width, np.float32)
    mesa = np.empty(width, np.float32)
    hill = np.empty(width, np.float32)
    px = view.lens / f32(height)
    far_lost = f32(1) - exponential(f32(hour.haze * f32(-110)))
    near_lost = f32(1) - exponential(f32(hour.haze * f32(-25)))
    _, band_1 = horizon_band(view, width, height)
    for x in range(width):
        # A roll is small: the skyline under a column is that of the level camera, sheared.
        across = (f32(x) + f32(0.5) - f32(width) * f32(0.5)) * px
        azimuth = arctan2(
            view.sin_yaw + across * view.cos_yaw, view.cos_yaw - across * view.sin_yaw
        )
        bearing[x] = azimuth
        mesa[x] = _mesa_height(azimuth, hour.seed)
        hill[x] = _hill_height(f32(azimuth + view.x_m * f32(0.0006)), hour.seed)
    # A direction far aside looks less steep than it is high in the frame.
    steeper = np.sqrt(f32(1) + f32(0.25) * (px * f32(width)) * (px * f32(width)))
    skylines = (mesa.max() * steeper, hill.max() * steeper)
    lean = abs(view.sin_roll) * f32(width) * px * f32(0.5) + f32(2) * px + abs(shimmer)
    disc_top = (hour.slope + hour.radius * f32(1.1)) * steeper
    disc_0, disc_1 = _disc_columns(bearing, view, hour)
    for y in range(band_1):
        level = (view.horizon - (f32(y) + f32(0.5)) / f32(height)) * view.lens
        has_disc = hour.disc > f32(0) and level < disc_top + lean
        has_disc = has_disc and level > hour.slope - hour.radius * f32(1.1) - lean
        has_rock = level < max(skylines[0], skylines[1]) + lean
        if not (has_disc or has_rock or hour.stars > f32(0)):
            continue
        for x in range(width):
            open_sky[x] = clear[y, x]
        if hour.stars > f32(0):
            for x in range(width):
                azimuth, slope = heading(view, x, y, width, height)
                star[x] = starlight(azimuth, slope, t_s) * f32(0.8) * open_sky[x] * hour.stars
        if has_disc:
            hidden = star[disc_0:disc_1]
            open_there = open_sky[disc_0:disc_1]
            for x in range(hidden.size):
                azimuth, slope = heading(view, x + disc_0, y, width, height)
                aside = f32(azimuth - hour.azimuth)
                above = f32(max(slope, f32(0)) - hour.slope)
                distance = np.sqrt(f32(aside * aside + above * above))
                disc = smoothstep(
                    f32(hour.radius * f32(1.03)), f32(hour.radius * f32(0.96)), distance
                )
                # Clouds let some of it through, fog does not.
                through = open_there[x] + (f32(1) - open_there[x]) * f32(0.4) * (
                    f32(1) - saturate(hour.fog * f32(9))
                )
                face[x] = disc * hour.disc * through
                hidden[x] *= f32(1) - disc
            for plane in range(3):
                _add_scaled(canvas[plane, y, disc_0:disc_1], face, colours.sun[plane])
        if hour.stars > f32(0):
            _add_scaled(canvas[0, y], star, f32(0.92))
            _add_scaled(canvas[1, y], star, f32(0.95))
            _add_scaled(canvas[2, y], star, f32(1))
        if has_rock:
            _lay_mountains(
                canvas, y, bearing, mesa, hill, tones, view, colours, hour,
                far_lost, near_lost, t_s, shimmer,
            )  # fmt: skip


@inline
def _disc_columns(bearing: Row, view: View, hour: Hour) -> tuple[int, int]:
    """Return the columns (first, end) between which the disc of sun or moon lies."""
    reach = hour.radius * f32(1.1) + abs(view.sin_roll) * view.lens
    first = bearing.size
    end = 0
    for x in range(bearing.size):
        if abs(bearing[x] - hour.azimuth) < reach:
            first = min(first, x)
            end = x + 1
    return min(first, end), end


@inline
def _slope_at(view: View, x: int, y: int, width: int, height: int) -> Scalar:
    """Return the tangent of the height over the horizon of the direction through a pixel."""
    _, up, _, across = ray(view, x, y, width, height)
    return f32(up / np.sqrt(f32(1) + across * across))


@inline
def _add_scaled(line: Row, light: Row, gain: Scalar) -> None:
    """Add ``gain`` times some light to a row."""
    for x in range(line.size):
        line[x] += light[x] * gain


@inline
def _lay_mountains(
    canvas: Canvas, y: int, bearing: Row, mesa: Row, hill: Row, tones: tuple[Row, ...], view: View,
    colours: Colours, hour: Hour, far_lost: Scalar, near_lost: Scalar, t_s: Scalar, shimmer: Scalar,
) -> None:  # fmt: skip
    """Lay table mountains and hills over a row, wavering in the warm air.

    ``tones`` are rows to work in.
    """
    _, height, width = canvas.shape
    px = view.lens / f32(height)
    waver, low_air, sun_air, tone, lost, cover = tones
    for x in range(width):
        slope = _slope_at(view, x, y, width, height)
        gust = sine(f32(slope * f32(430) - t_s * f32(11) + f32(2) * sine(bearing[x] * f32(90))))
        waver[x] = f32(0.4) * gust * shimmer * exponential(abs(slope) * f32(-55))
    for x in range(width):
        slope = _slope_at(view, x, y, width, height)
        low_air[x], sun_air[x] = air_light(bearing[x], slope, hour)
    for chain in range(2):
        skyline = hill if chain else mesa
        gone = near_lost if chain else far_lost
        gullies = f32(90) if chain else f32(46)
        colour = colours.hills if chain else colours.mesa
        for x in range(width):
            slope = _slope_at(view, x, y, width, height)
            cover[x] = saturate((skyline[x] - slope + waver[x]) / px + f32(0.5))
        if cover.max() <= f32(0):
            continue
        for x in range(width):
            slope = _slope_at(view, x, y, width, height)
            tone[x], lost[x] = _rock(bearing[x], slope, gone, gullies)
        for plane in range(3):
            _lay_stone(
                canvas[plane, y], tones, colour[plane], colours.horizon[plane], colours.sun[plane]
            )


@inline
def _lay_stone(line: Row, tones: tuple[Row, ...], stone: Scalar, low: Scalar, sun: Scalar) -> None:
    """Lay one plane of a chain of mountains over a row."""
    _, low_air, sun_air, tone, lost, cover = tones
    for x in range(line.size):
        air = low * low_air[x] + sun * sun_air[x]
        line[x] = mix(line[x], mix(stone * tone[x], air, lost[x]), cover[x])
