"""Numbers in pictures, as a row of dark and bright blocks that scaling and encoding leave legible.

Two blocks always bear the same (bright, dark), six the number of the clip, ten that of its frame,
lowest bits first.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from mvkit.footage import Picture
from mvkit.video.transitions.planes import planes_of

__all__ = ["BLACK", "MOST_CLIPS", "Levels", "levels_of", "read_levels", "read_number", "stamp"]

SYNC_BITS, CLIP_BITS, FRAME_BITS = (1, 0), 6, 10
N_BLOCKS = len(SYNC_BITS) + CLIP_BITS + FRAME_BITS
MOST_CLIPS = 2**CLIP_BITS - 1
DARK, BRIGHT, BLACK, GREY = 40, 210, 16, 128
BLOCKS_ACROSS = 32
"""So many blocks would fill the width of a picture."""

Levels = NDArray[np.float64]
"""Luma of each block."""


def stamp(picture: Picture, clip: int, frame: int) -> None:
    """Write the number of a clip and a frame into a picture."""
    luma, *chromas = planes_of(picture)
    for (rows, columns), level in zip(_blocks(luma), levels_of(clip, frame), strict=True):
        luma[rows, columns] = level
        for chroma in chromas:
            chroma[_halved(rows), _halved(columns)] = GREY


def levels_of(clip: int, frame: int) -> Levels:
    """Return the luma of each block of a stamp."""
    number = clip | frame << CLIP_BITS
    bits = [*SYNC_BITS, *(number >> place & 1 for place in range(CLIP_BITS + FRAME_BITS))]
    return np.where(bits, BRIGHT, DARK).astype(np.float64)


def read_levels(picture: Picture) -> Levels:
    """Return the luma of each block in a picture, apart from its rim."""
    luma, _, _ = planes_of(picture)
    return np.array(
        [luma[_inside(rows), _inside(columns)].mean() for rows, columns in _blocks(luma)]
    )


def read_number(levels: Levels) -> tuple[int, int] | None:
    """Return the clip and the frame that blocks tell; None if there is no stamp."""
    bits = [int(level > (DARK + BRIGHT) / 2) for level in levels]
    if tuple(bits[: len(SYNC_BITS)]) != SYNC_BITS:
        return None
    number = sum(bit << place for place, bit in enumerate(bits[len(SYNC_BITS) :]))
    return number & MOST_CLIPS, number >> CLIP_BITS


def _blocks(luma: Picture) -> Iterator[tuple[slice, slice]]:
    """Yield rows and columns of each block; cropping above and below leaves them in place."""
    height_px, width_px = luma.shape
    side_px = width_px // BLOCKS_ACROSS
    top_px = height_px // 2 + width_px // 5
    for place in range(N_BLOCKS):
        left_px = width_px // 2 + (place - N_BLOCKS // 2) * side_px
        yield slice(top_px, top_px + side_px), slice(left_px, left_px + side_px)


def _inside(span: slice) -> slice:
    rim_px = (span.stop - span.start) // 4
    return slice(span.start + rim_px, span.stop - rim_px)


def _halved(span: slice) -> slice:
    return slice(span.start // 2, span.stop // 2)
