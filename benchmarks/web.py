"""How the web app bears company: pollers, listeners, uploads, and hostile files.

Run it as ``python -m benchmarks.web COMMAND``:

- ``company``: three films in the making, 200 pollers a second and 20 listeners: how long a status
  takes, and how long after it happened an event is heard.
- ``memory``: what the page's process weighs after each ten uploads and plays.
- ``hostile FOLDER``: every file of a corpus, with its manifest, through the API.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
import typer
from rich.console import Console

from mvkit.songs import write_demo_song
from tests.browser import PageServer, page_server
from tests.job_makers import PROMPT

LOOSE = {"submissions_per_hour": "100000", "queued_per_user": "100000"}
NAME, PASSWORD = "bench", secrets.token_urlsafe(12)
MB = 1000**2

app = typer.Typer()
console = Console(highlight=False, soft_wrap=True)


@dataclass(frozen=True, kw_only=True)
class Service:
    """A page that serves, and somebody who is logged in."""

    client: httpx.Client
    process: psutil.Process
    folder: Path

    def post(self, path: str, **request: Any) -> httpx.Response:
        return self.client.post(path, **request)


@app.command()
def company(n_pollers: int = 200, n_listeners: int = 20, for_s: float = 30.0) -> None:
    """Measure status and events while three films are made."""
    with _service(worker=True) as service:
        jobs = [_submit(service) for _ in range(3)]
        time.sleep(15.0)  # well into the work
        answered_s, heard_s = asyncio.run(
            _accompany(service, jobs, n_pollers=n_pollers, n_listeners=n_listeners, for_s=for_s)
        )
        states = Counter(_state(service, job) for job in jobs)
    console.print(f"states at the end: {dict(states)}; load {os.getloadavg()[0]:.1f}")
    _tell(f"status, {n_pollers} pollers at 1 Hz", answered_s)
    _tell(f"event until heard, {n_listeners} listeners", heard_s)


@app.command()
def memory(n_rounds: int = 5, n_each: int = 10) -> None:
    """Measure what the page's process weighs after uploads and plays."""
    with _service(worker=False) as service:
        console.print(f"at first: {_weight_mb(service):.0f} MB")
        for number in range(n_rounds):
            for _ in range(n_each):
                job = _submit(service)
                service.client.get(f"/api/v1/jobs/{job}/files/song.flac").raise_for_status()
                service.client.get(f"/api/v1/jobs/{job}/storyboard")
            console.print(f"after {(number + 1) * n_each}: {_weight_mb(service):.0f} MB")


@app.command()
def hostile(corpus: Path) -> None:
    """Upload every file of a corpus: what was answered, how long it took, what the page weighs."""
    manifest = json.loads((corpus / "manifest.json").read_text("utf-8"))
    with _service(worker=False) as service:
        before_mb = _weight_mb(service)
        wrong, took_s = [], []
        for name, entry in manifest.items():
            started_s = time.perf_counter()
            answer = _upload(service, (corpus / name).read_bytes(), name=name)
            took_s.append(time.perf_counter() - started_s)
            told = "accept" if answer.status_code == 201 else "reject"
            if answer.status_code >= 500 or entry["expect"] not in (told, "either"):
                wrong.append((name, entry["expect"], answer.status_code))
        after_mb = _weight_mb(service)
    _tell("answer", took_s)
    console.print(f"wrong: {wrong}; longest {max(took_s):.2f} s")
    console.print(f"the page weighed {before_mb:.0f} MB before, {after_mb:.0f} MB after")


async def _accompany(
    service: Service, jobs: Sequence[str], *, n_pollers: int, n_listeners: int, for_s: float
) -> tuple[list[float], list[float]]:
    """Poll and listen at the same time; return the seconds each answer and event took."""
    answered_s: list[float] = []
    heard_s: list[float] = []
    until_s = time.monotonic() + for_s
    limits = httpx.Limits(max_connections=None)
    headers = dict(service.client.headers)
    async with httpx.AsyncClient(
        base_url=service.client.base_url, headers=headers, limits=limits, timeout=30.0
    ) as client:
        pollers = (
            _poll(client, jobs[n % 3], n / n_pollers, until_s, answered_s) for n in range(n_pollers)
        )
        listeners = (_listen(client, jobs[n % 3], until_s, heard_s) for n in range(n_listeners))
        await asyncio.gather(*pollers, *listeners)
    return answered_s, heard_s


