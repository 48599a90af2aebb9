"""Reading the knowledge, and checking it."""

from __future__ import annotations

import tomllib
from functools import cache, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from mvkit.director.knowledge.knowledge import Knowledge
from mvkit.director.knowledge.own import blamed, merged, own_notes, stamp
from mvkit.errors import InvalidArtefact, InvalidInput
from mvkit.schema.base import explain
from mvkit.settings import get_settings

Tables = dict[str, list[Any]]


def load_knowledge(folder: Path | None = None, *, director: str = "") -> Knowledge:
    """Read and check the director's knowledge.

    Parameters
    ----------
    folder : Path, optional
        Folder of ``*.toml``, read anew each time; by default the one inside this package, with
        the user's own rows over it (the setting ``knowledge``), read once until those change.
    director : str
        Name of a director of the user's own, whose rows stand in place of that setting's: a file
        ``name.toml`` in the folder of the setting ``directors``. A film may name it, for it is no
        path.

    Raises
    ------
    InvalidArtefact
        Naming the file and the row that does not hold to its contract.
    InvalidInput
        If the user's own rows cannot be used (``KNOWLEDGE``), or there is no such director
        (``DIRECTOR``).
    """
    if folder is not None:
        return _load(folder)
    own = _rows_of(director) if director else get_settings().knowledge
    return _load_ours() if own is None else _load_with(own, stamp(own))


def _rows_of(director: str) -> Path:
    """Return the file of a director of the user's own."""
    home = get_settings().directors
    known = {file.stem: file for file in home.glob("*.toml")} if home else {}
    if director not in known:
        told = f"known are {', '.join(sorted(known))}" if known else "there are none"
        raise InvalidInput(
            f"No director is called {director!r}; {told}. The setting MVKIT_DIRECTORS names the "
            "folder where they lie, a file of rows each.",
            reason="DIRECTOR",
        )
    return known[director]


@cache
def _load_ours() -> Knowledge:
    return _load(files(__package__))


@lru_cache(maxsize=4)
def _load_with(own: Path, _stamp: object) -> Knowledge:
    ours = read_tables(files(__package__))
    tables = merged(ours, own)
    with blamed(own):
        knowledge = _validated(tables, source="The knowledge as a whole")
        _check_references(knowledge)
    return knowledge.model_copy(update={"notes": own_notes(ours, own)})


def _load(folder: Traversable) -> Knowledge:
    knowledge = _validated(read_tables(folder), source="The knowledge as a whole")
    _check_references(knowledge)
    return knowledge


def read_tables(folder: Traversable) -> Tables:
    """Return the tables of all files of a folder.

    Raises
    ------
    InvalidArtefact
        Naming the file and the row that does not hold to its contract.
    """
    tables: Tables = {}
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".toml"):
            for name, rows in _read(file).items():
                tables.setdefault(name, []).extend(rows)
    return tables


def _read(file: Traversable) -> Tables:
    """Return a file's tables, each checked by itself so that errors name the file."""
    try:
        tables: Tables = tomllib.loads(file.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise InvalidArtefact(f"knowledge/{file.name} is not TOML: {error}. Mend it.") from error
    _validated(tables, source=f"knowledge/{file.name}")
    return tables


def _validated(tables: Tables, *, source: str) -> Knowledge:
    try:
        return Knowledge.model_validate(tables)
    except ValidationError as error:
        raise InvalidArtefact(explain(error, source=source)) from error


def _check_references(knowledge: Knowledge) -> None:
    """Raise unless every name by which one row calls another exists."""
    colours = {colour.name for colour in knowledge.colours}
    worlds = {world.id for world in knowledge.worlds}
    for palette in knowledge.palettes:
        _check_known(palette.id, "colours", palette.colours, colours)
        _check_known(palette.id, "worlds", palette.suits, worlds)
    for style in knowledge.styles:
        _check_known(f"style {style.name}", "colours", style.colours, colours)
    for place in knowledge.locations:
        _check_known(place.id, "worlds", (place.stand_in,), worlds)
    genres = {genre.id for genre in knowledge.genres}
    styles = {style.name for style in knowledge.styles}
    for row in (*knowledge.rules, *knowledge.phrases):
        _check_known(row.id, "worlds", row.when.get("world", ()), worlds)
        _check_known(row.id, "genres", row.when.get("genre", ()), genres)
        _check_known(row.id, "styles", row.when.get("look", ()), styles)


def _check_known(row_id: str, kind: str, names: Any, known: set[str]) -> None:
    unknown = sorted(set(names) - known)
    if unknown:
        raise InvalidArtefact(
            f"The row {row_id} names the {kind} {', '.join(unknown)}, expected some of "
            f"{', '.join(sorted(known))}. Mend the name, or add a row for it."
        )
