"""Entries of the vocabulary: what the words of a wish call."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from mvkit.director.rules import Text
from mvkit.schema import Record
from mvkit.schema.base import HexColour, Share
from mvkit.schema.plan import (
    Action,
    Angle,
    Format,
    Hair,
    Hat,
    Move,
    Outfit,
    Prop,
    ShotSize,
    TimeOfDay,
    Weather,
)


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
    """Something a person does.

    Attributes
    ----------
    value : str
        The nearest that the studio draws.
    name : str
        What it is, where that is something else: "ride".
    phrases : tuple of str
        How one does it: what follows "the woman". ``{place}`` names the place; where a phrase does
        not, the place is told after it. ``{other}`` stands for somebody else, ``{them}`` and
        ``{their}`` for the person.
    drawn : dict
        What the studio draws of it, by the name of the thing that it is done with.
    using : dict
        The same by the name of a thing, where that is wished too; ``{thing}`` stands for it.
    by : str
        The noun of who does it, of two whom a wish names; empty for both.
    where : str
        Where it is done: ``anywhere``, ``outdoors`` only, or where ``asked`` only: in a place that
        the wish names, else outdoors.
    """

    value: Action
    drawn: dict[str, Action] = Field(default_factory=dict)
    name: str = ""
    phrases: Annotated[tuple[Text, ...], Field(min_length=1)]
    using: dict[str, tuple[Text, ...]] = Field(default_factory=dict)
    where: Literal["anywhere", "outdoors", "asked"] = "anywhere"
    by: str = ""

    @property
    def called(self) -> str:
        """What it is called: its own name, else that of what the studio draws."""
        return self.name or self.value


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
        What rules ask for; ``nobody`` empties the film, ``anybody`` is whom the rules choose.
    noun, phrase : str
        "the woman" inside a sentence, "a young woman" at the start of the description; one who is
        only read, never told, has no phrase.
    possessive, objective : str
        "her" as in *her face* and as in *around her*.
    wears : str
        Clothes that belong to the person, in place of a garment's words.
    pronouns : tuple of str
        What calls the person where no noun calls one of that kind.
    pair : tuple of str
        Nouns of the two of whom the words speak: *a couple*.
    group : bool
        Whether it is one of many, who has no companion: *a band*.
    ages : tuple of str
        What two of them are called besides, the first one first: *older*, *younger*.
    """

    kind: Literal["woman", "man", "other", "anybody", "nobody"]
    noun: str = ""
    phrase: str = ""
    possessive: str = "their"
    objective: str = "them"
    wears: str = ""
    pronouns: tuple[Text, ...] = ()
    pair: tuple[Text, ...] = ()
    group: bool = False
    ages: tuple[Text, ...] = ()


class Garment(Entry):
    """Hair, an outfit or a prop; ``{accent}`` and ``{an_accent}`` are its colour, "(a) red".

    The studio draws ``value``; ``name`` is what it is where that is something else. What is
    ``light`` is worn in summer and inside, where the wish names nothing.
    """

    slot: Literal["hair", "outfit", "prop"]
    value: Hair | Outfit | Prop
    hat: Hat = "none"
    name: str = ""
    phrase: str = ""
    light: bool = False


class Thing(Entry):
    """An animal or an object that is seen.

    Attributes
    ----------
    name, phrase : str
        "car", and what it is called in a description: "a car".
    people : bool
        Whether it is a crowd.
    weather : bool
        Whether it is a weather that no set of the studio has: wind.
    painted : bool
        Whether a world of the studio shows it.
    one : str
        What somebody carries of it: "a lantern"; empty where nobody carries it.
    carried : bool
        Whether somebody of the wish carries it.
    """

    name: Text
    phrase: Text
    people: bool = False
    weather: bool = False
    painted: bool = False
    one: str = ""
    carried: bool = False


class NamedStyle(Entry):
    """A style that has a name; ``phrase`` says it without the names of artists.

    ``time`` and ``lighting`` belong to it where the wish names no time: film noir is dark.
    """

    name: Text
    phrase: Text
    time: TimeOfDay | None = None
    lighting: str = ""
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


class FormatWords(Entry):
    """A format of film: "a dance film"."""

    value: Format


class Idiom(Entry):
    """Phrases whose words mean nothing by themselves: *rock star*."""


class Spelling(Record):
    """English words that look like slips of words known here, but are none."""

    ordinary: tuple[Text, ...]


class Translation(Record):
    """Words of German, French and Spanish by the English ones that they mean.

    Forms are found by themselves: it is enough to list what a dictionary lists.
    """

    english: Text
    words: Annotated[tuple[Text, ...], Field(min_length=1)]
