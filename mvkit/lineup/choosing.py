"""Which runs stand in a lineup: asked of the index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mvkit import index
from mvkit.batches.roll import folder_of, read_roll
from mvkit.errors import NotFound
from mvkit.index import RunRow

MOST_FILMS = 200
"""More runs than this are never lined up; an export of all there are is one line of SQL."""


def choose(
    *,
    batch: str = "",
    runs: Sequence[str] = (),
    genre: str = "",
    text: str = "",
    where: str = "",
    newest: int = MOST_FILMS,
) -> tuple[RunRow, ...]:
    """Return the runs that fulfil all that is asked for, the oldest first.

    Parameters
    ----------
    batch : str
        Name of a batch: only its films, in the order in which they were submitted.
    runs : sequence of str
        Ids of runs, or how they begin; empty for all.
    genre : str
        The kind of music that films were planned for, as its id: ``hip_hop``.
    text : str
        Words that title or wish hold, in capitals or not.
    where : str
        A condition on the index' table ``runs``, in SQL: ``bpm > 120 AND state = 'finished'``.
    newest : int
        How many at most, the newest of them.

    Raises
    ------
    NotFound
        If there is no batch of that name, or no run whose id begins so.
    InvalidInput
        If the condition is wrong.
    """
    order = _places(batch) if batch else {}
    conditions: dict[str, dict[str, object]] = {
        "$genre = '' OR genre = $genre": {"genre": genre},
        "contains(lower(title || ' ' || prompt), lower($text))": {"text": text},
        "len($members) = 0 OR job_id IN (SELECT unnest($members))": {"members": [*order]},
    }
    rows = _ask(conditions, where=where, newest=min(newest, MOST_FILMS))
    if batch and not order:
        rows = []
    if runs:
        rows = [_beginning(rows, beginning) for beginning in runs]
    return tuple(sorted(rows, key=lambda row: (order.get(row.job_id, 0), row.created_at)))


def _places(batch: str) -> dict[str, int]:
    """Return where each film stands in a batch, by job id."""
    if not folder_of(batch).is_dir():
        raise NotFound(
            f"There is no batch {batch}; `mvkit batch FILE --name {batch}` makes one.",
            reason="BATCH",
        )
    return {member.job_id: place for place, member in enumerate(read_roll(batch).members)}


def _ask(
    conditions: Mapping[str, Mapping[str, object]], *, where: str, newest: int
) -> list[RunRow]:
    told = " AND ".join(f"({condition}\n)" for condition in [*conditions, where or "true"])
    sql = f"SELECT * FROM runs WHERE {told} ORDER BY created_at DESC, job_id LIMIT {newest:d}"
    parameters = {name: value for known in conditions.values() for name, value in known.items()}
    return [RunRow._make(row) for row in index.query(sql, parameters=parameters).rows]


def _beginning(rows: Sequence[RunRow], beginning: str) -> RunRow:
    for row in rows:
        if row.job_id.startswith(beginning):
            return row
    raise NotFound(
        f"No run that is asked for begins with {beginning!r}; `mvkit runs` lists them all.",
        reason="RUN",
    )
