"""The index file: written whole, sealed, and opened for nothing but reading.

A new index is written beside the old one and takes its place by a rename, so that a reader always
has a whole one before it and waits for nobody; writers take turns by a lock. Before the rename the
digest of the new file is noted beside that of the old one in ``index.lock``, the *seal*. Whatever
then happens to the process, the file in place is one of the two. A file that is neither was torn,
changed from outside, or made by another version, and is not trusted.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from mvkit.errors import GenerationFailed
from mvkit.index.tables import DEFINITIONS, Tables

VERSION = 1
"""To be raised when rows are made otherwise from the same run folders."""
FORMAT = "\n".join((str(VERSION), duckdb.__version__, *DEFINITIONS)).encode()
"""What all trusted files have in common; it is part of the seal."""

CONFINED = (
    "SET temp_directory = ''",
    "SET memory_limit = '1GB'",
    "SET autoinstall_known_extensions = false",
    "SET autoload_known_extensions = false",
    "SET python_enable_replacements = false",
    "SET enable_external_access = false",
    "SET lock_configuration = true",
)
"""No file, extension, network or Python variable for whoever asks, and no way back."""


class IndexFile:
    """The index of a runs folder.

    Parameters
    ----------
    runs_dir : Path
        Where ``index.duckdb`` and ``index.lock`` lie.
    """

    def __init__(self, runs_dir: Path) -> None:
        self.runs_dir = runs_dir
        self.path = runs_dir / "index.duckdb"
        self._new = runs_dir / "index.new"
        self._lock = runs_dir / "index.lock"

    @property
    def exists(self) -> bool:
        """Whether there is a file."""
        return self.path.is_file()

    @property
    def was_made(self) -> bool:
        """Whether there is an index, or was one."""
        return self.exists or bool(self._sealed())

    def is_whole(self) -> bool:
        """Whether the file is, byte for byte, one that was written here."""
        return not _log_of(self.path).exists() and _digest(self.path) in self._sealed()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the lock of the one who may write."""
        self.runs_dir.mkdir(parents=True, exist_ok=True)
        with self._lock.open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    @contextmanager
    def opened(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Hold a connection that can read the index and do nothing else.

        Each is a database of its own, in memory, that the index is attached to: DuckDB would
        share one opened by its path with other threads, even after a new file took its place.

        Raises
        ------
        GenerationFailed
            If another program holds the file, or it is gone.
        """
        with duckdb.connect(":memory:") as connection:
            try:
                connection.execute("ATTACH $1 AS films (READ_ONLY)", [str(self.path)])
            except duckdb.Error as error:
                raise GenerationFailed(
                    f"The index of runs cannot be opened: {error}. Close other programs that use "
                    "it, or delete it: it is made anew.",
                    reason="INDEX",
                ) from error
            connection.execute("USE films")
            for setting in CONFINED:
                connection.execute(setting)
            yield connection

    @contextmanager
    def replaced(self, *, anew: bool) -> Iterator[Tables]:
        """Hold the tables of a new index, which takes the old one's place at the end.

        To be used alone (:meth:`alone`). If the block fails, the old index stays.

        Parameters
        ----------
        anew : bool
            Whether the tables are empty at first, or those of the old index, which is whole.

        Raises
        ------
        GenerationFailed
            If it cannot be written.
        """
        self._remove_new()  # of a process that was killed
        try:
            if not anew:
                shutil.copyfile(self.path, self._new)
            with duckdb.connect(":memory:") as connection:
                connection.execute("ATTACH $1 AS films", [str(self._new)])
                connection.execute("USE films")
                connection.execute("BEGIN")
                tables = Tables(connection)
                if anew:
                    tables.create()
                yield tables
                connection.execute("COMMIT")
                connection.execute("CHECKPOINT films")
            self._put_in_place()
        except (duckdb.Error, OSError) as error:
            raise GenerationFailed(
                f"The index of runs cannot be written: {error}. Films and runs are not touched by "
                f"this. Make room in {self.runs_dir}, or mend what it says, and try again.",
                reason="INDEX",
            ) from error
        finally:
            self._remove_new()

    def _put_in_place(self) -> None:
        old = self._sealed() & {_digest(self.path)}
        seal = "\n".join((*old, _digest(self._new)))
        with self._lock.open("r+") as lock:
            lock.write(seal)  # over the old one, at once: it is never empty
            lock.flush()
            lock.truncate()
            os.fsync(lock.fileno())
        _log_of(self.path).unlink(missing_ok=True)
        self._new.replace(self.path)

    def _sealed(self) -> set[str]:
        """Return the digests of the files that may be in place."""
        if not self._lock.is_file():
            return set()
        return set(self._lock.read_text("ascii", errors="replace").split())

    def _remove_new(self) -> None:
        self._new.unlink(missing_ok=True)
        _log_of(self._new).unlink(missing_ok=True)


def _log_of(path: Path) -> Path:
    """Return the path of DuckDB's write-ahead log, which would be replayed over a file."""
    return path.with_name(f"{path.name}.wal")


def _digest(path: Path) -> str:
    """Return the SHA-256 of our format and a file's bytes; empty if there is no file."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, lambda: hashlib.sha256(FORMAT)).hexdigest()
    except FileNotFoundError:
        return ""
