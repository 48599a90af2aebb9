"""What the lake's kernels know of its measures, its colours and its air."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import NamedTuple

from mvkit.studio.kit.jit import Scalar
from mvkit.studio.kit.rgb import RGB
from mvkit.studio.light import Look
from mvkit.studio.worlds.dress import Dress, in_float32

__all__ = ["DECK_M", "DRESSES", "HALF_M", "HEAD_M", "HEAD_X_M", "Air", "Colours", "Dress"]

DECK_M = 0.5
"""Height of the planks over the water."""

HALF_M = 1.05
"""Half the width of the walkway over the lake, which runs along z at x = 0 and never ends."""

HEAD_X_M = 300.0
"""Where another jetty begins at the shore, along z, and ends in a wider head at z = 0."""

HEAD_M = (1.9, 3.6)
"""Half the width of that head, and its length."""


class Air(NamedTuple):
    """Sky, air and water at one time of day and in one weather.

    Attributes
    ----------
    azimuth
        Direction of the twilight, to the right of +z (rad).
    twilight
        Its light, 0..1.
    aurora, stars, clouds
        Brightness of the northern lights and of the stars, cover of clouds, 0..1.
    mist
        How thick the mist lies on the water, 0..1.
    veil
        How much of far things the air hides, 0..1.
    snow
        How white the planks are, 0..1.
    lantern
        Brightness of the lantern.
    seed
        Tells one lake from another.
    """

    azimuth: Scalar
    twilight: Scalar
    aurora: Scalar
    stars: Scalar
    clouds: Scalar
    mist: Scalar
    veil: Scalar
    snow: Scalar
    lantern: Scalar
    seed: Scalar


class Colours(NamedTuple):
    """The world's roles as the kernels take them.

    ``curtain`` is the aurora's foot and body, ``crown`` its upper edge and, low down, its hem.
    """

    zenith: RGB
    upper: RGB
    horizon: RGB
    curtain: RGB
    crown: RGB
    snow: RGB
    fir: RGB
    wood: RGB


_air = partial(in_float32, Air, veil=0.12, snow=0.0, seed=0.0)


_NIGHT = ("#040818", "#0a1838", "#1e4260", "#38ffa0", "#b04cff", "#8298b8", "#060c12", "#4a3c34")
_DUSK = ("#122052", "#4a4a8c", "#f09a6c", "#4affb0", "#ff6cc8", "#a8a4c4", "#10121e", "#5c4438")
_DAWN = ("#5478b4", "#c8a4c4", "#ffcfa6", "#8affd0", "#ffa0d8", "#d8d4e4", "#28303c", "#7c6656")
_NORTHERN = Look(
    exposure=1.45, bloom=0.5, vignette=0.36, shadow_tint=(-0.004, 0.004, 0.02), contrast=1.06
)


DRESSES: dict[str, Dress[Air]] = {
    "night": Dress(
        _NIGHT,
        _air(
            azimuth=0.25, twilight=0.10, aurora=1.0, stars=1.0, clouds=0.0, mist=0.28,
            lantern=1.0,
        ),
        _NORTHERN,
    ),
    "dusk": Dress(
        _DUSK,
        _air(
            azimuth=-0.3, twilight=0.75, aurora=0.55, stars=0.35, clouds=0.5, mist=0.35,
            lantern=0.8,
        ),
        replace(_NORTHERN, exposure=1.1, bloom=0.4, shadow_tint=(0.008, 0.0, 0.025)),
    ),
    "dawn": Dress(
        _DAWN,
        _air(
            azimuth=0.35, twilight=1.0, aurora=0.26, stars=0.0, clouds=0.7, mist=0.85,
            veil=0.3, lantern=0.35,
        ),
        replace(_NORTHERN, exposure=0.88, bloom=0.3, shadow_tint=(0.01, 0.006, 0.02)),
    ),
}  # fmt: skip
"""Time of day -> how the lake is dressed; the first is its own."""
