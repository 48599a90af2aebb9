"""The folder of one run: its artefacts, what is told of it, and who works in it."""

from __future__ import annotations

import fcntl
import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar, cast

from pydantic import ValidationError

from mvkit.crash import crash_point
from mvkit.errors import InvalidArtefact, InvalidInput, NotFound
from mvkit.files import append_line, read_lines, write_whole
from mvkit.run.status import Status
from mvkit.schema import ARTEFACTS, EDITS_FILE, Artefact, Brief, Edits, Plan
from mvkit.schema.base import explain
from mvkit.settings import get_settings

A = TypeVar("A", bound=Artefact)

EVENTS_FILE = "events.jsonl"
LOCK_FILE = ".lock"
STATUS_FILE = "status.json"


class Run:
    """One run folder.

    Parameters
    ----------
    folder : Path
        ``runs/<job_id>``; must hold a ``brief.json``.

    Raises
    ------
    NotFound
        If there is no run in this folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        if not (self.folder / Brief.file_name()).is_file():
            raise NotFound(f"{folder} is no run folder: it holds no {Brief.file_name()}.")
        self.job_id = self.folder.name

    @classmethod
    def create(cls, brief: Brief, *, song: Path, lyrics: Path | None = None) -> Run:
        """Make the run folder of a brief, with its song and lyrics copied in."""
        folder = get_settings().runs_dir / brief.job_id
        folder.mkdir(parents=True)
        write_whole(folder / brief.song_file, song.read_bytes())
        if lyrics:
            write_whole(folder / brief.lyrics_file, lyrics.read_bytes())
        write_whole(folder / Brief.file_name(), brief.to_json())  # last: now it is a run
        return cls(folder)

    @classmethod
    def open(cls, run_dir: Path | str = "") -> Run:
        """Open a run folder; without a name, the newest run that has a finished film.

        Raises
        ------
        NotFound
            If there is no such run.
        """
        if run_dir:
            return cls(Path(run_dir))
        finished = [run for run in all_runs() if run.has(ARTEFACTS[-1])]
        if not finished:
            raise NotFound(
                f"There is no finished run in {get_settings().runs_dir}; make one with `make demo`."
            )
        return finished[0]

    @property
    def created_at_s(self) -> float:
        """When the run was made, in seconds since the epoch."""
        return (self.folder / Brief.file_name()).stat().st_mtime

    @property
    def brief(self) -> Brief:
        """The user's wish."""
        return self.read(Brief)

    @property
    def song(self) -> Path:
        """Path of the song."""
        return self.folder / self.brief.song_file

    @property
    def lyrics(self) -> Path | None:
        """Path of the supplied lyrics, if any were given."""
        name = self.brief.lyrics_file
        return self.folder / name if name else None

    def path(self, *parts: str) -> Path:
        """Return a path inside the run folder, its parent folder made."""
        path = self.folder.joinpath(*parts)
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    # Artefacts

    def has(self, kind: type[Artefact]) -> bool:
        """Whether an artefact is there."""
        return (self.folder / kind.file_name()).is_file()

    def read(self, kind: type[A]) -> A:
        """Read an artefact; the plan with what people changed in it.

        Raises
        ------
        NotFound
            If its stage has not run.
        InvalidArtefact
            If it does not hold to its contract.
        """
        artefact = self.written(kind)
        if isinstance(artefact, Plan) and self.edits_file.is_file():
            return cast(A, self._edited(artefact))
        return artefact

    def written(self, kind: type[A]) -> A:
        """Read an artefact as its stage wrote it, without what people changed; see :meth:`read`."""
        path = self.folder / kind.file_name()
        if not path.is_file():
            raise NotFound(
                f"{kind.file_name()} is not in run {self.job_id}: "
                f"the stage '{kind.stage}' has not finished."
            )
        return kind.from_json(path.read_bytes(), source=str(path.name))

    @property
    def edits(self) -> Edits:
        """What people changed in the plan as it is now.

        Raises
        ------
        NotFound
            If there is no plan.
        InvalidArtefact
            If what is written down cannot be read.
        """
        digest = self.written(Plan).content_digest()
        if not self.edits_file.is_file():
            return Edits(plan_digest=digest)
        edits = self._read_edits()
        if edits.plan_digest == digest:
            return edits
        # Changes in an earlier plan say nothing over this one; who saw them learns by the count.
        return Edits(version=edits.version + 1, plan_digest=digest)

    @property
    def edits_file(self) -> Path:
        """Where the changes in the plan are kept, if there are any."""
        return self.folder / EDITS_FILE

    def write_edits(self, edits: Edits) -> None:
        """Put changes in the plan into the run folder, whole."""
        write_whole(self.edits_file, edits.model_dump_json(indent=1) + "\n")

    def _edited(self, plan: Plan) -> Plan:
        try:
            return self._read_edits().apply(plan)
        except ValidationError as error:
            raise InvalidArtefact(explain(error, source="The plan with its changes")) from error

    def _read_edits(self) -> Edits:
        try:
            return Edits.model_validate_json(self.edits_file.read_bytes())
        except ValidationError as error:
            raise InvalidArtefact(explain(error, source=EDITS_FILE)) from error

    def write(self, artefact: A) -> A:
        """Put an artefact into the run folder, whole, with the digest of its inputs."""
        kind = type(artefact)
        signed = artefact.model_copy(update={"made_from": self.inputs_digest(kind)})
        crash_point("artefact.checked")
        write_whole(self.folder / kind.file_name(), signed.to_json())
        crash_point("artefact.written")
        return signed

    def inputs_digest(self, kind: type[Artefact]) -> str:
        """Return the digest of what an artefact is made from."""
        contents = [self.read(read).content_digest() for read in kind.reads]
        return hashlib.sha256(" ".join(contents).encode()).hexdigest()

    def is_current(self, kind: type[Artefact]) -> bool:
        """Whether an artefact and its files are there, made from the inputs as they are now."""
        if not all(self.has(read) for read in (*kind.reads, kind)):
            return False
        artefact = self.read(kind)
        if not all((self.folder / name).is_file() for name in artefact.files()):
            return False
        return artefact.made_from == self.inputs_digest(kind)

    def drop(self, kind: type[Artefact]) -> None:
        """Remove an artefact, so that its stage runs again.

        What was made from it stays: if the stage comes to the same content, later stages hold.
        """
        (self.folder / kind.file_name()).unlink(missing_ok=True)

    # Telling

    @property
    def status(self) -> Status:
        """The run's status as seen from this machine: ``stopped`` if nobody here works on it."""
        status = self.told_status
        if status.state == "running" and not self._is_worked_on():
            return status.model_copy(update={"state": "stopped", "eta_s": None})
        return status

    @property
    def told_status(self) -> Status:
        """The run's last status, as whoever worked on it told."""
        try:
            return Status.model_validate_json((self.folder / STATUS_FILE).read_bytes())
        except (FileNotFoundError, ValidationError):  # nobody has begun to work on it
            return Status(job_id=self.job_id, state="waiting", updated_at=time.time())

    def set_status(self, status: Status) -> None:
        """Replace the run's status."""
        write_whole(self.folder / STATUS_FILE, status.model_dump_json() + "\n")

    def tell(self, event: str, **fields: Any) -> None:
        """Append an event to ``events.jsonl``."""
        append_line(self.folder / EVENTS_FILE, {"event": event, **fields})

    def events(self) -> list[dict[str, Any]]:
        """Return the run's events, oldest first."""
        return read_lines(self.folder / EVENTS_FILE)

    @contextmanager
    def working(self) -> Iterator[None]:
        """Hold the run for one worker at a time.

        Raises
        ------
        InvalidInput
            If another process is working on it.
        """
        with (self.folder / LOCK_FILE).open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise InvalidInput(
                    f"Run {self.job_id} is being worked on by another process; "
                    "wait for it, or stop it first.",
                    reason="BUSY",
                ) from error
            yield

    def _is_worked_on(self) -> bool:
        try:
            with self.working():
                return False
        except InvalidInput:
            return True


def all_runs() -> list[Run]:
    """Return all runs, newest first; folders that are no runs of ours are passed over."""
    briefs = get_settings().runs_dir.glob(f"*/{Brief.file_name()}")
    runs = [Run(brief.parent) for brief in briefs if _is_run_folder(brief.parent)]
    return sorted(runs, key=lambda run: run.created_at_s, reverse=True)


def find_run(brief: Brief) -> Run | None:
    """Return the newest run with the same wish, or None if this is a new one."""
    wish = brief.content_digest()
    return next((run for run in all_runs() if run.brief.content_digest() == wish), None)


def _is_run_folder(folder: Path) -> bool:
    """Whether a folder is named for the run its brief speaks of, and the brief can be read."""
    try:
        brief = Brief.from_json((folder / Brief.file_name()).read_bytes())
    except (OSError, InvalidArtefact):
        return False
    return brief.job_id == folder.name and not folder.is_symlink()
