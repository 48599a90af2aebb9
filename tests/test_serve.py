"""The service on one machine: a page and a worker, without any configuration."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import psutil
import pytest

from .conftest import ROOT
from .process_watch import wait_for

pytestmark = pytest.mark.slow


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


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
