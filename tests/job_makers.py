"""A queue to test: short songs to submit, and real workers that can be killed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mvkit.jobs import client
from mvkit.jobs.table import Job, find_job
from mvkit.processes import child_setup
from mvkit.run import Run, Status
from mvkit.settings import get_settings

from .conftest import ROOT
from .process_watch import processes_of, wait_for
from .song_makers import clicks, encoded, times_of

PROMPT = "A lone figure walks through neon-lit streets in the rain and finds a stage."
SONG_S = 12.0


class Workers:
    """The workers of a test; those that still live at its end are killed."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self.living: list[subprocess.Popen[bytes]] = []

    def start(self) -> subprocess.Popen[bytes]:
        """Start a worker with the settings as they are now."""
        worker = start_worker(self._log)
        self.living.append(worker)
        return worker

    def end(self) -> None:
        end(*self.living)


def start_worker(log: Path, **environment: str) -> subprocess.Popen[bytes]:
    """Start a worker with the settings as they are now, and some of its own."""
    with log.open("ab") as file:
        return subprocess.Popen(
            [sys.executable, "-m", "mvkit", "worker"],
            cwd=ROOT,
            stdout=file,
            stderr=file,
            env={**os.environ, **environment},
            preexec_fn=child_setup(niceness=0),
        )


def end(*workers: subprocess.Popen[bytes] | None) -> None:
    """Kill what still lives."""
    for worker in filter(None, workers):
        worker.kill()
        worker.wait()


@pytest.fixture
def workers(tmp_path: Path) -> Iterator[Workers]:
    workers = Workers(tmp_path / "workers.log")
    yield workers
    workers.end()


def submit(folder: Path, **wish: object) -> Job:
    """Submit a song of twelve seconds, for a film of the smallest shape there is."""
    song = folder / "song.wav"
    if not song.is_file():
        song.write_bytes(encoded(clicks(times_of(120.0, SONG_S), SONG_S), "wav"))
    return client.submit(song, PROMPT, **{"aspect": "1:1", **wish})  # type: ignore[arg-type]


def wait_until(job: Job, *states: str, timeout_s: float = 120.0) -> Status:
    """Return the job's status once it is in one of some states."""
    wait_for(lambda: client.status(job.job_id).state in states, timeout_s=timeout_s)
    wait_for(lambda: find_job(job.job_id).state in states, timeout_s=10.0)
    return client.status(job.job_id)


def run_of(job: Job) -> Run:
    return Run(get_settings().runs_dir / job.job_id)


def wait_until_nothing_runs(job: Job, *, timeout_s: float) -> float:
    """Return the seconds until no process of the job is left."""
    started_s = time.monotonic()
    wait_for(lambda: not processes_of(run_of(job)), timeout_s=timeout_s)
    return time.monotonic() - started_s


def stages(job: Job, status: str) -> list[str]:
    """Return the stages that have come to a status, in order."""
    return [event["stage"] for event in run_of(job).events() if event.get("status") == status]


@pytest.fixture(params=["sqlite", "postgres"])
def any_database(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Run the test once on each kind of database."""
    if request.param == "postgres":
        monkeypatch.setenv("MVKIT_DATABASE_URL", request.getfixturevalue("postgres_url"))
        get_settings.cache_clear()
    return str(request.param)
