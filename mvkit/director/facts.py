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
from mvkit.schema.plan import ShotSize, TimeOfDay, Weather

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
    tempo_bpm, mode : float, str
        Of the whole song.
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
    size : str
        Size of the shot, once it is decided.
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
    after_empty: bool = False


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
}
"""The words that a fact can be; those of ``world`` are the worlds of the knowledge."""
