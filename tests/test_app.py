"""The app as visitors meet it: the door while nobody is logged in, and the pages behind it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from mvkit.errors import NotFound
from mvkit.settings import get_settings, local_user
from mvkit.web import accounts
from mvkit.web.pages import ENTRIES, LOOK

from .conftest import ROOT

PASSWORD = "quiet lamps in the rain"


@pytest.fixture(autouse=True)
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """AppTest has no connection, and so no address to ask for."""
    monkeypatch.setattr("streamlit.runtime.context.ContextProxy.ip_address", None)


@pytest.fixture
def ada() -> str:
    return accounts.register("ada", PASSWORD, email="ada@example.org").name


@pytest.fixture
def setting(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    def change(name: str, value: str) -> None:
        monkeypatch.setenv(f"MVKIT_{name.upper()}", value)
        get_settings.cache_clear()

    return change


def open_app(**query: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60)
    app.query_params.update(query)
    return app.run()


def html_of(app: AppTest) -> str:
    return "".join(element.proto.body for element in app.get("html"))


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def send(app: AppTest, button: str, **fields: str) -> AppTest:
    """Fill a form's fields, named by their labels, and send it."""
    for label, value in fields.items():
        [field] = [f for f in app.text_input if f.label == label.replace("_", " ")]
        field.set_value(value)
    [sent] = [b for b in app.button if b.label == button]
    return sent.click().run()


def test_the_first_visitor_is_invited_to_make_the_first_account() -> None:
    app = open_app()
    assert not app.exception
    assert app.subheader[0].value == "Welcome: make the first account"


def test_with_accounts_the_door_asks_to_log_in(ada: str) -> None:
    app = open_app()
    assert not app.exception
    assert app.subheader[0].value == "Log in"
    assert {"Log in", "Make an account", "Forgot the password?"} <= set(labels(app))


def test_a_right_password_becomes_a_ticket_and_never_a_token_in_the_page(ada: str) -> None:
    app = send(open_app(), "Log in", **{"Name or e-mail address": "ADA", "Password": PASSWORD})
    assert not app.exception
    [ticket] = re.findall(r'data-ticket="([^"]+)"', html_of(app))
    login = accounts.redeem_ticket(ticket)
    assert accounts.who(login.token, kind=accounts.PAGE) == "ada"
    assert login.token not in html_of(app)


def test_a_locked_account_is_told_how_long(ada: str) -> None:
    app = open_app()
    for _ in range(11):
        app = send(app, "Log in", **{"Name or e-mail address": "ada", "Password": "wrong"})
    assert not app.exception
    assert re.search(r"Come back in \d+ minutes", html_of(app))


def test_passwords_that_differ_make_no_account() -> None:
    given = {"Name": "ada", "E-mail address": "ada@example.org"}
    app = send(
        open_app(), "Make the account", **given, Password=PASSWORD, Password_again="another one"
    )
    assert "The two passwords differ" in html_of(app)
    assert accounts.is_empty()


def test_what_is_wrong_with_an_account_is_told_as_text(ada: str) -> None:
    app = send_registration(Name="<b>ada</b>")
    assert "This name cannot be used" in html_of(app)
    assert "has an account already" in html_of(send_registration(Name="ada"))


def send_registration(**fields: str) -> AppTest:
    given = {"E-mail address": "x@example.org", "Password": PASSWORD, "Password again": PASSWORD}
    app = send(open_app(), "Make an account")
    return send(app, "Make the account", **given, **fields)


def test_where_registration_is_closed_nobody_is_invited(
    ada: str, setting: Callable[[str, str], None]
) -> None:
    setting("registration", "closed")
    assert "Make an account" not in labels(open_app())


def test_a_reset_link_sets_a_new_password(ada: str) -> None:
    secret = accounts.make_reset("ada").partition("reset=")[2]
    new = {
        "New password": "another lamp altogether",
        "New password again": "another lamp altogether",
    }
    app = send(open_app(reset=secret), "Set it and log in", **new)
    assert not app.exception
    assert "data-ticket" in html_of(app)
    accounts.log_in("ada", "another lamp altogether", kind=accounts.PAGE)


def test_without_logins_there_is_no_door(setting: Callable[[str, str], None]) -> None:
    setting("auth", "off")
    app = open_app()
    assert not app.exception
    assert not any(field.label == "Password" for field in app.text_input)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_every_page_opens_by_its_name(entry: object, setting: Callable[[str, str], None]) -> None:
    """Also those that the menu does not show."""
    setting("auth", "off")
    assert hasattr(entry, "name")

    def script(name: str) -> None:
        import importlib

        from mvkit.settings import local_user

        importlib.import_module(f"mvkit.web.pages.{name}").show(local_user())

    app = AppTest.from_function(script, default_timeout=60, kwargs={"name": entry.name}).run()
    assert not app.exception


def test_the_account_page_says_what_is_left(setting: Callable[[str, str], None]) -> None:
    setting("auth", "off")

    def script() -> None:
        from mvkit.settings import local_user
        from mvkit.web.pages.account import show

        show(local_user())

    app = AppTest.from_function(script, default_timeout=60).run()
    assert not app.exception
    assert local_user() in app.text[0].value
    assert "5 of 5 left" in html_of(app)
    assert "10.00 of 10 GB left" in html_of(app)


def test_an_error_of_ours_is_shown_with_its_code_as_text() -> None:
    assert "NOT_FOUND" in failure_shown(NotFound("<script>alert(1)</script> is not here."))
    assert "<script>" not in failure_shown(NotFound("<script>alert(1)</script> is not here."))


def test_what_nobody_foresaw_is_shown_as_a_number_that_the_log_has_too(
    caplog: pytest.LogCaptureFixture,
) -> None:
    shown = failure_shown(ZeroDivisionError("secret-7"))
    assert "secret-7" not in shown
    [number] = re.findall(r"the number (\w+)", shown)
    assert number in caplog.text
    assert "ZeroDivisionError" in caplog.text


def failure_shown(error: Exception) -> str:
    try:
        raise error
    except type(error) as raised:
        failure = raised

    def script(failure: Exception) -> None:
        from mvkit.web.server import show_failure

        assert show_failure(failure)

    return html_of(
        AppTest.from_function(script, default_timeout=60, kwargs={"failure": failure}).run()
    )


@pytest.mark.parametrize("style", sorted(LOOK.glob("*.css")), ids=lambda path: path.name)
def test_a_style_holds_nothing_that_could_be_a_tag(style: Path) -> None:
    """Streamlit throws such a style away, and says nothing."""
    assert "<" not in style.read_text("utf-8")
