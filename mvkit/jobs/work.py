"""A job as this worker does it: its run folder and its chain.

Everything here lives in memory and is made anew when a worker takes a job up, whether for the
first time or after another worker's death: what must outlive us is in the run folder and in the
database. The chain blocks, so each job has a thread of its own; the queue's event loop only waits.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, asynccontextmanager, suppress
from typing import TypeVar

from dbos import error as dbos_error

from mvkit.chain import STAGES, Chain, stage_named
from mvkit.errors import Cancelled, InvalidInput, MvkitError, TimedOut
from mvkit.jobs.queue import timeout_s
from mvkit.jobs.room import check_room
from mvkit.jobs.table import JobState, find_job, set_state
from mvkit.progress import Stage, as_ours
from mvkit.retention import usage
from mvkit.run import EVENTS_FILE, STATUS_FILE, Status
from mvkit.schema import Clips, Prompts
from mvkit.storage import get_store

T = TypeVar("T")

LOCK_WAIT_S = 10.0
"""How long the worker that had the job before may take to let go of the run."""
TELL_S = 1.0
"""How often a changed status is put into the store, at most; new stages are told at once."""


class JobAtWork:
    """One attempt at a job, on this worker.

    Parameters
    ----------
    job_id : str
        The job.
    attempt : int
        Which attempt at it.
    """

    def __init__(self, job_id: str, attempt: int) -> None:
        self.job_id = job_id
        self.attempt = attempt
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"job-{job_id[:8]}")
        self._store = get_store()
        self._chain: Chain | None = None
        self._held = ExitStack()
        self._told: tuple[str, str] = ("", "")
        self._told_at_s = 0.0

    async def open(self) -> None:
        """Fetch the run and begin to work on it."""
        await self.do(self._open)

    async def close(self) -> None:
        """End what still works, and let go of the run."""
        self.stop()
        await self.do(self._held.close)
        self._thread.shutdown(wait=False)

    async def do(self, work: Callable[[], T]) -> T:
        """Do something that blocks, in the job's thread; if cancelled, it is stopped first."""
        task = asyncio.get_running_loop().run_in_executor(self._thread, work)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            self.stop()
            with suppress(Exception):
                await task
            raise

    def stop(self) -> None:
        """End the stage at work at once."""
        if self._chain:
            self._chain.stop()

    # In the job's thread

    def run_stage(self, stage: Stage) -> None:
        """Run a stage on what the store has, and store what it made."""
        check_room(f"stage '{stage.name}'")
        run = self._store.pull(self.job_id)
        if stage.artefact is Clips and not run.is_current(Clips):
            self.chain.run_stage(stage, film_missing=False)
        else:
            self.chain.run_stage(stage)
        self._store.push(run)

    def clips_to_film(self) -> int:
        """Return how many clips there are to film: all, or none if they are gathered already."""
        run = self._store.pull(self.job_id)
        return 0 if run.is_current(Clips) else run.read(Prompts).total_clips

    def watch_clips(self) -> None:
        """Tell that clips are being filmed, and go on telling how many are done."""
        self.chain.progress.started(stage_named("clips"))

    def complete(self, state: JobState) -> None:
        """Tell that the job has come to its aim."""
        if state == "finished":
            self.chain.complete()
        else:
            self.chain.progress.planned()
        self._end(state)

    def fail(self, error: MvkitError) -> None:
        """Tell that the job has ended with an error."""
        self.chain.progress.failed(error)
        self._end("cancelled" if isinstance(error, Cancelled) else "failed")

    def fail_from_outside(self) -> None:
        """Tell that somebody ended the job: its user, or its time was up."""
        self.fail(why_ended(self.job_id, self.attempt))

    @property
    def chain(self) -> Chain:
        """The chain of the run; open after :meth:`open`."""
        assert self._chain is not None
        return self._chain

    def _open(self) -> None:
        run = self._store.pull(self.job_id)
        self._chain = Chain(run, watch=self._watch, count_clips=self._count_clips)
        give_up_s = time.monotonic() + LOCK_WAIT_S
        while True:
            try:
                self._held.enter_context(self._chain)
                return
            except InvalidInput:  # busy: the one before us is still tidying up
                if time.monotonic() > give_up_s:
                    raise
                time.sleep(0.2)

    def _end(self, state: JobState) -> None:
        self._store.push(self.chain.run)
        n_bytes = usage(self._store, self.job_id)
        set_state(self.job_id, self.attempt, state, n_bytes=n_bytes, told=True)

    def _watch(self, status: Status) -> None:
        """Put a new status into the store, but not every one."""
        told = (status.state, status.stage)
        if told != self._told or time.monotonic() - self._told_at_s >= TELL_S:
            self._told, self._told_at_s = told, time.monotonic()
            run = self.chain.run
            told_in = [name for name in (STATUS_FILE, EVENTS_FILE) if (run.folder / name).is_file()]
            self._store.push(run, *told_in)

    def _count_clips(self) -> int:
        names = (file.name for file in self._store.files(self.job_id))
        return sum(name.startswith("clips/") and name.endswith(".json") for name in names)


AT_WORK: dict[str, JobAtWork] = {}
"""The attempts this worker works on, by workflow; of one job, an old one may still be ending."""


@asynccontextmanager
async def at_work(workflow_id: str, job_id: str, attempt: int) -> AsyncIterator[JobAtWork]:
    """Hold a job at work for the length of its workflow.

    If the workflow is ended from outside, the job's status says so before the run is let go.
    """
    work = JobAtWork(job_id, attempt)
    AT_WORK[workflow_id] = work
    try:
        await work.open()
        yield work
    except (dbos_error.DBOSWorkflowCancelledError, dbos_error.DBOSAwaitedWorkflowCancelledError):
        await work.do(work.fail_from_outside)
        raise
    finally:
        del AT_WORK[workflow_id]
        await work.close()


def why_ended(job_id: str, attempt: int) -> MvkitError:
    """Return why an attempt was ended from outside: by its user, or because its time was up."""
    job = find_job(job_id)
    if job.state == "cancelled" or job.attempt != attempt:
        return Cancelled("Cancelled. Retry the job to go on from what is made so far.")
    return TimedOut(
        f"The job ran longer than the {timeout_s(job.song_s) / 60:.0f} minutes it may. What is "
        "made so far is kept: retry the job to go on.",
        reason="JOB_TIMEOUT",
    )


def stages_of(aim: str) -> tuple[Stage, ...]:
    """Return the stages that lead to an aim."""
    return STAGES[:2] if aim == "plan" else STAGES


def as_told(error: BaseException) -> dict[str, str]:
    """Return an error as the queue can keep it; see :func:`mvkit.errors.revive`."""
    ours = as_ours(error)
    return {"name": type(ours).__name__, "text": str(ours)}
