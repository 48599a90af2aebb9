"""The rows of a batch, read from a table, a folder of songs or a grid; nothing is judged yet.

A table (``.csv``) has a row for each film. The columns ``song`` and ``prompt`` must be there;
``title``, ``lyrics``, ``aspect``, ``quality``, ``seed``, ``image``, ``video`` and ``budget_usd``
may be, and any parameter of a notebook as ``stage.name`` (``plan.pace``). What is empty is left to
mvkit. A folder has a film for each of its songs, all of one prompt. A grid (``.toml``) is told in
:mod:`mvkit.batches.grid`.

Contents
--------
Row, read_rows
COLUMNS, MOST_ROWS
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

from mvkit.batches.grid import read_grid
from mvkit.errors import InvalidInput, NotFound
from mvkit.schema import Record
from mvkit.schema.brief import OptionValue, option_value

NEEDED = ("song", "prompt")
COLUMNS = (
    *NEEDED,
    *("title", "lyrics", "aspect", "quality", "seed", "image", "video", "budget_usd"),
)
"""What a row may say, beside ``stage.parameter``."""
SONGS = (".flac", ".mp3", ".wav")
SEPARATORS = ",;\t"
"""What stands between the cells of a table; spreadsheets write semicolons in many countries."""
MOST_ROWS = 1000
"""A grid is soon larger than anybody meant it to be."""


class Row(Record):
    """What stands in one row.

    Attributes
    ----------
    number : int
        In a table, as a spreadsheet counts: its first row is the heading. Else from 1.
    cells : dict
        What it says, by column; what is empty is left out.
    fault : str
        Why it cannot be read at all, in a sentence; empty if it can.
    """

    number: int
    cells: dict[str, OptionValue]
    fault: str = ""

    @property
    def options(self) -> dict[str, dict[str, OptionValue]]:
        """The parameters of notebooks, by stage and name."""
        options: dict[str, dict[str, OptionValue]] = {}
        for column, value in self.cells.items():
            stage, dot, name = column.partition(".")
            if dot:
                read = option_value(value) if isinstance(value, str) else value
                options.setdefault(stage, {})[name] = read
        return options


def read_rows(source: Path, *, prompt: str = "") -> tuple[Row, ...]:
    """Read all rows of a batch.

    Parameters
    ----------
    source : Path
        A table (``.csv``), a grid (``.toml``), or a folder of songs.
    prompt : str
        What the films of a folder shall show; in a table and in a grid, what is shown where they
        do not say it.

    Raises
    ------
    InvalidInput
        If nothing can be read as rows, there are none, or too many (``BATCH``).
    NotFound
        If there is no such file or folder.
    """
    rows = tuple(islice(_read(source, prompt), MOST_ROWS + 1))
    if not rows:
        raise _refused(source, f"there are no rows; expected at least one with {_listed(NEEDED)}")
    if len(rows) > MOST_ROWS:
        raise _refused(
            source, f"there are more than {MOST_ROWS} rows; make several batches of them"
        )
    return rows


def _read(source: Path, prompt: str) -> Iterator[Row]:
    if source.is_dir():
        return _rows_of_folder(source, prompt)
    if not source.is_file():
        raise NotFound(f"There is no file or folder {source}; expected a .csv, a .toml or songs.")
    if source.suffix.lower() == ".toml":
        return _rows_of_grid(source, prompt)
    return _rows_of_table(source, prompt)


def _rows_of_folder(folder: Path, prompt: str) -> Iterator[Row]:
    if not prompt:
        raise _refused(folder, "a folder says no prompt; give one with --prompt")
    songs = sorted(path for path in folder.iterdir() if path.suffix.lower() in SONGS)
    if not songs:
        raise _refused(folder, f"there is no song in it; expected {', '.join(SONGS)}")
    for number, song in enumerate(songs, start=1):
        yield Row(number=number, cells={"song": song.name, "prompt": prompt})


def _rows_of_grid(source: Path, prompt: str) -> Iterator[Row]:
    usual = {"prompt": prompt} if prompt else {}
    for number, cells in enumerate(read_grid(source), start=1):
        yield Row(number=number, cells={**usual, **cells})


def _rows_of_table(source: Path, prompt: str) -> Iterator[Row]:
    lines = csv.reader(io.StringIO(text := _text_of(source)), delimiter=_separator(text))
    heading = [name.strip() for name in next(lines, [])]
    _check_heading(source, heading, has_prompt=bool(prompt))
    for number, values in enumerate(lines, start=2):
        if any(value.strip() for value in values):
            yield _row(number, heading, values, prompt=prompt)


def _row(number: int, heading: list[str], values: list[str], *, prompt: str) -> Row:
    named = {name: value.strip() for name, value in zip(heading, values, strict=False)}
    cells: dict[str, OptionValue] = {name: value for name, value in named.items() if value}
    if prompt:
        cells.setdefault("prompt", prompt)
    fault = ""
    if len(values) != len(heading):
        fault = (
            f"There are {len(values)} cells, expected {len(heading)} as in the heading; put text "
            "that holds separators between quotation marks."
        )
    return Row(number=number, cells=cells, fault=fault)


def _text_of(source: Path) -> str:
    try:
        return source.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refused(source, f"it is no UTF-8 ({error.reason}); save it as CSV UTF-8") from error


def _separator(text: str) -> str:
    """Return what separates the cells: what there is most of in the heading."""
    heading = text.partition("\n")[0]
    return max(SEPARATORS, key=heading.count)


def _check_heading(source: Path, heading: list[str], *, has_prompt: bool) -> None:
    missing = [name for name in NEEDED if name not in heading]
    if has_prompt and missing == ["prompt"]:
        missing = []
    unknown = [name for name in heading if name not in COLUMNS and "." not in name]
    twice = sorted({name for name in heading if heading.count(name) > 1})
    for found, what in ((missing, "misses"), (unknown, "has unknown"), (twice, "has twice")):
        if found:
            raise _refused(
                source,
                f"its heading {what} {_listed(found)}; the columns are {_listed(COLUMNS)} and "
                "stage.parameter, as plan.pace",
            )


def _listed(names: Mapping[str, object] | tuple[str, ...] | list[str]) -> str:
    return ", ".join(map(repr, names))


def _refused(source: Path, why: str) -> InvalidInput:
    return InvalidInput(f"{source} cannot be read as a batch: {why}.", reason="BATCH")
