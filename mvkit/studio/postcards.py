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
COAT = FigureSheet(accent="#ffb03b")


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
    _card("rooftop", 20.2, RED, "stand, low", 7, "dusk"),
    _card("mountain", 12.3, RED, "stand, low", 2, "dawn"),
    _card("field", 9.6, WHITE, "run, low", 5, "dusk"),
    _card("aurora_lake", 17.4, RED, "stand, low", 3, "night"),
    _card("underwater", 15.1, WHITE, "dance, low", 2, "day"),
    _card("club", 24.2, WHITE, "dance, eye level", 3, "night"),
    _card("room", 11.7, RED, "stand, eye level", 1, "dusk"),
    _card("train", 19.4, COAT, "sit, eye level", 2, "night"),
    _card("space", 14.9, WHITE, "walk, low", 2, "night"),
    _card("ink_wash", 22.8, RED, "dance, eye level", 6, "day"),
    _card("hex_tunnel", 33.65, WHITE, "dance, low", 11, "night"),
)

if __name__ == "__main__":
    for card in POSTCARDS:
        picture = Image.fromarray(paint_still(card)).resize(SIZE_PX, Image.Resampling.LANCZOS)
        picture.save(Path(sys.argv[1]) / f"{card.world}.jpg", quality=QUALITY, optimize=True)
