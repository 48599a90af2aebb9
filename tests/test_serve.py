"""The service on one machine: a page and a worker, without any configuration."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import psutil
import pytest

from mvkit import serve
from mvkit.errors import GenerationFailed, InvalidInput
from mvkit.settings import get_settings
from mvkit.web.accounts.keys import FILE_NAME

from .browser import free_port
from .conftest import ROOT
from .process_watch import wait_for


@pytest.fixture
def gone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A service whose page goes down as soon as it is started."""

    def start(*_: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(["true"])

    monkeypatch.setattr(serve, "start_program", start)


@pytest.mark.parametrize("address", ["0.0.0.0", "192.168.1.5", "films.example.org", "::"])
def test_without_logins_nothing_but_this_machine_is_served(
    address: str, gone: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MVKIT_AUTH", "off")
    get_settings.cache_clear()
    with pytest.raises(InvalidInput, match="LOCAL_ONLY"):
        serve.serve_forever(address=address, port=8501)


@pytest.mark.parametrize("address", ["localhost", "127.0.0.1", "::1"])
def test_this_machine_is_served_without_logins(
    address: str, gone: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As far as the page is started, here."""
    monkeypatch.setenv("MVKIT_AUTH", "off")
    get_settings.cache_clear()
    with pytest.raises(GenerationFailed, match="PAGE"):
        serve.serve_forever(address=address, port=8501, with_worker=False)


@pytest.mark.parametrize(("key", "mode"), [(b"some_key", 0o600), (b"x" * 64, 0o644)])
def test_a_key_that_can_be_guessed_or_read_is_refused_before_anything_is_served(
    key: bytes, mode: int, gone: None, runs_dir: Path
) -> None:
    runs_dir.mkdir()
    (runs_dir / FILE_NAME).write_bytes(key)
    (runs_dir / FILE_NAME).chmod(mode)
    with pytest.raises(InvalidInput, match="WEB_KEY"):
        serve.serve_forever(address="localhost", port=8501)


@pytest.mark.parametrize(
    ("address", "public_url", "warned"),
    [
        ("0.0.0.0", "http://films.example.org", True),
        ("0.0.0.0", "https://films.example.org", False),
        ("localhost", "http://localhost:8501", False),
    ],
)
def test_passwords_in_the_clear_are_warned_of(
    address: str,
    public_url: str,
    warned: bool,
    gone: None,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv("MVKIT_PUBLIC_URL", public_url)
    get_settings.cache_clear()
    caplog.set_level(logging.WARNING)
    with pytest.raises(GenerationFailed, match="PAGE"):
        serve.serve_forever(address=address, port=8501, with_worker=False)
    assert ("in the clear" in caplog.text) == warned


@pytest.mark.slow
def test_the_page_answers_a_dead_worker_is_replaced_and_all_end_together(tmp_path: Path) -> None:
    port = free_port()
    with (tmp_path / "serve.log").open("wb") as log:
        service = subprocess.Popen(
            [sys.executable, "-m", "mvkit", "serve", "--port", str(port)],
            cwd=ROOT,
            env=dict(os.environ),
            stdout=log,
            stderr=log,
        )
    try:
        wait_for(lambda: answers(port), timeout_s=60)
        wait_for(lambda: "takes jobs" in (tmp_path / "serve.log").read_text(), timeout_s=60)
        [worker] = workers_of(service)
        worker.kill()
        wait_for(lambda: workers_of(service) not in ([], [worker]), timeout_s=30)
        children = psutil.Process(service.pid).children(recursive=True)
        service.send_signal(signal.SIGINT)
        service.wait(timeout=30)
        _, alive = psutil.wait_procs(children, timeout=5)
        assert alive == []
    finally:
        service.kill()
        service.wait()


def workers_of(service: subprocess.Popen[bytes]) -> list[psutil.Process]:
    children = psutil.Process(service.pid).children()
    return [child for child in children if is_worker(child)]


def is_worker(process: psutil.Process) -> bool:
    try:
        return "worker" in process.cmdline()
    except psutil.Error:  # it has just died
        return False


def answers(port: int) -> bool:
    try:
        return httpx.get(f"http://localhost:{port}/_stcore/health").is_success
    except httpx.TransportError:
        return False
