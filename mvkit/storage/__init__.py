"""Where runs live for all machines.

A run folder is the truth about its job, and a store is where that folder is kept for everybody::

    store = get_store()
    run = store.pull(job_id)         # the run folder on this machine, up to date
    ...                              # work on it
    store.push(run)                  # what changed is there for all machines

====================  ============================================================================
store                 what it is
====================  ============================================================================
:class:`LocalStore`   ``runs_dir`` itself: one machine, or several on one network file system
:class:`ObjectStore`  an S3-compatible store; ``runs_dir`` then holds this machine's copies
====================  ============================================================================

Readers on any machine see files whole or not at all, and an artefact never before the files it
speaks of. Many may push to one run at the same time as long as each file has one writer: nothing
in a store is shared by its runs or by the files of a run, so nothing there is read, changed and
written back. Of two who push one file, the last is heard; who may push is the queue's to decide.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from mvkit.settings import get_settings
from mvkit.storage.base import Store, StoredFile
from mvkit.storage.local import LocalStore
from mvkit.storage.objects import ObjectStore

__all__ = ["LocalStore", "ObjectStore", "Store", "StoredFile", "get_store"]


def get_store() -> Store:
    """Return the store of the settings, opened once per process.

    Raises
    ------
    InvalidInput
        If the setting ``store`` is no URL of a store, or the store's keys are missing.
    """
    settings = get_settings()
    return _open(settings.store, settings.runs_dir)


@cache
def _open(url: str, runs_dir: Path) -> Store:
    return ObjectStore(url, runs_dir=runs_dir) if url else LocalStore(runs_dir)
