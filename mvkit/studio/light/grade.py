"""A look at one frame in the numbers that the kernel needs.

After the filmic curve a channel ``c`` of lightness ``l`` goes through saturation, tints, gradient
map, contrast and fade. Each is linear in ``c`` and at most quadratic in ``l`` (the map has a bend
at middle grey), so all of them together are

    keep * c + base + slope * l + curve * l**2 + bend * max(2 * l - 1, 0)

with coefficients per channel that are worked out here, once a frame, in steps of the display.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.kit.jit import Scalar
from mvkit.studio.kit.rgb import RGB
from mvkit.studio.light.look import GradientMap, Levels, Look
from mvkit.studio.music import Pulse

__all__ = ["Grade", "grade"]

_STEPS = 255.0
_PIVOT = 0.45  # lightness that contrast leaves alone
_HIT = 0.6  # onsets above it shake the lens


class Grade(NamedTuple):
    """A look at one frame, as float32 for the kernel.

    Attributes
    ----------
    exposure, bloom
        Gain of red, green and blue, and that of their glow.
    vignette, aberration
        Of the lens, at this frame.
    keep
        Share of a channel's own level in what is shown, in steps.
    base, slope, curve, bend
        What lightness adds to each channel, in steps; see the module.
    grain
        In steps.
    white
        The most that is shown, in steps.
    bar_px
        Height of either bar of the letterbox.
    """

    exposure: RGB
    bloom: RGB
    vignette: Scalar
    aberration: Scalar
    keep: Scalar
    base: RGB
    slope: RGB
    curve: RGB
    bend: RGB
    grain: Scalar
    white: Scalar
    bar_px: Scalar


def grade(look: Look, *, pulse: Pulse, fade: float, lift: float, height_px: int) -> Grade:
    """Return what a look is at one frame; parameters as :meth:`Darkroom.develop` has them."""
    f = np.float32
    hit = max(float(pulse.onset) - _HIT, 0.0) / (1 - _HIT) * float(pulse.energy)
    gain = look.exposure * (1 + max(look.flash * float(pulse.flash), lift))
    steps = _STEPS * fade
    wash = _tints(look)
    if look.gradient is not None:
        wash = wash.mapped(look.gradient)
    wash = wash.scaled(look.contrast).lifted(_PIVOT * (1 - look.contrast)).scaled(steps)
    return Grade(
        exposure=_rgb(np.multiply(look.balance, gain)),
        bloom=_rgb((look.bloom + look.halation, look.bloom, look.bloom)),
        vignette=f(look.vignette),
        aberration=f(look.aberration * hit),
        keep=f(wash.keep),
        base=_rgb(wash.base + 0.5),  # whole steps are cut off, not rounded
        slope=_rgb(wash.slope),
        curve=_rgb(wash.curve),
        bend=_rgb(wash.bend),
        grain=f(look.grain * steps),
        white=f(steps + 0.5),
        bar_px=f(look.letterbox * height_px / 2),
    )


@dataclass(frozen=True)
class _Wash:
    """The coefficients of the module's formula; arrays of three channels but for ``keep``."""

    keep: float
    base: NDArray[np.float64]
    slope: NDArray[np.float64]
    curve: NDArray[np.float64]
    bend: NDArray[np.float64]

    def scaled(self, gain: float) -> _Wash:
        """Return it brightened."""
        return _Wash(
            gain * self.keep,
            gain * self.base,
            gain * self.slope,
            gain * self.curve,
            gain * self.bend,
        )

    def lifted(self, level: float) -> _Wash:
        """Return it with a level added to every channel."""
        return _Wash(self.keep, self.base + level, self.slope, self.curve, self.bend)

    def mapped(self, gradient: GradientMap) -> _Wash:
        """Return it with the colours of a gradient map laid over it."""
        dark, middle, bright = (np.array(stop) for stop in gradient.stops)
        own, amount = self.scaled(1 - gradient.amount), gradient.amount
        return _Wash(
            own.keep,
            own.base + amount * dark,
            own.slope + amount * 2 * (middle - dark),
            own.curve,
            own.bend + amount * (bright - 2 * middle + dark),
        )


def _tints(look: Look) -> _Wash:
    """Return saturation, ``shadows * (1 - l)**2`` and ``highlights * l**2``."""
    shadows, highlights = np.array(look.shadow_tint), np.array(look.highlight_tint)
    return _Wash(
        keep=look.saturation,
        base=shadows,
        slope=1 - look.saturation - 2 * shadows,
        curve=shadows + highlights,
        bend=np.zeros(3),
    )


def _rgb(levels: Levels | NDArray[np.float64]) -> RGB:
    red, green, blue = (np.float32(level) for level in levels)
    return red, green, blue
