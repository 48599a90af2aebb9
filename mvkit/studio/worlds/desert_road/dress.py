"""What the kernels of the desert know of its colours, its light and its air."""

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
    """Sky and air at one time of day.

    Attributes
    ----------
    azimuth, slope, radius
        Sun or moon: direction to the right of +z (rad), height and radius as tangents.
    disc, glow
        Light of its disc and of the sky around it.
    clouds, stars
        Cover of clouds and brightness of stars, 0..1.
    haze
        Share of distant things lost in the air, per metre.
    fog
        Fog overhead, as :func:`~mvkit.studio.kit.sky.fog_veil` takes it; 0 clear.
    sheen
        How brightly the ground shines towards sun or moon.
    shimmer
        How strongly the warm air over the ground wavers.
    seed
        Tells one desert from another.
    """

    azimuth: Scalar
    slope: Scalar
    radius: Scalar
    disc: Scalar
    glow: Scalar
    clouds: Scalar
    stars: Scalar
    haze: Scalar
    fog: Scalar
    sheen: Scalar
    shimmer: Scalar
    seed: Scalar


class Colours(NamedTuple):
    """The world's roles as the kernels take them; at night ``sun`` is the moon."""

    zenith: RGB
    upper: RGB
    horizon: RGB
    sun: RGB
    mesa: RGB
    hills: RGB
    sand: RGB
    asphalt: RGB


_hour = partial(in_float32, Hour)


_GOLDEN = ("#2f4fae", "#c2674f", "#ffb25e", "#ffd08a", "#8a4048", "#4a2430", "#bd8355", "#3a3036")
_BLUE = ("#0b1a40", "#2b4486", "#e59468", "#ffb98c", "#3a3a66", "#1a1c38", "#454a68", "#1f222e")
_STARRY = ("#050916", "#0c1a34", "#2f4a66", "#efe9dc", "#161d30", "#0a0e1a", "#465270", "#262c3a")
_FIRST_LIGHT = (
    "#3a62a8", "#cf8ea4", "#ffd2a6", "#ffe9c4", "#93627c", "#54405c", "#c59a80", "#443f4a"
)  # fmt: skip
_WARM = Look(
    exposure=0.95,
    bloom=0.3,
    vignette=0.4,
    contrast=1.1,
    shadow_tint=(0.02, 0.0, 0.03),
    highlight_tint=(0.015, 0.0, -0.015),
)


DRESSES: dict[str, Dress[Hour]] = {
    "day": Dress(
        _GOLDEN,
        _hour(
            azimuth=0.10, slope=0.115, radius=0.075, disc=5.5, glow=1.0,
            clouds=0.6, stars=0.0, haze=0.005, fog=0.0, sheen=1.0,
            shimmer=0.012, seed=0.0,
        ),
        _WARM,
    ),
    "dusk": Dress(
        _BLUE,
        _hour(
            azimuth=0.10, slope=-0.03, radius=0.05, disc=0.0, glow=0.45,
            clouds=0.6, stars=0.35, haze=0.009, fog=0.0, sheen=1.0,
            shimmer=0.003, seed=0.0,
        ),
        replace(_WARM, exposure=1.4, shadow_tint=(0.0, 0.0, 0.03)),
    ),
    "night": Dress(
        _STARRY,
        _hour(
            azimuth=0.22, slope=0.30, radius=0.042, disc=2.2, glow=0.22,
            clouds=0.25, stars=1.0, haze=0.004, fog=0.0, sheen=1.9,
            shimmer=0.0, seed=0.0,
        ),
        replace(_WARM, exposure=1.7, shadow_tint=(0.0, 0.0, 0.03), highlight_tint=(0.0, 0.0, 0.0)),
    ),
    "dawn": Dress(
        _FIRST_LIGHT,
        _hour(
            azimuth=0.10, slope=0.03, radius=0.06, disc=4.0, glow=0.7,
            clouds=0.9, stars=0.0, haze=0.009, fog=0.0, sheen=1.0,
            shimmer=0.004, seed=0.0,
        ),
        replace(_WARM, exposure=0.9, shadow_tint=(0.01, 0.01, 0.03)),
    ),
}  # fmt: skip
"""Time of day -> how the desert is dressed; the first is its own."""
