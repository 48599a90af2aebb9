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
from mvkit.errors import InvalidInput, NotFound

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
    worked_s : float
        How long workers have worked on the latest attempt; waiting is not counted.
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
    worked_s: float
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


def is_known(job_id: str) -> bool:
    """Whether there is a job, or was one until a while ago: those that are deleted count."""
    with reading() as connection:
        query = sa.select(JOBS.c.job_id).where(JOBS.c.job_id == job_id)
        return connection.execute(query).one_or_none() is not None


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


def begin_again(connection: sa.Connection, again: Job, *, since: Job) -> bool:
    """Begin a new attempt at a job, if it still stands as it was read; return whether it did."""
    changed = connection.execute(
        JOBS.update()
        .where(
            JOBS.c.job_id == since.job_id,
            JOBS.c.attempt == since.attempt,
            JOBS.c.state == since.state,
        )
        .values(
            attempt=again.attempt,
            aim=again.aim,
            state=again.state,
            worked_s=0.0,
            told=False,
            updated_at_s=time.time(),
        )
    )
    return changed.rowcount == 1


def set_state(job_id: str, attempt: int, state: JobState, **changes: object) -> bool:
    """Set how an attempt stands, and more; return whether there was anything to be said.

    There is not, if the attempt is no longer the latest, or has ended in another way meanwhile.
    """
    with writing() as connection:
        changed = connection.execute(
            JOBS.update()
            .where(
                JOBS.c.job_id == job_id,
                JOBS.c.attempt == attempt,
                JOBS.c.state.in_((*BUSY, state)),
            )
            .values(state=state, updated_at_s=time.time(), **changes)
        )
        return changed.rowcount == 1


def add_worked(job_id: str, attempt: int, seconds: float) -> None:
    """Add to the time that workers have worked on an attempt."""
    with writing() as connection:
        this = (JOBS.c.job_id == job_id, JOBS.c.attempt == attempt)
        connection.execute(JOBS.update().where(*this).values(worked_s=JOBS.c.worked_s + seconds))


def set_bytes(job_id: str, n_bytes: int) -> None:
    """Note what a job's run takes up."""
    with writing() as connection:
        connection.execute(JOBS.update().where(JOBS.c.job_id == job_id).values(n_bytes=n_bytes))


def condemn(job_id: str) -> bool:
    """Mark a job as deleted if it has ended and nobody works on it; return whether it is.

    To be called before anything of it is removed: from then on nobody can take it up again.
    """
    over = sa.or_(JOBS.c.state.in_(ENDED) & JOBS.c.told, JOBS.c.state == "deleted")
    with writing() as connection:
        changed = connection.execute(
            JOBS.update()
            .where(JOBS.c.job_id == job_id, over)
            .values(state="deleted", n_bytes=0, title="", updated_at_s=time.time())
        )
        return changed.rowcount == 1


def list_deleted() -> list[str]:
    """Return the ids of deleted jobs whose rows are still there."""
    with reading() as connection:
        query = sa.select(JOBS.c.job_id).where(JOBS.c.state == "deleted")
        return list(connection.execute(query).scalars())


def drop_deleted(job_id: str, *, before_s: float) -> None:
    """Remove the row of a deleted job that was submitted before a time."""
    gone = (JOBS.c.job_id == job_id, JOBS.c.state == "deleted", JOBS.c.submitted_at_s < before_s)
    with writing() as connection:
        connection.execute(JOBS.delete().where(*gone))


def expect(job: Job, states: tuple[JobState, ...]) -> None:
    """Check that a job is in one of some states.

    Raises
    ------
    InvalidInput
        If it is not (``WRONG_STATE``).
    """
    if job.state not in states:
        raise InvalidInput(
            f"Job {job.job_id} is {job.state}; expected it to be {' or '.join(states)}.",
            reason="WRONG_STATE",
        )
