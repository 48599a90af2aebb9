"""Runs kept in ``runs_dir`` itself: the store is the folder."""

from __future__ import annotations

import shutil
import uuid
from contextlib import suppress
from pathlib import Path

from mvkit.errors import InvalidInput, NotFound
from mvkit.run import Run
from mvkit.storage.base import StoredFile, check_job_id, check_kept, is_job_id
from mvkit.storage.folder import Folder, disk_errors

TRASH = ".trash"
"""Where runs go before they are deleted, so that nobody sees half of one."""


class LocalStore:
    """Keeps run folders on this machine, or on a file system that all machines share.

    Parameters
    ----------
    runs_dir : Path
        Where the run folders lie.
    """

    def __init__(self, runs_dir: Path) -> None:
        self.runs_dir = runs_dir

    def folder(self, job_id: str) -> Folder:
        """Return the folder of a run, whether it is there or not.

        Raises
        ------
        InvalidInput
            If the id is none, or a link is in the folder's place.
        """
        path = self.runs_dir / check_job_id(job_id)
        if path.is_symlink():
            raise InvalidInput(
                f"{path} is a link; expected a run folder. Links are not followed and not "
                "removed: do that by hand.",
                reason="LINK",
            )
        return Folder(path)

    def pull(self, job_id: str) -> Run:
        """Open a run."""
        return Run(self.folder(job_id).path)

    def push(self, run: Run, *names: str) -> None:
        """Check that the named files are there: where they are is where they are kept."""
        for name in names:
            self.folder(run.job_id).open(check_kept(name)).close()

    def read(self, job_id: str, name: str) -> bytes:
        """Return what a file holds."""
        with self.folder(job_id).open(check_kept(name)) as file:
            return file.read()

    def fetch(self, job_id: str, name: str) -> Path:
        """Return where a file is: it is here."""
        folder = self.folder(job_id)
        folder.open(check_kept(name)).close()
        return folder.path / name

    def files(self, job_id: str) -> list[StoredFile]:
        """Return the files of a run by name."""
        return self.folder(job_id).files()

    def leftovers(self, job_id: str) -> list[StoredFile]:
        """Return the temporary files of a run."""
        return self.folder(job_id).leftovers()

    def remove(self, job_id: str, *names: str) -> None:
        """Remove the named files or, without names, the run."""
        folder = self.folder(job_id)
        if names:
            folder.remove(*names)
        else:
            with suppress(NotFound), disk_errors(f"run {job_id}"):  # gone already
                self._throw_away(folder.path)

    def job_ids(self) -> list[str]:
        """Return the ids of all runs; links are no runs."""
        if not self.runs_dir.is_dir():
            return []
        folders = (path for path in self.runs_dir.iterdir() if is_job_id(path.name))
        return sorted(path.name for path in folders if path.is_dir() and not path.is_symlink())

    def copies(self) -> list[str]:
        """Return no ids: the run folders here are the store."""
        return []

    def drop_copy(self, job_id: str) -> None:
        """Leave the run as it is: it is no copy."""
        check_job_id(job_id)

    def _throw_away(self, folder: Path) -> None:
        """Delete a run folder, and what an earlier deletion left when it was cut off."""
        trash = self.runs_dir / TRASH
        if trash.is_symlink():
            raise InvalidInput(f"{trash} is a link; expected a folder. Remove it.", reason="LINK")
        trash.mkdir(exist_ok=True)
        folder.rename(trash / f"{folder.name}.{uuid.uuid4().hex[:8]}")
        for thrown in trash.iterdir():
            with suppress(FileNotFoundError):  # somebody else is emptying the trash too
                shutil.rmtree(thrown)
