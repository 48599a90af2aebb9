"""Room on the disk: without it no clip comes out, so its lack stops the filming at once."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager

from mvkit.errors import MvkitError, disk_full, tells_full_disk


def stop_if_full(error: MvkitError) -> None:
    """Raise a failure as the system's own error if a full disk is behind it: never tried again.

    Raises
    ------
    OSError
        If the failure tells of a full disk.
    """
    if tells_full_disk(error.message) or error.reason == "DISK_FULL":
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error


@contextmanager
def full_disk_told(index: int) -> Iterator[None]:
    """Tell of a disk that fills up under a clip as what it is.

    Raises
    ------
    GenerationFailed
        If the disk is full (``DISK_FULL``).
    """
    try:
        yield
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise disk_full(f"clip {index}") from error
