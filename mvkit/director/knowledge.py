"""What the director knows: tables of TOML in the folder ``knowledge``.

Any file may hold any table; they are sorted by theme for people. *Rows* have an id, an advice in
a sentence and a source: rules (:mod:`mvkit.director.rules`), principles, phrases that hold under
conditions, worlds, other locations, palettes and motifs. *Entries* are vocabulary: colours, times,
weathers, actions, feelings, people, garments, things, styles, eras, seasons and ways of filming, by
the words of a wish that call them.

Contents
--------
Knowledge, load_knowledge, and one record per table
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache, cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, model_validator

from mvkit.director.facts import Facts
from mvkit.director.lexicon import HINT_SCORE, WORD_SCORE, Call, Lexicon
from mvkit.director.rules import Conditional, Row, Rule, Text
from mvkit.errors import InvalidArtefact
from mvkit.schema import Record
from mvkit.schema.base import HexColour, Share, Slug, explain
from mvkit.schema.plan import Action, Angle, Move, Scene, ShotSize, TimeOfDay, Weather

Texts = Annotated[tuple[Text, ...], Field(min_length=1)]

ANYWHERE: tuple[Action, ...] = ("stand", "walk", "dance", "sing")
"""What can be done in any place."""
CHOSEN_PLACE = "chosen_place"
CHOSEN_PALETTE = "chosen_palette"
BY_HAND = "by_hand"
OWN_WORDS = "own_words"
"""Ids of the principles that decisions name."""


class Principle(Row):
    """What a decision names that no rule took: somebody took it themselves."""


class World(Row):
    """A place the studio can paint.

    Attributes
    ----------
    words, hints : tuple of str
        What calls it; hints count only where no word calls any place.
    name, placed : str
        What to call it in a sentence: "a quiet shore", "on a quiet shore".
    description : str
        For prompts; ``{luminary}`` stands for what shines at the time of day.
    outdoors : bool
        Whether time of day and weather are seen there.
    performance : bool
        Whether it is a place to perform rather than a place to be.
    times, weathers : tuple
        What it can be dressed in, its own first.
    valence, arousal : float
        The feeling it suits, 0-1.
    look : str
        The visual style that belongs to it.
    staging : dict
        By action, how a person does it there: phrases that follow "the woman".
    views : tuple of str
        What is seen while nobody is there: whole clauses.
    details : tuple of str
        Sentences about something that moves or shines there.
    """

    words: Texts
    hints: tuple[Text, ...] = ()
    name: Text
    placed: Text
    description: Text
    outdoors: bool = True
    performance: bool = False
    times: Annotated[tuple[TimeOfDay, ...], Field(min_length=1)]
    weathers: Annotated[tuple[Weather, ...], Field(min_length=1)]
    valence: Share
    arousal: Share
    look: Text
    staging: dict[Action, Texts] = Field(min_length=1)
    views: Texts
    details: Texts

    @property
    def set_id(self) -> str:
        """Id of the world that the studio builds for it."""
        return self.id

    @property
    def actions(self) -> tuple[Action, ...]:
        """What a person can do there."""
        return tuple(self.staging)


class Location(World):
    """A place that the studio cannot paint, with ``stand_in``, the world that stands for it."""

    staging: dict[Action, Texts] = Field(default={})
    stand_in: Slug

    @property
    def set_id(self) -> str:
        """Id of the world that the studio builds for it."""
        return self.stand_in

    @property
    def actions(self) -> tuple[Action, ...]:
        """What a person can do anywhere."""
        return ANYWHERE


class Palette(Row):
    """Three to six colours by their names, the leading one first, the accent last."""

    words: tuple[Text, ...] = ()
    name: Text
    colours: Annotated[tuple[Text, ...], Field(min_length=3, max_length=6)]
    valence: Share
    arousal: Share
    suits: tuple[Slug, ...] = ()


class Motif(Row):
    """A picture for a theme of the lyrics; ``{them}`` and ``{their}`` stand for the person."""

    words: Texts
    name: Text
    sentence: Text


class Entry(Record):
    """A thing that words call; a phrase of several words calls as a whole."""

    words: tuple[Text, ...] = ()


class Colour(Entry):
    """A colour that has a name, by which it is called, too."""

    name: Text
    hex: HexColour


class TimeWords(Entry):
    """A time of day; ``later`` is the one that follows, ``luminary`` what shines then."""

    value: TimeOfDay
    later: TimeOfDay
    phrase: Text
    luminary: Text


class WeatherWords(Entry):
    """A weather, and how to say it outside and inside; empty where there is nothing to say."""

    value: Weather
    phrase: str = ""
    indoors: str = ""


class ActionWords(Entry):
    """Something a person does; ``phrase`` says how where a place has no words of its own for it."""

    value: Action
    phrase: Text


class Feeling(Entry):
    """A mood by its place on Russell's circumplex."""

    name: Text
    valence: Share
    arousal: Share


