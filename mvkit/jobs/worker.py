"""A worker: a process that takes jobs from the queue and works on them.

Any number of workers may run, on one machine (SQLite) or on many (PostgreSQL). A worker that dies
is noticed by the others, or by the next one to start, and its jobs are taken up where they were.
That makes stopping simple: a worker that is told to stop ends its children and goes, as in a
crash, and what it leaves is taken up likewise.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Literal

import psutil
from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer
from dbos import error as dbos_error
from dbos._dbos import _get_dbos_instance

from mvkit.crash import WORKER_VARIABLE
from mvkit.database import database_url
from mvkit.errors import GenerationFailed, MvkitError, NotFound, disk_full, tells_full_disk
from mvkit.ffmpeg import executable
from mvkit.jobs import workflows
from mvkit.jobs.attempt import ATTEMPTS, why_ended
from mvkit.jobs.lease import Lease, take_lease
from mvkit.jobs.queue import (
    APPLICATION,
    CLIPS_QUEUE,
    JOBS_QUEUE,
    POLL_S,
    VERSION,
    make_tables,
    reenqueue,
)
from mvkit.jobs.room import tend_ballast
from mvkit.jobs.shelf import drop_old_copies
from mvkit.jobs.table import Job, list_untold, set_state
from mvkit.kernels import remove_sockets
from mvkit.run import EVENTS_FILE, STATUS_FILE, Run, Status
from mvkit.settings import get_settings
from mvkit.storage import get_store

TEND_S = 2.0
"""How often a worker looks after jobs that nobody looks after."""
TIDY_SCHEDULE = "17 * * * *"
"""When expired runs are removed, by one worker for all: hourly (cron)."""
TIDY_S = 3600.0
"""How often each worker looks through its own copies of runs."""
DATABASE_CONNECTIONS = 8
"""How many connections the queue may hold to a PostgreSQL, for one worker."""
LOST_LEASE = 75
"""Exit code of a worker that others must take for dead (``EX_TEMPFAIL``)."""

log = logging.getLogger("mvkit.worker")


def work(*, stop: threading.Event | None = None) -> None:
    """Work on jobs until told to stop.

    Parameters
    ----------
    stop : threading.Event, optional
        Set to stop; by default SIGTERM and SIGINT do. The process ends with it.

    Raises
    ------
    MvkitError
        If the database or the store cannot be used: better no worker than one that fails each job.
    """
    told_to_stop = stop or _stop_on_signals()
    get_settings().runs_dir.mkdir(parents=True, exist_ok=True)
    get_store().job_ids()
    name = f"{socket.gethostname()}-{uuid.uuid4().hex[:12]}"
    lease = take_lease(name)
    if lease is None:
        raise AssertionError(f"somebody else is called {name}")
    os.environ[WORKER_VARIABLE] = str(os.getpid())
    os.environ.setdefault("IMAGEIO_FFMPEG_EXE", executable())  # or every kernel tries it out anew
    _launch(name)
    log.info("Worker %s takes jobs.", name)
    threading.Thread(target=_tend_for_ever, args=(name,), daemon=True).start()
    while not told_to_stop.wait(TEND_S):
        if not lease.is_held():
            log.error("The database no longer knows us: others take up our jobs, so we stop.")
            _leave(lease, code=LOST_LEASE)
    _leave(lease, code=0)


def _tend_for_ever(name: str) -> None:
    """Look after the disk and after what nobody looks after."""
    orphans = _OwnOrphans(name)
    tidied_at_s = -TIDY_S
    while True:
        _try(tend_ballast)
        _try(lambda: _adopt_orphans(name))
        _try(orphans.adopt)
        _try(lambda: _tell_ends(name))
        if time.monotonic() - tidied_at_s > TIDY_S:
            tidied_at_s = time.monotonic()
            _try(drop_old_copies)
        time.sleep(TEND_S)


def _stop_on_signals() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def _launch(name: str) -> None:
    """Start taking work from the queues."""
    settings = get_settings()
    config: DBOSConfig = {
        "name": APPLICATION,
        "system_database_url": database_url(),
        "executor_id": name,
        "application_version": VERSION,
        "serializer": DBOSPortableJSONSerializer(),
        "log_level": "WARNING",
        "enable_otlp": False,
        "sys_db_pool_size": DATABASE_CONNECTIONS,
    }
    make_tables(database_url())
    DBOS(config=config)
    logging.getLogger("dbos").addFilter(_is_no_cancellation)
    DBOS.listen_queues([JOBS_QUEUE, CLIPS_QUEUE])
    DBOS.launch()
    DBOS.register_queue(
        JOBS_QUEUE,
        worker_concurrency=min(settings.jobs_per_worker, settings.jobs_at_once),
        global_concurrency=settings.jobs_at_once,
        partition_concurrency=settings.jobs_at_once,  # a queue has partitions if one limit does
        polling_interval_sec=POLL_S,
        on_conflict="always_update",
    )
    DBOS.register_queue(
        CLIPS_QUEUE,
        partition_concurrency=settings.clips_at_once,
        partition_worker_concurrency=min(settings.clips_per_worker, settings.clips_at_once),
        polling_interval_sec=POLL_S,
        on_conflict="always_update",
    )
    DBOS.apply_schedules(
        [
            {
                "schedule_name": "tidy",
                "workflow_fn": workflows.tidy,
                "schedule": TIDY_SCHEDULE,
            }
        ]
    )


def _is_no_cancellation(record: logging.LogRecord) -> bool:
    """Whether a record of the queue tells anything but that a job was cancelled, as asked."""
    if "was cancelled during execution" in record.getMessage():
        return False
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, dbos_error.DBOSAwaitedWorkflowCancelledError)


def _adopt_orphans(name: str) -> None:
    """Take up what dead workers were working on."""
    pending = DBOS.list_workflows(status="PENDING", load_input=False, load_output=False)
    for other in {workflow.executor_id for workflow in pending} - {name, None}:
        lease = take_lease(str(other))
        if lease is None:
            continue
        try:
            adopted = DBOS._recover_pending_workflows([str(other)])
            log.warning("Worker %s is dead; %d pieces of work are taken up.", other, len(adopted))
        finally:
            lease.give_back()


class _OwnOrphans:
    """Work that the queue takes for ours and that we do not do.

    A workflow whose outcome could not be written down, for want of room or of a database, has
    ended here and goes on running there. It is put back into the queue, and whoever takes it up
    finds what it had made.
    """

    def __init__(self, worker: str) -> None:
        self._worker = worker
        self._seen: set[str] = set()

    def adopt(self) -> None:
        """Put back what has been seen twice: what was seen once may just be beginning."""
        pending = DBOS.list_workflows(
            executor_id=self._worker, status="PENDING", load_input=False, load_output=False
        )
        at_work = _get_dbos_instance()._active_workflows_set.activeList()
        lost = {workflow.workflow_id for workflow in pending} - set(at_work)
        for workflow_id in lost & self._seen:
            log.warning("Workflow %s has lost its thread; it is begun again.", workflow_id)
            reenqueue(workflow_id, worker=self._worker)
        self._seen = lost


def _tell_ends(name: str) -> None:
    """Tell the ends of jobs that ended while no worker worked on them.

    A job may be cancelled or run out of time between the death of its worker and its adoption,
    or take down every worker that tries: its workflow has ended then, and its status does not say
    so. While the worker that had it last is alive, that worker tells.
    """
    jobs = {job.workflow_id: job for job in list_untold(before_s=time.time() - TEND_S)}
    for workflow in DBOS.list_workflows(workflow_ids=list(jobs), load_input=False) if jobs else ():
        job = jobs[workflow.workflow_id]
        if workflow.status in workflows.UNFINISHED:
            if job.state == "cancelled":  # whoever cancelled it got no further than its row
                DBOS.cancel_workflow(job.workflow_id, cancel_children=True)
        elif job.workflow_id not in ATTEMPTS and not _is_alive(workflow.executor_id, but=name):
            error = _error_of(job, str(workflow.status), str(workflow.error))
            _try(partial(_tell_end, job, error))


def _is_alive(worker: str | None, *, but: str) -> bool:
    """Whether a worker lives that is not a certain one."""
    if worker in (None, "", but):
        return False
    lease = take_lease(str(worker))
    if lease is None:
        return True
    lease.give_back()
    return False


def _error_of(job: Job, workflow_status: str, text: str) -> MvkitError:
    if "cancelled" in (job.state, workflow_status.lower()):
        return why_ended(job.job_id, job.attempt)
    if workflow_status == "MAX_RECOVERY_ATTEMPTS_EXCEEDED":
        return GenerationFailed(
            f"{workflows.MOST_CRASHES} workers went down while they worked on this job. "
            "Look at their logs; retry the job when the cause is gone.",
            reason="CRASHES",
        )
    if tells_full_disk(text):
        return disk_full("the queue")
    return GenerationFailed(f"The job ended unexpectedly: {text}", reason="UNEXPECTED")


def _tell_end(job: Job, error: MvkitError) -> None:
    state: Literal["cancelled", "failed"] = "cancelled" if error.code == "CANCELLED" else "failed"
    DBOS.cancel_workflow(job.workflow_id, cancel_children=True)  # its clips may go on
    store = get_store()
    with suppress(NotFound):  # its run may be gone
        run = store.pull(job.job_id)
        run.tell("error", stage=run.told_status.stage, **error.as_dict())
        run.set_status(_ended(run, state, error))
        store.push(run, STATUS_FILE, EVENTS_FILE)
    set_state(job.job_id, job.attempt, state, told=True)


def _ended(run: Run, state: str, error: MvkitError) -> Status:
    """Return a run's last status, ended with an error."""
    changes = {"state": state, "eta_s": None, "error": error.as_dict(), "updated_at": time.time()}
    return run.told_status.model_copy(update=changes)


def _try(tend: Callable[[], None]) -> None:
    """Look after others' jobs, but never die of it: the next round tries again."""
    try:
        tend()
    except Exception:
        log.exception("Looking after the queue failed; trying again in %g s.", TEND_S)


def _leave(lease: Lease, *, code: int) -> None:
    """End at once, with all that we started; what we worked on is taken up by others."""
    children = psutil.Process().children(recursive=True)
    for child in children:
        with suppress(psutil.Error):
            child.kill()
    psutil.wait_procs(children, timeout=5)
    for attempt in list(ATTEMPTS.values()):
        remove_sockets(attempt.job_id)
    lease.give_back()
    logging.shutdown()
    os._exit(code)
