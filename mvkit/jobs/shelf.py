"""What is kept of jobs, and for how long: retention over the jobs table, and the quota's sums."""

from __future__ import annotations

import time

from mvkit.analysis.cache import tidy_cache
from mvkit.errors import NotFound
from mvkit.jobs.limits import HOUR_S
from mvkit.jobs.queue import forget_tidying, forget_workflows
from mvkit.jobs.table import (
    ENDED,
    Job,
    condemn,
    drop_deleted,
    find_job,
    list_deleted,
    list_jobs,
    set_bytes,
)
from mvkit.retention import COPY_KEPT_S, DAY_S, Cleaning, RunFacts, clean, due, usage
from mvkit.settings import get_settings
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
    if not dry_run:
        _finish_deleting()
    over = [_facts(job) for job in list_jobs(states=ENDED)]
    cleaning = _clean(over, force=force, dry_run=dry_run)
    if not dry_run:
        tidy_cache()
        forget_tidying(before_s=time.time() - DAY_S)
    return cleaning


def tidy_job(job_id: str) -> None:
    """Remove what nobody needs any more of a job that has just finished."""
    _clean([_facts(find_job(job_id))])


def delete_job(job_id: str) -> bool:
    """Remove a job that has ended, and its run; return False if it has not ended, or is ending."""
    if not condemn(job_id):
        return False
    get_store().remove(job_id)
    forget_workflows(job_id)
    return True


def _clean(jobs: list[RunFacts], *, force: bool = False, dry_run: bool = False) -> Cleaning:
    still = _has_ended if dry_run else _may_be_touched
    now_s = time.time()
    cleaning = clean(
        jobs, store=get_store(), now_s=now_s, still=still, force=force, dry_run=dry_run
    )
    if not dry_run:
        for job_id in cleaning.removed_runs:
            forget_workflows(job_id)
        for job_id in {name.partition("/")[0] for name in cleaning.removed_files}:
            set_bytes(job_id, usage(get_store(), job_id))
    return cleaning


def _may_be_touched(job_id: str) -> bool:
    """Whether a job has ended; one that is to go as a whole is marked as deleted from now on."""
    try:
        job = find_job(job_id)
    except NotFound:  # marked by an earlier pass that was cut off
        return True
    verdict = due(_facts(job), now_s=time.time(), settings=get_settings())
    return condemn(job_id) if verdict.whole else job.state in ENDED


def _finish_deleting() -> None:
    """Remove what is left of deleted jobs, and their rows once these no longer count."""
    store = get_store()
    there = set(store.job_ids())
    for job_id in list_deleted():
        if job_id in there:
            store.remove(job_id)
        else:
            drop_deleted(job_id, before_s=time.time() - HOUR_S)


def drop_old_copies() -> None:
    """Remove this machine's copies of runs that ended long ago, or that are deleted."""
    store = get_store()
    for job_id in store.copies():
        made_at_s = (store.runs_dir / job_id).stat().st_mtime
        if time.time() - made_at_s < COPY_KEPT_S:  # it may be about to be submitted
            continue
        try:
            if find_job(job_id).state in ENDED:
                store.drop_copy(job_id)
        except NotFound:
            store.remove(job_id)


def _facts(job: Job) -> RunFacts:
    assert job.state != "deleted"  # such jobs are neither found nor listed
    return RunFacts(job_id=job.job_id, state=job.state, ended_at_s=job.updated_at_s)


def _has_ended(job_id: str) -> bool:
    try:
        return find_job(job_id).state in ENDED
    except NotFound:
        return False
