"""Jobs: a submission, how it stands, and the files it made."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, Json, StringConstraints

from mvkit.jobs.table import Aim, JobState
from mvkit.run import State
from mvkit.schema import Aspect, Framing, Quality
from mvkit.schema.base import JobId, Slug
from mvkit.schema.brief import OptionValue
from mvkit.web.api.models.base import PLAIN, Answer, Asked, ModelName, Usd


class Wish(Asked):
    """The fields of a submission, beside its files."""

    user_prompt: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=50, max_length=500),
        PLAIN,
    ] = Field(
        description="What the film shall show.",
        examples=["A lone figure walks through neon-lit streets in the rain and finds a stage."],
    )
    title: Annotated[str, StringConstraints(max_length=200), PLAIN] = ""
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
