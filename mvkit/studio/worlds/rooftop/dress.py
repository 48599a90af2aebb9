"""What the rooftop's kernels know of its measures, its colours and its air."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import NamedTuple

from mvkit.studio.kit.jit import Scalar
from mvkit.studio.kit.rgb import RGB
from mvkit.studio.light import Look
from mvkit.studio.worlds.dress import Dress, in_float32

__all__ = [
    "DRESSES",
    "HALF_M",
    "HOUSE_M",
    "MAST_M",
    "PARAPET_M",
    "PATH_M",
    "SIGN_M",
    "STREET_M",
    "TANK_M",
    "Air",
    "Colours",
    "Dress",
]

HALF_M = 18.0
"""From the middle of the roof to each of its four parapets."""

PARAPET_M = 0.95
"""Height of the parapet."""

PATH_M = 11.0
"""Radius of the lap that somebody walks around the middle of the roof."""

STREET_M = -130.0
"""Height of the streets, seen from the roof."""


TANK_M = (13.6, 13.2)
HOUSE_M = (-13.4, 13.2)
SIGN_M = (-14.2, -14.2)
MAST_M = (13.8, -13.6)
"""x and z of water tank, stair house, neon sign and mast, in the four corners."""


class Air(NamedTuple):
    """Sky, air and light at one time of day and in one weather.

    Attributes
    ----------
    azimuth, slope, radius
        Sun or moon: direction to the right of +z (rad), height and radius as tangents.
    disc, glow
        Light of its disc and of the sky around it.
    sunlight
        Light of it on walls and roof.
    daylight
        Light of the sky on walls and roof.
    clouds, stars
        Cover of clouds and brightness of stars, 0..1.
    haze
        Share of distant things lost in the air, per metre.
    lit
        Share of windows with light.
    lamps
        Brightness of windows, streets and bulbs.
    wet, snow
        How mirror-like the roof is, and how white.
    seed
        Tells one sky from another.
    """

    azimuth: Scalar
    slope: Scalar
    radius: Scalar
    disc: Scalar
    glow: Scalar
    sunlight: Scalar
    daylight: Scalar
    clouds: Scalar
    stars: Scalar
    haze: Scalar
    lit: Scalar
    lamps: Scalar
    wet: Scalar
    snow: Scalar
    seed: Scalar


class Colours(NamedTuple):
    """The world's roles as the kernels take them; ``orb`` is the moon or the sun."""

    zenith: RGB
    upper: RGB
    horizon: RGB
    orb: RGB
    tower: RGB
    window: RGB
    neon: RGB
    roof: RGB


_air = partial(in_float32, Air, wet=0.0, snow=0.0, seed=0.0)


_NIGHT = ("#060a1c", "#141f4a", "#5a4a86", "#f2ecdc", "#1a2038", "#ffb765", "#ff3d8f", "#2a2c3a")
_DUSK = ("#2b3a8c", "#a8558c", "#ff9a62", "#ffd09a", "#332a4c", "#ffc274", "#ff4f8a", "#4a4058")
_DAWN = ("#5b86c8", "#d59ab8", "#ffd6b0", "#fff0d2", "#6a6484", "#ffd090", "#ff7fa4", "#8a8496")
_DAY = ("#2f74cc", "#6cabe8", "#d2e6f2", "#fff4dc", "#8090a4", "#ffdfa8", "#ff6a8a", "#a6a4a0")
_CITY = Look(exposure=1.35, bloom=0.6, vignette=0.36, shadow_tint=(0.0, 0.004, 0.02), contrast=1.06)


DRESSES: dict[str, Dress[Air]] = {
    "night": Dress(
        _NIGHT,
        _air(
            azimuth=0.42, slope=0.36, radius=0.042, disc=1.3, glow=0.16, sunlight=0.10,
            daylight=0.42, clouds=0.45, stars=1.0, haze=0.0012, lit=0.42, lamps=1.0, wet=0.4,
        ),
        _CITY,
    ),
    "dusk": Dress(
        _DUSK,
        _air(
            azimuth=0.30, slope=0.06, radius=0.055, disc=3.2, glow=0.75, sunlight=0.5,
            daylight=0.50, clouds=0.8, stars=0.0, haze=0.0016, lit=0.42, lamps=0.75, wet=0.3,
        ),
        replace(_CITY, exposure=1.0, bloom=0.4, shadow_tint=(0.015, 0.0, 0.025)),
    ),
    "dawn": Dress(
        _DAWN,
        _air(
            azimuth=-0.35, slope=0.10, radius=0.045, disc=3.0, glow=0.5, sunlight=0.5,
            daylight=0.32, clouds=0.5, stars=0.0, haze=0.0030, lit=0.14, lamps=0.45,
        ),
        replace(_CITY, exposure=0.9, bloom=0.3, shadow_tint=(0.01, 0.008, 0.02)),
    ),
    "day": Dress(
        _DAY,
        _air(
            azimuth=0.7, slope=0.75, radius=0.04, disc=5.0, glow=0.4, sunlight=0.9,
            daylight=0.42, clouds=0.7, stars=0.0, haze=0.0011, lit=0.0, lamps=0.0,
        ),
        replace(_CITY, exposure=0.82, bloom=0.22, vignette=0.26),
    ),
}  # fmt: skip
"""Time of day -> how the roof is dressed; the first is its own."""
