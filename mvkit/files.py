"""Files that are there whole or not at all, records a line each, and digests.

What a crash may cut off is never left under a file's own name: it is written beside, synced to
the disk, and renamed.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Any

CUTTING_ROOM = ".cutting"
"""Folder of a run for what the film is cut from and can be made again: it saves time, no more."""


def append_line(path: Path, record: dict[str, Any]) -> None:
    """Append a record with the time to a file of JSON lines, on a line of its own.

    A line that a crash cut off is closed first, so that it spoils nothing but itself.
    """
    with path.open("ab+") as file:
        is_cut_off = file.tell() > 0 and (file.seek(-1, os.SEEK_END), file.read(1))[1] != b"\n"
        line = json.dumps({"time": round(time.time(), 3), **record}) + "\n"
        file.write((b"\n" if is_cut_off else b"") + line.encode())


def read_lines(path: Path) -> list[dict[str, Any]]:
    """Return the records of a file of JSON lines; lines cut off by a crash are left out."""
    records = []
    for line in path.read_text("utf-8").splitlines() if path.is_file() else []:
        with suppress(ValueError):
            records.append(json.loads(line))
    return records


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file so that it is there whole or not at all, even if the machine stops."""
    beside = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    data = content.encode() if isinstance(content, str) else content
    try:
        with beside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        _sync_folder(path.parent)
    finally:
        beside.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Have the folder itself written down, or a new name in it may not outlive a power failure."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sha256_of(path: Path) -> str:
    """Return the digest of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
