"""What is kept of jobs: rows, runs and what the queue remembers go together, and never too soon."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from mvkit.database import writing
from mvkit.jobs import client
from mvkit.jobs.queue import TIDY_WORKFLOW, get_client
from mvkit.jobs.shelf import tidy_shelf
from mvkit.jobs.table import JOBS, list_jobs
from mvkit.jobs.workflows import tidy
from mvkit.retention import DAY_S
from mvkit.settings import get_settings

from .job_makers import run_of, submit


def test_what_is_past_its_time_goes_and_the_rest_stays(tmp_path: Path) -> None:
    waiting, failed, fresh = (submit(tmp_path) for _ in range(3))
    ended(failed.job_id, state="failed", days_ago=8)
    ended(fresh.job_id, state="failed", days_ago=6)
    ended(waiting.job_id, state="queued", days_ago=400)  # as a clock that jumped would have it
    told = tidy_shelf(dry_run=True)
    assert told.removed_runs == (failed.job_id,)
    assert run_of(failed).folder.is_dir()
    assert tidy_shelf().removed_runs == (failed.job_id,)
    assert not (get_settings().runs_dir / failed.job_id).exists()
    assert {job.job_id for job in list_jobs()} == {waiting.job_id, fresh.job_id}
    remembered = get_client().list_workflows(workflow_id_prefix=failed.job_id)
    assert remembered == []
    assert run_of(waiting).folder.is_dir()


def test_a_deleted_jobs_row_goes_when_it_no_longer_counts(tmp_path: Path) -> None:
    job = submit(tmp_path, user="ada")
    client.cancel(job.job_id)
    client.delete(job.job_id)
    tidy_shelf()
    assert n_rows() == 1  # it counts as a submission for an hour
    with writing() as connection:
        connection.execute(JOBS.update().values(submitted_at_s=time.time() - 3601.0))
    tidy_shelf()
    assert n_rows() == 0


def test_the_queue_forgets_its_own_tidying(tmp_path: Path) -> None:
    submit(tmp_path)
    assert tidy.__name__ == TIDY_WORKFLOW
    with writing() as connection:
        insert_old_tidying(connection)
    assert len(get_client().list_workflows(name=TIDY_WORKFLOW)) == 1
    tidy_shelf()
    assert get_client().list_workflows(name=TIDY_WORKFLOW) == []


def ended(job_id: str, *, state: str, days_ago: float) -> None:
    at_s = time.time() - days_ago * DAY_S
    with writing() as connection:
        row = JOBS.update().where(JOBS.c.job_id == job_id)
        connection.execute(row.values(state=state, updated_at_s=at_s))


def n_rows() -> int:
    with writing() as connection:
        return len(connection.execute(JOBS.select()).all())


def insert_old_tidying(connection: sa.Connection) -> None:
    """Have the queue remember that it was tidied long ago."""
    get_client().enqueue_in_transaction(
        connection, {"workflow_name": TIDY_WORKFLOW, "queue_name": "tidy", "workflow_id": "old"}
    )
    long_ago_ms = int(datetime(2020, 1, 1, tzinfo=UTC).timestamp() * 1000)
    connection.exec_driver_sql(
        "UPDATE workflow_status SET status = 'SUCCESS', completed_at = ? "
        "WHERE workflow_uuid = 'old'",
        (long_ago_ms,),
    )
