"""What a picture is about: where the eye goes first, found without any model.

An object is what differs in colour from its surroundings and whose own colours are found in one
place, not all over the picture (F. Perazzi et al., "Saliency filters: contrast based filtering
for salient region detection", 2012). Skin counts more, and so does what is near the middle, since
pictures are mostly composed around it.

Places are in shares of the picture: x from 0 (left) to 1, y from 0 (top) to 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["Place", "Subject", "find_subject"]

_N_ELEMENTS = 1100  # the picture is looked at as a mosaic of so many stones
_NEAR = 0.3  # surroundings that a stone is compared with, in long sides
_ALIKE = 22.0  # colours so far apart (CIE Lab) still belong together
_COMPACT = 5.0  # how much a colour loses by being all over the picture
_TALL, _WIDE = (0.028, 0.1), (0.17, 0.05)  # a person stands, a horizon lies: radii in long sides
_REACH = (0.06, 0.16)  # how far a subject reaches across and down
_SETTLING = 4  # steps from what stands out most to the middle of its surroundings
_LIGHTNESS = 0.55  # a bright spot is less of an object than a strange colour
_APART = 0.3  # a detail is at least so far from the subject, in long sides


@dataclass(frozen=True)
class Place:
    """A spot of a picture."""

    x: float
    y: float


@dataclass(frozen=True, eq=False)
class Subject:
    """What a picture is about.

    Attributes
    ----------
    place
        The middle of what is looked at first.
    detail
        What is looked at next, away from it.
    salience
        How much each place draws the eye, float32 in 0..1, small.
    """

    place: Place
    detail: Place
    salience: NDArray[np.float32]


def find_subject(picture: NDArray[np.uint8]) -> Subject:
    """Find what a picture is about.

    Parameters
    ----------
    picture
        Red, green, blue; uint8, shape ``(height, width, 3)``.
    """
    height, width = picture.shape[:2]
    scale = np.sqrt(_N_ELEMENTS / (width * height))
    size = max(round(width * scale), 4), max(round(height * scale), 4)
    mosaic = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    salience = (_distinctness(mosaic) + 0.5 * _skin(mosaic)) * _composition(mosaic)
    salience /= max(float(salience.max()), 1e-6)
    place = _peak(salience)
    return Subject(place=place, detail=_peak(_away(salience, place)), salience=salience)


def _distinctness(mosaic: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return how much each stone stands out, 0..1."""
    height, width = mosaic.shape[:2]
    lab = cv2.cvtColor(mosaic.astype(np.float32) / 255, cv2.COLOR_RGB2LAB).reshape(-1, 3)
    lab *= np.array([_LIGHTNESS, 1.0, 1.0], np.float32)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32).reshape(2, -1) / max(height, width)
    places = np.stack([x, y], axis=1)
    colour_gap, place_gap = _square_gaps(lab), _square_gaps(places)
    nearby = np.exp(-place_gap / (2 * _NEAR**2))
    unlike = (colour_gap * nearby).sum(axis=1) / nearby.sum(axis=1)
    alike = np.exp(-colour_gap / (2 * _ALIKE**2))
    alike /= alike.sum(axis=1, keepdims=True)
    middle = alike @ places
    spread = alike @ (places**2).sum(axis=1) - (middle**2).sum(axis=1)
    standing = _normal(np.sqrt(unlike)) * np.exp(-_COMPACT * _normal(spread))
    return _normal(standing).reshape(height, width)


def _square_gaps(points: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the squared distance of each point to each other."""
    squares = (points**2).sum(axis=1)
    gaps = squares[:, None] + squares[None, :] - 2 * points @ points.T
    return np.maximum(gaps, 0.0).astype(np.float32)


def _skin(mosaic: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return how much colours are those of skin, of any complexion, 0..1."""
    luma, red, blue = (
        plane.astype(np.float32) for plane in cv2.split(cv2.cvtColor(mosaic, cv2.COLOR_RGB2YCrCb))
    )
    likeness = np.exp(-(((red - 152) / 10) ** 2) - ((blue - 107) / 10) ** 2)
    return (likeness * np.clip((luma - 25) / 40, 0, 1)).astype(np.float32)


def _composition(mosaic: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return how likely pictures are composed around each place."""
    height, width = mosaic.shape[:2]
    y = (np.arange(height, dtype=np.float32) + 0.5) / height
    x = (np.arange(width, dtype=np.float32) + 0.5) / width
    across = np.exp(-(((x - 0.5) / 0.42) ** 2))
    up = np.exp(-(((y - 0.48) / 0.42) ** 2))
    return np.outer(up, across).astype(np.float32)


def _away(salience: NDArray[np.float32], place: Place) -> NDArray[np.float32]:
    """Return what is left of a salience when a place and its surroundings are not looked at."""
    height, width = salience.shape
    y, x = np.mgrid[0:height, 0:width]
    gap = np.hypot(x + 0.5 - place.x * width, y + 0.5 - place.y * height) / max(height, width)
    return np.asarray(salience * np.clip(2 * gap / _APART - 1, 0.0, 1.0), np.float32)


def _peak(salience: NDArray[np.float32]) -> Place:
    """Return the middle of what stands out most."""
    height, width = salience.shape
    long_side = max(height, width)
    standing, lying = (
        cv2.GaussianBlur(salience, (0, 0), across * long_side, sigmaY=down * long_side)
        for across, down in (_TALL, _WIDE)
    )
    row, column = np.unravel_index(int(np.argmax(standing - 0.6 * lying)), salience.shape)
    y, x = np.mgrid[0:height, 0:width] + 0.5
    middle_x, middle_y = float(column) + 0.5, float(row) + 0.5
    for _ in range(_SETTLING):
        across = (x - middle_x) / (_REACH[0] * long_side)
        down = (y - middle_y) / (_REACH[1] * long_side)
        weight = np.exp(-(across**2 + down**2) / 2) * salience + 1e-12
        middle_x = float((x * weight).sum() / weight.sum())
        middle_y = float((y * weight).sum() / weight.sum())
    return Place(x=middle_x / width, y=middle_y / height)


def _normal(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return values stretched to 0..1, outliers left out."""
    low, high = np.percentile(values, (2, 99))
    return np.clip((values - low) / max(float(high - low), 1e-6), 0.0, 1.0).astype(np.float32)
