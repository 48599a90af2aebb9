"""What the kernels of the field know of its colours, its light and its air."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.kit.jit import Scalar, f32, inline
from mvkit.studio.kit.maths import sine
from mvkit.studio.kit.noise import value_noise
from mvkit.studio.kit.rgb import RGB
from mvkit.studio.light import Look
from mvkit.studio.worlds.dress import Dress, in_float32

__all__ = ["DRESSES", "Colours", "Hour", "gust", "path_at", "path_x"]

_PATH = ((0.42, 0.16), (0.18, 0.43))
"""The path's course: x is the sum of two waves, each of amplitude (m) and 1/m."""

_SIZE_1, _RATE_1 = _PATH[0]
_SIZE_2, _RATE_2 = _PATH[1]


def path_x(z_m: NDArray[np.floating[Any]] | float) -> Any:
    """Return x of the path's middle at z."""
    return sum(size * np.sin(rate * z_m) for size, rate in _PATH)


@inline
def path_at(z_m: Scalar) -> Scalar:
    """Return x of the path's middle at z, inside kernels."""
    first = f32(_SIZE_1) * sine(f32(z_m * f32(_RATE_1)))
    return f32(first + f32(_SIZE_2) * sine(f32(z_m * f32(_RATE_2))))


@inline
def gust(x_m: Scalar, z_m: Scalar, t_s: Scalar) -> Scalar:
    """Return the wind at a place, 0..1: fronts that travel over the field, frayed by eddies."""
    front = value_noise(f32(x_m * f32(0.20) - t_s * f32(1.15)), f32(z_m * f32(0.11) + f32(3)))
    eddy = value_noise(f32(x_m * f32(0.62) - t_s * f32(1.9)), f32(z_m * f32(0.45) - t_s * f32(0.4)))
    return f32(f32(0.68) * front + f32(0.32) * eddy)


class Hour(NamedTuple):
    """Sky and air at one time of day.

    Attributes
    ----------
    azimuth, slope, radius
        Sun or moon: direction to the right of +z (rad), height and radius as tangents.
    disc, glow
        Light of its disc and of the sky around it.
    clouds, stars
        Opacity of the clouds and brightness of the stars, 0..1.
    light
        How bright the field lies under the sky.
    bloom
        How much of it is in flower, 0..1.
    haze
        Share of distant things lost in the air, per metre.
    seed
        Tells one field from another.
    """

    azimuth: Scalar
    slope: Scalar
    radius: Scalar
    disc: Scalar
    glow: Scalar
    clouds: Scalar
    stars: Scalar
    light: Scalar
    bloom: Scalar
    haze: Scalar
    seed: Scalar


class Colours(NamedTuple):
    """The world's roles as the kernels take them; at night ``sun`` is the moon."""

    zenith: RGB
    horizon: RGB
    sun: RGB
    cloud: RGB
    hills: RGB
    grass: RGB
    wheat: RGB
    poppy: RGB


_hour = partial(in_float32, Hour, seed=0.0)


_SUMMER = ("#3f86d4", "#b9d9ec", "#fff0c4", "#ffffff", "#5d8468", "#5c8a2c", "#d3b45a", "#e8281c")
_EVENING = ("#3c4a8c", "#f2a067", "#ffb869", "#f0a08c", "#4a4668", "#5c6430", "#c98d48", "#d8301e")
_MORNING = ("#7ba4cf", "#f4d2b4", "#ffe3b4", "#f7e0d8", "#7890a0", "#6c8c50", "#d8c088", "#e2584a")
_MOONLIT = ("#071028", "#1d3a5e", "#d8e6ff", "#5878a8", "#14233a", "#1e4444", "#4a6470", "#a83a58")
_OPEN_AIR = Look(
    exposure=0.98,
    bloom=0.28,
    vignette=0.32,
    contrast=1.10,
    saturation=1.10,
    highlight_tint=(0.015, 0.005, -0.015),
)


DRESSES: dict[str, Dress[Hour]] = {
    "day": Dress(
        _SUMMER,
        _hour(
            azimuth=0.42, slope=0.30, radius=0.035, disc=7.0, glow=0.55,
            clouds=1.0, stars=0.0, light=1.0, bloom=1.0, haze=0.0035,
        ),
        _OPEN_AIR,
    ),
    "dusk": Dress(
        _EVENING,
        _hour(
            azimuth=0.16, slope=0.07, radius=0.055, disc=5.0, glow=1.0,
            clouds=0.9, stars=0.0, light=0.75, bloom=1.0, haze=0.007,
        ),
        replace(_OPEN_AIR, exposure=0.95, shadow_tint=(0.02, 0.0, 0.03)),
    ),
    "dawn": Dress(
        _MORNING,
        _hour(
            azimuth=-0.2, slope=0.10, radius=0.045, disc=4.0, glow=0.75,
            clouds=0.7, stars=0.0, light=0.72, bloom=1.0, haze=0.010,
        ),
        replace(_OPEN_AIR, exposure=0.85, contrast=1.05, shadow_tint=(0.01, 0.01, 0.03)),
    ),
    "night": Dress(
        _MOONLIT,
        _hour(
            azimuth=-0.3, slope=0.36, radius=0.035, disc=2.6, glow=0.24,
            clouds=0.55, stars=1.0, light=0.55, bloom=1.0, haze=0.006,
        ),
        replace(_OPEN_AIR, exposure=1.7, shadow_tint=(0, 0, 0.03), highlight_tint=(0, 0, 0)),
    ),
}  # fmt: skip
"""Time of day -> how the field is dressed; the first is its own."""
