"""Setting a caption in type: where its rows stand in the picture, and how they look as pixels.

Letters are white, with a soft dark halo that keeps them readable over anything. Nothing is written
where players and apps lay their own buttons: wide pictures keep the title-safe margins of
television (5 % of each side, EBU R 95), tall ones the lower fifth and a broader edge on both sides.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from mvkit.orthography import sung_parts
from mvkit.schema import Caption, CaptionKind
from mvkit.typeface import face

ROW_HEIGHT = 1.28
"""Distance between two rows, in letter sizes."""
SMALLEST_PX = 10
HALO_WIDTH, HALO_SHADE = 0.16, 0.75
"""The halo's blur in letter sizes, and how much of the picture it takes at most."""
SAFE = 0.05, 0.05, 0.95, 0.92
SAFE_IF_TALL = 0.12, 0.1, 0.88, 0.8
"""Left, top, right and bottom of what nothing covers, as shares of the picture."""
HALO_REACH = 3
"""So many blurs away the halo has ended."""

Plane = NDArray[np.float32]


@dataclass(frozen=True)
class Place:
    """Where captions of a kind stand, and how they look.

    Attributes
    ----------
    size : float
        Height of the letters as a share of the picture's shorter side.
    across, down : float
        Where the caption is anchored, from 0, left or top, to 1, inside the safe area.
    opacity : float
        Of the letters, 0-1.
    fade_s : float
        How long it takes to appear, and to go.
    """

    size: float
    across: float
    down: float
    opacity: float = 1.0
    fade_s: float = 0.1


PLACES: dict[CaptionKind, Place] = {
    "lyrics": Place(size=0.052, across=0.5, down=1.0),
    "karaoke": Place(size=0.058, across=0.5, down=1.0),
    "title": Place(size=0.12, across=0.5, down=0.5, fade_s=0.6),
    "credits": Place(size=0.048, across=0.5, down=0.5, fade_s=0.8),
    "watermark": Place(size=0.03, across=1.0, down=0.0, opacity=0.6, fade_s=0.5),
}


@dataclass(frozen=True)
class Word:
    """Where a word stands inside its caption's pixels: its row and its two ends across."""

    top_px: int
    bottom_px: int
    starts_px: int
    ends_px: int
    """Where it ends; left of its start where the script runs from right to left."""


@dataclass(frozen=True, eq=False)
class Typeset:
    """A caption as pixels, to be laid over a picture.

    Attributes
    ----------
    left_px, top_px : int
        Its corner in the picture; even, as its width and height are, so that it lies on whole
        pixels of the chroma planes.
    cover : ndarray
        float32, shape ``(height, width)``, 0-1: how much of the picture it hides.
    letters : ndarray
        The part of it that is letters, not halo.
    words : tuple of Word
        Its words, in the order in which they are read.
    """

    left_px: int
    top_px: int
    cover: Plane
    letters: Plane
    words: tuple[Word, ...]


def typeset(
    caption: Caption,
    *,
    width_px: int,
    height_px: int,
    font: Path | None,
    place: Place | None = None,
) -> Typeset:
    """Set a caption in type.

    Its letters are made smaller where a row would not fit.

    Parameters
    ----------
    width_px, height_px : int
        Size of the picture.
    font : Path or None
        A font file; None is the bundled one.
    place : Place, optional
        Where it stands, if not where captions of its kind do.

    Raises
    ------
    InvalidInput
        If the file is no font.
    """
    place = place or PLACES[caption.kind]
    left, top, right, bottom = safe_area_px(width_px=width_px, height_px=height_px)
    rows = caption.text.split("\n")
    size_px = round(place.size * min(width_px, height_px))
    widest = max(face(font, size_px=size_px).getlength(row) for row in rows)
    size_px = max(SMALLEST_PX, int(size_px * min(1.0, (right - left) / max(widest, 1.0))))
    sheet = _Sheet(rows, face(font, size_px=size_px), across=place.across)
    corner_x = left + place.across * (right - left - sheet.text_width_px) - sheet.margin_px
    corner_y = top + place.down * (bottom - top - sheet.text_height_px) - sheet.margin_px
    cover, letters = sheet.printed(opacity=place.opacity)
    x, y = _even(corner_x, width_px - cover.shape[1]), _even(corner_y, height_px - cover.shape[0])
    return Typeset(x, y, cover, letters, tuple(sheet.words()))


