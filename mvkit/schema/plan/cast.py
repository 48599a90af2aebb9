"""Who is in the film, where it plays, and what holds its pictures together."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from mvkit.schema.base import HexColour, Record, Slug

TimeOfDay = Literal["night", "dusk", "dawn", "day"]
Weather = Literal["clear", "rain", "fog", "snow"]
Kind = Literal["woman", "man", "other"]
Hair = Literal["long", "short", "bun", "curly", "braids", "shaved"]
Hat = Literal["none", "cap", "beanie", "wide hat"]
Outfit = Literal["coat", "dress", "jacket", "hoodie", "tee"]
Prop = Literal["none", "umbrella"]
Sentence = Annotated[str, StringConstraints(min_length=1, max_length=1200)]


class Character(Record):
    """Somebody who returns through the film, looking the same in every shot.

    Attributes
    ----------
    description : str
        Carried word for word into every prompt.
    kind, hair, hat, outfit, prop, accent, seed
        What the studio draws; the description says the same in words.
    """

    id: Slug
    description: Sentence
    role: Sentence
    kind: Kind = "other"
    hair: Hair = "long"
    hat: Hat = "none"
    outfit: Outfit = "coat"
    prop: Prop = "none"
    accent: HexColour = "#FF4D6D"
    seed: int = 1


class Scene(Record):
    """A place of the film; ``world`` is the studio set that stands for it."""

    id: Slug
    description: Sentence
    time_of_day: TimeOfDay
    weather: Weather = "clear"
    world: Slug


class Style(Record):
    """What holds the film together; ``color_palette`` runs from the leading colour to accents."""

    color_palette: tuple[HexColour, ...] = Field(min_length=3, max_length=6)
    visual_style: Sentence
    mood: Sentence
    lighting: Sentence
    cinematography: Sentence


class Grade(Record):
    """How the colours of a part differ from the film's palette.

    Attributes
    ----------
    lead : int
        Which colour of the palette leads, from 0.
    lightness, saturation : float
        Factors, 0.5-1.6.
    warmth : float
        From -1, cooler, to 1, warmer.
    """

    lead: int = Field(default=0, ge=0, le=5)
    lightness: float = Field(default=1.0, ge=0.5, le=1.6)
    saturation: float = Field(default=1.0, ge=0.5, le=1.6)
    warmth: float = Field(default=0.0, ge=-1.0, le=1.0)
