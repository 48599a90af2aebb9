"""The jobs: one row each, in the database of the queue.

The queue (DBOS) knows what runs; this table knows whose it is, what it is for, and how it stands,
so that limits can be counted and a person's jobs listed without opening a single run folder.

A job may be worked on several times: planned, then filmed after approval; tried again after a
failure. Each time is an *attempt* with a workflow of its own, and what an old attempt still has to
say is ignored.
"""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, get_args

import sqlalchemy as sa

from mvkit.database import METADATA, reading, writing
from mvkit.errors import NotFound

Aim = Literal["plan", "film"]
"""How far to go: to the storyboard, or to the finished film."""

JobState = Literal["queued", "running", "planned", "finished", "failed", "cancelled", "deleted"]

BUSY: tuple[JobState, ...] = ("queued", "running")
"""The states of a job that waits for a worker or has one."""
ENDED: tuple[JobState, ...] = ("planned", "finished", "failed", "cancelled")
"""The states of a job that nobody works on. Of a *deleted* one only the row is left, for a while:
it still counts as a submission."""
assert {*BUSY, *ENDED, "deleted"} == set(get_args(JobState))


@dataclass(frozen=True, kw_only=True)
class Job:
    """One job.

    Attributes
    ----------
    user : str
        Whose it is.
    attempt : int
        How often it has been put into the queue.
    song_s : float
        Length of the song, in seconds.
    n_bytes : int
        What its run folder took when it was last measured.
    submitted_at_s, updated_at_s : float
        Seconds since the epoch.
    told : bool
        Whether the run folder's ``status.json`` says what ``state`` says.
    """

    job_id: str
    user: str
    title: str
    aim: Aim
    state: JobState
    attempt: int
    song_s: float
    n_bytes: int
    submitted_at_s: float
    updated_at_s: float
    told: bool

    @property
    def workflow_id(self) -> str:
        """The workflow of the latest attempt."""
        return f"{self.job_id}:{self.attempt}"


_TYPES: dict[str, Any] = {
    "str": sa.String,
    "Aim": sa.String,
    "JobState": sa.String,
    "int": sa.BigInteger,
    "float": sa.Double,
    "bool": sa.Boolean,
}

JOBS = sa.Table(
    "jobs",
    METADATA,
    *(
        sa.Column(
            field.name, _TYPES[str(field.type)], primary_key=field.name == "job_id", nullable=False
        )
        for field in fields(Job)
    ),
    sa.Index("jobs_by_user", "user", "submitted_at_s"),
    sa.Index("jobs_by_state", "state"),
)


def find_job(job_id: str, *, user: str | None = None) -> Job:
    """Return a job.

    Parameters
    ----------
    user : str, optional
        Whose it has to be; somebody else's job does not exist for them.

    Raises
    ------
    NotFound
        If there is no such job, or not for this user.
    """
    with reading() as connection:
        return find_on(connection, job_id, user=user)


def find_on(connection: sa.Connection, job_id: str, *, user: str | None = None) -> Job:
    """Return a job, read on a connection that goes on to change it; see :func:`find_job`."""
    wanted = [JOBS.c.job_id == job_id, JOBS.c.state != "deleted"]
    if user is not None:
        wanted.append(JOBS.c.user == user)
    row = connection.execute(sa.select(JOBS).where(*wanted)).one_or_none()
    if row is None:
        raise NotFound(f"There is no job {job_id}; `mvkit jobs` lists them.")
    return Job(**row._mapping)


def list_jobs(
    *, user: str | None = None, states: tuple[JobState, ...] = (), limit: int | None = None
) -> list[Job]:
    """Return jobs, newest first, of one user or of all, in some states or in any."""
    query = sa.select(JOBS).order_by(JOBS.c.submitted_at_s.desc()).limit(limit)
    if user is not None:
        query = query.where(JOBS.c.user == user)
    query = query.where(JOBS.c.state.in_(states or BUSY + ENDED))
    with reading() as connection:
        return [Job(**row._mapping) for row in connection.execute(query)]


def list_untold(*, before_s: float) -> list[Job]:
    """Return jobs whose status may not say how they stand, unchanged since a time."""
    maybe = sa.or_(JOBS.c.state.in_(BUSY), sa.and_(JOBS.c.state == "cancelled", ~JOBS.c.told))
    query = sa.select(JOBS).where(maybe, JOBS.c.updated_at_s < before_s)
    with reading() as connection:
        return [Job(**row._mapping) for row in connection.execute(query)]


def insert(connection: sa.Connection, job: Job) -> None:
    """Add a job."""
    connection.execute(JOBS.insert().values(**asdict(job)))


def set_state(job_id: str, attempt: int, state: JobState, **changes: object) -> bool:
    """Set how an attempt stands; return False if it is no longer the latest, or was cancelled."""
    with writing() as connection:
        changed = connection.execute(
            JOBS.update()
            .where(
                JOBS.c.job_id == job_id,
                JOBS.c.attempt == attempt,
                sa.or_(JOBS.c.state != "cancelled", JOBS.c.state == state),
            )
            .values(state=state, updated_at_s=time.time(), **changes)
        )
        return changed.rowcount == 1


def mark_deleted(job_id: str) -> None:
    """Note that a job's run is gone."""
    with writing() as connection:
        connection.execute(
            JOBS.update()
            .where(JOBS.c.job_id == job_id)
            .values(state="deleted", n_bytes=0, title="", updated_at_s=time.time())
        )


def drop_deleted(*, before_s: float) -> None:
    """Remove the rows of deleted jobs that were submitted before a time."""
    with writing() as connection:
        gone = (JOBS.c.state == "deleted", JOBS.c.submitted_at_s < before_s)
        connection.execute(JOBS.delete().where(*gone))
