"""What is known of one model: what it takes, what it sells, what it costs, and who said so.

An entry is data, read from ``catalog.toml`` or from a user's ``mvkit.toml``. It says how a wish is
put into the model's own inputs, so that no code knows any model by name. Prices are in US dollars
per unit, as the service bills them.

Contents
--------
Entry, Variant, Duration, Aspect, Size, StartImage, EndImage, ReferenceImages, Provenance
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from mvkit.schema.base import Record
from mvkit.schema.dialect import Dialect

JsonScalar = bool | int | float | str
Role = Literal["image", "video"]
Unit = Literal["second", "clip", "image", "compute_second", "megapixel_in", "megapixel_out"]
"""What is sold: seconds of video, clips, pictures, seconds of work, millions of pixels."""
Confidence = Literal["high", "medium", "low"]
"""The service's own page or schema; two others who agree; one other, or derived by us."""
Slot = Literal["start_image", "end_image", "reference_images"]

Text = Annotated[str, StringConstraints(min_length=1)]
InputName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
ModelId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][\w.-]*/[a-z0-9][\w.-]*$")]
VariantName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.-]*$")]
Usd = Annotated[Decimal, Field(gt=0)]


class Provenance(Record):
    """Where figures come from; without a date they are the user's own."""

    source: Text = "mvkit.toml"
    as_of: date | None = None
    confidence: Confidence = "high"


class StartImage(Record):
    """The picture a clip starts from, or an image model paints over."""

    input: InputName
    required: bool = False


class EndImage(Record):
    """The picture a clip ends on; most models take one only together with a start."""

    input: InputName
    needs_start: bool = False


class ReferenceImages(Record):
    """Pictures of what is to be seen, as a list, the most telling first.

    Attributes
    ----------
    most : int
        How many the model takes.
    excludes : tuple of str
        What cannot be sent together with them.
    """

    input: InputName
    most: int = Field(ge=1)
    excludes: tuple[Literal["start_image", "end_image"], ...] = ()


class Duration(Record):
    """How long a clip the model films.

    Either of: ``choices``; a range ``least`` to ``most`` in steps of ``step``; ``fixed_s``, where
    it films what it films and there is no input.

    Attributes
    ----------
    input : str
        The input's name; empty for a fixed length.
    fps : float
        Where above 0, choices and range count frames at this rate; else they are seconds.
    """

    input: InputName | Literal[""] = ""
    choices: tuple[int, ...] = ()
    least: int = Field(default=0, ge=0)
    most: int = Field(default=0, ge=0)
    step: int = Field(default=1, ge=1)
    fps: float = Field(default=0.0, ge=0.0)
    fixed_s: float = Field(default=0.0, ge=0.0)

    @model_validator(mode="after")
    def _check_one_way(self) -> Self:
        ways = [bool(self.choices), bool(self.most), bool(self.fixed_s)]
        if sum(ways) != 1:
            raise ValueError("expected one of: choices; least and most; fixed_s")
        if bool(self.input) == bool(self.fixed_s):
            raise ValueError("expected the input's name, or fixed_s where there is no input")
        if self.most and not 1 <= self.least <= self.most:
            raise ValueError(f"goes from {self.least} to {self.most}, expected 1 <= least <= most")
        if self.choices and min(self.choices) < 1:
            raise ValueError(f"has the choices {self.choices}, expected positive ones")
        return self

    @property
    def values(self) -> tuple[int, ...]:
        """Everything that may be sent, shortest first; empty for a fixed length."""
        if self.choices:
            return tuple(sorted(self.choices))
        return tuple(range(self.least, self.most + 1, self.step)) if self.most else ()

    def seconds_of(self, value: int) -> float:
        """Return the seconds that come for a value that is sent."""
        return value / self.fps if self.fps else float(value)


class Aspect(Record):
    """The shapes an input offers, each as ``width:height``."""

    input: InputName
    choices: tuple[Annotated[str, StringConstraints(pattern=r"^[1-9]\d*:[1-9]\d*$")], ...] = Field(
        min_length=1
    )


class Size(Record):
    """Width and height as two inputs, in pixels.

    Attributes
    ----------
    pixels : int
        About how many the model paints best, whatever the shape.
    multiple_of : int
        What both sides are multiples of.
    """

    width: InputName = "width"
    height: InputName = "height"
    pixels: int = Field(ge=64 * 64)
    multiple_of: int = Field(default=8, ge=1)


