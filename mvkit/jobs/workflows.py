"""What the queue runs: a job as a durable workflow, its clips as work of their own.

Each stage is one step. A step whose end is recorded is never run again; one that was cut off is
run again by whichever worker takes the job up, and finds in the run folder what it had made. So
every step may run twice, and none does harm by it.

::

    make_film        claim → analysis → plan ─┬→ complete (aim: plan)
                                              └→ references → prompts → clips → video → complete
    film_clip        film                  one for each clip, on any worker

A workflow's body runs again from its start when the job is taken up: only steps have effects.
Failures of ours do not travel as exceptions: a step returns them, so that they are recorded like
any other outcome.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from dbos import DBOS, SetEnqueueOptions, SetWorkflowID

from mvkit.chain import stage_named
from mvkit.crash import crash_point
from mvkit.errors import GenerationFailed, MvkitError, revive
from mvkit.jobs.filming import CREWS
from mvkit.jobs.queue import CLIPS_QUEUE, FILM_WORKFLOW, TIDY_WORKFLOW
from mvkit.jobs.room import check_room
from mvkit.jobs.shelf import tidy_job, tidy_shelf
from mvkit.jobs.table import Aim, set_state
from mvkit.jobs.work import AT_WORK, as_told, at_work, stages_of

Outcome = dict[str, str] | None
"""None, or an error as :func:`mvkit.jobs.work.as_told` writes it."""

MOST_CRASHES = 5
"""How many workers a job may take down with it."""
GATHER_S = 0.25
"""How often a job looks for the clips that others film."""
UNFINISHED = ("ENQUEUED", "PENDING", "DELAYED")


RUNNING: set[str] = set()
"""The workflows that run in this process."""


@contextmanager
def running() -> Iterator[None]:
    """Note that a workflow runs here, for the length of the block."""
    workflow_id = str(DBOS.workflow_id)
    RUNNING.add(workflow_id)
    try:
        yield
    finally:
        RUNNING.discard(workflow_id)


@DBOS.workflow(name=FILM_WORKFLOW, max_recovery_attempts=MOST_CRASHES)
async def make_film(job_id: str, attempt: int, aim: Aim) -> str:
    """Work on a job until it has come to its aim; return how that ended."""
    with running():
        return await _make_film(job_id, attempt, aim)


async def _make_film(job_id: str, attempt: int, aim: Aim) -> str:
    if not await claim(job_id, attempt):
        return "superseded"
    async with at_work(str(DBOS.workflow_id), job_id, attempt):
        for stage in stages_of(aim):
            error = await film_clips(job_id) if stage.name == "clips" else None
            error = error or await run_stage(stage.name)
            if error:
                await fail(error)
                return "failed"
        await complete(aim)
    await remove_needless(job_id)
    return "done"


@DBOS.workflow(name="film_clip", max_recovery_attempts=MOST_CRASHES)
async def film_clip(job_id: str, index: int) -> Outcome:
    """Film one clip of a job."""
    with running():
        return await film(job_id, index)


@DBOS.workflow(name=TIDY_WORKFLOW)
def tidy(_scheduled_at: datetime, _context: Any) -> None:
    """Remove what is past its time."""
    remove_expired()


async def film_clips(job_id: str) -> Outcome:
    """Queue all clips as work of their own and wait for them; return what must stop the job."""
    n_clips = await clips_to_film()
    for index in range(n_clips):
        with (
            SetWorkflowID(f"{DBOS.workflow_id}:{index:03d}"),
            SetEnqueueOptions(queue_partition_key=job_id),
        ):
            await DBOS.enqueue_workflow_async(CLIPS_QUEUE, film_clip, job_id, index)
    crash_point("clips.queued")
    return await gather_clips(str(DBOS.workflow_id)) if n_clips else None


@DBOS.step()
async def claim(job_id: str, attempt: int) -> bool:
    """Note that the job is being worked on; False if it was cancelled or begun anew since."""
    claimed = await asyncio.to_thread(set_state, job_id, attempt, "running", told=False)
    crash_point("job.claimed")
    return claimed


@DBOS.step(preemptible=True)
async def run_stage(stage_name: str) -> Outcome:
    """Run a stage's notebook."""
    work = AT_WORK[str(DBOS.workflow_id)]
    try:
        await work.do(lambda: work.run_stage(stage_named(stage_name)))
    except Exception as error:  # whatever it is, the job has ended and its user must be told
        return as_told(error)
    crash_point("stage.finished")
    return None


@DBOS.step(preemptible=True)
async def clips_to_film() -> int:
    """Return how many clips are to be filmed as work of their own."""
    work = AT_WORK[str(DBOS.workflow_id)]
    return await work.do(work.clips_to_film)


@DBOS.step(preemptible=True)
async def film(job_id: str, index: int) -> Outcome:
    """Have this worker's crew film a clip; a clip that failed is told by its record."""
    try:
        check_room(f"clip {index}")
        await CREWS.film(job_id, index)
    except MvkitError as error:
        return as_told(error)
    return None


@DBOS.step(preemptible=True)
async def gather_clips(workflow_id: str) -> Outcome:
    """Wait until all clips of a job are filmed, or until one says that the job must stop."""
    work = AT_WORK[workflow_id]
    await work.do(work.watch_clips)
    while True:
        clips = await DBOS.list_workflows_async(parent_workflow_id=workflow_id, load_input=False)
        errors = [clip.output for clip in clips if clip.status == "SUCCESS" and clip.output]
        if errors:
            await DBOS.cancel_workflows_async([clip.workflow_id for clip in clips])
            return dict(errors[0])
        if not any(clip.status in UNFINISHED for clip in clips):
            return None
        await asyncio.sleep(GATHER_S)


@DBOS.step()
async def fail(error: dict[str, str]) -> None:
    """Tell that the job failed."""
    work = AT_WORK[str(DBOS.workflow_id)]
    ours = revive(error["name"], error["text"]) or GenerationFailed(error["text"])
    await work.do(lambda: work.fail(ours))


@DBOS.step()
async def complete(aim: Aim) -> None:
    """Tell that the job has come to its aim."""
    crash_point("job.finished")
    work = AT_WORK[str(DBOS.workflow_id)]
    await work.do(lambda: work.complete("planned" if aim == "plan" else "finished"))


@DBOS.step()
async def remove_needless(job_id: str) -> None:
    """Remove what nobody needs any more, now that the film is there."""
    await asyncio.to_thread(tidy_job, job_id)


@DBOS.step()
def remove_expired() -> None:
    """Remove what is past its time; see :mod:`mvkit.retention`."""
    tidy_shelf()
