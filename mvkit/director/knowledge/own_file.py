"""Reading a user's own rows from files, before they are merged with ours (:mod:`.own`).

Contents
--------
OwnRow, Source, read_files, stamp, called
RECORDS, ROWS
    What each table holds; tables whose rows have ids.
refusal, expected, near_to
    How what is wrong is told.
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

from mvkit.director.knowledge.knowledge import Knowledge
from mvkit.director.rules import Row
from mvkit.errors import InvalidInput
from mvkit.schema import Record

Fields = dict[str, Any]

OFF = "off"
CALLED_BY = ("name", "value", "noun")
"""What an entry of the vocabulary is called by: the first of these that it gives."""
WORDS = ("words", "hints", "pronouns")
N_NEAR = 3
NEAR = 0.7
MAX_LISTED = 40

RECORDS: Mapping[str, type[Record]] = {
    name: kind
    for name, field in Knowledge.model_fields.items()
    for kind in get_args(field.annotation)[:1]
    if isinstance(kind, type) and issubclass(kind, Record)
}
ROWS = tuple(name for name, record in RECORDS.items() if issubclass(record, Row))


@dataclass(frozen=True, kw_only=True)
class OwnRow:
    """One row or entry of a user's: where it stands, and the fields it gives."""

    file: str
    table: str
    place: int
    fields: Fields

    @property
    def id(self) -> str:
        """Its id; empty for an entry of the vocabulary."""
        return str(self.fields.get("id", ""))

    @property
    def words(self) -> frozenset[str]:
        """The words that call it; a colour is called by its name, too."""
        name = str(self.fields.get("name", "")) if self.table == "colours" else ""
        return frozenset(filter(None, (*self.fields.get("words", ()), name)))

    def __str__(self) -> str:
        """Say where it stands."""
        name = f"row '{self.id}'" if self.id else f"entry {self.place}"
        return f"{self.file}: {name} of [[{self.table}]]"

    def speaks_of(self, other: Fields) -> bool:
        """Tell whether a row or an entry of the same table is the one that this one changes."""
        if self.id:
            return other.get("id") == self.id
        name = called(self.fields)
        return name != "" and name == called(other)


@dataclass(frozen=True, kw_only=True)
class Source:
    """What a user's file or folder says: its name, its rows, and the ids to leave out."""

    name: str
    rows: tuple[OwnRow, ...]
    off: tuple[str, ...]


def read_files(path: Path) -> Source:
    """Read a user's file, or all files of a folder.

    Parameters
    ----------
    path : Path
        A TOML file, or a folder with some; other files in it, and hidden ones, are passed over.

    Raises
    ------
    InvalidInput
        If there is nothing to read, or a file is not written as the knowledge is; with reason
        ``KNOWLEDGE``, naming the file.
    """
    rows: list[OwnRow] = []
    off: list[str] = []
    for file in _files(path):
        for name, value in _parsed(file).items():
            if name == OFF:
                off += _checked_off(file.name, value)
            else:
                rows += _rows(file.name, name, value)
    _check_double(rows)
    return Source(name=path.name, rows=tuple(rows), off=tuple(dict.fromkeys(off)))


def stamp(path: Path) -> tuple[tuple[str, int, int], ...]:
    """Return what changes when a user's file or folder does: names, times and sizes.

    Raises
    ------
    InvalidInput
        If there is nothing to read.
    """
    states = ((file, file.stat()) for file in _files(path))
    return tuple((str(file), state.st_mtime_ns, state.st_size) for file, state in states)


def called(entry: Fields) -> str:
    """Return what an entry of the vocabulary is called by; empty if by its words alone."""
    return next((str(entry[key]) for key in CALLED_BY if entry.get(key)), "")


def refusal(told: str) -> InvalidInput:
    """Return the error of a user's file that cannot be used."""
    advice = "Mend it, or do without it: it is named by the setting knowledge (MVKIT_KNOWLEDGE)."
    return InvalidInput(f"{told}. {advice}", reason="KNOWLEDGE")