class Person(Entry):
    """Somebody a film can follow.

    Attributes
    ----------
    kind : str
        What rules ask for; ``nobody`` empties the film.
    noun, phrase : str
        "the woman" inside a sentence, "a young woman" at the start of the description.
    possessive, objective : str
        "her" as in *her face* and as in *around her*.
    wears : str
        Clothes that belong to the person, in place of a garment's words.
    pronouns : tuple of str
        What calls the person where no noun calls one of that kind.
    """

    kind: Literal["woman", "man", "other", "nobody"]
    noun: str = ""
    phrase: str = ""
    possessive: str = "their"
    objective: str = "them"
    wears: str = ""
    pronouns: tuple[Text, ...] = ()


class Garment(Entry):
    """Hair, an outfit or a prop; ``{accent}`` and ``{an_accent}`` are its colour, "(a) red".

    The studio draws ``value``; ``name`` is what it is where that is something else.
    """

    slot: Literal["hair", "outfit", "prop"]
    value: Literal["long", "short", "bun", "coat", "dress", "jacket", "none", "umbrella"]
    name: str = ""
    phrase: str = ""


class Thing(Entry):
    """An animal or an object that is seen; ``people`` tells a crowd from both.

    What is ``painted`` belongs to a world of the studio.
    """

    name: Text
    phrase: Text
    people: bool = False
    painted: bool = False


class NamedStyle(Entry):
    """A style that has a name; ``phrase`` says it without the names of artists."""

    name: Text
    phrase: Text
    colours: tuple[Text, ...] = ()


class Era(Entry):
    """A time in history: "in the 1980s"."""

    name: Text
    phrase: Text


class Season(Entry):
    """A season: "in high summer"."""

    name: Text
    phrase: Text


class Filming(Entry):
    """A way of filming: what the camera prefers, and how much faster than usual it is cut."""

    name: Text
    phrase: Text
    moves: tuple[Move, ...] = ()
    sizes: tuple[ShotSize, ...] = ()
    angles: tuple[Angle, ...] = ()
    pace: Annotated[float, Field(gt=0)] = 1.0


class Idiom(Entry):
    """Phrases whose words mean nothing by themselves: *rock star*."""


class Spelling(Record):
    """English words that look like slips of words known here, but are none."""

    ordinary: tuple[Text, ...]


Vocable = World | Palette | Motif | Entry
"""What words can call."""


class Phrase(Conditional):
    """Words that hold under conditions; the heaviest that holds is used."""

    of: Literal["mood", "lighting", "cinematography", "tempo", "purpose"]
    text: Text


class Knowledge(Record):
    """Everything the director knows, by table."""

    rules: tuple[Rule, ...] = ()
    principles: tuple[Principle, ...] = ()
    phrases: tuple[Phrase, ...] = ()
    worlds: tuple[World, ...] = ()
    locations: tuple[Location, ...] = ()
    palettes: tuple[Palette, ...] = ()
    motifs: tuple[Motif, ...] = ()
    colours: tuple[Colour, ...] = ()
    times: tuple[TimeWords, ...] = ()
    weathers: tuple[WeatherWords, ...] = ()
    actions: tuple[ActionWords, ...] = ()
    feelings: tuple[Feeling, ...] = ()
    people: tuple[Person, ...] = ()
    garments: tuple[Garment, ...] = ()
    things: tuple[Thing, ...] = ()
    styles: tuple[NamedStyle, ...] = ()
    eras: tuple[Era, ...] = ()
    seasons: tuple[Season, ...] = ()
    filming: tuple[Filming, ...] = ()
    idioms: tuple[Idiom, ...] = ()
    spelling: tuple[Spelling, ...] = ()

    @model_validator(mode="after")
    def _check_ids(self) -> Self:
        double = [name for name, n in Counter(row.id for row in self.rows()).items() if n > 1]
        if double:
            raise ValueError(f"ids used twice: {', '.join(sorted(double))}")
        return self

    def rows(self) -> tuple[Row, ...]:
        """Return everything that has an id, an advice and a source."""
        return (
            *self.rules,
            *self.principles,
            *self.phrases,
            *self.worlds,
            *self.locations,
            *self.palettes,
            *self.motifs,
        )

    @cached_property
    def lexicon(self) -> Lexicon[Vocable]:
        """Every phrase of the vocabulary, to read texts with."""
        ordinary = (word for table in self.spelling for word in table.ordinary)
        return Lexicon(self._calls(), ordinary=ordinary)

    def _calls(self) -> Iterator[Call[Vocable]]:
        """Yield every phrase of the vocabulary with what it calls."""
        for world in (*self.worlds, *self.locations):
            yield from _phrases(world, world.words)
            yield from _phrases(world, world.hints, score=HINT_SCORE)
        for colour in self.colours:
            yield from _phrases(colour, (colour.name, *colour.words))
        for person in self.people:
            yield from _phrases(person, person.words)
            yield from _phrases(person, person.pronouns, score=HINT_SCORE)
        entries: tuple[Entry, ...] = (
            *(*self.times, *self.weathers, *self.actions, *self.feelings),
            *(*self.garments, *self.things, *self.styles, *self.eras),
            *(*self.seasons, *self.filming, *self.idioms),
        )
        plain: tuple[Palette | Motif | Entry, ...] = (*self.palettes, *self.motifs)
        for called in plain + entries:
            yield from _phrases(called, called.words)

    def place_of(self, scene: Scene) -> World:
        """Return what a scene shows: the location whose name it bears, else its world."""
        name = scene.id.removesuffix(f"_{scene.time_of_day}_{scene.weather}")
        named = (place for place in self.locations if place.id == name)
        return next(named, None) or self.world(scene.world)

    def world(self, world_id: str) -> World:
        """Return the world of an id."""
        return next(world for world in self.worlds if world.id == world_id)

    def colour(self, name: str) -> Colour:
        """Return the colour of a name."""
        return next(colour for colour in self.colours if colour.name == name)

    def time(self, value: TimeOfDay) -> TimeWords:
        """Return what is known of a time of day."""
        return next(time for time in self.times if time.value == value)

    def weather(self, value: Weather) -> WeatherWords:
        """Return what is known of a weather."""
        return next(weather for weather in self.weathers if weather.value == value)

    def action(self, value: Action) -> ActionWords:
        """Return what is known of an action."""
        return next(action for action in self.actions if action.value == value)

    def phrase(self, of: str, facts: Facts) -> Phrase:
        """Return the heaviest phrase that holds.

        Raises
        ------
        InvalidArtefact
            If there is none.
        """
        holding = [phrase for phrase in self.phrases if phrase.of == of and phrase.holds(facts)]
        if not holding:
            raise InvalidArtefact(
                f"The knowledge has no phrase of {of} that holds at {facts}, expected one at any "
                "moment. Add a phrase without conditions."
            )
        return max(holding, key=lambda phrase: phrase.weight)


