"""Guessing is stopped, nobody is locked out for good, and nothing tells who exists."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from mvkit.errors import (
    RateLimited,
)
from mvkit.web import accounts

from .account_makers import (
    HOUR_S,
    MINUTE_S,
    OTHER,
    Clock,
    add,
    clock,
    cpu_medians,
    hash_at_cost,
    log_in,
    reason_of,
    refused,
    send_soon,
)
from .job_makers import any_database
from .postgres_server import postgres_url

__all__ = ["any_database", "clock", "hash_at_cost", "postgres_url", "send_soon"]


def test_guessing_is_stopped_and_the_owner_comes_back_in_a_quarter_of_an_hour(clock: Clock) -> None:
    add()
    told = [reason_of(lambda: log_in(password=OTHER)) for _ in range(200)]
    assert told == ["LOGIN"] * 10 + ["RATE_LIMITED"] * 190
    refusal = refused(log_in)  # even with the right password
    assert isinstance(refusal, RateLimited)
    assert refusal.retry_after_s == pytest.approx(15 * MINUTE_S, abs=60.0)
    clock.wait(15 * MINUTE_S + 1.0)
    assert log_in().user == "ada"


def test_a_lock_never_grows_longer_by_trying(clock: Clock) -> None:
    """Or whoever goes on guessing would lock the owner out for good."""
    add()
    for _ in range(14):
        for _ in range(20):
            reason_of(lambda: log_in(password=OTHER))
        clock.wait(MINUTE_S)
    clock.wait(MINUTE_S + 1.0)
    assert log_in().user == "ada"


def test_names_that_nobody_has_are_locked_as_well() -> None:
    add()
    for name in ("nobody", "nobody@example.org", "no name at all\0", "x" * 10_000, "\ud800", ""):
        told = [reason_of(partial(log_in, name)) for _ in range(11)]
        assert told == ["LOGIN"] * 10 + (["RATE_LIMITED"] if name else ["LOGIN"])
    assert log_in().user == "ada"


def test_name_and_address_of_one_account_share_their_tries() -> None:
    add()
    told = [reason_of(partial(log_in, name, OTHER)) for name in ["ada", "ADA@example.org"] * 6]
    assert told == ["LOGIN"] * 10 + ["RATE_LIMITED"] * 2


def test_a_login_that_succeeds_forgets_the_tries() -> None:
    add()
    for _ in range(3):
        assert [reason_of(lambda: log_in(password=OTHER)) for _ in range(9)] == ["LOGIN"] * 9
        assert log_in().user == "ada"


def test_of_twenty_guesses_at_one_instant_ten_are_tried(any_database: str) -> None:
    add()
    with ThreadPoolExecutor(20) as pool:
        told = list(pool.map(lambda _: reason_of(lambda: log_in(password=OTHER)), range(20)))
    assert sorted(told) == ["LOGIN"] * 10 + ["RATE_LIMITED"] * 10


def test_one_guess_at_many_names_is_stopped_by_where_it_comes_from(clock: Clock) -> None:
    add()
    told = [
        reason_of(partial(log_in, f"user{n}", OTHER, address=f"2001:db8::{n:x}"))
        for n in range(1, 111)
    ]
    assert told == ["LOGIN"] * 100 + ["RATE_LIMITED"] * 10
    assert reason_of(lambda: log_in(address="2001:db8::abcd")) == "RATE_LIMITED"
    assert log_in(address="2001:db8:0:1::1").user == "ada"
    clock.wait(HOUR_S + 1.0)
    assert log_in(address="2001:db8::abcd").user == "ada"


def test_an_address_is_the_same_in_both_its_forms() -> None:
    add()
    forms = ["192.0.2.7", "::ffff:192.0.2.7"] * 50
    told = [
        reason_of(partial(log_in, f"user{n}", OTHER, address=form)) for n, form in enumerate(forms)
    ]
    assert set(told) == {"LOGIN"}
    assert reason_of(lambda: log_in(address="192.0.2.7")) == "RATE_LIMITED"
    assert log_in(address="192.0.2.8").user == "ada"


def test_a_login_takes_as_long_for_nobody_as_for_somebody(
    clock: Clock, hash_at_cost: Callable[[int], None]
) -> None:
    hash_at_cost(10)
    add()
    add("eve")
    accounts.set_disabled("eve", True)
    known, unknown, disabled = cpu_medians(
        *(partial(log_in, name, OTHER) for name in ("ada", "nobody", "eve")), n=9, clock=clock
    )
    assert unknown == pytest.approx(known, rel=0.1)
    assert disabled == pytest.approx(known, rel=0.1)
    answers = {str(refused(partial(log_in, name, OTHER))) for name in ("ada", "nobody", "eve")}
    assert len(answers) == 1
