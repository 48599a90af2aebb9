"""A grid: films told as a product of lists, in TOML.

::

    songs = ["rain.wav", "dust.mp3"]
    prompts = ["A young woman walks ...", "A dancer in an empty hall ..."]
    seeds = [1, 2]
    videos = ["studio", "stills"]
    budget_usd = 1.5

    [options.plan]
    pace = [1.0, 1.4]

is 2 x 2 x 2 x 2 x 2 films. Each list may be a single value. Songs change slowest, parameters of
notebooks quickest, so that films to be compared stand together.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any, get_args

from mvkit.errors import InvalidInput
from mvkit.schema.brief import OptionValue

LISTS = {
    "songs": "song",
    "prompts": "prompt",
    "titles": "title",
    "lyrics": "lyrics",
    "aspects": "aspect",
    "qualities": "quality",
    "images": "image",
    "videos": "video",
    "seeds": "seed",
    "budget_usd": "budget_usd",
}
"""What a grid may say, beside ``options``, and the column that each becomes; slowest first."""

Cells = dict[str, OptionValue]


def read_grid(source: Path) -> Iterator[Cells]:
    """Yield the cells of each film of a grid.

    Raises
    ------
    InvalidInput
        If it is no TOML, or says what no grid says (``BATCH``).
    """
    try:
        told = tomllib.loads(source.read_text("utf-8"))
    except ValueError as error:  # of TOML, or of UTF-8
        raise _refused(source, f"it is no TOML: {error}") from error
    options = told.pop("options", {})
    unknown = sorted(set(told) - set(LISTS))
    if unknown or "songs" not in told:
        found = f"finds {', '.join(unknown)}" if unknown else "misses songs"
        raise _refused(source, f"it {found}; expected {', '.join(LISTS)} and [options.STAGE]")
    lists = {column: told[name] for name, column in LISTS.items() if name in told}
    lists |= _options(source, options)
    axes = {column: _values(source, column, value) for column, value in lists.items()}
    for values in product(*axes.values()):
        yield dict(zip(axes, values, strict=True))


def _options(source: Path, options: Any) -> dict[str, Any]:
    """Return the parameters of notebooks as columns: ``{"plan.pace": [1.0, 1.4]}``."""
    if not isinstance(options, dict) or not all(isinstance(own, dict) for own in options.values()):
        raise _refused(source, "options are told by stage; expected a table such as [options.plan]")
    return {
        f"{stage}.{name}": value for stage, own in options.items() for name, value in own.items()
    }


def _values(source: Path, column: str, value: Any) -> list[OptionValue]:
    values = value if isinstance(value, list) else [value]
    wrong = [item for item in values if not isinstance(item, get_args(OptionValue))]
    if wrong or not values:
        found = f"holds {wrong[0]!r}" if wrong else "is empty"
        raise _refused(source, f"'{column}' {found}; expected texts, numbers or truth values")
    return values


def _refused(source: Path, why: str) -> InvalidInput:
    return InvalidInput(f"{source} cannot be read as a batch: {why}.", reason="BATCH")