def near_to(name: str, known: Iterable[str]) -> list[str]:
    """Return the names that are spelt nearly like one."""
    return get_close_matches(name, list(known), n=N_NEAR, cutoff=NEAR)


def expected(name: str, known: Iterable[str], kind: str) -> str:
    """Return what was expected in place of a name: those near to it, or all if they are few."""
    names = list(known)
    near = near_to(name, names)
    if near:
        return f"near it {'are' if len(near) > 1 else 'is'} {', '.join(near)}"
    listed = f" {', '.join(names)}" if len(names) <= MAX_LISTED else ""
    return f"expected one of the {kind}{listed}"


def _files(path: Path) -> list[Path]:
    try:
        if path.is_dir():
            files = [file for file in sorted(path.glob("[!.]*.toml")) if file.is_file()]
            if not files:
                raise refusal(f"The folder {path} holds no .toml file, expected one at least")
            return files
        if path.is_file():
            return [path]
        beside = [file.name for file in path.parent.glob("*.toml")]
        found = "neither a file nor a folder" if path.exists() else "not there"
    except OSError as error:
        raise refusal(f"{path} cannot be read: {error.strerror}") from error
    near = get_close_matches(path.name, beside, n=N_NEAR)
    more = f"; beside it lies {', '.join(near)}" if near else ""
    raise refusal(f"{path} is {found}, expected a TOML file or a folder of such{more}")


def _parsed(file: Path) -> Fields:
    try:
        return tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise refusal(f"{file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise refusal(f"{file.name} is not text in UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise refusal(f"{file.name} is not TOML: {error}") from error


def _checked_off(file: str, value: Any) -> list[str]:
    if not _is_list_of(str, value):
        raise refusal(f'{file}: off is {value!r}, expected a list of ids: off = ["pace_calm"]')
    return list(value)


def _rows(file: str, table: str, value: Any) -> Iterator[OwnRow]:
    if table not in RECORDS:
        near = expected(table, (OFF, *RECORDS), "tables")
        raise refusal(f"{file}: there is no table '{table}'; {near}")
    if not _is_list_of(dict, value):
        raise refusal(f"{file}: {table} is no list of tables, expected [[{table}]] above each row")
    for place, fields in enumerate(value, start=1):
        row = OwnRow(file=file, table=table, place=place, fields=fields)
        if table in ROWS and not (isinstance(fields.get("id"), str) and fields["id"]):
            found = f"has {fields['id']!r} as its id" if "id" in fields else "has no id"
            raise refusal(f"{row} {found}, expected one of ours to change, or a new word")
        plain = {kind: _plain_words(row, kind) for kind in WORDS if kind in fields}
        yield OwnRow(file=file, table=table, place=place, fields=fields | plain)


def _plain_words(row: OwnRow, kind: str) -> list[str]:
    """Return words as wishes are read: in small, plain letters."""
    value = row.fields[kind]
    if not _is_list_of(str, value):
        raise refusal(f'{row}: {kind} is {value!r}, expected a list: {kind} = ["balloon"]')
    plain = [_plain(word) for word in value]
    if not all(plain):
        raise refusal(f"{row}: {kind} has {value[plain.index('')]!r}, expected Latin letters")
    return plain


def _plain(word: str) -> str:
    letters = unicodedata.normalize("NFKD", word.lower())
    kept = (letter for letter in letters if not unicodedata.combining(letter))
    spaced = "".join(letter if letter.isascii() and letter.isalnum() else " " for letter in kept)
    return " ".join(spaced.split())


def _is_list_of(kind: type, value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, kind) for item in value)


def _check_double(rows: Iterable[OwnRow]) -> None:
    seen: dict[str, OwnRow] = {}
    for row in rows:
        if row.id and seen.setdefault(row.id, row) is not row:
            before = seen[row.id]
            raise refusal(f"{row} stands in {before.file} already, expected each id once")
