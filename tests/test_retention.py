"""What goes when: decided from facts, removed only while it is still true, never too much."""

from __future__ import annotations

import os
import random
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mvkit.errors import GenerationFailed
from mvkit.retention import DAY_S, Cleaning, RunFacts, clean, due, usage
from mvkit.run import Run, State
from mvkit.settings import Settings, get_settings
from mvkit.storage import LocalStore, ObjectStore, StoredFile

from .s3_server import s3_server

NOW_S = 1_800_000_000.0
JOB = "00000000-0000-4000-8000-000000000000"
LIVE: tuple[State, ...] = ("waiting", "queued", "running")
ENDED: tuple[State, ...] = ("planned", "finished", "failed", "cancelled", "stopped")
FILES = (
    *("brief.json", "clips.json", "song.wav", "video.mp4"),
    *("clips/000.json", "clips/000.mp4", "clips/000.source.mp4", "clips/001.source.webm"),
    *(".lock", ".video.mp4.1a2b", "notebooks/.05_clips.ipynb.3c4d"),
)
NEEDLESS = {
    *("clips/000.source.mp4", "clips/001.source.webm"),
    *(".video.mp4.1a2b", "notebooks/.05_clips.ipynb.3c4d"),
}


def facts(state: State, *, days: float = 0.0, **more: object) -> RunFacts:
    """Return the facts of a run that ended so many days ago."""
    return replace(RunFacts(job_id=JOB, state=state, ended_at_s=NOW_S - days * DAY_S), **more)


# The decision


@pytest.mark.parametrize(
    ("state", "days", "goes"),
    [
        *((state, days, False) for state in LIVE for days in (0, 13, 400, -400)),
        *((state, 13.9, False) for state in ("finished", "planned")),
        *((state, 14.0, True) for state in ("finished", "planned")),
        *((state, 6.9, False) for state in ("failed", "cancelled", "stopped")),
        *((state, 7.0, True) for state in ("failed", "cancelled", "stopped")),
        *((state, -0.1, False) for state in ENDED),
        *((state, -400, False) for state in ENDED),
    ],
)
def test_a_run_goes_when_its_days_are_over(state: State, days: float, goes: bool) -> None:
    verdict = due(facts(state, days=days), now_s=NOW_S, settings=get_settings())
    assert verdict.whole is goes
    assert verdict.reason.endswith(".")


def test_the_days_are_set_by_the_settings() -> None:
    settings = Settings(keep_films_days=2, keep_failed_days=0)
    assert due(facts("finished", days=2), now_s=NOW_S, settings=settings).whole
    assert not due(facts("planned", days=1.9), now_s=NOW_S, settings=settings).whole
    assert due(facts("failed"), now_s=NOW_S, settings=settings).whole


@pytest.mark.parametrize("state", [*LIVE, *ENDED])
@pytest.mark.parametrize("days", [0, 1, -1])
def test_only_a_finished_film_has_needless_files(state: State, days: float) -> None:
    """At once; but a film that ends in the future makes the clock doubtful."""
    verdict = due(facts(state, days=days, files=FILES), now_s=NOW_S, settings=get_settings())
    expected = NEEDLESS if state == "finished" and days >= 0 else set()
    assert set(verdict.files) == expected


def test_clips_go_with_the_rest_if_they_are_not_kept() -> None:
    verdict = due(facts("finished", files=FILES), now_s=NOW_S, settings=Settings(keep_clips=False))
    assert {"clips/000.mp4", "clips/000.json"} <= set(verdict.files)
    assert not {"clips.json", "video.mp4", "brief.json", "song.wav"} & set(verdict.files)


def test_a_run_that_ended_nobody_knows_when_stays() -> None:
    verdict = due(facts("failed", ended_at_s=None), now_s=NOW_S, settings=get_settings())
    assert not verdict.whole


def test_what_a_film_was_cut_from_stays_and_goes_with_the_clips() -> None:
    kept = (".cutting/transition_003-1a2b.mp4", ".cutting/album.npz")
    half_written = ".cutting/.album.npz.1a2b"
    finished = facts("finished", files=(*kept, half_written))
    assert due(finished, now_s=NOW_S, settings=Settings()).files == (half_written,)
    without_clips = due(finished, now_s=NOW_S, settings=Settings(keep_clips=False))
    assert {*without_clips.files} == {*kept, half_written}


