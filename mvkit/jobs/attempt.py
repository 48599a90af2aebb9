"""An attempt at a job, as this worker makes it: its run folder, its chain, its clock.

Everything here lives in memory and is made anew when a worker takes a job up, whether for the
first time or after another worker's death: what must outlive us is in the run folder and in the
database. The chain blocks, so each attempt has a thread of its own; the queue's event loop only
waits. The run is opened by the first step that really runs: a workflow that is only replayed to
its recorded end touches nothing.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import time
from collections.abc import AsyncIterator, Callable, Set
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from dbos import DBOS
from dbos import error as dbos_error

from mvkit import sketches
from mvkit.chain import STAGES, Chain, stage_named
from mvkit.clips import Slates
from mvkit.errors import Cancelled, InvalidInput, MvkitError, TimedOut
from mvkit.jobs.queue import timeout_s
from mvkit.jobs.room import check_room
from mvkit.jobs.table import Aim, JobState, add_worked, find_job, set_state
from mvkit.progress import Stage, as_ours
from mvkit.retention import usage
from mvkit.run import EVENTS_FILE, STATUS_FILE, Run, Status
from mvkit.schema import Clips, Plan
from mvkit.storage import Store, get_store

T = TypeVar("T")

LOCK_POLL_S = 0.2
TELL_S = 1.0
"""How often a changed status is put into the store, at most; new stages are told at once."""

log = logging.getLogger("mvkit.worker")


class Attempt:
    """One attempt at a job, on this worker.

    Parameters
    ----------
    job_id : str
        The job.
    number : int
        Which attempt at it.
    """

    def __init__(self, job_id: str, number: int) -> None:
        self.job_id = job_id
        self.number = number
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"job-{job_id[:8]}")
        self._store = get_store()
        self._chain: Chain | None = None
        self._held = ExitStack()
        self._stopped = False
        self._noted_s = time.monotonic()
        self._told: tuple[str, str] = ("", "")
        self._told_at_s = 0.0

    async def do(self, work: Callable[[], T]) -> T:
        """Do something that blocks, in the attempt's thread, on the open run.

        If it is cancelled, the stage at work is stopped first.
        """
        await self._in_thread(self._open)
        return await self._in_thread(work)

    async def close(self) -> None:
        """End what still works, and let go of the run."""
        self._stop()
        await self._in_thread(self._held.close)
        await self._in_thread(gc.collect)  # the kernels' event loops hold files open till then
        self._thread.shutdown(wait=False)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        task = asyncio.get_running_loop().run_in_executor(self._thread, work)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            self._stop()
            with suppress(Exception):
                await task
            raise

    def _stop(self) -> None:
        self._stopped = True
        if self._chain:
            self._chain.stop()

    # In the attempt's thread

    def run_stage(self, stage: Stage) -> None:
        """Run a stage on what the store has, and store what it made."""
        check_room(f"stage '{stage.name}'")
        run = self._store.pull(self.job_id)
        try:
            if stage.artefact is Clips and not run.is_current(Clips):
                self.chain.run_stage(stage, film_missing=False)
            else:
                self.chain.run_stage(stage)
        finally:
            self.note_time()
        self._store.push(run)

    def takes_to_film(self) -> list[list[int]]:
        """Return the clips there are to film: all, or none if they are gathered already.

        Those that go on in one shot come together, to be filmed in turn. Those that are filmed are
        found, and take no time; of the others, no record is left.
        """
        run = self._store.pull(self.job_id)
        if run.is_current(Clips):
            return []
        slates = Slates.of(run)
        if stale := slates.forget_stale():
            self._store.remove(self.job_id, *stale)
        return [list(indices) for indices in slates.long_takes()]

    def watch_clips(self) -> None:
        """Tell that clips are being filmed, and go on telling how many are done."""
        self.chain.progress.started(stage_named("clips"))

    def complete(self, state: JobState) -> None:
        """Tell that the job has come to its aim."""
        if state == "finished":
            self.chain.complete()
        else:
            sketches.begin(self.chain.run).join()
            self.chain.progress.planned()
        self._end(state)

    def fail(self, error: MvkitError) -> None:
        """Tell that the job has ended with an error."""
        self.chain.progress.failed(error)
        self._end("cancelled" if isinstance(error, Cancelled) else "failed")

    def fail_from_outside(self) -> None:
        """Tell that somebody ended the attempt: its user, or its time was up."""
        self.fail(why_ended(self.job_id, self.number))

    def note_time(self) -> None:
        """Add the time since this was last called to what the attempt has worked."""
        now_s = time.monotonic()
        add_worked(self.job_id, self.number, now_s - self._noted_s)
        self._noted_s = now_s

    @property
    def chain(self) -> Chain:
        """The chain of the run, once it is open."""
        assert self._chain is not None
        return self._chain

    def _open(self) -> None:
        """Begin to work on the run, as soon as nobody else does."""
        while self._chain is None:
            run = self._store.pull(self.job_id)
            records = _StoredRecords(self._store, self.job_id)
            chain = Chain(run, watch=partial(self._watch, run), records=records)
            try:
                self._held.enter_context(chain)
            except InvalidInput:  # whoever had it before us is tidying up, or makes it by hand
                if self._stopped:
                    raise
                time.sleep(LOCK_POLL_S)
            else:
                self._chain = chain

    def _end(self, state: JobState) -> None:
        from mvkit.providers.collecting import collect_open

        collect_open(self.chain.run, cancel=state == "cancelled")
        self._store.push(self.chain.run)
        n_bytes = usage(self._store, self.job_id)
        set_state(self.job_id, self.number, state, n_bytes=n_bytes, told=True)

    def _watch(self, run: Run, status: Status) -> None:
        """Put a new status into the store, but not every one, and none at any price."""
        told = (status.state, status.stage)
        if told == self._told and time.monotonic() - self._told_at_s < TELL_S:
            return
        self._told, self._told_at_s = told, time.monotonic()
        try:
            names = (STATUS_FILE, EVENTS_FILE)
            self._store.push(run, *(name for name in names if (run.folder / name).is_file()))
        except MvkitError as error:
            log.warning("The status of job %s is not stored: %s", self.job_id, error.message)


@dataclass(frozen=True)
class _StoredRecords:
    """The records of a job's clips, in the store: others may film them, on other machines."""

    store: Store
    job_id: str

    def found(self, names: Set[str]) -> Set[str]:
        return names & {file.name for file in self.store.files(self.job_id)}

    def read(self, name: str) -> bytes:
        return self.store.read(self.job_id, name)


