"""Two machines that share a database and a store, and nothing else, finish each other's jobs."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from mvkit.jobs import client
from mvkit.jobs.table import Job
from mvkit.run import Run
from mvkit.schema import Clips, Video
from mvkit.settings import get_settings
from mvkit.storage import get_store

from .job_makers import end, start_worker, submit, wait_until
from .postgres_server import postgres_url
from .process_watch import wait_for
from .s3_server import s3_server
from .tiny_chain import gathering_notebooks, notebooks

__all__ = ["gathering_notebooks", "notebooks", "postgres_url"]

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _shared(
    gathering_notebooks: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """A database, a store, and tiny notebooks but for the clips, which are really filmed."""
    with s3_server() as s3:
        for name, value in s3.environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("MVKIT_STORE", s3.make_bucket())
        monkeypatch.setenv("MVKIT_DATABASE_URL", postgres_url)
        monkeypatch.setenv("MVKIT_VIDEO", "studio:288")
        monkeypatch.setenv("MVKIT_CLIPS_PER_WORKER", "1")
        get_settings.cache_clear()
        yield


def test_two_workers_with_disks_of_their_own_film_one_job_and_survive_each_other(
    tmp_path: Path,
) -> None:
    disks = [tmp_path / "disk-a", tmp_path / "disk-b"]
    for disk in disks:
        disk.mkdir()
    job = submit(tmp_path, user="ada", title="Two disks")
    first, second = (
        start_worker(tmp_path / "workers.log", MVKIT_RUNS_DIR=str(disk)) for disk in disks
    )
    try:
        wait_for(lambda: "clips.json" in names(job) or filmed_on(disks, job) == 2)
        crews = filmed_on(disks, job)
        coordinator = 0 if has_notebooks(disks[0], job) else 1
        (first, second)[coordinator].send_signal(signal.SIGKILL)
        status = wait_until(job, "finished", "failed")
        assert (status.state, status.error) == ("finished", None)
        assert crews == 2  # clips were filmed on both
        other = Run(disks[1 - coordinator] / job.job_id)
        assert other.is_current(Video)  # the film was finished on the other disk
    finally:
        end(first, second)
    film = get_store().pull(job.job_id)  # on a third disk
    assert film.is_current(Video)
    assert film.read(Clips).failed_clips == 0
    started = [e["stage"] for e in film.events() if e.get("status") == "started"]
    assert started[:5] == ["analysis", "plan", "references", "prompts", "clips"]
    assert {*started[5:]} <= {"clips", "video"}  # what was done was not done again
    client.delete(job.job_id)
    assert names(job) == set()


def has_notebooks(disk: Path, job: Job) -> bool:
    return any((disk / job.job_id / "notebooks").glob("*.ipynb"))


def names(job: Job) -> set[str]:
    return {file.name for file in get_store().files(job.job_id)}


def filmed_on(disks: list[Path], job: Job) -> int:
    """Return on how many disks a crew has been at work."""
    return sum((disk / job.job_id / "logs" / "crew.log").is_file() for disk in disks)
