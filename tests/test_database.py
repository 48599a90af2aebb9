"""The one database: what is told when it cannot be used."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from mvkit.database import get_database
from mvkit.errors import InvalidInput
from mvkit.ledger import Account, open_account
from mvkit.settings import get_settings

JOB = "00000000-0000-4000-8000-000000000001"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "mine.sqlite"
    monkeypatch.setenv("MVKIT_DATABASE_URL", f"sqlite:///{path}")
    get_settings.cache_clear()
    return path


def test_a_file_that_is_no_database_is_named_and_left_as_it_is(file: Path) -> None:
    file.write_bytes(b"Dear diary, " * 100)
    for use in (get_database, lambda: open_account(JOB, song_s=60.0)):
        with pytest.raises(InvalidInput, match=r"mine\.sqlite is no database.*MVKIT_DATABASE_URL"):
            use()
    assert file.read_bytes() == b"Dear diary, " * 100


def test_a_database_that_was_damaged_is_told_as_such(file: Path) -> None:
    open_account(JOB, song_s=60.0)
    get_database().dispose()
    content = bytearray(file.read_bytes())
    page_bytes = int.from_bytes(content[16:18], "big")  # sqlite.org/fileformat.html
    content[page_bytes:] = b"\xff" * (len(content) - page_bytes)
    file.write_bytes(content)
    with pytest.raises(InvalidInput, match="malformed"):
        assert Account(JOB).limit_usd


def test_an_empty_file_becomes_a_database(file: Path) -> None:
    file.touch()
    assert open_account(JOB, song_s=60.0).limit_usd == 2


def test_any_sqlite_tells_the_time_as_the_queue_asks_for_it(tmp_path: Path) -> None:
    """In seconds with fractions, on every engine of the process, as a default of a column too."""
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'other.sqlite'}")
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TABLE t (ms INTEGER DEFAULT (unixepoch('subsec') * 1000))"
        )
        connection.exec_driver_sql("INSERT INTO t DEFAULT VALUES")
        (ms,) = connection.exec_driver_sql("SELECT ms FROM t").one()
    engine.dispose()
    assert abs(ms / 1000 - time.time()) < 10.0
