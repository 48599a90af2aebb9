"""How pictures move: all that is in them, and the camera.

The way of every pixel from one picture to the next is estimated by dense inverse search (T. Kroeger
et al., "Fast Optical Flow using Dense Inverse Search", ECCV 2016). What most of the picture does in
common, turning and growing included, is taken for the camera (a similarity, by RANSAC); a person
who fills the picture is taken for it too.

Contents
--------
Movement, movement, camera_of
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from mvkit.report.viewing import RGB
from mvkit.schema.report import Camera

GRID_PX = 6
"""The camera is read from one pixel in so many, across and down."""
TEXTURED = 0.5
"""Of these, from the share with the most texture: nobody sees a wall move."""
OUTLIER_PX = 0.75
FEWEST_POINTS = 12
SPREAD_OF_MEDIAN = 1.4826
"""Times the median deviation is the standard deviation of a normal distribution."""

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Movement:
    """What moves between two pictures, per second.

    Attributes
    ----------
    speed : float
        Mean speed of all pixels, in picture widths.
    pan, tilt : float
        The camera to the right and downwards, in picture widths.
    zoom : float
        Logarithm of the factor by which the picture grows.
    """

    speed: float
    pan: float
    tilt: float
    zoom: float


def movement(before: RGB, after: RGB, *, step_s: float) -> Movement:
    """Measure what moves from one picture to the next.

    Parameters
    ----------
    before, after : ndarray
        uint8, shape ``(rows, columns, 3)``, some 160 pixels on the longer side.
    step_s : float
        The time between the two, in seconds.
    """
    grey = [cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) for picture in (before, after)]
    flow = _flow().calc(*grey, None)
    width_px = before.shape[1]
    speed = float(np.hypot(flow[..., 0], flow[..., 1]).mean()) / width_px / step_s
    shift_x, shift_y, zoom = _camera_shift(grey[0], flow)
    # Where the picture goes to the left, the camera goes to the right.
    pan, tilt = -shift_x / width_px / step_s, -shift_y / width_px / step_s
    return Movement(speed=speed, pan=pan, tilt=tilt, zoom=zoom / step_s)


def camera_of(movements: Sequence[Movement]) -> Camera:
    """Return how the camera moves in a shot: the medians, and how restless it is."""
    if not movements:
        return Camera(pan=0.0, tilt=0.0, zoom=0.0, unrest=0.0)
    ways = np.array([(m.pan, m.tilt, m.zoom) for m in movements])
    pan, tilt, zoom = (round(float(value), 4) for value in np.median(ways, axis=0))
    # By the median too, as a single jump of the flow is no unrest of the camera.
    strayed = np.median(np.abs(ways - np.median(ways, axis=0)), axis=0)
    unrest = round(SPREAD_OF_MEDIAN * float(np.hypot(strayed[0], strayed[1])), 4)
    return Camera(pan=pan, tilt=tilt, zoom=zoom, unrest=unrest)


@cache
def _flow() -> Any:
    return cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)


def _camera_shift(grey: NDArray[np.uint8], flow: Floats) -> tuple[float, float, float]:
    """Return by how many pixels the middle of the picture shifts, and the logarithm of growth."""
    rows, columns = grey.shape
    points = np.stack(
        np.meshgrid(np.arange(0, columns, GRID_PX), np.arange(0, rows, GRID_PX)), axis=-1
    ).reshape(-1, 2)
    texture = np.abs(cv2.Laplacian(cv2.GaussianBlur(grey, (0, 0), 1.5), cv2.CV_32F))
    texture = cv2.blur(texture, (GRID_PX, GRID_PX))[points[:, 1], points[:, 0]]
    chosen = points[texture >= max(np.quantile(texture, 1.0 - TEXTURED), 1e-3)]
    if len(chosen) < FEWEST_POINTS:
        return 0.0, 0.0, 0.0
    middle = np.array([columns / 2, rows / 2], np.float32)
    start = chosen.astype(np.float32) - middle
    end = start + flow[chosen[:, 1], chosen[:, 0]]
    similarity, _ = cv2.estimateAffinePartial2D(start, end, ransacReprojThreshold=OUTLIER_PX)
    if similarity is None:
        return 0.0, 0.0, 0.0
    growth = float(np.hypot(similarity[0, 0], similarity[1, 0]))
    return float(similarity[0, 2]), float(similarity[1, 2]), float(np.log(max(growth, 1e-3)))
