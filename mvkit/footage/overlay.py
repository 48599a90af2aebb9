"""Writing captions over pictures, while they are encoded for the first time.

What stands over the whole film is burnt into each clip as it is brought into final form, so the
last step, which copies clips, writes nothing. Where two clips overlap in a transition, both carry
the same words in the same place.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from mvkit.footage.typesetting import PLACES, Plane, Typeset, typeset
from mvkit.schema import Caption
from mvkit.timing import FPS, frame_at, seconds_at

WHITE_LUMA, BLACK_LUMA, GREY_CHROMA = 235.0, 16.0, 128.0
UNSUNG = 0.55
"""How bright the words of a karaoke line are before they are sung."""


class Overlay:
    """Captions over the pictures of one clip.

    Parameters
    ----------
    captions : sequence of Caption
        What is written, at times of the film.
    width_px, height_px : int
        Size of the pictures.
    first_frame : int
        The film's frame that is the clip's first.
    font : Path, optional
        A font file; by default the bundled one.
    """

    def __init__(
        self,
        captions: Sequence[Caption],
        *,
        width_px: int,
        height_px: int,
        first_frame: int = 0,
        font: Path | None = None,
    ) -> None:
        self._captions = tuple(captions)
        self._size_px = width_px, height_px
        self._first_frame = first_frame
        self._font = font
        self._sheets: dict[Caption, Typeset] = {}

    def covers(self, n: int) -> bool:
        """Tell whether anything is written over the clip's frame ``n``."""
        return any(map(self._in(n), self._captions))

    def burn(self, n: int, frame: Any) -> None:
        """Write over the clip's frame ``n``, in place.

        Parameters
        ----------
        frame : av.VideoFrame
            A yuv420p picture of the film's size that is nobody else's.
        """
        luma, *chroma = map(_pixels, frame.planes)
        film_frame = self._first_frame + n
        for caption in filter(self._in(n), self._captions):
            sheet = self._typeset(caption)
            shown = _share_shown(caption, film_frame)
            light = _light(caption, sheet, seconds_at(film_frame))
            words = sheet.cover * BLACK_LUMA + sheet.letters * light
            _lay_over(luma, sheet.cover, words, sheet.left_px, sheet.top_px, shown=shown)
            cover = cv2.resize(sheet.cover, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
            for plane in chroma:
                x, y = sheet.left_px // 2, sheet.top_px // 2
                _lay_over(plane, cover, cover * GREY_CHROMA, x, y, shown=shown)

    def _in(self, n: int) -> Callable[[Caption], bool]:
        frame = self._first_frame + n
        return lambda caption: frame_at(caption.start) <= frame < frame_at(caption.end)

    def _typeset(self, caption: Caption) -> Typeset:
        if caption not in self._sheets:
            width_px, height_px = self._size_px
            self._sheets[caption] = typeset(
                caption, width_px=width_px, height_px=height_px, font=self._font
            )
        return self._sheets[caption]


def _share_shown(caption: Caption, frame: int) -> float:
    """Return how far a caption has faded in, or not yet out, 0-1."""
    fade_s = min(PLACES[caption.kind].fade_s, caption.length_s / 2)
    now_s = (frame + 0.5) / FPS
    since_s, left_s = now_s - caption.start, caption.end - now_s
    return float(np.clip(min(since_s, left_s) / fade_s, 0.0, 1.0))


def _light(caption: Caption, sheet: Typeset, now_s: float) -> Plane | float:
    """Return by how much letters are lighter than black; words of karaoke until sung less."""
    white = WHITE_LUMA - BLACK_LUMA
    if caption.kind != "karaoke":
        return white
    light = np.full(sheet.letters.shape, UNSUNG * white, np.float32)
    for word, (start_s, end_s) in zip(sheet.words, pairwise(caption.words_at), strict=True):
        sung = float(np.clip((now_s - start_s) / max(end_s - start_s, 1e-3), 0.0, 1.0))
        until_px = round(word.starts_px + sung * (word.ends_px - word.starts_px))
        left, right = sorted((word.starts_px, until_px))
        light[word.top_px : word.bottom_px, left:right] = white
    return light


def _lay_over(
    plane: NDArray[np.uint8], cover: Plane, hidden: Plane, x: int, y: int, *, shown: float
) -> None:
    """Hide a part of a plane, as far as it is covered, behind something else."""
    height, width = cover.shape
    part = plane[y : y + height, x : x + width]
    part[...] = np.rint(part * (1.0 - shown * cover) + shown * hidden)


def _pixels(plane: Any) -> NDArray[np.uint8]:
    rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
    return rows[: plane.height, : plane.width]
