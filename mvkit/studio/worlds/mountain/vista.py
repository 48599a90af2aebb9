"""Sky, ranges and the sea of fog between them.

Sky and fog are soft: they are worked out at half the size (`_breathe`) and enlarged; snow, rock
and the fog's shores are sharp and laid together at full size (`_lay_ranges`).
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from mvkit.studio.kit.canvas import Canvas
from mvkit.studio.kit.dome import Dome
from mvkit.studio.kit.jit import Scalar, f32, inline, kernel
from mvkit.studio.kit.maths import cosine, exponential, mix, power_of_2, saturate, sine, smoothstep
from mvkit.studio.kit.noise import fbm3, value_noise
from mvkit.studio.kit.rgb import RGB, add_light, mix_rgb, scale_rgb
from mvkit.studio.kit.sky import (
    cloud_layer,
    heading,
    milky_way,
    scattered_light,
    sky_gradient,
    starlight,
)
from mvkit.studio.kit.view import View
from mvkit.studio.worlds.mountain.dress import Colours, Hour
from mvkit.studio.worlds.mountain.ranges import NEAR_M, RANGES_LOW, STEPS_PER_OCTAVE

__all__ = ["air_light", "paint_vista"]

Plane = NDArray[np.float32]


def paint_vista(
    canvas: Canvas, dome: Dome, view: View, colours: Colours, hour: Hour, t_s: Scalar, *, end: int
) -> None:
    """Paint all that is far away, down to row ``end``."""
    _, height, width = canvas.shape
    rows = min(end // 2 + 1, height // 2)
    if rows < 2:
        return
    soft = np.zeros((5, rows, width // 2), np.float32)
    _breathe(soft, view, colours, hour, t_s, height // 2)
    fog = np.empty((2, 2 * rows, width), np.float32)
    for plane, out in zip(soft, (*canvas[:, : 2 * rows], *fog), strict=True):
        cv2.resize(plane, (width, 2 * rows), dst=out, interpolation=cv2.INTER_LINEAR)
    _add_lights(canvas, view, colours, hour, t_s, min(end, 2 * rows))
    spread = np.hypot(1.0, 0.5 * width / height * float(view.lens))
    high = max(dome.highest(view, width, height), 0.0)
    top_row = float(view.horizon) - (high * spread + 0.01) / float(view.lens)
    margin = abs(float(view.sin_roll)) * width / height
    first = min(max(int((top_row - margin) * height), 0), 2 * rows)
    if first == 2 * rows:
        return
    # Below the lowest slope of the ranges there is nothing but fog.
    low_row = float(view.horizon) - RANGES_LOW * spread / float(view.lens)
    last = min(max(int((low_row + margin) * height) + 1, first + 1), 2 * rows)
    seen = dome.seen(view, width, height, first=first, end=last)
    _lay_ranges(canvas, seen, fog, view, colours, hour, first)


@inline
def _layer(glow: Scalar, colours: Colours, hour: Hour) -> RGB:
    """Return the light of an even layer of cloud."""
    even = f32(f32(0.24) + f32(0.34) * hour.sun + f32(0.5) * glow)
    return scale_rgb(mix_rgb(colours.fog, colours.upper, f32(0.3)), even)


@inline
def air_light(azimuth: Scalar, slope: Scalar, colours: Colours, hour: Hour) -> RGB:
    """Return the light of the air in a direction, into which everything far sinks."""
    aside = f32(azimuth - hour.azimuth)
    glow = f32(hour.glow * scattered_light(aside, f32(slope - hour.slope)))
    air = mix_rgb(colours.upper, colours.horizon, f32(0.5))
    air = add_light(scale_rgb(air, f32(0.62)), colours.sun, f32(glow * f32(0.42)))
    return mix_rgb(air, _layer(glow, colours, hour), f32(hour.veil * f32(0.8)))


@inline
def _sky(azimuth: Scalar, slope: Scalar, colours: Colours, hour: Hour, t_s: Scalar) -> RGB:
    """Return the light of sky and clouds."""
    aside = f32(azimuth - hour.azimuth)
    above = f32(slope - hour.slope)
    glow = f32(hour.glow * scattered_light(aside, above))
    drift = f32(t_s * f32(0.012) + hour.seed)
    # Behind the camera's first view, where azimuths wrap around, the clouds part.
    apart = smoothstep(f32(3.1), f32(2.6), abs(azimuth))
    cover, edge = cloud_layer(azimuth, slope, aside, above, hour.clouds, drift)
    cover = f32(cover * apart)
    silver = f32(edge * edge * (f32(0.25) + f32(1.6) * glow))
    cloud = mix_rgb(colours.fog, colours.upper, f32(0.4))
    cloud = add_light(scale_rgb(cloud, f32(f32(0.4) + f32(0.5) * glow)), colours.sun, silver)
    colour = sky_gradient(slope, colours.zenith, colours.upper, colours.horizon)
    colour = mix_rgb(colour, cloud, f32(cover * f32(0.8)))
    colour = add_light(colour, colours.sun, glow)
    thick = f32(f32(0.55) + f32(0.45) * exponential(max(slope, f32(0)) * f32(-4)))
    return mix_rgb(colour, _layer(glow, colours, hour), f32(hour.veil * thick))


@kernel
def _breathe(
    soft: Canvas, view: View, colours: Colours, hour: Hour, t_s: Scalar, height: int
) -> None:
    """Work out sky (three planes), and the billows of the fog and the light on them."""
    _, rows, width = soft.shape
    red = np.empty(width, np.float32)
    green = np.empty(width, np.float32)
    blue = np.empty(width, np.float32)
    billow = np.empty(width, np.float32)
    lit = np.empty(width, np.float32)
    px = view.lens / f32(height)
    sun_x = sine(hour.azimuth)
    sun_z = cosine(hour.azimuth)
    margin = abs(view.sin_roll) * f32(width) * f32(0.5) * px + f32(0.02)
    for y in range(rows):
        up = (view.horizon - (f32(y) + f32(0.5)) / f32(height)) * view.lens
        if up > -margin:
            for x in range(width):
                azimuth, slope = heading(view, x, y, width, height)
                colour = _sky(azimuth, slope, colours, hour, t_s)
                red[x] = colour[0]
                green[x] = colour[1]
                blue[x] = colour[2]
            if hour.stars > f32(0):
                for x in range(width):
                    azimuth, slope = heading(view, x, y, width, height)
                    light = milky_way(azimuth, slope, hour.seed) * hour.stars
                    red[x] += light * f32(0.10)
                    green[x] += light * f32(0.105)
                    blue[x] += light * f32(0.12)
            for x in range(width):
                soft[0, y, x] = red[x]
            for x in range(width):
                soft[1, y, x] = green[x]
            for x in range(width):
                soft[2, y, x] = blue[x]
        if up < margin:
            for x in range(width):
                azimuth, slope = heading(view, x, y, width, height)
                away = -hour.sea_m / max(-slope, f32(0.004))
                gx = (sine(azimuth) * away + t_s * f32(9)) * f32(1 / 400)
                gz = (cosine(azimuth) * away + t_s * f32(4)) * f32(1 / 400)
                # Far away a pixel sees many billows at once.
                clear = exponential(-away * f32(1 / 14000))
                swell = value_noise(f32(gx * f32(0.31) - t_s * f32(0.03)), f32(gz * f32(0.31)))
                heap = fbm3(f32(gx), f32(gz + t_s * f32(0.02)))
                sunward = fbm3(f32(gx + sun_x * f32(0.16)), f32(gz + sun_z * f32(0.16)))
                billow[x] = mix(f32(0.5), f32(0.55) * heap + f32(0.45) * swell, clear)
                lean = (heap - sunward) * f32(3.6) + (heap - f32(0.5)) * f32(1.1)
                lit[x] = saturate(f32(0.44) + lean * (f32(0.15) + f32(0.85) * clear))
            for x in range(width):
                soft[3, y, x] = billow[x]
            for x in range(width):
                soft[4, y, x] = lit[x]


@kernel
def _add_lights(
    canvas: Canvas, view: View, colours: Colours, hour: Hour, t_s: Scalar, end: int
) -> None:
    """Add what is sharp in the sky: stars, and the disc of sun or moon."""
    _, height, width = canvas.shape
    light = np.empty(width, np.float32)
    for y in range(end):
        up = (view.horizon - f32(y) / f32(height)) * view.lens
        near = abs(up - hour.slope) < f32(3) * hour.radius + f32(0.4) * hour.slope
        if hour.stars > f32(0) and up > f32(0):
            for x in range(width):
                azimuth, slope = heading(view, x, y, width, height)
                light[x] = starlight(azimuth, slope, t_s) * hour.stars * f32(0.75)
            for plane in range(3):
                out = canvas[plane, y]
                for x in range(width):
                    out[x] += light[x]
        if near and hour.disc > f32(0):
            for x in range(width):
                azimuth, slope = heading(view, x, y, width, height)
                aside = f32(azimuth - hour.azimuth)
                above = f32(slope - hour.slope)
                r = np.sqrt(f32(aside * aside + above * above)) / hour.radius
                light[x] = smoothstep(f32(1.03), f32(0.95), r) * hour.disc
            for plane in range(3):
                out = canvas[plane, y]
                own = colours.sun[plane]
                for x in range(width):
                    out[x] += light[x] * own


@inline
def _below(slope: Scalar) -> Scalar:
    """Return 1 below the horizon, 0 above, softly."""
    return saturate(f32(slope * f32(-220)))


@kernel
def _lay_ranges(
    canvas: Canvas,
    seen: NDArray[np.uint8],
    fog: Canvas,
    view: View,
    colours: Colours,
    hour: Hour,
    first: int,
) -> None:
    """Lay snow, rock, haze and the sea of fog over the sky."""
    _, height, width = canvas.shape
    rows = fog.shape[1] - first
    last = seen.shape[0] - 1
    red = np.empty(width, np.float32)
    green = np.empty(width, np.float32)
    blue = np.empty(width, np.float32)
    light = np.empty(width, np.float32)
    snow = np.empty(width, np.float32)
    away = np.empty(width, np.float32)
    cover = np.empty(width, np.float32)
    billow = np.empty(width, np.float32)
    lit = np.empty(width, np.float32)
    step = f32(1 / 255)
    sky = add_light(scale_rgb(colours.upper, f32(0.65)), colours.zenith, f32(0.5))
    sky = scale_rgb(sky, hour.sky)
    sun = scale_rgb(colours.sun, hour.sun)
    dark_fog = mix_rgb(scale_rgb(colours.fog, f32(0.38)), colours.upper, f32(0.30))
    for y in range(rows):
        row = y + first
        far = seen[min(y, last)]
        for x in range(width):
            light[x] = f32(far[x, 0]) * step
            snow[x] = f32(far[x, 1]) * step
            away[x] = f32(far[x, 2])
            cover[x] = f32(far[x, 3]) * step
        for x in range(width):
            billow[x] = fog[0, row, x]
        for x in range(width):
            lit[x] = fog[1, row, x]
        for x in range(width):
            azimuth, slope = heading(view, x, row, width, height)
            away_km = f32(NEAR_M * 0.001) * power_of_2(f32(away[x] * f32(1 / STEPS_PER_OCTAVE)))
            white = colours.snow
            stone = scale_rgb(colours.rock, f32(0.7))
            face = mix_rgb(stone, white, snow[x])
            r = face[0] * (sky[0] + sun[0] * light[x])
            g = face[1] * (sky[1] + sun[1] * light[x])
            b = face[2] * (sky[2] + sun[2] * light[x])
            air = air_light(azimuth, slope, colours, hour)
            high_m = slope * away_km * f32(1000)
            # The air is thicker in the valleys: ranges stand on a paler foot.
            low = exponential(-max(high_m - hour.sea_m, f32(0)) * f32(1 / 520))
            lost = f32(1) - exponential(-away_km * hour.haze * (f32(0.55) + f32(1.5) * low))
            colour = mix_rgb((f32(r), f32(g), f32(b)), air, f32(lost))
            below = _below(slope)
            over_m = hour.sea_m + (billow[x] - f32(0.5)) * f32(190) - high_m
            sunk = smoothstep(f32(-70), f32(60), over_m)
            sunk = max(sunk, below * (f32(1) - cover[x]))
            far_km = -hour.sea_m * f32(0.001) / max(-slope, f32(0.004))
            aside = f32(azimuth - hour.azimuth)
            through = hour.glow * scattered_light(aside, f32(slope - hour.slope))
            cloud = add_light(dark_fog, colours.sun, f32(through * f32(0.30)))
            bright = hour.sun * f32(0.30) + through * f32(0.45)
            cloud = add_light(cloud, colours.sun, f32(lit[x] * lit[x] * bright))
            cloud = add_light(cloud, colours.fog, f32(lit[x] * (f32(0.08) + f32(0.4) * hour.sky)))
            faded = f32(1) - exponential(-far_km * hour.haze * f32(1.1))
            cloud = mix_rgb(cloud, air, f32(faded))
            colour = mix_rgb(colour, cloud, f32(sunk))
            red[x] = colour[0]
            green[x] = colour[1]
            blue[x] = colour[2]
            cover[x] = max(cover[x], below)
        for x in range(width):
            canvas[0, row, x] = mix(canvas[0, row, x], red[x], cover[x])
        for x in range(width):
            canvas[1, row, x] = mix(canvas[1, row, x], green[x], cover[x])
        for x in range(width):
            canvas[2, row, x] = mix(canvas[2, row, x], blue[x], cover[x])
