"""What was heard once is not heard again for a day.

An analysis is kept under a digest of everything it was made of: the song's bytes and those of its
lyrics, who listened for words, the parameters, and the code that hears. An entry is one zip file of
the analysis and the files it speaks of, so that it is there whole or not at all, and so that damage
shows by its checksums. Entries of another day, or too many, go before the next is written; a broken
one is written over. They lie in ``runs_dir/.cache/analysis``, or for all machines in the bucket
that keeps the runs. A cache that does not work makes nobody fail: the song is heard, and a warning
says why.

Contents
--------
ANALYSIS_VERSION, cached_analysis, tidy_cache
"""

from __future__ import annotations

import hashlib
import io
import json
import logging
import os
import stat
import struct
import time
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from mvkit.errors import InvalidArtefact, MvkitError, NotFound
from mvkit.files import sha256_of, write_whole
from mvkit.schema import Analysis
from mvkit.settings import get_settings

if TYPE_CHECKING:
    from mvkit.storage.bucket import Bucket

ANALYSIS_VERSION = 1
"""To be raised when something outside this package changes what is heard: a library, a model."""

HEARS_TOO = ("loudness.py", "orthography.py", "providers/voice.py", "providers/whisper.py")
"""Files of mvkit outside this package that what is heard depends on."""
FOLDER = ".cache/analysis"
KEPT_S = 86_400.0
CLOCKS_APART_S = 300.0  # what two machines may differ by
MOST_BYTES = 500 * 1000**2
UNSETTLED_FLAGS = frozenset({"words_missing"})
"""What another try may bring: an analysis with one of these is not kept."""

DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError),
    *(KeyError, ValueError, OverflowError, OSError),
    RuntimeError,  # where a bit says that it is encrypted, or made by a method yet to come
)
"""What `zipfile` raises of an archive with wrong bytes in it."""

PRIVATE = 0o700
log = logging.getLogger("mvkit.analysis")


def cached_analysis(
    song: Path,
    *,
    job_id: str,
    folder: Path,
    hear: Callable[[], Analysis],
    lyrics: Path | None = None,
    transcriber: str = "",
    parameters: Mapping[str, float | str] | None = None,
) -> Analysis:
    """Return the analysis of a song: the one that is kept, or a new one, which is then kept.

    Parameters
    ----------
    song : Path
        The song.
    job_id : str
        The run that the analysis is for.
    folder : Path
        Where the files lie that the analysis speaks of; a kept one brings them along.
    hear : callable
        Hears the song, and writes its files into ``folder``.
    lyrics : Path, optional
        What is given of its words.
    transcriber : str
        Who listens for them, by name.
    parameters : mapping, optional
        What else the analysis depends on.
    """
    started_s = time.perf_counter()
    try:
        digest = _digest_of(song, lyrics, transcriber=transcriber, parameters=parameters or {})
        name, shelf = f"{digest}.zip", _shelf()
    except (MvkitError, OSError) as error:  # if a file is missing, who hears the song tells it best
        log.warning("A song is heard without the cache: %s", error)
        return hear()
    kept = _kept(shelf, name)
    if kept is None:
        analysis = hear()
        if UNSETTLED_FLAGS.isdisjoint(analysis.metadata.flags):
            _keep(shelf, name, analysis, folder)
        return analysis
    for file_name, content in kept.files.items():
        write_whole(folder / file_name, content)
    told = {"cache_hit": True, "processing_time": round(time.perf_counter() - started_s, 3)}
    metadata = kept.analysis.metadata.model_copy(update=told)
    return kept.analysis.model_copy(update={"job_id": job_id, "metadata": metadata})


def tidy_cache() -> None:
    """Remove what is kept too long, or too much of; where that fails, a warning says so."""
    with _is_no_matter("The cache is not tidied"):
        _tidy(_shelf())


@dataclass(frozen=True)
class _Entry:
    """An analysis and the files it speaks of, by name."""

    analysis: Analysis
    files: Mapping[str, bytes]

    def packed(self) -> bytes:
        memory = io.BytesIO()
        with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(Analysis.file_name(), self.analysis.to_json())
            for name, content in self.files.items():
                archive.writestr(name, content)
        return memory.getvalue()

    @classmethod
    def unpacked(cls, data: bytes) -> _Entry:
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                analysis = Analysis.from_json(archive.read(Analysis.file_name()))
                files = {name: archive.read(name) for name in analysis.files()}
        except DAMAGE as error:
            raise InvalidArtefact(f"An entry of the cache is damaged: {error}.") from error
        if any(Path(name).name != name for name in files):
            raise InvalidArtefact("An entry of the cache holds files of another folder.")
        return cls(analysis, files)


def _kept(shelf: _Shelf, name: str) -> _Entry | None:
    """Return an entry, if there is one that can be used; others are soon written over."""
    try:
        data, kept_at_s = shelf.read(name)
        return _Entry.unpacked(data) if _is_fresh(kept_at_s) else None
    except (NotFound, FileNotFoundError):
        return None
    except (MvkitError, OSError) as error:
        log.warning("A song is heard again, since its entry in the cache fails: %s", error)
        return None


