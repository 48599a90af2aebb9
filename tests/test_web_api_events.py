"""A job followed as it happens: everything told, in order, once, to all who listen."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from mvkit.errors import Cancelled, GenerationFailed
from mvkit.jobs.client import delete
from mvkit.run import Run
from mvkit.settings import get_settings
from mvkit.storage import ObjectStore, get_store
from mvkit.web import accounts
from mvkit.web.api import events, feed, make_api

from .api_makers import (
    add_job,
    api,
    client,
    free_port,
    new_person,
    serving,
    set_row,
    tell_status,
)
from .conftest import ROOT
from .process_watch import wait_for
from .s3_server import s3_server

__all__ = ["api", "client"]

STORY: tuple[tuple[str, Mapping[str, Any]], ...] = (
    ("stage_update", {"stage": "analysis", "status": "started"}),
    ("stage_update", {"stage": "analysis", "status": "finished", "duration": 1.5}),
    ("progress", {"progress": 55.0, "estimated_remaining": 60.0, "clip": {"clip_index": 1}}),
    ("cost_update", {"stage": "clips", "cost": 0.12, "total": 0.12}),
    ("message", {"text": "One clip was filmed by the stand-in.", "stage": "clips"}),
    ("completed", {"video_url": "video.mp4", "total_cost": 0.12}),
)
ERROR = {"stage": "clips", **GenerationFailed("It broke.", reason="BROKEN").as_dict()}


@dataclass(frozen=True)
class Heard:
    """An event as a browser gets it."""

    name: str
    data: dict[str, Any]
    id: str = ""


def parse(text: str) -> list[Heard]:
    """Read events off the wire."""
    found = []
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if line[0] != ":")
        if fields:
            found.append(Heard(fields["event"], json.loads(fields["data"]), fields.get("id", "")))
    return found


def tell(run: Run, *story: tuple[str, Mapping[str, Any]]) -> None:
    for name, fields in story:
        run.tell(name, **fields)


@pytest.fixture
def finished(tmp_path: Path, client: TestClient) -> Run:
    """A job that has told its whole story, and ended."""
    run = add_job(tmp_path)
    tell(run, *STORY)
    tell_status(run, "finished", progress=100.0, total_cost=0.12)
    return run


@pytest.fixture
def running(tmp_path: Path, api: FastAPI) -> Run:
    """A job that is being worked on, and has told two things."""
    run = add_job(tmp_path, state="running")
    tell(run, *STORY[:2])
    tell_status(run, "running", progress=10.0, stage="analysis")
    return run


def stream(run: Run) -> str:
    return f"/jobs/{run.job_id}/stream"


def end(run: Run, state: str = "finished") -> None:
    """End a job as its worker does: its file says so first, then its row."""
    tell_status(run, state)  # type: ignore[arg-type]
    set_row(run, state=state, told=True)


# What is told


def test_everything_is_told_by_line_then_how_the_job_stands_and_then_the_stream_ends(
    client: TestClient, finished: Run
) -> None:
    answer = client.get(stream(finished))
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["cache-control"] == "no-store"
    *story, standing = parse(answer.text)
    assert [(event.name, event.id) for event in story] == [
        (name, str(number)) for number, (name, _) in enumerate(STORY)
    ]
    for event, (_, fields) in zip(story[:-1], STORY[:-1], strict=True):
        assert event.data.items() >= fields.items()
        assert event.data["time"] == pytest.approx(time.time(), abs=60)
    assert story[-1].data["total_cost"] == 0.12
    assert story[-1].data["video_url"] == f"/jobs/{finished.job_id}/files/video.mp4"
    assert (standing.name, standing.id) == ("progress", "")
    assert standing.data == {
        "progress": 100.0,
        "estimated_remaining": None,
        "state": "finished",
        "stage": "",
    }


@pytest.mark.parametrize(
    ("last_id", "first"),
    [("2", "3"), ("0", "1"), *((wrong, "0") for wrong in ("6", "99", "-1", "x", "", "1e1", "²"))],
)
def test_who_comes_back_is_told_what_they_missed(
    client: TestClient, finished: Run, last_id: str, first: str
) -> None:
    """Whoever names a line that there is not is told everything."""
    answer = client.get(stream(finished), headers={"Last-Event-ID": last_id.encode()})
    assert parse(answer.text)[0].id == first


def test_who_knows_the_end_is_told_to_stop_asking(client: TestClient, finished: Run) -> None:
    """Browsers come back to a stream that ended, unless they are told not to."""
    answer = client.get(stream(finished), headers={"Last-Event-ID": "5"})
    assert (answer.status_code, answer.content) == (204, b"")


def test_a_line_that_a_crash_cut_off_is_counted_and_not_told(
    client: TestClient, tmp_path: Path
) -> None:
    run = add_job(tmp_path)
    tell(run, STORY[0])
    for torn in (b'{"event": "prog', b"[1]", b"\xff\xfe", b'{"event": "unheard_of"}'):
        with (run.folder / "events.jsonl").open("ab") as file:
            file.write(torn + b"\n")
    tell(run, STORY[-1])
    heard = parse(client.get(stream(run)).text)
    assert [(event.name, event.id) for event in heard[:2]] == [
        ("stage_update", "0"),
        ("completed", "5"),
    ]


@pytest.mark.parametrize(
    ("state", "name", "fields"),
    [
        ("finished", "completed", {"total_cost": 0.0}),
        ("planned", "stage_update", {"stage": "plan", "status": "planned"}),
        ("failed", "error", {"code": "GENERATION_ERROR", "reason": "BROKEN", "error": "It broke."}),
        ("cancelled", "error", {"code": "CANCELLED", "retryable": False}),
    ],
)
def test_a_job_that_ended_without_a_word_is_told_by_its_status(
    client: TestClient, tmp_path: Path, state: Any, name: str, fields: dict[str, Any]
) -> None:
    """One cancelled while it waited, say; how an earlier attempt ended is not how it ended."""
    run = add_job(tmp_path, state=state)
    error = Cancelled("Cancelled.").as_dict() if state == "cancelled" else ERROR
    earlier = ("error", ERROR) if state == "cancelled" else ("progress", {"progress": 10.0})
    tell(run, earlier)
    ended_badly = state in ("failed", "cancelled")
    tell_status(run, state, error=error if ended_badly else None)
    last = parse(client.get(stream(run)).text)[-1]
    assert (last.name, last.id) == (name, "0.end")
    assert last.data.items() >= fields.items()
    again = client.get(stream(run), headers={"Last-Event-ID": last.id})
    assert again.status_code == 204


def test_a_job_that_never_told_anything_ends_for_who_heard_so(
    client: TestClient, tmp_path: Path
) -> None:
    run = add_job(tmp_path, state="cancelled")
    tell_status(run, "cancelled", error=Cancelled("Cancelled.").as_dict())
    last = parse(client.get(stream(run)).text)[-1]
    assert (last.name, last.id) == ("error", "-1.end")
    assert client.get(stream(run), headers={"Last-Event-ID": last.id}).status_code == 204


# As it happens


@contextmanager
def listening(url: str, run: Run, **headers: str) -> Iterator[Iterator[Heard]]:
    """Follow a job over the wire; gives its events one by one."""
    with httpx.stream("GET", url + stream(run), headers=headers, timeout=20.0) as answer:
        assert answer.status_code == 200
        yield _events(answer)


def _events(answer: httpx.Response) -> Iterator[Heard]:
    block = ""
    for line in answer.iter_lines():
        block += f"{line}\n"
        if not line:
            yield from parse(block)
            block = ""


def test_a_listener_hears_at_once_where_the_job_stands_and_then_within_a_second_what_happens(
    api: FastAPI, running: Run
) -> None:
    with serving(api) as url, listening(url, running) as heard:
        assert [next(heard).id, next(heard).id] == ["0", "1"]
        standing = next(heard)
        assert (standing.data["state"], standing.data["progress"]) == ("running", 10.0)
        for number, event in enumerate(STORY[2:], start=2):
            tell(running, event)
            told = next(heard)
            assert time.time() - told.data["time"] < 1.0
            assert (told.id, told.name) == (str(number), event[0])
        ended_s = time.monotonic()
        end(running)
        assert list(heard) == []
        assert time.monotonic() - ended_s < 2.0


def test_the_stream_goes_on_with_a_new_attempt(api: FastAPI, running: Run) -> None:
    """A failure is no end as long as the job goes on."""
    with serving(api) as url, listening(url, running) as heard:
        for _ in range(3):
            next(heard)
        tell(running, ("error", ERROR))
        assert next(heard).name == "error"
        set_row(running, attempt=2, state="queued", told=False)
        time.sleep(3 * feed.POLL_S)
        tell(running, ("stage_update", {"stage": "analysis", "status": "kept"}))
        assert next(heard).data["status"] == "kept"
        tell(running, STORY[-1])
        end(running)
        assert [event.name for event in heard] == ["completed"]


def test_a_cancelled_job_is_over_only_when_its_worker_has_said_so(
    api: FastAPI, running: Run
) -> None:
    """The row is ahead; what the worker still has to tell is told."""
    with serving(api) as url, listening(url, running) as heard:
        for _ in range(3):
            next(heard)
        set_row(running, state="cancelled", told=False)
        time.sleep(3 * feed.POLL_S)
        tell(running, ("error", Cancelled("Cancelled.").as_dict()))
        end(running, "cancelled")
        assert [event.data["code"] for event in heard] == ["CANCELLED"]


def test_a_silent_stream_is_kept_alive(
    api: FastAPI, running: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "HEARTBEAT_S", 0.2)
    with serving(api) as url, httpx.stream("GET", url + stream(running), timeout=5.0) as answer:
        lines = (line for line in answer.iter_lines() if line.startswith(":"))
        assert [next(lines), next(lines)] == [": still here"] * 2


def test_a_job_that_is_deleted_ends_its_streams(
    api: FastAPI, running: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "LOOK_S", 0.1)
    with serving(api) as url, listening(url, running) as heard:
        for _ in range(3):
            next(heard)
        set_row(running, state="failed", told=True)
        delete(running.job_id)
        assert [event.name for event in heard] in ([], ["error"])


def test_a_login_that_ends_takes_its_streams_along(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "RECHECK_S", 0.2)
    ada = new_person("ada")
    run = add_job(tmp_path, user="ada", state="running")
    with (
        serving(make_api()) as url,
        listening(url, run, **ada.bearer) as by_token,
        listening(url, run, **ada.page) as by_cookie,
    ):
        assert next(by_token).name == next(by_cookie).name == "progress"
        ended_s = time.monotonic()
        accounts.log_out(ada.token)
        assert list(by_token) == []
        assert time.monotonic() - ended_s < 3.0
        tell(run, STORY[0])
        assert next(by_cookie).id == "0"  # that is a login of its own


# One reader for all


@dataclass
class Reading:
    """How the events of runs are read."""

    offsets: list[int]


@pytest.fixture
def reading(monkeypatch: pytest.MonkeyPatch) -> Reading:
    """Note every look at a run's events."""
    noted, read = Reading([]), feed._events_from

    def look(n_bytes: int, *, job_id: str) -> bytes:
        noted.offsets.append(n_bytes)
        return read(n_bytes, job_id=job_id)

    monkeypatch.setattr(feed, "_events_from", look)
    return noted


