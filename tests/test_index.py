"""The index says what the run folders say, whatever happens to it, and is never the only copy."""

from __future__ import annotations

import json
import logging
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

import duckdb
import pytest

from mvkit import index, ledger
from mvkit.errors import GenerationFailed, InvalidInput, MvkitError, TimedOut
from mvkit.index import asking, list_runs, query, rebuild, refresh, scan, upkeep
from mvkit.index.file import IndexFile
from mvkit.index.tables import TABLES
from mvkit.run import Run, State, Status, draft_brief
from mvkit.schema import Artefact, Clips

from .conftest import ROOT

PROMPT = "A lone figure walks through neon-lit streets in the rain and finds a stage."


def new_run(tmp_path: Path, *, seed: int = 1, title: str = "") -> Run:
    song = tmp_path / "song.wav"
    song.write_bytes(b"RIFF")
    brief = draft_brief(song=song, kind="wav", prompt=PROMPT, seed=seed, title=title)
    return Run.create(brief, song=song)


def full_run(tmp_path: Path, examples: dict[str, Artefact], *, title: str = "") -> Run:
    """Make a run with all artefacts of the docs, its film, events and ledger."""
    run = new_run(tmp_path, title=title)
    for artefact in list(examples.values())[1:]:
        run.write(artefact.model_copy(update={"job_id": run.job_id}))
    run.path("video.mp4").write_bytes(b"a film")
    run.tell("stage_update", stage="clips", status="started")
    run.tell("stage_update", stage="clips", status="finished", duration=12.5)
    dear = run.read(Clips)
    priced = tuple(clip.model_copy(update={"cost": 0.1}) for clip in dear.clips)
    ledger.book(run, dear.model_copy(update={"clips": priced}))
    run.set_status(Status(job_id=run.job_id, state="finished", stage="video", updated_at=1.0))
    return run