def _keep(shelf: _Shelf, name: str, analysis: Analysis, folder: Path) -> None:
    """Make room for an analysis, and keep it; to fail at either is no matter."""
    with _is_no_matter("What was heard in a song is not kept"):
        files = {file: (folder / file).read_bytes() for file in analysis.files()}
        data = _Entry(analysis, files).packed()
        with _is_no_matter("The cache is not tidied"):
            _tidy(shelf, coming_bytes=len(data))  # first: a full disk may then hold it
        shelf.write(name, data)


@contextmanager
def _is_no_matter(what: str) -> Iterator[None]:
    """Go on where the cache fails; log what did not work."""
    try:
        yield
    except (MvkitError, OSError) as error:
        log.warning("%s: %s", what, error)


def _tidy(shelf: _Shelf, *, coming_bytes: int = 0) -> None:
    n_bytes, needless = coming_bytes, []
    for item in sorted(shelf.items(), key=lambda item: item.kept_at_s, reverse=True):
        n_bytes += item.n_bytes
        if n_bytes > MOST_BYTES or not _is_fresh(item.kept_at_s):
            needless.append(item.name)
    if needless:
        shelf.remove(needless)


def _is_fresh(kept_at_s: float) -> bool:
    """Whether something was written within the day; not if that is yet to come by our clock."""
    return -CLOCKS_APART_S <= time.time() - kept_at_s < KEPT_S


def _digest_of(
    song: Path, lyrics: Path | None, *, transcriber: str, parameters: Mapping[str, float | str]
) -> str:
    made_of = {
        "version": ANALYSIS_VERSION,
        "code": _code_digest(),
        "song": sha256_of(song),
        "lyrics": [lyrics.suffix.lower(), sha256_of(lyrics)] if lyrics else [],
        "transcriber": transcriber,
        "parameters": dict(parameters),
    }
    return hashlib.sha256(json.dumps(made_of, sort_keys=True).encode()).hexdigest()


@cache
def _code_digest() -> str:
    """Return a digest of what hears, with the weights in it: other code may hear otherwise."""
    own, package = Path(__file__).parent, Path(__file__).parent.parent
    files = [path for path in own.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    files += [package / name for name in HEARS_TOO]
    digests = [f"{path.relative_to(package)} {sha256_of(path)}" for path in sorted(files)]
    return hashlib.sha256("\n".join(digests).encode()).hexdigest()


# --- Where entries lie -----------------------------------------------------------------------


class _Item(NamedTuple):
    name: str
    n_bytes: int
    kept_at_s: float


class _Shelf(Protocol):
    """Keeps entries by name, each whole or not at all, whoever else writes at the same time."""

    def read(self, name: str) -> tuple[bytes, float]:
        """Return an entry, and when it was written, in seconds since the epoch."""
        ...

    def write(self, name: str, data: bytes) -> None: ...

    def items(self) -> Iterable[_Item]: ...

    def remove(self, names: Iterable[str]) -> None: ...


class _FolderShelf:
    """A folder, shared by all who have the same ``runs_dir``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, name: str) -> tuple[bytes, float]:
        with (self._folder / name).open("rb") as file:
            return file.read(), os.fstat(file.fileno()).st_mtime

    def write(self, name: str, data: bytes) -> None:
        self._folder.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        write_whole(self._folder / name, data)

    def items(self) -> Iterable[_Item]:
        with suppress(FileNotFoundError), os.scandir(self._folder) as entries:
            for entry in entries:
                with suppress(FileNotFoundError):  # somebody else tidies up
                    state = entry.stat(follow_symlinks=False)
                    if stat.S_ISREG(state.st_mode):
                        yield _Item(entry.name, state.st_size, state.st_mtime)

    def remove(self, names: Iterable[str]) -> None:
        for name in names:
            (self._folder / name).unlink(missing_ok=True)


class _BucketShelf:
    """A folder of the bucket that keeps the runs, shared by all machines."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket

    def read(self, name: str) -> tuple[bytes, float]:
        found = self._bucket.get(f"{FOLDER}/{name}")
        return b"".join(found.chunks), found.modified_at_s

    def write(self, name: str, data: bytes) -> None:
        self._bucket.put(f"{FOLDER}/{name}", io.BytesIO(data))

    def items(self) -> Iterable[_Item]:
        for listed in self._bucket.listed(FOLDER).values():
            yield _Item(listed.file.name, listed.file.n_bytes, listed.file.modified_at_s)

    def remove(self, names: Iterable[str]) -> None:
        self._bucket.delete([f"{FOLDER}/{name}" for name in names])


def _shelf() -> _Shelf:
    settings = get_settings()
    if not settings.store:
        return _FolderShelf(settings.runs_dir / FOLDER)
    from mvkit.storage.bucket import Bucket

    return _BucketShelf(Bucket(settings.store))
