"""Accounts are made by who may, under names and passwords that serve; and shut again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import bcrypt
import pytest
from typer.testing import CliRunner

from mvkit.__main__ import app
from mvkit.errors import (
    InvalidInput,
    MvkitError,
    NotFound,
    RateLimited,
    Unauthorized,
)
from mvkit.jobs.table import Job, list_jobs
from mvkit.web import accounts
from mvkit.web.accounts import passwords, registration

from .account_makers import (
    HOUR_S,
    OTHER,
    PASSWORD,
    QUICKEST,
    Clock,
    add,
    clock,
    configure,
    gensalt,
    hash_at_cost,
    log_in,
    reason_of,
    refused,
    secret_in,
    send_soon,
    spawning,
)
from .job_makers import any_database, submit
from .postgres_server import postgres_url

__all__ = ["any_database", "clock", "hash_at_cost", "postgres_url", "send_soon"]


def test_nobody_has_an_account_at_first() -> None:
    assert accounts.is_empty()
    assert accounts.list_accounts() == []
    made = add()
    assert not accounts.is_empty()
    assert accounts.list_accounts() == [made] == [accounts.find_account("ada")]
    assert made.created_at_s == pytest.approx(time.time(), abs=60.0)
    with pytest.raises(NotFound, match="bob"):
        accounts.find_account("bob")


@pytest.mark.parametrize(
    "name",
    [
        "",
        "ab",
        "a" * 33,
        "ada lovelace",
        "ada/..",
        "ádá",
        "-ada",
        ".ada",
        "a\nda",
        "ada\0",
        "a@b.c",
    ],
)
def test_a_name_is_plain(name: str) -> None:
    assert reason_of(lambda: accounts.register(name, PASSWORD, email="a@b.cc")) == "NAME"


@pytest.mark.parametrize(
    "email",
    ["", "ada", "ada@", "@example.org", "a b@c.org", "a@b..c", "a@-b.org", "a,b@c.org",
     "a@b.org\nBcc: x@y.org", '"a"@b.org', "<a@b.org>", "a" * 250 + "@b.org", "a@b@c.org"],
)  # fmt: skip
def test_an_address_is_plain(email: str) -> None:
    assert reason_of(lambda: accounts.register("ada", PASSWORD, email=email)) == "EMAIL"


def test_names_and_addresses_are_the_same_in_any_case() -> None:
    made = accounts.register("Ada.L", PASSWORD, email="Ada@Example.ORG")
    assert (made.name, made.email) == ("ada.l", "ada@example.org")
    for same in (("ADA.l", "other@example.org"), ("other", "aDa@eXample.org")):
        name, email = same
        assert reason_of(lambda: accounts.register(name, PASSWORD, email=email)) == "TAKEN"  # noqa: B023
    for typed in ("ada.l", "ADA.L", " ada@example.org ", "ADA@EXAMPLE.ORG"):
        assert log_in(typed).user == "ada.l"


@pytest.mark.parametrize(
    "password",
    ["", "short", "x" * 9, "blue kettles " * 10, "aaaaaaaaaaaa", "abababababab", "1234567890",
     "12345678910", "qwertyuiop", "1q2w3e4r5t", "1qaz2wsx3edc", "poiuytrewq", "abcde12345",
     "Password1!", "P@ssw0rd2024", "passwordpassword", "I love you forever", "!!welcome!!99",
     "ada.lovelace", "ADA.LOVELACE1815", "countess@example.org1"],
)  # fmt: skip
def test_passwords_that_are_tried_first_are_refused(password: str) -> None:
    register = partial(accounts.register, "ada.lovelace", email="countess@example.org")
    assert reason_of(lambda: register(password)) == "PASSWORD"
    assert accounts.is_empty()


@pytest.mark.parametrize(
    "password",
    ["correct horse battery staple", "seven blue", "ключ под ковриком", "k7#Tq9!zLm",
     "x9" * 5 + "kq4", "lovelace1815", "the dragon sleeps at noon", "🎬🎥🎞️ lights, camera",
     "b" * 60 + PASSWORD + "c" * 50],
)  # fmt: skip
def test_any_characters_make_a_password(password: str) -> None:
    """Long before strange: no classes of characters are asked for."""
    add(password=password)
    assert log_in(password=password).user == "ada"


def test_every_character_of_a_long_password_counts() -> None:
    """By itself bcrypt stops reading at 72 bytes, and at a zero byte."""
    long = PASSWORD * 5
    add(password=long)
    assert reason_of(lambda: log_in(password=long[:-1] + "?")) == "LOGIN"
    add("bob", password="kettles\0blue and round")
    assert reason_of(lambda: log_in("bob", "kettles\0green and square")) == "LOGIN"


def test_a_password_is_the_same_on_all_keyboards() -> None:
    add(password="caf\u00e9 au lait sucr\u00e9")
    assert log_in(password="cafe\u0301 au lait sucre\u0301").user == "ada"


def test_passwords_are_hashed_at_the_cost_of_the_library(
    hash_at_cost: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bcrypt, "gensalt", gensalt)
    assert passwords.hash_password(PASSWORD).startswith("$2b$12$")


def test_closed_registration_is_for_the_first_and_the_administrator(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    configure(monkeypatch, registration="closed")
    add("ada")
    assert reason_of(lambda: add("bob")) == "CLOSED"
    accounts.register("bob", PASSWORD, email="", trusted=True)
    assert [account.name for account in accounts.list_accounts()] == ["ada", "bob"]
    accounts.register("eve", PASSWORD, email="", trusted=True)  # no address is nobody's address


def test_of_many_who_come_first_one_is_first(
    any_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(monkeypatch, registration="closed")
    at_once = threading.Barrier(8)

    def list_jobs_together(**which: Any) -> list[Job]:
        at_once.wait(60.0)  # the last thing before an account is made
        return list_jobs(**which)

    monkeypatch.setattr(registration, "list_jobs", list_jobs_together)
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda n: reason_of(lambda: add(f"user-{n}")), range(8)))
    assert sorted(told) == [""] + ["CLOSED"] * 7
    assert [account.name for account in accounts.list_accounts()] == [f"user-{told.index('')}"]


def test_films_of_the_command_line_are_not_taken_over(tmp_path: Path) -> None:
    submit(tmp_path, user="ada")
    submit(tmp_path, user="bob")
    add("ada")  # who opens the page first is who owns the machine
    assert reason_of(lambda: add("bob")) == "TAKEN"
    assert accounts.register("bob", PASSWORD, email="", trusted=True).name == "bob"


def test_three_accounts_an_hour_are_made_from_one_address(clock: Clock) -> None:
    for name in ("ann", "ben", "cat"):
        add(name, address="192.0.2.7")
    refusal = refused(lambda: add("dan", address="192.0.2.7"))
    assert isinstance(refusal, RateLimited)
    assert refusal.retry_after_s == pytest.approx(HOUR_S, abs=60.0)
    add("dan", address="192.0.2.8")
    clock.wait(HOUR_S + 1.0)
    add("eve", address="192.0.2.7")


def test_names_that_are_taken_can_not_be_listed_by_registering(clock: Clock) -> None:
    add("ada")
    told = [reason_of(lambda: add("ada", address="192.0.2.7")) for _ in range(25)]
    assert told == ["TAKEN"] * 20 + ["RATE_LIMITED"] * 5
    clock.wait(HOUR_S + 1.0)
    add("bob", address="192.0.2.7")


def register_all(names: list[str]) -> list[str]:
    """Register names from a process of its own; return the refusals."""
    bcrypt.gensalt = partial(gensalt, rounds=QUICKEST)
    return [reason_of(partial(add, name)) for name in names]


def test_of_twenty_registrations_from_four_processes_none_is_lost(
    any_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And of one name that all of them want, there is one."""
    names = [[f"user-{process}-{n}" for n in range(5)] for process in range(4)]
    spawn = spawning(monkeypatch)
    with ProcessPoolExecutor(4, mp_context=spawn) as pool:
        told = list(pool.map(register_all, [[*five, "wanted"] for five in names]))
    assert [refusals[:5] for refusals in told] == [[""] * 5] * 4
    assert sorted(refusals[5] for refusals in told) == ["", "TAKEN", "TAKEN", "TAKEN"]
    made = {account.name for account in accounts.list_accounts()}
    assert made == {name for five in names for name in five} | {"wanted"}
    assert log_in("user-3-4").user == "user-3-4"


