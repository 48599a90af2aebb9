"""A login is what it says, for its kind and time alone, and ends at once when it is ended."""

from __future__ import annotations

import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import jwt
import pytest
import sqlalchemy as sa

from mvkit.database import METADATA, reading
from mvkit.errors import (
    InvalidInput,
)
from mvkit.web import accounts
from mvkit.web.accounts import credentials, passwords
from mvkit.web.accounts.lockout import TRIES
from mvkit.web.accounts.table import LOGINS, RESETS, TICKETS, changing

from .account_makers import (
    DAY_S,
    HOUR_S,
    OTHER,
    PASSWORD,
    Clock,
    add,
    clock,
    hash_at_cost,
    log_in,
    mails,
    n_rows,
    reason_of,
    secret_in,
    send_soon,
    spawning,
)
from .job_makers import any_database
from .mail_sink import MailSink
from .postgres_server import postgres_url

__all__ = ["any_database", "clock", "hash_at_cost", "mails", "postgres_url", "send_soon"]


def test_a_login_shows_who_somebody_is_for_its_kind_alone(any_database: str) -> None:
    add()
    for kind, other in ((accounts.PAGE, accounts.API), (accounts.API, accounts.PAGE)):
        login = log_in(kind=kind)
        assert (login.user, login.kind) == ("ada", kind)
        assert accounts.who(login.token, kind=kind) == "ada"
        assert reason_of(partial(accounts.who, login.token, kind=other)) == "TOKEN"


def forgeries(login: accounts.Login, bobs: accounts.Login) -> dict[str, str]:
    """Return tokens that are not quite a login."""
    key = accounts.signing_key()
    claims = jwt.decode(login.token, options={"verify_signature": False})
    head, body, signature = login.token.split(".")

    def made(
        key: bytes | None = key, algorithm: str = "HS256", without: str = "", **changes: Any
    ) -> str:
        changed = {k: v for k, v in {**claims, **changes}.items() if k != without}
        return jwt.encode(changed, key, algorithm=algorithm)  # type: ignore[arg-type]

    return {
        "no algorithm": made(None, "none"),
        "no signature": f"{head}.{body}.",
        "another key": made(b"k" * 64),
        "another algorithm": made(algorithm="HS512"),
        "another body": f"{head}.{bobs.token.split('.')[1]}.{signature}",
        **{f"no {claim}": made(without=claim) for claim in claims},
        "expired": made(exp=int(time.time()) - 1),
        "another audience": made(aud=accounts.API),
        "another user": made(sub="bob"),
        "another row": made(sid="0" * 32),
        "a row that is no text": made(sid={"$ne": None}),
        "no token": "",
        "no JWT": "ada",
        "no ASCII": "ádá\ud800\0",
    }


FORGERIES = 17


@pytest.mark.parametrize("number", range(FORGERIES))
def test_a_forged_token_is_refused(number: int) -> None:
    add()
    add("bob")
    made = forgeries(log_in(), log_in("bob"))
    assert len(made) == FORGERIES
    token = list(made.values())[number]
    assert reason_of(lambda: accounts.who(token, kind=accounts.PAGE)) == "TOKEN", list(made)[number]
    accounts.log_out(token)  # ends nothing that it is not


def test_a_key_that_was_exchanged_ends_all_logins(runs_dir: Path) -> None:
    add()
    login = log_in()
    (runs_dir / ".web_key").unlink()
    assert reason_of(lambda: accounts.who(login.token, kind=accounts.PAGE)) == "TOKEN"


def test_logins_end_after_their_time(clock: Clock) -> None:
    add()
    page, api = log_in(), log_in(kind=accounts.API)
    assert page.expires_at_s == pytest.approx(time.time() + 7 * DAY_S, abs=60.0)
    assert api.expires_at_s == pytest.approx(time.time() + HOUR_S, abs=60.0)
    clock.wait(HOUR_S + 1.0)
    assert reason_of(lambda: accounts.who(api.token, kind=accounts.API)) == "TOKEN"
    assert accounts.who(page.token, kind=accounts.PAGE) == "ada"
    clock.wait(7 * DAY_S)
    assert reason_of(lambda: accounts.who(page.token, kind=accounts.PAGE)) == "TOKEN"


def test_a_login_that_was_logged_out_is_over_everywhere() -> None:
    add()
    here, there = log_in(), log_in()
    accounts.log_out(here.token)
    accounts.log_out(here.token)
    assert reason_of(lambda: accounts.who(here.token, kind=accounts.PAGE)) == "TOKEN"
    assert accounts.who(there.token, kind=accounts.PAGE) == "ada"


def test_a_new_password_ends_all_logins_of_its_user(any_database: str) -> None:
    add()
    add("bob")
    logins = [log_in(), log_in(), log_in(kind=accounts.API)]
    bobs, link = log_in("bob"), accounts.make_reset("ada")
    accounts.change_password("ada", PASSWORD, OTHER)
    for login in logins:
        assert reason_of(partial(accounts.who, login.token, kind=login.kind)) == "TOKEN"
    assert accounts.who(bobs.token, kind=accounts.PAGE) == "bob"
    assert reason_of(lambda: accounts.reset_password(secret_in(link), PASSWORD)) == "RESET"
    assert reason_of(log_in) == "LOGIN"
    assert log_in(password=OTHER).user == "ada"


