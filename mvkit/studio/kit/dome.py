"""What is far away as a picture on a dome around the camera, read by direction.

Distant ranges or nebulae take long to work out and look the same from everywhere. A world works
them out once, over azimuth and slope, and looks them up in each frame.
"""

from __future__ import annotations

from math import pi
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from mvkit.studio.kit.jit import Scalar, f32, kernel
from mvkit.studio.kit.sky import heading
from mvkit.studio.kit.view import View

__all__ = ["Dome"]


class Dome:
    """A picture over all azimuths and a range of slopes.

    Parameters
    ----------
    picture
        (rows, columns, planes), 8 bits or float32; the first column begins at azimuth -pi, the
        first row at the highest slope.
    low, high
        Range of its slopes; beyond it the last row goes on.
    """

    def __init__(self, picture: NDArray[Any], *, low: float, high: float) -> None:
        rows, columns = picture.shape[:2]
        self._picture = np.ascontiguousarray(np.pad(picture, ((0, 0), (1, 1), (0, 0)), "wrap"))
        self._high = np.float32(high)
        first = (picture > 0).any(axis=2).argmax(axis=0)
        self._crests = high - first * (high - low) / rows
        self._columns_per_rad = np.float32(columns / (2 * pi))
        self._rows_per_slope = np.float32(rows / (high - low))

    def highest(self, view: View, width: int, height: int) -> float:
        """Return the highest slope at which anything but 0 is painted, of what may be seen."""
        half_rad = np.arctan(0.5 * width / height * float(view.lens)) + 0.02
        yaw = np.arctan2(float(view.sin_yaw), float(view.cos_yaw))
        columns = (np.array([yaw - half_rad, yaw + half_rad]) + pi) * float(self._columns_per_rad)
        window = np.arange(int(columns[0]) - 1, int(columns[1]) + 2) % self._crests.size
        return float(self._crests[window].max())

    def seen(self, view: View, width: int, height: int, *, first: int, end: int) -> NDArray[Any]:
        """Return the dome as a camera sees it.

        Parameters
        ----------
        view
            The camera.
        width, height
            Size of the frame in pixels.
        first, end
            Rows of the frame that are wanted.

        Returns
        -------
        numpy.ndarray
            (end - first, width, planes), of the picture's type.
        """
        places = np.empty((2, end - first, width), np.float32)
        scales = self._columns_per_rad, self._rows_per_slope
        _lay_directions(places, view, height, first, *scales, self._high)
        return cv2.remap(
            self._picture, places[0], places[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )


@kernel
def _lay_directions(
    places: NDArray[np.float32],
    view: View,
    height: int,
    first: int,
    columns_per_rad: Scalar,
    rows_per_slope: Scalar,
    high: Scalar,
) -> None:
    """Find where each pixel reads the picture."""
    _, rows, width = places.shape
    column = np.empty(width, np.float32)
    row = np.empty(width, np.float32)
    for y in range(rows):
        for x in range(width):
            azimuth, slope = heading(view, x, y + first, width, height)
            column[x] = (azimuth + f32(pi)) * columns_per_rad + f32(0.5)
            row[x] = (high - slope) * rows_per_slope - f32(0.5)
        for x in range(width):
            places[0, y, x] = column[x]
        for x in range(width):
            places[1, y, x] = row[x]
