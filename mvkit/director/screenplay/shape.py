"""What a screenplay is: what a language model returns, as words and as choices between ours.

Its JSON schema is kept to what all services can hold a model to: every field is there, and lengths
are told in words and checked here.

Contents
--------
Screenplay and its parts
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator, Field

from mvkit.schema import Record
from mvkit.schema.base import HexColour, Slug
from mvkit.schema.plan import (
    Action,
    ActName,
    Angle,
    Format,
    Hair,
    Hat,
    Kind,
    Move,
    Outfit,
    Prop,
    ShotSize,
    TimeOfDay,
    Weather,
)

MAX_SCENES = 6
MAX_CHARACTERS = 4
MAX_AT_ONCE = 2
"""So many people may be in one clip: each is told in full in its prompt."""
MAX_ACTS = 5
MAX_CLIPS = 200
MAX_SHOTS = 40
MAX_STORY_WORDS = 150
MAX_PASSAGE_WORDS = 70
MAX_CHARS_PER_WORD = 20
"""No text is longer than so many characters for each word that it may have."""


def _words(most: int, *, least: int = 1) -> Callable[[str], str]:
    """Return a check for so many words on one line."""

    def check(text: str) -> str:
        line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
        n_words = len(line.split())
        if not least <= n_words <= most or len(line) > most * MAX_CHARS_PER_WORD:
            raise ValueError(f"has {n_words} words, expected {least} to {most} of usual length")
        return line

    return check


def _at_most(most: int) -> Callable[[tuple[object, ...]], tuple[object, ...]]:
    """Return a check for so many parts."""

    def check(parts: tuple[object, ...]) -> tuple[object, ...]:
        if len(parts) > most:
            raise ValueError(f"has {len(parts)} parts, expected at most {most}")
        return parts

    return check


def _check_palette(colours: tuple[str, ...]) -> tuple[str, ...]:
    if not 3 <= len(colours) <= 6:
        raise ValueError(f"has {len(colours)} colours, expected 3 to 6")
    return colours


Line = Annotated[str, AfterValidator(_words(16))]
LineOrNone = Annotated[str, AfterValidator(_words(16, least=0))]
Phrase = Annotated[str, AfterValidator(_words(25))]
Portrait = Annotated[str, AfterValidator(_words(45))]
Passage = Annotated[str, AfterValidator(_words(MAX_PASSAGE_WORDS))]
PassageOrNone = Annotated[str, AfterValidator(_words(MAX_PASSAGE_WORDS, least=0))]
Story = Annotated[str, AfterValidator(_words(MAX_STORY_WORDS))]
Palette = Annotated[tuple[HexColour, ...], AfterValidator(_check_palette)]
Names = Annotated[tuple[Slug, ...], AfterValidator(_at_most(MAX_CHARACTERS))]
RuleNames = Annotated[tuple[Slug, ...], AfterValidator(_at_most(MAX_SHOTS))]


class ActSketch(Record):
    """A stretch of the story, from one clip to where the next act begins."""

    name: ActName
    first_clip: int = Field(description="clip_index of the clip with which it begins.")
    story: Passage = Field(description="What happens in it, in one sentence of at most 25 words.")


class CharacterSketch(Record):
    """Somebody who returns through the film."""

    id: Slug
    description: Portrait = Field(
        description="Age, hair, clothes with their colours: what a camera sees. One sentence of at "
        "most 30 words, repeated word for word in every prompt."
    )
    role: Line
    kind: Kind
    hair: Hair
    hat: Hat
    outfit: Outfit
    prop: Prop
    accent: HexColour = Field(description="Colour of the clothes.")


class SceneSketch(Record):
    """A place of the film at one time of day in one weather."""

    id: Slug
    description: Passage = Field(
        description="What the place looks like, without people. At most 40 words."
    )
    time_of_day: TimeOfDay
    weather: Weather
    world: Slug = Field(description="Id of the world that stands for it.")


class StyleSketch(Record):
    """What holds the film together."""

    color_palette: Palette = Field(description="3 to 6 colours, the leading one first.")
    visual_style: Line = Field(description="The look, in at most 10 words.")
    mood: Line = Field(description="At most 8 words.")
    lighting: Line = Field(description="At most 12 words.")
    cinematography: Phrase = Field(description="How the film is shot, in at most 20 words.")


class ShotSketch(Record):
    """What is seen between two cuts."""

    size: ShotSize
    angle: Angle
    move: Move
    action: Action
    peopled: bool = Field(description="Whether the clip's characters are seen in this shot.")


class ClipSketch(Record):
    """What is filmed as one clip: one place, one or more shots."""

    clip_index: int
    description: Passage = Field(
        description="Who does what where; what moves. The most important sentence first, at most "
        "50 words, none like another clip's."
    )
    mood: Line = Field(description="At most 6 words.")
    lighting: LineOrNone = Field(
        description="The light here where it is not that of the whole film, in at most 12 words; "
        "else empty."
    )
    scene: Slug
    characters: Names
    shots: Annotated[tuple[ShotSketch, ...], AfterValidator(_at_most(MAX_SHOTS))]
    rules: RuleNames = Field(description="Ids of the rules that you followed here.")


class Screenplay(Record):
    """The film as a language model tells it."""

    summary: Story = Field(description="The film in at most 80 words.")
    treatment: Story = Field(
        description="How it follows the song part by part, in at most 120 words."
    )
    format: Format = Field(description="What kind of film it is.")
    acts: Annotated[tuple[ActSketch, ...], AfterValidator(_at_most(MAX_ACTS))] = Field(
        description="The story in acts, the first from clip 0. Each begins where a part of the "
        "song does."
    )
    motif: PassageOrNone = Field(
        description="A picture that returns and how it grows, in one sentence of at most 25 words; "
        "empty if there is none."
    )
    style: StyleSketch
    characters: Annotated[tuple[CharacterSketch, ...], AfterValidator(_at_most(MAX_CHARACTERS))]
    scenes: Annotated[tuple[SceneSketch, ...], AfterValidator(_at_most(MAX_SCENES))]
    clips: Annotated[tuple[ClipSketch, ...], AfterValidator(_at_most(MAX_CLIPS))]
