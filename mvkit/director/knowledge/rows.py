"""Rows of the knowledge: what has an id, an advice in a sentence, and a source.

Rules are rows too; they have a module of their own, :mod:`mvkit.director.rules`.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from mvkit.director.rules import Conditional, Row, Text
from mvkit.schema.base import Share, Slug
from mvkit.schema.plan import Action, Format, TimeOfDay, Weather

Texts = Annotated[tuple[Text, ...], Field(min_length=1)]

ANYWHERE: tuple[Action, ...] = ("stand", "walk", "dance", "sing")
"""What can be done in any place."""
AS = "_as_"
"""Between the id of a place and the noun that calls it, in the name of a scene."""
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
    formats : tuple of str
        Formats of film it is made for; any where none is named.
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
    formats: tuple[Format, ...] = ()
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
    def scene_name(self) -> str:
        """What its scenes are named."""
        return self.id

    @property
    def actions(self) -> tuple[Action, ...]:
        """What a person can do there."""
        return tuple(self.staging)


class Location(World):
    """A place that the studio cannot paint.

    Attributes
    ----------
    stand_in : str
        The world that stands for it.
    as_called : str
        Where one is, "in" or "at", if it is a family of places that are told as they are called:
        "in a laundromat". Its description then begins with its name, for which that noun stands.
    nouns, proper : tuple of str
        Those of its words that are told so; of them such as are names, "on Mars".
    noun : str
        What a wish called it; see :meth:`as_noun`.
    """

    staging: dict[Action, Texts] = Field(default={})
    stand_in: Slug
    as_called: str = ""
    nouns: tuple[Text, ...] = ()
    proper: tuple[Text, ...] = ()
    noun: str = Field(default="", exclude=True)

    @model_validator(mode="after")
    def _check_family(self) -> Self:
        strange = sorted({*self.nouns, *self.proper} - set(self.words))
        if strange:
            raise ValueError(f"is told as {strange[0]!r}, expected one of its words")
        if self.as_called and not self.description.startswith(_opening(self.name)):
            raise ValueError(
                f"is told as it is called, and described as {self.description!r}, expected it to "
                f"begin with {_opening(self.name)!r}"
            )
        return self

    def as_noun(self, noun: str) -> Location:
        """Return the place as a wish calls it, if it is one of a family."""
        if not self.as_called or noun not in (*self.nouns, *self.proper):
            return self
        name = noun.title() if noun in self.proper else _with_article(noun)
        if name == self.name:
            return self
        rest = self.description.removeprefix(_opening(self.name))
        told = {
            "noun": noun,
            "name": name,
            "placed": f"{self.as_called} {name}",
            "description": f"{_opening(name)}{rest}",
        }
        return self.model_copy(update=told)

    @property
    def set_id(self) -> str:
        """Id of the world that the studio builds for it."""
        return self.stand_in

    @property
    def scene_name(self) -> str:
        """What its scenes are named: its id, and the noun that calls it."""
        return f"{self.id}{AS}{self.noun.replace(' ', '_')}" if self.noun else self.id

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
    """Pictures for a theme of the lyrics.

    In its sentences ``{them}`` and ``{their}`` stand for whoever is seen; sentences without them
    can be told of a place where nobody is.

    Attributes
    ----------
    words, abroad : tuple of str
        What calls it in English, and its commonest words in German, French and Spanish.
    name, image : str
        The theme, "freedom", and what stands for it through a film, "a bird in a cage".
    literal, metaphor : tuple of str
        What is seen if a line is taken at its word, and what may be seen instead.
    development : tuple of str
        The image as it returns: small, grown, fulfilled; nobody is needed for it.
    outdoors : bool
        Whether the image needs the open sky.
    valence, arousal : float
        The feeling it suits, 0-1.
    """

    words: Texts
    abroad: tuple[Text, ...] = ()
    name: Text
    image: Text
    literal: Texts
    metaphor: Texts
    development: tuple[Text, Text, Text]
    outdoors: bool = False
    valence: Share
    arousal: Share

    @model_validator(mode="after")
    def _check_sentences(self) -> Self:
        for text in (*self.literal, *self.metaphor):
            try:
                text.format(them="", their="")
            except (KeyError, IndexError, ValueError) as error:
                raise ValueError(
                    f"says {text!r}, expected no braces but {{them}}, {{their}}"
                ) from error
        told = [text for text in (self.image, *self.development) if {"{", "}"} & set(text)]
        if told:
            raise ValueError(f"says {told[0]!r}, expected no braces: nobody is told of there")
        return self


class Genre(Row):
    """A kind of music; what it prefers is said by rules that ask for its id.

    Attributes
    ----------
    words : tuple of str
        What calls it in a wish: "hip hop video".
    heard : tuple of str
        Names by which the analysis calls it.
    """

    name: Text
    words: Texts
    heard: tuple[Text, ...] = ()


class Limit(Row):
    """What no film may have more of.

    Attributes
    ----------
    of : str
        ``flashes_per_s``: in any one second; ``accents_per_shot``, ``accents_per_min``.
    most : float
        The largest number that is safe.
    """

    of: Literal["flashes_per_s", "accents_per_shot", "accents_per_min"]
    most: float = Field(ge=0)


class Phrase(Conditional):
    """Words that hold under conditions; the heaviest that holds is used."""

    of: Literal["mood", "lighting", "cinematography", "tempo", "purpose", "act", "part_light"]
    text: Text


def _opening(name: str) -> str:
    return f"{name[0].upper()}{name[1:]}"


def _with_article(noun: str) -> str:
    if noun.endswith("s") and not noun.endswith(("ss", "us")):
        return noun
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"
