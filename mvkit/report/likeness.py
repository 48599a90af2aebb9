"""Whether shots look alike that show the same place or the same people.

What is compared are statistics of whole pictures: their colours, and where their edges run which
way (histograms of oriented gradients; N. Dalal and B. Triggs, CVPR 2005). They tell whether a place
keeps its look; they know neither faces nor clothes. People are compared by the middle of the
picture, where they mostly stand: weak evidence, since the place is seen there too.

Contents
--------
Impression, shape_of, place_likeness, people_likeness
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations

import cv2
import numpy as np
from numpy.typing import NDArray

from mvkit.report.colour import Histogram, apart
from mvkit.report.viewing import RGB
from mvkit.schema.report import Likeness

CELLS, DIRECTIONS = 4, 8
"""Edges are counted in 4 x 4 cells, in eight directions."""

Shape = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Impression:
    """What a shot looks like, and what the plan says it shows.

    Attributes
    ----------
    colours, middle : ndarray
        Histograms of colour of the whole picture, and of its middle third.
    shape : ndarray
        Where its edges run which way.
    """

    place: str
    people: tuple[str, ...]
    colours: Histogram
    middle: Histogram
    shape: Shape


def shape_of(pictures: Sequence[RGB]) -> Shape:
    """Return where the edges of pictures run which way, on average: a vector of length 1 or 0."""
    total: Shape = np.sum([_edges(picture) for picture in pictures], axis=0)
    length = float(np.linalg.norm(total))
    return total / length if length > 0 else total


def place_likeness(shots: Sequence[Impression]) -> tuple[Likeness, Likeness]:
    """Compare shots of the same place with shots of two: by colour, and by shape."""
    pairs = [(one, other, one.place == other.place) for one, other in combinations(shots, 2)]
    return (
        _likeness("place", "colour", pairs, lambda a, b: apart(a.colours, b.colours)),
        _likeness("place", "shape", pairs, lambda a, b: _shapes_apart(a.shape, b.shape)),
    )


def people_likeness(shots: Sequence[Impression]) -> Likeness:
    """Compare shots of the same people with shots of others, in the same place."""
    pairs = [
        (one, other, one.people == other.people)
        for one, other in combinations(shots, 2)
        if one.place == other.place and (one.people or other.people)
    ]
    return _likeness("people", "colour", pairs, lambda a, b: apart(a.middle, b.middle))


def _likeness(
    of: str,
    by: str,
    pairs: Sequence[tuple[Impression, Impression, bool]],
    distance: Callable[[Impression, Impression], float],
) -> Likeness:
    same = [distance(one, other) for one, other, is_same in pairs if is_same]
    others = [distance(one, other) for one, other, is_same in pairs if not is_same]
    return Likeness.model_validate(
        {
            "of": of,
            "by": by,
            "n_same": len(same),
            "n_other": len(others),
            "same": _mean(same),
            "other": _mean(others),
            "told_apart": _told_apart(same, others),
        }
    )


def _told_apart(same: Sequence[float], others: Sequence[float]) -> float | None:
    """Return how often one of the same is closer (the area under the ROC curve); ties are half."""
    if not (same and others):
        return None
    gaps = np.array(others)[None, :] - np.array(same)[:, None]
    return round(float((gaps > 0).mean() + 0.5 * (gaps == 0).mean()), 4)


def _mean(distances: Sequence[float]) -> float | None:
    return round(float(np.mean(distances)), 4) if distances else None


def _shapes_apart(one: Shape, other: Shape) -> float:
    return float(np.clip(1.0 - one @ other, 0.0, 1.0))


def _edges(picture: RGB) -> Shape:
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32)
    across, down = (cv2.Sobel(grey, cv2.CV_32F, *way) for way in ((1, 0), (0, 1)))
    strength = np.hypot(across, down)
    direction = (np.arctan2(down, across) % np.pi) / np.pi * DIRECTIONS
    rows, columns = grey.shape
    row, column = np.indices(grey.shape)
    cell = (row * CELLS // rows) * CELLS + column * CELLS // columns
    place = cell * DIRECTIONS + direction.astype(int) % DIRECTIONS
    counts = np.bincount(
        place.ravel(), weights=strength.ravel(), minlength=CELLS * CELLS * DIRECTIONS
    )
    return np.asarray(np.sqrt(counts), np.float64)
