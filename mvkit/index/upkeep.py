"""Keeping the index in step with the run folders."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from pathlib import Path

from mvkit.index.file import IndexFile
from mvkit.index.reading import read_run, read_votes, state_now
from mvkit.index.scan import UNSETTLED, scan
from mvkit.index.tables import Row, SignatureRow
from mvkit.schema.vote import VOTES_FILE
from mvkit.settings import get_settings

logger = logging.getLogger("mvkit.index")

BATCH = 250
"""How many runs are held in memory between reading and writing them."""


def refresh() -> Path:
    """Bring the index up to date with the run folders; return its path.

    Where nothing has changed, this waits for nobody.

    Raises
    ------
    GenerationFailed
        If the index cannot be written.
    """
    file = _file()
    if file.is_whole() and not _stale(file, scan(file.runs_dir)):
        return file.path
    with file.alone():  # somebody else may have done it while we waited: look again
        found = scan(file.runs_dir)
        if not file.is_whole():
            return _make_anew(file, found)
        stale = _stale(file, found)
        if stale:
            _write(file, found, stale=stale)
    return file.path


def rebuild() -> Path:
    """Make the index anew from the run folders; return its path.

    Until it is there, others read the one before.

    Raises
    ------
    GenerationFailed
        If the index cannot be written.
    """
    file = _file()
    with file.alone():
        _write(file, scan(file.runs_dir), stale=None)
    return file.path


def _file() -> IndexFile:
    return IndexFile(get_settings().runs_dir.resolve())


def _make_anew(file: IndexFile, found: Mapping[str, str]) -> Path:
    """Make an index where there is none that can be trusted, and say so."""
    if file.was_made:
        logger.warning(
            "The index of runs (%s) was %s; it is made anew from %d run folders.",
            file.path,
            "torn, changed from outside, or made by another version" if file.exists else "gone",
            len(found),
        )
    _write(file, found, stale=None)
    return file.path


def _stale(file: IndexFile, found: Mapping[str, str]) -> set[str]:
    """Return the runs whose rows do not say what their folders say, vanished ones included."""
    with file.opened() as index:
        known = dict(index.execute("SELECT job_id, signature FROM signatures").fetchall())
        at_work = index.execute("SELECT job_id FROM runs WHERE state = 'running'").fetchall()
    changed = {
        job_id
        for job_id, signature in found.items()
        if signature == UNSETTLED or known.get(job_id) != signature
    }
    # No file tells when a worker was killed.
    cut_off = {job_id for (job_id,) in at_work if state_now(file.runs_dir / job_id) != "running"}
    return changed | cut_off | (known.keys() - found.keys())


def _read(runs_dir: Path, name: str) -> list[Row]:
    return read_votes(runs_dir) if name == VOTES_FILE else read_run(runs_dir / name)


def _write(file: IndexFile, found: Mapping[str, str], *, stale: Collection[str] | None) -> None:
    """Write a new index: the rows of stale runs (None: all) from their folders, else as before."""
    to_read = [job_id for job_id in found if stale is None or job_id in stale]
    with file.replaced(anew=stale is None) as tables:
        tables.forget(stale or ())
        for first in range(0, len(to_read), BATCH):
            for job_id in to_read[first : first + BATCH]:
                rows = _read(file.runs_dir, job_id)
                if rows:
                    tables.add(SignatureRow(job_id, found[job_id]), *rows)
            tables.insert()