def _phrases(
    called: Vocable, words: Iterable[str], *, score: int = WORD_SCORE
) -> list[Call[Vocable]]:
    return [Call(tuple(phrase.split()), called, score) for phrase in words]


def load_knowledge(folder: Path | None = None) -> Knowledge:
    """Read and check the director's knowledge.

    Parameters
    ----------
    folder : Path, optional
        Folder of ``*.toml``, read anew each time; by default the one inside this package, which
        is read once.

    Raises
    ------
    InvalidArtefact
        Naming the file and the row that does not hold to its contract.
    """
    return _load(folder) if folder else _load_own()


@cache
def _load_own() -> Knowledge:
    return _load(files(__package__) / "knowledge")


def _load(folder: Traversable) -> Knowledge:
    tables: dict[str, list[Any]] = {}
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".toml"):
            for name, rows in _read(file).items():
                tables.setdefault(name, []).extend(rows)
    knowledge = _validated(tables, source="The knowledge as a whole")
    _check_references(knowledge)
    return knowledge


def _read(file: Traversable) -> dict[str, list[Any]]:
    """Return a file's tables, each checked by itself so that errors name the file."""
    try:
        tables: dict[str, list[Any]] = tomllib.loads(file.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise InvalidArtefact(f"knowledge/{file.name} is not TOML: {error}. Mend it.") from error
    _validated(tables, source=f"knowledge/{file.name}")
    return tables


def _validated(tables: dict[str, list[Any]], *, source: str) -> Knowledge:
    try:
        return Knowledge.model_validate(tables)
    except ValidationError as error:
        raise InvalidArtefact(explain(error, source=source)) from error


def _check_references(knowledge: Knowledge) -> None:
    """Raise unless every name by which one row calls another exists."""
    colours = {colour.name for colour in knowledge.colours}
    worlds = {world.id for world in knowledge.worlds}
    for palette in knowledge.palettes:
        _check_known(palette.id, "colours", palette.colours, colours)
        _check_known(palette.id, "worlds", palette.suits, worlds)
    for style in knowledge.styles:
        _check_known(f"style {style.name}", "colours", style.colours, colours)
    for place in knowledge.locations:
        _check_known(place.id, "worlds", (place.stand_in,), worlds)
    for row in (*knowledge.rules, *knowledge.phrases):
        _check_known(row.id, "worlds", row.when.get("world", ()), worlds)


def _check_known(row_id: str, kind: str, names: Any, known: set[str]) -> None:
    unknown = sorted(set(names) - known)
    if unknown:
        raise InvalidArtefact(
            f"The row {row_id} names the {kind} {', '.join(unknown)}, expected some of "
            f"{', '.join(sorted(known))}. Mend the name, or add a row for it."
        )
