"""Drafts: songs before they are jobs.

::

    runs_dir/.drafts/<digest of the user>/<draft id>/
        song.<flac|mp3|wav>    as it came, checked
        lyrics.txt             the words of it, if there are any
        wish.json              what has been chosen so far
        heard.json             what was heard in it (mvkit.web.listening)
        draft.json             the facts, and the job it has become

A draft is there whole or not at all, is seen by its user only, and does not stay: a user keeps the
newest few, and one that nobody has touched for a day goes. It becomes one job at most, however
often it is sent.

Contents
--------
Draft, save, open, from_job, remove, keep_wish, keep_lyrics, drop_lyrics, send
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pydantic import ValidationError

from mvkit.analysis.intake import MAX_BYTES, check_song
from mvkit.analysis.lyrics import check_lyrics
from mvkit.errors import InvalidInput, NotFound
from mvkit.files import write_whole
from mvkit.jobs.table import Job, find_job
from mvkit.ledger import find_account, usual_budget_usd
from mvkit.schema import Brief, LyricLine, Record
from mvkit.schema.base import JobId
from mvkit.settings import get_settings
from mvkit.storage import get_store
from mvkit.storage.base import is_job_id
from mvkit.storage.folder import disk_errors
from mvkit.web.wish import Wish

FOLDER = ".drafts"
MOST_PER_USER = 3
KEPT_S = 86_400.0
MAX_NAME = 120

DRAFT_FILE, WISH_FILE = "draft.json", "wish.json"
LYRICS_FILE, HEARD_FILE = "lyrics.txt", "heard.json"
LOCK_FILE = ".lock"
PRIVATE = 0o700


class Draft(Record):
    """A song that was let through.

    Attributes
    ----------
    owner : str
        Digest of the user's name, which may hold what no path should.
    name : str
        What the user calls the file; for showing as text, never for a path.
    kind : {'flac', 'mp3', 'wav'}
        What the bytes are.
    duration_s : float
        Length of the song in seconds.
    job_id : str
        The job it has become; empty while it is a draft.
    """

    draft_id: JobId
    owner: str
    name: str
    kind: str
    duration_s: float
    n_bytes: int
    job_id: str = ""

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return _drafts() / self.owner / self.draft_id

    @property
    def song(self) -> Path:
        """The song's file."""
        return self.folder / f"song.{self.kind}"

    @property
    def lyrics(self) -> Path | None:
        """The file of its words, if there are any."""
        path = self.folder / LYRICS_FILE
        return path if path.is_file() else None

    @property
    def wish(self) -> Wish:
        """What has been chosen so far."""
        try:
            return Wish.model_validate_json((self.folder / WISH_FILE).read_bytes())
        except (FileNotFoundError, ValidationError):  # nothing yet, or by an older version
            return Wish()


def save(data: bytes, *, user: str, name: str = "") -> Draft:
    """Keep a song, if it can be used; what is too old or too many goes.

    Parameters
    ----------
    data : bytes
        The file as it came.
    name : str
        Its name, for people.

    Raises
    ------
    RefusedSong
        As :func:`mvkit.analysis.intake.check_song`.
    GenerationFailed
        If the disk is full.
    """
    drop_old()
    draft_id, home = str(uuid.uuid4()), _home(user)
    making = home / f".{draft_id}"
    with disk_errors("the song"):
        for folder in (home.parent, home, making):
            folder.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        try:
            song = making / "song"
            song.write_bytes(data[: MAX_BYTES + 1])  # enough to be refused as too large
            checked = check_song(song)
            draft = Draft(
                draft_id=draft_id,
                owner=home.name,
                name=_shown(name) or f"song.{checked.kind}",
                kind=checked.kind,
                duration_s=checked.duration_s,
                n_bytes=checked.n_bytes,
            )
            song.rename(making / draft.song.name)
            write_whole(making / DRAFT_FILE, draft.model_dump_json())
            making.rename(draft.folder)
        finally:
            shutil.rmtree(making, ignore_errors=True)
    for older in _waiting(home)[MOST_PER_USER:]:
        remove(older)
    return draft


def open(draft_id: str, *, user: str) -> Draft:
    """Return a draft of a user, or the ticket of one that has become a job.

    Raises
    ------
    NotFound
        If there is none, or not for this user.
    """
    if is_job_id(draft_id):
        with suppress(FileNotFoundError, ValidationError):
            return _read(_home(user) / draft_id)
    raise _gone()


