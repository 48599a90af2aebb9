"""The roll of a batch: which film is which job, kept on disk.

::

    runs/batches/<name>/
      roll.json              which wish is which job
      batch.json  batch.csv  how all rows ended
      worker.log             what the batch's own workers said
      .lock                  held by the one process that carries the batch out

A job's id is chosen and written down here *before* the job is submitted. Whoever is cut off between
the two, or after, finds the id again, and the queue says whether there is such a job: nothing is
submitted twice. A wish is known by its content, so rows may be moved, added and dropped between
two calls.
"""

from __future__ import annotations

import fcntl
import hashlib
import re
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pydantic import ValidationError

from mvkit.batches.checks import Wish
from mvkit.errors import InvalidArtefact, InvalidInput
from mvkit.files import write_whole
from mvkit.schema import Record
from mvkit.schema.base import JobId, explain
from mvkit.settings import get_settings

FOLDER = "batches"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
ROLL_FILE = "roll.json"
LOCK_FILE = ".lock"


class Member(Record):
    """One film of a batch.

    Attributes
    ----------
    key : str
        Digest of its wish.
    job_id : str
        The job that it is, or will be.
    was_submitted : bool
        Whether it certainly was; one that is not in the queue any more was deleted then.
    """

    key: str
    job_id: JobId
    was_submitted: bool = False


class Roll(Record):
    """All films that a batch ever had."""

    name: str
    members: tuple[Member, ...] = ()

    def member(self, wish: Wish) -> Member:
        """Return the film of a wish that is enrolled."""
        return next(member for member in self.members if member.key == wish.key)

    def enrolled(self, wishes: Sequence[Wish]) -> Roll:
        """Return the roll with a new job for each wish that has none yet."""
        known = {member.key for member in self.members}
        new = [
            Member(key=wish.key, job_id=str(uuid.uuid4()))
            for wish in wishes
            if wish.key not in known
        ]
        return self.model_copy(update={"members": (*self.members, *new)})

    def marked(self, job_ids: set[str]) -> Roll:
        """Return the roll with the films marked that were submitted."""
        members = tuple(
            member.model_copy(update={"was_submitted": True})
            if member.job_id in job_ids
            else member
            for member in self.members
        )
        return self.model_copy(update={"members": members})


def usual_name(source: Path) -> str:
    """Return what a batch is called by itself: its file, and a mark of where that lies."""
    stem = re.sub(r"[^A-Za-z0-9]+", "-", source.resolve().stem).strip("-")[:40] or "batch"
    return f"{stem}-{hashlib.sha256(str(source.resolve()).encode()).hexdigest()[:6]}"


def folder_of(name: str) -> Path:
    """Return the folder of a batch.

    Raises
    ------
    InvalidInput
        If no batch can be called so.
    """
    if not NAME.fullmatch(name):
        raise InvalidInput(
            f"A batch cannot be called {name!r}; expected at most 64 letters, digits, - and _.",
            reason="BATCH",
        )
    return get_settings().runs_dir / FOLDER / name


@contextmanager
def carried_out_alone(name: str) -> Iterator[None]:
    """Hold a batch for one process at a time.

    Raises
    ------
    InvalidInput
        If another process carries it out (``BUSY``).
    """
    folder = folder_of(name)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK_FILE).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise InvalidInput(
                f"Batch {name} is carried out by another process; wait for it, or stop it first.",
                reason="BUSY",
            ) from error
        yield


def read_roll(name: str) -> Roll:
    """Return the roll of a batch; an empty one where it has none yet.

    Raises
    ------
    InvalidArtefact
        If it cannot be read.
    """
    path = folder_of(name) / ROLL_FILE
    if not path.is_file():
        return Roll(name=name)
    try:
        return Roll.model_validate_json(path.read_bytes())
    except ValidationError as error:
        advice = "Move it away; its films are then made again."
        raise InvalidArtefact(explain(error, source=str(path), advice=advice)) from error


def write_roll(roll: Roll) -> None:
    """Write a roll down, whole."""
    path = folder_of(roll.name) / ROLL_FILE
    write_whole(path, roll.model_dump_json(indent=1) + "\n")
