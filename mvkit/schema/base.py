"""What all artefacts share: strictness, JSON, versions and digests.

An artefact is a frozen record that one stage writes and later stages read, as JSON in the run
folder. Field names and units are those of the product document; fields of our own carry their
unit in the name. Two artefacts are *equal in content* when their canonical JSON agrees without
the volatile fields: identifiers, times taken and costs, which differ between two runs of the same
wish, and locks, which say what is to happen and not what there is.
"""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from mvkit.errors import InvalidArtefact
from mvkit.timing import tidy_s

VOLATILE_FIELDS = frozenset(
    {
        "cache_hit",
        "composition_time",
        "cost",
        "generation_time",
        "job_id",
        "locked",
        "processing_time",
        "provider_id",
        "retry_count",
        "total_cost",
        "total_generation_time",
    }
)
"""Names left out of digests, at any depth; an artefact's own ``made_from`` is left out too."""

JobId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
HexColour = Annotated[str, StringConstraints(pattern=r"^#[0-9A-Fa-f]{6}$")]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,47}$")]
Seconds = Annotated[float, Field(ge=0.0), AfterValidator(tidy_s)]
Share = Annotated[float, Field(ge=0.0, le=1.0)]
Level = Literal["low", "medium", "high"]


class Record(BaseModel):
    """A frozen value with no unknown fields and no NaN."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Span(Record):
    """A stretch of the song from ``start`` to ``end``, in seconds; never empty."""

    start: Seconds
    end: Seconds

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        if self.end <= self.start:
            raise ValueError(f"ends at {self.end} s, expected later than its start {self.start} s")
        return self

    @property
    def length_s(self) -> float:
        """Length in seconds."""
        return tidy_s(self.end - self.start)


class Artefact(Record):
    """A JSON file of the run folder.

    Attributes
    ----------
    job_id : str
        The run it belongs to (uuid4).
    made_from : str
        Digest of the inputs it was made from; an artefact whose inputs changed is stale.
    """

    stage: ClassVar[str]
    reads: ClassVar[tuple[type[Artefact], ...]] = ()

    schema_version: Literal[1] = 1
    job_id: JobId
    made_from: str = ""

    @classmethod
    def file_name(cls) -> str:
        """Return the artefact's name in the run folder, for example ``plan.json``."""
        return f"{cls.stage}.json"

    def files(self) -> tuple[str, ...]:
        """Return the files the artefact speaks of, as paths inside the run folder."""
        return ()

    def to_json(self) -> str:
        """Return the artefact as JSON to read: a line per field, and one per record of a list."""
        fields = self.model_dump(mode="json").items()
        lines = [f" {json.dumps(name)}: {_laid_out(value)}" for name, value in fields]
        return "{\n" + ",\n".join(lines) + "\n}\n"

    @classmethod
    def from_json(cls, text: str | bytes, *, source: str = "") -> Self:
        """Read and check an artefact.

        Raises
        ------
        InvalidArtefact
            Naming each field that does not hold to the contract, what was found and expected.
        """
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            raise InvalidArtefact(explain(error, source=source or cls.file_name())) from error

    def content_digest(self) -> str:
        """Return the SHA-256 of the artefact's canonical JSON without its volatile fields.

        Fields at their defaults are left out, so that a new one changes no old artefact's digest.
        """
        steady = _without_volatile(
            self.model_dump(mode="json", exclude={"made_from"}, exclude_defaults=True)
        )
        canonical = json.dumps(steady, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()


def explain(
    error: ValidationError, *, source: str, advice: str = "Mend it or redo its stage."
) -> str:
    """Return what a validation found wrong, as one message for people."""
    wrong = [
        f"{'.'.join(map(str, e['loc'])) or 'the whole'}: {e['msg']}, found {_short(e['input'])}"
        for e in error.errors()[:5]
    ]
    more = error.error_count() - len(wrong)
    tail = f"; and {more} more" if more > 0 else ""
    told = "; ".join(wrong) + tail
    return f"{source} does not hold to its contract: {told}. {advice}"


def _laid_out(value: Any) -> str:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        records = [f"  {json.dumps(record, ensure_ascii=False)}" for record in value]
        return "[\n" + ",\n".join(records) + "\n ]"
    return json.dumps(value, ensure_ascii=False)


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _without_volatile(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _without_volatile(v) for k, v in value.items() if k not in VOLATILE_FIELDS}
    if isinstance(value, list):
        return [_without_volatile(item) for item in value]
    return value