def end(run: Run, state: State) -> None:
    run.set_status(Status(job_id=run.job_id, state=state, updated_at=time.time()))


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """Return all rows of all tables in a fixed order."""
    with IndexFile(refresh().parent).opened() as con:
        return {
            name: con.execute(f"FROM {name} ORDER BY ALL").fetchall()
            for name in (*TABLES, "models")
        }


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have files count as settled at once, so that tests need not wait."""
    monkeypatch.setattr(scan, "SETTLED_AFTER_S", 0.0)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch, settled: None) -> Iterator[list[str]]:
    """Note which runs are read."""
    ids: list[str] = []
    really = upkeep.read_run

    def noting(folder: Path) -> Any:
        ids.append(folder.name)
        return really(folder)

    monkeypatch.setattr(upkeep, "read_run", noting)
    return ids


# What is listed


def test_a_finished_run_is_listed_with_its_times_and_costs(
    tmp_path: Path, examples: dict[str, Artefact]
) -> None:
    title = "Robert'); DROP TABLE runs;--"
    run = full_run(tmp_path, examples, title=title)
    run.tell("stage_update", stage="video", status="finished", duration=2.5)
    (row,) = list_runs()
    assert (row.job_id, row.title, row.prompt) == (run.job_id, title, PROMPT)
    assert (row.state, row.stage, row.reason) == ("finished", "video", "")
    assert (row.aspect, row.seed, row.image, row.video) == ("16:9", 1, "studio", "studio")
    assert (row.bpm, row.song_s, row.n_sections) == (120.0, 12.0, 3)
    assert (row.genre, row.n_clips) == ("pop", 3)
    assert (row.n_cuts, row.n_on_beat, row.n_warnings) == (4, 4, 0)
    assert row.worked_s == 15.0
    assert row.cost_usd == Decimal("0.3")
    assert row.film == str(run.folder / "video.mp4")


def test_an_unfinished_run_is_listed_too_and_newest_comes_first(tmp_path: Path) -> None:
    new_run(tmp_path, title="old")
    time.sleep(0.02)
    new_run(tmp_path, title="new")
    assert [(row.title, row.film, row.bpm) for row in list_runs()] == [
        ("new", "", None),
        ("old", "", None),
    ]
    assert [row.title for row in list_runs(limit=1)] == ["new"]


def test_without_runs_the_list_is_empty() -> None:
    assert list_runs() == []
    assert query("SELECT count(*) FROM models").rows == [(0,)]


def test_what_is_no_run_of_ours_is_passed_over(tmp_path: Path, runs_dir: Path) -> None:
    run = new_run(tmp_path)
    (runs_dir / "00000000-0000-4000-8000-000000000000").symlink_to(run.folder)
    shutil.copytree(run.folder, runs_dir / "holidays")
    (runs_dir / "11111111-0000-4000-8000-000000000000").mkdir()
    assert [row.job_id for row in list_runs()] == [run.job_id]


@pytest.mark.parametrize("state", get_args(State))
def test_the_state_is_the_one_that_the_run_tells(tmp_path: Path, state: State) -> None:
    run = new_run(tmp_path)
    end(run, state)
    assert list_runs()[0].state == run.status.state


def test_why_a_run_failed_is_listed(tmp_path: Path) -> None:
    run = new_run(tmp_path)
    error = GenerationFailed("Only 1 of 9 clips came.", reason="TOO_FEW_CLIPS").as_dict()
    run.set_status(
        Status(job_id=run.job_id, state="failed", stage="clips", updated_at=1.0, error=error)
    )
    row = list_runs()[0]
    assert (row.stage, row.reason, row.error) == (
        "clips",
        "TOO_FEW_CLIPS",
        "Only 1 of 9 clips came.",
    )


def test_each_time_a_stage_was_begun_is_a_row(tmp_path: Path) -> None:
    """A stage may be cut off, fail, succeed and be at work, in this order."""
    run = new_run(tmp_path)
    run.tell("stage_update", stage="analysis", status="started")
    run.tell("stage_update", stage="analysis", status="started")
    run.tell("error", stage="analysis", code="GENERATION_ERROR", reason="SILENT")
    run.tell("error", stage="plan", code="CANCELLED", reason="CANCELLED")  # it was never begun
    run.tell("stage_update", stage="analysis", status="started")
    run.tell("stage_update", stage="analysis", status="finished", duration=3.25)
    run.tell("stage_update", stage="analysis", status="kept")
    run.tell("stage_update", stage="plan", status="started")
    with run.working():
        end(run, "running")
        told = query("SELECT stage, attempt, status, reason FROM stages ORDER BY stage, attempt")
    assert told.columns == ("stage", "attempt", "status", "reason")
    assert told.rows == [
        ("analysis", 1, "stopped", ""),
        ("analysis", 2, "failed", "SILENT"),
        ("analysis", 3, "finished", ""),
        ("plan", 1, "running", ""),
    ]
    took = query("SELECT duration_s FROM stages ORDER BY stage, attempt").rows
    assert [duration_s for (duration_s,) in took] == [None, pytest.approx(0.0, abs=1), 3.25, None]
    end(run, "failed")
    assert query("SELECT status FROM stages WHERE stage = 'plan'").rows == [("stopped",)]


def test_clips_are_listed_with_their_place_in_the_film(
    tmp_path: Path, examples: dict[str, Artefact]
) -> None:
    full_run(tmp_path, examples)
    fields = "clip, section, scene, world, model, n_frames, generation_s, retries, status"
    assert query(f"SELECT {fields} FROM clips ORDER BY clip").rows == [
        (0, "intro", "city_street", "neon_city", "studio", 128, 2.4, 0, "success"),
        (1, "verse", "city_street", "neon_city", "studio", 128, 2.4, 0, "success"),
        (2, "chorus", "stage", "concert_stage", "studio", 120, 2.4, 0, "success"),
    ]


def test_the_lines_of_an_order_are_one_cost_and_all_costs_are_what_the_ledger_says(
    tmp_path: Path, examples: dict[str, Artefact]
) -> None:
    run = full_run(tmp_path, examples)
    order = {"stage": "clips", "item": "clips/000.mp4", "model": "dear", "entry": "e1"}
    lines = [
        order | {"time": 10.0, "cost_usd": "0.500000", "state": "lost", "provider_id": ""},
        order | {"time": 20.0, "cost_usd": "-0.380001", "state": "settled", "provider_id": "p7"},
        {"item": "gift"},  # tells little, and is no damage
    ]
    with (run.folder / "ledger.jsonl").open("a") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)
        file.write('{"time": 30.0, "cost_usd": "9')  # cut off by a crash
    found = query("SELECT cost_usd, state, provider_id, booked_at FROM costs WHERE model = 'dear'")
    assert found.rows == [(Decimal("0.119999"), "settled", "p7", datetime.fromtimestamp(10.0))]
    assert list_runs()[0].cost_usd == Decimal("0.419999")
    assert list_runs()[0].state == "finished"
    (run.folder / "ledger.jsonl").unlink()
    ledger.book(run, run.read(Clips))
    assert list_runs()[0].cost_usd == ledger.total_usd(run)


def test_models_are_summed_up(tmp_path: Path, examples: dict[str, Artefact]) -> None:
    """Clips that failed count as such, and their time does not."""
    run = full_run(tmp_path, examples)
    clips = json.loads((run.folder / "clips.json").read_text())
    clips["clips"][0] |= {"status": "failed", "generation_time": 99.0, "retry_count": 2}
    (run.folder / "clips.json").write_text(json.dumps(clips))
    ledger_line = {"stage": "references", "item": "a.png", "model": "painter", "cost_usd": "0.04"}
    with (run.folder / "ledger.jsonl").open("a") as file:
        file.write(json.dumps(ledger_line) + "\n")
    found = query("FROM models ORDER BY model")
    rows = [dict(zip(found.columns, row, strict=True)) for row in found.rows]
    assert rows[0] == {
        "model": "painter",
        "n_clips": 0,
        "n_failed": 0,
        "n_retries": 0,
        "mean_generation_s": None,
        "n_costs": 1,
        "cost_usd": Decimal("0.04"),
    }
    assert rows[1]["model"] == "studio"
    assert (rows[1]["n_clips"], rows[1]["n_failed"], rows[1]["n_retries"]) == (3, 1, 2)
    assert rows[1]["mean_generation_s"] == pytest.approx(2.4)
    assert (rows[1]["n_costs"], rows[1]["cost_usd"]) == (3, Decimal("0.3"))


def test_times_are_in_the_time_of_this_machine_and_can_be_reckoned_with(tmp_path: Path) -> None:
    run = new_run(tmp_path)
    run.tell("stage_update", stage="plan", status="started")
    (row,) = list_runs()
    assert row.created_at == datetime.fromtimestamp(run.created_at_s)
    recent = "created_at > now()::TIMESTAMP - INTERVAL 1 HOUR AND created_at <= now()::TIMESTAMP"
    assert query(f"SELECT job_id FROM runs WHERE {recent}").rows == [(run.job_id,)]
    (started_at,) = query("SELECT started_at FROM stages").rows[0]
    assert abs((started_at - datetime.now()).total_seconds()) < 60


def test_columns_are_typed() -> None:
    kinds = {name: kind for name, kind, *_ in query("DESCRIBE runs").rows}
    assert kinds["created_at"] == "TIMESTAMP"
    assert kinds["cost_usd"] == "DECIMAL(18,6)"
    assert (kinds["bpm"], kinds["n_clips"], kinds["title"]) == ("DOUBLE", "INTEGER", "VARCHAR")


@pytest.mark.parametrize("table", ["runs", "stages", "clips", "costs", "models"])
def test_every_column_is_explained_where_users_look(table: str) -> None:
    text = index.__doc__ or ""
    told = text[text.index(f"``{table}``") :].split("\n\n``")[0]
    columns = {name for name, *_ in query(f"DESCRIBE {table}").rows}
    first_words = re.findall(r"^(\w+(?:, \w+)*)  ", told, re.MULTILINE)
    assert {name for words in first_words for name in words.split(", ")} == columns


# Keeping up with the folders


def test_only_runs_whose_files_changed_are_read_again(tmp_path: Path, read: list[str]) -> None:
    runs = [new_run(tmp_path, seed=seed) for seed in range(3)]
    refresh()
    assert sorted(read) == sorted(run.job_id for run in runs)
    read.clear()
    refresh()
    assert read == []
    end(runs[1], "failed")
    assert {row.state for row in list_runs()} == {"waiting", "failed"}
    assert read == [runs[1].job_id]


@pytest.mark.parametrize(
    "name", ["brief.json", "analysis.json", "plan.json", "clips.json", "video.json", "status.json"]
)
def test_a_change_that_keeps_size_and_modification_time_is_noticed(
    tmp_path: Path, examples: dict[str, Artefact], settled: None, name: str
) -> None:
    path = full_run(tmp_path, examples).folder / name
    refresh()
    before = path.stat()
    path.write_bytes(b"?" * before.st_size)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    (row,) = list_runs()
    assert (row.state, row.reason) == ("damaged", "DAMAGED")
    assert name in row.error


def test_a_run_changed_a_moment_ago_is_read_until_it_has_settled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, read: list[str]
) -> None:
    """A second change within one step of the file system's clock would look like none."""
    new_run(tmp_path)
    monkeypatch.setattr(scan, "SETTLED_AFTER_S", 60.0)
    refresh()
    refresh()
    assert len(read) == 2
    monkeypatch.setattr(scan, "SETTLED_AFTER_S", 0.0)
    refresh()
    refresh()
    assert len(read) == 3


