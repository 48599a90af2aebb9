"""A plan's words as the studio's: a take for a clip script, a figure sheet for a character.

The studio itself knows nothing of plans or runs.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mvkit.grading import graded_palette
from mvkit.providers.base import ClipRequest, PictureRequest
from mvkit.schema import Analysis, Character, Grade, Shot
from mvkit.settings import get_settings
from mvkit.studio import (
    FigureSheet,
    Music,
    Take,
    TakeAccent,
    TakeShot,
    TakeWords,
    Tone,
    paint_picture,
    paint_still,
)
from mvkit.studio.music import DRUMS
from mvkit.timing import FPS, frame_at
from mvkit.typeface import can_write

__all__ = [
    "figure_sheet",
    "music_of",
    "paint_reference",
    "paint_sketch",
    "shots_of",
    "take_of",
    "tone_of",
]

NIGHT_SHARE = 0.4
"""How much of a grade's darkening is left at night."""
SHAPES = {"woman": "woman", "man": "man"}
"""Who a character is -> the body that the studio draws; others have the one of their seed."""


def figure_sheet(character: Character) -> FigureSheet:
    """Return the person the studio draws for a character of the plan."""
    invented = FigureSheet.from_seed(
        character.seed, accent=character.accent, umbrella=character.prop == "umbrella"
    )
    return replace(
        invented,
        shape=SHAPES.get(character.kind, invented.shape),
        hair_style=character.hair,
        hat=character.hat,
        outfit=character.outfit,
        hair=FigureSheet.hair,  # the director's descriptions say dark hair and dark cloth
        cloth=FigureSheet.cloth,
    )


def paint_sketch(request: ClipRequest, *, height_px: int) -> NDArray[np.uint8]:
    """Paint one moment of a clip, the middle of its first shot.

    Parameters
    ----------
    height_px : int
        Short side of the picture, in pixels.

    Returns
    -------
    ndarray
        RGB, uint8, shape ``(height, width, 3)``.
    """
    first = request.script.shots[0]
    middle = frame_at((first.start + first.end) / 2)
    moment = replace(request, frames=range(middle, middle + 1))
    return paint_still(take_of(moment, height_px=height_px))


def paint_reference(request: PictureRequest) -> NDArray[np.uint8]:
    """Paint a place, a person, or both; RGB, uint8, shape ``(height, width, 3)``."""
    scene, character = request.scene, request.character
    return paint_picture(
        world=scene.world if scene else None,
        palette=request.style.color_palette,
        time_of_day=scene.time_of_day if scene else "",
        weather=scene.weather if scene else "",
        sheet=figure_sheet(character) if character else None,
        width_px=request.width_px,
        height_px=request.height_px,
        seed=request.seed,
    )


def take_of(request: ClipRequest, *, height_px: int) -> Take:
    """Return what is to be painted: the grade's leading colour in the palette, the rest as light.

    Light keeps each thing in its own colour, so that a place is known again in every part.
    """
    scale = min(1.0, height_px / min(request.width_px, request.height_px))
    grade = request.script.grade
    sheets = [*map(figure_sheet, request.characters[:2]), None, None]
    return Take(
        world=request.scene.world,
        palette=graded_palette(request.style.color_palette, Grade(lead=grade.lead)),
        font=get_settings().font,
        tone=tone_of(grade, request.scene.time_of_day),
        shots=shots_of(request),
        first_shot=request.first_shot,
        music=music_of(request.analysis, request.bands),
        start_s=request.frames.start / FPS,
        n_frames=len(request.frames),
        sheet=sheets[0],
        companion=sheets[1],
        time_of_day=request.scene.time_of_day,
        weather=request.scene.weather,
        width_px=2 * round(request.width_px * scale / 2),
        height_px=2 * round(request.height_px * scale / 2),
        seed=request.prompt.seed,
    )


def tone_of(grade: Grade, time_of_day: str) -> Tone:
    """Return how a grade changes a world's light; night is dark already, and darkened less."""
    darker = min(grade.lightness - 1.0, 0.0)
    spared = (1.0 - NIGHT_SHARE) * darker if time_of_day == "night" else 0.0
    return Tone(
        lightness=grade.lightness - spared, saturation=grade.saturation, warmth=grade.warmth
    )


def shots_of(request: ClipRequest) -> tuple[TakeShot, ...]:
    """Return a clip's shots, the first and the last as long as they are in the film."""
    shots = [
        TakeShot(
            start_s=shot.start,
            end_s=shot.end,
            size=shot.size,
            angle=shot.angle,
            move=shot.move,
            action=shot.action,
            has_figure=bool(shot.characters),
            has_companion=len(shot.characters) > 1,
            detail=shot.detail,
            way=shot.way or "",
            words=_words(shot),
            accents=tuple(
                TakeAccent(accent.time, accent.kind, accent.strength, until_s=shot.end)
                for accent in shot.accents
            ),
        )
        for shot in request.script.shots
    ]
    shots[0] = replace(shots[0], start_s=shots[0].start_s - request.before_s)
    shots[-1] = replace(shots[-1], end_s=shots[-1].end_s + request.after_s)
    return tuple(shots)


def _words(shot: Shot) -> TakeWords | None:
    """Return the words that hang in a shot, unless the font cannot write them."""
    words = shot.words
    if words is None or not can_write(words.text, get_settings().font):
        return None
    return TakeWords(words.text, words.start, words.end)


@lru_cache(maxsize=4)
def music_of(analysis: Analysis, bands: Path | None) -> Music:
    """Return what a take can move to.

    Parameters
    ----------
    bands : Path or None
        Envelopes of drums at 100 Hz, 255 for 1, as the analysis keeps them; without them drums
        are taken to follow the beats.
    """
    curves = analysis.curves
    return Music(
        beat_times_s=np.array(analysis.beat_timestamps),
        downbeat_times_s=np.array(analysis.downbeat_timestamps),
        curves={
            name: np.array(getattr(curves, name), dtype=np.float32)
            for name in ("bass", "mid", "high", "onset", "energy")
        },
        rate_hz=curves.rate_hz,
        drums=_drums(bands) if bands else {},
        section_times_s=tuple(section.start for section in analysis.song_structure),
    )


def _drums(bands: Path) -> dict[str, NDArray[np.float32]]:
    with np.load(bands) as envelopes:
        return {name: envelopes[name].astype(np.float32) / 255 for name in DRUMS}
