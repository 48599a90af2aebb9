"""What the director knows: tables of TOML, one file a theme.

Any file of this folder may hold any table; they are sorted by theme for people. *Rows* have an id,
an advice in a sentence and a source: rules (:mod:`mvkit.director.rules`), principles, phrases that
hold under conditions, worlds, other locations, palettes, motifs, genres and limits. *Entries* are
vocabulary: colours, times, weathers, actions, feelings, people, garments, things, styles, eras,
seasons, formats and ways of filming, by the words of a wish that call them.

Contents
--------
rows       records of what has an id, an advice and a source
entries    records of the vocabulary
knowledge  all of it, by table
loading    reading and checking it
own        a user's rows over ours
"""

from mvkit.director.knowledge.entries import (
    ActionWords,
    Colour,
    Entry,
    Era,
    Feeling,
    Filming,
    FormatWords,
    Garment,
    NamedStyle,
    Person,
    Season,
    Thing,
    TimeWords,
    Translation,
    WeatherWords,
)
from mvkit.director.knowledge.knowledge import Knowledge, Vocable
from mvkit.director.knowledge.loading import load_knowledge
from mvkit.director.knowledge.rows import (
    BY_HAND,
    CHOSEN_PALETTE,
    CHOSEN_PLACE,
    OWN_WORDS,
    Genre,
    Limit,
    Location,
    Motif,
    Palette,
    Phrase,
    Principle,
    World,
)

__all__ = [
    "BY_HAND",
    "CHOSEN_PALETTE",
    "CHOSEN_PLACE",
    "OWN_WORDS",
    "ActionWords",
    "Colour",
    "Entry",
    "Era",
    "Feeling",
    "Filming",
    "FormatWords",
    "Garment",
    "Genre",
    "Knowledge",
    "Limit",
    "Location",
    "Motif",
    "NamedStyle",
    "Palette",
    "Person",
    "Phrase",
    "Principle",
    "Season",
    "Thing",
    "TimeWords",
    "Translation",
    "Vocable",
    "WeatherWords",
    "World",
    "load_knowledge",
]
