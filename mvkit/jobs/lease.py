"""Who is alive: a worker holds a lock on its own name for as long as its process lives.

Nobody has to send heartbeats, and no clock is compared: when a worker dies its lock is free, and
whoever can take that lock knows that the worker is dead and its jobs may be adopted. On one
machine the lock is an ``flock``; on PostgreSQL it is an advisory lock of a session, which the
server gives back a moment after its process has died, and some ten seconds after a machine has
gone silent.
"""

from __future__ import annotations

import fcntl
import os
from typing import Protocol

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from mvkit.database import LOCK_SPACE, database_file, database_url, is_local, lock_number

FOLDER = ".workers"
KEEPALIVE = (
    "connect_timeout=10 keepalives=1 keepalives_idle=4 keepalives_interval=2 keepalives_count=3 "
    "tcp_user_timeout=10000"
)
WATCHED = (
    "SET tcp_keepalives_idle = 4; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3; "
    "SET tcp_user_timeout = 10000"
)
"""Both ends notice within some ten seconds that the other has gone silent."""
SPACE = LOCK_SPACE + 1  # apart from the locks of transactions


class Lease(Protocol):
    """A held lock."""

    def is_held(self) -> bool:
        """Whether we still have it; once lost, somebody else may be doing our work."""
        ...

    def give_back(self) -> None:
        """Let the lock go."""
        ...


def take_lease(worker: str) -> Lease | None:
    """Take the lock on a worker's name; return None if its holder is alive."""
    try:
        return _FileLease(worker) if is_local() else _SessionLease(worker)
    except BlockingIOError:
        return None


class _FileLease:
    def __init__(self, worker: str) -> None:
        folder = database_file().parent / FOLDER  # all who share the queue share it too
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / f"{worker}.lock"
        self._file = self._path.open("w")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._check_there()
        except BlockingIOError:
            self._file.close()
            raise

    def is_held(self) -> bool:
        return True  # a lock on a file is lost with the process only

    def give_back(self) -> None:
        self._path.unlink(missing_ok=True)
        self._file.close()

    def _check_there(self) -> None:
        """Check that the file we locked is still the one of this name: its holder removes it."""
        ours = os.fstat(self._file.fileno())
        if not self._path.exists() or not os.path.samestat(ours, self._path.stat()):
            raise BlockingIOError(f"{self._path.name} was just given back")


class _SessionLease:
    def __init__(self, worker: str) -> None:
        self._session = psycopg.connect(
            make_conninfo(database_url(), **conninfo_to_dict(KEEPALIVE)), autocommit=True
        )
        self._session.execute(WATCHED)
        query = "SELECT pg_try_advisory_lock(%s, %s)"
        row = self._session.execute(query, (SPACE, lock_number(worker))).fetchone()
        if row is None or not row[0]:
            self._session.close()
            raise BlockingIOError(f"worker {worker} is alive")

    def is_held(self) -> bool:
        try:
            self._session.execute("SELECT 1")
        except psycopg.Error:
            return False
        return True

    def give_back(self) -> None:
        self._session.close()
