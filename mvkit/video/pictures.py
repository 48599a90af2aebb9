"""Stills of the finished film: the contact sheet, the thumbnail and the poster.

Contents
--------
Still, take_stills, contact_sheet, best_picture, thumbnail, poster
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from mvkit.captions import in_rows
from mvkit.footage import Place, open_footage, still_before, typeset
from mvkit.schema import Caption, Plan
from mvkit.schema.analysis import SectionType
from mvkit.settings import get_settings
from mvkit.timing import FPS, frame_at
from mvkit.typeface import can_write

SHEET_WIDTH_PX = 1600
STILL_LONG_SIDE_PX = 400
THUMBNAIL_LONG_SIDE_PX, FULL_SIZE_PX = 1280, 1920
POSTER_ROW_LETTERS = 20
POSTER_TITLE = Place(size=0.1, across=0.5, down=0.02)
"""Above most faces, and out of the way of sung lines."""
MARGIN_PX = 8
CAPTION_PX = 24
INK, PAPER = "#D8D8D8", "#101010"


@dataclass(frozen=True)
class Still:
    """One small picture of the film.

    Attributes
    ----------
    frame : int
        The film's frame it shows.
    sharpness : float
        Variance of the picture's Laplacian (Pech-Pacheco et al., 2000): more is sharper.
    rgb : ndarray
        uint8, shape ``(height, width, 3)``.
    """

    clip_index: int
    section: SectionType
    frame: int
    sharpness: float
    rgb: NDArray[np.uint8]


def take_stills(film: Path, plan: Plan) -> list[Still]:
    """Take one still per clip, at the keyframe before its middle.

    Raises
    ------
    MediaFailed
        If the film cannot be decoded.
    """
    stills: list[Still] = []
    with open_footage(film) as (file, stream):
        for script in plan.clip_scripts:
            middle = (frame_at(script.start) + frame_at(script.end)) // 2
            frame, rgb = still_before(file, stream, middle, long_side_px=STILL_LONG_SIDE_PX)
            grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
            sharpness = float(cv2.Laplacian(grey, cv2.CV_32F).var())
            stills.append(Still(script.clip_index, script.section, frame, sharpness, rgb))
    return stills


def contact_sheet(stills: Sequence[Still]) -> Image.Image:
    """Lay stills out in rows, each with its clip, time and section below it."""
    height_px, width_px = stills[0].rgb.shape[:2]
    n_columns = SHEET_WIDTH_PX // width_px
    cell_px = width_px + MARGIN_PX, height_px + CAPTION_PX + MARGIN_PX
    n_rows = ceil(len(stills) / n_columns)
    sheet_px = n_columns * cell_px[0] + MARGIN_PX, n_rows * cell_px[1] + MARGIN_PX
    sheet = Image.new("RGB", sheet_px, PAPER)
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(size=CAPTION_PX * 2 // 3)
    for place, still in enumerate(stills):
        row, column = divmod(place, n_columns)
        x_px, y_px = MARGIN_PX + column * cell_px[0], MARGIN_PX + row * cell_px[1]
        sheet.paste(Image.fromarray(still.rgb), (x_px, y_px))
        pen.text((x_px, y_px + height_px + 2), _caption(still), fill=INK, font=font)
    return sheet


def best_picture(film: Path, stills: Sequence[Still]) -> Image.Image:
    """Return the sharpest still of a chorus, or of the whole film if it has none, at full size.

    Raises
    ------
    MediaFailed
        If the film cannot be decoded.
    """
    choruses = [still for still in stills if still.section == "chorus"]
    best = max(choruses or stills, key=lambda still: still.sharpness)
    with open_footage(film) as (file, stream):
        _, rgb = still_before(file, stream, best.frame, long_side_px=FULL_SIZE_PX)
    return Image.fromarray(rgb)


def thumbnail(picture: Image.Image) -> Image.Image:
    """Return a picture small enough for a page."""
    small = picture.copy()
    small.thumbnail((THUMBNAIL_LONG_SIDE_PX, THUMBNAIL_LONG_SIDE_PX), Image.Resampling.LANCZOS)
    return small


def poster(picture: Image.Image, title: str) -> Image.Image:
    """Return a picture with the film's title over it, if it has one that the font can write."""
    font = get_settings().font
    name = " ".join(title.split())
    if not name or not can_write(name, font):
        return picture
    rows = in_rows(name, row_letters=POSTER_ROW_LETTERS)
    caption = Caption(kind="title", text=rows, start=0.0, end=1.0)
    sheet = typeset(
        caption,
        width_px=picture.width,
        height_px=picture.height,
        font=font,
        place=POSTER_TITLE,
    )
    pixels = np.asarray(picture).copy()
    height_px, width_px = sheet.cover.shape
    part = pixels[sheet.top_px :, sheet.left_px :][:height_px, :width_px]
    cover, letters = sheet.cover[..., None], sheet.letters[..., None]
    part[...] = np.rint(part * (1.0 - cover) + 255.0 * letters)
    return Image.fromarray(pixels)


def _caption(still: Still) -> str:
    minutes, seconds = divmod(still.frame / FPS, 60)
    return f"{still.clip_index + 1}  {minutes:.0f}:{seconds:04.1f}  {still.section}"
