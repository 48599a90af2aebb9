"""While clips are filmed, each is named as it lands, whoever films it and wherever it is kept."""

from __future__ import annotations

from collections.abc import Set
from pathlib import Path
from typing import Any

import pytest

from mvkit import progress
from mvkit.chain import STAGES, stage_named
from mvkit.errors import GenerationFailed
from mvkit.files import write_whole
from mvkit.progress import Progress, RecordsOnDisk
from mvkit.run import Run
from mvkit.schema import Brief

from .film_makers import make_brief, make_clips, make_plan
from .process_watch import wait_for

CLIPS = stage_named("clips")
EDGES_S = (0.0, 4.0, 8.0, 12.0)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A run of three clips, planned."""
    monkeypatch.setattr(progress, "POLL_S", 0.01)
    folder = tmp_path / make_brief().job_id
    folder.mkdir()
    write_whole(folder / Brief.file_name(), make_brief().to_json())
    run = Run(folder)
    write_whole(run.path("plan.json"), make_plan(EDGES_S).to_json())
    return run


def film(run: Run, index: int, *, fails: bool = False) -> None:
    """Leave the record of a clip as whoever filmed it does."""
    plan = make_plan(EDGES_S)
    clip = make_clips(plan, failed=[index] if fails else []).clips[index]
    clip = clip.model_copy(update={"cost": 0.0 if fails else 0.12})
    write_whole(run.path(f"clips/{index:03d}.json"), clip.model_dump_json())


def named(run: Run) -> list[dict[str, Any]]:
    """Return what was told of clips, oldest first."""
    return [event["clip"] for event in run.events() if "clip" in event]


def test_a_clip_that_lands_is_named_at_once(run: Run) -> None:
    """With its status, its cost and where it is; the next events tell of the next."""
    with Progress(run, STAGES) as told:
        told.started(CLIPS)
        film(run, 1)
        wait_for(lambda: named(run), timeout_s=5.0)
        assert named(run) == [
            {
                "clip_index": 1,
                "take": 1,
                "status": "success",
                "model": "stamps",
                "cost": 0.12,
                "error": "",
                "video": "clips/001.mp4",
                "poster": "clips/001.jpg",
            }
        ]
        assert run.events()[-1]["progress"] == 55.0
        wait_for(lambda: run.told_status.clips_done == 1, timeout_s=5.0)
        film(run, 0)
        wait_for(lambda: len(named(run)) == 2, timeout_s=5.0)
        assert named(run)[1]["clip_index"] == 0


def test_a_clip_that_failed_says_why(run: Run) -> None:
    with Progress(run, STAGES) as told:
        told.started(CLIPS)
        film(run, 2, fails=True)
        wait_for(lambda: named(run), timeout_s=5.0)
    [clip] = named(run)
    assert (clip["status"], clip["video"], clip["poster"]) == ("failed", "", "")
    assert clip["error"] == "the model refused"


def test_what_lands_just_before_the_end_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last clip ends the stage."""
    monkeypatch.setattr(progress, "POLL_S", 60.0)
    with Progress(run, STAGES) as told:
        told.started(CLIPS)
        for index in range(3):
            film(run, index)
        told.finished(CLIPS)
    assert [clip["clip_index"] for clip in named(run)] == [0, 1, 2]
    assert run.told_status.clips_done == 3
    assert run.told_status.progress == 85.0


def test_kept_clips_are_not_named_again(run: Run) -> None:
    """An attempt that goes on names what nobody told of, and what is filmed anew."""
    with Progress(run, STAGES) as told:
        told.started(CLIPS)
        film(run, 0)
        wait_for(lambda: named(run), timeout_s=5.0)
    film(run, 1)  # and whoever followed has died
    with Progress(run, STAGES) as told:
        told.started(CLIPS)
        wait_for(lambda: run.told_status.clips_done == 2, timeout_s=5.0)
        (run.folder / "clips/000.json").unlink()
        wait_for(lambda: run.told_status.clips_done == 1, timeout_s=5.0)
        film(run, 0)
        wait_for(lambda: len(named(run)) == 3, timeout_s=5.0)
    assert [clip["clip_index"] for clip in named(run)] == [0, 1, 0]


class Shelf:
    """Records that are kept elsewhere, and do not come for as long as it is silent."""

    def __init__(self, folder: Path) -> None:
        self.reads: list[str] = []
        self.silent = True
        self._kept = RecordsOnDisk(folder)

    def found(self, names: Set[str]) -> Set[str]:
        if self.silent:
            raise GenerationFailed("No answer.", reason="STORE")
        return self._kept.found(names)

    def read(self, name: str) -> bytes:
        self.reads.append(name)
        return self._kept.read(name)


def test_each_record_is_read_once_wherever_it_is_kept(run: Run) -> None:
    """A store that does not answer for a moment is asked again."""
    shelf = Shelf(run.folder)
    with Progress(run, STAGES, records=shelf) as told:
        told.started(CLIPS)
        film(run, 0)
        shelf.silent = False
        wait_for(lambda: run.told_status.clips_done == 1, timeout_s=5.0)
        film(run, 1)
        wait_for(lambda: run.told_status.clips_done == 2, timeout_s=5.0)
    assert shelf.reads == ["clips/000.json", "clips/001.json"]


def test_a_record_that_cannot_be_read_counts_and_is_named_once_it_can(run: Run) -> None:
    """One of an older version is replaced before long."""
    run.path("clips/000.json").write_text("{}")
    with Progress(run, STAGES) as told:
        told.started(CLIPS)
        wait_for(lambda: run.told_status.clips_done == 1, timeout_s=5.0)
        assert named(run) == []
        film(run, 0)
        wait_for(lambda: named(run), timeout_s=5.0)
