"""One film as pages see it: its job, how it stands, and what the store has of it.

It is read through the store, so that it does not matter where its worker is. What has been read
is remembered until the file is written again: a page is drawn many times while little changes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

from pydantic import BaseModel

from mvkit.errors import InvalidArtefact, NotFound
from mvkit.jobs import client
from mvkit.jobs.table import Job, find_job
from mvkit.run import EVENTS_FILE, Status
from mvkit.schema import (
    EDITS_FILE,
    Analysis,
    Artefact,
    Brief,
    Clip,
    ClipScript,
    Edits,
    Plan,
    References,
    Video,
)
from mvkit.storage import StoredFile, get_store
from mvkit.storage.base import is_job_id
from mvkit.web.parts.player import file_url

A = TypeVar("A", bound=Artefact)
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, kw_only=True)
class Film:
    """A job and its run, as they stood when they were read.

    What is not there (yet) is None or empty: a film is looked at from its first moment on.

    Attributes
    ----------
    files : mapping of str to StoredFile
        What the store has of the run, by name.
    """

    job: Job
    status: Status
    files: Mapping[str, StoredFile]

    @property
    def title(self) -> str:
        """What to call it."""
        return self.job.title or "Untitled film"

    @property
    def brief(self) -> Brief:
        """The user's wish.

        Raises
        ------
        NotFound
            If the run is gone.
        """
        brief = self._artefact(Brief)
        if brief is None:
            raise NotFound(f"The files of film {self.job.job_id} are gone.")
        return brief

    @property
    def analysis(self) -> Analysis | None:
        """What was heard."""
        return self._artefact(Analysis)

    @property
    def plan(self) -> Plan | None:
        """The plan in effect."""
        plan = self._artefact(Plan)
        edits = self._found(_made, Edits, EDITS_FILE)
        return edits.apply(plan) if plan and edits else plan

    @property
    def references(self) -> References | None:
        """The pictures of places and people."""
        return self._artefact(References)

    @property
    def video(self) -> Video | None:
        """The finished film; one that is being made again is not finished."""
        return self._artefact(Video) if self.status.state == "finished" else None

    def clip(self, script: ClipScript) -> Clip | None:
        """Return the record of a clip that was filmed, or failed."""
        return self._found(_recorded, Clip, f"clips/{script.slate}.json")

    def events(self) -> list[dict[str, Any]]:
        """Return the events of the run, oldest first."""
        if EVENTS_FILE not in self.files:
            return []
        events = []
        for line in get_store().read(self.job.job_id, EVENTS_FILE).splitlines():
            with suppress(ValueError):  # cut off by a crash, or not written to its end
                events.append(json.loads(line))
        return events

    def written_at_s(self, name: str) -> float:
        """Return when a file was last written, in seconds since the epoch; 0 if it is not there."""
        return self.files[name].modified_at_s if name in self.files else 0.0

    def url(self, name: str) -> str:
        """Return where the API serves a file, or nothing if it is not there."""
        if name not in self.files:
            return ""
        return file_url(self.job.job_id, name, written_at_s=self.written_at_s(name))

    def _artefact(self, kind: type[A]) -> A | None:
        return self._found(_made, kind, kind.file_name())

    def _found(self, read: Callable[..., Any], kind: type[M], name: str) -> M | None:
        if name not in self.files:
            return None
        try:
            found: M = read(kind, self.job.job_id, name, self.written_at_s(name))
        except NotFound:  # removed since the files were listed
            return None
        return found


def open_film(job_id: str, *, user: str) -> Film:
    """Read how a film of a user stands.

    Raises
    ------
    NotFound
        If there is no such film, or not for this user.
    """
    if not is_job_id(job_id):
        raise NotFound(f"{job_id!r:.80} is no film's id; choose one under Films.")
    job = find_job(job_id, user=user)
    return Film(
        job=job,
        status=client.status(job_id, user=user),
        files={file.name: file for file in get_store().files(job_id)},
    )


def _read(kind: type[M], job_id: str, name: str, _written_at_s: float) -> M:
    """Read a file that was written at some time; one written later is another one."""
    text = get_store().read(job_id, name)
    try:
        return kind.model_validate_json(text)
    except ValueError as error:
        raise InvalidArtefact(
            f"{name} of film {job_id} cannot be read ({error}). Make its stage again."
        ) from error


_recorded = lru_cache(maxsize=1024)(_read)
"""The small ones: records of clips."""
_made = lru_cache(maxsize=24)(_read)
"""The large ones: an analysis holds a megabyte of curves."""
