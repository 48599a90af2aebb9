"""All runs in one DuckDB table, rebuilt from the run folders whenever it is asked for.

The index is never the only copy of anything: ``runs/index.duckdb`` may be deleted at any time.
One process at a time may write a DuckDB file and nobody may read it meanwhile, so both happen
under a file lock and only for a moment.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass, fields
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import get_type_hints

from mvkit import ledger
from mvkit.errors import InvalidArtefact
from mvkit.run import Run, all_runs
from mvkit.schema import Analysis, Plan, Video
from mvkit.settings import get_settings


@dataclass(frozen=True, kw_only=True)
class RunRow:
    """One run, as listed; the fields are the columns of the table ``runs``.

    Attributes
    ----------
    created_at : datetime
        In the time of this machine.
    worked_s : float
        Seconds spent in finished stages, over all attempts.
    film : str
        Path of the film; empty where there is none.
    """

    job_id: str
    created_at: datetime
    state: str
    title: str = ""
    prompt: str = ""
    bpm: float | None = None
    song_s: float | None = None
    n_clips: int | None = None
    n_cuts: int | None = None
    worked_s: float = 0.0
    cost_usd: Decimal = Decimal()
    film: str = ""


SQL_TYPES = {
    datetime: "TIMESTAMP",
    str: "VARCHAR",
    float: "DOUBLE",
    float | None: "DOUBLE",
    int | None: "INTEGER",
    Decimal: "DECIMAL(10, 4)",
}


def rebuild() -> Path:
    """Write the index anew from the run folders; return its path.

    A damaged index is no matter: the new one is written beside it and takes its place.
    """
    rows = [_row_or_damage(run) for run in all_runs()]
    path = get_settings().runs_dir / "index.duckdb"
    path.parent.mkdir(parents=True, exist_ok=True)
    with _locked(path):
        beside = path.with_suffix(".new")
        beside.unlink(missing_ok=True)
        _fill(beside, rows)
        beside.replace(path)
    return path


def list_runs() -> list[RunRow]:
    """Return all runs, newest first, from a fresh index."""
    import duckdb

    path = rebuild()
    with _locked(path), duckdb.connect(str(path), read_only=True) as index:
        rows = index.execute("SELECT * FROM runs ORDER BY created_at DESC").fetchall()
    names = [column.name for column in fields(RunRow)]
    return [RunRow(**dict(zip(names, row, strict=True))) for row in rows]


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _fill(path: Path, rows: list[RunRow]) -> None:
    import duckdb

    types = get_type_hints(RunRow)
    columns = ", ".join(f"{name} {SQL_TYPES[kind]}" for name, kind in types.items())
    marks = ", ".join("?" * len(types))
    with duckdb.connect(str(path)) as index:
        index.execute(f"CREATE TABLE runs ({columns})")
        if rows:
            index.executemany(f"INSERT INTO runs VALUES ({marks})", [astuple(row) for row in rows])


def _row_or_damage(run: Run) -> RunRow:
    """Return a run's row; one bad artefact must not hide the other runs."""
    try:
        return _row(run)
    except InvalidArtefact:
        created_at = datetime.fromtimestamp(run.created_at_s)
        return RunRow(job_id=run.job_id, created_at=created_at, state="damaged")


def _row(run: Run) -> RunRow:
    analysis = run.read(Analysis) if run.has(Analysis) else None
    plan = run.read(Plan) if run.has(Plan) else None
    video = run.read(Video) if run.has(Video) else None
    film = run.folder / video.video_url if video else None
    done = [event for event in run.events() if event.get("status") == "finished"]
    return RunRow(
        job_id=run.job_id,
        created_at=datetime.fromtimestamp(run.created_at_s),
        state=run.status.state,
        title=run.brief.title,
        prompt=run.brief.prompt,
        bpm=analysis.bpm if analysis else None,
        song_s=analysis.duration if analysis else None,
        n_clips=len(plan.clip_scripts) if plan else None,
        n_cuts=len(video.cuts) if video else None,
        worked_s=round(sum(float(event["duration"]) for event in done), 2),
        cost_usd=ledger.total_usd(run),
        film=str(film) if film and film.is_file() else "",
    )