def safe_area_px(*, width_px: int, height_px: int) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom of what no player or app covers."""
    safe = SAFE_IF_TALL if height_px > width_px else SAFE
    size_px = (width_px, height_px, width_px, height_px)
    left, top, right, bottom = (round(share * px) for share, px in zip(safe, size_px, strict=True))
    return left, top, right, bottom


class _Sheet:
    """Rows of text on paper that is just large enough."""

    def __init__(self, rows: list[str], letters: ImageFont.FreeTypeFont, *, across: float) -> None:
        self._rows = rows
        self._face = letters
        self._widths_px = [letters.getlength(row) for row in rows]
        self._step_px = round(ROW_HEIGHT * letters.size)
        self._blur_px = HALO_WIDTH * letters.size
        self._across = across
        self.margin_px = round(HALO_REACH * self._blur_px)
        self.text_width_px = max(self._widths_px)
        self.text_height_px = self._step_px * len(rows)

    def printed(self, *, opacity: float) -> tuple[Plane, Plane]:
        """Return how much of the picture letters and halo hide, and the letters alone."""
        width_px = _even_up(self.text_width_px + 2 * self.margin_px)
        height_px = _even_up(self.text_height_px + 2 * self.margin_px)
        paper = Image.new("L", (width_px, height_px))
        pen = ImageDraw.Draw(paper)
        for n, row in enumerate(self._rows):
            at = self._row_left_px(n), self.margin_px + n * self._step_px
            pen.text(at, row, 255, self._face)
        letters = np.asarray(paper, np.float32) / np.float32(255)
        halo = cv2.GaussianBlur(letters, (0, 0), self._blur_px)
        shade = HALO_SHADE * np.minimum(1.0, 2.0 * halo)
        cover = letters + shade * (1.0 - letters)
        return np.float32(opacity) * cover, np.float32(opacity) * letters

    def words(self) -> Iterator[Word]:
        """Yield where each word stands."""
        for n, row in enumerate(self._rows):
            top_px = 0 if n == 0 else self.margin_px + n * self._step_px
            bottom_px = self.margin_px + (n + 1) * self._step_px
            last = n == len(self._rows) - 1
            row_end_px = bottom_px + (self.margin_px if last else 0)
            for starts_px, ends_px in self._ends_px(n, row):
                yield Word(top_px, row_end_px, round(starts_px), round(ends_px))

    def _ends_px(self, n: int, row: str) -> Iterator[tuple[float, float]]:
        """Yield where the words of a row begin and end, in the direction of its script."""
        before = ""
        for part in sung_parts(row):
            starts_px, ends_px = map(self._face.getlength, (before, before + part.rstrip()))
            left_px = self._row_left_px(n)
            if _runs_leftwards(row):
                right_px = left_px + self._widths_px[n]
                yield right_px - starts_px, right_px - ends_px
            else:
                yield left_px + starts_px, left_px + ends_px
            before += part

    def _row_left_px(self, n: int) -> float:
        return self.margin_px + self._across * (self.text_width_px - self._widths_px[n])


def _runs_leftwards(text: str) -> bool:
    """Tell whether a text begins in a script that runs from right to left."""
    directions = (unicodedata.bidirectional(letter) for letter in text)
    first = next((direction for direction in directions if direction in ("L", "R", "AL")), "L")
    return first != "L"


def _even(position: float, most: int) -> int:
    return 2 * round(min(max(position, 0), most) / 2)


def _even_up(length: float) -> int:
    return 2 * -(-int(length + 1) // 2)
