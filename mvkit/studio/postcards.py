"""Postcards: each world in one small picture, with somebody in it, for people to choose by.

``python -m mvkit.studio.postcards FOLDER`` paints them all, as ``<world>.jpg``. Those that the web
pages show are kept in ``mvkit/web/look/worlds``.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image

from mvkit.studio.figure import FigureSheet
from mvkit.studio.music import Music
from mvkit.studio.shot import TakeShot
from mvkit.studio.take import Take, paint_still

SIZE_PX = (640, 360)
PAINTED_PX = (1920, 1080)
QUALITY = 85
MUSIC = Music.steady(tempo_bpm=100, energy=0.85)
RED = FigureSheet(outfit="dress", accent="#e5283a")
WHITE = FigureSheet(outfit="dress", accent="#f4f6f8", hair="#4a2a1a")
UMBRELLA = FigureSheet(accent="#ff3b3b", umbrella=True)


def _card(world: str, at_s: float, sheet: FigureSheet, shot: str, seed: int, time: str) -> Take:
    """Return a take of one frame; a shot is told as "dance, low"."""
    action, angle = shot.split(", ")
    return Take(
        world=world,
        palette=(),
        shots=(TakeShot(at_s - 2, at_s + 2, "wide", angle, "static", action),),
        music=MUSIC,
        start_s=at_s,
        n_frames=1,
        sheet=sheet,
        time_of_day=time,
        width_px=PAINTED_PX[0],
        height_px=PAINTED_PX[1],
        seed=seed,
    )


POSTCARDS = (
    _card("neon_city", 31.1, UMBRELLA, "walk, low", 2, "night"),
    _card("desert_road", 8.0, RED, "walk, low", 1, "day"),
    _card("concert_stage", 40.9, WHITE, "cheer, eye level", 21, "night"),
    _card("forest", 8.0, RED, "walk, low", 1, "day"),
    _card("ocean_moon", 13.9, WHITE, "dance, low", 3, "night"),
    _card("hex_tunnel", 33.65, WHITE, "dance, low", 11, "night"),
)

if __name__ == "__main__":
    for card in POSTCARDS:
        picture = Image.fromarray(paint_still(card)).resize(SIZE_PX, Image.Resampling.LANCZOS)
        picture.save(Path(sys.argv[1]) / f"{card.world}.jpg", quality=QUALITY, optimize=True)