async def _poll(
    client: httpx.AsyncClient, job: str, delay_s: float, until_s: float, took_s: list[float]
) -> None:
    """Ask once a second on a connection of one's own.

    By hand: a client's pool of hundreds of connections takes more time than the server.
    """
    url = client.base_url
    request = (
        f"GET /api/v1/jobs/{job} HTTP/1.1\r\nHost: {url.host}:{url.port}\r\n"
        f"Authorization: {client.headers['Authorization']}\r\n\r\n"
    )
    await asyncio.sleep(delay_s)
    reader, writer = await asyncio.open_connection(url.host, url.port)
    while time.monotonic() < until_s:
        started_s = time.perf_counter()
        writer.write(request.encode())
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        assert head.startswith(b"http/1.1 200"), head
        await reader.readexactly(int(head.split(b"content-length:")[1].split()[0]))
        took_s.append(time.perf_counter() - started_s)
        await asyncio.sleep(max(0.0, 1.0 - took_s[-1]))
    writer.close()


async def _listen(client: httpx.AsyncClient, job: str, until_s: float, took_s: list[float]) -> None:
    """Note how old each event is when it is heard; those told at the start are history."""
    started_s = time.time()
    try:
        async with (
            asyncio.timeout(until_s - time.monotonic()),
            client.stream("GET", f"/api/v1/jobs/{job}/stream") as answer,
        ):
            async for line in answer.aiter_lines():
                event = json.loads(line[5:]) if line.startswith("data:") else {}
                if event.get("time", 0.0) > started_s:
                    took_s.append(time.time() - event["time"])
    except TimeoutError:
        return


@contextmanager
def _service(*, worker: bool) -> Iterator[Service]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_demo_song(folder / "song.flac")
        with (
            page_server(folder, with_worker=worker, **LOOSE) as server,
            httpx.Client(base_url=server.url) as client,
        ):
            shown = {"name": NAME, "password": PASSWORD}
            account = {**shown, "email": "bench@example.org"}
            client.post("/api/v1/auth/register", json=account).raise_for_status()
            login = client.post("/api/v1/auth/login", json=shown).raise_for_status().json()
            client.headers["Authorization"] = f"Bearer {login['access_token']}"
            yield Service(client=client, process=_page_process(server), folder=folder)


def _page_process(server: PageServer) -> psutil.Process:
    port = server.url.rpartition(":")[2]
    return next(
        process
        for process in psutil.process_iter(["cmdline"])
        if {"streamlit", port} <= set(process.info["cmdline"] or ())
    )


def _submit(service: Service) -> str:
    song = (service.folder / "song.flac").read_bytes()
    return str(_upload(service, song, name="song.flac").raise_for_status().json()["job_id"])


def _upload(service: Service, song: bytes, *, name: str) -> httpx.Response:
    return service.post(
        "/api/v1/upload-audio",
        files={"audio_file": (name, song)},
        data={"user_prompt": PROMPT},
        timeout=60.0,
    )


def _state(service: Service, job: str) -> str:
    return str(service.client.get(f"/api/v1/jobs/{job}").json()["state"])


def _weight_mb(service: Service) -> float:
    return float(service.process.memory_info().rss) / MB


def _tell(what: str, times_s: Sequence[float]) -> None:
    ordered = sorted(times_s)
    p95, p99 = (1000 * ordered[int(share * (len(ordered) - 1))] for share in (0.95, 0.99))
    median = 1000 * statistics.median(ordered)
    console.print(
        f"{what}: median {median:.1f}, p95 {p95:.0f}, p99 {p99:.0f} ms (n {len(ordered)})"
    )


if __name__ == "__main__":
    app()