def test_a_password_is_changed_by_who_knows_it(clock: Clock) -> None:
    add()
    assert reason_of(lambda: accounts.change_password("ada", OTHER, OTHER)) == "LOGIN"
    assert reason_of(lambda: accounts.change_password("ada", PASSWORD, "password12")) == "PASSWORD"
    assert log_in().user == "ada"
    for _ in range(10):
        reason_of(lambda: accounts.change_password("ada", OTHER, OTHER))
    assert reason_of(lambda: accounts.change_password("ada", PASSWORD, OTHER)) == "RATE_LIMITED"


@pytest.mark.parametrize("event", ["change", "disable"])
def test_a_login_under_way_does_not_outlive_a_change(
    event: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between checking the password and writing the login down, somebody else is quicker."""
    add()
    hashed = passwords.hash_password(OTHER)

    def checked(*_: object) -> bool:
        if event == "change":
            with changing() as connection:
                credentials.set_password(connection, "ada", hashed)
        else:
            accounts.set_disabled("ada", True)
        return True

    monkeypatch.setattr(credentials, "is_password", checked)
    assert reason_of(log_in) == "LOGIN"
    assert n_rows(LOGINS) == 0


def test_who_is_disabled_is_out_at_once_and_stays_out() -> None:
    add()
    login, link = log_in(), accounts.make_reset("ada")
    accounts.set_disabled("ADA", True)
    assert accounts.find_account("ada").disabled
    assert reason_of(lambda: accounts.who(login.token, kind=accounts.PAGE)) == "TOKEN"
    assert reason_of(log_in) == "LOGIN"
    assert reason_of(lambda: accounts.reset_password(secret_in(link), OTHER)) == "RESET"
    assert reason_of(lambda: accounts.make_reset("ada")) == "DISABLED"
    accounts.set_disabled("ada", False)
    assert reason_of(lambda: accounts.who(login.token, kind=accounts.PAGE)) == "TOKEN"
    assert log_in().user == "ada"
    assert reason_of(lambda: accounts.set_disabled("bob", True)) == "NOT_FOUND"


def test_a_ticket_is_good_once_and_for_thirty_seconds(clock: Clock) -> None:
    add()
    login = log_in()
    ticket, late, ended = (accounts.make_ticket(login) for _ in range(3))
    assert accounts.redeem_ticket(ticket) == login
    for bad in (ticket, "", "guess", login.token, "\ud800"):
        assert reason_of(partial(accounts.redeem_ticket, bad)) == "TICKET"
    clock.wait(31.0)
    assert reason_of(lambda: accounts.redeem_ticket(late)) == "TICKET"
    clock.wait(-31.0)
    accounts.log_out(login.token)
    assert reason_of(lambda: accounts.redeem_ticket(ended)) == "TICKET"


def test_one_ticket_opens_one_door(any_database: str) -> None:
    add()
    ticket = accounts.make_ticket(log_in())
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda _: reason_of(lambda: accounts.redeem_ticket(ticket)), range(8)))
    assert sorted(told) == [""] + ["TICKET"] * 7


def test_what_is_past_its_time_is_dropped(clock: Clock) -> None:
    add()
    accounts.make_ticket(log_in(kind=accounts.API, address="192.0.2.7"))
    accounts.make_reset("ada")
    reason_of(lambda: log_in(password=OTHER))
    clock.wait(8 * DAY_S)
    log_in()
    assert (n_rows(LOGINS), n_rows(TICKETS), n_rows(RESETS), n_rows(TRIES)) == (1, 0, 0, 0)


def test_the_database_tells_no_secret(mails: MailSink) -> None:
    """Who reads it, as in a backup, can log in as nobody."""
    add()
    login = log_in()
    link = accounts.make_reset("ada")
    secrets = [PASSWORD, login.token, accounts.make_ticket(login), secret_in(link)]
    reason_of(lambda: log_in("my password typed as a name", OTHER, address="192.0.2.77"))
    secrets += ["my password typed as a name", OTHER, "192.0.2.77"]
    with reading() as connection:
        told = [
            str(value)
            for table in METADATA.tables.values()
            for row in connection.execute(sa.select(table))
            for value in row
        ]
    assert "ada" in told
    assert not [value for value in told if any(secret in value for secret in secrets)]


def key_of(_: int) -> bytes:
    return accounts.signing_key()


def test_processes_that_start_at_once_agree_on_the_key(
    runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spawn = spawning(monkeypatch)
    with ProcessPoolExecutor(2, mp_context=spawn) as pool:
        keys = set(pool.map(key_of, range(2)))
    with ThreadPoolExecutor(8) as threads:
        keys |= set(threads.map(key_of, range(8)))
    assert len(keys) == 1
    assert len(keys.pop()) >= 32
    assert (runs_dir / ".web_key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in runs_dir.glob(".web_key*")] == [".web_key"]


def test_a_key_that_is_none_is_refused(runs_dir: Path) -> None:
    runs_dir.mkdir()
    file = runs_dir / ".web_key"
    file.write_bytes(b"some_key")
    file.chmod(0o600)
    with pytest.raises(InvalidInput, match="holds 8 bytes") as refusal:
        accounts.signing_key()
    assert refusal.value.reason == "WEB_KEY"
    file.write_bytes(b"k" * 64)
    assert accounts.signing_key() == b"k" * 64
    file.chmod(0o640)
    with pytest.raises(InvalidInput, match="chmod 600"):
        accounts.signing_key()
