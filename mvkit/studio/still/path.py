"""The path of a virtual camera over a picture, as arrays over the frames of a shot.

Conventions: lengths are in *spans*. One span is the width of the largest view in the film's shape
that the picture holds; x goes right and y down from the picture's middle. At zoom 1 a frame shows
one span of the picture, at zoom 2 half of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

__all__ = ["Curve", "Path", "Sheet"]

Curve = NDArray[np.float64]
"""One number per frame."""


@dataclass(frozen=True)
class Sheet:
    """A picture under the camera.

    Parameters
    ----------
    width_px, height_px
        Size of the picture.
    aspect
        Width of the film by its height.
    """

    width_px: int
    height_px: int
    aspect: float

    @property
    def px_per_span(self) -> float:
        """Pixels of the picture in the width of the largest view."""
        return min(self.width_px, self.height_px * self.aspect)

    @property
    def width(self) -> float:
        """Width in spans, at least 1."""
        return self.width_px / self.px_per_span

    @property
    def height(self) -> float:
        """Height in spans, at least 1 / aspect."""
        return self.height_px / self.px_per_span


@dataclass(frozen=True, eq=False)
class Path:
    """Where the camera is at each frame of a shot.

    Parameters
    ----------
    x, y
        What is in the middle of the frame, in spans from the picture's middle.
    zoom
        How much is shown: ``1 / zoom`` spans.
    roll_rad
        Roll, positive leans to the right.
    shift_x, shift_y
        How far the camera has stepped aside: parts nearer than the subject are displaced against
        it by up to so much of the frame's width, farther ones with it.
    swell
        How much the background recedes while the subject keeps its size; 0 not at all.
    """

    x: Curve
    y: Curve
    zoom: Curve
    roll_rad: Curve
    shift_x: Curve
    shift_y: Curve
    swell: Curve

    def half_width(self, aspect: float) -> Curve:
        """Return half the width that is seen, relief and roll included, in spans."""
        upright = np.abs(np.cos(self.roll_rad)) + np.abs(np.sin(self.roll_rad)) / aspect
        return (0.5 * upright * (1 + np.abs(self.swell)) + np.abs(self.shift_x)) / self.zoom

    def half_height(self, aspect: float) -> Curve:
        """Return half the height that is seen, relief and roll included, in spans."""
        upright = np.abs(np.cos(self.roll_rad)) / aspect + np.abs(np.sin(self.roll_rad))
        return (0.5 * upright * (1 + np.abs(self.swell)) + np.abs(self.shift_y)) / self.zoom

    def excess(self, sheet: Sheet) -> float:
        """Return by what factor the path sees more than the picture holds; up to 1 is fine."""
        half_x, half_y = self.half_width(sheet.aspect), self.half_height(sheet.aspect)
        width = np.max(self.x + half_x) - np.min(self.x - half_x)
        height = np.max(self.y + half_y) - np.min(self.y - half_y)
        return float(max(width / sheet.width, height / sheet.height))

    def inside(self, sheet: Sheet) -> Path:
        """Return the path moved as a whole, as little as it takes, to stay on the picture."""
        half_x, half_y = self.half_width(sheet.aspect), self.half_height(sheet.aspect)
        return replace(
            self,
            x=self.x + _correction(self.x - half_x, self.x + half_x, sheet.width / 2),
            y=self.y + _correction(self.y - half_y, self.y + half_y, sheet.height / 2),
        )

    def likeness(self, frame: int, other: Path, other_frame: int, *, aspect: float) -> float:
        """Return how alike two frames are framed: the area they share by all they show, 0..1."""
        mine, theirs = self._window(frame, aspect), other._window(other_frame, aspect)
        across = min(mine[1], theirs[1]) - max(mine[0], theirs[0])
        down = min(mine[3], theirs[3]) - max(mine[2], theirs[2])
        shared = max(across, 0.0) * max(down, 0.0)
        return shared / (_area(mine) + _area(theirs) - shared)

    def _window(self, frame: int, aspect: float) -> tuple[float, float, float, float]:
        """Return left, right, top and bottom of what a frame shows."""
        x, y, half = float(self.x[frame]), float(self.y[frame]), 0.5 / float(self.zoom[frame])
        return x - half, x + half, y - half / aspect, y + half / aspect


def _area(window: tuple[float, float, float, float]) -> float:
    left, right, top, bottom = window
    return (right - left) * (bottom - top)


def _correction(low: Curve, high: Curve, limit: float) -> float:
    """Return the smallest shift that brings ``low`` and ``high`` between -limit and limit."""
    below, above = -limit - float(np.min(low)), limit - float(np.max(high))
    if below > above:  # too large by a rounding error: in the middle it is least seen
        return (below + above) / 2
    return min(max(0.0, below), above)