# The walk


@pytest.fixture
def store(runs_dir: Path) -> LocalStore:
    return LocalStore(runs_dir)


NewRun = Callable[..., RunFacts]


@pytest.fixture
def new_run(store: LocalStore) -> NewRun:
    """Make runs on the shelf that ended so many days ago."""

    def make(state: State, *, days: float = 0.0, files: tuple[str, ...] = ()) -> RunFacts:
        job_id = str(uuid.uuid4())
        for name in ("brief.json", *files):
            path = store.runs_dir / job_id / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"x" * 5000)
        return facts(state, days=days, job_id=job_id)

    return make


def always(_job_id: str) -> bool:
    return True


def tidy(
    store: LocalStore, jobs: list[RunFacts], *, days_on: float = 0.0, **how: object
) -> Cleaning:
    """Clean with the clock so many days on."""
    ways = {"still": always, **how}
    return clean(jobs, store=store, now_s=NOW_S + days_on * DAY_S, **ways)


def test_what_is_due_goes_and_the_rest_stays(store: LocalStore, new_run: NewRun) -> None:
    old, fresh, live = new_run("failed", days=8), new_run("failed", days=6), new_run("running")
    film = new_run("finished", files=FILES)
    cleaning = tidy(store, [old, fresh, live, film])
    assert cleaning.removed_runs == (old.job_id,)
    assert set(cleaning.removed_files) == {f"{film.job_id}/{name}" for name in NEEDLESS}
    assert cleaning.held_back == {}
    assert store.job_ids() == sorted([fresh.job_id, live.job_id, film.job_id])
    kept = {file.name for file in store.files(film.job_id)}
    assert kept == {name for name in FILES if name not in NEEDLESS and name != ".lock"}
    assert store.leftovers(film.job_id) == []


def test_what_somebody_may_be_writing_stays(store: LocalStore, new_run: NewRun) -> None:
    """A temporary file of a moment ago is about to become another's edit; later it is litter."""
    film = new_run("finished")
    draft = store.runs_dir / film.job_id / ".edits.json.1a2b3c4d"
    draft.write_bytes(b"half an edit")
    os.utime(draft, (NOW_S - 1, NOW_S - 1))
    assert tidy(store, [film]).removed_files == ()
    assert tidy(store, [film], days_on=0.1).removed_files == (f"{film.job_id}/{draft.name}",)


def test_freed_bytes_are_those_that_are_missing_afterwards(
    store: LocalStore, new_run: NewRun
) -> None:
    jobs = [new_run("failed", days=8), new_run("finished", files=FILES), new_run("running")]
    before = sum(usage(store, job.job_id) for job in jobs)
    cleaning = tidy(store, jobs)
    after = sum(usage(store, job.job_id) for job in jobs)
    assert cleaning.freed_bytes == before - after > 0
    assert tidy(store, jobs[1:]).freed_bytes == 0


def test_a_rehearsal_tells_the_same_and_removes_nothing(store: LocalStore, new_run: NewRun) -> None:
    jobs = [new_run("failed", days=8), new_run("finished", files=FILES)]
    before = {path for path in store.runs_dir.rglob("*") if path.name != ".lock"}
    rehearsed = tidy(store, jobs, dry_run=True)
    assert {path for path in store.runs_dir.rglob("*") if path.name != ".lock"} == before
    assert rehearsed == tidy(store, jobs)
    assert rehearsed.removed_runs


def test_a_run_that_is_gone_already_is_told_as_removed(store: LocalStore) -> None:
    """A pass that was cut off between removing and telling is made good by the next."""
    assert tidy(store, [facts("failed", days=8)]).removed_runs == (JOB,)


def test_runs_that_are_gone_already_hold_nothing_back(store: LocalStore, new_run: NewRun) -> None:
    gone = [facts("failed", days=8, job_id=str(uuid.uuid4())) for _ in range(20)]
    assert len(tidy(store, [*gone, new_run("failed", days=8)]).removed_runs) == 21


