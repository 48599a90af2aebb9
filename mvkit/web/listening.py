"""Listening to drafts ahead: one child process for each, few at a time, at the lowest priority.

The page asks again and again what was :func:`heard`; it never waits. The analysis and its heavy
libraries stay in the child (:mod:`mvkit.web.heard`), which is ended when it takes too long, when
nobody wants it any more, and when we end.

Contents
--------
listen, heard, stop
"""

from __future__ import annotations

import threading
from contextlib import suppress
from pathlib import Path

from pydantic import ValidationError

from mvkit.processes import environment_for, run_aside, sweep
from mvkit.web.drafts import HEARD_FILE, Draft
from mvkit.web.heard import Heard

TIMEOUT_S = 60.0
MOST_FAILED = 100
"""How many drafts are remembered that were listened to in vain."""
NICENESS = 10
"""Above films in the making, below the page: somebody looks on."""
FAILURE = "The song could not be heard ahead; the film can still be made."

_guard = threading.Lock()
_listeners: dict[str, threading.Thread] = {}
"""By draft id, who listens or has listened in vain."""


def listen(draft: Draft) -> None:
    """Have somebody listen to a draft, unless that is done or was tried; return at once."""
    with _guard:
        if draft.draft_id in _listeners or _read(draft).music:
            return
        for over in [key for key, one in _listeners.items() if not one.is_alive()][:-MOST_FAILED]:
            del _listeners[over]  # of drafts that nobody asks after any more
        _listeners[draft.draft_id] = run_aside(
            ["mvkit.web.heard", str(draft.song.resolve()), str(_heard_file(draft).resolve())],
            environment=environment_for(draft.draft_id),
            timeout_s=TIMEOUT_S,
            niceness=NICENESS,
        )


def heard(draft: Draft) -> Heard:
    """Return what was heard so far; once that is all, or listening has failed, it says so."""
    listener = _listeners.get(draft.draft_id)
    has_ended = listener is not None and not listener.is_alive()  # asked first: then all is there
    found = _read(draft)
    if found.music:
        _listeners.pop(draft.draft_id, None)
    elif has_ended:
        return found.model_copy(update={"failure": FAILURE})
    return found


def stop(draft: Draft) -> None:
    """End whoever listens to a draft that nobody wants any more."""
    with _guard:
        _listeners.pop(draft.draft_id, None)
    sweep(draft.draft_id)


def _read(draft: Draft) -> Heard:
    with suppress(FileNotFoundError, ValidationError):
        return Heard.model_validate_json(_heard_file(draft).read_bytes())
    return Heard(duration_s=draft.duration_s)


def _heard_file(draft: Draft) -> Path:
    return draft.folder / HEARD_FILE
