"""What the kernels of the ocean know of its colours, its light and its waves."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import NamedTuple

from mvkit.studio.kit.jit import Scalar
from mvkit.studio.kit.rgb import RGB
from mvkit.studio.light import Look
from mvkit.studio.worlds.dress import Dress, in_float32

__all__ = ["DRESSES", "Colours", "Hour"]


class Hour(NamedTuple):
    """Sky, air and sea at one instant.

    Attributes
    ----------
    azimuth, slope, radius
        Sun or moon: direction to the right of +z (rad), height and radius as tangents.
    disc, glow
        Light of its disc and of the sky around it.
    maria
        How much the moon's dark plains show; 0 for the sun.
    clouds, stars, aurora
        Cover of clouds, brightness of stars and of the aurora, 0..1.
    haze
        Share of distant things lost in the air, per metre.
    fog
        Fog overhead, as :func:`~mvkit.studio.kit.sky.fog_veil` takes it; 0 clear.
    swell, glitter
        Height of the waves and strength of the light's path on them.
    lights
        Lamps on the far shore.
    seed
        Tells one place from another.
    """

    azimuth: Scalar
    slope: Scalar
    radius: Scalar
    disc: Scalar
    glow: Scalar
    maria: Scalar
    clouds: Scalar
    stars: Scalar
    aurora: Scalar
    haze: Scalar
    fog: Scalar
    swell: Scalar
    glitter: Scalar
    lights: Scalar
    seed: Scalar


class Colours(NamedTuple):
    """The world's roles as the kernels take them; by day ``moon`` is the sun."""

    zenith: RGB
    upper: RGB
    horizon: RGB
    moon: RGB
    cloud: RGB
    water: RGB
    rock: RGB
    aurora: RGB


_hour = partial(in_float32, Hour)


_NIGHT = ("#04091e", "#0d234c", "#3a5c90", "#eef3ff", "#24365e", "#03101f", "#0a0d14", "#35ffb0")
_DUSK = ("#2c2f78", "#b2527c", "#ff9c56", "#ffc680", "#5c3c6c", "#101c3c", "#1a1520", "#ff8ab0")
_DAWN = ("#5a8cc6", "#dda6b6", "#ffdcb4", "#fff0d0", "#9a8aaa", "#1f4258", "#3a3840", "#ffd0c0")
_DAY = ("#2a78cc", "#6aaee6", "#cde6f4", "#fff6e2", "#b8cadc", "#08435e", "#4a4a48", "#9fe0ff")
_CRISP = Look(
    exposure=1.5, bloom=0.5, vignette=0.38, shadow_tint=(-0.005, 0.004, 0.028), contrast=1.06
)


DRESSES: dict[str, Dress[Hour]] = {
    "night": Dress(
        _NIGHT,
        _hour(
            azimuth=0.10, slope=0.24, radius=0.070, disc=0.85, glow=0.28, maria=0.6,
            clouds=0.55, stars=1.0, aurora=0.0, haze=0.0020, fog=0.0, swell=1.0,
            glitter=0.017, lights=1.0, seed=0.0,
        ),
        _CRISP,
    ),
    "dusk": Dress(
        _DUSK,
        _hour(
            azimuth=0.08, slope=0.035, radius=0.085, disc=4.0, glow=0.9, maria=0.0,
            clouds=0.75, stars=0.0, aurora=0.0, haze=0.0030, fog=0.0, swell=0.9,
            glitter=0.050, lights=0.6, seed=0.0,
        ),
        replace(_CRISP, exposure=0.95, bloom=0.35, shadow_tint=(0.02, 0.0, 0.03)),
    ),
    "dawn": Dress(
        _DAWN,
        _hour(
            azimuth=-0.12, slope=0.085, radius=0.060, disc=4.0, glow=0.6, maria=0.0,
            clouds=0.7, stars=0.0, aurora=0.0, haze=0.0050, fog=0.0, swell=0.6,
            glitter=0.034, lights=0.2, seed=0.0,
        ),
        replace(_CRISP, exposure=0.85, bloom=0.3),
    ),
    "day": Dress(
        _DAY,
        _hour(
            azimuth=0.25, slope=0.60, radius=0.045, disc=6.0, glow=0.5, maria=0.0,
            clouds=0.65, stars=0.0, aurora=0.0, haze=0.0015, fog=0.0, swell=1.2,
            glitter=0.020, lights=0.0, seed=0.0,
        ),
        replace(_CRISP, exposure=0.85, bloom=0.25, vignette=0.28),
    ),
}  # fmt: skip
"""Time of day -> how the ocean is dressed; the first is its own."""
