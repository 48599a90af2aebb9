"""Watching what runs: the processes of a run, and waiting for something to happen."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress

import psutil

from mvkit.processes import JOB_VARIABLE
from mvkit.run import Run


def processes_of(run: Run) -> list[psutil.Process]:
    """Return the living processes that carry a run's tag."""
    found = []
    for process in psutil.process_iter():
        try:
            tagged = process.environ().get(JOB_VARIABLE) == run.job_id
            if tagged and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:  # gone meanwhile, or somebody else's
            continue
    return found


def names_of(run: Run) -> list[str]:
    """Return the names of the processes that carry a run's tag."""
    names = []
    for process in processes_of(run):
        with suppress(psutil.NoSuchProcess):
            names.append(process.name())
    return names


def wait_for(condition: Callable[[], object], *, timeout_s: float = 240.0) -> None:
    """Return once a condition holds."""
    deadline_s = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline_s, "waited in vain"
        time.sleep(0.1)
