"""What the kernels of the tunnel know of its colours and of the flight."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mvkit.studio.kit.jit import Scalar
from mvkit.studio.kit.rgb import RGB

__all__ = ["AXIS_M", "RIB_M", "Colours", "Flight"]

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
