"""Film grain: a sheet of noise from which every row of every frame reads another piece."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["N_GRAIN_ROWS", "N_GRAIN_SHIFTS", "new_grain"]

N_GRAIN_ROWS = 64
N_GRAIN_SHIFTS = 1024


def new_grain(width_px: int) -> NDArray[np.float32]:
    """Return noise in -1..1, small values likelier, the same each time.

    A row of ``width_px`` pixels may start at any of `N_GRAIN_SHIFTS` places of any of its
    `N_GRAIN_ROWS` rows: none is seen twice, and no hash is worked out per pixel.
    """
    random = np.random.default_rng(1895)
    sums = random.random((2, N_GRAIN_ROWS, width_px + N_GRAIN_SHIFTS), np.float32).sum(axis=0)
    return np.asarray(sums - 1, np.float32)
