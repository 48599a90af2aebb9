"""What the kernels of the mountains know of their colours, their light and their air."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from math import pi
from typing import NamedTuple

import numpy as np

from mvkit.studio.kit.jit import Scalar
from mvkit.studio.kit.rgb import RGB
from mvkit.studio.light import Look
from mvkit.studio.worlds.dress import Dress, in_float32

__all__ = ["BEND", "BROW_M", "DRESSES", "PERIOD_M", "Colours", "Hour", "path_x"]

PERIOD_M = 40.0
"""Way after which the ridge repeats."""

BROW_M, BEND = 5.5, 0.017
"""Where the ridge bends down before the camera, and by how much (see the kit's relief)."""


class Hour(NamedTuple):
    """Sky, air and fog at one instant.

    Attributes
    ----------
    azimuth, slope, radius
        Sun or moon: direction to the right of +z (rad), height and radius as tangents.
    disc, glow
        Light of its disc and of the sky around it.
    sun, sky
        Its light on snow and rock, and the light of the sky in the shadows.
    clouds, stars
        Cover of clouds and brightness of stars, 0..1.
    veil
        Share of the sky behind an even layer of cloud.
    haze
        Share of distant things lost in the air, per kilometre.
    sea_m
        Height of the sea of fog, below the ridge.
    mist
        Share of the ground near by that is lost in mist, per metre.
    seed
        Tells one place from another.
    """

    azimuth: Scalar
    slope: Scalar
    radius: Scalar
    disc: Scalar
    glow: Scalar
    sun: Scalar
    sky: Scalar
    clouds: Scalar
    stars: Scalar
    veil: Scalar
    haze: Scalar
    sea_m: Scalar
    mist: Scalar
    seed: Scalar


class Colours(NamedTuple):
    """The world's roles as the kernels take them; at night ``sun`` is the moon."""

    zenith: RGB
    upper: RGB
    horizon: RGB
    sun: RGB
    fog: RGB
    snow: RGB
    rock: RGB
    grass: RGB


def path_x(z_m: float) -> float:
    """Return x of the path's middle at a place along the ridge, in metres."""
    turn = 2 * pi * z_m / PERIOD_M
    return float(0.9 * np.sin(turn + 0.4) + 0.35 * np.sin(3 * turn + 1.0))


_hour = partial(in_float32, Hour)


_DAWN = ("#2f5fa8", "#9a9ccc", "#ffc0a0", "#ffc890", "#c4b8d4", "#e8ecf6", "#5a5668", "#6d7048")
_DAY = ("#1d62b8", "#5fa2dc", "#c4def0", "#fff3dc", "#dfe8f2", "#f2f6fc", "#6b6a70", "#6f8048")
_DUSK = ("#1c2560", "#7a4c86", "#ff8a50", "#ffb068", "#8a7098", "#c8c4dc", "#5a5068", "#6a6248")
_NIGHT = ("#040a1e", "#10264c", "#35587e", "#e6eeff", "#5a7aa0", "#b8c8e0", "#4a5266", "#4a5a50")
_ALPINE = Look(
    exposure=1.0,
    bloom=0.3,
    vignette=0.32,
    contrast=1.1,
    saturation=1.1,
    shadow_tint=(0.0, 0.0, 0.025),
    highlight_tint=(0.01, 0.0, -0.01),
)


DRESSES: dict[str, Dress[Hour]] = {
    "dawn": Dress(
        _DAWN,
        _hour(
            azimuth=-0.62, slope=0.13, radius=0.040, disc=6.0, glow=0.65, sun=1.35, sky=0.34,
            clouds=0.55, stars=0.0, veil=0.0, haze=0.050, sea_m=-250.0, mist=0.004, seed=0.0,
        ),
        _ALPINE,
    ),
    "day": Dress(
        _DAY,
        _hour(
            azimuth=-1.15, slope=0.62, radius=0.035, disc=7.0, glow=0.4, sun=1.05, sky=0.36,
            clouds=0.55, stars=0.0, veil=0.0, haze=0.032, sea_m=-260.0, mist=0.002,
            seed=0.0,
        ),
        replace(_ALPINE, exposure=0.92),
    ),
    "dusk": Dress(
        _DUSK,
        _hour(
            azimuth=0.26, slope=0.055, radius=0.050, disc=5.0, glow=0.95, sun=0.75, sky=0.40,
            clouds=0.8, stars=0.0, veil=0.0, haze=0.080, sea_m=-240.0, mist=0.004, seed=0.0,
        ),
        replace(_ALPINE, exposure=1.05, shadow_tint=(0.015, 0.0, 0.03)),
    ),
    "night": Dress(
        _NIGHT,
        _hour(
            azimuth=0.62, slope=0.34, radius=0.036, disc=2.4, glow=0.24, sun=0.50, sky=0.34,
            clouds=0.25, stars=1.0, veil=0.0, haze=0.040, sea_m=-250.0, mist=0.003, seed=0.0,
        ),
        replace(_ALPINE, exposure=1.7, bloom=0.45, highlight_tint=(0.0, 0.0, 0.0)),
    ),
}  # fmt: skip
"""Time of day -> how the mountains are dressed; the first is their own."""
