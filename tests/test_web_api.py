"""The API: songs come in, jobs are looked after, and whatever goes wrong is told in one form."""

from __future__ import annotations

import asyncio
import http.client
import json
import logging
import re
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from mvkit import providers
from mvkit.analysis import intake, lyrics
from mvkit.errors import InvalidInput
from mvkit.files import write_whole
from mvkit.jobs.table import find_job, list_jobs
from mvkit.run import Run
from mvkit.schema import Artefact, Brief, Plan
from mvkit.settings import get_settings, local_user
from mvkit.web import accounts
from mvkit.web.api import bodies, errors, make_api, uploads
from mvkit.web.api.jobs import REMEMBERED_S

from .api_makers import (
    PASSWORD,
    PROMPT,
    SONG,
    SONG_S,
    add_job,
    api,
    client,
    new_person,
    serving,
    set_row,
    tell_status,
    upload,
)
from .fake_provider import FakeCamera, FakePainter
from .film_makers import make_clips
from .song_makers import chunk, clicks, encoded, pcm, times_of, wav, wav_format

__all__ = ["api", "client"]

SOUND = pcm(clicks(times_of(120.0, SONG_S), SONG_S))
MANY_ZEROS = b"\0" * 2_000_000
LRC = "[00:01.00]Walking in the rain\n[00:02.50]All alone\n"


@pytest.fixture(autouse=True)
def _many_submissions(monkeypatch: pytest.MonkeyPatch) -> None:
    for limit in ("SUBMISSIONS_PER_HOUR", "QUEUED_PER_USER"):
        monkeypatch.setenv(f"MVKIT_{limit}", "1000")
    get_settings.cache_clear()


