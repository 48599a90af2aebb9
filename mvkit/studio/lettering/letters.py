"""A line of words as a texture: how much of a tube's core and of its glow falls on each point."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from mvkit.errors import InvalidInput
from mvkit.typeface import BUNDLED_FONT, face, missing_letters

__all__ = ["Letters", "set_letters"]

_SIZE_PX = 96  # of the letters in the texture
_TUBE_PX = 5  # width of a neon tube
_MARGIN_PX = 60  # the glow's room around the letters
_MOST_IN_ROW, _MOST_IN_NARROW = 20, 11  # letters; a longer line is broken into equal rows
_LONGEST = 80


@dataclass(frozen=True, eq=False)
class Letters:
    """A line of words, drawn once.

    Attributes
    ----------
    core, glow
        (height, width) float32, 0..1: the letters themselves, and the light around them.
    """

    core: NDArray[np.float32]
    glow: NDArray[np.float32]

    @property
    def aspect(self) -> float:
        """Width by height."""
        return self.core.shape[1] / self.core.shape[0]


@lru_cache(maxsize=32)
def set_letters(
    text: str, *, tubes: bool, narrow: bool = False, font: Path | None = None
) -> Letters:
    """Set a line of words.

    Parameters
    ----------
    text
        What is written, 1-80 characters; scripts that run from right to left are set so.
    tubes
        Whether the letters are outlines, as neon tubes follow them; else they are filled.
    narrow
        Whether its rows are short.
    font
        A TrueType or OpenType file; None is the bundled one.

    Raises
    ------
    InvalidInput
        If there is nothing to write, or the font cannot write it.
    """
    text = " ".join(text.split())[:_LONGEST]
    if not text:
        raise InvalidInput("A sign has no words; expected 1 to 80 characters.")
    missing = missing_letters(text, font)
    if missing:
        raise InvalidInput(
            f"The font {(font or BUNDLED_FONT).name} cannot write {missing!r} in {text!r}; name "
            "one that can in the setting `font` (MVKIT_FONT)."
        )
    rows = "\n".join(_rows(text, _MOST_IN_NARROW if narrow else _MOST_IN_ROW))
    letters = face(font, size_px=_SIZE_PX)
    sizing = ImageDraw.Draw(Image.new("L", (1, 1)))
    left, top, right, bottom = sizing.multiline_textbbox((0, 0), rows, letters, align="center")
    size = round(right - left) + 2 * _MARGIN_PX, round(bottom - top) + 2 * _MARGIN_PX
    page = Image.new("L", size)
    place = _MARGIN_PX - left, _MARGIN_PX - top
    ImageDraw.Draw(page).multiline_text(place, rows, 255, letters, align="center")
    core: NDArray[np.float32] = np.asarray(page, np.float32) / np.float32(255)
    if tubes:
        core = _outline(core)
    wide = cv2.GaussianBlur(core, (0, 0), 0.28 * _MARGIN_PX)
    near = cv2.GaussianBlur(core, (0, 0), 0.09 * _MARGIN_PX)
    return Letters(core=core, glow=np.clip(0.9 * wide + 0.55 * near, 0, 1).astype(np.float32))


def _rows(text: str, most: int) -> list[str]:
    """Break a line into as few rows as fit, of about the same length."""
    n_rows = -(-len(text) // most)
    return textwrap.wrap(text, max(-(-len(text) // n_rows) + 3, 8)) or [text]


def _outline(filled: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the outline of letters, as wide as a tube."""
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (_TUBE_PX, _TUBE_PX))
    edge = cv2.morphologyEx(filled, cv2.MORPH_GRADIENT, kernel)
    return np.asarray(cv2.GaussianBlur(edge, (0, 0), 0.8), np.float32)
