"""A fresh queue is there for whoever comes first, and for all who come at once."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from mvkit.jobs.lease import Lease, take_lease
from mvkit.settings import get_settings

from .conftest import ROOT
from .job_makers import any_database
from .postgres_server import postgres_url

__all__ = ["any_database", "postgres_url"]

MAKE = "from mvkit.jobs import queue; queue.get_client().list_workflows(); print('made')"


@pytest.mark.slow
def test_processes_that_meet_a_fresh_database_make_its_tables_once(any_database: str) -> None:
    racers = [
        subprocess.Popen([sys.executable, "-c", MAKE], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    assert [racer.communicate(timeout=120)[0] for racer in racers] == ["made\n"] * 4


def test_a_lease_is_held_by_one_until_it_is_given_back(any_database: str) -> None:
    lease = take_lease("ada")
    assert lease is not None
    assert lease.is_held()
    assert take_lease("ada") is None
    other = take_lease("bob")
    assert other is not None
    lease.give_back()
    again = take_lease("ada")
    assert again is not None
    for held in (again, other):
        held.give_back()


def lease_of_the_dead(worker: str, *, within_s: float = 10.0) -> Lease:
    """Take it as soon as it is free: a server hears of a closed connection a moment later."""
    until_s = time.monotonic() + within_s
    while (lease := take_lease(worker)) is None:
        assert time.monotonic() < until_s, f"the dead still hold {worker} after {within_s} s"
        time.sleep(0.05)
    return lease


@pytest.mark.slow
def test_a_lease_ends_with_its_process(any_database: str) -> None:
    hold = "import sys, time; from mvkit.jobs.lease import take_lease; lease = take_lease('ada')\n"
    hold += "print(lease is not None, flush=True); time.sleep(100)"
    holder = subprocess.Popen(
        [sys.executable, "-c", hold],
        cwd=ROOT,
        env={**os.environ, **get_settings().as_environment()},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    with holder.stdout:
        assert holder.stdout.readline() == "True\n"
        assert take_lease("ada") is None
        holder.kill()
        holder.wait()
    lease_of_the_dead("ada").give_back()
