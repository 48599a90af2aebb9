"""The door and what lies right behind it, in a real browser and on the bare wire."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from mvkit.settings import get_settings
from mvkit.web import accounts
from mvkit.web.accounts.table import REMEMBERED_S
from mvkit.web.visitor import COOKIE

from .browser import (  # noqa: F401 - fixtures among them
    PASSWORD,
    PageServer,
    a_desktop,
    a_shared_chromium,
    a_window,
    fill_in,
    keep_picture,
    log_in,
    overhear,
    page_server,
    register,
)
from .job_makers import submit
from .streamlit_socket import Shown, streamlit_socket

pytestmark = [pytest.mark.slow, pytest.mark.browser]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageServer]:
    """A service without a worker, and nobody known to it."""
    with page_server(tmp_path_factory.mktemp("shell")) as running:
        yield running


@pytest.fixture
def known(server: PageServer, monkeypatch: pytest.MonkeyPatch) -> PageServer:
    """The service, whose accounts this process sees, with ada and bob."""
    monkeypatch.setenv("MVKIT_RUNS_DIR", str(server.runs_dir))
    monkeypatch.setenv("MVKIT_PUBLIC_URL", server.url)
    get_settings.cache_clear()
    for name in ("ada", "bob"):
        if name not in [account.name for account in accounts.list_accounts()]:
            accounts.register(name, PASSWORD, email=f"{name}@example.org")
    return server


def new_login(name: str) -> str:
    return accounts.log_in(name, PASSWORD, kind=accounts.PAGE).token


def account_page(server: PageServer, *, login: str = "", session: str = "none") -> Shown:
    with streamlit_socket(server.url, login=login, session=session) as socket:
        return socket.show("account")


def test_the_first_account_is_made_at_the_door_and_opens_what_was_asked_for(
    window: Page, tmp_path: Path
) -> None:
    """The cookie is out of reach of scripts, nothing is fetched elsewhere, nothing complains."""
    with page_server(tmp_path) as empty:
        heard = overhear(window, empty)
        window.goto(f"{empty.url}/account?job=1")
        expect(window.get_by_text("Welcome: make the first account")).to_be_visible()
        expect(window.get_by_label("Password", exact=True)).to_have_attribute(
            "autocomplete", "new-password"
        )
        expect(window.get_by_label("First name")).to_be_hidden()
        keep_picture(window, "door-first-start")
        register(window, empty, "grace", path="/account?job=1")
        expect(window.get_by_role("heading", name="grace")).to_be_visible()
        keep_picture(window, "account")
        assert window.url == f"{empty.url}/account?job=1"
        [cookie] = [c for c in window.context.cookies() if c["name"] == COOKIE]
        assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (True, "Strict", "/")
        assert heard.foreign == heard.complaints == []


def test_a_wrong_password_is_told_in_one_sentence(known: PageServer, window: Page) -> None:
    log_in(window, known, "ada", password="not this one")
    expect(window.get_by_role("alert")).to_contain_text("Name and password do not go together")
    keep_picture(window, "door-wrong-password")
    fill_in({window.get_by_label("Password", exact=True): PASSWORD})
    window.get_by_label("Password", exact=True).press("Enter")
    expect(window.get_by_role("heading", name="ada")).to_be_visible()


def test_logging_out_in_one_tab_ends_the_other_and_the_cookie(
    known: PageServer, desktop: Page
) -> None:
    log_in(desktop, known, "ada")
    expect(desktop.get_by_role("heading", name="ada")).to_be_visible()
    other = desktop.context.new_page()
    other.goto(f"{known.url}/account")
    expect(other.get_by_role("heading", name="ada")).to_be_visible()
    [token] = [c["value"] for c in desktop.context.cookies() if c["name"] == COOKIE]
    desktop.get_by_role("button", name="Log out", exact=True).click()
    expect(desktop.get_by_role("button", name="Log in")).to_be_visible()
    other.get_by_role("button", name="Change it").click()
    expect(other.get_by_role("button", name="Log in")).to_be_visible()
    expect(other.get_by_text("ada@example.org")).to_have_count(0)
    again = httpx.get(f"{known.url}/api/v1/jobs", cookies={COOKIE: token})
    assert again.status_code == 401


def test_a_page_that_follows_a_job_ends_by_itself_with_its_login(
    known: PageServer, desktop: Page, tmp_path: Path
) -> None:
    """A fragment that runs every half second asks for the login each time."""
    job = submit(tmp_path, user="ada")
    log_in(desktop, known, "ada", path=f"/watch?job={job.job_id}")
    expect(desktop.get_by_role("progressbar")).to_be_visible()
    [token] = [c["value"] for c in desktop.context.cookies() if c["name"] == COOKIE]
    accounts.log_out(token)
    expect(desktop.get_by_role("button", name="Log in")).to_be_visible()
    expect(desktop.get_by_role("progressbar")).to_have_count(0)


def test_a_new_password_ends_all_logins_but_the_one_it_was_set_with(
    known: PageServer, desktop: Page
) -> None:
    accounts.register("carol", PASSWORD, email="carol@example.org")
    elsewhere = new_login("carol")
    log_in(desktop, known, "carol")
    fill_in(
        {
            desktop.get_by_label("Password now"): PASSWORD,
            desktop.get_by_label("New password", exact=True): "another lamp altogether",
            desktop.get_by_label("New password again"): "another lamp altogether",
        }
    )
    with desktop.expect_navigation():
        desktop.get_by_role("button", name="Change it").click()
    expect(desktop.get_by_role("heading", name="carol")).to_be_visible()
    assert b"carol@example.org" not in account_page(known, login=elsewhere).sent


def test_a_link_from_a_mail_sets_a_new_password_once(known: PageServer, window: Page) -> None:
    name = f"dora{(window.viewport_size or {})['width']}"
    accounts.register(name, PASSWORD, email=f"{name}@example.org")
    link = accounts.make_reset(name)
    for attempt in ("used", "used up"):
        window.goto(link)
        fill_in(
            {
                window.get_by_label("New password", exact=True): "another lamp altogether",
                window.get_by_label("New password again"): "another lamp altogether",
            }
        )
        keep_picture(window, "door-new-password")
        window.get_by_role("button", name="Set it and log in").click()
        if attempt == "used":
            expect(window.get_by_role("button", name="Set it and log in")).to_have_count(0)
            assert "reset=" not in window.url
        else:
            expect(window.get_by_role("alert")).to_contain_text("This link was used already")


def test_a_forgotten_password_gets_the_same_answer_for_everybody(
    known: PageServer, desktop: Page
) -> None:
    answers = []
    for name in ("ada", "nobody.at.all"):
        desktop.goto(f"{known.url}/library")
        desktop.get_by_role("button", name="Forgot the password?").click()
        expect(desktop.get_by_role("heading", name="Set a new password")).to_be_visible()
        fill_in({desktop.get_by_label("Name or e-mail address"): name})
        desktop.get_by_role("button", name="Ask for a link").click()
        answers.append(desktop.get_by_role("status").filter(has_text="sends no mails").inner_text())
    assert answers[0] == answers[1]


def test_without_logins_the_pages_are_open_to_this_machine_and_say_so(
    desktop: Page, tmp_path: Path
) -> None:
    with page_server(tmp_path, auth="off") as server:
        desktop.goto(server.url)
        desktop.get_by_role("link", name="On this machine").click()
        expect(desktop.get_by_role("heading", name="On this machine")).to_be_visible()
        refused = httpx.get(server.url, headers={"host": "192.168.1.5"})
        assert refused.json()["error"]["reason"] == "LOCAL_ONLY"


def test_a_session_is_worth_nothing_without_the_login_it_began_with(known: PageServer) -> None:
    """Its id stands in every upload's address; neither nobody nor bob gets into ada's."""
    with streamlit_socket(known.url, login=new_login("ada")) as hers:
        shown = hers.show("account")
        assert b"ada@example.org" in shown.sent
        for login in ("", "rubbish", new_login("bob")):
            taken = account_page(known, login=login, session=shown.session)
            assert taken.session != shown.session
            assert b"ada@example.org" not in taken.sent
        assert hers.show("account").session == shown.session  # and she noticed nothing


def test_a_lost_connection_goes_on_where_it_was_for_the_same_person(known: PageServer) -> None:
    login = new_login("ada")
    session = account_page(known, login=login).session
    assert account_page(known, login=login, session=session).session == session


def test_a_login_that_has_ended_shows_nothing_more_on_an_open_connection(
    known: PageServer,
) -> None:
    login = new_login("ada")
    with streamlit_socket(known.url, login=login) as socket:
        assert b"ada@example.org" in socket.show("account").sent
        accounts.log_out(login)  # in another process than the page's
        time.sleep(REMEMBERED_S)
        assert b"ada@example.org" not in socket.show("account").sent


def test_nobody_uploads_into_a_session_without_a_login(known: PageServer) -> None:
    """Even with its id; with a login the gate lets pass, and Streamlit asks for its own token."""
    login = new_login("ada")
    with streamlit_socket(known.url, login=login) as hers:
        session = hers.show("account").session
        address = f"{known.url}/_stcore/upload_file/{session}/1"
        song = {"file": ("song.mp3", b"ID3")}
        for cookie in ("", "rubbish"):
            refused = httpx.put(address, files=song, headers={"cookie": f"{COOKIE}={cookie}"})
            assert (refused.status_code, refused.json()["error"]["reason"]) == (401, "TOKEN")
        taken = httpx.put(address, files=song, headers={"cookie": f"{COOKIE}={login}"})
        assert taken.status_code == 403
    assert session not in known.log.read_text()
