"""Asking the index: the list of runs, and one's own SQL."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from mvkit.errors import InvalidInput, TimedOut
from mvkit.index.file import IndexFile
from mvkit.index.tables import RunRow
from mvkit.index.upkeep import refresh

MOST_ROWS = 100_000
"""More than anybody reads, and little enough to hold in memory."""
QUERY_TIMEOUT_S = 30.0
READ_ONLY = (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a query found: the names of the columns, and the rows."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]


def list_runs(*, limit: int | None = None) -> list[RunRow]:
    """Return the runs, newest first, from an index that is up to date.

    Parameters
    ----------
    limit : int, optional
        How many, at most.

    Returns
    -------
    list of RunRow
        Their ``film`` is the whole path.
    """
    file = _fresh()
    newest = "SELECT * FROM runs ORDER BY created_at DESC, job_id LIMIT ?"
    with file.opened() as index:
        rows = [RunRow._make(row) for row in index.execute(newest, [limit]).fetchall()]
    return [row._replace(film=str(file.runs_dir / row.film)) if row.film else row for row in rows]


def query(
    sql: str,
    *,
    parameters: Mapping[str, Any] | None = None,
    timeout_s: float = QUERY_TIMEOUT_S,
) -> Answer:
    """Ask the index.

    The statement sees the index and nothing else: no file, no network, no other database, no
    variable of this program; and it changes nothing. It is for those who run mvkit, not for
    strangers: one value that is made very long may take more memory than queries are given.

    Parameters
    ----------
    sql : str
        One SELECT statement in DuckDB's dialect (or FROM, DESCRIBE, SHOW, SUMMARIZE, EXPLAIN).
    parameters : mapping of str to object, optional
        What ``$name`` stands for in the statement. What people wrote gets in this way only: it is
        handed over beside the statement and never becomes part of it.
    timeout_s : float
        How long it may take.

    Raises
    ------
    InvalidInput
        If the statement is wrong, would change something, looks outside, or finds too many rows.
    TimedOut
        If it takes too long.
    """
    with _fresh().opened() as index:
        alarm = threading.Timer(timeout_s, index.interrupt)
        alarm.start()
        try:
            return _ask(index, sql, parameters)
        except duckdb.InterruptException as error:
            raise TimedOut(
                f"The query took longer than {timeout_s:g} s; ask for less.", reason="SQL_TIMEOUT"
            ) from error
        except (duckdb.Error, ValueError, OverflowError) as error:
            raise InvalidInput(f"The query cannot be answered: {error}", reason="SQL") from error
        finally:
            alarm.cancel()


def _fresh() -> IndexFile:
    return IndexFile(refresh().parent)


def _ask(
    index: duckdb.DuckDBPyConnection, sql: str, parameters: Mapping[str, Any] | None
) -> Answer:
    statements = index.extract_statements(sql)
    if len(statements) != 1 or statements[0].type not in READ_ONLY:
        raise InvalidInput(
            "The index can only be asked: expected one SELECT statement, found "
            f"{', '.join(statement.type.name for statement in statements) or 'none'}.",
            reason="SQL",
        )
    index.execute(statements[0], dict(parameters) if parameters else None)
    columns = index.description or []
    zoned = [name for name, kind, *_ in columns if str(kind) == "TIMESTAMP WITH TIME ZONE"]
    if zoned:
        raise InvalidInput(
            f"Column {zoned[0]} has a time zone, and the index has none; write "
            f"({zoned[0]})::TIMESTAMP.",
            reason="SQL",
        )
    rows = index.fetchmany(MOST_ROWS + 1)
    if len(rows) > MOST_ROWS:
        raise InvalidInput(
            f"The query finds more than {MOST_ROWS} rows; add a LIMIT, or sum them up.",
            reason="SQL",
        )
    return Answer(columns=tuple(name for name, *_ in columns), rows=rows)
