"""What the queue runs: a job as a durable workflow, its clips as work of their own.

Each stage is one step. A step whose end is recorded is never run again; one that was cut off is
run again by whichever worker takes the job up, and finds in the run folder what it had made. So
every step may run twice, and none does harm by it.

::

    make_film        claim → analysis → plan ─┬→ complete (aim: plan)
                                              └→ references → prompts → clips → video → complete
    film_take        film ...              one for each clip, on any worker; clips that go on in
                                           one shot belong together

A workflow's body runs again from its start when the job is taken up: only steps have effects.
Failures of ours do not travel as exceptions: a step returns them, so that they are recorded like
any other outcome.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

from dbos import DBOS, SetEnqueueOptions, SetWorkflowID
from sqlalchemy.exc import OperationalError

from mvkit.chain import stage_named
from mvkit.crash import crash_point
from mvkit.errors import revive
from mvkit.jobs.attempt import ATTEMPTS, as_told, attempting, stages_of
from mvkit.jobs.crews import CREWS
from mvkit.jobs.queue import CLIPS_QUEUE, FILM_WORKFLOW, TIDY_WORKFLOW
from mvkit.jobs.room import check_room
from mvkit.jobs.shelf import tidy_job, tidy_shelf
from mvkit.jobs.table import Aim, set_state

Outcome = dict[str, str] | None
"""None, or an error as :func:`mvkit.jobs.attempt.as_told` writes it."""

MOST_CRASHES = 5
"""How many workers a job may take down with it."""
GATHER_S = 0.25
"""How often a job looks for the clips that others film."""
WAITING = ("ENQUEUED", "DELAYED")
UNFINISHED = (*WAITING, "PENDING")


def may_pass(error: BaseException) -> bool:
    """Whether what a step failed of may pass: a store, a database, a full disk."""
    return isinstance(error, OperationalError | OSError) or getattr(error, "retryable", False)


AGAIN: Any = {
    "retries_allowed": True,
    "interval_seconds": 2.0,
    "backoff_rate": 2.0,
    "max_attempts": 6,
    "should_retry": may_pass,
}
"""How the steps that keep the books are tried again; stages and clips have retries of their own."""


@DBOS.workflow(name=FILM_WORKFLOW, max_recovery_attempts=MOST_CRASHES)
async def make_film(job_id: str, attempt: int, aim: Aim) -> str:
    """Work on a job until it has come to its aim; return how that ended."""
    if not await claim(job_id, attempt):
        return "superseded"
    async with attempting(str(DBOS.workflow_id), job_id, attempt):
        for stage in stages_of(aim):
            error = await film_clips(job_id) if stage.name == "clips" else None
            error = error or await run_stage(stage.name)
            if error:
                await fail(error)
                return "failed"
        await complete(aim)
    await remove_needless(job_id)
    return "done"


@DBOS.workflow(name="film_take", max_recovery_attempts=MOST_CRASHES)
async def film_take(job_id: str, indices: list[int]) -> Outcome:
    """Film one clip of a job, or several that go on in one shot, in turn."""
    for index in indices:
        if index > indices[0] and await is_stopping(_job_workflow()):
            return None
        if error := await film(job_id, index):
            return error
    return None


@DBOS.workflow(name=TIDY_WORKFLOW)
def tidy(_scheduled_at: datetime, _context: Any) -> None:
    """Remove what is past its time."""
    remove_expired()


async def film_clips(job_id: str) -> Outcome:
    """Queue all clips as work of their own and wait for them; return what must stop the job."""
    takes = await takes_to_film()
    for indices in takes:
        with (
            SetWorkflowID(f"{DBOS.workflow_id}:{indices[0]:03d}"),
            SetEnqueueOptions(queue_partition_key=job_id),
        ):
            await DBOS.enqueue_workflow_async(CLIPS_QUEUE, film_take, job_id, indices)
    crash_point("clips.queued")
    return await gather_clips(str(DBOS.workflow_id)) if takes else None


@DBOS.step(**AGAIN)
async def claim(job_id: str, attempt: int) -> bool:
    """Note that the job is being worked on; False if it was cancelled or begun anew since."""
    claimed = await asyncio.to_thread(set_state, job_id, attempt, "running", told=False)
    crash_point("job.claimed")
    return claimed


@DBOS.step(preemptible=True)
async def run_stage(stage_name: str) -> Outcome:
    """Run a stage's notebook."""
    attempt = ATTEMPTS[str(DBOS.workflow_id)]
    try:
        await attempt.do(lambda: attempt.run_stage(stage_named(stage_name)))
    except Exception as error:  # whatever it is, the job has ended and its user must be told
        return as_told(error)
    crash_point("stage.finished")
    return None


@DBOS.step(preemptible=True, **AGAIN)
async def takes_to_film() -> list[list[int]]:
    """Return the clips that are to be filmed as work of their own."""
    attempt = ATTEMPTS[str(DBOS.workflow_id)]
    return await attempt.do(attempt.takes_to_film)


@DBOS.step(preemptible=True)
async def film(job_id: str, index: int) -> Outcome:
    """Have this worker's crew film a clip; a clip that failed is told by its record."""
    try:
        check_room(f"clip {index}")
        await CREWS.film(_job_workflow(), job_id, index)
    except Exception as error:  # or the film would have a hole that nobody knows of
        return as_told(error)
    return None


@DBOS.step()
async def is_stopping(workflow_id: str) -> bool:
    """Tell whether a clip of the job has said that it must stop."""
    clips = await DBOS.list_workflows_async(parent_workflow_id=workflow_id, load_input=False)
    return any(clip.status == "SUCCESS" and clip.output for clip in clips)


def _job_workflow() -> str:
    """Return the workflow of the job whose clips this one films."""
    return str(DBOS.workflow_id).rpartition(":")[0]


@DBOS.step(preemptible=True)
async def gather_clips(workflow_id: str) -> Outcome:
    """Wait until all clips of a job are filmed, or until one says that the job must stop."""
    attempt = ATTEMPTS[workflow_id]
    await attempt.do(attempt.watch_clips)
    while True:
        clips = await DBOS.list_workflows_async(parent_workflow_id=workflow_id, load_input=False)
        errors = [clip.output for clip in clips if clip.status == "SUCCESS" and clip.output]
        if errors:  # no other is begun; those begun may be paid for, and are kept
            for clip in clips:
                if clip.status in WAITING:
                    await DBOS.cancel_workflow_async(clip.workflow_id)
        if not any(clip.status in UNFINISHED for clip in clips):
            return dict(errors[0]) if errors else None
        await asyncio.sleep(GATHER_S)


@DBOS.step(**AGAIN)
async def fail(error: dict[str, str]) -> None:
    """Tell that the job failed."""
    attempt = ATTEMPTS[str(DBOS.workflow_id)]
    ours = revive(error["name"], error["text"])
    assert ours is not None  # as_told writes errors of ours only
    await attempt.do(lambda: attempt.fail(ours))


@DBOS.step(**AGAIN)
async def complete(aim: Aim) -> None:
    """Tell that the job has come to its aim."""
    crash_point("job.finished")
    attempt = ATTEMPTS[str(DBOS.workflow_id)]
    await attempt.do(lambda: attempt.complete("planned" if aim == "plan" else "finished"))


@DBOS.step(**AGAIN)
async def remove_needless(job_id: str) -> None:
    """Remove what nobody needs any more, now that the film is there."""
    await asyncio.to_thread(tidy_job, job_id)


@DBOS.step(**AGAIN)
def remove_expired() -> None:
    """Remove what is past its time; see :mod:`mvkit.retention`."""
    tidy_shelf()
