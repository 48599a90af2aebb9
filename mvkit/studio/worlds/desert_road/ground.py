"""The plain and the road on it, down to cracks and pebbles."""

from __future__ import annotations

import numpy as np

from mvkit.studio.kit.canvas import Canvas, pixel, store_row
from mvkit.studio.kit.jit import Scalar, f32, inline, kernel
from mvkit.studio.kit.maths import (
    arctan2,
    cosine,
    exponential,
    fraction,
    mix,
    saturate,
    select,
    sine,
    smoothstep,
)
from mvkit.studio.kit.noise import fbm3, resolved, value_noise
from mvkit.studio.kit.rgb import RGB, add_light, mix_rgb, scale_rgb
from mvkit.studio.kit.sky import scattered_light
from mvkit.studio.kit.view import View, horizon_band, ray
from mvkit.studio.worlds.desert_road.dress import Colours, Hour

__all__ = ["paint_ground"]


@inline
def _sand(x: Scalar, z: Scalar, wide: Scalar, long: Scalar) -> Scalar:
    """Return the brightness of the plain: swells, ripples of the wind, pebbles."""
    swell = fbm3(f32(x * f32(0.11)), f32(z * f32(0.07)))
    bend = f32(z * f32(4.2) + swell * f32(23) + x * f32(1.1))
    ripple = (
        sine(bend) * resolved(f32(1.5), long) * f32(0.16) * smoothstep(f32(0.4), f32(0.6), swell)
    )
    stone = value_noise(f32(x * f32(5)), f32(z * f32(5))) * resolved(f32(0.4), long)
    pebble = value_noise(f32(x * f32(19)), f32(z * f32(19))) * resolved(f32(0.11), long)
    scrub = smoothstep(f32(0.62), f32(0.78), value_noise(f32(x * f32(0.5)), f32(z * f32(0.22))))
    scrub = scrub * f32(0.35) * resolved(f32(6), long) * saturate(f32(0.5) / wide)
    grain = (stone - f32(0.4)) * f32(0.22) + (pebble - f32(0.4)) * f32(0.26)
    return f32(f32(0.42) + f32(0.75) * swell + ripple + grain - scrub)


@inline
def _asphalt(x: Scalar, z: Scalar, grit: Scalar, long: Scalar) -> Scalar:
    """Return the brightness of worn asphalt: grit, patches, wheel tracks, cracks."""
    aside = abs(abs(x) - f32(1.75))
    track = exponential(f32((aside - f32(0.8)) * (aside - f32(0.8)) * f32(-9)))
    patch = value_noise(f32(x * f32(0.45)), f32(z * f32(0.05)))
    fine = value_noise(f32(x * f32(31)), f32(z * f32(31))) * resolved(f32(0.07), long)
    vein = value_noise(f32(x * f32(0.9) + f32(5)), f32(z * f32(0.5))) + f32(0.10) * grit
    wide = f32(0.004) + f32(0.02) * smoothstep(f32(0.4), f32(0.9), patch)
    crack = smoothstep(wide, f32(0), abs(vein - f32(0.62))) * resolved(f32(0.2), long)
    tone = f32(0.72) + f32(0.4) * patch - f32(0.16) * track + f32(0.5) * (fine - f32(0.4))
    tone = tone + f32(0.3) * (grit - f32(0.5))
    return f32(tone * (f32(1) - f32(0.5) * crack))


