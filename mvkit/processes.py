"""Child processes that cannot outlive their parent.

Every process we start is niced, so that the machine stays responsive, and asks the kernel to be
killed when its parent dies (``PR_SET_PDEATHSIG``, Linux). It carries the job's id in its
environment, so that whatever a crash left behind can be found and ended (:func:`sweep`).

The death signal is bound to the *thread* that starts the child: start children from a thread that
lives at least as long as they do.
"""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

import psutil

from mvkit.settings import ROOT, get_settings

JOB_VARIABLE = "MVKIT_JOB"
"""Environment variable that tags every process of a job with the job's id."""

NOT_FOR_JOBS = frozenset({"MVKIT_SMTP_URL"})
"""Variables with secrets that no job has a use for."""
GIVE_BACK = {"MALLOC_MMAP_THRESHOLD_": "4000000", "MALLOC_TRIM_THRESHOLD_": "8000000"}
"""Tells the GNU C library to return freed memory in pieces larger than the first (bytes).

By default it soon keeps whatever it once needed: a process that built a mountain stays as large. Of
smaller pieces, as single pictures, it keeps as many bytes as the second says: to ask for the memory
of each picture anew takes as long as to copy it.
"""
MOST_ASIDE = 2
"""How many programs run beside the one at work, at most."""
MOST_TOLD_BYTES = 500
STOP_S = 10.0
"""How long a program may take to end."""
_ASIDE = threading.Semaphore(MOST_ASIDE)
_waiting: dict[tuple[str, ...], threading.Thread] = {}
_guard = threading.Lock()

PR_SET_PDEATHSIG = 1
log = logging.getLogger("mvkit.processes")

_prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None


def child_setup(*, niceness: int) -> Callable[[], None]:
    """Return what a child runs before its program starts (``preexec_fn``).

    Parameters
    ----------
    niceness : int
        How far to lower its priority, 0-19.
    """

    def set_up() -> None:
        # Between fork and exec: nothing here may import, lock or allocate much.
        os.nice(niceness)
        if _prctl is not None:
            _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)

    return set_up


def environment_for(job_id: str) -> dict[str, str]:
    """Return the environment of a job's process: ours, tagged, with this checkout and settings.

    What only the page needs to know is left out.
    """
    paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    return {
        **GIVE_BACK,
        **{name: value for name, value in os.environ.items() if name not in NOT_FOR_JOBS},
        **get_settings().as_environment(),
        JOB_VARIABLE: job_id,
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
    }


def run_aside(
    arguments: Sequence[str],
    *,
    environment: Mapping[str, str],
    timeout_s: float,
    niceness: int | None = None,
) -> threading.Thread:
    """Run a program of ours beside the one at work, at low priority; few at the same time.

    It is killed when its time is up, or when we end. Its failure is logged.

    Parameters
    ----------
    arguments : sequence of str
        The module and what it is told: ``["mvkit.sketches", "runs/..."]``.
    environment : mapping
        Its environment.
    timeout_s : float
        How long it may take, waiting not counted.
    niceness : int, optional
        How far its priority is lowered, at most: somebody may wait for it. By default as far as
        the settings say.

    Returns
    -------
    Thread
        Ends when the program has. While one with the same arguments waits for its turn, that is
        returned: it will see whatever there is to see.
    """
    key = tuple(arguments)
    most = get_settings().niceness
    lowered = most if niceness is None else min(niceness, most)

    def wait() -> None:
        with _ASIDE:
            _waiting.pop(key, None)
            try:
                subprocess.run(
                    [sys.executable, "-m", *arguments],
                    env=dict(environment),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE,
                    timeout=timeout_s,
                    check=True,
                    preexec_fn=child_setup(niceness=lowered),
                )
            except subprocess.CalledProcessError as error:
                if error.returncode > 0:  # below, somebody ended it, and will know why
                    said = error.stderr[-MOST_TOLD_BYTES:].decode("utf-8", "replace")
                    log.warning("%s failed: %s", arguments[0], said)
            except subprocess.TimeoutExpired:
                log.warning("%s took longer than %.0f s.", arguments[0], timeout_s)

    with _guard:
        if key in _waiting:
            return _waiting[key]
        thread = _waiting[key] = threading.Thread(target=wait, daemon=True, name=arguments[0])
        thread.start()
        return thread


def start_program(*arguments: str, log_file: Path | None = None) -> subprocess.Popen[bytes]:
    """Start Python on something of ours, with the settings as they are here.

    It has a group of its own: Ctrl-C is for us, and we tell it (:func:`stop_program`).

    Parameters
    ----------
    *arguments : str
        What Python is told: ``"-m", "mvkit", "worker"``.
    log_file : Path, optional
        What it says is added to this file; by default it speaks where we do.
    """
    with ExitStack() as held:
        log_to = held.enter_context(log_file.open("ab")) if log_file else None
        return subprocess.Popen(
            [sys.executable, *arguments],
            env={**os.environ, **get_settings().as_environment()},
            stdout=log_to,
            stderr=log_to,
            preexec_fn=child_setup(niceness=0),
            start_new_session=True,
        )


def stop_program(process: subprocess.Popen[bytes]) -> None:
    """Ask a program to end, and end it if it takes longer than it may."""
    process.terminate()
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def sweep(job_id: str, *, sparing: Collection[int] = ()) -> int:
    """Kill the processes that work on a job left behind; return how many there were.

    Parameters
    ----------
    job_id : str
        The tag of the job.
    sparing : collection of int
        Ids of processes that are wanted.
    """
    wanted = {os.getpid(), *sparing}
    n_killed = 0
    for process in psutil.process_iter():
        try:
            if process.pid not in wanted and process.environ().get(JOB_VARIABLE) == job_id:
                process.kill()
                n_killed += 1
        except psutil.Error:  # gone meanwhile, or somebody else's
            continue
    return n_killed
