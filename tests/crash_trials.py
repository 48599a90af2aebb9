"""One job, one crash: what became of it, told by everybody's books.

A trial submits a job whose clips are bought, has its worker die while it works, and lets another
finish the job. What must hold afterwards is read from the run folder, from our ledger and from
the ledger of the service that was paid: the film is there, no stage was begun again once its
artefact was in the run folder, and nothing was ordered twice.

``python -m tests.crash_trials --folder DIR --point NAME`` (or ``--after_s SECONDS --victim NAME``)
runs one trial with the settings of its environment and prints what became of it as JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import time
from collections import Counter
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import psutil

from mvkit import crash
from mvkit.jobs.table import Job, find_job
from mvkit.ledger import find_account
from mvkit.progress import TAKEN_UP
from mvkit.run import Run

from .fake_provider import PATIENCE_VARIABLE, URL_VARIABLE, FakeService, fake_service
from .job_makers import end, run_of, start_worker, submit
from .process_watch import processes_of, wait_for

LOG = "workers.log"
ENDED = ("finished", "failed", "cancelled")
CRASHED_WITHIN_S = 120.0
ENDED_WITHIN_S = 240.0
QUIET_WITHIN_S = 10.0
SERVICE_DELAY_S = 0.2
PATIENCE_S = "5"
"""How long an order that may be lost is looked for."""
VICTIMS = {"worker": None, "kernel": "ipykernel_launcher", "crew": "mvkit.jobs.crew", "any": ""}
"""Who may be hit, and what its command line says; None is the worker itself."""

AT_WORK = {
    "stage.started": "analysis",
    "artefact.checked": "analysis",
    "film.joined": "video",
    "clips.queued": "clips",
    **{
        point: "clips"
        for point in crash.POINTS
        if point.startswith(("clip.", "purchase.", "download."))
    },
}
"""The stage at work at a place, which may begin again; at the other places none may."""


@dataclass(frozen=True, kw_only=True)
class Trial:
    """What became of a job.

    Attributes
    ----------
    begun_again : dict of str to int
        How often stages were begun beyond once.
    n_reruns : int
        How often a stage was begun after it had been told to be finished or kept.
    n_ordered_twice : int
        Orders beyond one per clip, by the service's own ledger.
    books_agree : bool
        Whether our ledger has spent what the service has billed, and the worst case of orders that
        nobody can tell whether they were placed.
    n_left : int
        Processes of the job that still run.
    recovery_s : float or None
        From the death of the job's worker until another took the job up, if it had to.
    """

    state: str
    error: str
    begun_again: dict[str, int]
    n_reruns: int
    n_ordered_twice: int
    books_agree: bool
    n_left: int
    recovery_s: float | None


def crash_at(point: str, *, folder: Path) -> Trial:
    """Have the worker die at a named place; another worker lives on."""
    once = folder / "crashed"
    armed = {crash.VARIABLE: point, crash.ONCE_VARIABLE: str(once)}
    with fake_service(folder / "service", delay_s=SERVICE_DELAY_S) as service:
        os.environ.update({URL_VARIABLE: service.url, PATIENCE_VARIABLE: PATIENCE_S})
        first = start_worker(folder / LOG, **armed)
        job = submit(folder)
        second = None
        try:
            wait_for(once.exists, timeout_s=CRASHED_WITHIN_S)
            crashed_at_s = time.time()
            first.wait()
            second = start_worker(folder / LOG, **armed)
            return outcome_of(job, service=service, crashed_at_s=crashed_at_s)
        finally:
            end(first, second)


def crash_after(delay_s: float, *, victim: str, folder: Path) -> Trial:
    """Kill a process of the job some time after its work has begun; two workers are there."""
    with fake_service(folder / "service", delay_s=SERVICE_DELAY_S) as service:
        os.environ.update({URL_VARIABLE: service.url, PATIENCE_VARIABLE: PATIENCE_S})
        workers = [start_worker(folder / LOG)]
        job = submit(folder)
        try:
            run = run_of(job)
            wait_for(lambda: run.told_status.state != "queued", timeout_s=CRASHED_WITHIN_S)
            workers.append(start_worker(folder / LOG))
            time.sleep(delay_s)
            crashed_at_s = time.time()
            _kill(victim, run, workers[0])
            return outcome_of(job, service=service, crashed_at_s=crashed_at_s)
        finally:
            end(*workers)


def outcome_of(job: Job, *, service: FakeService, crashed_at_s: float) -> Trial:
    """Wait until a job has ended, and read what became of it."""
    wait_for(lambda: find_job(job.job_id).state in ENDED, timeout_s=ENDED_WITHIN_S)
    run, ended = run_of(job), find_job(job.job_id)
    error = run.told_status.error
    events = run.events()
    taken_up = [event["time"] for event in events if event.get("text") == TAKEN_UP]
    started = Counter(event["stage"] for event in events if event.get("status") == "started")
    account = find_account(job.job_id)
    entries = account.entries() if account else []
    items = {entry.tag: entry.item for entry in entries}
    ordered = Counter(items[order["tag"]] for order in service.creates())
    lost_usd = sum((entry.most_usd for entry in entries if entry.state == "lost"), Decimal())
    return Trial(
        state=ended.state,
        error=str(error["error"]) if error else "",
        n_reruns=_n_reruns(events),
        begun_again={stage: n - 1 for stage, n in started.items() if n > 1},
        n_ordered_twice=ordered.total() - len(ordered),
        books_agree=account is not None
        and account.spent_usd == service.billed_usd() + lost_usd
        and account.held_usd == 0,
        n_left=_n_left(run),
        recovery_s=round(taken_up[0] - crashed_at_s, 2) if taken_up else None,
    )


def _n_reruns(events: list[dict[str, Any]]) -> int:
    done: set[str] = set()
    n_reruns = 0
    for event in events:
        if event.get("status") in ("finished", "kept"):
            done.add(event["stage"])
        n_reruns += event.get("status") == "started" and event["stage"] in done
    return n_reruns


def _n_left(run: Run) -> int:
    try:
        wait_for(lambda: not processes_of(run), timeout_s=QUIET_WITHIN_S)
    except AssertionError:
        return len(processes_of(run))
    return 0


def _kill(victim: str, run: Run, worker: subprocess.Popen[bytes]) -> None:
    """Kill the worker, or one of the job's processes of a kind if there is one just then."""
    word = VICTIMS[victim]
    found = [p for p in processes_of(run) if word is not None and word in " ".join(_line(p))]
    if found:
        random.choice(found).kill()
    else:
        worker.kill()
        worker.wait()


def _line(process: psutil.Process) -> list[str]:
    try:
        return list(process.cmdline())
    except psutil.Error:
        return []


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--point")
    parser.add_argument("--after_s", type=float)
    parser.add_argument("--victim", choices=VICTIMS, default="worker")
    told = parser.parse_args()
    if told.point:
        trial = crash_at(told.point, folder=told.folder)
    else:
        trial = crash_after(told.after_s, victim=told.victim, folder=told.folder)
    print(json.dumps(asdict(trial)))


if __name__ == "__main__":
    main()
