"""The index is rebuilt from the run folders and never the only copy of anything."""

from __future__ import annotations

import time
from decimal import Decimal
from pathlib import Path

from mvkit import ledger
from mvkit.index import list_runs, rebuild
from mvkit.run import Run, draft_brief
from mvkit.schema import Artefact, Clips

PROMPT = "A lone figure walks through neon-lit streets in the rain and finds a stage."


def new_run(tmp_path: Path, *, seed: int, title: str = "") -> Run:
    song = tmp_path / "song.wav"
    song.write_bytes(b"RIFF")
    brief = draft_brief(song=song, kind="wav", prompt=PROMPT, seed=seed, title=title)
    return Run.create(brief, song=song)


def test_a_finished_run_is_listed_with_its_times_and_costs(
    tmp_path: Path, examples: dict[str, Artefact]
) -> None:
    run = new_run(tmp_path, seed=1, title="Robert'); DROP TABLE runs;--")
    for artefact in list(examples.values())[1:]:
        run.write(artefact.model_copy(update={"job_id": run.job_id}))
    run.path("video.mp4").write_bytes(b"a film")
    run.tell("stage_update", stage="clips", status="finished", duration=12.5)
    run.tell("stage_update", stage="video", status="finished", duration=2.5)
    dear = run.read(Clips)
    ledger.book(
        run,
        dear.model_copy(
            update={"clips": tuple(clip.model_copy(update={"cost": 0.1}) for clip in dear.clips)}
        ),
    )
    (row,) = list_runs()
    assert (row.title, row.bpm, row.n_clips, row.n_cuts) == (
        "Robert'); DROP TABLE runs;--",
        120.0,
        3,
        4,
    )
    assert row.worked_s == 15.0
    assert row.cost_usd == Decimal("0.3")
    assert row.film.endswith("video.mp4")


def test_an_unfinished_run_is_listed_too_and_newest_comes_first(tmp_path: Path) -> None:
    new_run(tmp_path, seed=1, title="old")
    time.sleep(0.02)
    new_run(tmp_path, seed=2, title="new")
    assert [(row.title, row.film) for row in list_runs()] == [("new", ""), ("old", "")]


def test_the_index_may_be_deleted_or_damaged_at_any_time(tmp_path: Path) -> None:
    new_run(tmp_path, seed=1)
    path = rebuild()
    path.unlink()
    assert len(list_runs()) == 1
    path.write_bytes(b"not a database")
    assert len(list_runs()) == 1


def test_one_damaged_run_hides_no_other(tmp_path: Path) -> None:
    new_run(tmp_path, seed=1, title="whole")
    damaged = new_run(tmp_path, seed=2)
    (damaged.folder / "plan.json").write_text("{")
    assert {row.state for row in list_runs()} == {"waiting", "damaged"}


def test_without_runs_the_list_is_empty() -> None:
    assert list_runs() == []
