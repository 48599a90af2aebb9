"""A lineup as a table in a file, for a spreadsheet, R or pandas."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_type_hints

import duckdb

from mvkit.errors import InvalidInput
from mvkit.files import write_whole
from mvkit.index.tables import SQL_TYPES
from mvkit.schema.lineup import Film

COLUMNS = {name: kind for name, kind in get_type_hints(Film).items() if kind in SQL_TYPES}
"""What becomes of a film's numbers and words in a table; its artefacts stay outside."""
FORMATS = {".csv": "csv", ".parquet": "parquet", ".json": "json"}
"""What DuckDB calls the formats, by the endings of files."""


def export(films: Sequence[Film], path: Path | str) -> Path:
    """Write a lineup to a file, a row for each film; it replaces one that is there.

    Parameters
    ----------
    films : sequence of Film
        The lineup; without any, the file has its columns alone.
    path : Path or str
        The file; its ending (``.csv``, ``.parquet`` or ``.json``) says the format.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    InvalidInput
        If the ending is another one.
    """
    path = Path(path)
    kind = FORMATS.get(path.suffix.lower())
    if kind is None:
        raise InvalidInput(
            f"A lineup cannot be written to {path.name}; expected a name that ends in "
            f"{', '.join(FORMATS)}.",
            reason="FORMAT",
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, _encoded(films, kind))
    return path


def _encoded(films: Sequence[Film], kind: str) -> bytes:
    """Return films as a file of a format, which DuckDB writes."""
    columns = ", ".join(f'"{name}" {SQL_TYPES[kind]}' for name, kind in COLUMNS.items())
    rows: list[list[Any]] = [[getattr(film, name) for name in COLUMNS] for film in films]
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE films ({columns})")
        if rows:
            places = ", ".join("?" * len(COLUMNS))
            connection.executemany(f"INSERT INTO films VALUES ({places})", rows)
        target = Path(folder) / "films"
        connection.execute(f"COPY films TO '{target}' (FORMAT {kind})")
        return target.read_bytes()
