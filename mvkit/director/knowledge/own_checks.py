"""What a user's own rows must hold to, told so that they can be mended.

The records of the knowledge check the same, but not in words for people who write such a file.

Contents
--------
check_place, check_off
    Before merging: whether a row may stand where it does, or be left out.
check_row
    Merged: whether a row holds to its contract.
check_whole
    Whether enough is left, and nothing is less safe.
"""

from __future__ import annotations

import json
import math
import string
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from mvkit.director.facts import FACT_TYPES, FACT_WORDS
from mvkit.director.knowledge.own_file import (
    OFF,
    RECORDS,
    ROWS,
    Fields,
    OwnRow,
    expected,
    near_to,
    refusal,
)
from mvkit.director.rules import CONDITION_OF, DECISIONS, MEASURES, OTHERS
from mvkit.errors import InvalidInput
from mvkit.schema.base import explain

Tables = Mapping[str, list[Fields]]

NEEDED = frozenset({"worlds", "phrases", "principles", "limits"})
"""Tables whose rows cannot be left out: the program needs each of them."""
WRITTEN: Mapping[type, tuple[type[Any], str]] = {
    str: (list, '["chorus", "bridge"]'),
    float: (dict, "{ min = 0.4, max = 0.6 }"),
    bool: (bool, "true"),
}
"""How a condition on each kind of fact is written in TOML."""


def tables_by_id(tables: Tables, rows: Iterable[OwnRow] = ()) -> dict[str, str]:
    """Return the table of each row that has an id: of ours, and of some of the user's."""
    theirs = {row.id: row.table for row in rows if row.id}
    return {row["id"]: name for name in ROWS for row in tables.get(name, ())} | theirs


def check_place(row: OwnRow, known: Mapping[str, str]) -> None:
    """Raise if our row of the id stands in another table, or if nobody can add such a row.

    Parameters
    ----------
    row : OwnRow
        A user's row.
    known : mapping
        The tables of our rows, by their ids.
    """
    table = known.get(row.id, row.table)
    if table != row.table:
        raise refusal(f"{row}: '{row.id}' is one of our [[{table}]], expected it there")
    if row.table == "worlds" and row.id not in known:
        worlds = [row_id for row_id, name in known.items() if name == "worlds"]
        raise refusal(
            f"{row} is no world that the studio paints; {expected(row.id, worlds, 'worlds')}. A "
            "place of yours is one of [[locations]], with the world that stands for it as stand_in"
        )


def check_off(off: Iterable[str], file: str, known: Mapping[str, str]) -> None:
    """Raise if a row is to be left out that there is not, or that is needed."""
    for row_id in off:
        if row_id not in known:
            near = expected(row_id, known, "ids that `mvkit director rules` lists")
            raise refusal(f"{file}: off has '{row_id}', which is no row; {near}")
        if known[row_id] in NEEDED:
            raise refusal(
                f"{file}: off has '{row_id}', one of [[{known[row_id]}]], which can be changed but "
                "not left out; expected rows of other tables"
            )


def check_row(
    row: OwnRow, fields: Fields, *, others: Sequence[str], alike: Sequence[Fields]
) -> None:
    """Raise unless a row, as it is now, holds to its contract.

    Parameters
    ----------
    row : OwnRow
        The row as the user gives it.
    fields : dict
        All that it says.
    others : sequence of str
        Ids that the user may have meant, if the row is new.
    alike : sequence of dict
        Our rows of its table: their texts show what may stand in braces.
    """
    _check_names(row, fields, others)
    _check_conditions(row, fields.get("when", {}))
    if row.table == "rules":
        _check_effects(row, fields["then"])
    try:  # as JSON, where a text that looks like a number is none
        RECORDS[row.table].model_validate_json(json.dumps(fields, default=str), strict=True)
    except ValidationError as error:
        told = explain(error, source=str(row), advice="Mend it.")
        raise InvalidInput(told, reason="KNOWLEDGE") from error
    _check_braces(row, [one for one in alike if one.get("of") == fields.get("of")])


def check_whole(file: str, tables: Tables, ours: Tables) -> None:
    """Raise if nothing is left of a table, or if a limit of ours is raised."""
    for name in ROWS:
        if ours.get(name) and not tables[name]:
            raise refusal(f"{file}: off leaves none of [[{name}]], expected one at least")
    most = {limit["of"]: limit["most"] for limit in ours.get("limits", ())}
    for limit in tables["limits"]:
        allowed = most.get(limit["of"], math.inf)
        if limit["most"] > allowed:
            raise refusal(
                f"{file}: most of '{limit['id']}' is {limit['most']}, expected {allowed} or less: "
                "limits are there for people's safety"
            )


