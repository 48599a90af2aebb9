"""Which runs there are, and whether their files have changed, without opening a file.

A run's *signature* says when each of its files was last changed, by the file system's clock
(``st_ctime``: no program can set it), and how large it is. A change within the clock's own step
could leave both as they were; so a run that was changed a moment ago counts as changed until it
has come to rest.
"""

from __future__ import annotations

import hashlib
import os
import re
import time
from pathlib import Path

from mvkit.run import EVENTS_FILE, STATUS_FILE
from mvkit.schema.vote import VOTES_FILE

JOB_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
LEDGER_FILE = "ledger.jsonl"
ARTEFACTS = ("brief.json", "analysis.json", "plan.json", "clips.json", "video.json")
FILES = (*ARTEFACTS, STATUS_FILE, EVENTS_FILE, LEDGER_FILE)
"""What is read of a run. Other files (the film) come and go with the folder's own time."""

UNSETTLED = ""
"""The signature of a run that was changed a moment ago; equal to none, not even to itself."""
SETTLED_AFTER_S = 2.0
"""The coarsest step of a file system's clock."""


def scan(runs_dir: Path) -> dict[str, str]:
    """Return the signature of each run in a folder, by job id, and of the votes, by their file.

    Folders that are not named like a run or hold no brief are passed over, and so are links.
    """
    changing_ns = time.time_ns() - int(SETTLED_AFTER_S * 1e9)
    marks = {
        name: [_mark(f"{runs_dir}/{name}/{file}") for file in ("", *FILES)]
        for name in _folders(runs_dir)
    }
    there = {name: found for name, found in marks.items() if found[1]}
    if votes := _mark(f"{runs_dir}/{VOTES_FILE}"):
        there[VOTES_FILE] = [votes]
    return {
        name: _signature(found)
        if max(mark[0] for mark in found if mark) < changing_ns
        else UNSETTLED
        for name, found in there.items()
    }


def _folders(runs_dir: Path) -> list[str]:
    try:
        with os.scandir(runs_dir) as entries:
            return [
                entry.name
                for entry in entries
                if JOB_ID.fullmatch(entry.name) and entry.is_dir(follow_symlinks=False)
            ]
    except FileNotFoundError:
        return []


def _mark(path: str) -> tuple[int, int] | None:
    """Return when a file was changed and how large it is, or None if it is not there."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_ctime_ns, found.st_size


def _signature(marks: list[tuple[int, int] | None]) -> str:
    return hashlib.blake2b(repr(marks).encode(), digest_size=16).hexdigest()