@inline
def _markings(
    x: Scalar, z: Scalar, grit: Scalar, wide: Scalar, long: Scalar
) -> tuple[Scalar, Scalar]:
    """Return the cover of the yellow middle line and of the white edge lines."""
    soft = f32(0.02) + wide
    beat = z * f32(1 / 9)
    inside = abs(fraction(beat) - f32(0.5)) * f32(9) - f32(1.6)
    dash = saturate(f32(0.5) - inside / (long + f32(0.05)))
    dash = mix(dash, f32(0.36), f32(1) - resolved(f32(9), long))
    middle = smoothstep(f32(0.07) + soft, f32(0.07) - soft, abs(x)) * dash
    edge = smoothstep(f32(0.06) + soft, f32(0.06) - soft, abs(abs(x) - f32(3.35)))
    worn = f32(0.6) + f32(0.4) * smoothstep(f32(0.2), f32(0.6), grit)
    return f32(middle * worn), f32(edge * worn)


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
) -> tuple[Scalar, Scalar, Scalar, Scalar, Scalar, Scalar]:
    """Return the place on the ground under a pixel.

    Returns
    -------
    tuple
        x, z, size of the pixel across and along the view in metres, azimuth, downward tangent.
    """
    dx, up, dz, _ = ray(view, x, y, width, height)
    down = max(-up, f32(0.0012))
    depth = view.y_m / down
    wide = f32(depth * view.lens / f32(height))
    long = f32(depth * wide / max(view.y_m, f32(0.1)))
    return f32(view.x_m + dx * depth), f32(view.z_m + dz * depth), wide, long, arctan2(dx, dz), down


@inline
def _road(
    x: Scalar, z: Scalar, wide: Scalar, long: Scalar, down: Scalar, bearing: Scalar,
    colours: Colours, hour: Hour, mirage: Scalar, t_s: Scalar,
) -> tuple[RGB, Scalar]:  # fmt: skip
    """Return the light of the road and its cover over the sand."""
    horizon, sun, tar = colours.horizon, colours.sun, colours.asphalt
    grit = mix(f32(0.5), value_noise(f32(x * f32(6)), f32(z * f32(6))), resolved(f32(0.3), long))
    verge = f32(3.5) + f32(0.5) * value_noise(f32(x * f32(0.2)), f32(z * f32(0.45)))
    verge = verge + f32(0.3) * grit
    cover = smoothstep(verge + f32(0.04) + wide, verge - f32(0.04) - wide, abs(x))
    colour = scale_rgb(tar, _asphalt(x, z, grit, long))
    middle, lines = _markings(x, z, grit, wide, long)
    paint = f32(tar[0] * f32(6) + f32(0.10))
    yellow = (paint, f32(paint * f32(0.72)), f32(paint * f32(0.16)))
    white = (paint, f32(paint * f32(0.95)), f32(paint * f32(0.88)))
    colour = mix_rgb(mix_rgb(colour, yellow, middle), white, lines)
    sheen = exponential(f32(down * f32(-9)))
    path = _sun_path(bearing, down, hour)
    colour = add_light(colour, horizon, f32(sheen * f32(0.28)))
    colour = add_light(colour, sun, f32(path * (f32(0.16) + f32(0.8) * sheen)))
    # Mirage: the hot air over the road bends the sky up, in wavering pools.
    pool = value_noise(f32(bearing * f32(50)), f32(down * f32(420) + t_s * f32(2.2)))
    near = f32(f32(0.010) + f32(0.016) * pool)
    mirror = smoothstep(near, f32(near * f32(0.55)), down) * mirage
    bright = add_light(scale_rgb(horizon, f32(0.8)), sun, path)
    return mix_rgb(colour, bright, f32(mirror)), f32(cover)


@inline
def _sun_path(bearing: Scalar, down: Scalar, hour: Hour) -> Scalar:
    """Return the light that skims over the ground under the sun."""
    aside = f32(bearing - hour.azimuth)
    return f32(
        hour.glow * exponential(f32(aside * aside * f32(-14))) * exponential(f32(down * f32(-4)))
    )


