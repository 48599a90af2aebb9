"""Room on the disk: nothing is begun without some, and a little is kept for telling so.

A worker begins no stage and no clip when less than ``min_free_mb`` is left. Should the disk fill up
all the same, it gives up its *ballast*, a file that only takes room, so that the database can write
down what became of the jobs.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress

from mvkit.errors import disk_full
from mvkit.settings import get_settings

MB = 1000**2
BALLAST_BYTES = 8 * MB
BALLAST_FILE = ".ballast"
FULL_BYTES = MB
"""With less than this left, the database may not be able to write any more."""


def check_room(what: str) -> None:
    """Check that there is room on the disk to begin something.

    Parameters
    ----------
    what : str
        What is to be begun: ``"clip 3"``.

    Raises
    ------
    GenerationFailed
        If there is not (``DISK_FULL``).
    """
    if _free_bytes() < get_settings().min_free_mb * MB:
        raise disk_full(what)


def tend_ballast() -> None:
    """Give up the ballast when the disk is full; take it up again when there is plenty of room."""
    ballast = get_settings().runs_dir / BALLAST_FILE
    free_bytes = _free_bytes()
    if free_bytes < FULL_BYTES:
        ballast.unlink(missing_ok=True)
    elif free_bytes > 2 * BALLAST_BYTES + get_settings().min_free_mb * MB:
        with suppress(FileExistsError), ballast.open("xb") as file:
            os.posix_fallocate(file.fileno(), 0, BALLAST_BYTES)


def _free_bytes() -> int:
    return shutil.disk_usage(get_settings().runs_dir).free
