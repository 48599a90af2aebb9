"""What rules may ask about a moment of the film.

Contents
--------
Facts, FACT_TYPES, FACT_WORDS, SIZES
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import get_args

from mvkit.schema.analysis import SectionType
from mvkit.schema.plan import Action, ActName, Format, Move, ShotSize, TimeOfDay, Weather

SIZES: tuple[ShotSize, ...] = get_args(ShotSize)
"""Shot sizes from the farthest to the closest; neighbours are one step apart."""


@dataclass(frozen=True)
class Facts:
    """What a rule may ask about a moment of the film.

    Attributes
    ----------
    section, next_section : str
        Part of the song, and the part that follows (``none`` at the end).
    progress : float
        How far the part has gone, 0-1.
    energy, energy_change : float
        How intense the moment is, 0-1, and how much more than before, -1 to 1.
    accent : float
        Strength of the beat on which the moment starts, 0-1.
    tempo_bpm, mode, swing : float, str, float
        Of the whole song; swing as in the analysis.
    genre : str
        Id of the song's genre; empty where none is known.
    lyrics, story : bool
        Whether the song's words are known, and whether the wish tells a story.
    wished : str
        What the wish wants to see done first; ``nothing`` where it names nothing.
    look : str
        Name of the style that the wish asks for first; empty where it asks for none.
    placed, staged : bool
        Whether the wish names a place, and whether home is a place to perform.
    format : str
        Format of the film, once it is decided.
    act : str
        Act of the story.
    film_progress : float
        How far the film has gone, 0-1.
    occurrence, final : float, bool
        How often a part of this type has come, from 1, and whether it comes for the last time.
    moment : str
        What happens where the moment starts: ``drop``, ``break`` or ``none``.
    beat : str
        The beat on which it starts: ``downbeat``, ``half bar``, ``upbeat`` (the last of a bar) or
        ``other``.
    phrase_start, before_phrase : bool
        Whether a phrase starts there, or on the next beat.
    valence, arousal : float
        Pleasantness and activation of song and wish together, 0-1.
    sung : bool
        Whether a lyric line is heard.
    world, time_of_day, weather : str
        Where, when and in what weather the moment plays.
    person : str
        Who is seen: ``woman``, ``man`` or ``other``.
    peopled : bool
        Whether anybody is seen in the film.
    visit : bool
        Whether a long part has room for a look at another place.
    arrival, scene_change, section_change : bool
        Whether a place is entered, and whether it or the part differs from what was before.
    first, last : bool
        Whether it is the film's first or last shot.
    shot_s : float
        Length of the shot in seconds.
    size, move : str
        Size of the shot and move of the camera, once they are decided.
    after_empty : bool
        Whether the shot before showed nobody.
    """

    section: str = "verse"
    next_section: str = "none"
    progress: float = 0.5
    energy: float = 0.5
    energy_change: float = 0.0
    accent: float = 0.5
    tempo_bpm: float = 120.0
    mode: str = "major"
    valence: float = 0.5
    arousal: float = 0.5
    sung: bool = False
    world: str = ""
    time_of_day: str = "night"
    weather: str = "clear"
    person: str = "other"
    peopled: bool = True
    visit: bool = False
    arrival: bool = False
    scene_change: bool = False
    section_change: bool = False
    first: bool = False
    last: bool = False
    shot_s: float = 3.0
    size: str = "medium"
    move: str = "static"
    after_empty: bool = False
    genre: str = ""
    format: str = "narrative"
    swing: float = 0.5
    lyrics: bool = False
    story: bool = False
    wished: str = "nothing"
    look: str = ""
    placed: bool = False
    staged: bool = False
    act: str = "setup"
    film_progress: float = 0.5
    occurrence: float = 1.0
    final: bool = False
    moment: str = "none"
    beat: str = "downbeat"
    phrase_start: bool = False
    before_phrase: bool = False


FACT_TYPES: Mapping[str, type] = {f.name: type(f.default) for f in fields(Facts)}
"""Each fact's kind: str, float or bool."""

FACT_WORDS: Mapping[str, tuple[str, ...]] = {
    "section": get_args(SectionType),
    "next_section": (*get_args(SectionType), "none"),
    "mode": ("major", "minor"),
    "time_of_day": get_args(TimeOfDay),
    "weather": get_args(Weather),
    "person": ("woman", "man", "other"),
    "size": SIZES,
    "move": get_args(Move),
    "format": get_args(Format),
    "act": get_args(ActName),
    "wished": (*get_args(Action), "nothing"),
    "moment": ("drop", "break", "none"),
    "beat": ("downbeat", "half bar", "upbeat", "other"),
}
"""The words that a fact can be; worlds, genres and looks are those of the knowledge."""
