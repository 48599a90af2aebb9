"""What the kernels of the forest know of its colours and its air; the course of its path."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.kit.jit import Scalar
from mvkit.studio.kit.rgb import RGB
from mvkit.studio.light import Look
from mvkit.studio.worlds.dress import Dress, in_float32

__all__ = ["DRESSES", "PATH", "Air", "Colours", "path_x"]

PATH = ((0.55, 0.13, 0.0), (0.3, 0.31, 1.0))
"""The path's course: x is the sum of two waves, each of amplitude (m), 1/m and phase."""


def path_x(z_m: NDArray[np.floating[Any]] | float) -> Any:
    """Return x of the path's middle at z."""
    return sum(size * np.sin(rate * z_m + phase) for size, rate, phase in PATH)


class Air(NamedTuple):
    """Light and mist at one instant.

    Attributes
    ----------
    azimuth, slope
        Direction of the sun or moon: to the right of +z (rad), and the tangent of its height.
    glow, rays
        Light around it, and of the shafts that it sends through the leaves.
    fog, mist
        Extinction of the air per metre, and the extra near the ground.
    leaves
        How closed the canopy is, 0..1.
    seed
        Tells one forest from another.
    """

    azimuth: Scalar
    slope: Scalar
    glow: Scalar
    rays: Scalar
    fog: Scalar
    mist: Scalar
    leaves: Scalar
    seed: Scalar


class Colours(NamedTuple):
    """The world's roles as the kernels take them; at night ``sun`` is the moon."""

    haze_high: RGB
    haze_low: RGB
    sun: RGB
    bark: RGB
    leaf: RGB
    soil: RGB
    fern: RGB
    mote: RGB


_air = partial(in_float32, Air, seed=0.0)


_DAY = ("#7fa39a", "#a3b47c", "#ffe9a8", "#3a2f26", "#3d6b2c", "#3a3020", "#44782e", "#ffeeb0")
_DAWN = ("#9ab4c4", "#d8b49c", "#ffd9a0", "#3c3034", "#4a6a4a", "#3a3230", "#54704c", "#ffe2b8")
_DUSK = ("#4a4a78", "#c8744a", "#ffae5c", "#2e2226", "#43502c", "#332420", "#54582e", "#ffb050")
_NIGHT = ("#1a3050", "#2c5468", "#bcd8ff", "#161d26", "#2a504c", "#27323c", "#2a5850", "#c8ff7a")
_DEEP = Look(
    exposure=0.95,
    bloom=0.38,
    vignette=0.5,
    contrast=1.12,
    saturation=1.08,
    shadow_tint=(0.0, 0.018, 0.018),
    highlight_tint=(0.02, 0.01, -0.02),
)


DRESSES: dict[str, Dress[Air]] = {
    "day": Dress(
        _DAY,
        _air(azimuth=0.10, slope=0.30, glow=1.0, rays=0.42, fog=0.036, mist=0.035, leaves=0.6),
        _DEEP,
    ),
    "dawn": Dress(
        _DAWN,
        _air(azimuth=0.12, slope=0.16, glow=0.85, rays=0.36, fog=0.042, mist=0.075, leaves=0.5),
        replace(_DEEP, exposure=0.85, shadow_tint=(0.01, 0.01, 0.03)),
    ),
    "dusk": Dress(
        _DUSK,
        _air(azimuth=0.08, slope=0.10, glow=1.1, rays=0.34, fog=0.040, mist=0.06, leaves=0.6),
        replace(_DEEP, exposure=1.05, shadow_tint=(0.02, 0.0, 0.03)),
    ),
    "night": Dress(
        _NIGHT,
        _air(azimuth=0.10, slope=0.42, glow=0.5, rays=0.16, fog=0.045, mist=0.09, leaves=0.5),
        replace(_DEEP, exposure=1.35, shadow_tint=(0.0, 0.01, 0.035), highlight_tint=(0, 0, 0)),
    ),
}
"""Time of day -> how the forest is dressed; the first is its own."""
