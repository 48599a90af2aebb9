"""What the kernels of the train know of its colours, its light and its measures."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from mvkit.studio.kit.jit import Scalar
from mvkit.studio.kit.rgb import RGB
from mvkit.studio.light import Look
from mvkit.studio.worlds.dress import Dress, in_float32

__all__ = [
    "BAY_M", "BEAT_M", "CARRIAGE_M", "CEILING_M", "DRESSES", "HALF_M", "LOUNGE_M", "RACK_M",
    "RACK_Y_M", "STRIP_M", "Colours", "Hour", "Ride",
]  # fmt: skip

HALF_M = 1.55
"""From the middle of the carriage to either wall."""

CEILING_M = 2.32
BAY_M = 2.0
"""From the middle of one window to that of the next; windows are at whole multiples of it."""

CARRIAGE_M = 28.0
"""After so many metres along z the furniture repeats; a whole number of bays and of beats."""

LOUNGE_M = 3.0
"""Around whole multiples of `CARRIAGE_M` there are no rows of seats, so far to either side."""

BEAT_M = 14.0
"""Way of the train in one beat; masts and tunnel lamps stand so far apart."""

RACK_M, RACK_Y_M = 1.12, 1.98
"""The luggage racks' edge, from the middle of the carriage, and their height."""

STRIP_M = 0.46
"""The lamps' strips in the ceiling, from its middle."""


class Hour(NamedTuple):
    """Light and weather outside and in.

    Attributes
    ----------
    sun_x, sun_y, sun_z
        Direction towards sun or moon.
    glow
        Light of sky and mist around it.
    disc
        Light of its disc.
    clouds, stars
        Their amount, 0..1.
    towns
        Share of the lamps and windows outside that are lit.
    land
        Light that reaches the land.
    fog
        Share of distant things lost in the air, per metre.
    snow
        How white the land is.
    daylight
        Light that falls through the windows.
    lamps
        Light of the carriage's lamps.
    mirror
        How much of the carriage is seen in its panes.
    seed
        Tells one line from another.
    """

    sun_x: Scalar
    sun_y: Scalar
    sun_z: Scalar
    glow: Scalar
    disc: Scalar
    clouds: Scalar
    stars: Scalar
    towns: Scalar
    land: Scalar
    fog: Scalar
    snow: Scalar
    daylight: Scalar
    lamps: Scalar
    mirror: Scalar
    seed: Scalar


class Ride(NamedTuple):
    """The train at one instant.

    Attributes
    ----------
    travel_m
        How far it has come.
    lean, heave
        Slope of the carriage against the land along z, and how far it looks up or down.
    lamps
        Light of the carriage's lamps now, of their usual light.
    sweep
        Strength of the light that passing lamps throw in.
    t_s
        Absolute time.
    """

    travel_m: Scalar
    lean: Scalar
    heave: Scalar
    lamps: Scalar
    sweep: Scalar
    t_s: Scalar


class Colours(NamedTuple):
    """The world's roles as the kernels take them."""

    sky: RGB
    horizon: RGB
    land: RGB
    town: RGB
    lamp: RGB
    panel: RGB
    seat: RGB
    accent: RGB


def _hour(*, sun: tuple[float, float, float], **numbers: float) -> Hour:
    named = dict(zip(("sun_x", "sun_y", "sun_z"), sun, strict=True))
    numbers = {"snow": 0.0, "seed": 0.0, **named, **numbers}
    return in_float32(Hour, **numbers)


_NIGHT = ("#070d24", "#2b3a6e", "#141c26", "#ffb765", "#ffd7a0", "#8f8474", "#8c2f3f", "#2fb4d6")
_DUSK = ("#27356f", "#ff9a62", "#33304a", "#ffc07a", "#ffd9a8", "#93867a", "#8c3346", "#3fb0cf")
_DAWN = ("#6f8fc4", "#ffc3a2", "#5c6a6a", "#ffd9a0", "#ffe3bd", "#a09488", "#84485a", "#4fb3c4")
_DAY = ("#3f83d2", "#cfe5f0", "#728a4e", "#ffe8c0", "#fff0d4", "#b3aea4", "#7d3a48", "#3aa4c0")
_COSY = Look(
    exposure=1.2,
    bloom=0.55,
    bloom_knee=0.8,
    vignette=0.45,
    contrast=1.06,
    saturation=1.04,
    shadow_tint=(0.0, 0.006, 0.022),
    highlight_tint=(0.014, 0.004, -0.008),
)


DRESSES: dict[str, Dress[Hour]] = {
    "night": Dress(
        _NIGHT,
        _hour(
            sun=(0.80, 0.28, 0.53), glow=0.35, disc=3.0, clouds=0.35, stars=1.0, towns=1.0,
            land=0.30, fog=0.00035, daylight=0.03, lamps=0.40, mirror=1.0,
        ),
        _COSY,
    ),
    "dusk": Dress(
        _DUSK,
        _hour(
            sun=(0.84, 0.06, 0.54), glow=1.0, disc=4.0, clouds=0.7, stars=0.15, towns=0.6,
            land=0.42, fog=0.00050, daylight=0.20, lamps=0.34, mirror=0.5,
        ),
        replace(_COSY, exposure=1.1),
    ),
    "dawn": Dress(
        _DAWN,
        _hour(
            sun=(0.86, 0.12, 0.50), glow=0.85, disc=3.0, clouds=0.5, stars=0.0, towns=0.2,
            land=0.55, fog=0.0016, daylight=0.36, lamps=0.20, mirror=0.2,
        ),
        replace(_COSY, exposure=1.02, shadow_tint=(0.01, 0.006, 0.022)),
    ),
    "day": Dress(
        _DAY,
        _hour(
            sun=(0.75, 0.55, 0.37), glow=0.4, disc=2.0, clouds=0.65, stars=0.0, towns=0.0,
            land=0.85, fog=0.00040, daylight=0.60, lamps=0.12, mirror=0.07,
        ),
        replace(_COSY, exposure=1.0, highlight_tint=(0.0, 0.0, 0.0)),
    ),
}  # fmt: skip
"""Time of day -> how the train is dressed; the first is its own."""
