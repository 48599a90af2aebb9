"""Accounts to test with: people who register and log in, a clock of their own, a mail server.

Import ``hash_at_cost`` and ``send_soon`` to have passwords hashed and mails sent quickly.
"""

from __future__ import annotations

import multiprocessing
import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from multiprocessing.context import SpawnContext

import bcrypt
import pytest
import sqlalchemy as sa

from mvkit.database import reading
from mvkit.errors import MvkitError
from mvkit.settings import get_settings
from mvkit.web import accounts
from mvkit.web.accounts import passwords, resets

from .mail_sink import MailSink

PASSWORD = "seven blue kettles"
OTHER = "eight green lanterns"
MINUTE_S, HOUR_S, DAY_S = 60.0, 3600.0, 86_400.0
QUICKEST = 4
"""The lowest cost bcrypt knows."""

gensalt = bcrypt.gensalt


class Clock:
    """A clock that is ahead by as much as a test says."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._true = time.time
        self.ahead_s = 0.0
        monkeypatch.setattr(time, "time", lambda: self._true() + self.ahead_s)

    def wait(self, wait_s: float) -> None:
        self.ahead_s += wait_s


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture(autouse=True)
def hash_at_cost(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], None]]:
    """Hash quickly; call it to hash at another cost."""

    def at_cost(rounds: int) -> None:
        monkeypatch.setattr(bcrypt, "gensalt", partial(gensalt, rounds=rounds))
        passwords._nobodys_hash.cache_clear()

    at_cost(QUICKEST)
    yield at_cost
    passwords._nobodys_hash.cache_clear()


@pytest.fixture(autouse=True)
def send_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resets, "BEGUN_AFTER_S", 0.05)


@pytest.fixture
def mails(monkeypatch: pytest.MonkeyPatch) -> Iterator[MailSink]:
    """Run a mail server, and tell the settings of it."""
    with MailSink() as sink:
        configure(monkeypatch, smtp_url=f"smtp://127.0.0.1:{sink.port}", mail_from="m@mvkit.test")
        yield sink
        wait_for_reset_threads()


def configure(monkeypatch: pytest.MonkeyPatch, **settings: str) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(f"MVKIT_{name.upper()}", value)
    get_settings.cache_clear()


def add(name: str = "ada", password: str = PASSWORD, *, address: str = "") -> accounts.Account:
    return accounts.register(name, password, email=f"{name}@example.org", address=address)


def log_in(name: str = "ada", password: str = PASSWORD, **where: str) -> accounts.Login:
    return accounts.log_in(name, password, kind=where.pop("kind", accounts.PAGE), **where)


def refused(call: Callable[[], object]) -> MvkitError:
    with pytest.raises(MvkitError) as refusal:
        call()
    return refusal.value


def reason_of(call: Callable[[], object]) -> str:
    """Return the reason of a refusal, or nothing if it is none."""
    try:
        call()
    except MvkitError as error:
        return error.reason
    return ""


def secret_in(link: str) -> str:
    return link.partition("?reset=")[2]


def n_rows(table: sa.Table) -> int:
    with reading() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


def wait_for_reset_threads() -> None:
    for thread in threading.enumerate():
        if thread.name == resets.THREAD_NAME:
            thread.join(20.0)


def cpu_medians(*calls: Callable[[], object], n: int, clock: Clock) -> list[float]:
    """Return the median time of each call, in seconds; in changing order, none ever locked out.

    The time of the calling thread is taken: what it waits for on a busy machine is left out.
    """
    taken_s: list[list[float]] = [[] for _ in calls]
    for turn in range(n):
        for call, times_s in list(zip(calls, taken_s, strict=True))[:: -1 if turn % 2 else 1]:
            started_s = time.thread_time()
            reason_of(call)
            times_s.append(time.thread_time() - started_s)
        wait_for_reset_threads()
        clock.wait(HOUR_S)
    return [statistics.median(times_s) for times_s in taken_s]


def spawning(monkeypatch: pytest.MonkeyPatch) -> SpawnContext:
    """Return how to start processes that begin with nothing of ours, under pytest-xdist too.

    There the main program is one of xdist's, which a new process cannot run again.
    """
    monkeypatch.delattr(sys.modules["__main__"], "__file__", raising=False)
    return multiprocessing.get_context("spawn")
