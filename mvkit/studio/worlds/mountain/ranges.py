"""The ranges all around: a landscape of 100 km, seen once from the ridge and kept on a dome."""

from __future__ import annotations

from functools import lru_cache
from math import cos, pi, sin

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.kit.canvas import pixel
from mvkit.studio.kit.dome import Dome
from mvkit.studio.kit.jit import Scalar, f32, inline, kernel
from mvkit.studio.kit.maths import exponential, log2, mix, power_of_2, saturate, smoothstep
from mvkit.studio.kit.noise import value_noise

__all__ = ["NEAR_M", "RANGES_HIGH", "RANGES_LOW", "STEPS_PER_OCTAVE", "ranges"]

RANGES_LOW, RANGES_HIGH = -0.20, 0.38
"""Slopes between which there are mountains."""

NEAR_M, STEPS_PER_OCTAVE = 1300.0, 46.0
_FAR_M = 52_000.0
_ROWS, _COLUMNS = 380, 3456
_STEPS = 520

Plane = NDArray[np.float32]


@lru_cache(maxsize=3)
def ranges(seed: int, azimuth: float, slope: float) -> Dome:
    """Return the mountains for a direction of the sun.

    The dome's planes are, in 8 bits: light of the sun, snow, distance (0 is `NEAR_M`, each
    octave `STEPS_PER_OCTAVE`), cover.
    """
    picture = np.zeros((_ROWS, _COLUMNS, 4), np.float32)
    depth = np.full((_ROWS, _COLUMNS), np.float32(_FAR_M))
    f = np.float32
    own = f(seed * 7.31 + 2.5)
    _look_around(picture, depth, own)
    norm = (1 + slope * slope) ** -0.5
    sun = f(sin(azimuth) * norm), f(slope * norm), f(cos(azimuth) * norm)
    _light(picture, depth, own, sun)
    picture[0] = 0  # nothing rises over the dome
    picture *= np.float32(255)  # in place, as it is large
    picture += np.float32(0.5)
    np.clip(picture, 0, 255, out=picture)
    return Dome(picture.astype(np.uint8), low=RANGES_LOW, high=RANGES_HIGH)


@inline
def _octave(x: Scalar, z: Scalar, weight: Scalar) -> Scalar:
    """Return one octave of ridges: sharp crests, in detail only where there is a ridge already."""
    fold = f32(1) - abs(value_noise(x, z) * f32(2) - f32(1))
    return f32(fold * fold * weight)


@inline
def _land_m(x: Scalar, z: Scalar, seed: Scalar, fine: Scalar) -> Scalar:
    """Return the height of the land over the ridge's path, in metres; ``fine`` adds detail."""
    u = f32(x * f32(1 / 4300) + seed)
    v = f32(z * f32(1 / 4300) + seed)
    bend = value_noise(f32(u * f32(1.7)), f32(v * f32(1.7)))
    u = f32(u + bend * f32(0.35))
    a = _octave(u, v, f32(1))
    u, v = f32(u * f32(1.6) - v * f32(1.2)), f32(u * f32(1.2) + v * f32(1.6) + f32(3.1))
    b = _octave(u, v, saturate(f32(a * f32(1.8) + f32(0.1))))
    u, v = f32(u * f32(1.6) - v * f32(1.2)), f32(u * f32(1.2) + v * f32(1.6) + f32(7.7))
    c = _octave(u, v, saturate(f32(b * f32(1.8) + f32(0.1))))
    u, v = f32(u * f32(1.6) - v * f32(1.2)), f32(u * f32(1.2) + v * f32(1.6) + f32(1.3))
    d = _octave(u, v, saturate(f32(c * f32(1.6) + f32(0.15))))
    u, v = f32(u * f32(1.6) - v * f32(1.2)), f32(u * f32(1.2) + v * f32(1.6) + f32(5.9))
    e = _octave(u, v, saturate(f32(d * f32(1.5) + f32(0.2))))
    u, v = f32(u * f32(1.6) - v * f32(1.2)), f32(u * f32(1.2) + v * f32(1.6) + f32(2.2))
    g = _octave(u, v, f32(1)) * fine
    rise = a + f32(0.46) * b + f32(0.23) * c + f32(0.115) * d + f32(0.06) * e + f32(0.03) * g
    away = np.sqrt(f32(x * x + z * z))
    # Four great massifs around the ridge; the valley at its foot stays under the fog.
    ahead = _massif(x, z, f32(1500), f32(6300)) + _massif(x, z, f32(-5600), f32(5200))
    behind = _massif(x, z, f32(5600), f32(-3000)) + _massif(x, z, f32(-2500), f32(-6800))
    tall = f32(760) + f32(900) * saturate(f32(ahead + behind))
    tall = tall + f32(500) * smoothstep(f32(9000), f32(26000), away)
    open_m = smoothstep(f32(1100), f32(4200), away)
    return f32(f32(-640) + rise * tall * (f32(0.25) + f32(0.75) * open_m))