def test_a_run_taken_up_again_is_left_alone(store: LocalStore, new_run: NewRun) -> None:
    """It was asked for after the facts were gathered: a retry may race with retention."""
    retried, old = new_run("failed", days=8), new_run("failed", days=8)
    film = new_run("finished", files=FILES)
    again = {retried.job_id, film.job_id}
    cleaning = tidy(store, [retried, old, film], still=lambda job_id: job_id not in again)
    assert cleaning.removed_runs == (old.job_id,)
    assert cleaning.removed_files == ()
    assert set(cleaning.held_back) == again
    assert store.job_ids() == sorted(again)


def test_a_run_is_asked_about_right_before_it_goes(store: LocalStore, new_run: NewRun) -> None:
    """Not before its predecessors are gone, and not while somebody could begin to work on it."""
    jobs = [new_run("failed", days=8) for _ in range(4)]
    left: list[int] = []

    def still(job_id: str) -> bool:
        left.append(len(store.job_ids()))
        assert Run(store.runs_dir / job_id)._is_worked_on()
        return True

    tidy(store, jobs, still=still)
    assert left == [4, 3, 2, 1]


def test_a_run_being_worked_on_in_the_foreground_is_left_alone(
    store: LocalStore, new_run: NewRun
) -> None:
    job, film = new_run("failed", days=8), new_run("finished", files=FILES)
    with Run(store.runs_dir / job.job_id).working(), Run(store.runs_dir / film.job_id).working():
        cleaning = tidy(store, [job, film])
    assert cleaning.removed_runs == cleaning.removed_files == ()
    assert all("another process" in cleaning.held_back[each.job_id] for each in (job, film))
    assert tidy(store, [job]).removed_runs == (job.job_id,)


def test_a_link_in_place_of_a_run_is_left_alone_and_told(
    store: LocalStore, new_run: NewRun, tmp_path: Path
) -> None:
    victim = tmp_path / "victim"
    victim.mkdir()
    (victim / "brief.json").write_text("precious")
    job = new_run("failed", days=8)
    link = replace(job, job_id=JOB)
    (store.runs_dir / JOB).symlink_to(victim)
    cleaning = tidy(store, [link, job])
    assert "is a link" in cleaning.held_back[JOB]
    assert cleaning.removed_runs == (job.job_id,)  # one bad run hinders no other
    assert [path.name for path in victim.iterdir()] == ["brief.json"]


