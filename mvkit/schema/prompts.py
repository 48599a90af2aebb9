"""The prompts: what the video model is told, clip by clip."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from mvkit.schema.base import Artefact, Record, Seconds, Slug
from mvkit.schema.brief import Brief
from mvkit.schema.plan import Plan
from mvkit.schema.references import References

MAX_WORDS = 200
"""A prompt has fewer words than this."""


class PromptMetadata(Record):
    """What went into a prompt."""

    word_count: int = Field(ge=1, lt=MAX_WORDS)
    style_keywords: tuple[str, ...]
    scene_id: Slug
    character_ids: tuple[Slug, ...]
    validated: bool


class ClipPrompt(Record):
    """The prompt of one clip; ``duration`` in seconds, reference urls inside the run folder."""

    clip_index: int = Field(ge=0)
    prompt: Annotated[str, StringConstraints(min_length=1)]
    negative_prompt: str
    duration: Seconds
    scene_reference_url: str | None
    character_reference_urls: tuple[str, ...] = ()
    seed: int
    metadata: PromptMetadata


class Prompts(Artefact):
    """One prompt per clip."""

    stage: ClassVar[str] = "prompts"
    reads = (Brief, Plan, References)

    clip_prompts: tuple[ClipPrompt, ...] = Field(min_length=1)
    total_clips: int
    generation_time: float