@inline
def _shadow(x: Scalar, z: Scalar, person: RGB, sun_x: Scalar, sun_z: Scalar) -> Scalar:
    """Return the shadow of a person at x, z with a shadow of so many metres, 0 none."""
    px = x - person[0]
    pz = z - person[1]
    along = -px * sun_x - pz * sun_z
    aside = abs(px * sun_z - pz * sun_x)
    share = along / max(person[2], f32(0.1))
    # Half widths along the shadow: legs, coat, and the head at its end.
    half = f32(0.13) + f32(0.16) * smoothstep(f32(0.1), f32(0.6), share)
    half = half - f32(0.17) * smoothstep(f32(0.8), f32(0.9), share)
    soft = f32(0.05) + f32(0.35) * saturate(share)
    ends = smoothstep(f32(-0.12), f32(0.12), along) * smoothstep(f32(1.02), f32(0.8), share)
    body = smoothstep(half + soft, half - soft, aside)
    return f32(body * ends * select(person[2] > f32(0.1)))


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
    """Paint plain and road below the horizon; ``person`` as in :func:`_shadow`."""
    _, height, width = canvas.shape
    red = np.empty(width, np.float32)
    green = np.empty(width, np.float32)
    blue = np.empty(width, np.float32)
    road_r = np.empty(width, np.float32)
    road_g = np.empty(width, np.float32)
    road_b = np.empty(width, np.float32)
    paved = np.empty(width, np.float32)
    under = np.empty((3, width), np.float32)
    horizon, sun, sand = colours.horizon, colours.sun, colours.sand
    px = view.lens / f32(height)
    mirage = saturate(f32(shimmer * f32(45)))
    sun_x = sine(hour.azimuth)
    sun_z = cosine(hour.azimuth)
    band_0, band_1 = horizon_band(view, width, height)
    for x in range(width):
        red[x] = green[x] = blue[x] = road_r[x] = road_g[x] = road_b[x] = f32(0)
    for y in range(band_0, height):
        near_horizon = y < band_1
        # Sand outside, road inside, both in between; both everywhere at the horizon and when
        # the camera looks across the road or back.
        both = near_horizon or view.cos_yaw < f32(0.2)
        road_0 = 0 if both else _column_of(view, f32(-4.5), y, width, height)
        road_1 = width if both else _column_of(view, f32(4.5), y, width, height)
        inner_0 = width if both else _column_of(view, f32(-3.3), y, width, height)
        inner_1 = width if both else _column_of(view, f32(3.3), y, width, height)
        for side in range(2):
            begin = 0 if side == 0 else inner_1
            end = inner_0 if side == 0 else width
            for x in range(begin, end):
                gx, gz, wide, long, bearing, down = _land_at(view, x, y, width, height)
                tone = _sand(gx, gz, wide, long)
                path = _sun_path(bearing, down, hour)
                land = add_light(scale_rgb(sand, tone), sun, f32(path * tone * f32(0.30)))
                red[x] = land[0]
                green[x] = land[1]
                blue[x] = land[2]
        for x in range(width):
            paved[x] = f32(0)
        for x in range(road_0, road_1):
            gx, gz, wide, long, bearing, down = _land_at(view, x, y, width, height)
            road, cover = _road(gx, gz, wide, long, down, bearing, colours, hour, mirage, t_s)
            road_r[x] = road[0]
            road_g[x] = road[1]
            road_b[x] = road[2]
            paved[x] = cover
        for plane in range(3):
            for x in range(width):
                under[plane, x] = canvas[plane, y, x] if near_horizon else f32(0)
        for x in range(width):
            gx, gz, wide, long, bearing, down = _land_at(view, x, y, width, height)
            dark = _shadow(gx, gz, person, sun_x, sun_z)
            above = f32(-down - hour.slope)
            glow = hour.glow * scattered_light(f32(bearing - hour.azimuth), above)
            lost = f32(1) - exponential(f32(-wide / px * hour.haze))
            light = f32(f32(1) - f32(0.72) * dark)
            air = scale_rgb(horizon, f32(f32(0.42) + f32(0.5) * glow))
            _, up, _, _ = ray(view, x, y, width, height)
            cover = saturate(-up / px + f32(0.5))
            r = mix(red[x], road_r[x], paved[x]) * light
            g = mix(green[x], road_g[x], paved[x]) * light
            b = mix(blue[x], road_b[x], paved[x]) * light
            red[x] = mix(under[0, x], mix(r, air[0], lost), cover)
            green[x] = mix(under[1, x], mix(g, air[1], lost), cover)
            blue[x] = mix(under[2, x], mix(b, air[2], lost), cover)
        store_row(canvas, y, red, green, blue)
