"""What was heard once: kept for a day, for the same song and the same question, and no longer."""

from __future__ import annotations

import errno
import io
import os
import threading
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import pytest

from mvkit.analysis import analyze_song, cache
from mvkit.analysis.bands import BANDS_FILE
from mvkit.analysis.cache import FOLDER, KEPT_S, cached_analysis, tidy_cache
from mvkit.errors import GenerationFailed, InvalidArtefact, NotFound
from mvkit.schema import Analysis, Artefact
from mvkit.settings import get_settings

FIRST_JOB, OTHER_JOB = (f"00000000-0000-4000-8000-00000000000{digit}" for digit in "12")


@dataclass
class Ear:
    """Hears the same in every song, and counts how often it has to."""

    analysis: Analysis
    n_heard: int = 0

    def hear(self, folder: Path, job_id: str) -> Analysis:
        self.n_heard += 1
        (folder / BANDS_FILE).write_bytes(b"envelopes")
        return self.analysis.model_copy(update={"job_id": job_id, "bands_url": BANDS_FILE})


@dataclass
class Room:
    """A song, and folders of runs that want to know what is heard in it."""

    ear: Ear
    path: Path
    song: Path = field(init=False)
    n_folders: int = 0

    def __post_init__(self) -> None:
        self.song = self.path / "song.mp3"
        self.song.write_bytes(b"a song")

    def ask(self, job_id: str = FIRST_JOB, **question: object) -> tuple[Analysis, Path]:
        self.n_folders += 1
        folder = self.path / f"run{self.n_folders}"
        folder.mkdir()
        analysis = cached_analysis(
            self.song,
            job_id=job_id,
            folder=folder,
            hear=lambda: self.ear.hear(folder, job_id),
            **question,
        )
        return analysis, folder


@pytest.fixture
def room(tmp_path: Path, examples: dict[str, Artefact]) -> Room:
    analysis = examples["analysis"]
    assert isinstance(analysis, Analysis)
    return Room(Ear(analysis), tmp_path)


@pytest.fixture
def entry(room: Room, runs_dir: Path) -> Path:
    """Where a song that was heard is kept."""
    room.ask()
    (path,) = (runs_dir / FOLDER).iterdir()
    return path


def test_the_same_song_is_heard_once(room: Room) -> None:
    """The second run gets the first one's analysis as its own, with its files, and is told so."""
    first, _ = room.ask(FIRST_JOB)
    second, folder = room.ask(OTHER_JOB)
    assert room.ear.n_heard == 1
    assert (first.job_id, second.job_id) == (FIRST_JOB, OTHER_JOB)
    assert (first.metadata.cache_hit, second.metadata.cache_hit) == (False, True)
    assert second.content_digest() == first.content_digest()
    assert second.metadata.processing_time < 1.0
    assert (folder / second.bands_url).read_bytes() == b"envelopes"


def test_another_question_is_another_analysis(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """Song, lyrics, their kind, the listener, parameters, version and code all count."""
    words, lines = room.path / "words.txt", room.path / "words.lrc"
    words.write_text("la la")
    lines.write_text("la la")
    questions: list[dict[str, object]] = [
        {},
        {"lyrics": words},
        {"lyrics": lines},
        {"transcriber": "whisper:tiny.en"},
        {"parameters": {"min_clip_s": 3.0}},
        {"parameters": {"min_clip_s": 4.0}},
    ]
    for _ in range(2):
        for question in questions:
            room.ask(**question)
    assert room.ear.n_heard == len(questions)
    words.write_text("la la la")
    room.ask(lyrics=words)
    room.song.write_bytes(b"another song")
    room.ask()
    monkeypatch.setattr(cache, "ANALYSIS_VERSION", cache.ANALYSIS_VERSION + 1)
    room.ask()
    monkeypatch.setattr(cache, "_code_digest", lambda: "other code")
    room.ask()
    assert room.ear.n_heard == len(questions) + 4


@pytest.mark.parametrize("age_s", [KEPT_S + 1, -KEPT_S], ids=["old", "from the future"])
def test_an_entry_of_another_day_does_not_count(room: Room, entry: Path, age_s: float) -> None:
    """After 24 hours, or when the clock jumped, the song is heard again and kept anew."""
    os.utime(entry, (time.time() - age_s,) * 2)
    assert not room.ask()[0].metadata.cache_hit
    assert room.ask()[0].metadata.cache_hit
    assert room.ear.n_heard == 2


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:0],
        lambda data: data[: len(data) // 2],
        lambda data: data[:100] + bytes([data[100] ^ 1]) + data[101:],
        lambda data: bytes(len(data)),
    ],
    ids=["empty", "cut off", "a flipped bit", "no archive"],
)
def test_a_broken_entry_is_replaced(
    room: Room, entry: Path, damage: Callable[[bytes], bytes]
) -> None:
    """Damage is noticed; the song is heard again."""
    entry.write_bytes(damage(entry.read_bytes()))
    assert not room.ask()[0].metadata.cache_hit
    assert room.ask()[0].metadata.cache_hit


