"""A user's own rows over ours: TOML files that change, add and leave out.

The setting ``knowledge`` names a file, or a folder of ``*.toml``. It is written as ours are, and
says only what is different::

    off = ["soft_dissolves"]            # rows to leave out

    [[rules]]
    id = "pace_driving"                 # one of ours: changes what it says, and nothing else
    then.shot_s = 1.2

    [[things]]                          # no id: a thing more that words call
    name = "balloon"
    phrase = "a red balloon"
    words = ["balloon"]

How they are merged
-------------------
- ``off`` leaves rows out, the user's own too; with a genre go the rules that ask for it alone.
- A row with an id of ours replaces the fields that it gives. Where a field is a table (``when``,
  ``then``, ``staging``), it replaces what stands behind the names that it gives, each as a whole:
  ``then.shot_s = 1.2`` leaves ``then.size`` alone; ``then.size = { close = 2 }`` forgets what ours
  said of all sizes.
- A row with another id is added, before ours. Its ``source`` is the file, if it gives none.
- An entry of the vocabulary that has the name of one of ours (or else its value, or its noun)
  replaces the fields that it gives, but its words are added to ours. Any other entry is added,
  behind ours.
- A word that the user gives calls what the user says alone: it is taken from all others of its
  kind. Worlds and locations are one kind.

Worlds cannot be added, since the studio has to paint them. Worlds, phrases, principles and limits
cannot be left out, and limits can only be lowered.

Contents
--------
merged, own_notes, own_origins, blamed, Origin
stamp
    What changes when the files do.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from mvkit.director.knowledge.own_checks import (
    Tables,
    check_off,
    check_place,
    check_row,
    check_whole,
    tables_by_id,
)
from mvkit.director.knowledge.own_file import (
    RECORDS,
    ROWS,
    Fields,
    OwnRow,
    read_files,
    refusal,
    stamp,
)
from mvkit.errors import InvalidArtefact, InvalidInput

__all__ = ["Origin", "blamed", "merged", "own_notes", "own_origins", "stamp"]

Origin = Literal["ours", "changed", "yours", "left out"]
"""Who says what a row says: we, the user in part, the user alone; or nobody any more."""

PLACES = ("worlds", "locations")
ADDED_TO = ("words", "pronouns")
MAX_TOLD = 4


def merged(tables: Tables, own: Path) -> dict[str, list[Fields]]:
    """Return our tables with the user's rows merged in, as the module says.

    Parameters
    ----------
    tables : mapping
        Our rows by table; left as they are.
    own : Path
        The user's file or folder.

    Raises
    ------
    InvalidInput
        If the files cannot be read, or a row does not fit; with reason ``KNOWLEDGE``, naming the
        file and the row, and what is expected.
    """
    source = read_files(own)
    known = tables_by_id(tables)
    for row in source.rows:
        check_place(row, known)
    check_off(source.off, source.name, tables_by_id(tables, source.rows))
    result = {name: list(_left(tables.get(name, ()), source.off)) for name in RECORDS}
    rows = [row for row in source.rows if row.id not in source.off]
    for row in rows:
        _claim_words(row, result)
    for row in rows:
        _put(row, result[row.table], alike=tables.get(row.table, ()))
    check_whole(source.name, result, tables)
    return result


def own_origins(tables: Tables, own: Path) -> dict[str, Origin]:
    """Return who says what each row says, by its id."""
    source = read_files(own)
    known = tables_by_id(tables)
    origins: dict[str, Origin] = dict.fromkeys(known, "ours")
    for row in source.rows:
        if row.id:
            origins[row.id] = "changed" if row.id in known else "yours"
    return origins | dict.fromkeys(source.off, "left out")


def own_notes(tables: Tables, own: Path) -> tuple[str, ...]:
    """Return what the user's rows change, as sentences; none where they change nothing."""
    origins = own_origins(tables, own)
    n_entries = sum(not row.id for row in read_files(own).rows)
    verbs: dict[str, Origin] = {"changes": "changed", "adds": "yours", "leaves out": "left out"}
    told = [
        f"{verb} {_listed([row_id for row_id, found in origins.items() if found == origin])}"
        for verb, origin in verbs.items()
        if origin in origins.values()
    ]
    entries = f"{n_entries} entr{'ies' if n_entries > 1 else 'y'} of the vocabulary"
    told += [f"gives {entries}"] if n_entries else []
    return (f"The director goes by {own.name}: it {_listed(told)}.",) if told else ()


@contextmanager
def blamed(own: Path) -> Iterator[None]:
    """Name the user's file where rows do not fit each other that do without it."""
    try:
        yield
    except InvalidArtefact as error:
        told = f"With {own.name}, the knowledge does not fit together: {error.message}"
        raise InvalidInput(told, reason="KNOWLEDGE") from error


# --- Merging ---------------------------------------------------------------------------------


def _left(rows: Iterable[Fields], off: Collection[str]) -> Iterator[Fields]:
    """Yield rows that are not left out, and do not only ask for genres that are."""
    for row in rows:
        genres = row.get("when", {}).get("genre", ())
        kept = [genre for genre in genres if genre not in off]
        if row.get("id") in off or (genres and not kept):
            continue
        yield row | {"when": row["when"] | {"genre": kept}} if genres else row


def _claim_words(row: OwnRow, tables: dict[str, list[Fields]]) -> None:
    """Take a row's words from all of ours of its kind."""
    for name in PLACES if row.table in PLACES else (row.table,):
        table = tables[name]
        for at, other in enumerate(table):
            taken = row.words & {*other.get("words", ())}
            if name == row.table and row.speaks_of(other):
                continue
            if name == "colours" and other["name"] in row.words:
                raise refusal(
                    f"{row} has the word '{other['name']}', the name of a colour of ours, expected "
                    f'other words, or name = "{other["name"]}" to change that colour'
                )
            kept = [word for word in other.get("words", ()) if word not in taken]
            if taken and not kept and name in ROWS:
                raise refusal(
                    f"{row} takes all words of '{other['id']}', expected it to leave some; give "
                    f"that id to change the row itself, or leave it out by off"
                )
            if taken:
                table[at] = other | {"words": kept}


def _put(row: OwnRow, table: list[Fields], *, alike: Sequence[Fields]) -> None:
    """Change the one that a row speaks of, or add the row: before ours, an entry behind them."""
    at = next((at for at, old in enumerate(table) if row.speaks_of(old)), None)
    if at is not None:
        fields = _changed(table[at], row)
    elif row.id:
        fields = row.fields | {"source": row.fields.get("source", f"own row, {row.file}")}
    else:
        fields = row.fields
    others = [old["id"] for old in table if row.id]
    check_row(row, fields, others=others, alike=alike)
    if at is not None:
        table[at] = fields
    else:
        table.insert(0 if row.id else len(table), fields)


def _changed(old: Fields, row: OwnRow) -> Fields:
    new = dict(old)
    for name, value in row.fields.items():
        before = old.get(name)
        if isinstance(before, dict) and isinstance(value, dict):
            new[name] = before | value
        elif not row.id and name in ADDED_TO:
            new[name] = list(dict.fromkeys((*(before or ()), *value)))
        else:
            new[name] = value
    return new


def _listed(texts: list[str]) -> str:
    """Return "a, b and c"; of many, some and how many more."""
    told = texts[:MAX_TOLD]
    told += [f"{len(texts) - MAX_TOLD} more"] if len(texts) > MAX_TOLD else []
    *most, last = told
    return f"{', '.join(most)} and {last}" if most else last
