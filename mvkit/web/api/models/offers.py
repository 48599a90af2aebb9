"""What can be had, from whom, and for how much."""

from __future__ import annotations

from pydantic import Field

from mvkit.analysis.intake import MAX_SECONDS
from mvkit.schema.brief import OptionValue
from mvkit.web.api.models.base import Answer, Asked, ModelName


class EstimateWish(Asked):
    """What a film would be made of."""

    duration_s: float = Field(gt=0, le=MAX_SECONDS, description="Length of the song.")
    image: ModelName = Field(default="", description="Who paints; the setting's if empty.")
    video: ModelName = Field(default="", description="Who films; the setting's if empty.")
    planner: ModelName = Field(default="", description="Who plans; the setting's if empty.")
    transcriber: ModelName = Field(
        default="", description="Who hears the words; the setting's if empty."
    )
    timed_lyrics: bool = Field(
        default=False, description="Whether lyrics come with their times, so that nobody listens."
    )


ALLOWANCE = Field(description="What clips that fail or are taken again may cost on top.")


class Alternative(Answer):
    """A way to have a film for less, within what it may cost."""

    image: str
    video: str
    planner: str
    transcriber: str
    options: dict[str, dict[str, OptionValue]] = Field(
        description="Parameters of stages that it needs, by stage and name."
    )
    n_clips: int
    usd: float = Field(description="What it will typically cost.")
    allowance_usd: float = ALLOWANCE
    change: str = Field(description="What is different from the wish.")


class Quote(Answer):
    """What a film takes, as far as can be told before the song is heard."""

    image: str
    video: str
    planner: str
    transcriber: str = Field(description="``nobody`` where nobody listens.")
    n_pictures: int = Field(description="Pictures of places and people.")
    n_keyframes: int = Field(description="Pictures that clips start from.")
    n_clips: int
    usd: float = Field(description="What it will typically cost.")
    planning_usd: float = Field(description="What of it is for the plan.")
    hearing_usd: float = Field(description="What of it is for hearing the words.")
    allowance_usd: float = ALLOWANCE
    limit_usd: float = Field(description="What it may cost, unless a budget says otherwise.")
    alternatives: tuple[Alternative, ...] = Field(
        description="How it could be had for less, small changes first."
    )


class ModelFacts(Answer):
    """Somebody who can paint, film, plan or listen."""

    name: str
    free: bool
    needs_model: bool = Field(description="Whether a model has to be named: `name:model`.")
    typical_usd: float | None = Field(
        description="Per picture, clip, plan of three minutes, or minute of song; null where not "
        "known."
    )


class RoleFacts(Answer):
    """Who can take on a role."""

    default: str
    models: tuple[ModelFacts, ...]


class Models(Answer):
    """Who can paint references, film clips, plan, and hear the words."""

    image: RoleFacts
    video: RoleFacts
    planner: RoleFacts
    transcriber: RoleFacts
