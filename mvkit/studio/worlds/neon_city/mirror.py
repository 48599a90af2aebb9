"""What the street mirrors, as its ground needs it: blurred downwards, at full width."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.kit.canvas import Canvas
from mvkit.studio.kit.jit import f32, kernel
from mvkit.studio.kit.rows import widen

__all__ = ["smear"]


@kernel
def smear(small: Canvas, first: int, reach: int, mirror: NDArray[np.float32]) -> None:
    """Fill ``mirror`` with the rows of ``small`` from ``first`` on, at twice the width.

    Each is the mean of those at most ``reach`` rows away: wet asphalt draws lights out downwards.
    """
    _, height, width = small.shape
    total = np.empty(width, np.float32)
    padded = np.empty(width + 2, np.float32)
    share = f32(1) / f32(2 * reach + 1)
    for plane in range(3):
        for x in range(width):
            total[x] = f32(0)
        for row in range(-reach, reach + 1):
            image = small[plane, min(max(first + row, first), height - 1)]
            for x in range(width):
                total[x] += image[x]
        for y in range(mirror.shape[1]):
            widen(total, share, padded, mirror[plane, y])
            enters = small[plane, min(first + y + reach + 1, height - 1)]
            leaves = small[plane, max(first + y - reach, first)]
            for x in range(width):
                total[x] += enters[x] - leaves[x]
