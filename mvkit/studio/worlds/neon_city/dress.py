"""What the kernels of the city know of its colours, its weather and its measures."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

from mvkit.studio.kit.jit import Scalar
from mvkit.studio.kit.rgb import RGB
from mvkit.studio.light import Look
from mvkit.studio.worlds.dress import Dress, in_float32

__all__ = ["DRESSES", "STREET_M", "Air", "Colours"]


STREET_M = 6.5
"""From the middle of the street to either wall."""


class Colours(NamedTuple):
    """The world's roles as the kernels take them."""

    sky: RGB
    haze: RGB
    stone: RGB
    neon_a: RGB
    neon_b: RGB
    neon_c: RGB
    warm: RGB
    cool: RGB


class Air(NamedTuple):
    """Weather and time of day, as the kernels take it."""

    fog: Scalar  # extinction per metre
    wet: Scalar  # how mirror-like the ground is
    snow: Scalar  # how white the ground is
    daylight: Scalar  # light of the sky on the walls
    windows: Scalar  # share of windows with light


_air = partial(in_float32, Air, fog=0.012, wet=0.7, snow=0.0)

_NIGHT = ("#05060f", "#33194f", "#0c0e18", "#ff2d95", "#18d6ff", "#ffb020", "#ffb46b", "#8fd0f0")
_DUSK = ("#2a3a86", "#a04a6e", "#161a2c", *_NIGHT[3:])
_DAWN = ("#5f78b0", "#c79a92", "#222632", *_NIGHT[3:])
_NEON = Look(
    exposure=1.3,
    bloom=0.72,
    vignette=0.42,
    shadow_tint=(0.0, 0.006, 0.022),
    highlight_tint=(0.015, 0.0, -0.008),
)

DRESSES: dict[str, Dress[Air]] = {
    "night": Dress(_NIGHT, _air(daylight=0.0, windows=0.42), _NEON),
    "dusk": Dress(_DUSK, _air(daylight=0.22, windows=0.5), _NEON),
    "dawn": Dress(_DAWN, _air(daylight=0.34, windows=0.22), _NEON),
}
"""Time of day -> how the city is dressed; the first is its own."""
