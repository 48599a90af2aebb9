"""What was told while a film came about, newest first."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

from mvkit.web.parts.amounts import clock

MOST = 5


def message_list(events: Sequence[Mapping[str, Any]], *, told_already: str = "") -> str:
    """Return the latest messages and errors among a run's events, as HTML; nothing if none is.

    Parameters
    ----------
    events : sequence of mapping
        The events of a run, oldest first; each is shown with the time since the first.
    told_already : str
        What the page says elsewhere.
    """
    texts = [(event["time"], _text(event)) for event in events]
    told = [(time_s, text) for time_s, text in texts if text not in ("", told_already)]
    lines = "".join(
        f'<li><span>{html.escape(text)}</span><span class="mv-list__end">'
        f"{clock(time_s - events[0]['time'])}</span></li>"
        for time_s, text in told[: -MOST - 1 : -1]
    )
    return f'<ul class="mv-list mv-small" aria-label="Messages">{lines}</ul>' if lines else ""


def _text(event: Mapping[str, Any]) -> str:
    match event.get("event"):
        case "message":
            return str(event.get("text", ""))
        case "error":
            return str(event.get("error", ""))
    return ""
