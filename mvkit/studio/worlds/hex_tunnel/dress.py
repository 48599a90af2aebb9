"""What the kernels of the tunnel know of its colours and of the flight."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mvkit.studio.kit.jit import Scalar
from mvkit.studio.kit.rgb import RGB
from mvkit.studio.light import Look
from mvkit.studio.worlds.dress import Dress

__all__ = ["AXIS_M", "DRESSES", "RIB_M", "Colours", "Flight"]

AXIS_M = 1.15
"""Height of the tunnel's axis over the person's feet."""

RIB_M = 4.4
"""From rib to rib: the way flown in a bar of four beats."""


class Colours(NamedTuple):
    """The world's roles as the kernels take them."""

    wall: RGB
    fog: RGB
    neon_a: RGB
    neon_b: RGB
    neon_c: RGB
    core: RGB
    spark: RGB
    fill: RGB


class Flight(NamedTuple):
    """Where the tunnel is at one instant.

    Attributes
    ----------
    travel
        Way flown, in metres.
    turn
        Rotation of the tunnel about its axis.
    bend_x, bend_y
        Curvature to the right and up, per metre.
    fog
        Extinction of the air per metre.
    seed
        Tells one tunnel from another.
    """

    travel: Scalar
    turn: Scalar
    bend_x: Scalar
    bend_y: Scalar
    fog: Scalar
    seed: np.int32


_COLOURS = ("#0b0b1e", "#2c1a68", "#27e0ff", "#ff3fa4", "#ffe066", "#bfa8ff", "#d8f0ff", "#8a70c0")
_LOOK = Look(
    exposure=1.25,
    bloom=0.75,
    bloom_knee=0.7,
    vignette=0.45,
    aberration=0.004,
    shadow_tint=(0.0, 0.0, 0.025),
    saturation=1.08,
)

DRESSES: dict[str, Dress[None]] = {"night": Dress(_COLOURS, None, _LOOK)}
"""Time of day -> how the place is dressed: it is always night in it."""
