"""The sea: slopes of waves, what they mirror, and the glitter of the light on them.

A pixel of water mirrors the sky in the direction into which its slope sends the ray, and
glitters where that slope mirrors the moon itself. Waves too small for a pixel are not drawn but
counted as roughness, so that the glitter melts into a calm path of light far away instead of
flickering (after M. Olano and D. Baker, "LEAN mapping", 2010).
"""

from __future__ import annotations

import numpy as np

from mvkit.studio.kit.canvas import Canvas, Row, double_row
from mvkit.studio.kit.jit import Scalar, f32, inline, kernel
from mvkit.studio.kit.maths import arctan2, cosine, exponential, mix, saturate, sine, smoothstep
from mvkit.studio.kit.noise import resolved, value_noise
from mvkit.studio.kit.rgb import RGB, add_light, mix_rgb, scale_rgb
from mvkit.studio.kit.sky import scattered_light, sky_gradient
from mvkit.studio.kit.view import View, horizon_band, ray
from mvkit.studio.music import Pulse
from mvkit.studio.worlds.ocean_moon.air import air_light
from mvkit.studio.worlds.ocean_moon.aurora import lit_curtain, ripple_of_light
from mvkit.studio.worlds.ocean_moon.dress import Colours, Hour
from mvkit.studio.worlds.ocean_moon.shore import (
    LAND_M,
    Shore,
    columns_inland,
    first_large_row,
    has_own_light,
)

__all__ = ["mirrored_sky", "paint_water"]


@inline
def mirrored_sky(azimuth: Scalar, slope: Scalar, hour: Hour, colours: Colours, t_s: Scalar) -> RGB:
    """Return what water mirrors: the sky without details that waves would tear up anyway."""
    zenith, upper, horizon = colours.zenith, colours.upper, colours.horizon
    aside = f32(azimuth - hour.azimuth)
    glow = f32(hour.glow * scattered_light(aside, f32(slope - hour.slope)))
    colour = sky_gradient(slope, zenith, upper, horizon)
    reach = f32(f32(1) / (slope + f32(0.13)))
    drift = f32(t_s * f32(0.014) + hour.seed)
    patch = value_noise(
        f32(azimuth * reach * f32(0.55) + drift), f32(reach * f32(1.1) + drift * f32(0.66))
    )
    cover = smoothstep(f32(0.3), f32(0.8), patch) * hour.clouds
    colour = mix_rgb(colour, scale_rgb(colours.cloud, f32(f32(0.4) + glow)), f32(cover * f32(0.5)))
    return add_light(colour, colours.moon, f32(glow * f32(0.8)))


@inline
def _wave(
    x: Scalar, z: Scalar, long: Scalar, t_s: Scalar,
    toward_x: Scalar, toward_z: Scalar, length: Scalar, steep: Scalar,
) -> tuple[Scalar, Scalar, Scalar]:  # fmt: skip
    """Return the slopes in x and z of one travelling wave, and the variance pixels cannot show.

    Deep water: a wave of wavenumber k runs with the frequency sqrt(g k).
    """
    number = f32(6.2831853) / length
    phase = number * (x * toward_x + z * toward_z) - np.sqrt(f32(9.81) * number) * t_s
    seen = resolved(length * f32(0.5), long)
    slope = steep * seen * cosine(phase) * (f32(1) + f32(0.5) * sine(phase))
    return (
        f32(slope * toward_x),
        f32(slope * toward_z),
        f32(f32(0.55) * steep * steep * (f32(1) - seen * seen)),
    )


