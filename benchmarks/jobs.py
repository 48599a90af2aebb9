"""What the queue withstands, and how quick it is.

Run it as ``python -m benchmarks.jobs COMMAND``, with ``--postgres URL`` for an empty database on a
PostgreSQL server instead of a file of SQLite:

- ``latency``: putting a job into the queue, until a worker has it, asking how it stands.
- ``pollers``: six films in the making, two workers, 200 pollers a second: how long each waits.
- ``kills``: a worker dies at every named place and at random moments; what became of each job.
- ``races``: 1,000 reservations against a budget, and simultaneous submissions, again and again.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import psycopg
import typer
from rich.console import Console

from mvkit import crash
from mvkit.jobs import client
from mvkit.jobs.table import find_job
from mvkit.settings import get_settings
from mvkit.songs import write_demo_song
from tests.conftest import ROOT
from tests.crash_trials import AT_WORK, LOG
from tests.job_makers import PROMPT, end, start_worker, submit

PostgresOption = Annotated[str, typer.Option(help="URL of a server; databases are made on it.")]

LOOSE = {
    "MVKIT_SUBMISSIONS_PER_HOUR": "100000",
    "MVKIT_QUEUED_PER_USER": "100000",
}
FIRST_S, LAST_S = 0.2, 10.0
"""When a job may be hit, in seconds from its beginning: it takes about that long."""

app = typer.Typer()
console = Console(highlight=False, soft_wrap=True)


@app.command()
def latency(postgres: PostgresOption = "", n_jobs: int = 40) -> None:
    """Measure putting jobs into the queue, the wait for a worker, and asking how they stand."""
    with _service(postgres, **LOOSE) as folder:
        submitted_s = [_timed(lambda: submit(folder)) for _ in range(n_jobs)]
        jobs = client.list_jobs()
        asked_s = [_timed(lambda: client.status(jobs[0].job_id)) for _ in range(500)]
        for job in jobs:
            client.cancel(job.job_id)
        worker = start_worker(folder / LOG)
        try:
            claimed_s = [_claimed_after_s(folder) for _ in range(8)]
        finally:
            end(worker)
    _tell("submit, the song's check included", submitted_s)
    _tell("until an idle worker has it", claimed_s[1:])
    _tell("status", asked_s)


@app.command()
def pollers(postgres: PostgresOption = "", n_pollers: int = 200, for_s: float = 30.0) -> None:
    """Measure reading the status while six films are made."""
    with _service(postgres, **LOOSE) as folder:
        write_demo_song(folder / "song.flac")
        jobs = [client.submit(folder / "song.flac", PROMPT) for _ in range(6)]
        workers = [start_worker(folder / LOG) for _ in range(2)]
        try:
            while any(find_job(job.job_id).state == "queued" for job in jobs):
                time.sleep(0.2)
            time.sleep(20.0)  # well into the work
            ids = [job.job_id for job in jobs]
            asked_s = _poll(ids, n_pollers=n_pollers, for_s=for_s)
            states = Counter(find_job(job_id).state for job_id in ids)
        finally:
            end(*workers)
    console.print(f"states at the end: {dict(states)}; load {os.getloadavg()[0]:.1f}")
    _tell(f"status, {n_pollers} pollers at 1 Hz", asked_s)


@app.command()
def kills(
    postgres: PostgresOption = "",
    per_point: int = 3,
    n_random: int = 50,
    at_once: int = 2,
    seed: int = 1,
) -> None:
    """Have workers die, and tell what became of the jobs."""
    chance = random.Random(seed)
    wishes = [["--point", point] for point in crash.POINTS for _ in range(per_point)]
    for _ in range(n_random):
        after_s = f"{chance.uniform(FIRST_S, LAST_S):.2f}"
        victim = chance.choice(["worker", "worker", "worker", "kernel", "crew", "any"])
        wishes.append(["--after_s", after_s, "--victim", victim])
    with ThreadPoolExecutor(at_once) as pool:
        trials = list(pool.map(lambda wish: _trial(wish, postgres), wishes))
    recovered_s = [trial["recovery_s"] for trial in trials if trial.get("recovery_s")]
    console.print(f"{len(trials)} kills: {Counter(trial['state'] for trial in trials)}")
    console.print(f"stages begun again after commit: {sum(map(_n_reruns, trials))}")
    console.print(f"ordered twice: {sum(trial.get('n_ordered_twice', 0) for trial in trials)}")
    console.print(f"books that disagree: {sum(not trial.get('books_agree') for trial in trials)}")
    console.print(f"processes left: {sum(trial.get('n_left', 0) for trial in trials)}")
    _tell("recovery", recovered_s)


@app.command()
def races(postgres: PostgresOption = "", rounds: int = 20) -> None:
    """Have twenty submit at one instant with five places left, again and again."""
    taken = []
    for _ in range(rounds):
        with _service(postgres) as folder:
            submit(folder)  # makes the song
            song, start_s = folder / "song.wav", time.time() + 5.0
            racing = [sys.executable, "-m", "tests.submit_race", str(song), str(start_s), "4"]
            racers = [
                subprocess.Popen(racing, cwd=ROOT, stdout=subprocess.PIPE, text=True)
                for _ in range(5)
            ]
            told = [line for racer in racers for line in racer.communicate()[0].split()]
            taken.append(sum("-" in line for line in told))
    console.print(f"{rounds} rounds of 20 submissions, 5 places: taken {Counter(taken)}")


def _trial(wish: Sequence[str], postgres: str) -> dict[str, Any]:
    """Run one trial in a process of its own, and say at once if it did not come out well."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = {
            **os.environ,
            "MVKIT_RUNS_DIR": str(folder / "runs"),
            "MVKIT_DATABASE_URL": _new_database(postgres),
            "MVKIT_PLUGINS": "tests.fake_provider",
            "MVKIT_VIDEO": "fake",
        }
        command = [sys.executable, "-m", "tests.crash_trials", "--folder", name, *wish]
        told = subprocess.run(command, env=environment, capture_output=True, text=True, cwd=ROOT)
        if told.returncode:
            console.print(" ".join(wish), "broke:", told.stderr[-2000:])
            console.print((folder / LOG).read_text()[-3000:])
            return {"state": "broken", "wish": wish}
        trial = {**json.loads(told.stdout), "wish": wish}
        if trial["state"] != "finished" or _n_reruns(trial) or trial["n_ordered_twice"]:
            console.print(trial)
            console.print((folder / LOG).read_text()[-3000:])
        return trial