def test_a_run_that_cannot_be_removed_hinders_no_other(
    store: LocalStore, new_run: NewRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = [new_run("failed", days=8) for _ in range(3)]
    remove = store.remove

    def fail_once(job_id: str, *names: str) -> None:
        if job_id == jobs[0].job_id:
            raise GenerationFailed("The disk refused it.", reason="DISK")
        remove(job_id, *names)

    monkeypatch.setattr(store, "remove", fail_once)
    cleaning = tidy(store, jobs)
    assert cleaning.removed_runs == (jobs[1].job_id, jobs[2].job_id)
    assert cleaning.held_back == {jobs[0].job_id: "The disk refused it."}


# The clock


@pytest.mark.parametrize(
    ("n_old", "n_all", "goes"),
    [(5, 5, True), (6, 6, False), (6, 29, False), (6, 30, True), (10, 50, True), (11, 50, False)],
)
def test_a_pass_that_would_remove_too_much_removes_no_run(
    store: LocalStore, new_run: NewRun, n_old: int, n_all: int, goes: bool
) -> None:
    jobs = [new_run("failed", days=8 if number < n_old else 1) for number in range(n_all)]
    cleaning = tidy(store, jobs[: n_old + 1])  # those it is not told of are on the shelf, too
    assert len(cleaning.removed_runs) == (n_old if goes else 0)
    assert len(store.job_ids()) == n_all - len(cleaning.removed_runs)
    if not goes:
        assert len(cleaning.held_back) == n_old
        assert f"{n_old} of {n_all} runs" in cleaning.held_back[jobs[0].job_id]
        assert len(tidy(store, jobs, force=True).removed_runs) == n_old


def test_what_needs_no_clock_goes_even_if_runs_are_held_back(
    store: LocalStore, new_run: NewRun
) -> None:
    film = new_run("finished", files=FILES)
    jobs = [*(new_run("failed", days=8) for _ in range(6)), film]
    cleaning = tidy(store, jobs)
    assert cleaning.removed_runs == ()
    assert len(cleaning.removed_files) == len(NEEDLESS)


@pytest.mark.parametrize("batch", range(10))
def test_whatever_the_clock_does_no_live_run_goes(
    store: LocalStore, new_run: NewRun, batch: int
) -> None:
    """100 jumps of up to 400 days; unexpired runs go by the handful at most, and never back."""
    for trial in range(10):
        chance = random.Random(10 * batch + trial)
        jobs = [new_run(chance.choice(LIVE + ENDED), days=chance.uniform(0, 6)) for _ in range(12)]
        live = {job.job_id for job in jobs if job.state in LIVE}
        jump_days = chance.choice([-400, -1, 1, 400]) * chance.uniform(0.5, 1.0)
        on_shelf = set(store.job_ids())
        force = chance.random() < 0.2
        cleaning = tidy(store, jobs, days_on=jump_days, force=force)
        removed = on_shelf - set(store.job_ids())
        assert removed == set(cleaning.removed_runs)
        assert not removed & live
        assert not removed or jump_days > 0
        assert force or len(removed) <= max(5, 0.2 * len(on_shelf))


# What a run takes up


def test_usage_counts_blocks_once_and_follows_no_link(store: LocalStore, tmp_path: Path) -> None:
    folder = store.runs_dir / JOB
    folder.mkdir(parents=True)
    (tmp_path / "outside").write_bytes(b"x" * 10_000_000)
    with (folder / "sparse").open("wb") as file:
        file.truncate(1 << 40)
    (folder / "song.wav").write_bytes(b"x" * 100_000)
    with (folder / "song.wav").open("rb") as file:
        os.fsync(file.fileno())
    os.link(folder / "song.wav", folder / "again.wav")
    (folder / "link.wav").symlink_to(tmp_path / "outside")
    (folder / "folder").symlink_to(tmp_path)
    (folder / ".video.mp4.1a2b").write_bytes(b"x" * 50_000)
    assert 150_000 <= usage(store, JOB) <= 200_000
    sizes = {file.name: file.n_bytes for file in store.files(JOB)}
    assert sizes == {"sparse": 1 << 40, "song.wav": 100_000, "again.wav": 100_000}
    assert usage(store, str(uuid.uuid4())) == 0


# A bucket


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ObjectStore]:
    with s3_server() as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        yield ObjectStore(server.make_bucket(), runs_dir=tmp_path / "copies")


def test_in_a_bucket_the_same_goes_and_old_copies_too(shelf: ObjectStore) -> None:
    """A machine keeps the copy of what ended for a day; the bucket keeps the run for longer."""
    jobs = []
    for state, days in [("failed", 8), ("finished", 0.5), ("finished", 2), ("running", 2)]:
        job_id = str(uuid.uuid4())
        for name in ("brief.json", *FILES):
            path = shelf.runs_dir / job_id / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"x" * 5000)
        shelf.push(Run(shelf.runs_dir / job_id))
        jobs.append(facts(state, days=days, job_id=job_id))
    old, fresh, film, live = (job.job_id for job in jobs)
    cleaning = clean(jobs, store=shelf, still=always, now_s=NOW_S)
    assert cleaning.removed_runs == (old,)
    assert cleaning.held_back == {}
    sources = {name for name in NEEDLESS if "source" in name}
    assert {f"{film}/{name}" for name in sources} <= set(cleaning.removed_files)
    assert shelf.job_ids() == sorted([fresh, film, live])
    assert not sources & {file.name for file in shelf.files(film)}
    assert "video.mp4" in {file.name for file in shelf.files(film)}
    assert shelf.copies() == sorted([fresh, live])
    assert isinstance(shelf.files(film)[0], StoredFile)
    assert usage(shelf, film) == 5000 * len(shelf.files(film))
