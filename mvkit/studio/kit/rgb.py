"""Arithmetic on colours inside kernels: a colour is a tuple of three float32, linear light."""

from __future__ import annotations

from mvkit.studio.kit.jit import Scalar, f32, inline
from mvkit.studio.kit.maths import mix

__all__ = ["RGB", "add_light", "grey", "mix_rgb", "multiply_rgb", "pick_rgb", "scale_rgb"]

RGB = tuple[Scalar, Scalar, Scalar]
"""Red, green, blue in linear light; 1 is the white of the display, lamps go beyond."""


@inline
def grey(level: Scalar) -> RGB:
    """Return the neutral colour of a level."""
    return level, level, level


@inline
def scale_rgb(colour: RGB, gain: Scalar) -> RGB:
    """Return ``colour`` brightened by ``gain``."""
    return f32(colour[0] * gain), f32(colour[1] * gain), f32(colour[2] * gain)


@inline
def multiply_rgb(a: RGB, b: RGB) -> RGB:
    """Return light ``a`` reflected by (or filtered through) ``b``."""
    return f32(a[0] * b[0]), f32(a[1] * b[1]), f32(a[2] * b[2])


@inline
def mix_rgb(a: RGB, b: RGB, amount: Scalar) -> RGB:
    """Go from ``a`` (amount 0) to ``b`` (amount 1)."""
    return mix(a[0], b[0], amount), mix(a[1], b[1], amount), mix(a[2], b[2], amount)


@inline
def add_light(colour: RGB, light: RGB, amount: Scalar) -> RGB:
    """Return ``colour`` with ``amount`` of ``light`` added."""
    return (
        f32(colour[0] + light[0] * amount),
        f32(colour[1] + light[1] * amount),
        f32(colour[2] + light[2] * amount),
    )


@inline
def pick_rgb(a: RGB, b: RGB, c: RGB, choice: Scalar) -> RGB:
    """Choose one of three colours by a number in 0..1 (a hash): thirds."""
    colour = mix_rgb(a, b, f32(1) if choice > f32(1 / 3) else f32(0))
    return mix_rgb(colour, c, f32(1) if choice > f32(2 / 3) else f32(0))