def _n_reruns(trial: dict[str, Any]) -> int:
    """Return how many stages were begun again that were done, or not at work at the crash."""
    again = dict(trial.get("begun_again", {}))
    if trial["wish"][0] == "--point":
        again.pop(AT_WORK.get(trial["wish"][1], ""), None)
        return max(trial.get("n_reruns", 0), sum(again.values()))
    return int(trial.get("n_reruns", 0))


def _poll(job_ids: Sequence[str], *, n_pollers: int, for_s: float) -> list[float]:
    """Ask how jobs stand, each poller once a second, and return how long each waited."""
    took_s: list[float] = []
    until_s = time.monotonic() + for_s

    def poll(number: int) -> None:
        time.sleep(number / n_pollers)
        while time.monotonic() < until_s:
            once_s = _timed(lambda: client.status(job_ids[number % len(job_ids)]))
            took_s.append(once_s)
            time.sleep(max(0.0, 1.0 - once_s))

    threads = [threading.Thread(target=poll, args=(number,)) for number in range(n_pollers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return took_s


def _claimed_after_s(folder: Path) -> float:
    started_s = time.monotonic()
    job = submit(folder)
    while find_job(job.job_id).state == "queued":
        time.sleep(0.005)
    took_s = time.monotonic() - started_s
    client.cancel(job.job_id)
    return took_s


@contextmanager
def _service(postgres: str, **environment: str) -> Iterator[Path]:
    """Have settings of our own, for a while: a folder, a database."""
    with tempfile.TemporaryDirectory() as name:
        database = {"MVKIT_DATABASE_URL": _new_database(postgres)}
        os.environ.update({"MVKIT_RUNS_DIR": f"{name}/runs", **database, **environment})
        get_settings.cache_clear()
        yield Path(name)


def _new_database(postgres: str) -> str:
    if not postgres:
        return ""
    name = f"bench_{time.time_ns()}"
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return postgres.rsplit("/", 1)[0] + f"/{name}"


def _timed(work: Any) -> float:
    started_s = time.monotonic()
    work()
    return time.monotonic() - started_s


def _tell(what: str, times_s: Sequence[float]) -> None:
    ordered = sorted(times_s)
    p95, p99 = (ordered[int(len(ordered) * share)] for share in (0.95, 0.99))
    console.print(
        f"{what}: median {statistics.median(ordered) * 1000:.1f} ms, p95 {p95 * 1000:.1f} ms, "
        f"p99 {p99 * 1000:.1f} ms, n {len(ordered)}"
    )


if __name__ == "__main__":
    app()
