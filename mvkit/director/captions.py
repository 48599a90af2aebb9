"""Captions: what is written over the pictures, where somebody asks for it.

The title stands from the song's first beat to a downbeat some seconds later, the credits over its
last seconds.

Contents
--------
with_captions       a plan with the words that are asked for
captions_in_shape   a plan's words, set for another shape of picture
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from mvkit.captions import (
    READABLE_LETTERS_PER_S,
    caption_lines,
    in_rows,
    reading_speed,
)
from mvkit.errors import InvalidInput
from mvkit.schema import Analysis, Aspect, Brief, Caption, Plan
from mvkit.settings import get_settings
from mvkit.typeface import can_write

LYRICS = ("", "lyrics", "karaoke")
FAST = 1.2
"""Lines that are so much faster than can be read comfortably are told."""
TITLE_S, CREDITS_S = 4.5, 5.0
"""How long the title and the credits stand, about."""
LARGEST_SHARE = 0.25
"""Of a short song they take no more than this."""
LATEST_TITLE_S = 2.0
"""The title waits no longer than this for a beat."""
TITLE_LETTERS = 20
"""So many letters a row of the title has, at most."""
MAX_CREDITS, MAX_WATERMARK = 200, 60


def with_captions(
    plan: Plan,
    brief: Brief,
    analysis: Analysis,
    *,
    lyrics: Literal["", "lyrics", "karaoke"] = "",
    title_card: bool = False,
    end_credits: str = "",
    watermark: str = "",
) -> Plan:
    """Return a plan with words over its pictures.

    Parameters
    ----------
    plan : Plan
        The film.
    brief : Brief
        Has the title, and the shape of the picture.
    analysis : Analysis
        The song.
    lyrics : {'', 'lyrics', 'karaoke'}
        Whether sung lines are written, and whether each word lights up as it is sung.
    title_card : bool
        Whether the title stands over the beginning.
    end_credits : str
        What stands over the end, at most 200 characters; a slash between spaces begins a row.
    watermark : str
        What stands in a corner throughout, at most 60 characters.

    Raises
    ------
    InvalidInput
        If a choice is not known, or a text too long.
    """
    _check(lyrics, end_credits, watermark)
    wanted = [
        *(_lines(brief, analysis, lyrics) if lyrics else ()),
        *(_title(brief, analysis) if title_card else ()),
        *_credits(end_credits, analysis),
        *_mark(watermark, analysis),
    ]
    written = tuple(filter(_can_be_written, wanted))
    kinds = {caption.kind for caption in wanted}
    notes = []
    if lyrics and lyrics not in kinds:
        notes.append("No words were heard or given, so none are written over the pictures.")
    if title_card and "title" not in kinds:
        notes.append("The song has no title that could be written.")
    if len(written) < len(wanted):
        notes.append("Captions whose letters the font lacks need one of your own: MVKIT_FONT.")
    if n_fast := sum(map(_is_fast, written)):
        notes.append(f"{n_fast} sung lines come faster than most people read.")
    return plan.model_copy(update={"captions": written, "notes": (*plan.notes, *notes)})


def captions_in_shape(plan: Plan, analysis: Analysis, *, aspect: Aspect) -> tuple[Caption, ...]:
    """Return a plan's captions with its sung lines in rows that fit another shape of picture.

    Parameters
    ----------
    plan : Plan
        The film.
    analysis : Analysis
        The song.
    aspect : {'16:9', '1:1', '9:16'}
        The other shape.
    """
    sung = [caption.kind for caption in plan.captions if caption.kind in LYRICS]
    if not sung:
        return plan.captions
    lines = caption_lines(
        analysis.lyrics,
        duration_s=analysis.duration,
        aspect=aspect,
        kind="karaoke" if "karaoke" in sung else "lyrics",
    )
    others = (caption for caption in plan.captions if caption.kind not in LYRICS)
    return (*filter(_can_be_written, lines), *others)


def _can_be_written(caption: Caption) -> bool:
    return can_write(caption.text, get_settings().font)


def _check(lyrics: str, end_credits: str, watermark: str) -> None:
    if lyrics not in LYRICS:
        raise InvalidInput(
            f"captions is {lyrics!r}, expected 'lyrics', 'karaoke', or nothing for none."
        )
    for name, text, most in (
        ("end_credits", end_credits, MAX_CREDITS),
        ("watermark", watermark, MAX_WATERMARK),
    ):
        if len(text) > most:
            raise InvalidInput(f"{name} has {len(text)} characters, expected at most {most}.")


def _lines(
    brief: Brief, analysis: Analysis, kind: Literal["lyrics", "karaoke"]
) -> tuple[Caption, ...]:
    return caption_lines(
        analysis.lyrics, duration_s=analysis.duration, aspect=brief.aspect, kind=kind
    )


def _is_fast(caption: Caption) -> bool:
    sung = caption.kind in LYRICS
    return sung and reading_speed(caption) > FAST * READABLE_LETTERS_PER_S


def _title(brief: Brief, analysis: Analysis) -> Iterator[Caption]:
    """Yield the title, if the song has one."""
    title = " ".join(brief.title.split())
    if not title:
        return
    longest_s = LARGEST_SHARE * analysis.duration
    first_beats = (beat for beat in analysis.beat_timestamps if beat <= LATEST_TITLE_S)
    start_s = min(next(first_beats, 0.0), longest_s / 2)
    latest_s = start_s + min(TITLE_S, longest_s)
    downbeats = [beat for beat in analysis.downbeat_timestamps if beat <= latest_s]
    on_bar = downbeats and downbeats[-1] - start_s > TITLE_S / 2
    yield Caption(
        kind="title",
        text=in_rows(title, row_letters=TITLE_LETTERS),
        start=start_s,
        end=downbeats[-1] if on_bar else latest_s,
    )


def _credits(text: str, analysis: Analysis) -> Iterator[Caption]:
    rows = [" ".join(row.split()) for row in text.replace("\n", " / ").split(" / ")]
    if any(rows):
        length_s = min(CREDITS_S, LARGEST_SHARE * analysis.duration)
        yield Caption(
            kind="credits",
            text="\n".join(filter(None, rows)),
            start=analysis.duration - length_s,
            end=analysis.duration,
        )


def _mark(text: str, analysis: Analysis) -> Iterator[Caption]:
    if mark := " ".join(text.split()):
        yield Caption(kind="watermark", text=mark, start=0.0, end=analysis.duration)
