"""What was heard in a song, at a glance: its facts, and its sections on a strip."""

from __future__ import annotations

import html

from mvkit.figures import SECTION_COLOURS
from mvkit.schema import Analysis
from mvkit.web.parts.amounts import clock

SWUNG = 0.54
"""From where on an off-beat is heard as late; 0.5 is straight, 0.67 a triplet."""


def song_facts(analysis: Analysis) -> str:
    """Return tempo, metre, key, mood and length of a song, as HTML."""
    key, mood = analysis.key, analysis.mood
    facts = {
        "Tempo": f"{analysis.bpm:.0f} bpm",
        "Metre": metre_words(analysis.metre, swing=analysis.swing),
        "Key": f"{key.tonic} {key.mode}",
        "Mood": f"{mood.primary}, {mood.secondary}",
        "Length": clock(analysis.duration),
    }
    return facts_list(facts)


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
