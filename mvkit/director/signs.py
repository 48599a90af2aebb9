"""Signs: sung words that hang in the pictures, where somebody asks for them.

Every line of a chorus may hang, and elsewhere the line with which a part of the song begins; never
one that is too long to be read in its shot, and no line beside its own repetition.

Contents
--------
with_signs
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from mvkit.schema import Analysis, LyricLine, Plan, Shot, Words
from mvkit.settings import get_settings

MAX_LETTERS = 48
LETTERS_PER_S = 20.0
"""No more can be read; subtitles for adults keep to 17 to 20 (Netflix Timed Text Style Guide)."""
SHORTEST_S, LAST_WORDS_S = 0.9, 3.0
EARLY_S = 0.1
"""Words are seen a little before they are heard, as reading takes a moment."""
SCRIPTS = ("LATIN", "GREEK", "CYRILLIC")
"""What the bundled font can write."""


def with_signs(plan: Plan, analysis: Analysis) -> Plan:
    """Return a plan with sung words in its pictures.

    Parameters
    ----------
    plan : Plan
        The film.
    analysis : Analysis
        The song. Lines that need another font are left out unless the setting ``font`` names one,
        and the plan's notes say so.
    """
    lines = [line for line in analysis.lyrics if len(line.text) <= MAX_LETTERS]
    writable = [line for line in lines if get_settings().font or _is_covered(line.text)]
    chosen = list(_hung(plan, analysis, writable))
    scripts = tuple(
        script.model_copy(
            update={"shots": tuple(_with_words(shot, chosen) for shot in script.shots)}
        )
        for script in plan.clip_scripts
    )
    notes = plan.notes
    if not analysis.lyrics:
        notes += ("No words were heard or given, so none hang in the pictures.",)
    elif len(writable) < len(lines):
        notes += ("Words in scripts that the bundled font lacks need one of your own: MVKIT_FONT.",)
    return plan.model_copy(update={"clip_scripts": scripts, "notes": notes})


def _hung(plan: Plan, analysis: Analysis, lines: list[LyricLine]) -> Iterator[Words]:
    """Yield the words that hang, each in one shot."""
    last = ""
    begun = -1.0
    for line in lines:
        part = next(part for part in analysis.song_structure if line.timestamp < part.end)
        opens = part.start != begun
        shot = _shot_at(plan, line.timestamp)
        if not (part.type == "chorus" or opens) or line.text == last:
            continue
        start_s = max(line.timestamp - EARLY_S, shot.start)
        end_s = min(line.end or line.timestamp + LAST_WORDS_S, shot.end)
        if end_s - start_s >= max(SHORTEST_S, len(line.text) / LETTERS_PER_S):
            last, begun = line.text, part.start
            yield Words(text=line.text, start=start_s, end=end_s)


def _shot_at(plan: Plan, time_s: float) -> Shot:
    shots = [shot for script in plan.clip_scripts for shot in script.shots]
    return next((shot for shot in shots if time_s < shot.end), shots[-1])


def _with_words(shot: Shot, chosen: list[Words]) -> Shot:
    """Return a shot with the words that hang in it, the first if there are several."""
    inside = [words for words in chosen if shot.start <= words.start and words.end <= shot.end]
    return shot.model_copy(update={"words": inside[0]}) if inside else shot


def _is_covered(text: str) -> bool:
    letters = (unicodedata.name(letter, "").split(" ")[0] for letter in text if letter.isalpha())
    return all(script in SCRIPTS for script in letters)
