"""Runs kept in an S3-compatible object store; ``runs_dir`` holds this machine's copies.

Objects are named ``<prefix>/<job_id>/<name>``. Files go in the order in which readers may see
them (:func:`mvkit.storage.base.batches`), those of equal rank at the same time.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path, PurePosixPath

from mvkit.errors import GenerationFailed, NotFound
from mvkit.run import Run
from mvkit.schema import Brief
from mvkit.storage.base import (
    REPORTS,
    StoredFile,
    batches,
    check_job_id,
    check_kept,
    check_name,
    is_job_id,
    is_kept,
)
from mvkit.storage.bucket import Bucket, ChangedMeanwhileError, Listed
from mvkit.storage.folder import Folder, disk_errors
from mvkit.storage.local import LocalStore
from mvkit.storage.manifest import Synced, in_step, load

AT_ONCE = 8
"""How many files are on the way at the same time."""
ROUNDS = 5
"""How often a pull begins again because the run changed under its hands."""


class ObjectStore:
    """Keeps run folders in a bucket.

    Parameters
    ----------
    url : str
        ``s3://bucket`` or ``s3://bucket/prefix``.
    runs_dir : Path
        Where this machine's copies lie.

    Raises
    ------
    InvalidInput
        If the URL is none, or the store's ``AWS_*`` variables are not complete.
    """

    def __init__(self, url: str, *, runs_dir: Path) -> None:
        self._bucket = Bucket(url)
        self._copies = LocalStore(runs_dir)

    @property
    def url(self) -> str:
        """Where the runs are."""
        return self._bucket.url

    @property
    def runs_dir(self) -> Path:
        """Where this machine's copies lie."""
        return self._copies.runs_dir

    def pull(self, job_id: str) -> Run:
        """Bring this machine's copy of a run up to date, and open it."""
        folder = self._copies.folder(job_id)
        if not folder.path.is_dir():
            self._run_listed(job_id)  # first, so that no folder is made for a run that is not
            with disk_errors(f"run {job_id}"):
                folder.path.mkdir(parents=True, exist_ok=True)
        for _ in range(ROUNDS):
            with in_step(folder, store=self.url) as synced:
                if self._bring_up_to_date(folder, synced):
                    return Run(folder.path)
        raise GenerationFailed(
            f"Run {job_id} changes in {self.url} faster than it can be fetched. Try again later.",
            reason="STORE",
        )

    def push(self, run: Run, *names: str) -> None:
        """Put the named files, or all that changed, into the bucket."""
        check_job_id(run.job_id)
        folder = Folder(run.folder)
        with in_step(folder, store=self.url) as synced:
            for batch in batches(set(map(check_kept, names)) or _changed(folder, synced)):
                _together(lambda name: self._put(folder, name), batch, into=synced)

    def read(self, job_id: str, name: str) -> bytes:
        """Return what a file holds."""
        return b"".join(self._bucket.get(f"{check_job_id(job_id)}/{check_kept(name)}").chunks)

    def fetch(self, job_id: str, name: str) -> Path:
        """Bring one file to this machine, or up to date here, and return where it is."""
        folder, key = self._copies.folder(job_id), f"{job_id}/{check_kept(name)}"
        for _ in range(ROUNDS):
            e_tag = self._bucket.e_tag(key)
            if _is_here(folder, name) and _is_known(load(folder, store=self.url), name, e_tag):
                return folder.path / name
            with suppress(ChangedMeanwhileError, NotFound):  # or our copy was dropped meanwhile
                self._bring(folder, name, e_tag)
        raise GenerationFailed(
            f"{name} of run {job_id} changes in {self.url} faster than it can be fetched. Try "
            "again later.",
            reason="STORE",
        )

    def files(self, job_id: str) -> list[StoredFile]:
        """Return the files of a run by name."""
        return [listed.file for listed in self._listed(job_id).values()]

    def leftovers(self, job_id: str) -> list[StoredFile]:
        """Return the temporary files in this machine's copy of a run."""
        return self._copies.leftovers(job_id)

    def remove(self, job_id: str, *names: str) -> None:
        """Remove the named files or, without names, the run, from the bucket and from here."""
        folder = self._copies.folder(job_id)
        gone = [check_name(name) for name in names] or [*self._bucket.listed(job_id)]
        for batch in reversed(batches(gone)):
            self._bucket.delete([f"{job_id}/{name}" for name in batch])
        self._copies.remove(job_id, *names)
        if names and folder.path.is_dir():
            with in_step(folder, store=self.url) as synced:
                for name in names:
                    synced.pop(name, None)

    def job_ids(self) -> list[str]:
        """Return the ids of all runs in the bucket."""
        return sorted(filter(is_job_id, self._bucket.folders()))

    def copies(self) -> list[str]:
        """Return the ids of the runs that this machine has a copy of."""
        job_ids = self._copies.job_ids()
        return [job_id for job_id in job_ids if load(self._copies.folder(job_id), store=self.url)]

    def drop_copy(self, job_id: str) -> None:
        """Remove this machine's copy of a run, unless it holds something the bucket has not."""
        folder = self._copies.folder(job_id)
        with in_step(folder, store=self.url) as synced:
            listed = self._listed(job_id)
            is_kept_there = not _changed(folder, synced) and all(
                name in listed and listed[name].e_tag == known.e_tag
                for name, known in synced.items()
            )
        if is_kept_there:
            self._copies.remove(job_id)

    def _bring_up_to_date(self, folder: Folder, synced: dict[str, Synced]) -> bool:
        """Fetch what differs; return False if the run was changed meanwhile."""
        listed = self._run_listed(folder.path.name)
        gone = synced.keys() - listed.keys()
        folder.remove(*gone)
        for name in gone:
            del synced[name]
        here = folder.stats()
        wanted = [
            name
            for name, there in listed.items()
            if not (name in here and _is_known(synced, name, there.e_tag))
        ]
        try:
            for batch in batches(wanted):
                _together(
                    lambda name: self._get(folder, name, listed[name].e_tag), batch, into=synced
                )
        except ChangedMeanwhileError:
            return False
        return True

    def _bring(self, folder: Folder, name: str, e_tag: str) -> None:
        """Fetch a file, unless somebody else has by the time we may."""
        with disk_errors(f"run {folder.path.name}"):
            folder.path.mkdir(parents=True, exist_ok=True)
        with in_step(folder, store=self.url) as synced:
            if not (_is_here(folder, name) and _is_known(synced, name, e_tag)):
                synced[name] = self._get(folder, name, e_tag)

    def _get(self, folder: Folder, name: str, e_tag: str) -> Synced:
        """Fetch a file as it was seen; what reports on the run, as it is now."""
        wanted = "" if name in REPORTS else e_tag
        found = self._bucket.get(f"{folder.path.name}/{name}", e_tag=wanted)
        state = folder.write(name, found.chunks, modified_at_s=found.modified_at_s)
        return Synced.of(state, e_tag=found.e_tag)

    def _put(self, folder: Folder, name: str) -> Synced:
        with folder.open(name) as file:
            state = os.fstat(file.fileno())  # before it is read: a file that grows has changed
            e_tag = self._bucket.put(f"{folder.path.name}/{name}", file)
        return Synced.of(state, e_tag=e_tag)

    def _run_listed(self, job_id: str) -> dict[str, Listed]:
        """Return the files of a run that is there."""
        listed = self._listed(job_id)
        if Brief.file_name() not in listed:
            raise NotFound(f"There is no run {job_id} in {self.url}.")
        return listed

    def _listed(self, job_id: str) -> dict[str, Listed]:
        """Return the files of a run, by name; foreign objects are passed over."""
        listed = self._bucket.listed(check_job_id(job_id))
        folders = {parent.as_posix() for name in listed for parent in PurePosixPath(name).parents}
        return {name: listed[name] for name in listed if is_kept(name) and name not in folders}


def _is_here(folder: Folder, name: str) -> bool:
    with suppress(NotFound):
        folder.open(name).close()
        return True
    return False


def _is_known(synced: dict[str, Synced], name: str, e_tag: str) -> bool:
    """Whether what the store has under a name is what we have, or have made something newer of."""
    return name in synced and synced[name].e_tag == e_tag


def _together(work: Callable[[str], Synced], names: list[str], *, into: dict[str, Synced]) -> None:
    """Work on names at the same time; what is done is noted even if some of it failed."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        tasks = {name: pool.submit(work, name) for name in names}
    into.update((name, task.result()) for name, task in tasks.items() if not task.exception())
    for task in tasks.values():
        task.result()


def _changed(folder: Folder, synced: dict[str, Synced]) -> list[str]:
    """Return the files that were changed here since they were last in step."""
    return [
        name
        for name, state in folder.stats().items()
        if is_kept(name) and not (name in synced and synced[name].is_same(state))
    ]
