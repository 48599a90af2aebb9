"""Soft layers: what has no sharp edges is painted at half the size and enlarged.

Skies, clouds, mist and beams of light show no detail of a pixel's size, so a quarter of the
pixels is enough for them. A world opens its layer for a canvas, lets its kernels paint it with
``height`` and ``width`` of the layer (views do not depend on the size), lays it on the canvas
and goes on there with what is sharp::

    half = self._soft.open(canvas)
    paint_sky(half, view, ...)
    self._soft.lay(canvas)

Light that comes on top of what is there, as from beams in haze, is added instead
(:meth:`SoftLayer.add`), and fog is laid over it as far as its mask says (:meth:`SoftLayer.veil`).
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from mvkit.studio.kit.canvas import Canvas, Row, double
from mvkit.studio.kit.jit import f32, inline, kernel
from mvkit.studio.kit.maths import mix

__all__ = ["SoftLayer"]


class SoftLayer:
    """Canvases of half the size, one for each size of canvas that is painted.

    Parameters
    ----------
    n_masks
        Planes besides red, green and blue: covers or distances that the sharp kernels need.
    """

    def __init__(self, n_masks: int = 0) -> None:
        self._n_masks = n_masks
        self._kept: dict[tuple[int, ...], tuple[Canvas, NDArray[np.float32]]] = {}

    def open(self, canvas: Canvas) -> Canvas:
        """Return the layer for a canvas: (3 + n_masks, half its height, half its width).

        It is not cleared: what is laid has to be painted first.
        """
        return self._buffers(canvas)[0]

    def lay(
        self, canvas: Canvas, first_row: int = 0, end_row: int | None = None
    ) -> NDArray[np.float32]:
        """Overwrite rows of a canvas with the layer.

        Parameters
        ----------
        canvas
            The one for which the layer was opened.
        first_row, end_row
            Rows of the canvas; all of them by default.

        Returns
        -------
        numpy.ndarray
            (n_masks, height, width): the masks at the size of the canvas, valid in these rows.
        """
        half, masks = self._buffers(canvas)
        height, width = canvas.shape[1:]
        end_row = height if end_row is None else min(end_row, height)
        if height % 2 == width % 2 == 0:
            double(half[:3], canvas, first_row, end_row)
            double(half[3:], masks, first_row, end_row)
        elif end_row > first_row:
            for small, plane in zip(half, (*canvas, *masks), strict=True):
                large = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
                plane[first_row:end_row] = large[first_row:end_row]
        return masks

    def add(self, canvas: Canvas) -> None:
        """Add the layer's light to a canvas, the one for which the layer was opened."""
        half, _ = self._buffers(canvas)
        _add_wide(half, canvas)

    def veil(self, canvas: Canvas) -> None:
        """Mix the layer into a canvas, as much of it as its first mask says (0..1)."""
        half, _ = self._buffers(canvas)
        _mix_wide(half, canvas)

    def _buffers(self, canvas: Canvas) -> tuple[Canvas, NDArray[np.float32]]:
        """Return the layer for a canvas, and its enlarged masks."""
        height, width = canvas.shape[1:]
        if (height, width) not in self._kept:
            half = np.zeros((3 + self._n_masks, (height + 1) // 2, (width + 1) // 2), np.float32)
            masks = np.zeros((self._n_masks, height, width), np.float32)
            self._kept[height, width] = half, masks
        return self._kept[height, width]


@kernel
def _add_wide(half: Canvas, canvas: Canvas) -> None:
    """Add a layer of half the size to a canvas, enlarged in straight lines."""
    _, height, width = canvas.shape
    mixed = np.empty(half.shape[2], np.float32)
    wide = np.empty(2 * half.shape[2], np.float32)
    for y in range(height):
        for plane in range(3):
            _widen(half, plane, y, mixed, wide)
            line = canvas[plane, y]
            for x in range(width):
                line[x] += wide[x]


@kernel
def _mix_wide(half: Canvas, canvas: Canvas) -> None:
    """Mix a layer of half the size into a canvas by its fourth plane."""
    _, height, width = canvas.shape
    mixed = np.empty(half.shape[2], np.float32)
    wide = np.empty(2 * half.shape[2], np.float32)
    cover = np.empty(2 * half.shape[2], np.float32)
    for y in range(height):
        _widen(half, 3, y, mixed, cover)
        for plane in range(3):
            _widen(half, plane, y, mixed, wide)
            line = canvas[plane, y]
            for x in range(width):
                line[x] = mix(line[x], wide[x], cover[x])


@inline
def _widen(half: Canvas, plane: int, y: int, mixed: Row, wide: Row) -> None:
    """Fill a row of twice the width: every new pixel lies a quarter from the nearest old one."""
    last = half.shape[1] - 1
    nearest = min(y // 2, last)
    near = half[plane, nearest]
    far = half[plane, min(max(nearest + (1 if y % 2 else -1), 0), last)]
    n = mixed.size
    for x in range(n):
        mixed[x] = near[x] * f32(0.75) + far[x] * f32(0.25)
    wide[0] = mixed[0]
    wide[2 * n - 1] = mixed[n - 1]
    after = mixed[1:]
    inner = wide[1:]
    for x in range(after.size):
        inner[2 * x] = mixed[x] * f32(0.75) + after[x] * f32(0.25)
        inner[2 * x + 1] = mixed[x] * f32(0.25) + after[x] * f32(0.75)