def command(*arguments: str, typed: str = "") -> str:
    """Run ``mvkit user ...``; return what it prints."""
    result = CliRunner().invoke(app, ["user", *arguments], input=typed)
    if isinstance(result.exception, MvkitError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def test_the_administrator_makes_accounts(monkeypatch: pytest.MonkeyPatch) -> None:
    configure(monkeypatch, registration="closed")
    add()
    told = command("add", "Bob", "--email", "bob@example.org", typed=f"{OTHER}\n{OTHER}\n")
    assert OTHER not in told
    assert log_in("bob@example.org", OTHER).user == "bob"
    link = command("add", "eve", "--link").split()[-1]
    assert accounts.reset_password(secret_in(link), OTHER) == "eve"
    listed = command("list")
    assert all(word in listed for word in ("ada", "bob@example.org", "eve", "enabled"))


def test_the_administrator_shuts_and_opens_accounts() -> None:
    add()
    login = log_in()
    command("disable", "ada")
    assert "disabled" in command("list")
    assert reason_of(lambda: accounts.who(login.token, kind=accounts.PAGE)) == "TOKEN"
    command("enable", "ada")
    assert log_in().user == "ada"
    link = command("reset", "ada").strip()
    assert accounts.reset_password(secret_in(link), OTHER) == "ada"
    with pytest.raises(NotFound, match="nobody"):
        command("reset", "nobody")


def test_errors_of_accounts_are_told_as_such() -> None:
    add()
    assert isinstance(refused(lambda: log_in(password=OTHER)), Unauthorized)
    assert isinstance(refused(lambda: add("ada")), InvalidInput)
