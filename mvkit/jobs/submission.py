"""How a job comes to be: of a song and a prompt, or as another shape of a finished film.

A submission is checked and counted, its run folder is put into the store, and its row and its
place in the queue come to be in one transaction: it is there, whole, or it is not. From then on
it does not need whoever submitted it.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from decimal import Decimal
from pathlib import Path
from typing import Unpack

from mvkit import ledger
from mvkit.chain import check_options
from mvkit.database import reading
from mvkit.errors import InvalidInput, MvkitError
from mvkit.estimate import estimate, roles_of
from mvkit.jobs.limits import check_submission
from mvkit.jobs.queue import enqueue, queueing
from mvkit.jobs.table import Aim, Job, expect, find_job, insert, is_known
from mvkit.purse import propose, too_dear
from mvkit.run import Run, Status, draft_brief
from mvkit.schema import Aspect, Brief, Choices
from mvkit.settings import get_settings
from mvkit.storage import get_store


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
