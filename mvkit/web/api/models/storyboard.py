"""The storyboard: a plan as it stands, and changes of it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from mvkit.jobs.table import JobState
from mvkit.schema import ClipChange, ClipScript, Plan
from mvkit.schema.base import HexColour, JobId
from mvkit.web.api.models.base import Answer, Asked, Version


class TakeFacts(Answer):
    """A take of a clip; without footage its files are empty."""

    take: int
    script: ClipScript
    video: str
    poster: str
    keyframe: str = Field(
        description="The picture it starts from; empty if there is none.",
        examples=["clips/003.keyframe.png"],
    )
    model: str = Field(description="Who filmed it, or failed to; empty if nobody tried.")
    cost: float = Field(description="What it cost, its keyframe included.")
    error: str = Field(description="Why it failed, or why another model filmed it.")
    notes: tuple[str, ...] = Field(description="What else is worth knowing, as sentences.")


class ClipFacts(Answer):
    """A clip on the storyboard."""

    clip_index: int
    take: int = Field(description="The take that is used.")
    locked: bool
    to_film: bool = Field(description="Whether it has no footage of what the plan says now.")
    sketch: str = Field(description="A picture of what is planned; empty if there is none.")
    takes: tuple[TakeFacts, ...]


class StoryboardFacts(Answer):
    """A plan as it stands, with all changes."""

    job_id: JobId
    state: JobState
    version: int
    plan: Plan
    clips: tuple[ClipFacts, ...]


class WantedChange(ClipChange):
    """What is to be different about a clip; what is left out stays as it is."""

    version: Version = None


class Versioned(Asked):
    """A change of the storyboard."""

    version: Version = None


class TakeChoice(Versioned):
    """Which take of a clip is used."""

    take: int = Field(ge=1, lt=2**31)


class Lock(Versioned):
    """Whether a clip stays as it is, whatever else changes."""

    locked: bool


class Palette(Versioned):
    """The colours of the film; null goes back to the director's."""

    colours: Annotated[tuple[HexColour, ...], Field(min_length=3, max_length=6)] | None
