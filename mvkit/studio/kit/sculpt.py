"""Making the tiles of :mod:`mvkit.studio.kit.relief`: rough ground, stones, and their light."""

from __future__ import annotations

from math import cos, sin
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.kit.jit import Scalar, f32, i32, kernel
from mvkit.studio.kit.maths import saturate

__all__ = ["cast_light", "openness", "rough_tile", "stone_heights"]

Tile = NDArray[np.float32]

_SHADOW_STEPS = 150


def rough_tile(rng: np.random.Generator, size: int, *, fall: float, lowest: float = 1.0) -> Tile:
    """Return periodic fractal noise with mean 0 and standard deviation 1.

    Parameters
    ----------
    rng
        Where its chances come from.
    size
        Side in texels.
    fall
        Power by which amplitude falls with frequency: 1 rough, 2 soft.
    lowest
        Waves per tile of the longest wave.
    """
    spectrum = np.fft.rfft2(rng.standard_normal((size, size)))
    frequency = np.hypot(*np.meshgrid(*_frequencies(size), indexing="ij"))
    spectrum *= np.where(frequency >= lowest, np.maximum(frequency, 1.0) ** -(fall + 1.0), 0.0)
    tile = np.fft.irfft2(spectrum, (size, size))
    return np.asarray(tile / tile.std(), np.float32)


def _frequencies(size: int) -> tuple[NDArray[Any], NDArray[Any]]:
    return np.fft.fftfreq(size, 1 / size), np.fft.rfftfreq(size, 1 / size)


@kernel
def stone_heights(height_m: Tile, stones: NDArray[np.float32], cell_m: Scalar) -> None:
    """Let stones rise out of a tile, in place.

    Parameters
    ----------
    height_m
        Periodic heights.
    stones
        (n, 5): x and z of the middle, radius, height (all in metres), and a chance in 0..1 that
        gives each its own angular outline.
    cell_m
        Side of a texel.
    """
    size = height_m.shape[0]
    for k in range(stones.shape[0]):
        radius = stones[k, 2] / cell_m
        reach = int(radius * f32(1.5)) + 1
        middle_x = int(stones[k, 0] / cell_m)
        middle_z = int(stones[k, 1] / cell_m)
        base = height_m[middle_z % size, middle_x % size]
        turn = stones[k, 4] * f32(6.2832)
        for j in range(-reach, reach + 1):
            for i in range(-reach, reach + 1):
                u = f32(i) / radius
                v = f32(j) / radius
                # The least of a few tilted planes makes a stone with facets.
                top = f32(1)
                for face in range(7):
                    angle = turn + f32(face) * f32(0.9) + f32(1.7) * stones[k, 4] * f32(face % 3)
                    steep = f32(1.2) + f32(1.1) * f32((face * 3) % 5) * f32(0.4)
                    out = u * np.cos(angle) + v * np.sin(angle)
                    top = min(top, (f32(0.92) - out) * steep + f32(0.1) * f32(face % 2))
                if top > f32(0):
                    row = (middle_z + j) % size
                    column = (middle_x + i) % size
                    risen = base + top * stones[k, 3]
                    height_m[row, column] = max(height_m[row, column], risen)


def cast_light(height_m: Tile, cell_m: float, *, azimuth: float, slope: float) -> Tile:
    """Return the light that a low sun throws on each texel, with the shadows of all the others.

    Parameters
    ----------
    height_m
        Periodic heights.
    cell_m
        Side of a texel.
    azimuth, slope
        Direction of the sun: to the right of +z in radians, tangent of its height.

    Returns
    -------
    numpy.ndarray
        Cosine of the angle of incidence, 0 in the shadow.
    """
    light = np.empty_like(height_m)
    numbers = (cell_m, sin(azimuth), cos(azimuth), slope)
    _cast(light, height_m, *(np.float32(number) for number in numbers))
    return light


@kernel
def _cast(
    light: Tile, height_m: Tile, cell_m: Scalar, sun_x: Scalar, sun_z: Scalar, slope: Scalar
) -> None:
    size = height_m.shape[0]
    per = f32(1) / np.sqrt(f32(1) + slope * slope)
    last = size - 1
    for row in range(size):
        for column in range(size):
            own = height_m[row, column]
            left = height_m[row, (column - 1) & last]
            right = height_m[row, (column + 1) & last]
            before = height_m[(row - 1) & last, column]
            after = height_m[(row + 1) & last, column]
            nx = (left - right) / (f32(2) * cell_m)
            nz = (before - after) / (f32(2) * cell_m)
            facing = (nx * sun_x + nz * sun_z + slope) * per / np.sqrt(f32(1) + nx * nx + nz * nz)
            clear = f32(1)
            if facing > f32(0):
                step = f32(1)
                way = f32(1.5)
                for _ in range(_SHADOW_STEPS):
                    x = i32(np.floor(f32(column) + sun_x * way + f32(0.5)))
                    z = i32(np.floor(f32(row) + sun_z * way + f32(0.5)))
                    over = height_m[z & last, x & last] - own - slope * way * cell_m
                    # A sun with a disc: the shadow's edge softens with the distance.
                    clear = min(clear, f32(1) - over / (f32(0.012) * way * cell_m + f32(0.01)))
                    if clear <= f32(0):
                        break
                    step = f32(1) + way * f32(0.012)
                    way += step
            light[row, column] = max(facing, f32(0)) * saturate(clear)


def openness(height_m: Tile, cell_m: float, *, radius_m: float) -> Tile:
    """Return how open to the sky each texel is: below 1 in hollows, above on crests."""
    size = height_m.shape[0]
    frequency = np.hypot(*np.meshgrid(*_frequencies(size), indexing="ij"))
    blur = np.exp(-2 * (np.pi * frequency * radius_m / (size * cell_m)) ** 2)
    around = np.fft.irfft2(np.fft.rfft2(height_m) * blur, (size, size))
    return np.asarray(np.clip(1 + (height_m - around) / radius_m, 0.3, 1.4), np.float32)
