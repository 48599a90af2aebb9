"""What a user can do with jobs: submit, reshape, approve, cancel, retry, delete; see how they are.

A submission is checked and counted, its run folder is put into the store, and its row and its
place in the queue come to be in one transaction: it is there, whole, or it is not. From then on
it does not need whoever submitted it.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Unpack

from pydantic import ValidationError

from mvkit import ledger
from mvkit.chain import check_options
from mvkit.database import reading
from mvkit.errors import Cancelled, InvalidInput, MvkitError, NotFound
from mvkit.estimate import estimate, roles_of
from mvkit.jobs.limits import check_queue, check_submission
from mvkit.jobs.queue import enqueue, get_client, queueing
from mvkit.jobs.shelf import delete_job
from mvkit.jobs.table import (
    BUSY,
    ENDED,
    Aim,
    Job,
    JobState,
    begin_again,
    find_job,
    find_on,
    insert,
    is_known,
    set_state,
)
from mvkit.jobs.table import list_jobs as list_jobs
from mvkit.purse import propose, too_dear
from mvkit.run import STATUS_FILE, Run, Status, draft_brief
from mvkit.schema import Aspect, Brief, Choices
from mvkit.settings import get_settings
from mvkit.storage import get_store

REMAKEABLE: tuple[JobState, ...] = ("planned", "finished")
"""The states of a job whose film can be made by what its plan says now."""


def submit(
    song: Path,
    prompt: str,
    *,
    user: str = "",
    lyrics: Path | None = None,
    budget_usd: Decimal | None = None,
    plan_first: bool = False,
    job_id: str = "",
    in_bulk: bool = False,
    **choices: Unpack[Choices],
) -> Job:
    """Put a song and a prompt into the queue.

    Parameters
    ----------
    user : str
        Whose job it is; limits are counted by user.
    budget_usd : Decimal, optional
        What the film may cost; by default so much per minute of song, as the settings say.
    plan_first : bool
        Whether to stop at the storyboard until it is approved.
    job_id : str, optional
        The job's id (uuid4), where it was chosen before: whoever is cut off while submitting can
        look whether there is such a job. By default a new one.
    in_bulk : bool
        Whether the limits on songs an hour and on jobs in the queue are left aside: for whoever
        runs the machine, and submits a whole batch.

    The other parameters are those of :func:`mvkit.make_video`.

    Raises
    ------
    InvalidInput
        If the song, the lyrics or the wish cannot be used, or there is such a job already.
    RateLimited, QuotaExceeded
        If the user has asked for too much.
    BudgetExceeded
        If the film would typically cost more than it may.
    """
    from mvkit.analysis.intake import check_song

    n_bytes = song.stat().st_size if song.is_file() else 0
    with reading() as connection:
        # Spares the work below, if refused.
        check_submission(connection, user, n_bytes=n_bytes, in_bulk=in_bulk)
    checked = check_song(song)
    check_options(choices.get("options", {}))
    brief = draft_brief(
        song=song, kind=checked.kind, prompt=prompt, lyrics=lyrics, job_id=job_id, **choices
    )
    if job_id:
        _remove_torn(job_id)
    aim: Aim = "plan" if plan_first else "film"
    job = _new_job(brief, user=user, aim=aim, song_s=checked.duration_s, n_bytes=n_bytes)
    with _stored(brief, song=song, lyrics=lyrics):
        account = ledger.open_account(job.job_id, song_s=job.song_s, budget_usd=budget_usd)
        _check_estimate(brief, lyrics, song_s=job.song_s, limit_usd=account.limit_usd)
        with queueing(user) as connection:
            check_submission(connection, user, n_bytes=n_bytes, in_bulk=in_bulk)
            insert(connection, job)
            enqueue(connection, job)
    get_store().drop_copy(job.job_id)  # where the store is elsewhere, this is of no more use
    return job


def reshape(job_id: str, aspect: Aspect, *, user: str | None = None) -> Job:
    """Put a finished film into the queue in another shape: a job of its own, of the same plan.

    Parameters
    ----------
    job_id : str
        The finished job; what its studio painted is painted anew.
    aspect : {'16:9', '1:1', '9:16'}
        The other shape.

    Raises
    ------
    InvalidInput
        If it is not finished, has that shape already, or was filmed by others.
    NotFound
        If there is no such job, or not for this user.
    RateLimited, QuotaExceeded
        If the user has asked for too much.
    """
    from mvkit.siblings import begin

    job = find_job(job_id, user=user)
    expect(job, ("finished",))
    run = get_store().pull(job_id)
    n_bytes = run.song.stat().st_size
    with reading() as connection:
        check_submission(connection, job.user, n_bytes=n_bytes)
    sibling = begin(run, aspect)
    new = _new_job(sibling.brief, user=job.user, aim="film", song_s=job.song_s, n_bytes=n_bytes)
    with _kept(sibling):
        ledger.open_account(new.job_id, song_s=new.song_s)
        with queueing(new.user) as connection:
            check_submission(connection, new.user, n_bytes=n_bytes)
            insert(connection, new)
            enqueue(connection, new)
    get_store().drop_copy(new.job_id)
    return new


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


def _new_job(brief: Brief, *, user: str, aim: Aim, song_s: float, n_bytes: int) -> Job:
    return Job(
        job_id=brief.job_id,
        user=user,
        title=brief.title,
        aim=aim,
        state="queued",
        attempt=1,
        song_s=song_s,
        n_bytes=n_bytes,
        worked_s=0.0,
        submitted_at_s=time.time(),
        updated_at_s=time.time(),
        told=True,
    )


def _remove_torn(job_id: str) -> None:
    """Remove what a submission that was cut off has left under a job's id.

    Raises
    ------
    InvalidInput
        If it was not cut off: there is such a job (``SUBMITTED``).
    """
    if is_known(job_id):
        raise InvalidInput(
            f"Job {job_id} was submitted already; `mvkit status` says how it stands.",
            reason="SUBMITTED",
        )
    shutil.rmtree(get_settings().runs_dir / job_id, ignore_errors=True)
    get_store().remove(job_id)


@contextmanager
def _stored(brief: Brief, *, song: Path, lyrics: Path | None) -> Iterator[Run]:
    """Begin a run and put it into the store; if the block fails, take it out again."""
    try:
        run = Run.create(brief, song=song, lyrics=lyrics)
    except BaseException:
        shutil.rmtree(get_settings().runs_dir / brief.job_id, ignore_errors=True)
        raise
    with _kept(run):
        yield run


@contextmanager
def _kept(run: Run) -> Iterator[None]:
    """Put a run into the store; if the block fails, take it out again."""
    try:
        run.set_status(Status(job_id=run.job_id, state="queued", updated_at=time.time()))
        get_store().push(run)
        yield
    except BaseException:
        shutil.rmtree(run.folder, ignore_errors=True)
        with suppress(MvkitError):  # what made us fail is to be told, not this
            get_store().remove(run.job_id)
        raise


def _check_estimate(
    brief: Brief, lyrics: Path | None, *, song_s: float, limit_usd: Decimal
) -> None:
    """Refuse a film that would typically cost more than it may, and say what could be had."""
    roles = roles_of(brief, lyrics=lyrics)
    found = estimate(**roles, song_s=song_s)
    if found.usd > limit_usd:
        raise too_dear(propose(song_s, budget_usd=limit_usd, **roles), found)


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
