"""How well words over the picture can be read: the contrast of letters to what is around them.

Where the letters stand is known, as they are set in type again. Their light and that of the ring
around them, halo included, are read from the film itself, and compared as the rules for web pages
do (W3C, WCAG 2.2, 1.4.3): 4.5 to 1 is asked of text, 3 to 1 of large text, 21 to 1 is black on
white.

Contents
--------
WANTED, frame_to_read, read_caption
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from mvkit.footage import typeset
from mvkit.report.viewing import EVERY_FRAMES, Luma
from mvkit.schema import Caption
from mvkit.schema.report import CaptionMeasures
from mvkit.timing import frame_at

WANTED = 3.0
"""Captions are large text."""
LETTER, BARE = 0.9, 0.02
"""How much of a pixel is letter, for it to count as one, and as none."""
RING_PX = 5
CELL_PX = 64
FEWEST_PIXELS = 12
BLACK, SPAN, GAMMA = 16.0, 219.0, 2.4


def frame_to_read(caption: Caption) -> int:
    """Return the sample of the film at a caption's middle, where it is all there."""
    middle = (frame_at(caption.start) + frame_at(caption.end)) // 2
    return middle // EVERY_FRAMES * EVERY_FRAMES


def read_caption(caption: Caption, luma: Luma, *, font: Path | None = None) -> CaptionMeasures:
    """Measure how a caption stands out from a picture.

    Parameters
    ----------
    caption : Caption
        What is written.
    luma : ndarray
        The luma plane of the film's frame, in full size; 16 is black, 235 white.
    font : Path, optional
        The font in which it was set; by default the bundled one.
    """
    height_px, width_px = luma.shape
    sheet = typeset(caption, width_px=width_px, height_px=height_px, font=font)
    top, left = max(sheet.top_px, 0), max(sheet.left_px, 0)
    rows, columns = sheet.cover.shape
    part = luma[top : top + rows, left : left + columns]
    letters = (sheet.letters / max(float(sheet.letters.max()), 1e-6))[: part.shape[0]]
    letters = letters[:, : part.shape[1]]
    reach = np.ones((2 * RING_PX + 1, 2 * RING_PX + 1), np.uint8)
    is_letter = letters >= LETTER
    is_ring = (cv2.dilate(is_letter.astype(np.uint8), reach) > 0) & (letters <= BARE)
    light = (np.clip(part.astype(np.float64) - BLACK, 0.0, SPAN) / SPAN) ** GAMMA
    ratios = list(_ratios(light, is_letter, is_ring))
    return CaptionMeasures(
        start=caption.start,
        end=caption.end,
        kind=caption.kind,
        text=caption.text,
        contrast=round(_ratio(light[is_letter], light[is_ring]), 2),
        weakest=round(min(ratios, default=1.0), 2),
    )


def _ratios(
    light: NDArray[np.float64], is_letter: NDArray[np.bool_], is_ring: NDArray[np.bool_]
) -> list[float]:
    """Return the contrast of each stretch of a caption, as wide as a letter or two."""
    ratios = []
    for left in range(0, light.shape[1], CELL_PX):
        cell = np.s_[:, left : left + CELL_PX]
        inside, around = light[cell][is_letter[cell]], light[cell][is_ring[cell]]
        if min(len(inside), len(around)) >= FEWEST_PIXELS:
            ratios.append(_ratio(inside, around))
    return ratios


def _ratio(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Return the contrast ratio of two lights, each the median of its pixels."""
    if not (len(one) and len(other)):
        return 1.0
    darker, lighter = sorted((float(np.median(one)), float(np.median(other))))
    return (lighter + 0.05) / (darker + 0.05)
