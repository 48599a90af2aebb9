"""Measures and colours of the concert, as its parts share them.

The performer stands on the deck at z = 0, the LED wall is behind at z = 5, the deck ends at
z = -2.4, and from there the crowd stands in rows. Heights are above the hall's floor.
"""

from __future__ import annotations

from typing import NamedTuple

from mvkit.studio.kit.jit import Scalar
from mvkit.studio.kit.rgb import RGB
from mvkit.studio.light import Look
from mvkit.studio.worlds.dress import Dress

__all__ = ["DECK_M", "DRESSES", "FRONT_Z_M", "TRUSS_M", "WALL_Z_M", "Colours", "Show"]

DECK_M = 1.1
WALL_Z_M = 5.0
FRONT_Z_M = -2.4
TRUSS_M = 7.7


class Colours(NamedTuple):
    """The world's roles as the kernels take them."""

    hall: RGB
    haze: RGB
    led_a: RGB
    led_b: RGB
    beam_a: RGB
    beam_b: RGB
    deck: RGB
    crowd: RGB


class Show(NamedTuple):
    """What the LED wall shows at an instant.

    Attributes
    ----------
    now, before
        Programmes: 0 equaliser, 1 rings, 2 waves, 3 rays.
    share
        How far the new one has spread over the wall from its middle: 1 all over it.
    """

    now: Scalar
    before: Scalar
    share: Scalar


_COLOURS = ("#07040d", "#2a1140", "#ff2e7e", "#3a5bff", "#ff3d8a", "#35c4ff", "#120a1c", "#030206")
_LOOK = Look(
    exposure=1.25,
    bloom=0.62,
    vignette=0.38,
    saturation=1.08,
    shadow_tint=(0.0, 0.0, 0.02),
    highlight_tint=(0.01, 0.0, 0.0),
    flash=0.3,
)

DRESSES: dict[str, Dress[None]] = {"night": Dress(_COLOURS, None, _LOOK)}
"""Time of day -> how the place is dressed: it is always night in it."""
