"""What every store of runs promises, and the order in which files may be seen.

Contents
--------
Store, StoredFile, is_job_id, check_job_id, check_name, check_kept, is_kept, batches
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Protocol

from pydantic import TypeAdapter, ValidationError

from mvkit.errors import InvalidInput
from mvkit.run import EVENTS_FILE, STATUS_FILE, Run
from mvkit.schema import ARTEFACTS
from mvkit.schema.base import JobId

REPORTS = (EVENTS_FILE, STATUS_FILE)
"""What tells how far a run is; it changes all the time."""
_SEEN_LAST = (*(kind.file_name() for kind in ARTEFACTS), *REPORTS)
_JOB_ID: TypeAdapter[str] = TypeAdapter(JobId)


@dataclass(frozen=True, kw_only=True)
class StoredFile:
    """A file of a run.

    Attributes
    ----------
    name : str
        Path inside the run folder (``clips/003.mp4``).
    n_bytes : int
        Its length.
    disk_bytes : int
        What it takes up: less than its length if it has holes, nothing if it is one more name of
        a file already listed.
    modified_at_s : float
        Seconds since the epoch.
    """

    name: str
    n_bytes: int
    disk_bytes: int
    modified_at_s: float


class Store(Protocol):
    """Keeps run folders.

    All methods raise :class:`~mvkit.errors.InvalidInput` for a job id or a name that is none and
    for a link where a file or folder of ours should be, and
    :class:`~mvkit.errors.GenerationFailed` if the store does not answer (``STORE``) or a disk is
    full (``DISK_FULL``): a later try may succeed.
    """

    @property
    def runs_dir(self) -> Path:
        """Where the run folders of this machine lie."""
        ...

    def pull(self, job_id: str) -> Run:
        """Bring a run folder on this machine up to date, and open it.

        Where a file was changed here and in the store, the store wins.

        Raises
        ------
        NotFound
            If the store has no such run.
        """
        ...

    def push(self, run: Run, *names: str) -> None:
        """Put the named files, or all that changed since they were last in step, into the store.

        What was deleted here stays in the store; see :meth:`remove`.

        Raises
        ------
        NotFound
            If a named file is not in the run folder.
        """
        ...

    def read(self, job_id: str, name: str) -> bytes:
        """Return what a file holds.

        Raises
        ------
        NotFound
            If the store has no such file.
        """
        ...

    def fetch(self, job_id: str, name: str) -> Path:
        """Bring one file to this machine, or up to date here, and return where it is.

        It is there whole, whoever else fetches it at the same time. To read it without following
        links, open it through :class:`mvkit.storage.folder.Folder`.

        Raises
        ------
        NotFound
            If the store has no such file.
        """
        ...

    def files(self, job_id: str) -> list[StoredFile]:
        """Return the files of a run by name; none if there is no such run.

        Locks, links, sockets and temporary files (their names begin with a dot) are not among
        them, and are never put into a store.
        """
        ...

    def leftovers(self, job_id: str) -> list[StoredFile]:
        """Return temporary files of a run on this machine; whoever wrote them works, or died."""
        ...

    def remove(self, job_id: str, *names: str) -> None:
        """Remove the named files or, without names, the run; what is not there is no matter."""
        ...

    def job_ids(self) -> list[str]:
        """Return the ids of all runs, half-made ones included."""
        ...

    def copies(self) -> list[str]:
        """Return the ids of the runs that this machine has a copy of, beside the store's."""
        ...

    def drop_copy(self, job_id: str) -> None:
        """Remove this machine's copy of a run, unless it holds something the store has not."""
        ...


def is_job_id(name: str) -> bool:
    """Whether a name is a job id: a uuid in its plain form."""
    try:
        _JOB_ID.validate_python(name, strict=True)
    except ValidationError:
        return False
    return True


def check_job_id(job_id: str) -> str:
    """Return a job id that may become part of a path or a key.

    Raises
    ------
    InvalidInput
        If it is no uuid.
    """
    if not is_job_id(job_id):
        raise InvalidInput(
            f"{job_id!r:.80} is no job id; expected a uuid such as "
            "1b4e28ba-2fa1-4d2e-883f-0016d3cca427.",
            reason="JOB_ID",
        )
    return job_id


def check_name(name: str) -> str:
    """Return a name that leads to no place outside its run folder.

    Raises
    ------
    InvalidInput
        If it could.
    """
    if "\0" in name or any(part in {"", ".", ".."} for part in name.split("/")):
        raise InvalidInput(
            f"{name!r:.80} is no name of a file in a run; expected a relative path such as "
            "clips/003.mp4.",
            reason="FILE_NAME",
        )
    return name


def check_kept(name: str) -> str:
    """Return a name of a file that a store keeps.

    Raises
    ------
    InvalidInput
        If it leads out of the run folder, or is that of a lock or a temporary file.
    """
    if not is_kept(check_name(name)):
        raise InvalidInput(
            f"{name!r:.80} is a lock or a temporary file; a store keeps none.", reason="FILE_NAME"
        )
    return name


def is_kept(name: str) -> bool:
    """Whether a store keeps files of this name: locks and temporary files begin with a dot."""
    return not any(part.startswith(".") for part in name.split("/"))


def batches(names: Iterable[str]) -> list[list[str]]:
    """Return names in the order in which they may appear to readers, in groups of equal rank.

    Footage and pictures come first, then records such as ``clips/003.json``, then the artefacts
    one by one as they are made, and last what reports that all this is done. To take files away,
    go through the groups from the end.
    """
    return [list(group) for _, group in groupby(sorted(names, key=_rank), key=_rank)]


def _rank(name: str) -> int:
    if name in _SEEN_LAST:
        return 2 + _SEEN_LAST.index(name)
    return 1 if name.endswith(".json") else 0
