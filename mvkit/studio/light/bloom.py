"""The glow around lamps, worked out at a quarter of the size."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from mvkit.studio.kit.canvas import Canvas
from mvkit.studio.kit.jit import Scalar, f32, kernel

__all__ = ["Bloom"]

# Takes are the unit of parallel work; threads inside OpenCV would only fight over the cores.
cv2.setNumThreads(1)


@kernel
def _gather_highlights(canvas: Canvas, small: Canvas, knee: Scalar) -> None:
    """Average 4x4 blocks and keep what lies above the knee, softly."""
    _, height, width = small.shape
    column = np.empty(width * 4, np.float32)
    for plane in range(3):
        for y in range(height):
            row_0 = canvas[plane, y * 4]
            row_1 = canvas[plane, y * 4 + 1]
            row_2 = canvas[plane, y * 4 + 2]
            row_3 = canvas[plane, y * 4 + 3]
            for x in range(width * 4):
                column[x] = (row_0[x] + row_1[x]) + (row_2[x] + row_3[x])
            out = small[plane, y]
            for x in range(width):
                total = column[x * 4] + column[x * 4 + 1] + column[x * 4 + 2] + column[x * 4 + 3]
                level = max(total * f32(1 / 16), f32(0))
                out[x] = min(level * level / (level + knee), f32(12))


@kernel
def _widen(narrow: NDArray[np.float32], wide: NDArray[np.float32]) -> None:
    """Spread the rows of ``narrow`` to four times their width, in straight lines."""
    height, width = narrow.shape
    padded = np.empty(width + 2, np.float32)
    for y in range(height):
        padded[0] = narrow[y, 0]
        padded[width + 1] = narrow[y, width - 1]
        for x in range(width):
            padded[x + 1] = narrow[y, x]
        out = wide[y]
        for x in range(width):
            here = padded[x + 1]
            before = padded[x] - here
            after = padded[x + 2] - here
            out[4 * x] = here + f32(0.375) * before
            out[4 * x + 1] = here + f32(0.125) * before
            out[4 * x + 2] = here + f32(0.125) * after
            out[4 * x + 3] = here + f32(0.375) * after
        for x in range(4 * width, wide.shape[1]):
            out[x] = narrow[y, width - 1]


class Bloom:
    """Finds the glow of canvases of one size; owns the buffers.

    Parameters
    ----------
    width_px, height_px
        Size of the canvases.
    """

    def __init__(self, width_px: int, height_px: int) -> None:
        height, width = max(height_px // 4, 1), max(width_px // 4, 1)
        self._tiny = max(width_px // 16, 1), max(height_px // 16, 1)
        self._small = np.empty((3, height, width), np.float32)
        self._glow = np.empty((3, height, width_px), np.float32)

    def glow(self, canvas: Canvas, knee: float) -> NDArray[np.float32]:
        """Return the glow of a canvas, not yet enlarged in height.

        Parameters
        ----------
        canvas
            Linear light (3, height, width).
        knee
            Level from which on things glow.

        Returns
        -------
        numpy.ndarray
            (3, height // 4, width): rows are left to whoever reads it, who can go from one to
            the next while doing other things. Overwritten by the next call.
        """
        _gather_highlights(canvas, self._small, np.float32(knee))
        _, height, width = self._small.shape
        for highlights, glow in zip(self._small, self._glow, strict=True):
            near = cv2.GaussianBlur(highlights, (11, 11), 1.6)
            far = cv2.resize(near, self._tiny, interpolation=cv2.INTER_AREA)
            far = cv2.GaussianBlur(far, (0, 0), 2.2)
            far = cv2.addWeighted(far, 0.6, cv2.GaussianBlur(far, (0, 0), 6), 0.6, 0)
            far = cv2.resize(far, (width, height), interpolation=cv2.INTER_CUBIC)
            both = cv2.addWeighted(near, 0.45, far, 0.75, 0)
            _widen(both, glow)
        return self._glow
