"""What is sent to the API and what it answers, as OpenAPI tells it.

Names and units are those of the rest of the project; times are seconds since the epoch, amounts
are US dollars, and files are named by their path in the run.

Contents
--------
Problem, and for each noun what is asked (frozen, nothing unknown let in) and what is answered
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, Json, StringConstraints

from mvkit.analysis.intake import MAX_SECONDS
from mvkit.jobs.table import Aim, JobState
from mvkit.run import State
from mvkit.schema import Aspect, ClipChange, ClipScript, Framing, Plan, Quality
from mvkit.schema.base import HexColour, JobId, Slug
from mvkit.schema.brief import OptionValue

A_PATH = re.compile(r"[/~.\\]|.*\.\.")


def _plain(text: str) -> str:
    """Refuse control characters, which no database and no page has a use for."""
    if any(unicodedata.category(sign) == "Cc" and sign not in "\t\n\r" for sign in text):
        raise ValueError("holds control characters, expected plain text")
    return text


def _named(model: str) -> str:
    """Refuse a model by the path of its file: what lies here is for those to know who run it."""
    if A_PATH.match(model.partition(":")[2]):
        raise ValueError("names a path, expected a model's name")
    return model


Line = Annotated[str, StringConstraints(max_length=320), AfterValidator(_plain)]
Secret = Annotated[str, StringConstraints(max_length=1024), AfterValidator(_plain)]
Usd = Annotated[Decimal, Field(ge=0, le=1_000_000, allow_inf_nan=False)]
ModelName = Annotated[
    str,
    StringConstraints(max_length=200),
    AfterValidator(_plain),
    AfterValidator(_named),
]


Version = Annotated[
    int | None,
    Field(
        ge=0,
        lt=2**31,
        description="The storyboard's version that was seen; if it has changed since, nothing is "
        "done and the answer is 409, reason VERSION. Left out: whatever it is.",
    ),
]


class Asked(BaseModel):
    """What somebody asks for; unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Answer(BaseModel):
    """What is answered."""

    model_config = ConfigDict(frozen=True)


# What went wrong


class ProblemFields(Answer):
    """What went wrong, for programs and for people."""

    code: str = Field(examples=["VALIDATION_ERROR"])
    reason: str = Field(examples=["TOO_SHORT"])
    message: str = Field(
        description="What was found, what was expected, and what to do.",
        examples=["The song lasts 0.05 s; at least 1 s are needed."],
    )
    retryable: bool = Field(description="Whether the same request may succeed later.")


class Problem(Answer):
    """The one form of all errors."""

    error: ProblemFields


# Accounts


class Registration(Asked):
    """A new account."""

    name: Line = Field(examples=["ada"])
    email: Line = Field(examples=["ada@example.org"])
    password: Secret = Field(examples=["correct horse battery staple"])


class Registered(Answer):
    """An account."""

    name: str
    email: str


class Credentials(Asked):
    """A name and a password."""

    name: Line = Field(description="Name or e-mail address.", examples=["ada"])
    password: Secret


class Token(Answer):
    """A login of the API: what to send as ``Authorization: Bearer ...``."""

    access_token: str
    token_type: Literal["bearer"] = "bearer"
    user: str
    expires_at: float


class ResetWish(Asked):
    """Who has forgotten a password."""

    name: Line = Field(description="Name or e-mail address.", examples=["ada"])


class Reset(Asked):
    """A new password, and the token of the link that allows it."""

    token: Secret
    password: Secret


class PasswordChange(Asked):
    """A new password, and the one until now."""

    old: Secret
    new: Secret


class Ticket(Asked):
    """What a page was given after a login, to be exchanged for its cookie."""

    ticket: Secret


class Told(Answer):
    """A word on what has been done."""

    message: str


# Jobs


class Wish(Asked):
    """The fields of a submission, beside its files."""

    user_prompt: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=50, max_length=500),
        AfterValidator(_plain),
    ] = Field(
        description="What the film shall show.",
        examples=["A lone figure walks through neon-lit streets in the rain and finds a stage."],
    )
    title: Annotated[str, StringConstraints(max_length=200), AfterValidator(_plain)] = ""
    aspect: Aspect = "16:9"
    quality: Quality = Field(default="standard", description="2.5, 5 or 10 Mbit/s.")
    framing: Framing = Field(
        default="subject", description="How clips of another shape fill the picture."
    )
    seed: int = Field(default=1, ge=0, lt=2**31, description="Another seed, another film.")
    image: ModelName = Field(default="", description="Who paints; see GET /models.")
    video: ModelName = Field(default="", description="Who films; see GET /models.")
    planner: ModelName = Field(default="", description="Who plans; see GET /models.")
    transcriber: ModelName = Field(
        default="", description="Who hears the words that are sung; see GET /models."
    )
    options: Json[dict[Slug, dict[Slug, OptionValue]]] = Field(
        default={},
        description="Parameters by stage, as JSON.",
        examples=['{"plan": {"pace": 1.2}}'],
    )
    budget_usd: Usd | None = Field(default=None, description="What the film may cost.")
    plan_first: bool = Field(default=False, description="Stop at the storyboard.")


class ClipFiles(Answer):
    """A clip that is filmed."""

    clip_index: int
    take: int
    video: str = Field(examples=["clips/003.mp4"])
    poster: str = Field(description="Empty if there is none.", examples=["clips/003.jpg"])


class JobUrls(Answer):
    """Where to go on; empty where there is nothing yet."""

    status: str
    stream: str
    files: str
    storyboard: str
    video: str
    thumbnail: str
    download: str


class JobFacts(Answer):
    """A job, as the list of jobs tells it."""

    job_id: JobId
    title: str
    state: JobState | State
    aim: Aim = Field(description="How far it goes: to the storyboard, or to the film.")
    attempt: int
    song_s: float
    submitted_at: float
    updated_at: float


class JobStatus(JobFacts):
    """How a job stands."""

    stage: str
    progress: float = Field(description="0-100.")
    clips_done: int
    n_clips: int
    eta_s: float | None
    total_cost: float
    started_at: float | None
    error: dict[str, str | bool] | None
    clips: tuple[ClipFiles, ...] = Field(description="The clips that are filmed so far.")
    urls: JobUrls


class JobList(Answer):
    """The jobs of a user, newest first."""

    jobs: tuple[JobFacts, ...]


class Again(Asked):
    """What may be different about another attempt."""

    budget_usd: Usd | None = Field(
        default=None, description="What the film may cost, all attempts together."
    )


class Shape(Asked):
    """Another shape of a film."""

    aspect: Aspect


class RunFile(Answer):
    """A file of a run."""

    name: str = Field(examples=["clips/003.mp4"])
    n_bytes: int
    modified_at: float
    url: str


class RunFiles(Answer):
    """The files of a run, by name."""

    files: tuple[RunFile, ...]


# The storyboard


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


# What can be had, and for how much


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
