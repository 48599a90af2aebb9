"""What the kernels of the ink painting know of its paper, its inks and its hour."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import NamedTuple

from mvkit.studio.kit.jit import Scalar
from mvkit.studio.kit.rgb import RGB
from mvkit.studio.light import Look
from mvkit.studio.worlds.dress import Dress, in_float32

__all__ = ["DRESSES", "Colours", "Hour"]


class Hour(NamedTuple):
    """How wet the brush is at one time of day, and where the disc hangs.

    Attributes
    ----------
    azimuth, slope, radius
        Sun or moon: direction to the right of +z (rad), height and radius as tangents.
    disc
        How thickly its colour is laid on.
    ink
        Density of the ink, 1 as rubbed.
    mist
        How much of the mountains is left bare, 0..1.
    wash
        How far the second tone of the paper rises from the horizon, as a tangent.
    """

    azimuth: Scalar
    slope: Scalar
    radius: Scalar
    disc: Scalar
    ink: Scalar
    mist: Scalar
    wash: Scalar


class Colours(NamedTuple):
    """The world's roles as the kernels take them; at night the ink is pale, the paper dark."""

    paper: RGB
    wash: RGB
    ink: RGB
    distance: RGB
    disc: RGB
    lake: RGB
    pine: RGB
    gilt: RGB


_hour = partial(in_float32, Hour)


_RICE = ("#d9cfb8", "#c2b294", "#14161a", "#39454c", "#d2301f", "#a3b4b2", "#1d2620", "#c98a2e")
_AMBER = ("#dcb48c", "#c8826a", "#1c1420", "#5c3c56", "#c81e22", "#b08078", "#241a24", "#e8a03c")
_INDIGO = ("#111a33", "#1d3054", "#d9dfe6", "#5f79a4", "#e9bd62", "#20375c", "#a9bccb", "#e6b050")
_ROSE = ("#c7c0c6", "#d2a7a0", "#232838", "#5d6c88", "#e0584a", "#9fb0bc", "#2a3440", "#d89a6a")
_MATT = Look(
    exposure=0.98,
    bloom=0.10,
    bloom_knee=1.2,
    halation=0.02,
    vignette=0.22,
    grain=0.008,
    contrast=1.06,
    saturation=1.08,
)


DRESSES: dict[str, Dress[Hour]] = {
    "day": Dress(
        _RICE,
        _hour(azimuth=0.16, slope=0.34, radius=0.105, disc=0.95, ink=1.0, mist=0.5, wash=0.25),
        _MATT,
    ),
    "dusk": Dress(
        _AMBER,
        _hour(azimuth=0.12, slope=0.20, radius=0.15, disc=0.95, ink=1.35, mist=0.3, wash=0.55),
        replace(_MATT, exposure=0.95, saturation=1.0),
    ),
    "night": Dress(
        _INDIGO,
        _hour(azimuth=-0.14, slope=0.38, radius=0.09, disc=1.0, ink=0.55, mist=0.55, wash=0.5),
        replace(_MATT, exposure=1.3, bloom=0.3, bloom_knee=0.7),
    ),
    "dawn": Dress(
        _ROSE,
        _hour(azimuth=0.14, slope=0.13, radius=0.12, disc=0.7, ink=0.7, mist=0.8, wash=0.32),
        replace(_MATT, exposure=0.9),
    ),
}
"""Time of day -> how the painting is dressed; the first is its own."""
