"""What was heard in a song, at a glance: its facts, its sections on a strip, and what is unsure."""

from __future__ import annotations

import html
from collections.abc import Iterable

from mvkit.analysis.flags import GENRE_GUESSED, notes_on
from mvkit.figures import SECTION_COLOURS
from mvkit.schema import Analysis
from mvkit.web.parts.amounts import clock

SWUNG = 0.54
"""From where on an off-beat is heard as late; 0.5 is straight, 0.67 a triplet."""


def song_facts(analysis: Analysis) -> str:
    """Return tempo, metre, key, mood and length of a song, and what is unsure of it, as HTML."""
    key, mood = analysis.key, analysis.mood
    facts = {
        "Tempo": f"{analysis.bpm:.0f} bpm",
        "Metre": metre_words(analysis.metre, swing=analysis.swing),
        "Key": f"{key.tonic} {key.mode}",
        "Mood": f"{mood.primary}, {mood.secondary}",
        "Length": clock(analysis.duration),
    }
    return facts_list(facts) + song_notes(analysis.metadata.flags)


def song_notes(flags: Iterable[str]) -> str:
    """Return what is unsure of a song, or was made up for, as HTML; nothing where nothing is.

    That a genre is a guess is told where one is shown.
    """
    notes = notes_on(flags, but={GENRE_GUESSED})
    return f'<p class="mv-muted mv-small">{html.escape(" ".join(notes))}</p>' if notes else ""


def metre_words(metre: str, *, swing: float) -> str:
    """Return a metre, and that it is swung where it is: ``4/4, swung``."""
    return f"{metre}, swung" if swing >= SWUNG else metre


def facts_list(facts: dict[str, str]) -> str:
    """Return names and values side by side, as HTML."""
    pairs = "".join(
        f"<div><dt>{html.escape(name)}</dt><dd>{html.escape(value)}</dd></div>"
        for name, value in facts.items()
    )
    return f'<dl class="mv-facts">{pairs}</dl>'


def sections_strip(analysis: Analysis) -> str:
    """Return the sections of a song as a strip, each as wide as it is long, as HTML."""
    parts = "".join(
        f'<li style="flex: {section.length_s:.3f} 0 0; background: '
        f'{SECTION_COLOURS[section.type]}" title="{section.type}, {clock(section.start)} to '
        f'{clock(section.end)}"><span>{section.type}</span></li>'
        for section in analysis.song_structure
    )
    return f'<ol class="mv-sections" aria-label="Sections of the song">{parts}</ol>'
