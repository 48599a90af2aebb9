"""Single-precision maths for kernels: interpolation, and polynomials instead of libm calls.

The polynomials are good to about 1e-3 relative, which is below one step of an 8-bit channel,
and cost a few vector instructions. Angles are in radians.
"""

from __future__ import annotations

import numpy as np

from mvkit.studio.kit.jit import Scalar, f32, i32, inline

__all__ = [
    "arctan2",
    "cosine",
    "exponential",
    "fraction",
    "log2",
    "mix",
    "power",
    "power_of_2",
    "saturate",
    "select",
    "sine",
    "smoothstep",
]


@inline
def saturate(x: Scalar) -> Scalar:
    """Clamp ``x`` to 0..1."""
    return min(max(x, f32(0)), f32(1))


@inline
def mix(a: Scalar, b: Scalar, amount: Scalar) -> Scalar:
    """Go from ``a`` (amount 0) to ``b`` (amount 1) in a straight line."""
    return f32(a + (b - a) * amount)


@inline
def select(condition: bool | np.bool) -> Scalar:
    """Return 1 where the condition holds, else 0."""
    return f32(1) if condition else f32(0)


@inline
def fraction(x: Scalar) -> Scalar:
    """Return the part of ``x`` above the next lower whole number, in 0..1."""
    return f32(x - np.floor(x))


@inline
def smoothstep(edge_0: Scalar, edge_1: Scalar, x: Scalar) -> Scalar:
    """Rise from 0 at ``edge_0`` to 1 at ``edge_1`` with level ends; the edges may be swapped."""
    t = saturate(f32((x - edge_0) / (edge_1 - edge_0)))
    return f32(t * t * (f32(3) - f32(2) * t))


@inline
def sine(x: Scalar) -> Scalar:
    """Approximate ``sin(x)`` by a refined parabola; absolute error below 1.2e-3."""
    turns = np.floor(x * f32(0.15915494309) + f32(0.5))
    x = f32(x - turns * f32(6.28318530718))
    y = f32(x * (f32(1.27323954) - f32(0.405284735) * abs(x)))
    return f32(y * (f32(0.775) + f32(0.225) * abs(y)))


@inline
def cosine(x: Scalar) -> Scalar:
    """Approximate ``cos(x)``."""
    return sine(f32(x + f32(1.57079633)))


@inline
def power_of_2(x: Scalar) -> Scalar:
    """Approximate ``2 ** x`` for x in -126..126: whole part to the exponent bits, cubic rest."""
    x = min(max(x, f32(-126)), f32(126))
    whole = np.floor(x)
    f = f32(x - whole)
    cubic = f32(0.0555036) + f * f32(0.0096838)
    mantissa = f32(1) + f * (f32(0.69314718) + f * (f32(0.2402265) + f * cubic))
    return f32(mantissa * i32(i32(i32(whole) + i32(127)) << i32(23)).view(np.float32))


@inline
def exponential(x: Scalar) -> Scalar:
    """Approximate ``exp(x)``."""
    return power_of_2(f32(x * f32(1.44269504)))


@inline
def log2(x: Scalar) -> Scalar:
    """Approximate the binary logarithm of a positive number; absolute error below 2e-4."""
    bits = f32(x).view(np.int32)
    exponent = f32(i32(i32(bits >> i32(23)) - i32(127)))
    m = f32(i32(i32(bits & i32(0x7FFFFF)) | i32(0x3F800000)).view(np.float32))
    quartic = f32(-2.13413238) + m * (f32(0.64971048) + m * f32(-0.08213049))
    return f32(exponent + (f32(-2.51982856) + m * (f32(4.08638048) + m * quartic)))


@inline
def power(x: Scalar, exponent: Scalar) -> Scalar:
    """Approximate ``x ** exponent`` for x >= 0."""
    return power_of_2(f32(log2(max(x, f32(1e-8))) * exponent))


@inline
def arctan2(y: Scalar, x: Scalar) -> Scalar:
    """Approximate the angle of the vector (x, y) in -pi..pi."""
    across = abs(x)
    up = abs(y)
    a = min(across, up) / (max(across, up) + f32(1e-9))
    s = a * a
    r = ((f32(-0.0464964749) * s + f32(0.15931422)) * s - f32(0.327622764)) * s * a + a
    r = f32(1.57079637) - r if up > across else r
    r = f32(3.14159274) - r if x < f32(0) else r
    return f32(-r if y < f32(0) else r)
