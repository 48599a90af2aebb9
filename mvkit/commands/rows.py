"""Rows of the director's knowledge as people read them: what they say, and who says it.

Contents
--------
ShownRow, list_rows
list_own_entries
    What the user's file adds to the vocabulary.
when_of, does_of, weight_of
    A row's conditions, effects and weight in words.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from mvkit.director.knowledge import load_knowledge
from mvkit.director.knowledge.own import Origin, merged, own_origins
from mvkit.director.knowledge.own_file import ROWS, Fields, called, read_files
from mvkit.settings import get_settings

MOST_WORDS = 6
"""So many words that call a row are listed, the others counted."""


@dataclass(frozen=True, kw_only=True)
class ShownRow:
    """A row and where it comes from.

    Attributes
    ----------
    table, theme : str
        What kind of row it is (``rules``), and the file it stands in (``pacing``).
    origin : str
        Whose it is: ``ours``, ``changed``, ``yours`` or ``left out``.
    own_file : str
        The user's file that has to do with it, if any.
    fields : dict
        What it says.
    before : dict
        What ours says, where the user changed it.
    """

    table: str
    theme: str
    origin: Origin
    fields: Fields
    own_file: str = ""
    before: Fields

    @property
    def id(self) -> str:
        """Its id."""
        return str(self.fields["id"])

    @property
    def decides(self) -> frozenset[str]:
        """What it decides or measures, if it is a rule."""
        return frozenset(self.fields["then"]) if self.table == "rules" else frozenset()

    def as_json(self) -> dict[str, Any]:
        """Return it for programs."""
        told = {"table": self.table, "theme": self.theme, "origin": self.origin}
        return {"id": self.id, **told, **self.fields}

    def speaks_of(self, word: str) -> bool:
        """Tell whether a word stands anywhere in it."""
        told = [self.id, *self.texts(self.fields).values()]
        return any(word.lower() in text.lower() for text in told)

    @staticmethod
    def texts(fields: Fields) -> dict[str, str]:
        """Return all that fields say but the id, as text: ``{"then.size.close": "3"}``."""
        return dict(_flat({name: value for name, value in fields.items() if name != "id"}))


def list_rows() -> tuple[ShownRow, ...]:
    """Return all rows by theme, those that the user leaves out, too.

    Raises
    ------
    InvalidInput
        If the user's own rows cannot be used.
    """
    load_knowledge()  # or what is shown might be nothing that films can be planned by
    ours, themes = _ours()
    own = get_settings().knowledge
    if own is None:
        return _sorted(_shown(ours, ours, dict.fromkeys(themes, "ours"), themes, {}))
    source = read_files(own)
    own_files = dict.fromkeys(source.off, source.name)
    own_files |= {row.id: row.file for row in source.rows if row.id}
    their_themes = {row_id: Path(file).stem for row_id, file in own_files.items()}
    origins = own_origins(ours, own)
    return _sorted(_shown(ours, merged(ours, own), origins, their_themes | themes, own_files))


def list_own_entries() -> Iterator[tuple[str, str]]:
    """Yield the table of each entry of the user's vocabulary, and what it is called."""
    own = get_settings().knowledge
    for row in read_files(own).rows if own else ():
        if not row.id:
            yield row.table, called(row.fields) or ", ".join(sorted(row.words))


def when_of(row: ShownRow) -> str:
    """Return a row's conditions in words: "energy from 0.6, section chorus or bridge, sung"."""
    return ", ".join(_condition(*item) for item in row.fields.get("when", {}).items())


def does_of(row: ShownRow) -> str:
    """Return what a row does, a line for each effect."""
    return "\n".join(_effects(row.table, row.fields))


def weight_of(row: ShownRow) -> str:
    """Return a row's weight; empty for a row that has none."""
    return _number(row.fields.get("weight", 1)) if row.table in ("rules", "phrases") else ""


