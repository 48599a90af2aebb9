"""Rows of pictures of half the size, enlarged where they are needed.

A kernel that adds a soft layer reads it so from a small picture, which stays in the cache,
instead of from an enlarged copy in memory. A layer that many kernels read may be widened once
(:func:`widen`) and mixed between two of its rows on the way into the frame
(:func:`fill_between`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.kit.canvas import Row
from mvkit.studio.kit.jit import Scalar, f32, inline
from mvkit.studio.kit.maths import mix

__all__ = ["enlarge_row", "fill_between", "widen"]


@inline
def enlarge_row(small: NDArray[np.float32], y: int, between: Row, out: Row) -> None:
    """Fill a row with what a picture of half the size has there, bilinearly.

    Parameters
    ----------
    small
        One plane of the picture of half the size.
    y
        Number of the row in the whole size.
    between
        Scratch of the small picture's width.
    out
        The row, overwritten.
    """
    nearest = min(y >> 1, small.shape[0] - 1)
    beside = min(max(nearest + (1 if y & 1 else -1), 0), small.shape[0] - 1)
    for x in range(between.size):
        between[x] = small[nearest, x] * f32(0.75)
    for x in range(between.size):
        between[x] += small[beside, x] * f32(0.25)
    last = between.size - 1
    for x in range(last):
        a = between[x]
        b = between[x + 1]
        out[2 * x + 1] = a * f32(0.75) + b * f32(0.25)
        out[2 * x + 2] = a * f32(0.25) + b * f32(0.75)
    out[0] = between[0]
    for x in range(2 * last + 1, out.size):
        out[x] = between[last]


@inline
def widen(narrow: Row, share: Scalar, padded: Row, wide: Row) -> None:
    """Spread a row, times ``share``, to twice its width, in straight lines.

    ``padded`` is scratch, two longer than ``narrow``; ``wide`` may be a pixel longer than twice.
    """
    width = narrow.size
    for x in range(width):
        padded[x + 1] = narrow[x] * share
    padded[0] = padded[1]
    padded[width + 1] = padded[width]
    for x in range(width):
        here = f32(0.75) * padded[x + 1]
        wide[2 * x] = here + f32(0.25) * padded[x]
        wide[2 * x + 1] = here + f32(0.25) * padded[x + 2]
    for x in range(2 * width, wide.size):
        wide[x] = padded[width + 1]


@inline
def fill_between(layer: NDArray[np.float32], y: int, row: Row) -> None:
    """Fill row ``y`` of a frame from the layer's two rows (of half as many) that are next to it."""
    n_rows = layer.shape[0]
    place = min(max((f32(y) - f32(0.5)) * f32(0.5), f32(0)), f32(n_rows - 1))
    above = int(place)
    share = place - f32(above)
    upper = layer[above]
    lower = layer[min(above + 1, n_rows - 1)]
    for x in range(row.size):
        row[x] = mix(upper[x], lower[x], share)