def test_every_bit_of_an_entrys_headers_may_flip(entry: Path) -> None:
    """It is the entry all the same, or is known as damaged; nothing else comes of it."""
    data = entry.read_bytes()
    whole = cache._Entry.unpacked(data)
    with zipfile.ZipFile(entry) as archive:
        parts = archive.infolist()
    ends = [*(part.header_offset for part in parts[1:]), archive.start_dir]
    content = {
        at
        for part, end in zip(parts, ends, strict=True)
        for at in range(end - part.compress_size, end)
    }
    headers = [at for at in range(len(data)) if at not in content]
    n_damaged = 0
    for at in headers:
        for bit in range(8):
            flipped = data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :]
            try:
                assert cache._Entry.unpacked(flipped) == whole
            except InvalidArtefact:
                n_damaged += 1
    assert n_damaged > len(headers)


def test_an_entry_of_another_schema_is_replaced(
    room: Room, entry: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An analysis that does not hold to its contract any more counts as none."""
    analysis = room.ear.analysis.model_copy(update={"bpm": 1000.0, "bands_url": BANDS_FILE})
    entry.write_bytes(cache._Entry(analysis, {BANDS_FILE: b""}).packed())
    assert not room.ask()[0].metadata.cache_hit


def test_an_entry_writes_into_no_other_folder(room: Room, entry: Path) -> None:
    """A file name that leads elsewhere is not followed."""
    name = "../elsewhere"
    analysis = room.ear.analysis.model_copy(update={"bands_url": name})
    entry.write_bytes(cache._Entry(analysis, {name: b"?"}).packed())
    assert not room.ask()[0].metadata.cache_hit
    assert not (room.path / "elsewhere").exists()


def test_what_another_try_may_mend_is_not_kept(room: Room) -> None:
    """An analysis that misses its words since the service was down is made again."""
    metadata = room.ear.analysis.metadata.model_copy(update={"flags": ("words_missing",)})
    room.ear.analysis = room.ear.analysis.model_copy(update={"metadata": metadata})
    for _ in range(2):
        room.ask()
    assert room.ear.n_heard == 2


def test_old_entries_and_those_too_many_go(
    room: Room, runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The oldest go first, and what a crash left too."""
    for number in range(4):
        room.ask(parameters={"number": number})
    entries = sorted((runs_dir / FOLDER).iterdir(), key=lambda path: path.stat().st_mtime)
    for age_s, path in zip((KEPT_S + 1, 30, 20, 10), entries, strict=True):
        os.utime(path, (time.time() - age_s,) * 2)
    leftover = runs_dir / FOLDER / ".half.zip.1234"
    leftover.write_bytes(b"half")
    os.utime(leftover, (time.time() - KEPT_S - 1,) * 2)
    monkeypatch.setattr(cache, "MOST_BYTES", entries[2].stat().st_size + entries[3].stat().st_size)
    tidy_cache()
    assert set((runs_dir / FOLDER).iterdir()) == set(entries[2:])


def test_there_is_room_for_what_comes(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest makes way for the new one before that is written."""
    room.ask(parameters={"number": 0})
    monkeypatch.setattr(cache, "MOST_BYTES", 1)
    room.ask(parameters={"number": 1})
    monkeypatch.setattr(cache, "MOST_BYTES", 10**6)
    assert [room.ask(parameters={"number": n})[0].metadata.cache_hit for n in (1, 0)] == [1, 0]


def test_a_full_disk_is_relieved_before_it_is_written_to(
    room: Room, entry: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Old entries go although the new one cannot be kept."""
    os.utime(entry, (time.time() - KEPT_S - 1,) * 2)

    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(cache, "write_whole", fail)
    room.ask(parameters={"number": 1})
    assert not entry.exists()


def test_what_cannot_be_tidied_keeps_nobody_from_writing(
    room: Room, entry: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor does it fail the job that tidies."""

    def fail(*_: object) -> None:
        raise PermissionError("not ours")

    os.utime(entry, (time.time() - KEPT_S - 1,) * 2)
    monkeypatch.setattr(cache._FolderShelf, "remove", fail)
    tidy_cache()
    room.ask(parameters={"number": 1})
    assert room.ask(parameters={"number": 1})[0].metadata.cache_hit


def test_many_may_write_at_once(room: Room, runs_dir: Path) -> None:
    """Whoever comes last is heard; nothing is ever half there."""
    wrong = []

    def ask_often(name: str) -> None:
        for number in range(5):
            folder = room.path / f"{name}-{number}"
            folder.mkdir()
            hear = lambda folder=folder: room.ear.hear(folder, FIRST_JOB)  # noqa: E731
            cached_analysis(room.song, job_id=FIRST_JOB, folder=folder, hear=hear)
            if (folder / BANDS_FILE).read_bytes() != b"envelopes":
                wrong.append(folder)

    threads = [threading.Thread(target=ask_often, args=[name]) for name in "abcdef"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert len(list((runs_dir / FOLDER).iterdir())) == 1


def test_a_cache_that_cannot_be_written_is_no_matter(room: Room, runs_dir: Path) -> None:
    """The song is heard all the same."""
    (runs_dir / FOLDER).parent.mkdir(parents=True)
    (runs_dir / FOLDER).write_text("in the way")
    for _ in range(2):
        assert room.ask()[0].bpm == room.ear.analysis.bpm
    assert room.ear.n_heard == 2
    tidy_cache()


def test_a_folder_among_the_entries_is_left_alone(entry: Path) -> None:
    """However old it is: it is not ours."""
    other = entry.parent / "other"
    other.mkdir()
    for path in (entry, other):
        os.utime(path, (time.time() - KEPT_S - 1,) * 2)
    tidy_cache()
    assert other.is_dir()
    assert not entry.exists()


def test_a_store_of_no_kind_is_no_matter(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """The song is heard; who needs the store for more will complain."""
    monkeypatch.setenv("MVKIT_STORE", "nowhere")
    get_settings.cache_clear()
    assert not room.ask()[0].metadata.cache_hit
    tidy_cache()


def test_files_that_are_not_there_are_left_to_who_hears(tmp_path: Path) -> None:
    """A song or lyrics that are missing, or are folders, are told as without a cache."""
    folder, missing = tmp_path / "folder", tmp_path / "missing.mp3"
    folder.mkdir()
    for song in (folder, missing):
        with pytest.raises(NotFound, match=song.name):
            analyze_song(song, job_id=FIRST_JOB, folder=tmp_path)
    (tmp_path / "song.mp3").write_bytes(b"a song")
    question = {"song": tmp_path / "song.mp3", "job_id": FIRST_JOB, "folder": tmp_path}
    for lyrics in (folder, missing):
        with pytest.raises(NotFound, match="read by who hears"):
            cached_analysis(**question, lyrics=lyrics, hear=_miss)


def _miss() -> Analysis:
    raise NotFound("The lyrics are read by who hears.")


class Bucket:
    """What the cache asks of a bucket, in memory."""

    objects: dict[str, tuple[bytes, float]] = {}  # noqa: RUF012 - one for all, as a bucket is
    is_down = False

    def __init__(self, url: str) -> None:
        assert url == "s3://films"

    def get(self, key: str) -> SimpleNamespace:
        if self.is_down:
            raise GenerationFailed("The store failed.", reason="STORE")
        if key not in self.objects:
            raise NotFound(f"There is no {key}.")
        data, modified_at_s = self.objects[key]
        return SimpleNamespace(chunks=iter([data[:10], data[10:]]), modified_at_s=modified_at_s)

    def put(self, key: str, file: io.BytesIO) -> str:
        if self.is_down:
            raise GenerationFailed("The store failed.", reason="STORE")
        self.objects[key] = (file.read(), time.time())
        return "tag"

    def listed(self, folder: str) -> dict[str, SimpleNamespace]:
        return {
            key: SimpleNamespace(
                file=SimpleNamespace(
                    name=key.removeprefix(f"{folder}/"), n_bytes=len(data), modified_at_s=at_s
                )
            )
            for key, (data, at_s) in self.objects.items()
        }

    def delete(self, keys: list[str]) -> None:
        for key in keys:
            del self.objects[key]


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> type[Bucket]:
    """A store for all machines."""
    monkeypatch.setenv("MVKIT_STORE", "s3://films")
    get_settings.cache_clear()
    monkeypatch.setattr("mvkit.storage.bucket.Bucket", Bucket)
    monkeypatch.setattr(Bucket, "objects", {})
    monkeypatch.setattr(Bucket, "is_down", False)
    return Bucket


def test_machines_share_what_they_heard(room: Room, bucket: type[Bucket], runs_dir: Path) -> None:
    """With a store for runs, entries lie there, under one prefix, and old ones go."""
    room.ask()
    assert room.ask(OTHER_JOB)[0].metadata.cache_hit
    assert not (runs_dir / FOLDER).exists()
    (key,) = bucket.objects
    assert key.startswith(f"{FOLDER}/")
    bucket.objects[f"{FOLDER}/old.zip"] = (b"", time.time() - KEPT_S - 1)
    tidy_cache()
    assert set(bucket.objects) == {key}


def test_a_store_that_does_not_answer_is_no_matter(room: Room, bucket: type[Bucket]) -> None:
    """The song is heard."""
    bucket.is_down = True
    assert not room.ask()[0].metadata.cache_hit


def test_the_cache_is_no_run(room: Room, entry: Path) -> None:
    """Who lists runs does not stumble over it."""
    from mvkit.index.scan import scan
    from mvkit.run import all_runs
    from mvkit.storage import LocalStore

    runs_dir = get_settings().runs_dir
    assert entry.is_file()
    assert (all_runs(), scan(runs_dir), LocalStore(runs_dir).job_ids()) == ([], {}, [])
