"""What the kernels of the city know of its colours, its weather and its measures."""

from __future__ import annotations

from typing import NamedTuple

from mvkit.studio.kit.jit import Scalar
from mvkit.studio.kit.rgb import RGB

__all__ = ["STREET_M", "Air", "Colours"]


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
