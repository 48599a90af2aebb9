"""The queue: what is told to DBOS Transact, which keeps it in our database.

Names and settings that a worker and a client must agree on are here. An attempt at a job is a
workflow on the queue ``jobs``; each clip of it is a workflow on the queue ``clips``. A user's jobs
are one *partition* of the first queue, so that nobody waits for all the jobs of somebody else; a
job's clips are one partition of the second, so that each job films so many at once.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

import sqlalchemy as sa

from mvkit.database import alone, database_url, get_database
from mvkit.jobs.lease import take_lease
from mvkit.jobs.table import Job
from mvkit.settings import get_settings

if TYPE_CHECKING:
    from dbos import DBOSClient, EnqueueOptions

APPLICATION = "mvkit"
VERSION = "2"
"""Changes when the steps of a workflow change, so that no worker goes on with what it has not
begun; by itself DBOS would take every edit of a workflow for such a change."""

JOBS_QUEUE = "jobs"
CLIPS_QUEUE = "clips"
FILM_WORKFLOW = "make_film"
TIDY_WORKFLOW = "tidy"
POLL_S = 0.25
"""How often a worker looks for work."""

TIMEOUT_PER_SONG = 3.0
"""A job on a long song may take this many times its length."""


def get_client() -> DBOSClient:
    """Return the client of the queue; its tables are made if no worker has been there yet."""
    return _client(database_url())


@cache
def _client(url: str) -> DBOSClient:
    from dbos import DBOSClient, DBOSPortableJSONSerializer

    make_tables(url)
    return DBOSClient(
        system_database_engine=get_database(),
        application_name=APPLICATION,
        serializer=DBOSPortableJSONSerializer(),
    )


def make_tables(url: str) -> None:
    """Make the queue's tables, or bring them up to date; one process at a time.

    Whoever comes meanwhile waits: tables that are half made look like tables.
    """
    from dbos import DBOS

    while (lease := take_lease("tables")) is None:
        time.sleep(POLL_S)
    try:
        DBOS.migrate(url)
    finally:
        lease.give_back()


@contextmanager
def queueing(user: str) -> Iterator[sa.Connection]:
    """Hold a transaction in which a user's jobs can be counted and put into the queue."""
    get_client()  # makes its tables, which must not happen inside
    with alone(f"user {user}") as connection:
        yield connection


def enqueue(connection: sa.Connection, job: Job) -> None:
    """Put a job's latest attempt into the queue, in the transaction that says so in its row."""
    options: EnqueueOptions = {
        "workflow_name": FILM_WORKFLOW,
        "queue_name": JOBS_QUEUE,
        "workflow_id": job.workflow_id,
        "queue_partition_key": job.user or "-",
        "authenticated_user": job.user,
    }
    get_client().enqueue_in_transaction(connection, options, job.job_id, job.attempt, job.aim)


def reenqueue(workflow_id: str, *, worker: str) -> None:
    """Put one piece of work of a worker back into its queue, if the queue still says it is its."""
    get_client()._sys_db.reenqueue_for_recovery(workflow_id, [worker], JOBS_QUEUE)


def forget_workflows(job_id: str) -> None:
    """Remove what the queue remembers of a job, its clips included."""
    queue = get_client()
    found = queue.list_workflows(
        workflow_id_prefix=f"{job_id}:", load_input=False, load_output=False
    )
    queue.delete_workflows([workflow.workflow_id for workflow in found])


def forget_tidying(*, before_s: float) -> None:
    """Remove what the queue remembers of tidying that ended before a time."""
    queue = get_client()
    ended_before = datetime.fromtimestamp(before_s, tz=UTC).isoformat()
    found = queue.list_workflows(
        name=TIDY_WORKFLOW, completed_before=ended_before, load_input=False, load_output=False
    )
    queue.delete_workflows([workflow.workflow_id for workflow in found])


def timeout_s(song_s: float) -> float:
    """Return how long a job may run, waiting not counted."""
    return max(get_settings().job_timeout_s, TIMEOUT_PER_SONG * song_s)