def test_many_listeners_share_one_reader_that_reads_only_what_is_new(
    api: FastAPI, running: Run, reading: Reading
) -> None:
    n_listeners = 25
    with serving(api) as url, ExitStack() as open_streams:
        n_threads = threading.active_count()
        streams = [open_streams.enter_context(listening(url, running)) for _ in range(n_listeners)]
        for heard in streams:
            assert [next(heard).id for _ in range(3)] == ["0", "1", ""]
        size = (running.folder / "events.jsonl").stat().st_size
        reading.offsets.clear()
        started_s = time.monotonic()
        tell(running, STORY[2])
        assert {next(heard).id for heard in streams} == {"2"}
        time.sleep(4 * feed.POLL_S)
        passed_s = time.monotonic() - started_s
        assert len(reading.offsets) <= passed_s / feed.POLL_S + 1
        assert min(reading.offsets) >= size
        assert threading.active_count() - n_threads < n_listeners


def test_when_the_last_listener_leaves_nobody_reads_any_more(
    api: FastAPI, running: Run, reading: Reading
) -> None:
    with serving(api) as url:
        with listening(url, running) as one:
            with listening(url, running) as other:
                next(one), next(other)
            tell(running, STORY[2])
            assert "2" in (event.id for event in one)  # the other still hears
        wait_for(lambda: not api.state.feeds._feeds, timeout_s=2.0)
        n_read = len(reading.offsets)
        time.sleep(3 * feed.POLL_S)
        assert len(reading.offsets) == n_read


