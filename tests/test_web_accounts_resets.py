"""A forgotten password is set anew by its owner alone, by a mail that nobody else reads."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from mvkit.errors import (
    GenerationFailed,
    InvalidInput,
)
from mvkit.web import accounts
from mvkit.web.accounts import mail
from mvkit.web.accounts.table import RESETS

from .account_makers import (
    HOUR_S,
    MINUTE_S,
    OTHER,
    PASSWORD,
    Clock,
    add,
    clock,
    configure,
    cpu_medians,
    hash_at_cost,
    log_in,
    mails,
    n_rows,
    reason_of,
    secret_in,
    send_soon,
    wait_for_reset_threads,
)
from .job_makers import any_database
from .mail_sink import MailSink, make_certificate
from .postgres_server import postgres_url
from .process_watch import wait_for

__all__ = ["any_database", "clock", "hash_at_cost", "mails", "postgres_url", "send_soon"]


def test_a_forgotten_password_is_set_anew_by_a_mail(
    mails: MailSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(monkeypatch, public_url="https://films.example.org/")
    add()
    login = log_in()
    accounts.ask_reset("ADA@example.org", address="192.0.2.7")
    wait_for(lambda: mails.mails, timeout_s=20.0)
    [letter] = mails.mails
    assert (letter["To"], letter["From"]) == ("ada@example.org", "m@mvkit.test")
    [link] = [word for word in letter.get_content().split() if "://" in word]
    assert link.startswith("https://films.example.org/login?reset=")
    assert accounts.who(login.token, kind=accounts.PAGE) == "ada"  # nothing has changed so far
    assert accounts.reset_password(secret_in(link), OTHER) == "ada"
    assert reason_of(lambda: accounts.who(login.token, kind=accounts.PAGE)) == "TOKEN"
    assert reason_of(log_in) == "LOGIN"
    assert log_in(password=OTHER).user == "ada"


def test_nobody_is_sent_nothing(mails: MailSink) -> None:
    add()
    add("eve")
    accounts.set_disabled("eve", True)
    for name in ("bob", "bob@example.org", "eve", "", "\ud800\0"):
        accounts.ask_reset(name)
    accounts.ask_reset("ada")
    wait_for_reset_threads()
    assert [letter["To"] for letter in mails.mails] == ["ada@example.org"]


def test_a_link_is_good_once(any_database: str) -> None:
    add()
    link = accounts.make_reset("ada")
    news = [f"{number} brass compasses" for number in ("one", "two", "three", "four")]
    with ThreadPoolExecutor(4) as pool:
        told = list(
            pool.map(
                lambda new: reason_of(lambda: accounts.reset_password(secret_in(link), new)), news
            )
        )
    assert sorted(told) == ["", "RESET", "RESET", "RESET"]
    assert log_in(password=news[told.index("")]).user == "ada"
    assert reason_of(lambda: accounts.reset_password(secret_in(link), OTHER)) == "RESET"


def test_a_link_is_good_for_half_an_hour_and_for_one_user(clock: Clock) -> None:
    add()
    add("bob")
    link, second, late = (accounts.make_reset("ada") for _ in range(3))
    for bad in ("", "guess", secret_in(link)[:-1], link, "\ud800"):
        assert reason_of(partial(accounts.reset_password, bad, OTHER)) == "RESET"
    clock.wait(29 * MINUTE_S)
    assert accounts.reset_password(secret_in(link), OTHER) == "ada"
    assert reason_of(lambda: accounts.reset_password(secret_in(second), PASSWORD)) == "RESET"
    assert log_in("bob").user == "bob"
    late = accounts.make_reset("bob")
    clock.wait(30 * MINUTE_S + 1.0)
    assert reason_of(lambda: accounts.reset_password(secret_in(late), OTHER)) == "RESET"
    assert len(secret_in(link)) >= 43  # 256 bits


def test_a_poor_choice_does_not_use_the_link_up() -> None:
    add()
    link = accounts.make_reset("ada")
    assert reason_of(lambda: accounts.reset_password(secret_in(link), "password12")) == "PASSWORD"
    assert (
        reason_of(lambda: accounts.reset_password(secret_in(link), "ada@example.org")) == "PASSWORD"
    )
    assert accounts.reset_password(secret_in(link), OTHER) == "ada"


def test_a_link_lets_a_locked_out_owner_in() -> None:
    add()
    for _ in range(10):
        reason_of(lambda: log_in(password=OTHER))
    accounts.reset_password(secret_in(accounts.make_reset("ada")), OTHER)
    assert log_in(password=OTHER).user == "ada"


def test_nobody_is_buried_in_mails(mails: MailSink, clock: Clock) -> None:
    add()
    for name in ("ada", "nobody"):
        told = [reason_of(partial(accounts.ask_reset, name)) for _ in range(7)]
        assert told == [""] * 5 + ["RATE_LIMITED"] * 2
    told = [
        reason_of(partial(accounts.ask_reset, f"user{n}", address="192.0.2.7")) for n in range(25)
    ]
    assert told == [""] * 20 + ["RATE_LIMITED"] * 5
    wait_for_reset_threads()
    assert len(mails.mails) == 5
    clock.wait(HOUR_S + 1.0)
    accounts.ask_reset("ada", address="192.0.2.7")


def test_a_slow_mail_server_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    add()
    with MailSink(delay_s=3.0) as sink:
        configure(monkeypatch, smtp_url=f"smtp://127.0.0.1:{sink.port}")
        started_s = time.monotonic()
        accounts.ask_reset("ada")
        assert time.monotonic() - started_s < 2.0
        wait_for_reset_threads()
        assert len(sink.mails) == 1


def test_asking_for_a_link_takes_as_long_for_nobody_as_for_somebody(
    mails: MailSink, clock: Clock
) -> None:
    add()
    known, unknown = cpu_medians(
        *(partial(accounts.ask_reset, name) for name in ("ada", "nobody")), n=100, clock=clock
    )
    assert unknown == pytest.approx(known, rel=0.1)
    assert len(mails.mails) == 100


def test_without_a_mail_server_the_administrator_is_told(caplog: pytest.LogCaptureFixture) -> None:
    add()
    accounts.register("bob", PASSWORD, email="", trusted=True)
    for name in ("ada", "bob", "nobody"):
        accounts.ask_reset(name)
    wait_for_reset_threads()
    assert "`mvkit user reset ada` prints a link" in caplog.text
    assert "`mvkit user reset bob` prints a link" in caplog.text
    assert "nobody" not in caplog.text
    assert n_rows(RESETS) == 0


def test_a_mail_that_is_refused_is_told_without_its_link(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    add()
    with MailSink(refuses=True) as sink:
        configure(monkeypatch, smtp_url=f"smtp://127.0.0.1:{sink.port}")
        accounts.ask_reset("ada")
        wait_for_reset_threads()
    assert "nobody here" in caplog.text
    assert "reset=" not in caplog.text


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    return make_certificate(tmp_path / "mail.pem")


@pytest.mark.parametrize(("scheme", "encryption"), [("smtp", "starttls"), ("smtps", "tls")])
def test_a_mail_goes_encrypted_where_that_is_offered(
    scheme: str, encryption: Any, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with MailSink(encryption=encryption, certificate=certificate) as sink:
        url = f"{scheme}://films%40example.org:p%40ss%2Fword@localhost:{sink.port}"
        configure(monkeypatch, smtp_url=url)
        with pytest.raises(GenerationFailed, match="certificate"):  # nobody has vouched for it
            mail.send_mail("ada@example.org", subject="Hello", text="World")
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        mail.send_mail("ada@example.org", subject="Hello", text="Wörld")
    assert sink.logins == [("films@example.org", "p@ss/word", True)]
    [letter] = sink.mails
    assert (letter["From"], letter["Subject"]) == ("films@example.org", "Hello")
    assert letter.get_content().strip() == "Wörld"


def test_a_password_is_sent_in_the_clear_to_this_machine_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with MailSink() as sink:
        configure(monkeypatch, smtp_url=f"smtp://ada:secret@127.0.0.1:{sink.port}")
        mail.send_mail("ada@example.org", subject="Hello", text="World")
        assert sink.logins == [("ada", "secret", False)]
        monkeypatch.setattr(mail, "LOOPBACK", ())
        with pytest.raises(GenerationFailed, match="no encryption"):
            mail.send_mail("ada@example.org", subject="Hello", text="World")
    assert len(sink.logins) == len(sink.mails) == 1


@pytest.mark.parametrize("url", ["http://mail.example.org", "smtp://", "smtp://host:port", "mail"])
def test_a_mail_server_that_is_none_is_told(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    configure(monkeypatch, smtp_url=url)
    with pytest.raises(InvalidInput, match="smtp_url"):
        mail.send_mail("ada@example.org", subject="Hello", text="World")


def test_a_mail_server_that_is_gone_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with MailSink() as sink:
        configure(monkeypatch, smtp_url=f"smtp://127.0.0.1:{sink.port}")
    with pytest.raises(GenerationFailed, match=r"127\.0\.0\.1"):
        mail.send_mail("ada@example.org", subject="Hello", text="World")
