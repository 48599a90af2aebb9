"""Stretches of a film in which nothing is to be seen: black, or not moving.

They are judged by the frames that were watched, at least one every two seconds; shorter stretches
can be missed.

Contents
--------
longest_black, longest_frozen
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise

import cv2

from mvkit.video.album import Coarse
from mvkit.video.changes import BLACK_LUMA

MAX_BLACK_LUMA = BLACK_LUMA + 4
MAX_STILL_DIFFERENCE = 0.25
"""Mean difference of luma between two pictures that count as the same."""


def longest_black(seen: Mapping[int, Coarse]) -> range:
    """Return the longest run of frames that are as good as black; empty if there is none.

    Parameters
    ----------
    seen : mapping of int to ndarray
        Coarse luma pictures by film frame.
    """
    return _longest(seen, lambda *two: max(picture.mean() for picture in two) <= MAX_BLACK_LUMA)


def longest_frozen(seen: Mapping[int, Coarse]) -> range:
    """Return the longest run of frames that show the same picture; empty if there is none.

    Parameters
    ----------
    seen : mapping of int to ndarray
        Coarse luma pictures by film frame.
    """
    return _longest(seen, lambda a, b: cv2.absdiff(a, b).mean() <= MAX_STILL_DIFFERENCE)


def _longest(seen: Mapping[int, Coarse], lifeless: Callable[[Coarse, Coarse], bool]) -> range:
    longest = current = range(0)
    for earlier, later in pairwise(sorted(seen)):
        goes_on = lifeless(seen[earlier], seen[later])
        current = range(current.start if current else earlier, later + 1) if goes_on else range(0)
        longest = max(longest, current, key=len)
    return longest