def test_the_rows_of_a_vanished_run_go(
    tmp_path: Path, examples: dict[str, Artefact], settled: None
) -> None:
    gone = full_run(tmp_path, examples, title="gone")
    stays = full_run(tmp_path, examples, title="stays")
    assert len(list_runs()) == 2
    shutil.rmtree(gone.folder)
    assert [row.title for row in list_runs()] == ["stays"]
    of_runs = [table for table, row in TABLES.items() if "job_id" in row._fields]
    assert len(of_runs) == 5
    for table in of_runs:
        assert query(f"SELECT DISTINCT job_id FROM {table}").rows == [(stays.job_id,)]


def test_a_film_that_was_removed_is_no_longer_listed(
    tmp_path: Path, examples: dict[str, Artefact], settled: None
) -> None:
    run = full_run(tmp_path, examples)
    assert list_runs()[0].film
    (run.folder / "video.mp4").unlink()
    assert list_runs()[0].film == ""


def test_a_run_whose_worker_was_killed_is_stopped_though_no_file_tells(
    tmp_path: Path, read: list[str]
) -> None:
    run = new_run(tmp_path)
    with run.working():
        end(run, "running")
        assert list_runs()[0].state == "running"
        refresh()
        assert len(read) == 1
    assert list_runs()[0].state == "stopped"
    refresh()
    assert len(read) == 2


