"""The tables of the index: their rows, their columns, and how they are filled.

What the columns mean is told in :mod:`mvkit.index`. A table's columns are the fields of its row, in
their order; a field's type gives the column's.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple, get_type_hints

import duckdb

from mvkit.schema.vote import VOTES_FILE


class RunRow(NamedTuple):
    """One run, as listed; see :mod:`mvkit.index` for the fields."""

    job_id: str
    created_at: datetime
    state: str
    stage: str = ""
    reason: str = ""
    error: str = ""
    title: str = ""
    prompt: str = ""
    aspect: str = ""
    seed: int | None = None
    image: str = ""
    video: str = ""
    bpm: float | None = None
    song_s: float | None = None
    n_sections: int | None = None
    genre: str = ""
    n_clips: int | None = None
    n_cuts: int | None = None
    n_on_beat: int | None = None
    n_warnings: int | None = None
    worked_s: float = 0.0
    cost_usd: Decimal = Decimal()
    film: str = ""


class StageRow(NamedTuple):
    """One attempt at a stage."""

    job_id: str
    stage: str
    attempt: int
    status: str
    started_at: datetime
    duration_s: float | None = None
    reason: str = ""


class ClipRow(NamedTuple):
    """One clip."""

    job_id: str
    clip: int
    status: str
    section: str
    scene: str
    world: str
    model: str
    n_frames: int
    target_s: float
    delivered_s: float
    fit: str
    generation_s: float
    retries: int
    cost_usd: Decimal
    error: str


class CostRow(NamedTuple):
    """One order, or one thing that a free model made."""

    job_id: str
    stage: str
    item: str
    model: str
    cost_usd: Decimal
    state: str
    provider_id: str
    booked_at: datetime | None


class VoteRow(NamedTuple):
    """One answer on two films."""

    voted_at: datetime | None
    voter: str
    left_id: str
    right_id: str
    preferred: str
    preferred_id: str
    differs: str


class SignatureRow(NamedTuple):
    """What the files of a run looked like when they were read."""

    job_id: str
    signature: str


Row = RunRow | StageRow | ClipRow | CostRow | VoteRow | SignatureRow

TABLES: dict[str, type[Row]] = {
    "runs": RunRow,
    "stages": StageRow,
    "clips": ClipRow,
    "costs": CostRow,
    "votes": VoteRow,
    "signatures": SignatureRow,
}

SQL_TYPES = {
    str: "VARCHAR NOT NULL",
    int: "INTEGER NOT NULL",
    int | None: "INTEGER",
    float: "DOUBLE NOT NULL",
    float | None: "DOUBLE",
    Decimal: "DECIMAL(18, 6) NOT NULL",
    datetime: "TIMESTAMP NOT NULL",
    datetime | None: "TIMESTAMP",
}

MODELS = """
CREATE VIEW models AS
WITH filmed AS (
    SELECT
        model,
        count(*) AS n_clips,
        count(*) FILTER (status = 'failed') AS n_failed,
        sum(retries) AS n_retries,
        avg(generation_s) FILTER (status = 'success') AS mean_generation_s
    FROM clips GROUP BY model
), billed AS (
    SELECT model, count(*) AS n_costs, sum(cost_usd) AS cost_usd FROM costs GROUP BY model
)
SELECT
    model,
    coalesce(n_clips, 0)::INTEGER AS n_clips,
    coalesce(n_failed, 0)::INTEGER AS n_failed,
    coalesce(n_retries, 0)::INTEGER AS n_retries,
    mean_generation_s,
    coalesce(n_costs, 0)::INTEGER AS n_costs,
    coalesce(cost_usd, 0)::DECIMAL(18, 6) AS cost_usd
FROM filmed FULL JOIN billed USING (model)
"""


def _create(table: str, row: type[Row]) -> str:
    columns = (f"{name} {SQL_TYPES[kind]}" for name, kind in get_type_hints(row).items())
    return f"CREATE TABLE {table} ({', '.join(columns)})"


DEFINITIONS = (*(_create(table, row) for table, row in TABLES.items()), MODELS)
"""The statements that make the tables."""


class Tables:
    """The tables of an index that is being written.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        Uses the database that they are in.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._rows: dict[type[Row], list[Row]] = {row: [] for row in TABLES.values()}

    def create(self) -> None:
        """Make them, empty."""
        for definition in DEFINITIONS:
            self._connection.execute(definition)

    def forget(self, job_ids: Collection[str]) -> None:
        """Delete all rows of some runs; of :data:`VOTES_FILE`, all votes."""
        for table, row in TABLES.items():
            owner = "job_id" if "job_id" in row._fields else f"'{VOTES_FILE}'"
            self._connection.execute(
                f"DELETE FROM {table} WHERE {owner} IN (SELECT unnest($1::VARCHAR[]))",
                [list(job_ids)],
            )

    def add(self, *rows: Row) -> None:
        """Hold rows until :meth:`insert`."""
        for row in rows:
            self._rows[type(row)].append(row)

    def insert(self) -> None:
        """Insert the rows that are held, column by column: many times quicker than one by one."""
        for table, kind in TABLES.items():
            rows = self._rows[kind]
            if rows:
                columns = ", ".join(f"unnest(${n})" for n in range(1, len(rows[0]) + 1))
                values = [list(column) for column in zip(*rows, strict=True)]
                self._connection.execute(f"INSERT INTO {table} SELECT {columns}", values)
                rows.clear()