class Variant(Record):
    """One way to use a model: the inputs that make it so, and its price.

    Attributes
    ----------
    usd : dict
        Dollars by unit; the bill is the sum over all units.
    duration : Duration or None
        What it sells, where that differs from the entry's.
    excludes : tuple of str
        What this variant does not take.
    """

    inputs: dict[InputName, JsonScalar] = Field(default={})
    usd: dict[Unit, Usd] = Field(min_length=1)
    duration: Duration | None = None
    excludes: tuple[Slot, ...] = ()


class Entry(Record):
    """A model.

    Attributes
    ----------
    host, id : str
        Who runs it, and its name there: ``replicate``, ``owner/name``.
    official : bool
        Whether the host keeps it running itself; others are called by their version.
    version : str
        The pinned version of a model that is not official; empty for its newest.
    prompt, negative_prompt, seed : str
        Names of the inputs; empty where the model has none.
    fixed : dict
        Inputs that are always sent.
    variants : dict
        By name; the first is used where none is asked for.
    dialect : Dialect
        How it wants to be told in words. Where it does not say, a negative prompt goes into the
        input for it, and nowhere if there is none.
    typical_s, deadline_s : float
        How long the work mostly takes once it has begun, and after how long it is cancelled.
    inputs_from, dialect_from, prices_from, times_from : Provenance
        Who says what it takes, how it is told, what it costs, and how long it works.
    """

    host: Literal["replicate"]
    id: ModelId
    role: Role
    official: bool = True
    version: Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{64})?$")] = ""
    prompt: InputName | Literal[""] = ""
    negative_prompt: InputName | Literal[""] = ""
    seed: InputName | Literal[""] = ""
    start_image: StartImage | None = None
    end_image: EndImage | None = None
    reference_images: ReferenceImages | None = None
    duration: Duration | None = None
    aspect: Aspect | None = None
    size: Size | None = None
    fixed: dict[InputName, JsonScalar] = Field(default={})
    dialect: Dialect = Dialect()
    variants: dict[VariantName, Variant] = Field(min_length=1)
    typical_s: float = Field(default=60.0, gt=0)
    deadline_s: float = Field(default=300.0, gt=0)
    licence: str = ""
    note: str = ""
    inputs_from: Provenance = Provenance()
    dialect_from: Provenance = Provenance()
    prices_from: Provenance = Provenance()
    times_from: Provenance = Provenance()

    @model_validator(mode="before")
    @classmethod
    def _tell_negatives(cls, fields: Any) -> Any:
        """Say where a negative prompt goes, unless the entry says so itself."""
        told = fields.get("dialect", {}) if isinstance(fields, Mapping) else None
        if not isinstance(told, Mapping):
            return fields
        where = "field" if fields.get("negative_prompt") else "none"
        return {**fields, "dialect": {"negative": where, **told}}

    @model_validator(mode="after")
    def _check_sense(self) -> Self:
        if self.dialect.negative == "field" and not self.negative_prompt:
            raise ValueError(
                "dialect.negative is 'field' and no input takes it; expected negative_prompt, or "
                "'sentence' or 'none'"
            )
        if self.deadline_s < self.typical_s:
            raise ValueError(
                f"deadline_s is {self.deadline_s}, expected typical_s, {self.typical_s}, or more"
            )
        if self.official and self.version:
            raise ValueError("an official model has no version; expected official = false")
        for name, variant in self.variants.items():
            if (self.role == "video") != (self.duration_of(variant) is not None):
                raise ValueError(f"variant {name}: a video model has a duration, others have none")
        return self

    @property
    def name(self) -> str:
        """The model without a variant, as ``replicate:owner/name``."""
        return f"{self.host}:{self.id}"

    @property
    def takes_prompt(self) -> bool:
        """Whether it can be told anything in words."""
        return bool(self.prompt)

    @property
    def wants_keyframe(self) -> bool:
        """Whether it makes nothing without a picture to start from."""
        return self.start_image is not None and self.start_image.required

    @property
    def takes_references(self) -> bool:
        """Whether it takes pictures of places and people."""
        return self.reference_images is not None

    def duration_of(self, variant: Variant) -> Duration | None:
        """Return what clips a variant sells."""
        return variant.duration or self.duration

    def input_names(self) -> Iterator[str]:
        """Yield the name of every input that may ever be sent; some twice."""
        yield from filter(None, (self.prompt, self.negative_prompt, self.seed))
        pictures = (self.start_image, self.end_image, self.reference_images)
        durations = map(self.duration_of, self.variants.values())
        for part in (*pictures, self.aspect, *durations):
            if part is not None and part.input:
                yield part.input
        if self.size is not None:
            yield from (self.size.width, self.size.height)
        yield from self.fixed
        for variant in self.variants.values():
            yield from variant.inputs