def test_only_runs_that_say_they_are_running_are_asked_for_their_worker(tmp_path: Path) -> None:
    run = new_run(tmp_path)
    end(run, "finished")
    list_runs()
    assert not (run.folder / ".lock").exists()


def test_a_moved_runs_folder_needs_no_new_index(
    tmp_path: Path,
    examples: dict[str, Artefact],
    read: list[str],
    runs_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    full_run(tmp_path, examples)
    refresh()
    runs_dir.rename(tmp_path / "elsewhere")
    monkeypatch.setattr(
        asking, "refresh", lambda: IndexFile((tmp_path / "elsewhere").resolve()).path
    )
    assert Path(list_runs()[0].film).is_file()


def test_a_refreshed_index_says_what_a_rebuilt_one_says(
    tmp_path: Path, examples: dict[str, Artefact], settled: None
) -> None:
    runs = [full_run(tmp_path, examples, title=str(number)) for number in range(4)]
    refresh()
    runs[0].tell("stage_update", stage="video", status="started")
    shutil.rmtree(runs[1].folder)
    (runs[2].folder / "plan.json").unlink()
    new_run(tmp_path, title="new")
    refreshed = everything()
    rebuild()
    assert everything() == refreshed
    assert len(refreshed["runs"]) == 4


# Damaged runs


def test_one_damaged_run_hides_no_other(tmp_path: Path) -> None:
    new_run(tmp_path, title="whole")
    damaged = new_run(tmp_path, title="broken")
    (damaged.folder / "plan.json").write_text("{")
    assert {(row.title, row.state) for row in list_runs()} == {
        ("whole", "waiting"),
        ("broken", "damaged"),
    }


def test_what_a_damaged_run_has_cost_still_counts(
    tmp_path: Path, examples: dict[str, Artefact]
) -> None:
    run = full_run(tmp_path, examples)
    for name in ("brief", "analysis", "plan", "clips", "video", "status"):
        (run.folder / f"{name}.json").write_bytes(b"\x00\xff")
    (row,) = list_runs()
    assert (row.state, row.title, row.cost_usd) == ("damaged", "", Decimal("0.3"))
    assert all(f"{name}.json" in row.error for name in ("brief", "clips", "status"))


HOSTILE = {
    "nothing": b"",
    "no object": b"[1, 2]",
    "deep": b'{"a":' + b"[" * 100_000,
    "not text": b"\xff\xfe\x00",
    "half a sign": b'{"state": "\\ud800"}',
    "a huge number": b'{"state": "x", "prompt": "y", "seed": 99999999999999999999}',
    "no number": b'{"prompt": "y", "bpm": NaN, "duration": 1e999, "song_structure": []}',
    "no film of ours": b'{"video_url": "../../etc/passwd", "cuts": []}',
    "a date in the far future": b'{"time": 1e300, "event": "stage_update"}',
    "no amount": b'{"cost_usd": "NaN"}',
    "a huge amount": b'{"cost_usd": "1e30", "time": 1.0}',
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_no_content_of_a_file_breaks_the_index(
    tmp_path: Path, examples: dict[str, Artefact], content: bytes
) -> None:
    """A run for each of its files, which is replaced; all are listed, and so is their neighbour."""
    neighbour = full_run(tmp_path, examples, title="neighbour")
    (expected,) = list_runs()
    victims = {}
    for name in scan.FILES:
        job_id = f"{len(victims):08x}-0000-4000-8000-000000000000"
        folder = shutil.copytree(neighbour.folder, neighbour.folder.with_name(job_id))
        (folder / name).write_bytes(content)
        victims[name] = job_id
    rows = {row.job_id: row for row in list_runs()}
    assert rows[expected.job_id] == expected
    assert rows.keys() == {expected.job_id, *victims.values()}
    for name in ("analysis.json", "plan.json", "clips.json", "video.json"):
        assert (rows[victims[name]].state, rows[victims[name]].reason) == ("damaged", "DAMAGED")
        assert name in rows[victims[name]].error


def test_a_file_that_cannot_be_opened_is_damage(tmp_path: Path) -> None:
    run = new_run(tmp_path)
    (run.folder / "plan.json").mkdir()
    assert "plan.json" in list_runs()[0].error


def test_text_is_kept_as_it_is(tmp_path: Path) -> None:
    title = "a\x00b \u2028 \U0001f3ac '; DROP TABLE runs; --"
    new_run(tmp_path, title=title)
    assert list_runs()[0].title == title


# A damaged index


def cut_in_half(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def cut_off_the_end(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 1)


def empty(path: Path) -> None:
    os.truncate(path, 0)


def overwrite(path: Path) -> None:
    path.write_bytes(b"not a database" * 10_000)


def flip_a_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def remove(path: Path) -> None:
    path.unlink()


def delete_a_row(path: Path) -> None:
    with duckdb.connect(str(path)) as con:
        con.execute("DELETE FROM clips WHERE clip = 1")


def leave_a_log(path: Path) -> None:
    """Delete a row as a program does that is killed before its checkpoint."""
    code = (
        "import duckdb, os, signal, sys; con = duckdb.connect(sys.argv[1]); "
        "con.execute('SET checkpoint_threshold = \\'1GB\\''); "
        "con.execute('DELETE FROM clips WHERE clip = 1'); os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", code, str(path)], check=False)
    assert path.with_name(f"{path.name}.wal").exists()


def make_an_old_one(path: Path) -> None:
    """Make what an earlier version of the index was."""
    path.unlink()
    with duckdb.connect(str(path)) as con:
        con.execute("CREATE TABLE runs (job_id VARCHAR, created_at TIMESTAMP)")


def lose_the_seal(path: Path) -> None:
    path.with_suffix(".lock").write_bytes(b"\xff\x00 nonsense")


DAMAGES = [
    *(cut_in_half, cut_off_the_end, empty, overwrite, flip_a_bit, remove),
    *(delete_a_row, leave_a_log, make_an_old_one, lose_the_seal),
]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_index_is_made_anew_and_says_so(
    tmp_path: Path,
    examples: dict[str, Artefact],
    settled: None,
    caplog: pytest.LogCaptureFixture,
    damage: Callable[[Path], None],
) -> None:
    """Never are wrong rows shown: the folders have not changed, so only the file can tell."""
    for number in range(3):
        full_run(tmp_path, examples, title=str(number))
    expected = everything()
    path = refresh()
    before = path.stat()
    damage(path)
    if path.exists():
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert everything() == expected
    (told,) = caplog.records
    assert (told.name, told.levelno) == ("mvkit.index", logging.WARNING)
    assert "made anew from 3 run folders" in told.getMessage()
    assert everything() == expected
    assert len(caplog.records) == 1


def test_the_first_index_is_nothing_to_speak_of(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    new_run(tmp_path)
    assert len(list_runs()) == 1
    rebuild()
    assert not caplog.records


def test_an_index_made_by_another_version_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, read: list[str]
) -> None:
    new_run(tmp_path)
    refresh()
    monkeypatch.setattr("mvkit.index.file.FORMAT", b"another")
    refresh()
    refresh()
    assert len(read) == 2


def test_an_index_held_by_another_program_is_told_in_a_sentence(tmp_path: Path) -> None:
    new_run(tmp_path)
    code = (
        "import duckdb, sys; con = duckdb.connect(sys.argv[1]); print('held', flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(refresh())], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(GenerationFailed, match="Close other programs"):
            list_runs()
        other.communicate(b"\n")
    assert len(list_runs()) == 1


# Several processes


def elsewhere(code: str) -> subprocess.Popen[bytes]:
    """Run code in another process that sees the same runs."""
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", code], cwd=ROOT, stderr=subprocess.PIPE
    )


KILLS = {
    "while reading": "from mvkit.index import upkeep as home; name = 'read_run'",
    "while filling": "from mvkit.index.tables import Tables as home; name = 'insert'",
    "before sealing": "from mvkit.index.file import IndexFile as home; name = '_put_in_place'",
    "while sealing": "import os as home; name = 'fsync'",
    "before the rename": "from pathlib import Path as home; name = 'replace'",
}
KILLED = """
import os, signal
from mvkit import index
{place}
setattr(home, name, lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
index.{work}()
"""


@pytest.mark.parametrize("work", ["refresh", "rebuild"])
@pytest.mark.parametrize("place", KILLS.values(), ids=KILLS)
def test_a_kill_while_the_index_is_written_leaves_a_good_one(
    tmp_path: Path,
    examples: dict[str, Artefact],
    caplog: pytest.LogCaptureFixture,
    place: str,
    work: str,
) -> None:
    run = full_run(tmp_path, examples)
    path = refresh()
    run.tell("stage_update", stage="video", status="started")
    killed = elsewhere(KILLED.format(place=place, work=work))
    killed.communicate()
    assert killed.returncode == -signal.SIGKILL
    assert IndexFile(path.parent).is_whole()
    assert query("SELECT count(*) FROM stages").rows == [(2,)]
    assert not caplog.records
    assert sorted(path.parent.glob("index*")) == [path, path.with_suffix(".lock")]


def test_kills_at_random_moments_leave_a_good_index(
    tmp_path: Path, examples: dict[str, Artefact], settled: None
) -> None:
    runs = [full_run(tmp_path, examples, title=str(number)) for number in range(10)]
    chance = random.Random(1)
    refresh()
    code = "from mvkit import index\nprint('ready', flush=True)\nwhile True: index.rebuild()"
    for number in range(5):
        runs[number].tell("stage_update", stage="video", status="started")
        with subprocess.Popen(
            [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE
        ) as process:
            assert process.stdout
            process.stdout.readline()
            time.sleep(chance.uniform(0.0, 0.2))
            process.kill()
        assert IndexFile(runs[0].folder.parent).is_whole()
        refreshed = everything()
        assert len(refreshed["stages"]) == 10 + number + 1
        rebuild()
        assert everything() == refreshed


def test_many_may_refresh_and_read_at_the_same_time(
    tmp_path: Path, examples: dict[str, Artefact]
) -> None:
    """Each always sees every run that was there when it asked, and no run twice."""
    for number in range(3):
        full_run(tmp_path, examples, title=str(number))
    code = """
from mvkit.index import list_runs, query, rebuild
from mvkit.run import all_runs
for round in range(6):
    there = {{run.job_id for run in all_runs()}}
    listed = [row.job_id for row in list_runs()]
    assert len(listed) == len(set(listed)), listed
    assert there <= set(listed), (there, listed)
    (n_clips, n_runs), = query("SELECT (SELECT count(*) FROM clips), count(*) FROM runs").rows
    assert n_clips == 9, n_clips
    if {writes} and round % 2: rebuild()
"""
    others = [elsewhere(code.format(writes=writes)) for writes in (False, False, True)]
    for number in range(10):
        run = new_run(tmp_path, title=f"new {number}")
        end(run, "failed")
        assert run.job_id in {row.job_id for row in list_runs()}
    for other in others:
        _, complaint = other.communicate()
        assert other.returncode == 0, complaint.decode()
    assert len(list_runs()) == 13


def test_threads_of_one_process_each_see_what_was_there_when_they_asked(
    tmp_path: Path, examples: dict[str, Artefact]
) -> None:
    """As in a web server: one reads the old file still while another has the new one."""
    full_run(tmp_path, examples)

    def use(number: int) -> None:
        run = new_run(tmp_path / str(number))
        for state in ("queued", "failed"):
            end(run, state)
            assert {row.job_id: row.state for row in list_runs()}[run.job_id] == state
        assert query(f"SELECT state FROM runs WHERE job_id = '{run.job_id}'").rows == [("failed",)]

    for number in range(8):
        (tmp_path / str(number)).mkdir()
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(use, range(8))) == [None] * 8
    assert len(list_runs()) == 9


def test_who_finds_nothing_changed_waits_for_no_writer(tmp_path: Path, settled: None) -> None:
    new_run(tmp_path)
    path = refresh()
    with IndexFile(path.parent).alone():  # would wait for ever
        assert len(list_runs()) == 1
        assert query("SELECT count(*) FROM runs").rows == [(1,)]


def test_an_index_that_cannot_be_written_says_why_and_stays(
    tmp_path: Path, examples: dict[str, Artefact]
) -> None:
    """A disk that is full, as a limit on the size of a file."""
    run = full_run(tmp_path, examples)
    path = refresh()
    run.tell("stage_update", stage="video", status="started")
    code = """
import resource, signal
from mvkit import index
from mvkit.errors import GenerationFailed
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))
for work in (index.refresh, index.rebuild):
    try:
        work()
    except GenerationFailed as error:
        assert "Make room" in error.message, error
    else:
        raise SystemExit("it was written")
"""
    process = elsewhere(code)
    _, complaint = process.communicate()
    assert process.returncode == 0, complaint.decode()
    assert IndexFile(path.parent).is_whole()
    assert not path.with_suffix(".new").exists()
    assert query("SELECT count(*) FROM stages").rows == [(2,)]


# Asking


def test_a_query_answers_with_columns_and_rows(tmp_path: Path) -> None:
    new_run(tmp_path, title="one")
    answer = query("SELECT title, count(*) AS n FROM runs GROUP BY title;")
    assert (answer.columns, answer.rows) == (("title", "n"), [("one", 1)])
    assert query("SELECT 1 WHERE false").rows == []


def test_parameters_are_handed_over_beside_the_statement(tmp_path: Path) -> None:
    """What a person wrote is compared with, never read as SQL."""
    title = "x' OR 'a' = 'a"
    run, _other = new_run(tmp_path, title=title), new_run(tmp_path, seed=2, title="other")
    titled = "SELECT job_id FROM runs WHERE title = $title"
    assert query(titled, parameters={"title": title}).rows == [(run.job_id,)]
    chosen = "SELECT count(*) FROM runs WHERE job_id IN (SELECT unnest($ids::VARCHAR[]))"
    assert query(chosen, parameters={"ids": [run.job_id, "'); DROP TABLE runs;--"]}).rows == [(1,)]
    assert query(chosen, parameters={"ids": []}).rows == [(0,)]


@pytest.mark.parametrize("parameters", [None, {}, {"n": 1, "more": 2}, {"m": 1}, {"n": object()}])
def test_parameters_that_do_not_fit_are_told_in_a_sentence(
    parameters: dict[str, object] | None,
) -> None:
    with pytest.raises(InvalidInput) as caught:
        query("SELECT $n::INTEGER", parameters=parameters)
    assert caught.value.reason == "SQL"


@pytest.mark.parametrize("sql", ["FROM runs", "DESCRIBE clips", "SHOW TABLES", "EXPLAIN SELECT 1"])
def test_there_are_several_ways_to_ask(sql: str) -> None:
    assert query(sql).columns


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("SELEKT 1", "syntax error"),
        ("SELECT titel FROM runs", "title"),
        ("SELECT * FROM films_of_mine", "does not exist"),
        ("SELECT now()", r"now\(\)\)::TIMESTAMP"),
        ("", "found none"),
        ("-- nothing", "found none"),
        ("SELECT 1; SELECT 2", "found SELECT, SELECT"),
        ("SELECT $1", "(?i)param"),
        ("SELECT 'x'::INTEGER", "Conversion"),
        ("FROM range(200000)", "LIMIT"),
    ],
)
def test_a_wrong_query_is_told_in_a_sentence(sql: str, told: str) -> None:
    with pytest.raises(InvalidInput, match=told) as caught:
        query(sql)
    assert caught.value.reason == "SQL"


