"""What is kept of jobs, and for how long: retention over the jobs table, and the quota's sums."""

from __future__ import annotations

import time

from mvkit.errors import NotFound
from mvkit.jobs.limits import HOUR_S
from mvkit.jobs.queue import forget_tidying, forget_workflows
from mvkit.jobs.table import ENDED, Job, drop_deleted, find_job, list_jobs, mark_deleted
from mvkit.retention import COPY_KEPT_S, DAY_S, Cleaning, RunFacts, clean
from mvkit.storage import get_store


def tidy_shelf(*, force: bool = False, dry_run: bool = False) -> Cleaning:
    """Remove what is past its time of all jobs that have ended.

    Parameters
    ----------
    force : bool
        Whether to go on even if unusually much would go.
    dry_run : bool
        Whether only to tell what would go.
    """
    store = get_store()
    facts = [_facts(job) for job in list_jobs(states=ENDED)]
    cleaning = clean(
        facts, store=store, now_s=time.time(), still=_has_ended, force=force, dry_run=dry_run
    )
    if not dry_run:
        for job_id in cleaning.removed_runs:
            mark_deleted(job_id)
            forget_workflows(job_id)
        drop_deleted(before_s=time.time() - HOUR_S)
        forget_tidying(before_s=time.time() - DAY_S)
    return cleaning


def tidy_job(job_id: str) -> None:
    """Remove what nobody needs any more of a job that has just finished."""
    clean([_facts(find_job(job_id))], store=get_store(), now_s=time.time(), still=_has_ended)


def drop_old_copies() -> None:
    """Remove this machine's copies of runs that ended long ago, or that nobody knows any more."""
    store = get_store()
    for job_id in store.copies():
        try:
            job = find_job(job_id)
        except NotFound:
            store.drop_copy(job_id)
            continue
        if job.state in ENDED and time.time() - job.updated_at_s > COPY_KEPT_S:
            store.drop_copy(job_id)


def _facts(job: Job) -> RunFacts:
    assert job.state != "deleted"  # such jobs are neither found nor listed
    return RunFacts(job_id=job.job_id, state=job.state, ended_at_s=job.updated_at_s)


def _has_ended(job_id: str) -> bool:
    try:
        return find_job(job_id).state in ENDED
    except NotFound:
        return False