@inline
def _sea(
    x: Scalar, z: Scalar, long: Scalar, swell: Scalar, t_s: Scalar
) -> tuple[Scalar, Scalar, Scalar]:
    """Return the slopes of the sea in x and z, and the variance of slopes below a pixel."""
    gust = value_noise(f32(x * f32(0.035) + t_s * f32(0.05)), f32(z * f32(0.02)))
    calm = f32(swell * (f32(0.55) + f32(0.9) * gust))
    # Bent coordinates break the long crests of a plain sum of waves.
    broad = value_noise(f32(x * f32(0.12)), f32(z * f32(0.12) + t_s * f32(0.05)))
    small = value_noise(f32(x * f32(0.62) + f32(9)), f32(z * f32(0.62) - t_s * f32(0.12)))
    x = f32(x + f32(3.0) * broad)
    z = f32(z + f32(4.0) * broad)
    a = _wave(x, z, long, t_s, f32(-0.26), f32(-0.97), f32(11.0), f32(0.035))
    b = _wave(x, z, long, t_s, f32(0.50), f32(-0.87), f32(6.3), f32(0.045))
    x = f32(x + f32(0.8) * small)
    z = f32(z - f32(0.7) * small)
    c = _wave(x, z, long, t_s, f32(-0.71), f32(-0.70), f32(3.1), f32(0.060))
    d = _wave(x, z, long, t_s, f32(0.17), f32(-0.98), f32(1.9), f32(0.060))
    e = _wave(x, z, long, t_s, f32(0.82), f32(-0.57), f32(1.13), f32(0.065))
    f = _wave(x, z, long, t_s, f32(-0.44), f32(-0.90), f32(0.67), f32(0.065))
    g = _wave(x, z, long, t_s, f32(0.64), f32(0.77), f32(0.39), f32(0.060))
    h = _wave(x, z, long, t_s, f32(-0.90), f32(-0.44), f32(0.21), f32(0.050))
    return (
        f32(calm * (a[0] + b[0] + c[0] + d[0] + e[0] + f[0] + g[0] + h[0])),
        f32(calm * (a[1] + b[1] + c[1] + d[1] + e[1] + f[1] + g[1] + h[1])),
        f32(calm * calm * (a[2] + b[2] + c[2] + d[2] + e[2] + f[2] + g[2] + h[2])),
    )


@inline
def _glints(
    dx: Scalar, dy: Scalar, dz: Scalar, sx: Scalar, sz: Scalar, variance: Scalar, hour: Hour
) -> Scalar:
    """Return how many facets of the water mirror the moon along a unit ray.

    The slope that would mirror it follows from the half vector; facets around the mean slope
    are spread normally.
    """
    level = f32(1) / np.sqrt(f32(1) + hour.slope * hour.slope)
    hx = sine(hour.azimuth) * level - dx
    hy = max(f32(hour.slope * level - dy), f32(0.01))
    hz = cosine(hour.azimuth) * level - dz
    off_x = f32(sx + hx / hy)
    off_z = f32(sz + hz / hy)
    per = f32(0.5) / variance
    spread = exponential(f32(-(off_x * off_x + off_z * off_z) * per))
    return f32(spread * per * f32(0.3183))


@inline
def _water(
    view: View, x: int, y: int, width: int, height: int,
    colours: Colours, hour: Hour, t_s: Scalar,
) -> tuple[RGB, Scalar, Scalar, Scalar]:  # fmt: skip
    """Return the light of the sea under a pixel.

    Returns
    -------
    tuple
        Colour; azimuth and slope of the mirrored sky, share of its light.
    """
    moon, deep = colours.moon, colours.water
    px = view.lens / f32(height)
    dx, up, dz, _ = ray(view, x, y, width, height)
    dy = min(up, f32(-0.0012))
    depth = view.y_m / -dy
    gx = f32(view.x_m + dx * depth)
    gz = f32(view.z_m + dz * depth)
    long = f32(depth * depth * px / max(view.y_m, f32(0.2)))
    sx, sz, variance = _sea(gx, gz, long, hour.swell, t_s)
    variance = f32(variance + f32(0.0020))
    unit = f32(1) / np.sqrt(dx * dx + dy * dy + dz * dz)
    ux = f32(dx * unit)
    uy = f32(dy * unit)
    uz = f32(dz * unit)
    per_n = f32(f32(1) / (f32(1) + sx * sx + sz * sz))
    # A facet that turns away from the eye is hidden by the next one.
    facing = max(f32(ux * sx - uy + uz * sz), f32(0.04))
    twice = f32(f32(-2) * facing * per_n)
    rx = f32(ux + twice * sx)
    ry = f32(uy - twice)
    rz = f32(uz + twice * sz)
    # Facets seen at a glance tilt towards the eye: they mirror higher sky.
    lift = np.sqrt(variance) * f32(0.9)
    slope = f32(max(ry / np.sqrt(rx * rx + rz * rz + f32(1e-6)), f32(0)) + lift)
    azimuth = arctan2(rx, rz)
    away = f32(1) - saturate(f32(facing * np.sqrt(per_n) + lift * f32(0.5)))
    fresnel = f32(f32(0.05) + f32(0.95) * away * away * away * away * away)
    # Light from within, on the sides that waves turn to the eye: deep water is never black.
    side = saturate(f32(f32(0.5) - (sx * ux + sz * uz) * f32(-2.6)))
    colour = scale_rgb(deep, f32(f32(0.5) + f32(0.9) * side))
    colour = add_light(colour, colours.upper, f32(f32(0.55) * side * side * side))
    colour = mix_rgb(colour, mirrored_sky(azimuth, slope, hour, colours, t_s), fresnel)
    glint = _glints(ux, uy, uz, sx, sz, variance, hour)
    colour = add_light(colour, moon, f32(glint * hour.glitter))
    air = air_light(arctan2(dx, dz), up, hour, colours)
    colour = mix_rgb(colour, air, f32(f32(1) - exponential(f32(-depth * hour.haze))))
    mirror = f32(f32(0.08) + f32(0.7) * fresnel)
    return colour, azimuth, slope, mirror


