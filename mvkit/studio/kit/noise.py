"""Hashes and noise for kernels: random numbers that depend on the place alone.

Nothing here keeps a state, so a pixel of any frame can be computed by itself, and the same
place looks the same whichever clip shows it. All values lie in 0..1.
"""

from __future__ import annotations

import numpy as np

from mvkit.studio.kit.jit import Scalar, f32, i32, inline, u32
from mvkit.studio.kit.maths import mix, saturate

__all__ = ["fbm3", "fbm5", "hash_1d", "hash_2d", "resolved", "value_noise"]

Integer = np.int32


@inline
def hash_2d(ix: Integer, iy: Integer) -> Scalar:
    """Return a number in 0..1 for a cell of the integer lattice ("lowbias" style mixing)."""
    n = u32(u32(u32(ix) * u32(0x9E3779B1)) + u32(u32(iy) * u32(0x85EBCA77)))
    n = u32(n ^ u32(n >> u32(15)))
    n = u32(n * u32(0x2C1B3C6D))
    n = u32(n ^ u32(n >> u32(12)))
    n = u32(n * u32(0x297A2D39))
    n = u32(n ^ u32(n >> u32(15)))
    return f32(f32(i32(u32(n >> u32(8)))) * f32(1.0 / 16777216.0))


@inline
def hash_1d(i: Integer) -> Scalar:
    """Return a number in 0..1 for an integer."""
    return hash_2d(i, i32(7919))


@inline
def value_noise(x: Scalar, y: Scalar) -> Scalar:
    """Interpolate lattice hashes smoothly; features are about one unit wide."""
    cell_x = np.floor(x)
    cell_y = np.floor(y)
    ix = i32(cell_x)
    iy = i32(cell_y)
    fx = f32(x - cell_x)
    fy = f32(y - cell_y)
    ux = f32(fx * fx * (f32(3) - f32(2) * fx))
    uy = f32(fy * fy * (f32(3) - f32(2) * fy))
    jx = i32(ix + i32(1))
    jy = i32(iy + i32(1))
    below = mix(hash_2d(ix, iy), hash_2d(jx, iy), ux)
    above = mix(hash_2d(ix, jy), hash_2d(jx, jy), ux)
    return mix(below, above, uy)


@inline
def fbm3(x: Scalar, y: Scalar) -> Scalar:
    """Add three octaves of value noise (fractal Brownian motion)."""
    v = f32(0.55) * value_noise(x, y)
    x = f32(x * f32(2.03) + f32(1.7))
    y = f32(y * f32(2.03) + f32(9.2))
    v += f32(0.29) * value_noise(x, y)
    x = f32(x * f32(2.03) + f32(1.7))
    y = f32(y * f32(2.03) + f32(9.2))
    return f32(v + f32(0.16) * value_noise(x, y))


@inline
def fbm5(x: Scalar, y: Scalar) -> Scalar:
    """Add five octaves of value noise, each turned by 37 degrees: clouds, mist, stone."""
    v = f32(0.5) * value_noise(x, y)
    x1 = f32(x * f32(1.6) - y * f32(1.2) + f32(1.7))
    y1 = f32(x * f32(1.2) + y * f32(1.6) + f32(9.2))
    v += f32(0.25) * value_noise(x1, y1)
    x2 = f32(x1 * f32(1.6) - y1 * f32(1.2) + f32(1.7))
    y2 = f32(x1 * f32(1.2) + y1 * f32(1.6) + f32(9.2))
    v += f32(0.125) * value_noise(x2, y2)
    x3 = f32(x2 * f32(1.6) - y2 * f32(1.2) + f32(1.7))
    y3 = f32(x2 * f32(1.2) + y2 * f32(1.6) + f32(9.2))
    v += f32(0.07) * value_noise(x3, y3)
    x4 = f32(x3 * f32(1.6) - y3 * f32(1.2) + f32(1.7))
    y4 = f32(x3 * f32(1.2) + y3 * f32(1.6) + f32(9.2))
    return f32(v + f32(0.055) * value_noise(x4, y4))


@inline
def resolved(size: Scalar, footprint: Scalar) -> Scalar:
    """Return how much of a pattern pixels can show: 1 all of it, 0 only its mean.

    Patterns on the ground shrink towards the horizon; below two pixels they would flicker.

    Parameters
    ----------
    size
        Size of the pattern's features.
    footprint
        Size of a pixel on the same surface, in the same unit, above 0.
    """
    return saturate(f32(size / footprint * f32(0.7) - f32(0.7)))
