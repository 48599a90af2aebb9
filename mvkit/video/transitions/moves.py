"""Transitions in which the frame itself moves: push, whip, zoom, spin.

What moves past the edge of a picture is its mirror image, and fast movement is blurred as a
shutter blurs it.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from mvkit.footage import Picture
from mvkit.video.transitions.planes import Plane, planes_of, remade

__all__ = ["push", "spin", "whip", "zoom"]

WHIP_BLUR = 0.12
"""Longest blur of a whip, as a share of the frame's width."""
ZOOM_IN, ZOOM_FROM = 2.0, 0.65
"""Scale at which a zoom leaves the one picture and enters the other."""
SPIN_DEG = 100.0
SPIN_IN = 1.8
"""How far a spin has turned, and come closer, where one picture becomes the other."""
SHUTTER = (-1.0, -0.33, 0.33, 1.0)
"""Instants that one blurred frame shows, in halves of the time the shutter is open."""
OPEN = 0.02
"""Half the time the shutter is open, as a share of the transition."""
SLOW = 0.12
"""Share of the transition at both ends in which the movement is too slow to blur."""


def push(going: Picture, coming: Picture, weight: float) -> Picture:
    """Let the coming picture push the other out to the left."""
    return _side_by_side(going, coming, _eased(weight), blur=0.0)


def whip(going: Picture, coming: Picture, weight: float) -> Picture:
    """Swing the camera from one picture to the other, too fast to see anything between."""
    share = _eased(_eased(weight))
    return _side_by_side(going, coming, share, blur=WHIP_BLUR * (1.0 - abs(2.0 * weight - 1.0)))


def zoom(going: Picture, coming: Picture, weight: float) -> Picture:
    """Rush into one picture and out of the depth of the other."""

    def lens(plane: Plane, instant: float) -> cv2.typing.MatLike:
        left = 2.0 * (1.0 - instant)
        scale = ZOOM_IN ** (4 * instant**2) if weight < 0.5 else ZOOM_FROM ** (left**2)
        return _turned(plane, 0.0, scale)

    return _exposed(going if weight < 0.5 else coming, weight, lens)


def spin(going: Picture, coming: Picture, weight: float) -> Picture:
    """Turn one picture away, and the other on in the same sense until it stands."""

    def turn(plane: Plane, instant: float) -> cv2.typing.MatLike:
        done = 2.0 * min(instant, 1.0 - instant)
        sense = 1.0 if weight < 0.5 else -1.0
        return _turned(plane, sense * SPIN_DEG * done**2, SPIN_IN**done)

    return _exposed(going if weight < 0.5 else coming, weight, turn)


def _eased(share: float) -> float:
    return share * share * (3.0 - 2.0 * share)


def _side_by_side(going: Picture, coming: Picture, share: float, *, blur: float) -> Picture:
    """Show a window that slides from one picture to the one on its right."""
    shown = np.empty_like(going)
    for out, left, right in zip(planes_of(shown), planes_of(going), planes_of(coming), strict=True):
        width = left.shape[1]
        first = round(share * width)
        window = np.concatenate([left[:, first:], right[:, :first]], axis=1)
        n_columns = round(blur * width) | 1
        out[:] = cv2.blur(window, (n_columns, 1)) if n_columns > 1 else window
    return shown


def _turned(plane: Plane, angle_deg: float, scale: float) -> cv2.typing.MatLike:
    height, width = plane.shape
    return cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), angle_deg, scale)


def _exposed(
    picture: Picture, weight: float, lens: Callable[[Plane, float], cv2.typing.MatLike]
) -> Picture:
    """Show a picture through a lens that moves while the shutter is open."""
    if weight in (0.0, 1.0):
        return picture
    left = min(weight, 1.0 - weight)
    if left < SLOW:
        return remade(picture, lambda plane: _through(plane, lens(plane, weight)))
    begin, end = (0.0, 0.5) if weight < 0.5 else (0.5, 1.0)
    instants = [min(max(weight + OPEN * part, begin), end) for part in SHUTTER]

    def expose(plane: Plane) -> Plane:
        # What is blurred has no detail for which every pixel would have to be moved.
        small = cv2.resize(plane, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        mean = np.mean([_through(small, lens(small, each)) for each in instants], axis=0)
        height, width = plane.shape
        return np.asarray(cv2.resize(mean.astype(np.uint8), (width, height)), np.uint8)

    return remade(picture, expose)


def _through(plane: Plane, matrix: cv2.typing.MatLike) -> Plane:
    height, width = plane.shape
    seen = cv2.warpAffine(plane, matrix, (width, height), borderMode=cv2.BORDER_REFLECT)
    return np.asarray(seen, np.uint8)
