"""What a film is called and how it stands, in a word."""

from __future__ import annotations

import html

from mvkit.run import State

STATES: dict[State, tuple[str, str]] = {
    "waiting": ("not begun", ""),
    "queued": ("in the queue", "busy"),
    "running": ("being made", "busy"),
    "planned": ("storyboard ready", "lamp"),
    "finished": ("finished", "good"),
    "failed": ("stopped by an error", "bad"),
    "cancelled": ("cancelled", ""),
    "stopped": ("cut off", "bad"),
}
"""What each state is called, and the kind of its chip."""

NO_FILM = """
<div class="mv-empty"><h2>There is no such film</h2>
<p>It may have been deleted, or its time was up. Those you have are under Films.</p>
<a class="mv-button mv-button--lamp" href="/library" target="_self">Films</a></div>
"""
"""What is shown where a film is asked for that is not there."""


def heading(title: str, state: State) -> str:
    """Return the heading of a film's page, as HTML."""
    return f'<div class="mv-heading"><h1>{html.escape(title)}</h1>{state_chip(state)}</div>'


def state_chip(state: State) -> str:
    """Return a chip that says how a film stands, as HTML."""
    words, kind = STATES[state]
    more = f" mv-chip--{kind}" if kind else ""
    return f'<span class="mv-chip{more}" role="status">{words}</span>'
