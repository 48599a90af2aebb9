"""An API to test: its users and their jobs, in this process or behind a real server."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from starlette.testclient import TestClient

from mvkit import sketches
from mvkit.database import writing
from mvkit.files import write_whole
from mvkit.jobs.table import JOBS, Job, JobState, insert
from mvkit.run import Run, Status, draft_brief
from mvkit.schema import Artefact
from mvkit.settings import get_settings, local_user
from mvkit.storage import get_store
from mvkit.web import accounts
from mvkit.web.api import make_api

from .song_makers import clicks, encoded, times_of

PROMPT = "A lone figure walks through neon-lit streets in the rain and finds a stage."
PASSWORD = "correct horse battery staple"
SONG_S = 4.0
FAKE_SERVICE = {"MVKIT_FAKE_URL": "http://127.0.0.1:9"}
"""Where the fake provider of other tests, which registers itself, would be."""
SONG = encoded(clicks(times_of(120.0, SONG_S), SONG_S), "wav")


@dataclass(frozen=True)
class Person:
    """Somebody with an account, logged in twice: for the API, and for the pages."""

    name: str
    token: str
    cookie: str

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    @property
    def page(self) -> dict[str, str]:
        return {"Cookie": f"mvkit_login={self.cookie}"}


def new_person(name: str) -> Person:
    accounts.register(name, PASSWORD, email=f"{name}@example.org", trusted=True)
    logins = [accounts.log_in(name, PASSWORD, kind=kind) for kind in (accounts.API, accounts.PAGE)]
    return Person(name, *(login.token for login in logins))


def set_environment(monkeypatch: pytest.MonkeyPatch, **environment: str) -> None:
    """Change settings; nothing is painted, and nobody is asked what it costs."""
    for name, value in (FAKE_SERVICE | environment).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sketches, "begin", lambda _run: None)
    get_settings.cache_clear()


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    """An API without logins, whose storyboard paints no sketches."""
    set_environment(monkeypatch, MVKIT_AUTH="off")
    return make_api()


@pytest.fixture
def client(api: FastAPI) -> Iterator[TestClient]:
    """A client of that API; what nobody foresaw is an answer to it, not an exception."""
    with TestClient(api, raise_server_exceptions=False) as client:
        yield client


def upload(client: TestClient, song: bytes = SONG, **fields: str) -> Any:
    """Submit a song as a browser's form does."""
    return client.post(
        "/upload-audio",
        files={"audio_file": ("song.wav", song)},
        data={"user_prompt": PROMPT, **fields},
    )


def add_job(
    folder: Path,
    *,
    user: str = "",
    state: JobState = "finished",
    title: str = "Twelve Seconds",
    files: Mapping[str, bytes] | None = None,
    artefacts: tuple[Artefact, ...] = (),
) -> Run:
    """Add a job as workers and time have left it, and its run; the queue knows nothing of it."""
    song = folder / "made.wav"
    song.write_bytes(SONG)
    run = Run.create(draft_brief(song=song, kind="wav", prompt=PROMPT, title=title), song=song)
    for artefact in artefacts:
        run.write(artefact.model_copy(update={"job_id": run.job_id}))
    for name, content in (files or {}).items():
        write_whole(run.path(name), content)
    tell_status(run, state)
    get_store().push(run)
    job = Job(
        job_id=run.job_id,
        user=user or local_user(),
        title=title,
        aim="film",
        state=state,
        attempt=1,
        song_s=SONG_S,
        n_bytes=0,
        worked_s=0.0,
        submitted_at_s=time.time(),
        updated_at_s=time.time(),
        told=True,
    )
    with writing() as connection:
        insert(connection, job)
    return run


def tell_status(run: Run, state: JobState, **changes: Any) -> None:
    """Write a run's status as its worker does."""
    status = Status(job_id=run.job_id, state="queued", updated_at=time.time())
    run.set_status(status.model_copy(update={"state": state, **changes}))


def set_row(run: Run, **changes: object) -> None:
    """Change a job's row as the queue's end of it does."""
    with writing() as connection:
        connection.execute(JOBS.update().where(JOBS.c.job_id == run.job_id).values(**changes))


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def serving(api: FastAPI) -> Iterator[str]:
    """Serve an API by a real server in a thread, while the block lasts; gives its address."""
    config = uvicorn.Config(
        api, port=0, log_level="critical", lifespan="on", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        assert not thread.is_alive()
