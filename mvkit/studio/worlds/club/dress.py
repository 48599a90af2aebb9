"""Measures and colours of the club, as its parts share them.

The dance floor is around the origin, under three hoops of light and a mirror ball; the booth
with the screen behind it is at the far wall (+z), the bar at the near one.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mvkit.studio.kit.indoors import Hall
from mvkit.studio.kit.jit import Scalar
from mvkit.studio.kit.rgb import RGB
from mvkit.studio.light import Look
from mvkit.studio.worlds.dress import Dress

__all__ = [
    "BALL_M",
    "BALL_RADIUS_M",
    "BOOTH_HIGH_M",
    "BOOTH_LOW_M",
    "CEILING_M",
    "DRESSES",
    "HALL",
    "MIRRORED",
    "Colours",
    "Show",
]

_f = np.float32
CEILING_M = 4.6
HALL = Hall(_f(-8.0), _f(8.0), _f(0.0), _f(CEILING_M), _f(-8.0), _f(7.6))
MIRRORED = HALL._replace(floor=_f(-CEILING_M))
"""The hall with its mirror image below the floor: so the floor's reflections come for free."""

BALL_M = (0.0, 3.2, 0.8)
BALL_RADIUS_M = 0.30
BOOTH_LOW_M, BOOTH_HIGH_M = (-1.7, 0.0, 4.9), (1.7, 1.25, 5.6)


class Colours(NamedTuple):
    """The world's roles as the kernels take them."""

    hall: RGB
    haze: RGB
    tube_a: RGB
    tube_b: RGB
    laser: RGB
    ball: RGB
    bar: RGB
    crowd: RGB


class Show(NamedTuple):
    """What the lamps do at one instant.

    Attributes
    ----------
    run
        How far the lights have run along the tubes, in radians.
    tubes, hoops
        Brightness of the tubes and of the hoops of light.
    spin
        Turn of mirror ball and hoops, in radians.
    sheet
        Brightness of the sheets of laser light.
    tilt
        Rise of the sheets towards the dancers, per metre.
    smoke
        Density of the haze.
    t_s
        Absolute time.
    """

    run: Scalar
    tubes: Scalar
    hoops: Scalar
    spin: Scalar
    sheet: Scalar
    tilt: Scalar
    smoke: Scalar
    t_s: Scalar


_COLOURS = ("#08060e", "#3d1440", "#ff2350", "#6d46ff", "#2dffa2", "#ffe6c4", "#ff9c46", "#040307")
_LOOK = Look(
    exposure=1.3,
    bloom=0.6,
    vignette=0.36,
    saturation=1.06,
    contrast=1.06,
    shadow_tint=(0.0, 0.0, 0.015),
    flash=0.26,
)

DRESSES: dict[str, Dress[None]] = {"night": Dress(_COLOURS, None, _LOOK)}
"""Time of day -> how the place is dressed: it is always night in it."""
