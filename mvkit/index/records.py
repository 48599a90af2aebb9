"""What the index reads of a run's files: the fields that become columns, checked, and no others.

Artefacts hold much more than that, and reading it all would take ten times as long.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from mvkit.schema.base import explain

MICRO_USD = Decimal("0.000001")
LATEST_S = 2.0**33
"""No time is taken to be later than this (the year 2242)."""

Whole = Annotated[int, Field(ge=-(2**31), lt=2**31)]
EpochS = Annotated[float, Field(ge=0.0, le=LATEST_S)]
Usd = Annotated[
    Decimal, Field(gt=-1_000_000, lt=1_000_000), AfterValidator(lambda usd: usd.quantize(MICRO_USD))
]


class Part(BaseModel):
    """Fields that become columns; others are passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


class Brief(Part):
    """What the user wished."""

    title: str = ""
    prompt: str
    aspect: str = ""
    seed: Whole = 1
    image: str = ""
    video: str = ""


class Analysis(Part):
    """What was heard."""

    bpm: float
    duration: float
    song_structure: tuple[Part, ...]


class Scene(Part):
    """A place of the plan."""

    id: str
    world: str


class Script(Part):
    """A clip of the plan."""

    clip_index: Whole
    section: str
    scenes: Annotated[tuple[str, ...], Field(min_length=1)]


class Plan(Part):
    """The director's plan."""

    genre: str = ""
    scenes: tuple[Scene, ...]
    clip_scripts: tuple[Script, ...]


class Clip(Part):
    """A clip that was filmed or failed."""

    clip_index: Whole
    actual_duration: float
    target_duration: float
    status: str
    fit: str = "exact"
    n_frames: Whole
    model: str
    cost: Usd
    retry_count: Whole
    generation_time: float
    error: str = ""


class Clips(Part):
    """All clips."""

    clips: tuple[Clip, ...]


class Cut(Part):
    """A change of picture in the film."""

    on_beat: bool


class Check(Part):
    """One thing that was verified."""

    passed: bool


class Video(Part):
    """The film, as the name of a file in the run folder."""

    video_url: Annotated[str, Field(pattern=r"^\w[\w.-]*$")]
    cuts: tuple[Cut, ...]
    checks: tuple[Check, ...] = ()


class Error(Part):
    """What ended a run."""

    reason: str = ""
    error: str = ""


class Status(Part):
    """How a run stands."""

    state: str
    stage: str = ""
    error: Error | None = None


class Event(Part):
    """A line of the events."""

    time: EpochS
    event: str
    stage: str = ""
    status: str = ""
    duration: float = 0.0
    reason: str = ""


class Booking(Part):
    """A line of the ledger; lines of one ``entry`` are one order, and their costs add up."""

    time: EpochS | None = None
    stage: str = ""
    item: str = ""
    model: str = ""
    cost_usd: Usd = Decimal()
    state: str = ""
    provider_id: str = ""
    entry: str = ""


class Side(Part):
    """A film in a vote."""

    job_id: str
    made: dict[str, str]


class Vote(Part):
    """A line of the votes."""

    time: EpochS | None = None
    voter: str
    left: Side
    right: Side
    preferred: str


P = TypeVar("P", bound=Part)


class RunFiles:
    """The files of a run folder, and what is damaged of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.damage: list[str] = []

    def artefact(self, stage: str, kind: type[P]) -> P | None:
        """Return what an artefact says, or None if it is not there or damaged."""
        return self.whole(f"{stage}.json", kind)

    def whole(self, name: str, kind: type[P]) -> P | None:
        """Return what a file of JSON says, or None if it is not there or damaged."""
        text = self._bytes(name)
        try:
            return None if text is None else kind.model_validate_json(text)
        except ValidationError as error:
            self.damage.append(explain(error, source=name))
            return None

    def lines(self, name: str, kind: type[P]) -> Iterator[P]:
        """Yield what the lines of a file say; those cut off by a crash are left out."""
        for line in (self._bytes(name) or b"").splitlines():
            try:
                yield kind.model_validate_json(line)
            except ValidationError as error:
                if error.errors(include_url=False)[0]["type"] != "json_invalid":
                    self.damage.append(explain(error, source=name))

    def _bytes(self, name: str) -> bytes | None:
        try:
            with open(f"{self.folder}/{name}", "rb", buffering=0) as file:
                return file.read()
        except FileNotFoundError:
            return None
        except OSError as error:
            self.damage.append(f"{name} cannot be read: {error.strerror}.")
            return None
