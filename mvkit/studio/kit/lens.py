"""Lens and shutter: the blur behind a close shot's subject, and that of a fast pan."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from mvkit.studio.kit.canvas import Canvas, enlarge
from mvkit.studio.kit.jit import f32, kernel

__all__ = ["Defocus", "smear"]

_BRIGHTEST = 24.0  # a single hot pixel must not become a white disc
_SMALLER = 4  # times as small as the frame is the picture that is blurred


def smear(canvas: Canvas, width: float) -> None:
    """Blur a canvas sideways as a pan does while the shutter is open, in place.

    Parameters
    ----------
    canvas
        Linear light (3, height, width).
    width
        How far the picture runs in that time, in heights of the frame.
    """
    run_px = round(width * canvas.shape[1])
    if run_px < 2:
        return
    for plane in canvas:
        cv2.blur(plane, (run_px, 1), dst=plane, borderType=cv2.BORDER_REPLICATE)


class Defocus:
    """Blurs canvases of one size with a round iris, so that lamps become discs.

    Parameters
    ----------
    width_px, height_px
        Size of the frames.
    """

    def __init__(self, width_px: int, height_px: int) -> None:
        self._small = np.empty(
            (3, max(height_px // _SMALLER, 1), max(width_px // _SMALLER, 1)), np.float32
        )
        self._half = np.empty((3, 2 * self._small.shape[1], 2 * self._small.shape[2]), np.float32)
        self._height_px = height_px
        self._iris: tuple[int, NDArray[np.float32]] = (0, np.ones((1, 1), np.float32))

    def blur(self, source: Canvas, canvas: Canvas, radius: float) -> None:
        """Fill a canvas with a blurred source.

        Parameters
        ----------
        source
            Linear light; the canvas itself, or a smaller picture of the same shape.
        canvas
            Linear light (3, height, width), overwritten.
        radius
            Radius of the disc into which a point spreads, as a share of the frame's height.
        """
        height, width = self._small.shape[1:]
        iris = self._disc(max(radius * self._height_px / _SMALLER, 0.6))
        times = source.shape[1] // height
        if source.shape == (3, times * height, times * width):
            _shrink(source, self._small, times)
        else:
            for plane, small in zip(source, self._small, strict=True):
                cv2.resize(plane, (width, height), dst=small, interpolation=cv2.INTER_AREA)
        np.minimum(self._small, _BRIGHTEST, out=self._small)
        for small in self._small:
            cv2.filter2D(small, -1, iris, dst=small, borderType=cv2.BORDER_REPLICATE)
        # Twice the double is much cheaper than four times the size at once.
        enlarge(self._small, self._half)
        enlarge(self._half, canvas)

    def _disc(self, radius_px: float) -> NDArray[np.float32]:
        """Return a normalised disc with a soft edge and a faintly brighter rim."""
        key = round(radius_px * 16)
        if self._iris[0] != key:
            radius_px = key / 16
            reach = int(np.ceil(radius_px + 0.5))
            y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
            r = np.hypot(x, y)
            disc = np.clip(radius_px + 0.5 - r, 0, 1) * (0.8 + 0.2 * r / radius_px)
            self._iris = (key, (disc / disc.sum()).astype(np.float32))
        return self._iris[1]


@kernel
def _shrink(source: Canvas, small: Canvas, times: int) -> None:
    """Fill ``small`` with the means of squares of ``source``, ``times`` pixels wide and high."""
    n_planes, n_rows, n_columns = small.shape
    total = np.empty(n_columns * times, np.float32)
    share = f32(1) / f32(times * times)
    for plane in range(n_planes):
        for y in range(n_rows):
            for x in range(total.size):
                total[x] = f32(0)
            for k in range(times):
                line = source[plane, y * times + k]
                for x in range(total.size):
                    total[x] += line[x]
            out = small[plane, y]
            for x in range(n_columns):
                out[x] = total[x * times]
            for k in range(1, times):
                for x in range(n_columns):
                    out[x] += total[x * times + k]
            for x in range(n_columns):
                out[x] *= share