@kernel
def paint_water(
    canvas: Canvas,
    view: View,
    colours: Colours,
    hour: Hour,
    pulse: Pulse,
    t_s: Scalar,
    shore: Shore,
) -> None:
    """Paint the sea below the horizon, but not where a shore's dry sand is to come.

    Waves are wider than high in the frame, so every other column is computed and the columns
    between are interpolated.
    """
    _, height, width = canvas.shape
    half = (width + 1) // 2
    red = np.zeros(half, np.float32)
    green = np.zeros(half, np.float32)
    blue = np.zeros(half, np.float32)
    cover = np.zeros(half, np.float32)
    azimuth = np.zeros(half, np.float32)
    slope = np.zeros(half, np.float32)
    mirror = np.zeros(half, np.float32)
    wide = np.empty(width, np.float32)
    edge = np.empty(width, np.float32)
    band_0, band_1 = horizon_band(view, width, height)
    large_row = first_large_row(view, width, height)
    for y in range(band_0, height):
        if not has_own_light(y, large_row):
            continue
        dry_0, dry_1 = columns_inland(view, shore, f32(LAND_M), y, width, height)
        if dry_1 - dry_0 >= width:
            continue
        begin = dry_1 // 2 - 1 if dry_1 > dry_0 and dry_0 == 0 else 0
        end = (dry_0 + 1) // 2 + 1 if dry_1 > dry_0 and dry_0 > 0 else half
        begin = max(begin, 0)
        end = min(end, half)
        _water_row(
            red[begin:end], green[begin:end], blue[begin:end],
            azimuth[begin:end], slope[begin:end], mirror[begin:end], begin,
            view, y, width, height, colours, hour, pulse, t_s,
        )  # fmt: skip
        for x in range(half):
            _, up, _, _ = ray(view, 2 * x, y, width, height)
            cover[x] = saturate(-up * f32(height) / view.lens + f32(0.5))
        blended = y < band_1
        double_row(cover, edge)
        _store_doubled(canvas[0, y], red, edge, wide, blended)
        _store_doubled(canvas[1, y], green, edge, wide, blended)
        _store_doubled(canvas[2, y], blue, edge, wide, blended)


@inline
def _water_row(
    red: Row, green: Row, blue: Row, azimuth: Row, slope: Row, mirror: Row, begin: int,
    view: View, y: int, width: int, height: int,
    colours: Colours, hour: Hour, pulse: Pulse, t_s: Scalar,
) -> None:  # fmt: skip
    """Fill part of a row with the light of the sea, in every other column."""
    for x in range(red.size):
        colour, azimuth[x], slope[x], mirror[x] = _water(
            view, 2 * (x + begin), y, width, height, colours, hour, t_s
        )
        red[x] = colour[0]
        green[x] = colour[1]
        blue[x] = colour[2]
    if hour.aurora > f32(0):
        for x in range(red.size):
            share = ripple_of_light(azimuth[x], hour, pulse) * mirror[x]
            light = lit_curtain(azimuth[x], slope[x], f32(0), hour, colours, t_s)
            red[x] += light[0] * share
            green[x] += light[1] * share
            blue[x] += light[2] * share


@inline
def _store_doubled(line: Row, values: Row, cover: Row, wide: Row, blended: bool) -> None:
    """Fill a row from one of half its length, over what is there if ``blended``."""
    double_row(values, wide)
    if blended:
        for x in range(line.size):
            line[x] = mix(line[x], wide[x], cover[x])
    else:
        for x in range(line.size):
            line[x] = wide[x]