def test_from_an_object_store_the_events_are_read_too(
    api: FastAPI, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with s3_server() as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("MVKIT_STORE", server.make_bucket())
        monkeypatch.setattr(feed, "POLL_STORE_S", 0.3)
        get_settings.cache_clear()
        store = get_store()
        assert isinstance(store, ObjectStore)
        run = add_job(tmp_path, state="running")
        with serving(api) as url, listening(url, run) as heard:
            assert next(heard).name == "progress"  # nothing was told yet
            for number, event in enumerate(STORY):
                tell(run, event)
                store.push(run)
                assert next(heard).id == str(number)
            server.refuse = "503 Service Unavailable"
            time.sleep(0.5)
            server.refuse = ""
            end(run)
            store.push(run)
            assert list(heard) == []


def test_a_database_that_does_not_answer_is_told_before_the_stream_begins(
    client: TestClient, finished: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(_n_bytes: int, *, job_id: str) -> bytes:
        raise GenerationFailed(f"{job_id} is on a disk that is gone", reason="STORE")

    monkeypatch.setattr(feed, "_events_from", silent)
    answer = client.get(stream(finished))
    assert (answer.status_code, answer.json()["error"]["reason"]) == (503, "STORE")
    assert finished.job_id not in answer.text


# The server stops

SERVE = """
import sys, uvicorn
from mvkit.web.api import make_api
uvicorn.run(make_api(), port=int(sys.argv[1]), log_level="warning")
"""


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_server_that_is_told_to_stop_waits_for_no_listener(running: Run, how: int) -> None:
    port = free_port()
    server = subprocess.Popen([sys.executable, "-c", SERVE, str(port)], cwd=ROOT)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(lambda: _answers(url), timeout_s=60.0)
        with listening(url, running) as heard:
            next(heard)
            server.send_signal(how)
            assert all(event.name != "error" for event in heard)
        server.wait(timeout=10.0)
    finally:
        server.kill()
        server.wait()


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/docs").is_success
    except httpx.TransportError:
        return False
