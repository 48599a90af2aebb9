"""What a user can do with jobs: submit, reshape, approve, cancel, retry, delete, look."""

from __future__ import annotations

import time
from dataclasses import replace
from decimal import Decimal

from pydantic import ValidationError

from mvkit import ledger
from mvkit.errors import Cancelled, InvalidInput, NotFound
from mvkit.jobs.limits import check_queue
from mvkit.jobs.queue import enqueue, get_client, queueing
from mvkit.jobs.shelf import delete_job
from mvkit.jobs.submission import reshape as reshape
from mvkit.jobs.submission import submit as submit
from mvkit.jobs.table import (
    BUSY,
    ENDED,
    Aim,
    Job,
    JobState,
    begin_again,
    expect,
    find_job,
    find_on,
    set_state,
)
from mvkit.jobs.table import list_jobs as list_jobs
from mvkit.run import STATUS_FILE, Status
from mvkit.storage import get_store

REMAKEABLE: tuple[JobState, ...] = ("planned", "finished")
"""The states of a job whose film can be made by what its plan says now."""


def approve(job_id: str, *, user: str | None = None) -> Job:
    """Have the film of a planned job made, or that of a finished one again, after changes.

    Neither is a second submission.

    Raises
    ------
    NotFound
        If there is no such job, or not for this user.
    InvalidInput
        If the job is at work, or has failed; see :func:`retry`.
    """
    return _queue_again(job_id, user=user, aim="film", states=REMAKEABLE)


def retry(
    job_id: str,
    *,
    user: str | None = None,
    budget_usd: Decimal | None = None,
    in_bulk: bool = False,
) -> Job:
    """Put a job that failed or was cancelled into the queue again; it goes on where it stopped.

    Parameters
    ----------
    budget_usd : Decimal, optional
        What the film may cost from now on, all attempts together.
    in_bulk : bool
        Whether the limit on jobs in the queue is left aside, as for :func:`submit`.

    Raises
    ------
    NotFound
        If there is no such job, or not for this user.
    InvalidInput
        If the job has not ended that way.
    """
    if budget_usd is not None:
        job = find_job(job_id, user=user)
        expect(job, ("failed", "cancelled"))
        ledger.open_account(job_id, song_s=job.song_s, budget_usd=budget_usd)
    return _queue_again(
        job_id, user=user, aim=None, states=("failed", "cancelled"), in_bulk=in_bulk
    )


def cancel(job_id: str, *, user: str | None = None) -> Job:
    """Cancel a job that waits or runs; what is made so far is kept.

    Raises
    ------
    NotFound
        If there is no such job, or not for this user.
    InvalidInput
        If the job has ended already.
    """
    job = find_job(job_id, user=user)
    expect(job, BUSY)
    if not set_state(job_id, job.attempt, "cancelled", told=False):
        expect(find_job(job_id, user=user), BUSY)  # it has come to its end just now
    get_client().cancel_workflow(job.workflow_id, cancel_children=True)
    if job.state == "queued":  # no worker knows of it that could tell
        _tell_cancelled(job)
    return find_job(job_id, user=user)


def delete(job_id: str, *, user: str | None = None) -> None:
    """Delete a job and everything it made; a job at work is to be cancelled first.

    Raises
    ------
    NotFound
        If there is no such job, or not for this user.
    InvalidInput
        If the job waits or runs, or is still ending.
    """
    job = find_job(job_id, user=user)
    expect(job, ENDED)
    if not delete_job(job_id):
        raise InvalidInput(
            f"Job {job_id} was cancelled and is still ending; try again in a few seconds.",
            reason="STILL_ENDING",
        )


def status(job_id: str, *, user: str | None = None) -> Status:
    """Return how a job stands: its row says what it is, its worker how far it has come.

    Raises
    ------
    NotFound
        If there is no such job, or not for this user.
    """
    job = find_job(job_id, user=user)
    told = _told(job_id)
    if told.state == job.state:
        return told
    # The row is ahead: of a worker that has not begun, or has not come to tell that it must end.
    error = Cancelled("Cancelled.").as_dict() if job.state == "cancelled" else None
    return told.model_copy(update={"state": job.state, "eta_s": None, "error": error})


def status_of(job: Job) -> Status:
    """Return how a job stands whose row was read before; the row is read again if it is behind."""
    told = _told(job.job_id)
    return told if told.state == job.state else status(job.job_id, user=job.user)


def _tell_cancelled(job: Job) -> None:
    run = get_store().pull(job.job_id)
    changes = {"state": "cancelled", "error": Cancelled("Cancelled.").as_dict()}
    run.set_status(run.told_status.model_copy(update={**changes, "updated_at": time.time()}))
    get_store().push(run, STATUS_FILE)
    set_state(job.job_id, job.attempt, "cancelled", told=True)


def _told(job_id: str) -> Status:
    try:
        return Status.model_validate_json(get_store().read(job_id, STATUS_FILE))
    except (NotFound, ValidationError):
        return Status(job_id=job_id, state="queued", updated_at=time.time())


def _queue_again(
    job_id: str,
    *,
    user: str | None,
    aim: Aim | None,
    states: tuple[JobState, ...],
    in_bulk: bool = False,
) -> Job:
    """Begin a new attempt at a job that has ended in one of some states."""
    with queueing(find_job(job_id, user=user).user) as connection:
        job = find_on(connection, job_id, user=user)
        expect(job, states)
        if not in_bulk:
            check_queue(connection, job.user)
        again = replace(job, attempt=job.attempt + 1, aim=aim or job.aim, state="queued")
        if not begin_again(connection, again, since=job):
            raise InvalidInput(f"Job {job_id} has changed just now; look at it again.")
        enqueue(connection, again)
    return again