def test_a_query_may_not_take_for_ever() -> None:
    started_s = time.monotonic()
    with pytest.raises(TimedOut, match=r"longer than 0\.3 s"):
        query("SELECT count(*) FROM range(1000000000000) a, range(1000) b", timeout_s=0.3)
    assert time.monotonic() - started_s < 10


WRITES = [
    "DELETE FROM runs",
    "DROP TABLE runs",
    "UPDATE runs SET title = 'mine'",
    "INSERT INTO signatures VALUES ('a', 'b')",
    "CREATE TABLE mine (x INTEGER)",
    "CREATE TEMP TABLE mine (x INTEGER)",
    "ALTER TABLE runs DROP COLUMN title",
    "VACUUM",
    "CHECKPOINT",
    "BEGIN",
    "SELECT 1; DROP TABLE runs",
]


@pytest.mark.parametrize("sql", WRITES)
def test_a_statement_that_writes_is_refused(tmp_path: Path, sql: str) -> None:
    new_run(tmp_path, title="here")
    with pytest.raises(InvalidInput, match="can only be asked"):
        query(sql)
    assert [row.title for row in list_runs()] == ["here"]


OUTSIDE = [
    "SELECT * FROM read_csv('{secret}')",
    "SELECT * FROM read_csv_auto('{secret}', header = false)",
    "SELECT * FROM read_text('{secret}')",
    "SELECT * FROM read_blob('{secret}')",
    "SELECT * FROM read_json('{secret}')",
    "SELECT * FROM read_parquet('{secret}')",
    "SELECT * FROM sniff_csv('{secret}')",
    "SELECT * FROM '{secret}'",
    "SELECT * FROM query_table('{secret}')",
    "FROM query('FROM read_text(''{secret}'')')",
    "SELECT * FROM glob('{folder}/*')",
    "SELECT * FROM read_csv('https://example.com/x.csv')",
    "SELECT getenv('HOME')",
    "COPY runs TO '{folder}/out.csv'",
    "COPY (SELECT 1) TO '{folder}/out.parquet'",
    "EXPLAIN ANALYZE COPY (SELECT 1) TO '{folder}/out.csv'",
    "EXPLAIN ANALYZE DELETE FROM runs",
    "WITH gone AS (DELETE FROM runs RETURNING *) FROM gone",
    "EXPORT DATABASE '{folder}/out'",
    "IMPORT DATABASE '{folder}'",
    "ATTACH '{folder}/out.duckdb'",
    "ATTACH ':memory:' AS mine",
    "DETACH films",
    "USE memory",
    "INSTALL httpfs",
    "LOAD httpfs",
    "LOAD '{secret}'",
    "SET enable_external_access = true",
    "SET lock_configuration = false",
    "RESET enable_external_access",
    "PRAGMA enable_external_access = true",
    "SELECT set_config('enable_external_access', 'true', false)",
    "PRAGMA profiling_output = '{folder}/out.json'",
    "CALL enable_logging(storage = 'file', storage_config = {{'path': '{folder}/out'}})",
    "CREATE SECRET (TYPE s3)",
    "SELECT * FROM duckdb_secrets_of_mine",
    "FROM secret_frame",
    "FROM python_map_function((FROM runs))",
    "FROM pandas_scan(1)",
    "FROM arrow_scan(1, 1, 1)",
]


@pytest.mark.parametrize("sql", OUTSIDE)
def test_a_query_sees_nothing_but_the_index(tmp_path: Path, sql: str) -> None:
    """Neither files, nor settings, nor the network, nor variables of this program."""
    outside = tmp_path / "outside"
    outside.mkdir()
    secret = outside / "secret.csv"
    secret.write_text("password\nswordfish\n")
    secret_frame = {"password": ["swordfish"]}
    with pytest.raises(MvkitError) as caught:
        query(sql.format(secret=secret, folder=outside))
    assert isinstance(caught.value, InvalidInput)
    assert "swordfish" not in str(caught.value)
    assert list(outside.iterdir()) == [secret]
    assert secret_frame


def test_one_query_does_not_see_what_another_did() -> None:
    """Nothing of a connection outlives it, its settings least of all."""
    query("WITH x AS (SELECT 1 AS a) FROM x")
    assert query("SELECT current_setting('lock_configuration')").rows == [(True,)]
    assert query("SELECT current_setting('enable_external_access')").rows == [(False,)]