@cache
def _ours() -> tuple[dict[str, list[Fields]], dict[str, str]]:
    """Return our tables, and the theme of each row by its id: the file it stands in."""
    tables: dict[str, list[Fields]] = {}
    themes: dict[str, str] = {}
    for file in sorted(files("mvkit.director.knowledge").iterdir(), key=lambda file: file.name):
        if file.name.endswith(".toml"):
            in_file = tomllib.loads(file.read_text(encoding="utf-8"))
            themes |= dict.fromkeys(_rows_of(in_file), Path(file.name).stem)
            for name, rows in in_file.items():
                tables.setdefault(name, []).extend(rows)
    return tables, themes


def _flat(fields: Fields, path: str = "") -> Iterator[tuple[str, str]]:
    for name, value in fields.items():
        if isinstance(value, Mapping):
            yield from _flat(dict(value), f"{path}{name}.")
        else:
            listed = list(map(str, value)) if isinstance(value, list) else [str(value)]
            yield f"{path}{name}", ("\n" if _has_sentences(listed) else ", ").join(listed)


def _has_sentences(listed: list[str]) -> bool:
    """Whether texts would run into one another in one line."""
    return len(listed) > 1 and any(", " in text or text.endswith(".") for text in listed)


def _shown(
    ours: Mapping[str, list[Fields]],
    now: Mapping[str, list[Fields]],
    origins: Mapping[str, Origin],
    themes: Mapping[str, str],
    own_files: Mapping[str, str],
) -> Iterator[ShownRow]:
    before, kept = _rows_of(ours), _rows_of(now)
    tables = {
        row["id"]: name for source in (ours, now) for name in ROWS for row in source.get(name, ())
    }
    for row_id, fields in (before | kept).items():
        origin = origins[row_id] if row_id in kept else "left out"
        yield ShownRow(
            table=tables[row_id],
            theme=themes[row_id],
            origin=origin,
            own_file=own_files.get(row_id, ""),
            fields=fields,
            before=before[row_id] if origin == "changed" else {},
        )


def _rows_of(tables: Mapping[str, list[Fields]]) -> dict[str, Fields]:
    return {row["id"]: row for name in ROWS for row in tables.get(name, ())}


def _sorted(rows: Iterator[ShownRow]) -> tuple[ShownRow, ...]:
    return tuple(sorted(rows, key=lambda row: row.theme))


def _condition(fact: str, wanted: Any) -> str:
    if isinstance(wanted, bool):
        return fact if wanted else f"not {fact}"
    if isinstance(wanted, Mapping):
        least, below = wanted.get("min"), wanted.get("max")
        if least is None:
            return f"{fact} any" if below is None else f"{fact} below {_number(below)}"
        return f"{fact} from {_number(least)}" + (
            f" to {_number(below)}" if below is not None else ""
        )
    return f"{fact} {' or '.join(wanted)}"


def _effects(table: str, fields: Fields) -> Iterator[str]:
    if table == "rules":
        for decision, effect in fields["then"].items():
            told = (
                ", ".join(_chance(option, chance) for option, chance in effect.items())
                if isinstance(effect, Mapping)
                else _number(effect)
            )
            yield f"{decision}: {told}"
    elif table == "phrases":
        yield f"{fields['of']}: {fields['text']}"
    elif table == "limits":
        yield f"{fields['of']}: {_number(fields['most'])} at most"
    elif table in ("worlds", "locations"):
        yield f"place: {fields['name']}" + (
            f", painted as {fields['stand_in']}" if "stand_in" in fields else ""
        )
    elif table == "palettes":
        yield f"colours: {', '.join(fields['colours'])}"
    elif table == "motifs":
        yield f"picture: {fields['image']}"
    if fields.get("words"):
        yield f"called by: {_some(fields['words'])}"


def _chance(option: str, chance: float) -> str:
    return f"{option} ×{_number(chance)}" if chance else f"{option} never"


def _some(words: list[str]) -> str:
    more = len(words) - MOST_WORDS
    return ", ".join(words[:MOST_WORDS]) + (f" and {more} more" if more > 0 else "")


def _number(value: float) -> str:
    return f"{value:g}"
