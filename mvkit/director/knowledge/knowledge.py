"""Everything the director knows, by table."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Any, Self

from pydantic import Field, model_validator

from mvkit.director.facts import Facts
from mvkit.director.knowledge.entries import (
    ActionWords,
    Colour,
    Entry,
    Era,
    Feeling,
    Filming,
    FormatWords,
    Garment,
    Idiom,
    NamedStyle,
    Person,
    Season,
    Spelling,
    Thing,
    TimeWords,
    Translation,
    WeatherWords,
)
from mvkit.director.knowledge.rows import (
    AS,
    Genre,
    Limit,
    Location,
    Motif,
    Palette,
    Phrase,
    Principle,
    World,
)
from mvkit.director.lexicon import HINT_SCORE, WORD_SCORE, Call, Lexicon
from mvkit.director.rules import Row, Rule
from mvkit.errors import InvalidArtefact, InvalidInput
from mvkit.schema import Record
from mvkit.schema.plan import Action, Scene, TimeOfDay, Weather

Vocable = World | Palette | Motif | Genre | Entry
"""What words can call."""

FOLLOWS = ("_by_topic", "advice", "lexicon")
"""What :class:`Knowledge` keeps that follows from its rows."""


class Knowledge(Record):
    """Everything the director knows, by table.

    Attributes
    ----------
    notes : tuple of str
        How a user's own rows change it, as sentences; a plan made with it repeats them.
    """

    notes: tuple[str, ...] = Field(default=(), exclude=True)

    rules: tuple[Rule, ...] = ()
    principles: tuple[Principle, ...] = ()
    phrases: tuple[Phrase, ...] = ()
    worlds: tuple[World, ...] = ()
    locations: tuple[Location, ...] = ()
    palettes: tuple[Palette, ...] = ()
    motifs: tuple[Motif, ...] = ()
    genres: tuple[Genre, ...] = ()
    limits: tuple[Limit, ...] = ()
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
    formats: tuple[FormatWords, ...] = ()
    idioms: tuple[Idiom, ...] = ()
    spelling: tuple[Spelling, ...] = ()
    abroad: tuple[Translation, ...] = ()

    @model_validator(mode="after")
    def _check_ids(self) -> Self:
        double = [name for name, n in Counter(row.id for row in self.rows()).items() if n > 1]
        if double:
            raise ValueError(f"ids used twice: {', '.join(sorted(double))}")
        return self

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy with other rows; what follows from the rows is worked out anew."""
        copy = super().model_copy(update=update, deep=deep)
        for name in FOLLOWS:
            copy.__dict__.pop(name, None)
        return copy

    def about(self, topic: str) -> tuple[Rule, ...]:
        """Return the rules that say anything about a decision or a measure."""
        return self._by_topic.get(topic, ())

    @cached_property
    def _by_topic(self) -> Mapping[str, tuple[Rule, ...]]:
        topics = {topic for rule in self.rules for topic in rule.then}
        return {topic: tuple(rule for rule in self.rules if topic in rule.then) for topic in topics}

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
            *self.genres,
            *self.limits,
        )

    def without(self, ids: Collection[str]) -> Knowledge:
        """Return the knowledge without some of its rows.

        Raises
        ------
        InvalidInput
            If there is no row of such an id.
        """
        unknown = sorted(set(ids) - {row.id for row in self.rows()})
        if unknown:
            raise InvalidInput(
                f"There is no row {', '.join(unknown)} to leave out; `mvkit director rules` lists "
                "those there are.",
                reason="NO_ROW",
            )
        kept: dict[str, Any] = {
            name: tuple(row for row in getattr(self, name) if getattr(row, "id", None) not in ids)
            for name in type(self).model_fields
        }
        return type(self).model_construct(**kept)  # a copy would keep the lexicon of all rows

    @cached_property
    def advice(self) -> Mapping[str, str]:
        """Each row's sentence, by its id."""
        return MappingProxyType({row.id: row.advice for row in self.rows()})

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
            *(*self.seasons, *self.filming, *self.formats, *self.idioms),
        )
        plain: tuple[Palette | Motif | Genre, ...] = (*self.palettes, *self.motifs, *self.genres)
        for called in (*plain, *entries):
            yield from _phrases(called, called.words)

    def place_of(self, scene: Scene) -> World:
        """Return what a scene shows: the location whose name it bears, else its world."""
        name = scene.id.removesuffix(f"_{scene.time_of_day}_{scene.weather}")
        place_id, _, noun = name.partition(AS)
        named = (place for place in self.locations if place.id == place_id)
        place = next(named, None)
        return place.as_noun(noun.replace("_", " ")) if place else self.world(scene.world)

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

    def limit(self, of: str) -> float:
        """Return the most that is safe of something; infinite where no limit is known."""
        return min((limit.most for limit in self.limits if limit.of == of), default=math.inf)

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