@inline
def _massif(x: Scalar, z: Scalar, middle_x: Scalar, middle_z: Scalar) -> Scalar:
    off_x = (x - middle_x) * f32(1 / 2300)
    off_z = (z - middle_z) * f32(1 / 2300)
    return exponential(f32(-(off_x * off_x + off_z * off_z)))


@kernel
def _look_around(picture: NDArray[np.float32], depth: Plane, seed: Scalar) -> None:
    """Find distance and cover of each direction, marching outwards."""
    rows, columns, _ = picture.shape
    octaves = f32(np.log2(_FAR_M / NEAR_M) / (_STEPS - 1))
    rows_per_slope = f32(rows / (RANGES_HIGH - RANGES_LOW))
    sine = np.empty(columns, np.float32)
    cosine = np.empty(columns, np.float32)
    bottom = np.empty(columns, np.float32)
    crest = np.empty(columns, np.float32)
    for x in range(columns):
        azimuth = (x + 0.5) / columns * 2 * pi - pi
        sine[x] = f32(np.sin(azimuth))
        cosine[x] = f32(np.cos(azimuth))
        bottom[x] = f32(rows)
    for k in range(_STEPS):
        away = f32(NEAR_M) * power_of_2(f32(f32(k) * octaves))
        fine = f32(1) if away < f32(15000) else f32(0)
        per_m = rows_per_slope / away
        for x in range(columns):
            land = _land_m(f32(sine[x] * away), f32(cosine[x] * away), seed, fine)
            crest[x] = f32(RANGES_HIGH) * rows_per_slope - land * per_m
        for x in range(columns):
            if crest[x] < bottom[x]:
                begin = pixel(np.floor(crest[x]), rows)
                for y in range(begin, pixel(np.ceil(bottom[x]), rows)):
                    seen = saturate(f32(y + 1) - crest[x])
                    if picture[y, x, 3] < seen:
                        picture[y, x, 3] = seen
                        depth[y, x] = away
                bottom[x] = crest[x]


@kernel
def _light(
    picture: NDArray[np.float32], depth: Plane, seed: Scalar, sun: tuple[Scalar, Scalar, Scalar]
) -> None:
    """Light what was found: sun with shadows, and snow where it is high and not too steep."""
    rows, columns, _ = picture.shape
    sine = np.empty(columns, np.float32)
    cosine = np.empty(columns, np.float32)
    light = np.empty(columns, np.float32)
    snow = np.empty(columns, np.float32)
    shade = np.empty(columns, np.float32)
    height_m = np.empty(columns, np.float32)
    for x in range(columns):
        azimuth = (x + 0.5) / columns * 2 * pi - pi
        sine[x] = f32(np.sin(azimuth))
        cosine[x] = f32(np.cos(azimuth))
    one = f32(1)
    for y in range(rows):
        found = False
        for x in range(columns):
            found = found or picture[y, x, 3] > f32(0)
        if not found:
            continue
        for x in range(columns):
            gx = f32(sine[x] * depth[y, x])
            gz = f32(cosine[x] * depth[y, x])
            step = f32(depth[y, x] * f32(0.0022))
            land = _land_m(gx, gz, seed, one)
            nx = f32((land - _land_m(f32(gx + step), gz, seed, one)) / step)
            nz = f32((land - _land_m(gx, f32(gz + step), seed, one)) / step)
            per = one / np.sqrt(f32(one + nx * nx + nz * nz))
            facing = (nx * sun[0] + sun[1] + nz * sun[2]) * per
            rough = value_noise(f32(gx * f32(1 / 90)), f32(gz * f32(1 / 90)))
            line = land - f32(-140) + (rough - f32(0.5)) * f32(320)
            lies = smoothstep(f32(0.46), f32(0.66), f32(per + (rough - f32(0.5)) * f32(0.16)))
            snow[x] = smoothstep(f32(-60), f32(260), line) * lies
            light[x] = max(facing, f32(0))
            height_m[x] = land
            shade[x] = one
        for reach in (160.0, 420.0, 900.0, 1700.0):
            for x in range(columns):
                gx = f32(sine[x] * depth[y, x] + sun[0] * f32(reach))
                gz = f32(cosine[x] * depth[y, x] + sun[2] * f32(reach))
                over = _land_m(gx, gz, seed, f32(0)) - height_m[x] - sun[1] * f32(reach)
                shade[x] = min(shade[x], saturate(f32(one - over * f32(6) / f32(reach))))
        for x in range(columns):
            picture[y, x, 0] = light[x] * mix(f32(0.12), one, shade[x])
            picture[y, x, 1] = snow[x]
            picture[y, x, 2] = log2(depth[y, x] * f32(1 / NEAR_M)) * f32(STEPS_PER_OCTAVE / 255)
