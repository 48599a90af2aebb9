"""What models are used to: how fast they film, how long, and in how many steps they work.

Much of it a pipeline says itself; the rest is in ``habits.toml``. A table
``[models."diffusers:owner/name"]`` in ``mvkit.toml`` with the same fields comes before both.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, PositiveInt

from mvkit.providers.tables import read_table
from mvkit.settings import get_settings

NAME = "diffusers"


class Habits(BaseModel):
    """What a model is used to; None where it is not said.

    Attributes
    ----------
    fps : float or None
        Frames per second that it films at.
    n_frames : int or None
        How many frames it films at most.
    size_px : tuple of int or None
        Width and height it works in, where that is to be another than fits the film.
    arguments : dict
        What its pipeline is called with, as far as its call names it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    fps: Annotated[float, Field(ge=1, le=120)] | None = None
    n_frames: Annotated[int, Field(ge=1)] | None = None
    size_px: tuple[PositiveInt, PositiveInt] | None = None
    arguments: dict[str, Any] = {}

    def or_else(self, other: Habits) -> Habits:
        """Return these habits, with another's where nothing is said."""
        return Habits(
            fps=self.fps or other.fps,
            n_frames=self.n_frames or other.n_frames,
            size_px=self.size_px or other.size_px,
            arguments={**other.arguments, **self.arguments},
        )


class _Row(Habits):
    """Habits, and whose they are."""

    models: tuple[str, ...] = ()
    pipelines: tuple[str, ...] = ()
    source: str

    def fits(self, model: str, pipeline: str) -> bool:
        own_name = model.rstrip("/").rpartition("/")[2].lower()
        return any(part in own_name for part in self.models) or pipeline.startswith(self.pipelines)


def habits_of(model: str, pipeline: str) -> Habits:
    """Return what is known of a model.

    Parameters
    ----------
    model : str
        Its name on Hugging Face, or its folder.
    pipeline : str
        The class of its pipeline.

    Raises
    ------
    InvalidInput
        If the user's own table of it cannot be used.
    """
    habits = own_habits(model)
    for row in _rows():
        if row.fits(model, pipeline):
            habits = habits.or_else(row)
    return habits


def own_habits(model: str) -> Habits:
    """Return what the user's settings say of a model.

    Raises
    ------
    InvalidInput
        If they cannot be used.
    """
    name = f"{NAME}:{model}"
    return read_table(Habits, get_settings().models.get(name, {}), name=name)


@cache
def _rows() -> tuple[_Row, ...]:
    return tuple(_read_rows())


def _read_rows() -> Iterator[_Row]:
    text = (files(__package__) / "habits.toml").read_text(encoding="utf-8")
    for table in tomllib.loads(text)["habits"]:
        yield _Row.model_validate(table)
