"""What the kernels of the sea know of its colours, its light and its water."""

from __future__ import annotations

from dataclasses import replace
from math import cos, sin
from typing import NamedTuple

from mvkit.studio.kit.jit import Scalar
from mvkit.studio.kit.rgb import RGB
from mvkit.studio.light import Look
from mvkit.studio.worlds.dress import Dress, in_float32

__all__ = ["DRESSES", "SURFACE_M", "Colours", "Sea"]

SURFACE_M = 5.6
"""Height of the surface over the sand."""


class Sea(NamedTuple):
    """Light and water at one instant.

    Attributes
    ----------
    sun_x, sun_y, sun_z
        Direction towards the sun or moon as it is seen from under water.
    glow, rays, web
        Light of the water around it, of its beams, and of the web it throws on the sand.
    daylight
        Light that reaches sand, rocks and plants from everywhere.
    fog
        Extinction of the water per metre.
    alight
        How much plankton and jellyfish glow by themselves.
    seed
        Tells one reef from another.
    """

    sun_x: Scalar
    sun_y: Scalar
    sun_z: Scalar
    glow: Scalar
    rays: Scalar
    web: Scalar
    daylight: Scalar
    fog: Scalar
    alight: Scalar
    seed: Scalar


class Colours(NamedTuple):
    """The world's roles as the kernels take them; at night ``light`` is the moon's."""

    deep: RGB
    water: RGB
    light: RGB
    sand: RGB
    kelp: RGB
    coral_a: RGB
    coral_b: RGB
    glow: RGB


def _sea(*, height_rad: float, azimuth_rad: float = 0.12, **numbers: float) -> Sea:
    """Return a sea under a sun that stands so high, so far to the right of +z."""
    across = cos(height_rad)
    sun = {
        "sun_x": across * sin(azimuth_rad),
        "sun_y": sin(height_rad),
        "sun_z": across * cos(azimuth_rad),
        "seed": 0.0,
    }
    return in_float32(Sea, **sun, **numbers)


_DAY = ("#04304f", "#1485a8", "#b8f4ee", "#e0d3ae", "#4d7a34", "#ff6f61", "#b06be0", "#9ff5ff")
_DUSK = ("#1a1f4e", "#4f5596", "#ffb48a", "#b79a8c", "#566038", "#ff7a55", "#c05ad0", "#ffc9a0")
_NIGHT = ("#020a1e", "#0a2a52", "#8fc6ff", "#56687c", "#1e4a44", "#b0487e", "#6a4ccc", "#3dffd8")
_CLEAR = Look(
    exposure=1.05,
    bloom=0.42,
    bloom_knee=0.85,
    vignette=0.45,
    contrast=1.1,
    saturation=1.08,
    shadow_tint=(0.0, 0.012, 0.028),
    highlight_tint=(0.0, 0.012, 0.0),
)


DRESSES: dict[str, Dress[Sea]] = {
    "day": Dress(
        _DAY,
        _sea(height_rad=0.85, glow=0.62, rays=0.34, web=0.95, daylight=0.46, fog=0.075, alight=0.0),
        _CLEAR,
    ),
    "dusk": Dress(
        _DUSK,
        _sea(
            height_rad=0.55, glow=0.58, rays=0.30, web=0.55, daylight=0.30, fog=0.085, alight=0.25
        ),
        replace(_CLEAR, exposure=1.15, shadow_tint=(0.012, 0.0, 0.03)),
    ),
    "night": Dress(
        _NIGHT,
        _sea(height_rad=0.95, glow=0.16, rays=0.12, web=0.42, daylight=0.30, fog=0.07, alight=1.0),
        replace(_CLEAR, exposure=1.5, bloom=0.7, bloom_knee=0.6, highlight_tint=(0.0, 0.0, 0.0)),
    ),
}
"""Time of day -> how the sea is dressed; the first is its own."""
