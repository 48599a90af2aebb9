"""A real browser on a real service, for tests of what people see.

A page in Debian's Chromium comes from the fixtures ``desktop``, ``phone`` or ``window`` (the test
runs at both sizes): import ``a_chromium`` and those of ``a_desktop``, ``a_phone``, ``a_window``
that are used. Where a module has many such tests and no asyncio of its own, ``a_shared_chromium``
starts the browser once for all of them. A service for it runs inside :func:`page_server`. Where
the browser is missing such tests are skipped; with ``CI=true`` they fail. With
``MVKIT_SCREENSHOTS=folder`` the pictures that tests take (:func:`keep_picture`) stay there.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from .conftest import ROOT

CHROMIUM = shutil.which("chromium")
ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
]
SIZES = {"desktop": (1280, 800), "phone": (390, 844)}
START_TIMEOUT_S = 120.0
PATIENCE_MS = 30_000
"""How long a page may take on a machine that does other things, too."""
SETTLE_MS = 1000
"""How long a picture waits for what still moves."""
PASSWORD = "quiet lamps in the rain"


@dataclass(frozen=True, kw_only=True)
class PageServer:
    """A service that runs.

    Attributes
    ----------
    url : str
        Where it listens.
    runs_dir : Path
        Its runs, its database, its key.
    log : Path
        What it said.
    """

    url: str
    runs_dir: Path
    log: Path


@contextmanager
def page_server(
    folder: Path, *, with_worker: bool = False, **settings: str
) -> Iterator[PageServer]:
    """Run ``mvkit serve`` in a folder of its own, on a free port.

    Parameters
    ----------
    settings
        Settings besides, as ``auth="off"``.
    """
    port = free_port()
    server = PageServer(
        url=f"http://localhost:{port}", runs_dir=folder / "runs", log=folder / "serve.log"
    )
    own = {"runs_dir": str(server.runs_dir), "public_url": server.url, **settings}
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MVKIT_")}
    worker = "--worker" if with_worker else "--no-worker"
    with server.log.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "mvkit", "serve", "--port", str(port), worker],
            cwd=ROOT,
            env=environment | {f"MVKIT_{name.upper()}": value for name, value in own.items()},
            stdout=log,
            stderr=log,
        )
    try:
        _wait_until_ready(server, process)
        yield server
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)


@pytest.fixture(name="browser")
def a_chromium() -> Iterator[Browser]:
    """A Chromium of the test's own: its driver and asyncio do not go together for long."""
    with _chromium() as chromium:
        yield chromium


@pytest.fixture(name="browser", scope="module")
def a_shared_chromium() -> Iterator[Browser]:
    """A Chromium for all tests of a module; each has a window and cookies of its own."""
    with _chromium() as chromium:
        yield chromium


@contextmanager
def _chromium() -> Iterator[Browser]:
    if CHROMIUM is None:
        if os.environ.get("CI") == "true":
            pytest.fail("chromium is missing; .ci/run installs it")
        pytest.skip("chromium is missing: apt-get install chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(name="desktop")
def a_desktop(browser: Browser) -> Iterator[Page]:
    """A page as large as on a desk."""
    with closing(open_window(browser, "desktop").context) as context:
        yield context.pages[0]


@pytest.fixture(name="phone")
def a_phone(browser: Browser) -> Iterator[Page]:
    """A page as small as on a phone."""
    with closing(open_window(browser, "phone").context) as context:
        yield context.pages[0]


@pytest.fixture(name="window", params=SIZES)
def a_window(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page, large and then small."""
    with closing(open_window(browser, request.param).context) as context:
        yield context.pages[0]


def open_window(browser: Browser, size: str = "desktop") -> Page:
    """Return a page without cookies of another."""
    width, height = SIZES[size]
    expect.set_options(timeout=PATIENCE_MS)
    context = browser.new_context(viewport={"width": width, "height": height})
    context.set_default_timeout(PATIENCE_MS)
    return context.new_page()


@dataclass
class Overheard:
    """What went on in a page besides: what it fetched elsewhere, what it complained about."""

    foreign: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


def overhear(page: Page, server: PageServer) -> Overheard:
    """Listen to a page from now on."""
    heard = Overheard()
    ours = (server.url, "data:", "blob:", server.url.replace("http", "ws"))
    page.on("pageerror", lambda error: heard.complaints.append(str(error)))
    page.on(
        "console",
        lambda said: (
            heard.complaints.append(said.text)
            if said.type == "error" and "status of 404" not in said.text  # Streamlit seeks its base
            else None
        ),
    )
    page.on(
        "request",
        lambda request: None if request.url.startswith(ours) else heard.foreign.append(request.url),
    )
    return heard


def register(page: Page, server: PageServer, name: str, *, path: str = "/account") -> None:
    """Make an account through the page, and be logged in with it."""
    page.goto(server.url + path)
    button = page.get_by_role("button", name="Make the account")
    invitation = page.get_by_role("button", name="Make an account")
    button.or_(invitation).first.wait_for()
    wait_until_drawn(page)
    if invitation.count():
        invitation.click()
        button.wait_for()
        wait_until_drawn(page)
    again = page.get_by_label("Password again", exact=True)  # the account has "New password again"
    wishes = {
        page.get_by_label("E-mail address"): f"{name}@example.org",
        page.get_by_label("Name", exact=True): name,
        page.get_by_label("Password", exact=True): PASSWORD,
        again: PASSWORD,
    }
    fill_in(wishes)
    button.click()
    expect(again).to_have_count(0)


def log_in(
    page: Page, server: PageServer, name: str, *, password: str = PASSWORD, path: str = "/account"
) -> None:
    """Fill the login form in and send it; whether it is taken is another question."""
    page.goto(server.url + path)
    wait_until_drawn(page)
    name_field = page.get_by_label("Name or e-mail address")
    fill_in({name_field: name, page.get_by_label("Password", exact=True): password})
    page.get_by_role("button", name="Log in").click()


def fill_in(wishes: dict[Locator, str]) -> None:
    """Fill fields in, again where a slow browser has drawn one anew over what was typed."""
    page = next(iter(wishes)).page
    wait_until_drawn(page)
    for place in wishes:
        expect(place).to_have_count(1)
    deadline_s = time.monotonic() + PATIENCE_MS / 1000
    while any(place.input_value() != text for place, text in wishes.items()):
        assert time.monotonic() < deadline_s, "what is typed does not stay"
        for place, text in wishes.items():
            place.fill(text)
        page.wait_for_timeout(100)


def wait_until_drawn(page: Page) -> None:
    """Wait until Streamlit has drawn the whole page, and what it draws anew is there only once.

    What is typed before may be drawn over.
    """
    page.locator("[data-test-script-state=notRunning]").first.wait_for()
    expect(page.locator("[data-stale=true]")).to_have_count(0)


def keep_picture(page: Page, name: str) -> None:
    """Take a picture of a page, where somebody wants to look at it."""
    if folder := os.environ.get("MVKIT_SCREENSHOTS"):
        expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
        page.wait_for_timeout(SETTLE_MS)
        size = "phone" if (page.viewport_size or {"width": 0})["width"] < 500 else "desktop"
        page.screenshot(path=Path(folder) / f"{name}-{size}.png")


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _wait_until_ready(server: PageServer, process: subprocess.Popen[bytes]) -> None:
    deadline_s = time.monotonic() + START_TIMEOUT_S
    while not _answers(server.url):
        assert process.poll() is None, server.log.read_text()
        assert time.monotonic() < deadline_s, server.log.read_text()
        time.sleep(0.1)


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/_stcore/health").is_success
    except httpx.TransportError:
        return False
