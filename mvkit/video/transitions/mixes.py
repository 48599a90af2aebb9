"""Transitions in which both pictures stay where they are: dissolves, fades, the wipe."""

from __future__ import annotations

import cv2
import numpy as np

from mvkit.footage import Picture
from mvkit.video.transitions.planes import (
    BLACK,
    WHITE,
    Cover,
    Tint,
    full,
    laid_over,
    planes_of,
)

__all__ = ["crossfade", "cut", "fade", "fade_white", "luma_dissolve", "passed", "wipe"]

WIPE_EDGE = 0.06
"""Width of the wipe's soft edge, as a share of the frame."""
DISSOLVE_EDGE = 0.3
"""Range of luma that changes at the same time in a luma dissolve, as a share of all."""


def cut(going: Picture, coming: Picture, weight: float) -> Picture:
    """Show one picture, then the other."""
    return going if weight < 0.5 else coming


def crossfade(going: Picture, coming: Picture, weight: float) -> Picture:
    """Dissolve one picture into the other."""
    mixed: Picture = cv2.addWeighted(going, 1.0 - weight, coming, weight, 0.0)
    return mixed


def fade(going: Picture, coming: Picture, weight: float) -> Picture:
    """Fade one picture out to black, then the other in."""
    return _by_way_of(BLACK, going, coming, weight)


def fade_white(going: Picture, coming: Picture, weight: float) -> Picture:
    """Let one picture drown in white, and the other come out of it."""
    return _by_way_of(WHITE, going, coming, weight)


def luma_dissolve(going: Picture, coming: Picture, weight: float) -> Picture:
    """Dissolve the brightest places first and the darkest last."""
    luma, _, _ = planes_of(going)
    # What decides is the picture's large light, not its grain.
    small = cv2.resize(luma, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    # In ranks, so that of a dark picture, too, half is gone when the time is half over.
    light = cv2.equalizeHist(small).astype(np.float32) / 255
    return laid_over(going, coming, passed(1.0 - light, weight, DISSOLVE_EDGE))


def wipe(going: Picture, coming: Picture, weight: float) -> Picture:
    """Draw the coming picture over the other from the left, with a soft edge."""
    luma, _, _ = planes_of(going)
    height, width = luma.shape
    across = np.linspace(0.0, 1.0, width, dtype=np.float32)
    row = passed(across, weight, WIPE_EDGE)
    return laid_over(going, coming, np.repeat(row[None, :], height, axis=0))


def _by_way_of(tint: Tint, going: Picture, coming: Picture, weight: float) -> Picture:
    between = full(going, tint)
    if weight < 0.5:
        return crossfade(going, between, 2.0 * weight)
    return crossfade(between, coming, 2.0 * weight - 1.0)


def passed(place: Cover, weight: float, edge: float) -> Cover:
    """Return where a front has passed that runs over places 0-1 while the weight rises."""
    front = weight * (1.0 + edge)
    return np.asarray(np.clip((front - place) / edge, 0.0, 1.0), np.float32)
