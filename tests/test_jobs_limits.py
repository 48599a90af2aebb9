"""Limits hold under races, and say when to come back."""

from __future__ import annotations

import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

import pytest

from mvkit.database import writing
from mvkit.errors import BudgetExceeded, InvalidInput, QuotaExceeded, RateLimited
from mvkit.estimate import Estimate
from mvkit.jobs import client
from mvkit.jobs.limits import HOUR_S
from mvkit.jobs.table import JOBS, find_job, list_jobs
from mvkit.ledger import find_account
from mvkit.settings import get_settings

from .conftest import ROOT
from .job_makers import any_database, submit
from .postgres_server import postgres_url
from .song_makers import clicks, encoded, times_of

__all__ = ["any_database", "postgres_url"]

START_S = 6.0
"""How long five processes take to start, with plenty to spare."""


@pytest.mark.slow
def test_of_twenty_simultaneous_submissions_exactly_five_are_taken(
    tmp_path: Path, any_database: str
) -> None:
    song = tmp_path / "song.wav"
    song.write_bytes(encoded(clicks(times_of(120.0, 4.0), 4.0), "wav"))
    command = [
        sys.executable,
        "-m",
        "tests.submit_race",
        str(song),
        str(time.time() + START_S),
        "4",
    ]
    racers = [
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(5)
    ]
    told = [line for racer in racers for line in racer.communicate(timeout=120)[0].split()]
    assert len(told) == 20
    accepted = {line for line in told if "-" in line}
    assert len(accepted) == 5
    assert told.count("RATE_LIMITED") == 15
    assert {job.job_id for job in list_jobs(user="ada")} == accepted
    folders = {path.name for path in get_settings().runs_dir.iterdir() if "-" in path.name}
    assert folders == accepted  # what was refused left nothing


def test_the_sixth_song_of_an_hour_is_told_when_to_come_back(tmp_path: Path) -> None:
    jobs = [submit(tmp_path, user="ada") for _ in range(5)]
    with pytest.raises(RateLimited, match="Come back in 60 minutes") as refusal:
        submit(tmp_path, user="ada")
    assert refusal.value.retry_after_s == pytest.approx(HOUR_S, abs=60.0)
    submit(tmp_path, user="bob")  # somebody else's limit is their own
    age(jobs[0].job_id, by_s=HOUR_S + 1.0)
    submit(tmp_path, user="ada")


def test_jobs_that_wait_or_run_are_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MVKIT_QUEUED_PER_USER", "2")
    get_settings.cache_clear()
    first = submit(tmp_path)
    submit(tmp_path)
    with pytest.raises(RateLimited, match="2 of your jobs wait or run") as refusal:
        submit(tmp_path)
    assert refusal.value.reason == "QUEUE_FULL"
    client.cancel(first.job_id)
    third = submit(tmp_path)
    with pytest.raises(RateLimited, match="wait or run"):
        client.retry(first.job_id)  # a retry is no submission, but it waits in the queue
    client.cancel(third.job_id)
    assert client.retry(first.job_id).attempt == 2


def test_films_that_fill_the_quota_leave_no_room_for_another(tmp_path: Path) -> None:
    job = submit(tmp_path, user="ada")
    with writing() as connection:
        connection.execute(JOBS.update().values(n_bytes=9_999_900_000))
    with pytest.raises(QuotaExceeded, match=r"take 10\.00 GB"):
        submit(tmp_path, user="ada")
    submit(tmp_path, user="bob")
    assert find_job(job.job_id).n_bytes == 9_999_900_000


def test_a_film_that_would_cost_too_much_is_refused_before_it_is_queued(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    costly = Estimate(n_pictures=2, n_clips=3, usd=Decimal("0.50"))
    monkeypatch.setattr("mvkit.jobs.submission.estimate", lambda **_: costly)
    with pytest.raises(BudgetExceeded, match=r"about \$0\.50 .* may\s+cost \$0\.40"):
        submit(tmp_path)  # twelve seconds at $2 a minute
    assert list_jobs() == []
    job = submit(tmp_path, budget_usd=Decimal(1))
    account = find_account(job.job_id)
    assert account is not None
    assert account.limit_usd == 1
    with pytest.raises(InvalidInput, match="20"):
        submit(tmp_path, budget_usd=Decimal(21))


def age(job_id: str, *, by_s: float) -> None:
    with writing() as connection:
        ours = JOBS.c.job_id == job_id
        aged = JOBS.c.submitted_at_s - by_s
        connection.execute(JOBS.update().where(ours).values(submitted_at_s=aged))
