"""A run folder on this machine, in which no link is ever followed.

Every step from the folder to a file is taken with ``O_NOFOLLOW`` from the folder before it
(openat(2)), so that a link put in place of a folder or file leads nowhere, even if that happens
while we look.
"""

from __future__ import annotations

import errno
import os
import stat
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from mvkit.errors import GenerationFailed, InvalidInput, NotFound
from mvkit.run import LOCK_FILE
from mvkit.storage.base import StoredFile, batches, check_name, is_kept

MANIFEST_FILE = ".synced.json"
MANIFEST_LOCK_FILE = ".synced.lock"

_OWN_FILES = frozenset({LOCK_FILE, MANIFEST_FILE, MANIFEST_LOCK_FILE})
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
_OLD_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK  # a pipe would wait for a writer
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
_NO_FILE = frozenset({errno.ENOENT, errno.ENXIO, errno.ENAMETOOLONG})  # nothing, or a socket
_BLOCK_BYTES = 512  # what st_blocks counts, on every file system


class Folder:
    """A run folder.

    Parameters
    ----------
    path : Path
        Where it is; it need not exist.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def files(self) -> list[StoredFile]:
        """Return the files that a store keeps, by name."""
        return [file for file in self._listed() if is_kept(file.name)]

    def leftovers(self) -> list[StoredFile]:
        """Return the temporary files, by name."""
        return [file for file in self._listed() if is_leftover(file.name)]

    def stats(self) -> dict[str, os.stat_result]:
        """Return the state of every regular file, by name."""
        with suppress(FileNotFoundError):  # no such folder
            return dict(sorted(self._walk()))
        return {}

    def open(self, name: str) -> IO[bytes]:
        """Open a file for reading.

        Raises
        ------
        NotFound
            If it is not there, or is a folder, a socket or a pipe.
        """
        with self._told(name), self._parent_of(name) as (parent, last):
            descriptor = os.open(last, _OLD_FILE, dir_fd=parent)
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                os.close(descriptor)
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
            return os.fdopen(descriptor, "rb")

    def write(self, name: str, chunks: Iterable[bytes], *, modified_at_s: float) -> os.stat_result:
        """Write a file so that it is there whole or not at all; return its new state."""
        with self._told(name), self._parent_of(name, make=True) as (parent, last):
            beside = f".{last}.{uuid.uuid4().hex[:8]}"
            try:
                with os.fdopen(os.open(beside, _NEW_FILE, 0o666, dir_fd=parent), "wb") as file:
                    file.writelines(chunks)
                    file.flush()
                    os.fsync(file.fileno())
                os.utime(beside, (modified_at_s, modified_at_s), dir_fd=parent)
                os.rename(beside, last, src_dir_fd=parent, dst_dir_fd=parent)
            finally:
                with suppress(FileNotFoundError):
                    os.unlink(beside, dir_fd=parent)
            return os.stat(last, dir_fd=parent, follow_symlinks=False)

    def remove(self, *names: str) -> None:
        """Remove files, artefacts before what they speak of; links as links."""
        for batch in reversed(batches(names)):
            for name in batch:
                with (
                    suppress(NotFound),
                    self._told(name),
                    self._parent_of(name) as (parent, last),
                ):
                    os.unlink(last, dir_fd=parent)

    def _walk(self) -> Iterator[tuple[str, os.stat_result]]:
        for parent, _, names, descriptor in os.fwalk(self.path, follow_symlinks=False):
            inside = Path(parent).relative_to(self.path)
            for name in names:
                with suppress(FileNotFoundError):  # renamed or removed while we look
                    state = os.stat(name, dir_fd=descriptor, follow_symlinks=False)
                    if stat.S_ISREG(state.st_mode):
                        yield (inside / name).as_posix(), state

    def _listed(self) -> list[StoredFile]:
        counted: set[tuple[int, int]] = set()
        files = []
        for name, state in self.stats().items():
            inode = (state.st_dev, state.st_ino)
            files.append(
                StoredFile(
                    name=name,
                    n_bytes=state.st_size,
                    disk_bytes=0 if inode in counted else state.st_blocks * _BLOCK_BYTES,
                    modified_at_s=state.st_mtime,
                )
            )
            counted.add(inode)
        return files

    @contextmanager
    def _parent_of(self, name: str, *, make: bool = False) -> Iterator[tuple[int, str]]:
        """Give the descriptor of the folder a file is in, and the last part of its name."""
        *parents, last = check_name(name).split("/")
        descriptor = os.open(self.path, _FOLDER)
        try:
            for part in parents:
                if make:
                    with suppress(FileExistsError):
                        os.mkdir(part, dir_fd=descriptor)
                inner = os.open(part, _FOLDER, dir_fd=descriptor)
                os.close(descriptor)
                descriptor = inner
            yield descriptor, last
        finally:
            os.close(descriptor)

    @contextmanager
    def _told(self, name: str) -> Iterator[None]:
        """Raise what the disk says as an error of ours."""
        with disk_errors(f"{name} of run {self.path.name}"):
            yield


def is_leftover(name: str) -> bool:
    """Whether a file of this name is temporary: not kept, and none that runs and stores need."""
    return not is_kept(name) and name not in _OWN_FILES


@contextmanager
def disk_errors(what: str) -> Iterator[None]:
    """Raise what the disk says about something as an error of ours."""
    try:
        yield
    except OSError as error:
        if error.errno in _NO_FILE:
            raise NotFound(f"There is no {what}.") from error
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise GenerationFailed(
                f"The disk is full: {what} could not be written. Make room and try again.",
                reason="DISK_FULL",
            ) from error
        if error.errno in {errno.ELOOP, errno.ENOTDIR}:
            raise InvalidInput(
                f"There is a link on the way to {what}, and links in run folders are not "
                "followed. Remove it by hand if it should not be there.",
                reason="LINK",
            ) from error
        raise GenerationFailed(
            f"The disk refused {what}: {error.strerror}. Mend that and try again.", reason="DISK"
        ) from error
