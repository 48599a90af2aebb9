"""The drawer of the storyboard: what lies open at the side of the page, and what became of it.

A person opens a clip, its takes or the palette; the drawer stays open while the page is drawn
anew around it, with what was entered so far, until it is saved or dismissed. What goes wrong is
noted where it happened, and told when that part of the page is drawn again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import streamlit as st

from mvkit.errors import MvkitError, Unauthorized
from mvkit.jobs.storyboard import Storyboard
from mvkit.schema import Plan
from mvkit.web.parts.complaint import complaint
from mvkit.web.visitor import visitor

Kind = Literal["clip", "takes", "palette"]

_OPEN, _NOTES = "storyboard_open", "storyboard_notes"
_NEWER = (
    "The page shows it as it is now, and what you entered is kept: do it again if you still want "
    "it."
)


@dataclass(frozen=True, kw_only=True)
class Drawer:
    """What is open.

    Attributes
    ----------
    job_id, clip_index
        The film, and the clip if it is about one.
    plan : Plan
        The plan when it was opened: what is entered is compared with what its user saw.
    version : int or None
        The storyboard's then; None once its user knows that there is a newer one.
    """

    job_id: str
    kind: Kind
    clip_index: int
    plan: Plan
    version: int | None


def open_drawer(board: Storyboard, kind: Kind, clip_index: int = 0) -> None:
    """Open the drawer, when the page is drawn next."""
    st.session_state[_OPEN] = Drawer(
        job_id=board.job.job_id,
        kind=kind,
        clip_index=clip_index,
        plan=board.plan,
        version=board.version,
    )


def close_drawer() -> None:
    """Close the drawer, when the page is drawn next."""
    st.session_state.pop(_OPEN, None)


def opened(job_id: str) -> Drawer | None:
    """Return what is open of a film."""
    drawer: Drawer | None = st.session_state.get(_OPEN)
    return drawer if drawer and drawer.job_id == job_id else None


def change(make: Callable[[str], object], *, said: str, at: str) -> bool:
    """Make a change as whoever looks at the page, and tell how it went.

    Parameters
    ----------
    make : callable
        Makes the change, given the user's name.
    said : str
        What to say once it is made.
    at : str
        Where to tell what went wrong; see :func:`tell_note`.

    Returns
    -------
    bool
        Whether it was made. The drawer is closed then.
    """
    try:
        make(visitor())
    except Unauthorized:  # the page asks to log in when it is drawn next
        return False
    except MvkitError as error:
        _note(at, error)
        return False
    close_drawer()
    st.toast(said)
    return True


def tell_note(at: str) -> None:
    """Draw what went wrong here, once."""
    if note := st.session_state.get(_NOTES, {}).pop(at, ""):
        st.html(note)


def _note(at: str, error: MvkitError) -> None:
    notes = st.session_state.setdefault(_NOTES, {})
    if error.reason != "VERSION":
        notes[at] = complaint("Nothing was changed", error)
        return
    notes[at] = complaint("Somebody was quicker", error, advice=_NEWER)
    if drawer := st.session_state.get(_OPEN):
        st.session_state[_OPEN] = replace(drawer, version=None)