ATTEMPTS: dict[str, Attempt] = {}
"""The attempts this worker makes, by workflow; of one job, an old one may still be ending."""


@asynccontextmanager
async def attempting(workflow_id: str, job_id: str, number: int) -> AsyncIterator[Attempt]:
    """Hold an attempt for the length of its workflow.

    When its time is up the workflow is cancelled. If it is, for that or by its user, the job's
    status says so before the run is let go.
    """
    job = await asyncio.to_thread(find_job, job_id)
    left_s = max(0.0, timeout_s(job.song_s) - job.worked_s)
    alarm = asyncio.get_running_loop().call_later(left_s, _cancel, workflow_id)
    attempt = ATTEMPTS[workflow_id] = Attempt(job_id, number)
    try:
        yield attempt
    except (dbos_error.DBOSWorkflowCancelledError, dbos_error.DBOSAwaitedWorkflowCancelledError):
        await attempt.do(attempt.fail_from_outside)
        raise
    finally:
        alarm.cancel()
        del ATTEMPTS[workflow_id]
        await attempt.close()


_cancelling: set[asyncio.Future[None]] = set()


def _cancel(workflow_id: str) -> None:
    """Cancel a workflow and its clips, from the event loop."""
    done = asyncio.get_running_loop().run_in_executor(
        None, lambda: DBOS.cancel_workflow(workflow_id, cancel_children=True)
    )
    _cancelling.add(done)  # or nobody keeps it from being collected
    done.add_done_callback(_cancelling.discard)


def why_ended(job_id: str, number: int) -> MvkitError:
    """Return why an attempt was ended from outside: by its user, or because its time was up."""
    job = find_job(job_id)
    if job.state == "cancelled" or job.attempt != number:
        return Cancelled("Cancelled. Retry the job to go on from what is made so far.")
    return TimedOut(
        f"The job ran longer than the {timeout_s(job.song_s) / 60:.0f} minutes it may. What is "
        "made so far is kept: retry the job to go on.",
        reason="JOB_TIMEOUT",
    )


def stages_of(aim: Aim) -> tuple[Stage, ...]:
    """Return the stages that lead to an aim."""
    to_storyboard = stage_named(Plan.stage).number
    return STAGES[:to_storyboard] if aim == "plan" else STAGES


def as_told(error: BaseException) -> dict[str, str]:
    """Return an error as the queue can keep it; see :func:`mvkit.errors.revive`."""
    ours = as_ours(error)
    return {"name": type(ours).__name__, "text": str(ours)}
