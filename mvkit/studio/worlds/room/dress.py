"""Measures of the room, and how each hour and weather lights it.

The window is in the left wall, so daylight travels to the right (+x) and ahead (+z): its patch
lies on the floor and climbs the far wall. A bed stands along the right wall, a chair and a
round paper lamp in the far corners, the door is in the near wall.
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
    "BED_EDGE_M",
    "BED_TOP_M",
    "DOOR_HALF_M",
    "DOOR_TOP_M",
    "DOOR_X_M",
    "DRESSES",
    "GLASS_M",
    "HALL",
    "LAMP_M",
    "LAMP_RADIUS_M",
    "PANE_HIGH_M",
    "PANE_WIDE_M",
    "WINDOW_HALF_HIGH_M",
    "WINDOW_HALF_WIDE_M",
    "WINDOW_Y_M",
    "WINDOW_Z_M",
    "Colours",
    "Hour",
    "Sun",
    "weathered",
]

_f = np.float32
HALL = Hall(_f(-3.1), _f(3.1), _f(0.0), _f(3.0), _f(-3.3), _f(3.3))

WINDOW_Y_M, WINDOW_Z_M = 1.5, 0.1  # its middle
WINDOW_HALF_HIGH_M, WINDOW_HALF_WIDE_M = 1.2, 1.0
PANE_HIGH_M, PANE_WIDE_M = 0.6, 2 / 3
GLASS_M = 0.2  # how deep the glass lies in the wall

DOOR_X_M, DOOR_HALF_M, DOOR_TOP_M = 0.9, 0.46, 2.12

BED_EDGE_M, BED_TOP_M = 1.72, 0.45
LAMP_M = (2.45, 1.42, 2.55)
LAMP_RADIUS_M = 0.21


class Colours(NamedTuple):
    """The world's roles as the kernels take them."""

    wall: RGB
    floor: RGB
    trim: RGB
    cloth: RGB
    sun: RGB
    sky: RGB
    lamp: RGB
    garden: RGB


class Sun(NamedTuple):
    """The light in the room at one instant.

    Attributes
    ----------
    fall, drift
        Way of the light down and ahead (+z) per metre to the right.
    direct, sky, ambient, lamp
        Strength of the light from sun or moon, from the sky in the window, from all the walls,
        of the lamp.
    soft
        Width of a shadow's edge per metre of way.
    drops
        How much water on the glass streaks the light, 0..1.
    open_m, sway_m
        Half the gap between the curtains, and how far they swing.
    breath
        Phase of the curtains' slow breathing with the bars, in radians.
    person_x, person_z, person_m
        Where somebody stands in the light, and how tall; far away without one.
    t_s
        Absolute time.
    """

    fall: Scalar
    drift: Scalar
    direct: Scalar
    sky: Scalar
    ambient: Scalar
    lamp: Scalar
    soft: Scalar
    drops: Scalar
    open_m: Scalar
    sway_m: Scalar
    breath: Scalar
    person_x: Scalar
    person_z: Scalar
    person_m: Scalar
    t_s: Scalar


class Hour(NamedTuple):
    """The light at a time of day, and what is seen of the sky.

    Attributes
    ----------
    fall, drift, direct, sky, ambient, lamp
        As of `Sun`, in clear weather.
    beam
        How bright the dust in the light is.
    outside
        Gain of what is seen through the window.
    lights
        Lit windows far away, 0 none.
    """

    fall: float
    drift: float
    direct: float
    sky: float
    ambient: float
    lamp: float
    beam: float
    outside: float
    lights: float


DRESSES: dict[str, Dress[Hour]] = {
    "day": Dress(
        ("#d2c9bb", "#95714f", "#f0eae0", "#e2dacd", "#ffeac2", "#bcd6f0", "#ffc488", "#6c8a55"),
        Hour(0.46, 0.66, 4.8, 5.2, 0.26, 0.0, 0.10, 1.5, 0.0),
        Look(exposure=1.0, bloom=0.42, vignette=0.30, saturation=1.08, contrast=1.04),
    ),
    "dusk": Dress(
        ("#c4b2aa", "#845a42", "#e6d6ca", "#d4beb4", "#ffb070", "#a894c8", "#ffb26a", "#4c4048"),
        Hour(0.30, 0.62, 5.2, 4.2, 0.20, 0.0, 0.14, 1.25, 0.5),
        Look(exposure=1.1, bloom=0.5, vignette=0.38, saturation=1.0, contrast=1.04),
    ),
    "dawn": Dress(
        ("#bdbac2", "#7c665c", "#dfdfe8", "#cfccd8", "#ffc6b4", "#aebbe8", "#ffb880", "#5e6c7c"),
        Hour(0.42, 0.30, 3.0, 3.6, 0.20, 0.0, 0.24, 1.25, 0.12),
        Look(exposure=1.0, bloom=0.5, vignette=0.32, saturation=1.02, contrast=1.0),
    ),
    "night": Dress(
        ("#8f8b98", "#5e4030", "#b8b8c6", "#9a9aae", "#9db8ff", "#3a4c86", "#ffab62", "#10141f"),
        Hour(0.55, 0.60, 2.0, 1.4, 0.08, 1.6, 0.05, 0.8, 1.0),
        Look(exposure=1.45, bloom=0.6, vignette=0.4, saturation=1.05, contrast=1.05),
    ),
}
"""Time of day -> how the room is then; the first is the world's own."""


def weathered(hour: Hour, weather: str) -> Hour:
    """Return an hour as a weather has it: without the sun, the sky alone lights the room."""
    if weather == "clear":
        return hour
    direct, sky, beam, outside = {
        "rain": (0.16, 0.62, 0.22, 0.55),
        "snow": (0.24, 1.10, 0.40, 0.50),
        "fog": (0.15, 0.95, 0.70, 0.75),
    }[weather]
    if hour.lights == 1.0:  # low clouds throw the town's light back
        sky, outside = max(sky, 1.0), max(outside, 0.9)
    return hour._replace(
        direct=hour.direct * direct,
        sky=hour.sky * sky,
        ambient=hour.ambient * (0.8 + 0.3 * sky),
        beam=hour.beam * beam,
        outside=hour.outside * outside,
    )