def braces_in(value: Any) -> set[str]:
    """Return what stands in braces in the texts of a value."""
    if isinstance(value, str):
        return {name for _, name, _, _ in string.Formatter().parse(value) if name is not None}
    if isinstance(value, Mapping):
        return braces_in(list(value.values()))
    values = value if isinstance(value, list | tuple) else ()
    return {name for inner in values for name in braces_in(inner)}


def _check_names(row: OwnRow, fields: Fields, others: Sequence[str]) -> None:
    known = RECORDS[row.table].model_fields
    for name in fields:
        if name == OFF:
            raise refusal(f"{row} has off in it, expected that above the first [[ ]] of the file")
        if name not in known:
            raise refusal(f"{row} has no field '{name}'; {expected(name, known, 'fields')}")
    lacking = [name for name, field in known.items() if field.is_required() and name not in fields]
    if lacking:
        near = near_to(row.id, others) if row.id else ()
        meant = f". To change a row of ours, give its id: {' or '.join(near)}" if near else ""
        raise refusal(f"{row} is new and lacks {', '.join(lacking)}{meant}")


def _check_conditions(row: OwnRow, when: Any) -> None:
    if not isinstance(when, Mapping):
        raise refusal(f"{row}: when is {when!r}, expected conditions: when = {{ sung = true }}")
    for fact, wanted in when.items():
        if fact not in FACT_TYPES:
            raise refusal(f"{row}: when asks for '{fact}'; {expected(fact, FACT_TYPES, 'facts')}")
        _check_condition(row, fact, wanted)


def _check_condition(row: OwnRow, fact: str, wanted: Any) -> None:
    kind = FACT_TYPES[fact]
    (_, told), (needed, example) = CONDITION_OF[kind], WRITTEN[kind]
    if not isinstance(wanted, needed) or (kind is float and not _is_range(wanted)):
        raise refusal(f"{row}: when.{fact} is {wanted!r}, expected {told}, as in {example}")
    known = FACT_WORDS.get(fact, ())
    for word in wanted if known else ():
        if word not in known:
            near = expected(str(word), known, "words")
            raise refusal(f"{row}: when.{fact} asks for {word!r}; {near}")


def _is_range(wanted: Mapping[str, Any]) -> bool:
    return set(wanted) <= {"min", "max"} and all(_is_number(value) for value in wanted.values())


def _check_effects(row: OwnRow, then: Any) -> None:
    if not isinstance(then, Mapping):
        raise refusal(f"{row}: then is {then!r}, expected effects: then.shot_s = 1.5")
    for name, effect in then.items():
        if name in MEASURES:
            if not _is_number(effect) or effect <= 0:
                raise refusal(f"{row}: then.{name} is {effect!r}, expected a number above 0")
        elif name in DECISIONS:
            _check_chances(row, name, effect)
        else:
            near = expected(name, (*DECISIONS, *MEASURES), "decisions")
            raise refusal(f"{row}: then decides '{name}'; {near}")


def _check_chances(row: OwnRow, decision: str, effect: Any) -> None:
    options = (*DECISIONS[decision], OTHERS)
    if not isinstance(effect, Mapping):
        example = f"then.{decision} = {{ {json.dumps(options[0])} = 2 }}"
        raise refusal(f"{row}: then.{decision} is {effect!r}, expected chances, as in {example}")
    for option, chance in effect.items():
        if option not in options:
            near = expected(option, options, "options")
            raise refusal(f"{row}: then.{decision} has '{option}'; {near}")
        if not _is_number(chance) or chance < 0:
            raise refusal(
                f"{row}: then.{decision} has {option} = {chance!r}, expected a number: 0 for "
                "never, 1 for no matter, more for rather"
            )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _check_braces(row: OwnRow, alike: Sequence[Fields]) -> None:
    """Raise where a text leaves room for something that nobody fills in."""
    for name, value in row.fields.items():
        known = braces_in([one[name] for one in alike if name in one])
        try:
            unknown = sorted(braces_in(value) - known)
        except ValueError as error:
            raise refusal(f"{row} has a brace without a partner: {error}") from error
        if unknown:
            listed = ", ".join(f"{{{brace}}}" for brace in sorted(known)) or "no braces"
            raise refusal(f"{row} has {{{unknown[0]}}} in {name}, expected {listed}")
