"""The one database: queue, jobs and ledger; a file of SQLite, or PostgreSQL by its URL.

Both are opened through SQLAlchemy Core and behave alike: every transaction is short, takes the
write lock at once, and is on disk when it has been committed. Modules that own a table declare it
on :data:`METADATA`; tables are made when the database is first used.

Money is stored as whole micro-dollars, so that sums are exact on any database.
"""

from __future__ import annotations

import os
import sqlite3
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from mvkit.errors import GenerationFailed, InvalidInput, disk_full, tells_full_disk
from mvkit.settings import get_settings

METADATA = sa.MetaData()
"""The tables of ours."""

FILE_NAME = "mvkit.sqlite"
BUSY_TIMEOUT_MS = 30_000
SUBSECONDS = (3, 42)
"""The first SQLite that tells times in fractions of seconds (sqlite.org/lang_datefunc.html)."""
MICRO = Decimal(1_000_000)
_READ_ONLY = "mvkit_read_only"
DAMAGED = ("SQLITE_NOTADB", "SQLITE_CORRUPT")
"""What SQLite says of a file that is none of its own (sqlite.org/rescode.html)."""
LOCK_SPACE = 0x6D76  # keeps our advisory locks apart from other programs'


class Usd(sa.TypeDecorator[Decimal]):
    """US dollars as a Decimal, stored as whole micro-dollars."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, _: sa.Dialect) -> int | None:
        """Return micro-dollars."""
        return None if value is None else int((value * MICRO).to_integral_value())

    def process_result_value(self, value: int | None, _: sa.Dialect) -> Decimal | None:
        """Return dollars."""
        return None if value is None else Decimal(value) / MICRO


def database_url() -> str:
    """Return the URL of the database.

    Raises
    ------
    InvalidInput
        If the setting names a database that is neither SQLite nor PostgreSQL.
    """
    settings = get_settings()
    if not settings.database_url:
        return f"sqlite:///{settings.runs_dir.resolve() / FILE_NAME}"
    if not settings.database_url.startswith(("sqlite:///", "postgresql://")):
        raise InvalidInput(
            "The database URL starts with neither postgresql:// nor sqlite:///. "
            "Mend MVKIT_DATABASE_URL, or leave it out for a file in the runs folder.",
            reason="DATABASE_URL",
        )
    return settings.database_url


def database_file() -> Path:
    """Return the file of a local database."""
    return Path(database_url().removeprefix("sqlite:///"))


def is_local() -> bool:
    """Whether the database is a file, so that all who use it are on this machine."""
    return database_url().startswith("sqlite")


def get_database() -> sa.Engine:
    """Return the database of the settings, opened once per process, its tables made.

    Use :func:`reading`, :func:`writing` or :func:`alone` unless another library needs the engine.

    Raises
    ------
    InvalidInput
        If the file is no database.
    GenerationFailed
        If the database does not answer.
    """
    engine = _open(database_url())
    with _failures_told():
        _make_tables(engine)
    return engine


@contextmanager
def reading() -> Iterator[sa.Connection]:
    """Hold a connection for reading only: it waits for nobody, and nobody for it."""
    with _failures_told(), get_database().connect() as connection:
        yield connection.execution_options(**{_READ_ONLY: True})


@contextmanager
def writing() -> Iterator[sa.Connection]:
    """Hold a transaction; committed at the end of the block, or not at all."""
    with _failures_told(), get_database().begin() as connection:
        yield connection


@contextmanager
def alone(name: str) -> Iterator[sa.Connection]:
    """Hold a transaction that no other transaction of this name runs beside.

    What is read in it is still true when it writes: counting and inserting under one name cannot
    race. SQLite lets one writer in at a time anyhow; PostgreSQL takes an advisory lock.
    """
    with _failures_told(), get_database().begin() as connection:
        if connection.dialect.name == "postgresql":
            lock = sa.func.pg_advisory_xact_lock(LOCK_SPACE, lock_number(name))
            connection.execute(sa.select(lock))
        yield connection


@contextmanager
def _failures_told() -> Iterator[None]:
    try:
        yield
    except sa.exc.OperationalError as error:
        if tells_full_disk(str(error.orig)):
            raise disk_full("the database") from error
        raise GenerationFailed(
            f"The database does not answer: {str(error.orig).strip()}. Look whether it runs and "
            "whether MVKIT_DATABASE_URL leads to it; then try again.",
            reason="DATABASE",
        ) from error
    except sa.exc.DatabaseError as error:
        if getattr(error.orig, "sqlite_errorname", "") not in DAMAGED:
            raise
        raise InvalidInput(
            f"{database_file()} is no database, or a damaged one ({error.orig}); expected the file "
            "that mvkit keeps accounts, jobs and costs in. Put a copy of yours in its place, move "
            "it away to begin with an empty one, or set MVKIT_DATABASE_URL.",
            reason="DATABASE",
        ) from error


def lock_number(name: str) -> int:
    """Return the number an advisory lock has for a name: 31 bits of its checksum."""
    return zlib.crc32(name.encode()) & 0x7FFFFFFF


@cache
def _open(url: str) -> sa.Engine:
    # Every connection is its own: processes that fork or wait for long hold none open.
    if url.startswith("sqlite"):
        database_file().parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):  # nobody else's to read: it knows who may log in
            os.close(os.open(database_file(), os.O_CREAT | os.O_EXCL, 0o600))
        engine = sa.create_engine(url, poolclass=sa.NullPool)
        sa.event.listen(engine, "connect", _set_up_sqlite)
        sa.event.listen(engine, "begin", _begin_immediately)
    else:
        engine = sa.create_engine(
            url.replace("postgresql://", "postgresql+psycopg://", 1),
            pool_pre_ping=True,
            pool_size=2,  # of many processes, most want one connection, and seldom
            max_overflow=6,
            connect_args={"connect_timeout": 10},
        )
    return engine


def _set_up_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # SQLAlchemy begins transactions itself, see below
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA journal_mode = WAL")  # readers never wait for a writer
    connection.execute("PRAGMA synchronous = FULL")


def _teach_time(connection: Any, _record: object) -> None:
    """Give a SQLite before 3.42 the seconds with fractions that the queue's tables ask it for.

    From Python 3.12 on, DBOS takes for granted that ``unixepoch('subsec')`` is known; it is not to
    the SQLite of many systems, and every row of the queue would be refused.
    """
    if isinstance(connection, sqlite3.Connection) and sqlite3.sqlite_version_info < SUBSECONDS:
        connection.create_function("unixepoch", 1, lambda _: time.time_ns() // 1_000_000 / 1000)


sa.event.listen(sa.Engine, "connect", _teach_time)  # the queue opens connections of its own


def _begin_immediately(connection: sa.Connection) -> None:
    """Take the write lock first, or two transactions that read before they write deadlock."""
    read_only = connection.get_execution_options().get(_READ_ONLY, False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


_made: dict[sa.Engine, frozenset[str]] = {}


def _make_tables(engine: sa.Engine) -> None:
    """Make the tables that were declared since this was last called."""
    declared = frozenset(METADATA.tables)
    if _made.get(engine) == declared:
        return
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            lock = sa.func.pg_advisory_xact_lock(LOCK_SPACE, lock_number("tables"))
            connection.execute(sa.select(lock))
        METADATA.create_all(connection)
    _made[engine] = declared
