"""Depth of field: the blur of what lies behind a close shot's subject."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from mvkit.studio.kit.canvas import Canvas, enlarge

__all__ = ["Defocus"]

_BRIGHTEST = 24.0  # a single hot pixel must not become a white disc


class Defocus:
    """Blurs canvases of one size with a round iris, so that lamps become discs.

    Parameters
    ----------
    width_px, height_px
        Size of the frames.
    """

    def __init__(self, width_px: int, height_px: int) -> None:
        self._small = np.empty((3, max(height_px // 4, 1), max(width_px // 4, 1)), np.float32)
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
        iris = self._disc(max(radius * self._height_px / 4, 0.6))
        for plane, small in zip(source, self._small, strict=True):
            cv2.resize(plane, (width, height), dst=small, interpolation=cv2.INTER_AREA)
            np.minimum(small, _BRIGHTEST, out=small)
            cv2.filter2D(small, -1, iris, dst=small, borderType=cv2.BORDER_REPLICATE)
        enlarge(self._small, canvas)
        np.maximum(canvas, 0, out=canvas)

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
