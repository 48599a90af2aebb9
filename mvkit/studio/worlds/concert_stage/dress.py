"""Measures and colours of the concert, as its parts share them.

The performer stands on the deck at z = 0, the LED wall is behind at z = 5, the deck ends at
z = -2.4, and from there the crowd stands in rows. Heights are above the hall's floor.
"""

from __future__ import annotations

from typing import NamedTuple

from mvkit.studio.kit.jit import Scalar
from mvkit.studio.kit.rgb import RGB

__all__ = ["DECK_M", "FRONT_Z_M", "TRUSS_M", "WALL_Z_M", "Colours", "Show"]

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
