"""A real PostgreSQL for tests, started when the first test asks for it.

Import the fixture ``postgres_url`` to have a database of the test's own. Where the server's
binaries are missing such tests are skipped; with ``CI=true`` they fail.
"""

from __future__ import annotations

import atexit
import ctypes
import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import pytest

INSTALLED = Path("/usr/lib/postgresql")
"""Where Debian puts the binaries, by version."""
START_TIMEOUT_S = 30.0
QUICK = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "32MB",
    "max_connections": "200",
}
"""Settings of a server that need not survive a power failure."""
PR_SET_PDEATHSIG = 1


class PostgresServer:
    """A PostgreSQL server in a folder of its own, on a port of the loopback interface."""

    def __init__(self, binaries: Path) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="mvkit-postgres-"))
        self._port = _free_port()
        self._numbers = itertools.count(1)
        # The server refuses to run as root, and the folder has to be its owner's.
        self._as: dict[str, Any] = {"user": _unprivileged()} if os.geteuid() == 0 else {}
        if self._as:
            os.chown(self._folder, pwd.getpwnam(self._as["user"]).pw_uid, -1)
        self._make_cluster(binaries)
        self._process = self._start(binaries)

    def new_database(self) -> str:
        """Make an empty database; return its URL."""
        name = f"test_{next(self._numbers)}"
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return self._url(name)

    def stop(self) -> None:
        """Stop the server at once and remove its folder."""
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _url(self, database: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{self._port}/{database}"

    def _make_cluster(self, binaries: Path) -> None:
        options = ["--username=postgres", "--auth=trust", "--no-locale", "--encoding=UTF8"]
        subprocess.run(
            [binaries / "initdb", "--no-sync", *options, self._folder / "data"],
            check=True,
            capture_output=True,
            cwd="/",
            **self._as,
        )

    def _start(self, binaries: Path) -> subprocess.Popen[bytes]:
        settings = {
            **QUICK,
            "listen_addresses": "127.0.0.1",
            "port": str(self._port),
            "unix_socket_directories": str(self._folder),
        }
        log = (self._folder / "log").open("wb")
        process = subprocess.Popen(
            [
                *(binaries / "postgres", "-D", self._folder / "data"),
                *(word for name, value in settings.items() for word in ("-c", f"{name}={value}")),
            ],
            stdout=log,
            stderr=log,
            cwd="/",
            preexec_fn=_stop_with_parent,
            **self._as,
        )
        log.close()
        self._wait_until_it_answers(process)
        return process

    def _wait_until_it_answers(self, process: subprocess.Popen[bytes]) -> None:
        deadline_s = time.monotonic() + START_TIMEOUT_S
        while True:
            try:
                psycopg.connect(self._url("postgres")).close()
                return
            except psycopg.OperationalError:
                if process.poll() is not None or time.monotonic() > deadline_s:
                    pytest.fail((self._folder / "log").read_text())
                time.sleep(0.05)


@pytest.fixture
def postgres_url() -> str:
    """Return the URL of an empty database, of a server that the whole session shares."""
    binaries = _find_binaries()
    if binaries is None:
        missing = "PostgreSQL's server is not installed (Debian: apt install postgresql)"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    return _server(binaries).new_database()


@cache
def _server(binaries: Path) -> PostgresServer:
    server = PostgresServer(binaries)
    atexit.register(server.stop)
    return server


def _find_binaries() -> Path | None:
    """Return the folder of initdb and postgres, the newest there is."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).parent
    found = [path.parent for path in INSTALLED.glob("*/bin/initdb")]
    return max(found, key=lambda folder: int(folder.parent.name), default=None)


def _unprivileged() -> str:
    known = {user.pw_name for user in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _stop_with_parent() -> None:
    """Have the server stopped when the tests die, and only then."""
    os.setsid()  # an interrupt from the keyboard is for the tests
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)
