"""The whole service on one machine: the web page, and one worker beside it.

How the page is served otherwise stands in ``.streamlit/config.toml``.

Both are child processes, so that the page stays quick while films are made, and both end with us.
A worker that goes down is started again: what it was doing it finds in the queue.
"""

from __future__ import annotations

import logging
import subprocess
import time

from mvkit.errors import GenerationFailed, InvalidInput
from mvkit.processes import start_program, stop_program
from mvkit.settings import ROOT, get_settings
from mvkit.web.accounts import signing_key
from mvkit.web.hosts import is_loopback

WATCH_S = 1.0
RESTART_S = 5.0
"""How long to wait before a worker that went down is started again."""

log = logging.getLogger("mvkit.serve")


def serve_forever(*, address: str, port: int, with_worker: bool = True) -> None:
    """Run the page, and a worker beside it, until interrupted.

    Parameters
    ----------
    address, port
        Where the page listens.
    with_worker : bool
        Whether films are made on this machine too.

    Raises
    ------
    InvalidInput
        Reasons ``LOCAL_ONLY``, ``WEB_KEY``: it would not be safe to serve like this.
    GenerationFailed
        If the page goes down.
    """
    _check_safe(address)
    page = start_program(
        *("-m", "streamlit", "run", str(ROOT / "streamlit_app.py")),
        *("--server.address", address, "--server.port", str(port)),
    )
    worker = _start_worker() if with_worker else None
    log.info("The page is at http://%s:%d; Ctrl-C ends it.", address, port)
    try:
        while page.poll() is None:
            time.sleep(WATCH_S)
            if worker is not None and worker.poll() is not None:
                log.warning("The worker went down (exit code %d); starting another.", worker.poll())
                time.sleep(RESTART_S)
                worker = _start_worker()
        raise GenerationFailed(
            f"The page went down (exit code {page.returncode}); what it said stands above. If "
            f"port {port} is taken, name another with --port.",
            reason="PAGE",
        )
    finally:
        for process in filter(None, (worker, page)):
            stop_program(process)


def _check_safe(address: str) -> None:
    """Check that nobody gets in who should not, before the door is opened."""
    settings = get_settings()
    here_only = is_loopback(address)
    if settings.auth == "off" and not here_only:
        raise InvalidInput(
            f"Without logins (MVKIT_AUTH=off) the page is for this machine alone, and --address "
            f"{address} would let others in. Leave the address out, or switch logins on.",
            reason="LOCAL_ONLY",
        )
    if settings.auth == "on":
        signing_key()
    if not here_only and not settings.public_url.startswith("https:"):
        log.warning(
            "Passwords travel in the clear to %s: put a proxy with TLS before the page, and set "
            "public_url to its https address.",
            address,
        )


def _start_worker() -> subprocess.Popen[bytes]:
    return start_program("-m", "mvkit", "worker")
