"""Films laid out side by side as one picture.

Each film is a column; its stills run row by row, under a line for each part of the song with that
part's colours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont

STILL_WIDTH_PX, STILL_HEIGHT_PX = 256, 144
CAPTION_PX, HEADING_PX, TITLE_PX, GAP_PX = 15, 24, 64, 6
SWATCH_PX = 16
INK, PAPER, FAINT = "#E8E6E1", "#17161A", "#9A97A0"


@dataclass(frozen=True)
class Still:
    """One shot as it will be seen, and what is told under it."""

    picture: Image.Image
    caption: str


@dataclass(frozen=True)
class Part:
    """The shots of one part of the song, with its colours."""

    heading: str
    palette: tuple[str, ...]
    stills: tuple[Still, ...]


@dataclass(frozen=True)
class Column:
    """One film."""

    title: str
    about: str
    palette: tuple[str, ...]
    parts: tuple[Part, ...]


def sheet_of(films: Sequence[Column], *, across: int) -> Image.Image:
    """Lay films out side by side."""
    column_px = across * (STILL_WIDTH_PX + GAP_PX) + 3 * GAP_PX
    height_px = max(_height_px(film, across) for film in films)
    sheet = Image.new("RGB", (column_px * len(films), height_px), PAPER)
    for n, film in enumerate(films):
        _draw_column(sheet, film, left_px=n * column_px + GAP_PX, across=across)
    return sheet


def _height_px(film: Column, across: int) -> int:
    rows = sum(-(-len(part.stills) // across) for part in film.parts)
    row_px = STILL_HEIGHT_PX + CAPTION_PX + GAP_PX
    return TITLE_PX + HEADING_PX * len(film.parts) + row_px * rows + GAP_PX


def _draw_column(sheet: Image.Image, film: Column, *, left_px: int, across: int) -> None:
    draw = ImageDraw.Draw(sheet)
    large, small = ImageFont.load_default(16), ImageFont.load_default(11)
    draw.text((left_px, 4), film.title, fill=INK, font=large)
    draw.text((left_px, 24), film.about[:150], fill=FAINT, font=small)
    _draw_palette(draw, film.palette, left_px=left_px, top_px=42)
    top_px = TITLE_PX
    for part in film.parts:
        _draw_palette(draw, part.palette, left_px=left_px, top_px=top_px + 4)
        text_px = left_px + SWATCH_PX * len(part.palette) + GAP_PX
        draw.text((text_px, top_px + 4), part.heading, fill=INK, font=small)
        top_px += HEADING_PX
        for n, still in enumerate(part.stills):
            row, place = divmod(n, across)
            at_px = (
                left_px + place * (STILL_WIDTH_PX + GAP_PX),
                top_px + row * (STILL_HEIGHT_PX + CAPTION_PX + GAP_PX),
            )
            sheet.paste(still.picture, at_px)
            draw.text((at_px[0], at_px[1] + STILL_HEIGHT_PX), still.caption, fill=FAINT, font=small)
        top_px += -(-len(part.stills) // across) * (STILL_HEIGHT_PX + CAPTION_PX + GAP_PX)


def _draw_palette(
    draw: ImageDraw.ImageDraw, palette: Sequence[str], *, left_px: int, top_px: int
) -> None:
    for n, colour in enumerate(palette):
        start_px = left_px + n * SWATCH_PX
        draw.rectangle(
            (start_px, top_px, start_px + SWATCH_PX - 1, top_px + SWATCH_PX - 4), fill=colour
        )