@pytest.fixture
def paid(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have somebody who films and paints for money."""
    monkeypatch.setitem(providers.PAID_VIDEO_MODELS, "fake", FakeCamera)
    monkeypatch.setitem(providers.PAID_IMAGE_MODELS, "fake", FakePainter)


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where temporary files go; none outlives its request."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert list(folder.iterdir()) == []


def song_of(n_bytes: int) -> bytes:
    """Return a song that is exactly so long: a chunk that nobody knows fills it up."""
    empty = wav(wav_format(), chunk(b"junk", b""), chunk(b"data", SOUND))
    return wav(wav_format(), chunk(b"junk", bytes(n_bytes - len(empty))), chunk(b"data", SOUND))


def error_of(answer: httpx.Response) -> dict[str, Any]:
    """Return what an answer says went wrong; it has to be in the one form."""
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    [(name, fields)] = answer.json().items()
    assert name == "error"
    assert {field: type(value) for field, value in fields.items()} == {
        "code": str,
        "reason": str,
        "message": str,
        "retryable": bool,
    }
    return dict(fields)


def run_of(answer: httpx.Response) -> Run:
    return Run(get_settings().runs_dir / answer.json()["job_id"])


# A song comes in


def test_a_song_and_a_wish_become_a_job(client: TestClient, tmp_path: Path) -> None:
    wish = {
        "title": "Neon Rain",
        "aspect": "9:16",
        "framing": "centre",
        "seed": "7",
        "options": '{"plan": {"pace": 1.2}}',
        "plan_first": "true",
        "budget_usd": "0.50",
        "video": "studio:144",
        "planner": "openai:gpt-6-luna",
        "transcriber": "whisper",
    }
    answer = upload(client, **wish)
    assert answer.status_code == 201
    told = answer.json()
    assert answer.headers["location"] == told["urls"]["status"] == f"/jobs/{told['job_id']}"
    assert (told["state"], told["aim"], told["title"]) == ("queued", "plan", "Neon Rain")
    assert told["song_s"] == pytest.approx(SONG_S)
    assert find_job(told["job_id"]).user == local_user()
    run = run_of(answer)
    assert run.song.read_bytes() == SONG
    brief = run.brief
    assert (brief.prompt, brief.aspect, brief.seed) == (PROMPT, "9:16", 7)
    assert brief.framing == "centre"
    assert (brief.image, brief.video) == ("studio", "studio:144")
    assert (brief.planner, brief.transcriber) == ("openai:gpt-6-luna", "whisper")
    assert brief.options == {"plan": {"pace": 1.2}}


def test_lyrics_come_along_whatever_their_file_is_called(client: TestClient) -> None:
    files = {"audio_file": ("x.mp3", SONG), "lyrics_file": ("../../words.docx", LRC)}
    answer = client.post("/upload-audio", files=files, data={"user_prompt": PROMPT})
    lyrics_file = run_of(answer).lyrics
    assert lyrics_file is not None
    assert lyrics_file.name == "lyrics.txt"
    assert lyrics_file.read_text() == LRC


def test_an_empty_lyrics_file_is_none(client: TestClient) -> None:
    """Browsers send one where nothing was chosen."""
    files = {"audio_file": ("x.mp3", SONG), "lyrics_file": ("", b"")}
    answer = client.post("/upload-audio", files=files, data={"user_prompt": PROMPT})
    assert run_of(answer).lyrics is None


@pytest.mark.parametrize(
    "name", ["../../../etc/x.wav", "/etc/x.wav", "C:\\x.wav", "x\0.wav", "a" * 5000, '"', "\r\n"]
)
def test_the_name_of_a_song_leads_nowhere(client: TestClient, tmp_path: Path, name: str) -> None:
    before = {path for path in tmp_path.rglob("*") if "runs" not in path.parts}
    answer = client.post(
        "/upload-audio", files={"audio_file": (name, SONG)}, data={"user_prompt": PROMPT}
    )
    assert answer.status_code in (201, 422)
    if answer.status_code == 201:
        assert run_of(answer).brief.song_file == "song.wav"
    assert {path for path in tmp_path.rglob("*") if "runs" not in path.parts} == before


REFUSED_SONGS = {
    "EMPTY_FILE": b"",
    "NOT_AUDIO": b"#EXTM3U\n#EXTINF:9,\n/etc/passwd\n#EXT-X-ENDLIST\n",
    "UNSUPPORTED_CONTAINER": encoded(clicks(times_of(120.0, 2.0), 2.0), "ogg"),
    "UNSUPPORTED_LAYOUT": wav(wav_format(n_channels=0), chunk(b"data", SOUND)),
    "UNSUPPORTED_SAMPLE_RATE": wav(wav_format(rate_hz=1), chunk(b"data", SOUND)),
    "TOO_SHORT": wav(wav_format(), chunk(b"data", SOUND[:4000])),
    "SILENT": wav(wav_format(), chunk(b"data", MANY_ZEROS)),
}


def test_a_file_that_is_no_song_is_refused_quickly_and_leaves_nothing(
    client: TestClient, runs_dir: Path
) -> None:
    for reason, song in REFUSED_SONGS.items():
        started_s = time.monotonic()
        answer = upload(client, song)
        assert (answer.status_code, error_of(answer)["reason"]) == (422, reason)
        assert error_of(answer)["code"] == "VALIDATION_ERROR"
        assert time.monotonic() - started_s < 5.0
    assert list_jobs() == []
    assert not [path for path in runs_dir.iterdir() if len(path.name) == 36]


def wrong_forms() -> dict[str, tuple[int, str, dict[str, Any]]]:
    song = ("song.wav", SONG)
    wish = {"user_prompt": PROMPT}
    return {
        "no song": (422, "NO_SONG", {"files": {"lyrics_file": ("x", LRC)}, "data": wish}),
        "no prompt": (422, "REQUEST", {"files": {"audio_file": song}}),
        "short prompt": (
            422,
            "REQUEST",
            {"files": {"audio_file": song}, "data": {"user_prompt": "too short"}},
        ),
        "foreign field": (
            422,
            "FORM",
            {"files": {"audio_file": song}, "data": wish | {"is_admin": "1"}},
        ),
        "song twice": (
            422,
            "FORM",
            {"files": [("audio_file", song), ("audio_file", song)], "data": wish},
        ),
        "prompt twice": (
            422,
            "FORM",
            {"files": {"audio_file": song}, "data": {"user_prompt": [PROMPT, PROMPT]}},
        ),
        "lyrics that are no text": (
            422,
            "LYRICS",
            {"files": {"audio_file": song, "lyrics_file": ("x", b"a\0b")}, "data": wish},
        ),
        "unknown model": (
            422,
            "UNKNOWN_PROVIDER",
            {"files": {"audio_file": song}, "data": wish | {"video": "nobody:v1"}},
        ),
        "unknown option": (
            422,
            "UNKNOWN_PARAMETER",
            {"files": {"audio_file": song}, "data": wish | {"options": '{"plan": {"x": 1}}'}},
        ),
        **{
            f"{name}={value!r:.20}": (
                422,
                "REQUEST",
                {"files": {"audio_file": song}, "data": wish | {name: value}},
            )
            for name, value in [
                *(("title", "x\0y"), ("title", "x" * 201), ("seed", "-1"), ("seed", "x")),
                *(("seed", "9" * 5000), ("aspect", "4:3"), ("budget_usd", "NaN")),
                *(("budget_usd", "-1"), ("plan_first", "maybe"), ("options", "{")),
                *(("options", "[" * 10_000), ("options", '{"plan": {"x": [1]}}')),
            ]
        },
        "no form": (415, "CONTENT_TYPE", {"json": wish}),
        "form without files": (415, "CONTENT_TYPE", {"data": wish}),
        "no boundary": (
            415,
            "CONTENT_TYPE",
            {"content": b"x", "headers": {"content-type": "multipart/form-data"}},
        ),
        "garbage": (422, "FORM", raw_form(b"garbage")),
        "cut off": (422, "FORM", raw_form(part("audio_file", SONG)[:5000])),
        "not in UTF-8": (422, "FORM", raw_form(part("user_prompt", b"\xff\xfe"), END)),
        "nameless part": (422, "FORM", raw_form(b"--b\r\n\r\nx\r\n", END)),
    }


END = b"--b--\r\n"


def part(name: str, content: bytes) -> bytes:
    """Return one part of a form."""
    head = f'--b\r\nContent-Disposition: form-data; name="{name}"; filename="x"\r\n\r\n'
    return head.encode() + content + b"\r\n"


def raw_form(*parts: bytes) -> dict[str, Any]:
    kind = {"content-type": "multipart/form-data; boundary=b"}
    return {"content": b"".join(parts), "headers": kind}


def test_a_wish_that_cannot_be_used_is_refused_and_leaves_nothing(
    client: TestClient, runs_dir: Path
) -> None:
    for name, (status, reason, request) in wrong_forms().items():
        answer = client.post("/upload-audio", **request)
        assert (answer.status_code, error_of(answer)["reason"]) == (status, reason), name
    assert list_jobs() == []
    assert not [path for path in runs_dir.iterdir() if len(path.name) == 36]


@pytest.mark.usefixtures("paid")
def test_the_budget_decides_before_anything_is_queued(client: TestClient) -> None:
    answer = upload(client, video="fake", budget_usd="0.01")
    assert (answer.status_code, error_of(answer)["code"]) == (422, "BUDGET_EXCEEDED")
    assert upload(client, video="fake", budget_usd="1").status_code == 201


def test_who_submits_too_much_is_told_when_to_come_back_before_anything_is_taken_in(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MVKIT_SUBMISSIONS_PER_HOUR", "1")
    get_settings.cache_clear()
    assert upload(client).status_code == 201
    monkeypatch.setattr(uploads, "receive_form", None)  # nobody gets that far
    answer = upload(client)
    assert answer.status_code == 429
    assert error_of(answer)["retryable"] is True
    assert 3500 < int(answer.headers["retry-after"]) <= 3600


def test_a_full_shelf_is_told(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MVKIT_QUOTA_GB", "0.000001")
    get_settings.cache_clear()
    answer = upload(client)
    assert (answer.status_code, error_of(answer)["code"]) == (413, "QUOTA_EXCEEDED")


# How much is taken


def test_ten_mebibytes_are_taken_to_the_byte(client: TestClient) -> None:
    answer = upload(client, song_of(intake.MAX_BYTES))
    assert answer.status_code == 201
    assert run_of(answer).song.stat().st_size == 10 * 1024 * 1024
    answer = upload(client, song_of(intake.MAX_BYTES + 1))
    assert (answer.status_code, error_of(answer)["reason"]) == (413, "FILE_TOO_LARGE")


def test_lyrics_and_fields_have_their_own_limits(client: TestClient) -> None:
    song = ("x", SONG)
    words = (LRC * (lyrics.MAX_BYTES // len(LRC) + 1)).encode()
    for size, status in [(lyrics.MAX_BYTES, 201), (lyrics.MAX_BYTES + 1, 413)]:
        files = {"audio_file": song, "lyrics_file": ("x", words[:size])}
        answer = client.post("/upload-audio", files=files, data={"user_prompt": PROMPT})
        assert answer.status_code == status
    answer = upload(client, title="x" * bodies.SMALL_BYTES)
    assert (answer.status_code, error_of(answer)["reason"]) == (413, "BODY_TOO_LARGE")


def endless(*parts: bytes) -> Callable[[], bytes]:
    """Return what sends some bytes, then zeros without an end."""
    coming = iter(parts)
    return lambda: next(coming, bytes(64 * 1024))


def ask(
    api: FastAPI, path: str, send_more: Callable[[], bytes], *, headers: dict[str, str]
) -> tuple[int, int]:
    """Send a body as it is taken; return the status, and how many bytes were taken."""
    taken, statuses = 0, []

    async def receive() -> dict[str, Any]:
        nonlocal taken
        body = send_more()
        taken += len(body)
        return {"type": "http.request", "body": body, "more_body": True}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    asyncio.run(api(scope, receive, send))
    return statuses[0], taken


FORM = {"content-type": "multipart/form-data; boundary=b"}
HEAD = part("audio_file", b"")[:-2]


@pytest.mark.parametrize(
    ("begun", "most"),
    [
        (HEAD, intake.MAX_BYTES),
        (part("lyrics_file", b"")[:-2], lyrics.MAX_BYTES),
        (part("title", b"")[:-2], bodies.SMALL_BYTES),
        (part("audio_file", SONG) + part("user_prompt", PROMPT.encode()) + END, 11 << 20),
    ],
    ids=["song", "lyrics", "field", "what comes after the end"],
)
@pytest.mark.parametrize("told", ["", "1000"])
def test_the_first_byte_too_many_ends_an_upload_whatever_length_was_told(
    api: FastAPI, begun: bytes, most: int, told: str
) -> None:
    headers = FORM | ({"content-length": told} if told else {})
    status, taken = ask(api, "/upload-audio", endless(begun), headers=headers)
    assert status == 413
    assert taken <= most + 2 * 64 * 1024


def test_a_form_of_a_million_parts_or_headers_is_refused_early(api: FastAPI) -> None:
    unknown = b"--b\r\nContent-Disposition: form-data; name=x\r\n\r\n\r\n"
    for send_more in (
        endless(unknown * 1000),
        endless(b"--b\r\n" + b"X: y\r\n" * 10_000),
        endless(b"--b\r\n" + b"X" * 100_000),
    ):
        status, taken = ask(api, "/upload-audio", send_more, headers=FORM)
        assert status == 422
        assert taken < 1 << 20


def test_no_other_route_takes_more_than_a_little(api: FastAPI) -> None:
    """Nor does it read it first: anybody may send something to the login."""
    json_kind = {"content-type": "application/json"}
    for path in ("/auth/login", "/auth/register", "/estimate", "/jobs/x/clips/0/redo"):
        status, taken = ask(api, path, endless(b'"'), headers=json_kind)
        assert status == 413
        assert taken <= bodies.SMALL_BYTES + 64 * 1024


def test_an_upload_that_does_not_arrive_is_given_up(
    api: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "RECEIVING_S", 0.2)
    with serving(api) as url:
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
        connection.putrequest("POST", "/upload-audio")
        connection.putheader("Content-Type", FORM["content-type"])
        connection.putheader("Content-Length", "100000")
        connection.endheaders(HEAD)
        assert connection.getresponse().status == 408
        connection.close()


def test_a_client_that_leaves_halfway_leaves_nothing(
    api: FastAPI, scratch: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with serving(api) as url:
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
        connection.putrequest("POST", "/upload-audio")
        connection.putheader("Content-Type", FORM["content-type"])
        connection.putheader("Content-Length", "1000000")
        connection.endheaders(HEAD + bytes(100_000))
        deadline_s = time.monotonic() + 10
        while not list(scratch.iterdir()) and time.monotonic() < deadline_s:
            time.sleep(0.01)
        connection.close()
        while list(scratch.iterdir()) and time.monotonic() < deadline_s:
            time.sleep(0.01)
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


def test_songs_sent_in_pieces_without_a_length_are_taken(api: FastAPI) -> None:
    body = part("audio_file", SONG) + part("user_prompt", PROMPT.encode()) + END
    pieces = (body[start : start + 7001] for start in range(0, len(body), 7001))
    with serving(api) as url:
        answer = httpx.post(f"{url}/upload-audio", content=pieces, headers=FORM, timeout=30.0)
    assert answer.status_code == 201
    assert run_of(answer).song.read_bytes() == SONG


def test_many_songs_come_in_at_the_same_time(api: FastAPI) -> None:
    """And the rest of the API answers meanwhile."""
    answers: list[int] = []
    with serving(api) as url, httpx.Client(base_url=url, timeout=60.0) as client:
        senders = [
            threading.Thread(target=lambda: answers.append(upload(client).status_code))
            for _ in range(6)
        ]
        for sender in senders:
            sender.start()
        slowest_s = 0.0
        while any(sender.is_alive() for sender in senders):
            started_s = time.monotonic()
            assert client.get("/jobs").status_code == 200
            slowest_s = max(slowest_s, time.monotonic() - started_s)
    assert answers == [201] * 6
    assert slowest_s < 5.0


# Jobs


def test_jobs_are_listed_newest_first_and_by_state(client: TestClient, tmp_path: Path) -> None:
    runs = [add_job(tmp_path, state=state) for state in ("failed", "planned", "finished")]
    add_job(tmp_path, user="somebody else")
    listed = client.get("/jobs").json()["jobs"]
    assert [job["job_id"] for job in listed] == [run.job_id for run in reversed(runs)]
    some = client.get("/jobs", params={"state": ["failed", "finished"], "limit": 1}).json()["jobs"]
    assert [job["job_id"] for job in some] == [runs[2].job_id]
    assert client.get("/jobs", params={"state": "deleted"}).json()["jobs"] == []
    assert client.get("/jobs", params={"limit": 10**9}).status_code == 422


def test_a_status_says_how_far_a_job_is_and_which_clips_are_there(
    client: TestClient, tmp_path: Path
) -> None:
    files = {
        **{f"clips/{name}.json": b"{}" for name in ("000", "001", "001.take2", "003")},
        **{f"clips/{name}.mp4": b"x" for name in ("000", "001", "001.take2", "002", "000.source")},
        **{f"clips/{name}.jpg": b"x" for name in ("000", "001.take2")},
    }
    run = add_job(tmp_path, state="running", files=files)
    tell_status(run, "running", stage="clips", progress=55.5, clips_done=3, n_clips=5, eta_s=12.5)
    told = client.get(f"/jobs/{run.job_id}").json()
    assert (
        told.items()
        >= {
            "state": "running",
            "stage": "clips",
            "progress": 55.5,
            "clips_done": 3,
            "n_clips": 5,
            "eta_s": 12.5,
            "title": "Twelve Seconds",
            "attempt": 1,
        }.items()
    )
    assert [(clip["video"], clip["poster"], clip["take"]) for clip in told["clips"]] == [
        ("clips/000.mp4", "clips/000.jpg", 1),
        ("clips/001.mp4", "", 1),
        ("clips/001.take2.mp4", "clips/001.take2.jpg", 2),
    ]
    assert (told["urls"]["video"], told["urls"]["download"]) == ("", "")
    write_whole(run.folder / "video.mp4", b"film")
    tell_status(run, "finished")
    set_row(run, state="finished")
    time.sleep(REMEMBERED_S)
    told = client.get(f"/jobs/{run.job_id}").json()
    assert client.get(told["urls"]["video"]).content == b"film"
    assert client.get(told["urls"]["download"]).content == b"film"


def test_where_the_row_is_ahead_of_the_file_the_row_is_right(
    client: TestClient, tmp_path: Path
) -> None:
    run = add_job(tmp_path, state="running")
    set_row(run, state="cancelled", told=False)
    told = client.get(f"/jobs/{run.job_id}").json()
    assert (told["state"], told["error"]["code"]) == ("cancelled", "CANCELLED")
    (run.folder / "status.json").unlink()
    assert client.get(f"/jobs/{run.job_id}").json()["state"] == "cancelled"


def test_addresses_lead_back_to_us_wherever_we_are_mounted(api: FastAPI, tmp_path: Path) -> None:
    run = add_job(tmp_path, files={"video.mp4": b"film"})
    app = Starlette(routes=[Mount("/api/v1", api)])
    with TestClient(app) as client:
        told = client.get(f"/api/v1/jobs/{run.job_id}").json()
        assert client.get(told["urls"]["video"]).content == b"film"
        story = client.get(told["urls"]["stream"]).text
        assert f'"/api/v1/jobs/{run.job_id}/files/video.mp4"' in story
        assert client.get("/api/v1/openapi.json").json()["servers"] == [{"url": "/api/v1"}]


def test_a_job_is_cancelled_retried_and_deleted(client: TestClient) -> None:
    job = upload(client).json()["urls"]["status"]
    assert error_of(client.delete(job))["reason"] == "WRONG_STATE"
    assert client.post(f"{job}/cancel").json()["state"] == "cancelled"
    assert client.post(f"{job}/cancel").status_code == 409
    again = client.post(f"{job}/retry", json={"budget_usd": 1.5})
    assert (again.status_code, again.json()["state"], again.json()["attempt"]) == (202, "queued", 2)
    assert client.post(f"{job}/retry").status_code == 409
    assert client.post(f"{job}/approve").status_code == 409
    client.post(f"{job}/cancel")
    answer = client.delete(job)
    assert (answer.status_code, answer.content) == (204, b"")
    assert client.get(job).status_code == client.delete(job).status_code == 404


def test_a_budget_above_what_any_job_may_spend_is_refused(
    client: TestClient, tmp_path: Path
) -> None:
    run = add_job(tmp_path, state="failed")
    answer = client.post(f"/jobs/{run.job_id}/retry", json={"budget_usd": 21})
    assert (answer.status_code, error_of(answer)["reason"]) == (422, "BUDGET")


# The storyboard


@pytest.fixture
def planned(client: TestClient, tmp_path: Path, examples: dict[str, Artefact]) -> str:
    """Where a job is that waits for approval."""
    plan = (examples["analysis"], examples["plan"])
    return f"/jobs/{add_job(tmp_path, state='planned', artefacts=plan).job_id}"


def test_a_storyboard_is_looked_at_changed_and_approved(client: TestClient, planned: str) -> None:
    board = client.get(f"{planned}/storyboard").json()
    assert (board["version"], board["state"], len(board["clips"])) == (0, "planned", 3)
    assert [clip["to_film"] for clip in board["clips"]] == [True] * 3
    words = "A lighthouse, seen from the sea, in the last light."
    board = client.patch(
        f"{planned}/clips/1", json={"visual_description": words, "version": 0}
    ).json()
    assert board["plan"]["clip_scripts"][1]["visual_description"] == words
    late = client.patch(f"{planned}/clips/1", json={"visual_description": "x", "version": 0})
    assert (late.status_code, error_of(late)["reason"]) == (409, "VERSION")
    board = client.put(f"{planned}/clips/2/lock", json={"locked": True}).json()
    assert board["clips"][2]["locked"] is True
    locked = client.patch(f"{planned}/clips/2", json={"visual_description": "x"})
    assert (locked.status_code, error_of(locked)["reason"]) == (409, "LOCKED")
    colours = ["#112233", "#445566", "#778899"]
    board = client.put(f"{planned}/palette", json={"colours": colours}).json()
    assert board["plan"]["style"]["color_palette"] == colours
    board = client.delete(f"{planned}/changes").json()
    assert board["plan"]["clip_scripts"][1]["visual_description"] != words
    assert client.post(f"{planned}/approve").json()["state"] == "queued"
    assert client.post(f"{planned}/clips/1/redo").status_code == 409


def test_a_clip_is_filmed_again_and_takes_are_chosen(client: TestClient, planned: str) -> None:
    run = Run(get_settings().runs_dir / planned.rpartition("/")[2])
    assert error_of(client.post(f"{planned}/clips/0/takes"))["reason"] == "NOT_FILMED"
    for ending in ("json", "mp4"):
        write_whole(run.path(f"clips/000.{ending}"), b"{}")
    board = client.post(f"{planned}/clips/0/takes").json()
    assert [(take["take"], bool(take["video"])) for take in board["clips"][0]["takes"]] == [
        (1, True),
        (2, False),
    ]
    assert board["clips"][0]["take"] == 2
    board = client.put(f"{planned}/clips/0/take", json={"take": 1}).json()
    assert board["clips"][0]["take"] == 1
    assert client.put(f"{planned}/clips/0/take", json={"take": 9}).status_code == 404
    answer = client.post(f"{planned}/clips/0/redo", json={"visual_description": "Rain, closer."})
    assert (answer.status_code, answer.json()["state"]) == (202, "queued")


def test_a_take_tells_how_it_was_filmed(client: TestClient, planned: str) -> None:
    """By whom, for how much, from which picture, and what else is worth knowing."""
    run = Run(get_settings().runs_dir / planned.rpartition("/")[2])
    told = {"cost": 0.25, "error": "The chosen one was away.", "notes": ("It is short.",)}
    files = {"keyframe_url": "clips/000.keyframe.png"}
    clip = make_clips(run.read(Plan)).clips[0].model_copy(update=told | files)
    write_whole(run.path("clips/000.json"), clip.model_dump_json())
    write_whole(run.path("clips/000.keyframe.png"), b"a picture")
    first, second, _ = client.get(f"{planned}/storyboard").json()["clips"]
    take = first["takes"][0]
    assert take.items() >= {"model": "stamps", "cost": 0.25, "notes": ["It is short."]}.items()
    assert take["error"] == "The chosen one was away."
    assert take["keyframe"] == "clips/000.keyframe.png"
    untold = {"model": "", "cost": 0.0, "error": "", "notes": [], "keyframe": ""}
    assert second["takes"][0].items() >= untold.items()


def test_a_change_that_cannot_be_made_is_told(
    client: TestClient, planned: str, tmp_path: Path
) -> None:
    for path, body, status in [
        ("clips/3", {"visual_description": "x"}, 404),
        ("clips/0", {"visual_description": ""}, 422),
        ("clips/0", {"world": "no_such_world"}, 422),
        ("clips/0", {"shots": [{"move": "fly"}]}, 422),
        ("clips/0", {"color": "red"}, 422),
        ("clips/-1", {}, 422),
        ("clips/x", {}, 422),
    ]:
        answer = client.patch(f"{planned}/{path}", json=body)
        assert (answer.status_code, error_of(answer)["code"] != "") == (status, True), (path, body)
    for colours in (["#112233"], ["red"] * 3, ["#112233"] * 7):
        assert client.put(f"{planned}/palette", json={"colours": colours}).status_code == 422
    unplanned = f"/jobs/{add_job(tmp_path, state='failed').job_id}"
    answer = client.get(f"{unplanned}/storyboard")
    assert (answer.status_code, error_of(answer)["reason"]) == (409, "NO_PLAN")


# What can be had


@pytest.mark.usefixtures("paid")
def test_models_are_listed_with_what_they_cost(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def named(model: str) -> FakeCamera:
        if not model:
            raise InvalidInput("named has many models; name one.")
        return FakeCamera(model)

    monkeypatch.setitem(providers.PAID_VIDEO_MODELS, "named", named)
    told = client.get("/models").json()
    assert told["image"]["default"] == "studio"
    by_name = {model["name"]: model for model in told["video"]["models"]}
    assert (by_name["studio"]["free"], by_name["studio"]["typical_usd"]) == (True, 0.0)
    assert (by_name["fake"]["free"], by_name["fake"]["typical_usd"]) == (False, 0.12)
    assert (by_name["named"]["needs_model"], by_name["named"]["typical_usd"]) == (True, None)
    assert {model["name"]: model["typical_usd"] for model in told["image"]["models"]}["fake"] > 0


def test_planners_and_listeners_are_listed_where_they_can_be_asked(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Our director and nobody always; a model of a service where there is a key for it."""

    def names(role: str) -> list[str]:
        told = client.get("/models").json()[role]
        assert told["models"][0]["name"] == told["default"]
        return [model["name"] for model in told["models"] if not model["needs_model"]]

    assert names("planner") == ["director"]
    assert names("transcriber")[0] == "nobody"
    assert "openai:whisper-1" not in names("transcriber")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-x")
    assert "openai:gpt-6-luna" in names("planner")
    assert "openai:whisper-1" in names("transcriber")


def test_an_estimate_counts_the_plan_and_the_words(client: TestClient) -> None:
    """Lyrics with times need nobody to listen; nobody names a file of the server's."""
    wish = {"duration_s": 180, "planner": "openai:gpt-6-luna", "transcriber": "openai:whisper-1"}
    told = client.post("/estimate", json=wish).json()
    assert (told["planning_usd"], told["hearing_usd"]) == (0.006065, 0.018)
    assert told["usd"] == pytest.approx(0.024065)
    assert told["alternatives"][-1]["planner"] == "director"
    timed = client.post("/estimate", json={**wish, "timed_lyrics": True}).json()
    assert (timed["transcriber"], timed["usd"]) == ("nobody", 0.006065)
    unknown = client.post("/estimate", json={"duration_s": 60, "planner": "uncle"})
    assert error_of(unknown)["reason"] == "UNKNOWN_PROVIDER"
    for name in ("whisper:/models/small", "whisper:~/x", "whisper:a/../b", "whisper:./x"):
        assert client.post("/estimate", json={**wish, "transcriber": name}).status_code == 422


@pytest.mark.usefixtures("paid")
def test_an_estimate_is_told_before_anything_is_spent(client: TestClient) -> None:
    free = client.post("/estimate", json={"duration_s": 180}).json()
    assert (free["usd"], free["n_clips"], free["limit_usd"]) == (0.0, 30, 6.0)
    paid = client.post("/estimate", json={"duration_s": 180, "video": "fake"}).json()
    assert paid["usd"] == pytest.approx(180 * 0.02)
    assert paid["allowance_usd"] == pytest.approx(0.15 * paid["usd"])
    assert free["alternatives"] == []
    last = paid["alternatives"][-1]
    assert (last["video"], last["usd"], last["options"]) == ("studio", 0.0, {})
    assert last["change"] == "Filmed by our studio instead of fake."
    for other in paid["alternatives"]:
        assert other["usd"] + other["allowance_usd"] < paid["usd"]
    for wish in ({"duration_s": 0}, {"duration_s": 601}, {"duration_s": "NaN"}, {}):
        assert client.post("/estimate", json=wish).status_code == 422
    unknown = client.post("/estimate", json={"duration_s": 60, "image": "nobody"})
    assert error_of(unknown)["reason"] == "UNKNOWN_PROVIDER"


# Accounts


def test_an_account_is_made_and_its_token_works_until_the_logout() -> None:
    client = TestClient(make_api())
    account = {"name": "ada", "email": "ada@example.org", "password": PASSWORD}
    answer = client.post("/auth/register", json=account)
    assert (answer.status_code, answer.json()) == (201, {"name": "ada", "email": "ada@example.org"})
    taken = client.post("/auth/register", json=account)
    assert (taken.status_code, error_of(taken)["reason"]) == (409, "TAKEN")
    wrong = client.post("/auth/login", json={"name": "ada", "password": "something else"})
    assert (wrong.status_code, error_of(wrong)["reason"]) == (401, "LOGIN")
    login = client.post("/auth/login", json={"name": "ada@example.org", "password": PASSWORD})
    assert login.json()["token_type"] == "bearer"
    assert login.json()["expires_at"] == pytest.approx(time.time() + 3600, abs=60)
    bearer = {"Authorization": f"Bearer {login.json()['access_token']}"}
    assert client.get("/jobs", headers=bearer).status_code == 200
    assert client.post("/auth/logout", headers=bearer).status_code == 204
    assert client.get("/jobs", headers=bearer).status_code == 401


def test_a_password_is_changed_and_reset_which_ends_every_login() -> None:
    ada = new_person("ada")
    client = TestClient(make_api())
    wish = {"old": PASSWORD, "new": "another battery horse staple"}
    assert client.post("/auth/change-password", json=wish, headers=ada.bearer).status_code == 204
    assert client.get("/jobs", headers=ada.bearer).status_code == 401
    assert client.get("/jobs", headers=ada.page).status_code == 401
    answers = [client.post("/auth/reset-password", json={"name": n}) for n in ("ada", "nobody")]
    assert answers[0].status_code == answers[1].status_code == 202
    assert answers[0].json() == answers[1].json()
    token = re.split(r"[=/]", accounts.make_reset("ada"))[-1]
    reset = {"token": token, "password": "yet another staple horse"}
    assert client.post("/auth/reset-password/confirm", json=reset).status_code == 204
    used = client.post("/auth/reset-password/confirm", json=reset)
    assert (used.status_code, error_of(used)["reason"]) == (401, "RESET")


def test_a_ticket_becomes_the_cookie_of_the_pages_once(monkeypatch: pytest.MonkeyPatch) -> None:
    accounts.register("ada", PASSWORD, email="ada@example.org")
    login = accounts.log_in("ada", PASSWORD, kind=accounts.PAGE)
    ticket = {"ticket": accounts.make_ticket(login)}
    client = TestClient(make_api())
    foreign = client.post("/auth/cookie", json=ticket, headers={"Origin": "https://evil.example"})
    assert foreign.status_code == 403
    answer = client.post("/auth/cookie", json=ticket, headers={"Origin": "http://testserver"})
    assert answer.status_code == 204
    name, *attributes = answer.headers["set-cookie"].split("; ")
    assert name == f"mvkit_login={login.token}"
    assert {"HttpOnly", "SameSite=strict", "Path=/"} < set(attributes)
    assert "Secure" not in attributes
    assert client.post("/auth/cookie", json=ticket).status_code == 401
    monkeypatch.setenv("MVKIT_PUBLIC_URL", "https://films.example")
    get_settings.cache_clear()
    ticket = {"ticket": accounts.make_ticket(login)}
    assert "Secure" in client.post("/auth/cookie", json=ticket).headers["set-cookie"]


def test_too_many_guesses_are_told_when_to_come_back() -> None:
    accounts.register("ada", PASSWORD, email="ada@example.org")
    client = TestClient(make_api())
    guess = {"name": "ada", "password": "a wrong guess, once more"}
    statuses = [client.post("/auth/login", json=guess).status_code for _ in range(11)]
    assert statuses == [401] * 10 + [429]
    answer = client.post("/auth/login", json=guess)
    assert 0 < int(answer.headers["retry-after"]) <= 900


# What goes wrong


def test_whatever_goes_wrong_is_told_in_one_form(client: TestClient, tmp_path: Path) -> None:
    job = f"/jobs/{add_job(tmp_path).job_id}"
    json_kind = {"content-type": "application/json"}
    for status, code, answer in [
        (404, "NOT_FOUND", client.get("/nothing")),
        (404, "NOT_FOUND", client.get("/jobs/")),
        (404, "NOT_FOUND", client.get("/jobs/not-a-uuid")),
        (404, "NOT_FOUND", client.get("/jobs/%00")),
        (405, "VALIDATION_ERROR", client.put("/jobs")),
        (405, "VALIDATION_ERROR", client.get("/upload-audio")),
        (422, "VALIDATION_ERROR", client.post("/estimate", content=b"{", headers=json_kind)),
        (422, "VALIDATION_ERROR", client.post("/estimate", content=b"\xff", headers=json_kind)),
        (422, "VALIDATION_ERROR", client.post("/estimate", content=b"x")),
        (422, "VALIDATION_ERROR", client.post("/estimate", json=[])),
        (422, "VALIDATION_ERROR", client.post("/estimate", json={"duration_s": 1, "x": 1})),
        (422, "VALIDATION_ERROR", client.post(f"{job}/retry", json={"budget_usd": "x"})),
        (409, "VALIDATION_ERROR", client.post(f"{job}/cancel")),
    ]:
        assert (answer.status_code, error_of(answer)["code"]) == (status, code)
    assert "allow" in client.put("/jobs").headers


def test_what_was_sent_is_not_repeated(client: TestClient) -> None:
    """A password in the wrong place would come back otherwise."""
    answer = client.post("/auth/login", json={"name": ["hunter2"], "password": {"x": "hunter2"}})
    assert answer.status_code == 422
    assert "hunter2" not in answer.text


def test_text_that_no_database_takes_is_refused(client: TestClient) -> None:
    for text in ("x\0y", "\ud800"):
        body = json.dumps({"name": text, "password": text})
        kind = {"content-type": "application/json"}
        assert client.post("/auth/login", content=body, headers=kind).status_code == 422


def test_what_nobody_foresaw_is_told_without_details_and_logged_once(
    client: TestClient,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("hunter2 in /etc/secrets")

    monkeypatch.setattr("mvkit.jobs.client.status_of", fail)
    answer = client.get(f"/jobs/{add_job(tmp_path).job_id}")
    assert (answer.status_code, error_of(answer)["reason"]) == (500, "INTERNAL")
    assert "hunter2" not in answer.text
    [record] = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert record.exc_info is not None
    assert record.getMessage() == "GET /jobs/{job_id} failed."


def test_a_database_that_does_not_answer_is_told_without_its_address(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret").write_text("no folder")
    monkeypatch.setenv("MVKIT_DATABASE_URL", f"sqlite:///{tmp_path}/secret/x.sqlite")
    get_settings.cache_clear()
    answer = client.get("/jobs")
    assert answer.status_code in (500, 503)
    assert "secret" not in answer.text
    assert error_of(answer)["message"] in errors.OUR_FAULT.values()


def test_every_error_of_ours_has_a_status() -> None:
    def tree(kind: type[Exception]) -> set[type[Exception]]:
        return {kind}.union(*(tree(child) for child in kind.__subclasses__()))

    kinds = [kind for kind in tree(errors.MvkitError) if kind.__module__ == "mvkit.errors"]
    assert {kind.code for kind in kinds} == errors.BY_CODE.keys()  # type: ignore[attr-defined]
    assert errors.status_of(errors.RateLimited("x")) == 429


# What it says of itself


def test_the_description_needs_no_other_host_and_no_script(client: TestClient) -> None:
    answer = client.get("/docs")
    assert answer.headers["content-type"].startswith("text/html")
    assert "script" not in answer.headers["content-security-policy"]
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert not re.search(r"<script|https?://|@import|url\(", answer.text)
    for path in client.get("/openapi.json").json()["paths"]:
        assert path in answer.text


def test_every_route_says_what_it_answers(api: FastAPI) -> None:
    document = api.openapi()
    operations = [
        (method, path, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
    ]
    assert len({operation["operationId"] for _, _, operation in operations}) == len(operations)
    for _, path, operation in operations:
        assert operation["description"], path
        for status, answer in operation["responses"].items():
            if int(status) >= 400:
                schema = answer["content"]["application/json"]["schema"]
                assert schema == {"$ref": "#/components/schemas/Problem"}, (path, status)
    assert set(document["components"]["securitySchemes"]) == {"token", "page"}


def test_the_product_documents_endpoints_are_there(api: FastAPI) -> None:
    paths = api.openapi()["paths"]
    for method, path in [
        ("post", "/upload-audio"),
        ("get", "/jobs/{job_id}"),
        ("get", "/jobs/{job_id}/stream"),
        ("get", "/jobs/{job_id}/download"),
        ("post", "/auth/login"),
        ("post", "/auth/register"),
        ("post", "/auth/reset-password"),
    ]:
        assert method in paths[path]


def test_limits_are_those_of_the_analysis() -> None:
    assert Brief.model_fields["prompt"].metadata[0].min_length == 50
    wish = uploads.FORM["properties"]["user_prompt"]
    assert (wish["minLength"], wish["maxLength"]) == (50, 500)
