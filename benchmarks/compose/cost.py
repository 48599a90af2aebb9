"""A step in a process of its own: what it costs."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, TypeVar

import psutil

from mvkit.processes import GIVE_BACK

__all__ = ["Cost", "measured"]

MIB = 2**20
EVERY_S = 0.1
T = TypeVar("T")


@dataclass(frozen=True)
class Cost:
    """What a step cost.

    Attributes
    ----------
    cpu_s : float
        CPU seconds, of all threads and of all processes it started.
    wall_s : float
        Seconds until it was done; importing what it needs is not counted.
    peak_mib : float
        Largest sum of its processes' resident memory, sampled ten times a second.
    """

    cpu_s: float
    wall_s: float
    peak_mib: float

    def times(self, factor: float) -> Cost:
        """Return what so many times the work would cost."""
        return Cost(self.cpu_s * factor, self.wall_s * factor, self.peak_mib)

    def and_then(self, other: Cost) -> Cost:
        """Return what both cost, one after the other."""
        peak_mib = max(self.peak_mib, other.peak_mib)
        return Cost(self.cpu_s + other.cpu_s, self.wall_s + other.wall_s, peak_mib)


def measured(work: Callable[..., T], *arguments: Any) -> tuple[T, Cost]:
    """Do some work in a new process, and return what it gives and what it cost."""
    os.environ.update(GIVE_BACK)  # as all processes of a job have it
    context = get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_do, args=(sender, work, arguments))
    process.start()
    sender.close()
    peak_mib = 0.0
    while not receiver.poll(EVERY_S):
        peak_mib = max(peak_mib, _resident_mib(process.pid))
    try:
        result, cpu_s, wall_s = receiver.recv()
    except EOFError:
        process.join()
        raise RuntimeError(f"{work.__name__} ended with {process.exitcode}") from None
    process.join()
    return result, Cost(cpu_s, wall_s, peak_mib)


def _do(sender: Connection, work: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    cpu_s, began_s = _cpu_s(), time.monotonic()
    result = work(*arguments)
    sender.send((result, _cpu_s() - cpu_s, time.monotonic() - began_s))


def _cpu_s() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _resident_mib(pid: int | None) -> float:
    try:
        root = psutil.Process(pid)
        family = [root, *root.children(recursive=True)]
        return float(sum(process.memory_info().rss for process in family) / MIB)
    except psutil.NoSuchProcess:  # one of them has just ended
        return 0.0
