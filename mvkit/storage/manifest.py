"""What of a run folder is in step with the store: ``.synced.json``, kept beside the files.

For each file it remembers size and time of modification here, and the entity tag the store gave
it. A file whose size or time differs was changed here; a file whose tag differs was changed there.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import ValidationError

from mvkit.files import write_whole
from mvkit.schema import Record
from mvkit.storage.folder import MANIFEST_FILE, MANIFEST_LOCK_FILE, Folder, disk_errors

_LOCK = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW


class Synced(Record):
    """A file as it was when it was last in step."""

    n_bytes: int
    mtime_ns: int
    e_tag: str

    @classmethod
    def of(cls, state: os.stat_result, *, e_tag: str) -> Synced:
        """Return a file in this state as in step with an object of this tag."""
        return cls(n_bytes=state.st_size, mtime_ns=state.st_mtime_ns, e_tag=e_tag)

    def is_same(self, state: os.stat_result) -> bool:
        """Whether the file here has not been changed since."""
        return (self.n_bytes, self.mtime_ns) == (state.st_size, state.st_mtime_ns)


class Manifest(Record):
    """All files of a run folder that are, or were, in step with a store."""

    store: str
    files: dict[str, Synced]


@contextmanager
def in_step(folder: Folder, *, store: str) -> Iterator[dict[str, Synced]]:
    """Hold the manifest of a run folder, to read and to change; saved even after a failure.

    On one machine, one process at a time brings a run into step: another one's half-done work
    would look like a change.
    """
    with disk_errors(f"run {folder.path.name}"):
        lock = os.open(folder.path / MANIFEST_LOCK_FILE, _LOCK, 0o666)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        files = load(folder, store=store)
        try:
            yield files
        finally:
            _save(folder, Manifest(store=store, files=files))
    finally:
        os.close(lock)


def load(folder: Folder, *, store: str) -> dict[str, Synced]:
    """Return the files in step with a store; none if the manifest is missing or damaged."""
    try:
        manifest = Manifest.model_validate_json((folder.path / MANIFEST_FILE).read_bytes())
    except (FileNotFoundError, ValidationError):
        return {}
    return manifest.files if manifest.store == store else {}


def _save(folder: Folder, manifest: Manifest) -> None:
    with disk_errors(f"{MANIFEST_FILE} of run {folder.path.name}"):
        write_whole(folder.path / MANIFEST_FILE, manifest.model_dump_json() + "\n")
