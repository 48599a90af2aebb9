"""Tables: noise that is made once, and read between its entries by kernels."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from mvkit.studio.kit.jit import Scalar, i32, inline, u32
from mvkit.studio.kit.maths import mix

__all__ = ["Table", "cloudy", "look_up"]

Table = NDArray[np.float32]


def cloudy(rng: np.random.Generator, shape: tuple[int, int], cells: Sequence[int]) -> Table:
    """Return noise in 0..1 that repeats at the table's sides; each entry of cells is an octave.

    Parameters
    ----------
    rng
        Source of chance.
    shape
        Rows and columns.
    cells
        Features per width of the table, most important octave first.
    """
    height, width = shape
    total, weight, weights = np.zeros(shape, np.float32), 1.0, 0.0
    for n_columns in cells:
        n_rows = max(round(n_columns * height / width), 1)
        lattice = rng.random((n_rows + 4, n_columns)).astype(np.float32)
        lattice = np.concatenate([lattice, lattice[:, :4]], axis=1)
        x = (np.arange(width, dtype=np.float32) + 0.5) * n_columns / width + 1
        y = (np.arange(height, dtype=np.float32) + 0.5) * n_rows / height + 1
        total += weight * cv2.remap(lattice, *np.meshgrid(x, y), cv2.INTER_CUBIC)
        weights += weight
        weight *= 0.55
    return total / np.float32(weights)


@inline
def look_up(table: Table, column: Scalar, row: Scalar) -> Scalar:
    """Read a table between its entries; column and row have to lie inside, the last left out."""
    # Unsigned indices need no test for a negative one, which would end vectorisation.
    iy = u32(i32(row))
    ix = u32(i32(column))
    jx = u32(ix + u32(1))
    jy = u32(iy + u32(1))
    fx = column - np.floor(column)
    fy = row - np.floor(row)
    above = mix(table[iy, ix], table[iy, jx], fx)
    below = mix(table[jy, ix], table[jy, jx], fx)
    return mix(above, below, fy)
