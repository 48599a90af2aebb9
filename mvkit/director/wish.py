"""What a wish asks for, read without a language model.

The words of a text are looked up in the director's vocabulary (:mod:`mvkit.director.lexicon`). What
is denied ("no rain", "without cars") is not wished, and must not be seen. A colour beside a garment
("a red umbrella") colours the person rather than the film. Pronouns call a person only where no
noun does.

Contents
--------
Wish, read_wish, speaks_of
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from mvkit.director.knowledge import (
    ActionWords,
    Colour,
    Era,
    Feeling,
    Filming,
    Garment,
    Knowledge,
    Motif,
    NamedStyle,
    Palette,
    Person,
    Season,
    Thing,
    TimeWords,
    Vocable,
    WeatherWords,
    World,
)
from mvkit.director.lexicon import HINT_SCORE, WORD_SCORE, Match, stems
from mvkit.schema.plan import Action, TimeOfDay, Weather

KindT = TypeVar("KindT")
Found = Match[Vocable]
PEOPLE = "people"


@dataclass(frozen=True)
class Wish:
    """What a text asks for; whatever it does not mention is empty.

    Attributes
    ----------
    worlds : tuple of World
        Places, the one most called first.
    colours : tuple of Colour
        For the film, in the order in which they are named.
    accent : Colour or None
        For the person.
    people : tuple of Person
        Everybody who is named; the film follows the first.
    things : tuple of Thing
        Animals and objects.
    styles, eras, seasons, filming
        What it shall look like, when it plays, and how it is filmed.
    without : tuple of str
        What must not be seen, in the words of the text; *people* if nobody shall be.
    unwanted : tuple
        What is known of that.
    peopled : bool
        False where the text wants nobody to be seen.
    home : World or None
        The place that somebody chose for the film, besides what the text says.
    palette : Palette or None
        The palette that somebody chose.
    understood : dict
        The words that were understood, by what they are about; and what was chosen.
    """

    worlds: tuple[World, ...] = ()
    time_of_day: TimeOfDay | None = None
    weather: Weather | None = None
    actions: tuple[Action, ...] = ()
    feelings: tuple[Feeling, ...] = ()
    colours: tuple[Colour, ...] = ()
    palettes: tuple[Palette, ...] = ()
    motifs: tuple[Motif, ...] = ()
    accent: Colour | None = None
    people: tuple[Person, ...] = ()
    garments: tuple[Garment, ...] = ()
    things: tuple[Thing, ...] = ()
    styles: tuple[NamedStyle, ...] = ()
    eras: tuple[Era, ...] = ()
    seasons: tuple[Season, ...] = ()
    filming: tuple[Filming, ...] = ()
    without: tuple[str, ...] = ()
    unwanted: tuple[Vocable, ...] = ()
    peopled: bool = True
    home: World | None = None
    palette: Palette | None = None
    understood: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def person(self) -> Person | None:
        """Whom the film follows, if anybody is named."""
        return self.people[0] if self.people else None

    @property
    def pace(self) -> float:
        """How much faster than usual the film shall be cut."""
        return math.prod(way.pace for way in self.filming)


def read_wish(text: str, knowledge: Knowledge) -> Wish:
    """Read what a prompt or a song's lyrics ask for.

    Parameters
    ----------
    text : str
        Any text; of other languages than English, few words are understood.
    knowledge : Knowledge
        The vocabulary.
    """
    reading = knowledge.lexicon.read(text)
    matches = _heads_only(_without_spare_pronouns(reading.matches))
    dressing = _dressing_colours(matches)
    people = _called(matches, Person)
    times, weathers = _called(matches, TimeWords), _called(matches, WeatherWords)
    accents = _called(dressing, Colour)
    followed = tuple(person for person in people if person.kind != "nobody")
    peopled = bool(followed) or not people
    without = (*reading.without, *(() if peopled else (PEOPLE,)))
    return Wish(
        worlds=_worlds(matches),
        time_of_day=times[0].value if times else None,
        weather=weathers[0].value if weathers else None,
        actions=tuple(entry.value for entry in _called(matches, ActionWords)),
        feelings=_called(matches, Feeling),
        colours=_called([match for match in matches if match not in dressing], Colour),
        palettes=_called(matches, Palette),
        motifs=_called(matches, Motif),
        accent=accents[0] if accents else None,
        people=followed,
        garments=_called(matches, Garment),
        things=_called(matches, Thing),
        styles=_called(matches, NamedStyle),
        eras=_called(matches, Era),
        seasons=_called(matches, Season),
        filming=_called(matches, Filming),
        without=without,
        unwanted=_unwanted(reading.denied, matches),
        peopled=peopled,
        understood=_understood(matches, without),
    )


def speaks_of(names: Iterable[str], text: str) -> bool:
    """Tell whether a text speaks of a thing; of several words (*flying cars*), by the last."""
    told = {form for word in text.lower().replace(",", " ").split() for form in stems(word)}
    return any(not told.isdisjoint(stems(name.lower().split()[-1])) for name in names)


def _without_spare_pronouns(matches: Sequence[Found]) -> list[Found]:
    """Return matches without pronouns that stand for somebody whom a noun names.

    *He* stands for a man who is named anywhere, and for whoever else is named before: *a dancer*.
    """
    nouns = [
        (match.at, match.call.called.kind)
        for match in matches
        if isinstance(match.call.called, Person) and match.call.score > HINT_SCORE
    ]

    def is_spare(match: Found) -> bool:
        person = match.call.called
        if not isinstance(person, Person) or match.call.score > HINT_SCORE:
            return False
        before = {kind for at, kind in nouns if at < match.at}
        return "other" in before or person.kind in {kind for _, kind in nouns}

    return [match for match in matches if not is_spare(match)]


def _heads_only(matches: Sequence[Found]) -> list[Found]:
    """Return matches without people that only describe the next word: *hacker* girl."""
    heads_at = {match.at for match in matches if isinstance(match.call.called, Person)}
    return [
        match
        for match in matches
        if not isinstance(match.call.called, Person) or match.end not in heads_at
    ]


def _called(matches: Iterable[Found], kind: type[KindT]) -> tuple[KindT, ...]:
    """Return what was called of one kind, each once, in order."""
    found: list[KindT] = []
    for match in matches:
        if isinstance(match.call.called, kind) and match.call.called not in found:
            found.append(match.call.called)
    return tuple(found)


def _unwanted(denied: Iterable[Found], matches: Iterable[Found]) -> tuple[Vocable, ...]:
    """Return what is denied by its own words, and not called by others: *night*, but no moon."""
    called = [match.call.called for match in matches]
    return tuple(
        match.call.called
        for match in denied
        if match.call.score == WORD_SCORE and match.call.called not in called
    )


def _worlds(matches: Sequence[Found]) -> tuple[World, ...]:
    """Return the worlds by score, the first called first; hinted ones only if none is named."""
    scores: Counter[str] = Counter()
    named: set[str] = set()
    for match in matches:
        if isinstance(match.call.called, World):
            scores[match.call.called.id] += match.call.score
            if match.call.score == WORD_SCORE:
                named.add(match.call.called.id)
    worlds = [world for world in _called(matches, World) if not named or world.id in named]
    return tuple(sorted(worlds, key=lambda world: -scores[world.id]))


def _dressing_colours(matches: Sequence[Found]) -> list[Found]:
    """Return the colours that stand right before a garment."""
    garments_at = {match.at for match in matches if isinstance(match.call.called, Garment)}
    return [
        match
        for match in matches
        if isinstance(match.call.called, Colour) and match.end in garments_at
    ]


_TOPICS: dict[str, type[Vocable]] = {
    "subject": Person,
    "wardrobe": Garment,
    "things": Thing,
    "place": World,
    "time": TimeWords,
    "weather": WeatherWords,
    "season": Season,
    "era": Era,
    "action": ActionWords,
    "mood": Feeling,
    "colours": Colour,
    "palette": Palette,
    "style": NamedStyle,
    "filming": Filming,
}


def _understood(matches: Sequence[Found], without: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Return the words understood by topic, each once, without empty topics."""
    told = {
        topic: tuple(
            dict.fromkeys(m.call.words for m in matches if isinstance(m.call.called, kind))
        )
        for topic, kind in _TOPICS.items()
    }
    return {topic: words for topic, words in (*told.items(), ("without", without)) if words}
