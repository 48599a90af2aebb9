"""A film as a picture: a still of each of its shots, and strips of frames that follow each other.

What jumps, flickers or stands still is seen on a strip; what looks alike, on the sheet.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import av
from PIL import Image, ImageDraw, ImageFont

from benchmarks.director.layout import CAPTION_PX, GAP_PX, INK, PAPER
from mvkit.timing import FPS, frame_at

__all__ = ["write_sheet", "write_strips"]

WIDTH_PX, HEIGHT_PX = 320, 180
ACROSS = 6
MOST_STILLS = 48
STRIP_FRAMES = 8
STRIPS_AT = (0.12, 0.37, 0.55, 0.72, 0.9)
"""Where strips are taken, as shares of the film's length."""


def write_sheet(film: Path, shots_s: Sequence[float], duration_s: float, target: Path) -> None:
    """Write a contact sheet: the middle of each shot, of every n-th where there are many."""
    ends_s = (*shots_s[1:], duration_s)
    middles = [frame_at((a + b) / 2) for a, b in zip(shots_s, ends_s, strict=True)]
    shown = middles[:: len(middles) // MOST_STILLS + 1]
    _write(film, shown, target, across=ACROSS)


def write_strips(film: Path, duration_s: float, target: Path) -> None:
    """Write strips of consecutive frames, one below the other."""
    firsts = [frame_at(share * duration_s) for share in STRIPS_AT]
    shown = [first + n for first in firsts for n in range(STRIP_FRAMES)]
    _write(film, shown, target, across=STRIP_FRAMES)


def _write(film: Path, frames: Sequence[int], target: Path, *, across: int) -> None:
    pictures = _pictures(film, set(frames))
    cell_px = WIDTH_PX + GAP_PX, HEIGHT_PX + CAPTION_PX + GAP_PX
    rows = -(-len(frames) // across)
    sheet = Image.new("RGB", (across * cell_px[0] + GAP_PX, rows * cell_px[1] + GAP_PX), PAPER)
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(11)
    for n, frame in enumerate(frames):
        if frame in pictures:
            left_px = GAP_PX + n % across * cell_px[0]
            top_px = GAP_PX + n // across * cell_px[1]
            sheet.paste(pictures[frame], (left_px, top_px))
            draw.text((left_px, top_px + HEIGHT_PX), f"{frame / FPS:.2f} s", fill=INK, font=font)
    sheet.save(target)


def _pictures(film: Path, frames: Collection[int]) -> dict[int, Image.Image]:
    """Return some of a film's frames, small."""
    with av.open(str(film)) as file:
        return {
            number: frame.to_image().resize((WIDTH_PX, HEIGHT_PX), Image.Resampling.LANCZOS)
            for number, frame in enumerate(file.decode(video=0))
            if number in frames
        }
