"""Making the tiles of :mod:`mvkit.studio.kit.relief`: rough ground, stones, and their light."""

from __future__ import annotations

from functools import lru_cache
from math import cos, sin

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.kit.jit import Scalar, f32, kernel
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
    spectrum = np.fft.rfft2(rng.standard_normal((size, size)).astype(np.float32))
    frequency = _waves(size)
    power = np.maximum(frequency, 1.0) ** np.float32(-(fall + 1.0))
    spectrum *= np.where(frequency >= lowest, power, np.float32(0))
    tile = np.fft.irfft2(spectrum, (size, size))
    return np.asarray(tile / tile.std(), np.float32)


@lru_cache(maxsize=2)
def _waves(size: int) -> Tile:
    """Return how many waves each place of a tile's spectrum stands for."""
    waves = np.hypot(np.fft.fftfreq(size, 1 / size)[:, None], np.fft.rfftfreq(size, 1 / size))
    return np.asarray(waves, np.float32)


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
    light = np.empty(height_m.shape, np.float32)
    numbers = (cell_m, sin(azimuth), cos(azimuth), slope)
    # Two times side by side, a row from any column on is a view.
    twice = np.concatenate([height_m, height_m], axis=1, dtype=np.float32)
    _cast(light, twice, *(np.float32(number) for number in numbers))
    return light


@kernel
def _cast(
    light: Tile, twice: Tile, cell_m: Scalar, sun_x: Scalar, sun_z: Scalar, slope: Scalar
) -> None:
    """Light one row after the other; ``twice`` holds the heights two times side by side."""
    size = light.shape[0]
    per = f32(1) / np.sqrt(f32(1) + slope * slope)
    highest = twice.max()
    clear = np.empty(size, np.float32)
    for row in range(size):
        own = twice[row, 0:size]
        left = twice[row, size - 1 : 2 * size - 1]
        right = twice[row, 1 : size + 1]
        before = twice[row - 1, 0:size]
        after = twice[(row + 1) % size, 0:size]
        lowest = own.min()
        for x in range(size):
            clear[x] = f32(1)
        way = f32(1.5)
        for _ in range(_SHADOW_STEPS):
            fall_m = slope * way * cell_m
            if highest - lowest < fall_m:
                break  # nothing reaches up to the rays of this row any more
            begin = int(np.floor(sun_x * way + f32(0.5))) % size
            seen = twice[(row + int(np.floor(sun_z * way + f32(0.5)))) % size, begin : begin + size]
            # A sun with a disc: the shadow's edge softens with the distance.
            sharp = f32(1) / (f32(0.012) * way * cell_m + f32(0.01))
            for x in range(size):
                clear[x] = min(clear[x], f32(1) - (seen[x] - own[x] - fall_m) * sharp)
            way += f32(1) + way * f32(0.012)
        for x in range(size):
            nx = (left[x] - right[x]) / (f32(2) * cell_m)
            nz = (before[x] - after[x]) / (f32(2) * cell_m)
            facing = (nx * sun_x + nz * sun_z + slope) * per / np.sqrt(f32(1) + nx * nx + nz * nz)
            clear[x] = max(facing, f32(0)) * saturate(clear[x])
        for x in range(size):
            light[row, x] = clear[x]


def openness(height_m: Tile, cell_m: float, *, radius_m: float) -> Tile:
    """Return how open to the sky each texel is: below 1 in hollows, above on crests."""
    size = height_m.shape[0]
    blur = np.exp(-2 * (np.pi * _waves(size) * np.float32(radius_m / (size * cell_m))) ** 2)
    around = np.fft.irfft2(np.fft.rfft2(height_m) * blur, (size, size))
    return np.asarray(np.clip(1 + (height_m - around) / radius_m, 0.3, 1.4), np.float32)
