"""A batch's own workers: one that goes down is replaced."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from mvkit.errors import InvalidInput
from mvkit.processes import start_program, stop_program

WORKER_LOG = "worker.log"
RESTART_S = 5.0
"""A worker that went down is replaced, at most this often."""


class Workers:
    """The batch's own workers; one that goes down is replaced, and what it did is in the queue."""

    def __init__(self, n_workers: int, log_file: Path) -> None:
        self._log_file = log_file
        self._workers = [self._start() for _ in range(n_workers)]
        self._started_s = time.monotonic()

    @classmethod
    @contextmanager
    def at_work(cls, n_workers: int, log_file: Path) -> Iterator[Self]:
        """Keep workers running while the block does."""
        if n_workers < 0:
            raise InvalidInput(f"There cannot be {n_workers} workers; expected 0 or more.")
        crew = cls(n_workers, log_file)
        try:
            yield crew
        finally:
            for worker in crew._workers:
                stop_program(worker)

    def keep_up(self) -> None:
        """Replace workers that went down, but not more than once in a while."""
        down = [n for n, worker in enumerate(self._workers) if worker.poll() is not None]
        if down and time.monotonic() - self._started_s >= RESTART_S:
            self._started_s = time.monotonic()
            for n in down:
                self._workers[n] = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        return start_program("-m", "mvkit", "worker", log_file=self._log_file)
