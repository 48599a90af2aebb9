"""Stores of runs: one contract for a folder and for a bucket, and what a bucket must do besides."""

from __future__ import annotations

import errno
import os
import random
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from mvkit import settings
from mvkit.errors import GenerationFailed, InvalidInput, NotFound
from mvkit.files import write_whole
from mvkit.run import Run
from mvkit.schema import ARTEFACTS, Analysis, Artefact, Plan, References
from mvkit.storage import LocalStore, ObjectStore, Store, bucket, get_store
from mvkit.storage.base import batches

from .s3_server import S3Server, s3_server

NewRun = Callable[[Store], Run]
NO_SUCH_RUN = "00000000-0000-4000-8000-000000000000"
FILMED = {"clips/000.mp4": b"footage", "clips/000.json": b"{}", "song.wav": b"RIFF"}


@pytest.fixture(scope="module")
def server() -> Iterator[S3Server]:
    with s3_server() as running:
        yield running


@pytest.fixture
def url(server: S3Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    yield server.make_bucket()
    server.cut_off = server.refuse = ""
    server.before = None


@pytest.fixture
def here(url: str, tmp_path: Path) -> ObjectStore:
    """A machine with a bucket."""
    return ObjectStore(url, runs_dir=tmp_path / "here")


@pytest.fixture
def there(url: str, tmp_path: Path) -> ObjectStore:
    """Another machine with the same bucket."""
    return ObjectStore(url, runs_dir=tmp_path / "there")


@pytest.fixture(params=["folder", "bucket"])
def machines(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Store, Store]:
    """Two machines that share a store: of a folder, or of a bucket."""
    if request.param == "folder":
        return LocalStore(tmp_path / "shared"), LocalStore(tmp_path / "shared")
    return request.getfixturevalue("here"), request.getfixturevalue("there")


@pytest.fixture
def new_run(examples: dict[str, Artefact]) -> NewRun:
    """Make run folders on a machine, with a brief in them."""

    def make(store: Store) -> Run:
        job_id = str(uuid.uuid4())
        folder = store.runs_dir / job_id
        folder.mkdir(parents=True)
        brief = examples["brief"].model_copy(update={"job_id": job_id})
        write_whole(folder / brief.file_name(), brief.to_json())
        return Run(folder)

    return make


def fill(run: Run, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        write_whole(run.path(name), content)


def write_stage(run: Run, artefact: Artefact) -> None:
    """Write an artefact of a run, and the files it speaks of."""
    for name in artefact.files():
        run.path(name).write_bytes(f"{name} made".encode())
    run.write(artefact.model_copy(update={"job_id": run.job_id}))


def names(store: Store, run: Run) -> list[str]:
    return [file.name for file in store.files(run.job_id)]


# The contract


def test_what_one_machine_pushes_another_pulls(
    machines: tuple[Store, Store], new_run: NewRun
) -> None:
    here, there = machines
    run = new_run(here)
    fill(run, FILMED)
    here.push(run)
    pulled = there.pull(run.job_id)
    assert {name: (pulled.folder / name).read_bytes() for name in FILMED} == FILMED
    assert pulled.brief == run.brief
    assert here.job_ids() == there.job_ids() == [run.job_id]
    assert names(there, run) == ["brief.json", *sorted(FILMED)]


def test_a_file_is_listed_with_its_size_and_time(
    machines: tuple[Store, Store], new_run: NewRun
) -> None:
    run = new_run(machines[0])
    fill(run, FILMED)
    machines[0].push(run)
    footage = machines[1].files(run.job_id)[2]
    assert (footage.name, footage.n_bytes) == ("clips/000.mp4", len(b"footage"))
    assert footage.modified_at_s == pytest.approx(time.time(), abs=60)


def test_a_file_is_read_without_pulling_the_run(
    machines: tuple[Store, Store], new_run: NewRun
) -> None:
    here, there = machines
    run = new_run(here)
    fill(run, FILMED)
    here.push(run, "clips/000.mp4")
    assert there.read(run.job_id, "clips/000.mp4") == b"footage"
    with pytest.raises(NotFound, match=r"clips/001\.mp4"):
        there.read(run.job_id, "clips/001.mp4")


def test_a_single_file_is_fetched_and_kept_up_to_date(
    machines: tuple[Store, Store], new_run: NewRun
) -> None:
    here, there = machines
    run = new_run(here)
    fill(run, FILMED)
    here.push(run)
    for content in (b"footage", b"other footage", b"other footage"):
        fill(run, {"clips/000.mp4": content})
        here.push(run)
        path = there.fetch(run.job_id, "clips/000.mp4")
        assert path == there.runs_dir / run.job_id / "clips/000.mp4"
        assert path.read_bytes() == content
    there.pull(run.job_id)  # the rest comes as if nothing had been fetched
    assert (path.parent.parent / "song.wav").read_bytes() == b"RIFF"


def test_fetching_what_is_not_there_or_not_kept_is_refused(
    machines: tuple[Store, Store], new_run: NewRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor is anything fetched that is no file."""
    here, there = machines
    run = new_run(here)
    fill(run, FILMED)
    here.push(run)
    os.mkfifo(run.folder / "pipe")
    monkeypatch.chdir(run.folder)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("kernel")
        for name in ("clips/001.mp4", "clips", "pipe", "kernel", "x" * 300):
            with pytest.raises(NotFound):
                here.fetch(run.job_id, name)
    for name in ("../x", ".lock", "clips/../song.wav", ""):
        with pytest.raises(InvalidInput):
            there.fetch(run.job_id, name)
    for job_id in (NO_SUCH_RUN, str(uuid.uuid4())):
        with pytest.raises(NotFound):
            there.fetch(job_id, "brief.json")
        assert not (there.runs_dir / job_id).exists()


def test_a_run_that_is_not_there_is_not_found(machines: tuple[Store, Store]) -> None:
    """And asking for it leaves no trace."""
    store = machines[0]
    with pytest.raises(NotFound, match=NO_SUCH_RUN):
        store.pull(NO_SUCH_RUN)
    with pytest.raises(NotFound):
        store.read(NO_SUCH_RUN, "brief.json")
    assert store.files(NO_SUCH_RUN) == store.leftovers(NO_SUCH_RUN) == store.job_ids() == []
    store.remove(NO_SUCH_RUN)
    store.remove(NO_SUCH_RUN, "clips/000.mp4")
    assert not (store.runs_dir / NO_SUCH_RUN).exists()


@pytest.mark.parametrize("job_id", ["", "..", "../x", "x" * 36, f"{NO_SUCH_RUN}/..", "A" * 8])
def test_what_is_no_job_id_becomes_no_path(machines: tuple[Store, Store], job_id: str) -> None:
    store = machines[0]
    for work in (store.pull, store.files, store.leftovers, store.remove, store.drop_copy):
        with pytest.raises(InvalidInput, match="no job id"):
            work(job_id)
    with pytest.raises(InvalidInput, match="no job id"):
        store.read(job_id, "brief.json")


@pytest.mark.parametrize("name", ["", "..", "../other", "/etc/passwd", "clips//x", "a/../b", "x\0"])
def test_a_name_leads_to_no_place_outside(
    machines: tuple[Store, Store], new_run: NewRun, name: str
) -> None:
    store = machines[0]
    run = new_run(store)
    store.push(run)
    with pytest.raises(InvalidInput, match="no name of a file"):
        store.read(run.job_id, name)
    with pytest.raises(InvalidInput, match="no name of a file"):
        store.push(run, name)
    with pytest.raises(InvalidInput, match="no name of a file"):
        store.remove(run.job_id, name)


def test_locks_links_sockets_and_temporary_files_are_not_kept(
    machines: tuple[Store, Store],
    new_run: NewRun,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here, there = machines
    run = new_run(here)
    fill(run, {**FILMED, ".video.mp4.1a2b": b"half a film", ".scratch/strip.mp4": b"half a strip"})
    (tmp_path / "secret").write_text("secret")
    (run.folder / "link.txt").symlink_to(tmp_path / "secret")
    (run.folder / "folder").symlink_to(tmp_path)
    with run.working(), socket.socket(socket.AF_UNIX) as listener:
        monkeypatch.chdir(run.folder)  # the path of a socket has to be short
        listener.bind("kernel")
        here.push(run)
    assert names(there, run) == ["brief.json", *sorted(FILMED)]
    leftovers = [file.name for file in here.leftovers(run.job_id)]
    assert leftovers == [".scratch/strip.mp4", ".video.mp4.1a2b"]
    here.remove(run.job_id, *leftovers)
    assert here.leftovers(run.job_id) == []
    assert names(here, run) == ["brief.json", *sorted(FILMED)]


def test_pushing_what_is_not_there_or_not_kept_is_refused(
    machines: tuple[Store, Store], new_run: NewRun
) -> None:
    run = new_run(machines[0])
    with pytest.raises(NotFound, match=r"clips/007\.mp4"):
        machines[0].push(run, "clips/007.mp4")
    with run.working(), pytest.raises(InvalidInput, match="lock or a temporary file"):
        machines[0].push(run, ".lock")


def test_removed_files_are_gone_for_all_machines(
    machines: tuple[Store, Store], new_run: NewRun
) -> None:
    here, there = machines
    run = new_run(here)
    fill(run, FILMED)
    here.push(run)
    there.pull(run.job_id)
    there.remove(run.job_id, "clips/000.mp4", "clips/000.json", "never/there.txt")
    pulled = here.pull(run.job_id)
    assert names(here, run) == ["brief.json", "song.wav"]
    assert not (pulled.folder / "clips/000.mp4").exists()
    assert (pulled.folder / "song.wav").exists()


def test_a_removed_run_is_gone_for_all_machines(
    machines: tuple[Store, Store], new_run: NewRun
) -> None:
    here, there = machines
    run, other = new_run(here), new_run(here)
    for each in (run, other):
        fill(each, FILMED)
        here.push(each)
    there.pull(run.job_id)
    there.remove(run.job_id)
    there.remove(run.job_id)
    with pytest.raises(NotFound):
        here.pull(run.job_id)
    assert there.files(run.job_id) == []
    assert here.job_ids() == [other.job_id]
    assert not (there.runs_dir / run.job_id).exists()


def test_a_run_folder_that_is_a_link_is_not_followed(
    machines: tuple[Store, Store], new_run: NewRun, tmp_path: Path
) -> None:
    """Whatever is done to the run, the link's target stays as it was."""
    store = machines[0]
    victim = new_run(LocalStore(tmp_path / "elsewhere"))
    fill(victim, FILMED)
    before = snapshot(victim.folder)
    store.runs_dir.mkdir(exist_ok=True)
    link = store.runs_dir / victim.job_id
    link.symlink_to(victim.folder)
    for work in (store.pull, store.remove, store.leftovers):
        with pytest.raises(InvalidInput, match="is a link"):
            work(victim.job_id)
    with pytest.raises(InvalidInput, match="is a link"):
        store.remove(victim.job_id, "song.wav")
    assert store.job_ids() == []
    assert snapshot(victim.folder) == before
    assert link.is_symlink()


def test_a_link_inside_a_run_folder_is_not_followed(
    machines: tuple[Store, Store], new_run: NewRun, tmp_path: Path
) -> None:
    store = machines[0]
    run = new_run(store)
    fill(run, FILMED)
    store.push(run)
    outside = tmp_path / "outside"
    (run.folder / "clips").rename(outside)
    (run.folder / "clips").symlink_to(outside)
    (run.folder / "song.wav").unlink()
    (run.folder / "song.wav").symlink_to(outside / "000.mp4")
    before = snapshot(outside)
    with pytest.raises(InvalidInput, match="link on the way"):
        store.push(run, "clips/000.mp4")
    with pytest.raises(InvalidInput, match="link on the way"):
        store.push(run, "song.wav")
    with pytest.raises(InvalidInput, match="link on the way"):
        store.remove(run.job_id, "clips/000.mp4")
    store.remove(run.job_id)
    assert snapshot(outside) == before


def test_what_a_deletion_that_was_cut_off_left_goes_with_the_next(
    machines: tuple[Store, Store], new_run: NewRun
) -> None:
    store = machines[0]
    run = new_run(store)
    store.push(run)
    fill(run, {f"../.trash/{NO_SUCH_RUN}.0a0b/video.mp4": b"film"})
    store.remove(run.job_id)
    assert list((store.runs_dir / ".trash").iterdir()) == []


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# The order in which files appear


def test_artefacts_come_after_their_files_and_reports_last() -> None:
    names = [
        *("status.json", "events.jsonl", "video.json", "clips.json", "clips/000.json"),
        *("brief.json", "analysis.json", "clips/000.mp4", "video.mp4"),
    ]
    assert batches(names) == [
        ["clips/000.mp4", "video.mp4"],
        ["clips/000.json"],
        ["brief.json"],
        ["analysis.json"],
        ["clips.json"],
        ["video.json"],
        ["events.jsonl"],
        ["status.json"],
    ]


def test_a_reader_who_sees_an_artefact_finds_its_files(
    here: ObjectStore,
    there: ObjectStore,
    server: S3Server,
    new_run: NewRun,
    examples: dict[str, Artefact],
) -> None:
    """Watched all the while, from outside and in a copy that is being pulled."""
    run = new_run(here)
    for artefact in list(examples.values())[1:]:
        write_stage(run, artefact)
    chance = random.Random(1)
    server.before = lambda *_: time.sleep(chance.uniform(0, 0.01))
    copy = there.runs_dir / run.job_id

    def make() -> None:
        here.push(run)
        there.pull(run.job_id)
        here.remove(run.job_id)

    making = threading.Thread(target=make)
    making.start()
    seen = []
    while making.is_alive():
        listed = set(names(here, run))
        for artefact in examples.values():
            if artefact.file_name() in listed:
                assert listed >= set(artefact.files())
            if (copy / artefact.file_name()).exists():
                assert all((copy / name).exists() for name in artefact.files())
        seen.append(len(listed))
    making.join()
    assert len(set(seen)) > 5
    assert max(seen) > len(ARTEFACTS)
    assert Run(copy).is_current(ARTEFACTS[-1])


def test_two_machines_finish_each_others_run(
    here: ObjectStore, there: ObjectStore, new_run: NewRun, examples: dict[str, Artefact]
) -> None:
    """Stage by stage in turns, each on what the other pushed."""
    run = new_run(here)
    here.push(run)
    for number, kind in enumerate(ARTEFACTS[1:]):
        machine = (there, here)[number % 2]
        pulled = machine.pull(run.job_id)
        assert all(pulled.is_current(made) for made in ARTEFACTS[1 : number + 1])
        write_stage(pulled, examples[kind.stage])
        machine.push(pulled)
    for machine in (here, there):
        assert all(machine.pull(run.job_id).is_current(kind) for kind in ARTEFACTS[1:])


def test_many_machines_push_different_clips_of_one_run(
    here: ObjectStore, url: str, new_run: NewRun, tmp_path: Path
) -> None:
    run = new_run(here)
    here.push(run)

    def film(number: int) -> None:
        machine = ObjectStore(url, runs_dir=tmp_path / f"worker {number % 4}")
        pulled = machine.pull(run.job_id)
        clip = f"clips/{number:03d}"
        fill(pulled, {f"{clip}.mp4": b"footage", f"{clip}.json": b"{}"})
        machine.push(pulled, f"{clip}.mp4", f"{clip}.json")

    crew = [threading.Thread(target=film, args=[number]) for number in range(12)]
    for thread in crew:
        thread.start()
    for thread in crew:
        thread.join()
    pulled = here.pull(run.job_id)
    assert len(list(pulled.folder.glob("clips/*.mp4"))) == 12
    assert len(names(here, run)) == 1 + 2 * 12


# What goes over the wire


def asked(server: S3Server, method: str) -> list[str]:
    """Return the names that were put or fetched so far, and forget them."""
    requests, server.asked[:] = list(server.asked), []
    keys = [path.split("/", 4) for made, path in requests if made == method]
    return sorted(key[4] for key in keys if len(key) == 5)


def test_only_what_changed_is_pushed_and_pulled(
    here: ObjectStore, there: ObjectStore, server: S3Server, new_run: NewRun
) -> None:
    run = new_run(here)
    fill(run, FILMED)
    server.asked.clear()
    here.push(run)
    assert asked(server, "PUT") == ["brief.json", *sorted(FILMED)]
    there.pull(run.job_id)
    assert asked(server, "GET") == ["brief.json", *sorted(FILMED)]
    fill(run, {"clips/000.mp4": b"other footage"})
    here.push(run)
    assert asked(server, "PUT") == ["clips/000.mp4"]
    there.pull(run.job_id)
    assert asked(server, "GET") == ["clips/000.mp4"]
    here.pull(run.job_id)
    here.push(run)
    there.push(there.pull(run.job_id))
    assert asked(server, "GET") == asked(server, "PUT") == []


def test_a_line_appended_is_a_change(
    here: ObjectStore, there: ObjectStore, new_run: NewRun
) -> None:
    run = new_run(here)
    run.tell("message", text="one")
    here.push(run)
    run.tell("message", text="two")
    here.push(run)
    assert [event["text"] for event in there.pull(run.job_id).events()] == ["one", "two"]


def test_what_was_made_here_outlives_a_pull(here: ObjectStore, new_run: NewRun) -> None:
    """New files and changed ones that the store knows nothing newer of."""
    run = new_run(here)
    fill(run, {"song.wav": b"RIFF"})
    here.push(run)
    fill(run, {"song.wav": b"edited", "clips/001.mp4": b"paid for"})
    here.pull(run.job_id)
    assert (run.folder / "song.wav").read_bytes() == b"edited"
    assert (run.folder / "clips/001.mp4").read_bytes() == b"paid for"


def test_where_both_changed_the_store_wins(
    here: ObjectStore, there: ObjectStore, new_run: NewRun
) -> None:
    """A worker that lost its job has nothing to say."""
    run = new_run(here)
    fill(run, FILMED)
    here.push(run)
    other = there.pull(run.job_id)
    fill(run, {"clips/000.mp4": b"of the one who lost the job"})
    fill(other, {"clips/000.mp4": b"of the one who has it"})
    there.push(other)
    here.pull(run.job_id)
    assert (run.folder / "clips/000.mp4").read_bytes() == b"of the one who has it"


@pytest.mark.parametrize("damage", ["", "{", '{"store": 1, "files": []}'])
def test_a_damaged_manifest_costs_a_transfer_and_nothing_else(
    here: ObjectStore, new_run: NewRun, damage: str
) -> None:
    run = new_run(here)
    fill(run, FILMED)
    here.push(run)
    (run.folder / ".synced.json").write_text(damage)
    pulled = here.pull(run.job_id)
    here.push(pulled)
    assert {name: (pulled.folder / name).read_bytes() for name in FILMED} == FILMED


def test_another_store_is_given_everything(
    here: ObjectStore, server: S3Server, new_run: NewRun
) -> None:
    """The manifest is about one store; a run that moves house is new there."""
    run = new_run(here)
    fill(run, FILMED)
    here.push(run)
    new_home = ObjectStore(server.make_bucket(), runs_dir=here.runs_dir)
    assert new_home.copies() == []
    new_home.push(run)
    assert names(new_home, run) == names(here, run)


def test_a_run_that_changes_while_it_is_pulled_comes_whole(
    here: ObjectStore,
    there: ObjectStore,
    server: S3Server,
    new_run: NewRun,
    examples: dict[str, Artefact],
) -> None:
    """The other machine makes new references, and removes the old, once the pull has begun."""
    run = new_run(here)
    for kind in (Analysis, Plan, References):
        write_stage(run, examples[kind.stage])
    here.push(run)
    references = run.read(References)
    old, new = references.character_references[0].image_url, "references/new.png"
    redone = references.character_references[0].model_copy(update={"image_url": new})
    n_gets = iter(range(1000))

    def change(method: str, path: str) -> None:
        if method == "GET" and path.endswith("/analysis.json") and next(n_gets) == 0:
            write_stage(run, references.model_copy(update={"character_references": (redone,)}))
            here.push(run)
            here.remove(run.job_id, old)

    server.before = change
    pulled = there.pull(run.job_id)
    assert pulled.read(References).character_references[0].image_url == new
    assert pulled.is_current(References)
    assert not (pulled.folder / old).exists()


def test_a_run_that_never_stops_changing_is_given_up(
    here: ObjectStore, there: ObjectStore, server: S3Server, new_run: NewRun
) -> None:
    run = new_run(here)
    fill(run, {"plan.json": b"{}"})
    here.push(run)

    def change(method: str, path: str) -> None:
        if method == "GET" and path.endswith("/plan.json"):
            fill(run, {"plan.json": uuid.uuid4().bytes})
            here.push(run)

    server.before = change
    with pytest.raises(GenerationFailed, match="faster than it can be fetched") as failed:
        there.pull(run.job_id)
    assert failed.value.retryable


def test_a_large_file_is_seen_whole_while_it_is_replaced(
    here: ObjectStore, there: ObjectStore, new_run: NewRun
) -> None:
    """Large files go in parts."""
    run = new_run(here)
    films = [bytes([number]) * (12 << 20) for number in range(2)]
    fill(run, {"video.mp4": films[0]})
    here.push(run)
    fill(run, {"video.mp4": films[1]})
    pushing = threading.Thread(target=here.push, args=[run])
    pushing.start()
    while pushing.is_alive():
        assert there.read(run.job_id, "video.mp4") in films
    pushing.join()
    assert there.read(run.job_id, "video.mp4") == films[1]


def test_a_file_that_is_up_to_date_is_not_fetched_again(
    here: ObjectStore, there: ObjectStore, server: S3Server, new_run: NewRun
) -> None:
    run = new_run(here)
    fill(run, FILMED)
    here.push(run)
    there.fetch(run.job_id, "clips/000.mp4")
    server.asked.clear()
    there.fetch(run.job_id, "clips/000.mp4")
    assert [method for method, _ in server.asked] == ["HEAD"]
    there.pull(run.job_id)
    assert "clips/000.mp4" not in asked(server, "GET")


def test_many_who_fetch_one_file_at_once_see_it_whole_and_it_comes_once(
    here: ObjectStore, there: ObjectStore, server: S3Server, new_run: NewRun
) -> None:
    run = new_run(here)
    film = os.urandom(3 << 20)
    fill(run, {"video.mp4": film})
    here.push(run)
    server.asked.clear()
    seen: list[bytes] = []

    def watch() -> None:
        seen.append(there.fetch(run.job_id, "video.mp4").read_bytes())

    watching = [threading.Thread(target=watch) for _ in range(8)]
    for thread in watching:
        thread.start()
    for thread in watching:
        thread.join()
    assert seen == [film] * 8
    assert asked(server, "GET") == ["video.mp4"]


def test_a_file_replaced_or_dropped_while_it_is_fetched_comes_as_it_is_now(
    here: ObjectStore, there: ObjectStore, server: S3Server, new_run: NewRun
) -> None:
    run = new_run(here)
    fill(run, {"video.mp4": b"old"})
    here.push(run)
    copy = there.runs_dir / run.job_id
    n_gets = iter(range(100))

    def meddle(method: str, path: str) -> None:
        if method != "GET" or not path.endswith("/video.mp4"):
            return
        match next(n_gets):
            case 0:
                fill(run, {"video.mp4": b"new"})
                here.push(run)
            case 1:
                copy.rename(copy.with_name("dropped"))

    server.before = meddle
    assert there.fetch(run.job_id, "video.mp4").read_bytes() == b"new"
    assert next(n_gets) == 3


def test_a_fetch_cut_off_leaves_the_old_file(
    here: ObjectStore, there: ObjectStore, server: S3Server, new_run: NewRun
) -> None:
    run = new_run(here)
    fill(run, {"video.mp4": b"old" * 100_000})
    here.push(run)
    path = there.fetch(run.job_id, "video.mp4")
    fill(run, {"video.mp4": b"new" * 100_000})
    here.push(run)
    server.cut_off = "video.mp4"
    with pytest.raises(GenerationFailed, match="STORE"):
        there.fetch(run.job_id, "video.mp4")
    assert path.read_bytes() == b"old" * 100_000
    assert there.leftovers(run.job_id) == []


def test_a_fetch_does_not_undo_what_was_made_here(here: ObjectStore, new_run: NewRun) -> None:
    run = new_run(here)
    run.tell("message", text="one")
    here.push(run)
    run.tell("message", text="two")
    path = here.fetch(run.job_id, "events.jsonl")
    assert path.read_text().count("\n") == 2


def test_foreign_objects_are_passed_over(
    here: ObjectStore, url: str, server: S3Server, new_run: NewRun
) -> None:
    run = new_run(here)
    fill(run, FILMED)
    here.push(run)
    shelf = url.removeprefix("s3://")
    for name in (f"{run.job_id}/clips/", f"{run.job_id}/.hidden", "notes/readme.txt", "stray"):
        server.put(f"{shelf}/{name}", b"")
    assert here.job_ids() == [run.job_id]
    assert names(here, run) == ["brief.json", *sorted(FILMED)]
    here.pull(run.job_id)
    assert (run.folder / "clips").is_dir()
    assert not (run.folder / ".hidden").exists()


def test_a_run_made_long_ago_stays_old_on_other_machines(
    here: ObjectStore, there: ObjectStore, new_run: NewRun
) -> None:
    """Runs are listed by age, so the copy takes the time of the store, not of the download."""
    run = new_run(here)
    here.push(run)
    time.sleep(1.1)  # stores know whole seconds
    pulled = there.pull(run.job_id)
    assert pulled.created_at_s == pytest.approx(run.created_at_s, abs=1.05)
    assert time.time() - pulled.created_at_s > 1.0


# What goes wrong


def test_a_download_cut_off_leaves_the_old_file(
    here: ObjectStore, there: ObjectStore, server: S3Server, new_run: NewRun
) -> None:
    run = new_run(here)
    fill(run, {"video.mp4": b"old" * 100_000, "song.wav": b"RIFF"})
    here.push(run)
    there.pull(run.job_id)
    fill(run, {"video.mp4": b"new" * 100_000, "song.wav": b"RIFX"})
    here.push(run)
    server.cut_off = "video.mp4"
    with pytest.raises(GenerationFailed, match="STORE") as failed:
        there.pull(run.job_id)
    assert failed.value.retryable
    copy = there.runs_dir / run.job_id
    assert (copy / "video.mp4").read_bytes() == b"old" * 100_000
    assert there.leftovers(run.job_id) == []
    server.cut_off = ""
    server.asked.clear()
    there.pull(run.job_id)
    assert (copy / "video.mp4").read_bytes() == b"new" * 100_000
    assert asked(server, "GET") == ["video.mp4"]  # the song had come through


def test_a_full_disk_is_told_and_leaves_the_old_file(
    here: ObjectStore, there: ObjectStore, new_run: NewRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = new_run(here)
    fill(run, {"video.mp4": b"old"})
    here.push(run)
    there.pull(run.job_id)
    fill(run, {"video.mp4": b"new"})
    here.push(run)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as disk:
        disk.setattr("os.fsync", full)
        with pytest.raises(GenerationFailed, match="DISK_FULL: The disk is full") as failed:
            there.pull(run.job_id)
        with pytest.raises(GenerationFailed, match="DISK_FULL: The disk is full"):
            here.push(run)
    assert failed.value.retryable
    assert (there.runs_dir / run.job_id / "video.mp4").read_bytes() == b"old"
    assert there.leftovers(run.job_id) == []
    assert (there.pull(run.job_id).folder / "video.mp4").read_bytes() == b"new"


def test_a_store_that_nobody_answers_for_is_told(
    tmp_path: Path, new_run: NewRun, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message says what was tried and what to check, and nothing here is lost."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]  # free again in a moment, and nobody listens
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
    monkeypatch.setattr(
        bucket, "RETRIES", {"max_retries": 1, "retry_timeout": timedelta(seconds=5)}
    )
    store = ObjectStore(url, runs_dir=tmp_path / "here")
    run = new_run(store)
    works: list[Callable[[], object]] = [
        lambda: store.push(run),
        lambda: store.pull(run.job_id),
        lambda: store.read(run.job_id, "brief.json"),
        lambda: store.remove(run.job_id),
        store.job_ids,
    ]
    for work in works:
        with pytest.raises(GenerationFailed, match=f"(?s)127.0.0.1:{port}.*AWS_ENDPOINT_URL") as no:
            work()
        assert no.value.retryable
        assert "Debug source" not in no.value.message
    assert run.brief.job_id == run.job_id


def test_a_bucket_that_does_not_exist_is_told(tmp_path: Path, new_run: NewRun, url: str) -> None:
    store = ObjectStore("s3://no-such-bucket/shelf", runs_dir=tmp_path / "here")
    run = new_run(store)
    for work in (lambda: store.push(run), lambda: store.pull(run.job_id), store.job_ids):
        with pytest.raises(InvalidInput, match=r"no-such-bucket.* does not exist"):
            work()


def test_a_key_that_is_not_let_in_is_told(
    here: ObjectStore, server: S3Server, new_run: NewRun
) -> None:
    run = new_run(here)
    server.refuse = "403 Forbidden"
    for work in (lambda: here.push(run), lambda: here.pull(run.job_id), here.job_ids):
        with pytest.raises(InvalidInput, match="AWS_ACCESS_KEY_ID") as refused:
            work()
        assert "testing" not in refused.value.message


@pytest.mark.parametrize(
    "wrong",
    ["bucket", "s3://", "s3:/bucket", "gs://bucket", "file:///tmp", "s3://b/../c", "s3://b u/x"],
)
def test_a_url_that_is_none_is_refused(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(InvalidInput, match="expected s3://bucket"):
        ObjectStore(wrong, runs_dir=tmp_path)


def test_a_key_in_the_url_is_refused_and_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as refused:
        ObjectStore("s3://key:hunter2@bucket/x", runs_dir=tmp_path)
    assert "hunter2" not in str(refused.value)


# Copies, and the setting


def test_a_copy_is_dropped_once_the_store_has_all_of_it(
    here: ObjectStore, there: ObjectStore, new_run: NewRun
) -> None:
    run = new_run(here)
    fill(run, FILMED)
    assert here.copies() == []  # nothing in it was ever in step
    here.push(run)
    fill(run, {"clips/001.mp4": b"paid for, and only here"})
    assert here.copies() == [run.job_id]
    here.drop_copy(run.job_id)
    assert (run.folder / "clips/001.mp4").exists()
    here.push(run)
    here.drop_copy(run.job_id)
    assert not run.folder.exists()
    assert here.copies() == []
    assert here.job_ids() == [run.job_id]
    assert (here.pull(run.job_id).folder / "clips/001.mp4").exists()


def test_a_copy_is_not_dropped_if_the_store_lost_the_run(
    here: ObjectStore, there: ObjectStore, new_run: NewRun
) -> None:
    run = new_run(here)
    here.push(run)
    there.remove(run.job_id)
    here.drop_copy(run.job_id)
    assert run.folder.exists()


def test_the_setting_says_which_store(
    url: str, runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(get_store(), LocalStore)
    assert get_store().runs_dir == runs_dir
    for store, expected in [(url, ObjectStore), ("nonsense", None)]:
        monkeypatch.setenv("MVKIT_STORE", store)
        settings.get_settings.cache_clear()
        if expected:
            assert isinstance(get_store(), expected)
            assert get_store() is get_store()
        else:
            with pytest.raises(InvalidInput, match="'nonsense'"):
                get_store()
