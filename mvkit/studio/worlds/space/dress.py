"""What the kernels of the moon know of its colours, its light and its sky."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import NamedTuple

from mvkit.studio.kit.jit import Scalar
from mvkit.studio.kit.rgb import RGB
from mvkit.studio.light import Look
from mvkit.studio.worlds.dress import Dress, in_float32

__all__ = ["DRESSES", "PLANET_AZIMUTH", "PLANET_RADIUS", "PLANET_SLOPE", "Colours", "Hour"]

PLANET_AZIMUTH, PLANET_SLOPE = 0.24, 0.205
"""Direction of the planet's middle: to the right of +z (rad), tangent of its height."""
PLANET_RADIUS = 0.20
"""Of its disc in the sky, as a tangent."""


class Hour(NamedTuple):
    """Light and sky at one instant.

    Attributes
    ----------
    azimuth, slope
        Direction of the sun: to the right of +z (rad), tangent of its height.
    sun, fill
        Its light on the ground, and the light from planet and nebula in the shadows.
    phase_x, phase_y, phase_z
        Direction of the sun as the planet's face has it: right, up, towards the viewer.
    limb
        Light of the air at the planet's edge.
    disc
        Light of the sun's own disc.
    nebula, stars
        Their brightness.
    dust
        Share of distant ground lost in dust, per metre.
    """

    azimuth: Scalar
    slope: Scalar
    sun: Scalar
    fill: Scalar
    phase_x: Scalar
    phase_y: Scalar
    phase_z: Scalar
    limb: Scalar
    disc: Scalar
    nebula: Scalar
    stars: Scalar
    dust: Scalar


class Colours(NamedTuple):
    """The world's roles as the kernels take them."""

    void: RGB
    glow: RGB
    cloud: RGB
    star: RGB
    planet: RGB
    band: RGB
    regolith: RGB
    sun: RGB


_hour = partial(in_float32, Hour)


_NIGHT = ("#03040d", "#2f5cff", "#c23bd0", "#f4f6ff", "#d9a066", "#8a4a30", "#8b8a92", "#fff3de")
_DAWN = ("#04060f", "#1d7fd0", "#5a4ae0", "#eef4ff", "#5f8fd8", "#27406e", "#8d9096", "#ffe9c8")
_DUSK = ("#0a0508", "#c8502e", "#8e2f7a", "#ffeedd", "#d8764a", "#7a3020", "#9a7466", "#ffb878")
_DAY = ("#050913", "#2f86c8", "#3f6ad8", "#ffffff", "#e0b98a", "#a06a48", "#a3a09c", "#fff8ec")
_HARD = Look(
    exposure=1.35,
    bloom=0.45,
    vignette=0.3,
    contrast=1.08,
    saturation=1.12,
    shadow_tint=(0.004, 0.002, 0.03),
)


DRESSES: dict[str, Dress[Hour]] = {
    "night": Dress(
        _NIGHT,
        _hour(
            azimuth=-1.25, slope=0.26, sun=1.5, fill=0.16, phase_x=-0.80, phase_y=0.30,
            phase_z=0.52, limb=0.5, disc=0.0, nebula=1.0, stars=1.0, dust=0.0,
        ),
        _HARD,
    ),
    "dawn": Dress(
        _DAWN,
        _hour(
            azimuth=0.10, slope=0.36, sun=1.15, fill=0.12, phase_x=-0.45, phase_y=0.60,
            phase_z=-0.66, limb=2.4, disc=9.0, nebula=0.75, stars=0.7, dust=0.0,
        ),
        replace(_HARD, bloom=0.6),
    ),
    "dusk": Dress(
        _DUSK,
        _hour(
            azimuth=1.30, slope=0.15, sun=1.5, fill=0.16, phase_x=0.90, phase_y=0.12,
            phase_z=0.40, limb=0.6, disc=7.0, nebula=0.9, stars=0.8, dust=0.0012,
        ),
        replace(_HARD, shadow_tint=(0.02, 0.0, 0.02)),
    ),
    "day": Dress(
        _DAY,
        _hour(
            azimuth=-2.1, slope=0.75, sun=1.6, fill=0.2, phase_x=-0.45, phase_y=0.35,
            phase_z=0.82, limb=0.6, disc=9.0, nebula=0.4, stars=0.35, dust=0.0,
        ),
        replace(_HARD, exposure=1.1, bloom=0.3),
    ),
}  # fmt: skip
"""Time of day -> how the moon is dressed; the first is its own."""
