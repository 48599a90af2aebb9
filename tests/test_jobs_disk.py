"""A disk that runs full: the job says so, nothing is torn, and it goes on when there is room."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from mvkit.database import FILE_NAME
from mvkit.jobs import client
from mvkit.jobs.table import find_job
from mvkit.schema import ARTEFACTS, Clips, Video
from mvkit.settings import get_settings

from .job_makers import Workers, run_of, submit, wait_until, workers
from .process_watch import wait_for
from .tiny_chain import gathering_notebooks, notebooks

__all__ = ["gathering_notebooks", "notebooks", "workers"]

DISK_MB = 64

pytestmark = pytest.mark.slow


@pytest.fixture
def small_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Mount a disk of a few megabytes where the runs are kept."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", str(disk)], capture_output=True
    )
    if mounted.returncode:
        assert not os.environ.get("CI"), "expected to be allowed to mount a small disk"
        pytest.skip("needs to mount a small disk, which only root may")
    monkeypatch.setenv("MVKIT_RUNS_DIR", str(disk / "runs"))
    get_settings.cache_clear()
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


@pytest.fixture(autouse=True)
def _filmed_clips(gathering_notebooks: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MVKIT_VIDEO", "studio:144")
    monkeypatch.setenv("MVKIT_MIN_FREE_MB", "12")
    get_settings.cache_clear()


@pytest.mark.parametrize("room_kb", [400, 0])
def test_a_job_on_a_full_disk_fails_clearly_and_goes_on_when_there_is_room(
    room_kb: int, small_disk: Path, tmp_path: Path
) -> None:
    workers = Workers(tmp_path / "workers.log")
    try:
        workers.start()
        job = submit(tmp_path)
        wait_for(lambda: run_of(job).told_status.stage == "references", timeout_s=60)
        filler = fill(small_disk, leaving_kb=room_kb)
        status = wait_until(job, "failed", timeout_s=90)
        assert status.error is not None
        assert status.error["reason"] == "DISK_FULL", status.error
        check_whole(job_folder=run_of(job).folder)
        filler.unlink()
        client.retry(job.job_id)
        assert wait_until(job, "finished", "failed").state == "finished"
        assert run_of(job).is_current(Video)
        assert run_of(job).read(Clips).failed_clips == 0
        assert find_job(job.job_id).attempt == 2
    finally:
        workers.end()


def fill(disk: Path, *, leaving_kb: int) -> Path:
    """Fill a disk but for some kilobytes; return the file that does."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            file.truncate(max(0, file.tell() - leaving_kb * 1024))
    return filler


def check_whole(job_folder: Path) -> None:
    """Check that no artefact is torn and that the database is sound."""
    for kind in ARTEFACTS:
        path = job_folder / kind.file_name()
        if path.is_file():
            kind.from_json(path.read_bytes())
    for record in job_folder.glob("clips/*.json"):
        json.loads(record.read_bytes())
    with closing(sqlite3.connect(job_folder.parent / FILE_NAME)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
