"""The whole service on one machine: the web page, and one worker beside it.

Both are child processes, so that the page stays quick while films are made, and both end with us.
A worker that goes down is started again: what it was doing it finds in the queue.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import time

from mvkit.errors import GenerationFailed
from mvkit.processes import child_setup
from mvkit.settings import ROOT, get_settings

WATCH_S = 1.0
RESTART_S = 5.0
"""How long to wait before a worker that went down is started again."""
STOP_S = 10.0
"""How long children may take to stop."""

log = logging.getLogger("mvkit.serve")


def serve_forever(*, address: str, port: int) -> None:
    """Run the page and a worker until interrupted.

    Parameters
    ----------
    address, port
        Where the page listens.

    Raises
    ------
    GenerationFailed
        If the page goes down.
    """
    page = _start(
        *("-m", "streamlit", "run", str(ROOT / "streamlit_app.py")),
        *("--server.address", address, "--server.port", str(port)),
        *("--server.headless", "true", "--server.showEmailPrompt", "false"),
        *("--browser.gatherUsageStats", "false"),
    )
    worker = _start("-m", "mvkit", "worker")
    log.info("The page is at http://%s:%d; Ctrl-C ends it.", address, port)
    try:
        while page.poll() is None:
            time.sleep(WATCH_S)
            if worker.poll() is not None:
                log.warning("The worker went down (exit code %d); starting another.", worker.poll())
                time.sleep(RESTART_S)
                worker = _start("-m", "mvkit", "worker")
        raise GenerationFailed(
            f"The page went down (exit code {page.returncode}); what it said stands above. If "
            f"port {port} is taken, name another with --port.",
            reason="PAGE",
        )
    finally:
        for process in (worker, page):
            _stop(process)


def _start(*arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, *arguments],
        env={**os.environ, **get_settings().as_environment()},
        preexec_fn=child_setup(niceness=0),
        start_new_session=True,  # Ctrl-C is for us; we tell them
    )


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
