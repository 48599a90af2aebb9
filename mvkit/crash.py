"""Named places where a test may have mvkit crash.

What must survive a crash is tested by crashing there. A place is armed by the environment:
``MVKIT_CRASH=clip.filmed`` and ``MVKIT_CRASH_ONCE=/some/file``, which is made when the crash
happens and keeps it from happening twice. The process that comes by is killed as by ``kill -9``,
and before it the worker whose work it does (``MVKIT_WORKER``, its process id), so that nobody can
tidy up. Unarmed, a place costs a look into a dictionary.
"""

from __future__ import annotations

import os
import signal
from contextlib import suppress

POINTS = (
    "job.claimed",  # a worker has the job, no stage has begun
    "stage.started",  # a stage's kernel is up, its notebook has not begun
    "artefact.checked",  # an artefact is made, not yet in the run folder
    "artefact.written",  # in the run folder, its stage not yet recorded as done
    "stage.finished",  # all of a stage is done, the queue does not know yet
    "clips.queued",  # the clips are queued as work of their own
    "clip.started",  # a clip's turn has come
    "purchase.reserved",  # money is set aside, the provider was not asked
    "purchase.submitted",  # the provider has the order, its id is not stored
    "purchase.placed",  # the id is stored, the delivery is awaited
    "purchase.delivered",  # the delivery is on disk, not yet paid in the ledger
    "purchase.settled",  # paid, but no record of the clip or picture yet
    "download.halfway",  # some bytes of a delivery are on disk
    "clip.filmed",  # the clip is in final form, without its record
    "clip.recorded",  # with its record, the queue does not know yet
    "film.joined",  # the film is written, not yet checked or named
    "job.finished",  # all stages are recorded, the job is not
)
"""All places, in the order a job comes by."""

VARIABLE = "MVKIT_CRASH"
ONCE_VARIABLE = "MVKIT_CRASH_ONCE"
WORKER_VARIABLE = "MVKIT_WORKER"


def crash_point(name: str) -> None:
    """Crash here if a test has armed this place."""
    if os.environ.get(VARIABLE) != name:
        return
    with suppress(FileExistsError):
        os.close(os.open(os.environ[ONCE_VARIABLE], os.O_CREAT | os.O_EXCL))
        worker = os.environ.get(WORKER_VARIABLE)
        if worker:
            os.kill(int(worker), signal.SIGKILL)
        os.kill(os.getpid(), signal.SIGKILL)