def from_job(job_id: str, *, user: str) -> Draft:
    """Make a draft of a job's song, lyrics and wish, to make the film again with changes.

    Raises
    ------
    NotFound
        If there is no such job, or not for this user.
    """
    job, store = find_job(job_id, user=user), get_store()
    brief = Brief.from_json(store.read(job.job_id, Brief.file_name()))
    song = store.read(job.job_id, brief.song_file)
    kind = brief.song_file.rpartition(".")[2]
    draft = save(song, user=user, name=f"{brief.title or 'song'}.{kind}")
    keep_wish(draft, Wish.of(brief).model_copy(update={"budget_usd": _own_budget_usd(job)}))
    if brief.lyrics_file:
        with suppress(InvalidInput):  # words that could not be used are not needed again
            keep_lyrics(draft, store.read(job.job_id, brief.lyrics_file))
    return draft


def _own_budget_usd(job: Job) -> float | None:
    """Return what a job may cost, if its user said so."""
    account = find_account(job.job_id)
    if account is None or account.limit_usd == usual_budget_usd(job.song_s):
        return None
    return float(account.limit_usd)


def remove(draft: Draft) -> None:
    """Remove a draft; who listens to it is stopped by :func:`mvkit.web.listening.stop`."""
    shutil.rmtree(draft.folder, ignore_errors=True)


def keep_wish(draft: Draft, wish: Wish) -> None:
    """Write down what has been chosen so far.

    Raises
    ------
    NotFound
        If the draft has gone meanwhile.
    """
    with _touching(draft):
        write_whole(draft.folder / WISH_FILE, wish.model_dump_json())


def keep_lyrics(draft: Draft, data: bytes) -> tuple[LyricLine, ...]:
    """Keep the words of a song, in place of those there were; return them.

    Parameters
    ----------
    data : bytes
        LRC, SRT or plain text, at most 256 KiB.

    Raises
    ------
    InvalidInput
        If they cannot be used; those there were stay.
    NotFound
        If the draft has gone meanwhile.
    """
    coming = draft.folder / f".{LYRICS_FILE}"
    with _touching(draft):
        try:
            write_whole(coming, data)
            lines = check_lyrics(coming, duration_s=draft.duration_s)
            coming.rename(draft.folder / LYRICS_FILE)
        finally:
            coming.unlink(missing_ok=True)
    return lines


def drop_lyrics(draft: Draft) -> None:
    """Forget the words of a song."""
    (draft.folder / LYRICS_FILE).unlink(missing_ok=True)


def send(draft: Draft, submit: Callable[[Draft], str]) -> str:
    """Make a job of a draft, once; return the job's id.

    Parameters
    ----------
    submit : callable
        Called with the draft if it is no job yet; returns the id of the new job. If it raises,
        the draft stays one.

    Raises
    ------
    NotFound
        If the draft has gone meanwhile.
    """
    with _alone_with(draft):
        now = _read(draft.folder)
        if now.job_id:
            return now.job_id
        job_id = submit(now)
        sent = now.model_copy(update={"job_id": job_id})
        write_whole(draft.folder / DRAFT_FILE, sent.model_dump_json())
        for path in draft.folder.iterdir():
            if path.name not in {DRAFT_FILE, LOCK_FILE}:
                path.unlink(missing_ok=True)
    return job_id


def drop_old() -> None:
    """Remove what nobody has touched for a day: drafts, tickets, and what was never finished."""
    for folder in _drafts().glob("*/*"):
        with suppress(FileNotFoundError):
            if time.time() - folder.stat().st_mtime > KEPT_S:
                shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _touching(draft: Draft) -> Iterator[None]:
    """Say it in our words if a draft has gone, or the disk is full."""
    if not (draft.folder / DRAFT_FILE).is_file():
        raise _gone()
    with disk_errors(draft.name):
        yield


@contextmanager
def _alone_with(draft: Draft) -> Iterator[None]:
    """Hold a draft, so that who sends it twice at the same time sends it once."""
    with _touching(draft):
        lock = (draft.folder / LOCK_FILE).open("w")
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _gone() -> NotFound:
    return NotFound("This song is no longer kept here; drop it again.")


def _drafts() -> Path:
    return get_settings().runs_dir / FOLDER


def _home(user: str) -> Path:
    return _drafts() / hashlib.sha256(user.encode()).hexdigest()[:32]


def _waiting(home: Path) -> list[Draft]:
    """Return a user's drafts that are no jobs yet, newest first."""
    found = []
    for path in home.glob(f"*/{DRAFT_FILE}"):
        with suppress(FileNotFoundError, ValidationError):
            found.append((path.stat().st_mtime, _read(path.parent)))
    found.sort(key=lambda pair: pair[0], reverse=True)
    return [draft for _, draft in found if not draft.job_id]


def _read(folder: Path) -> Draft:
    return Draft.model_validate_json((folder / DRAFT_FILE).read_bytes())


def _shown(name: str) -> str:
    """Return a file's name as it may be shown: one line, not too long, no control characters."""
    visible = "".join(sign if sign.isprintable() else " " for sign in name)
    return " ".join(visible.split())[-MAX_NAME:]
