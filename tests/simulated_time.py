"""Time that passes only while everybody waits, so that a busy machine makes nothing late.

A test that waits in truth measures the machine along with the program. Here waiting costs nothing,
and work takes no time: what a clock shows in the end is what the waiting adds up to.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

BEGINNING_S = 1_000_000.0
PATIENCE_S = 60.0
"""In truth: so long it is waited for somebody who is expected to wait, and does not."""


class SimulatedClock:
    """Stands in for the module ``time`` among threads that share tasks.

    Once all who have something to do are asleep, it is as late as it is when the first of them
    wakes. Who is expected to sleep: as many as work at the same time, or as there are tasks left.
    Should fewer work at the same time than was said, time passes all the same, and shows it.

    Parameters
    ----------
    workers : int
        How many threads work at the same time.
    tasks : int
        How many tasks there are in all.
    """

    def __init__(self, *, workers: int, tasks: int) -> None:
        self._workers = workers
        self._tasks_left = tasks
        self._now_s = BEGINNING_S
        self._alarms_s: list[float] = []
        self._changed = threading.Condition()

    @property
    def passed_s(self) -> float:
        """How much time has passed in all."""
        return self._now_s - BEGINNING_S

    def time(self) -> float:
        """Return the time, as ``time.time`` does."""
        return self._now_s

    def sleep(self, seconds: float) -> None:
        """Wait, as ``time.sleep`` does."""
        with self._changed:
            alarm_s = self._now_s + seconds
            self._alarms_s.append(alarm_s)
            self._pass()
            while self._now_s < alarm_s:
                if not self._changed.wait(PATIENCE_S):
                    self._workers = len(self._alarms_s)
                    self._pass()

    def watch(self, task: Callable[P, T]) -> Callable[P, T]:
        """Return a task that is crossed off when it is done."""

        def watched(*args: P.args, **kwargs: P.kwargs) -> T:
            try:
                return task(*args, **kwargs)
            finally:
                with self._changed:
                    self._tasks_left -= 1
                    self._pass()

        return watched

    def _pass(self) -> None:
        """Let time pass until somebody wakes, if nobody is at work."""
        expected = min(self._workers, self._tasks_left)
        if self._alarms_s and len(self._alarms_s) >= expected:
            self._now_s = min(self._alarms_s)
            self._alarms_s = [each for each in self._alarms_s if each > self._now_s]
            self._changed.notify_all()
