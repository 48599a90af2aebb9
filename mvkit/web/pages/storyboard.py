"""Storyboard: what the director wants to film, to look at and to change before it is filmed.

From above: the treatment and its colours, the film on a timeline of the song, a card for each
clip, and a bar that says what there is to film and has it filmed. Whatever takes room to change
lies in a drawer at the side, so that the page itself stays quick however many clips there are.
While somebody works on the film, the page only shows.
"""

from __future__ import annotations

from typing import cast

import streamlit as st

from mvkit.errors import InvalidInput, NotFound
from mvkit.jobs.storyboard import Storyboard, have_sketched, open_storyboard
from mvkit.jobs.table import BUSY, find_job
from mvkit.run import State
from mvkit.storage import get_store
from mvkit.storage.base import is_job_id
from mvkit.web.pages import LOOK
from mvkit.web.parts.heading import NO_FILM, heading
from mvkit.web.parts.storyboard.cards import draw_cards
from mvkit.web.parts.storyboard.clip_editor import edit_clip
from mvkit.web.parts.storyboard.drawer import Drawer, close_drawer, opened
from mvkit.web.parts.storyboard.making import draw_making
from mvkit.web.parts.storyboard.palette_editor import edit_palette
from mvkit.web.parts.storyboard.summary import draw_summary
from mvkit.web.parts.storyboard.takes import choose_between_takes
from mvkit.web.parts.storyboard.timeline import draw_timeline
from mvkit.web.visitor import visitor

POLL_S = 2.0
"""How often a page that waits for something asks whether it is there."""
DRAW = {"clip": edit_clip, "takes": choose_between_takes, "palette": edit_palette}
"""What draws each kind of drawer."""

NO_PLAN = """
<div class="mv-empty"><h2>The director is still thinking</h2>
<p>The storyboard comes as soon as the song has been heard and planned: for most songs in less
than a minute.</p>
<a class="mv-button mv-button--lamp" href="/watch?job={job_id}" target="_self">Watch</a></div>
"""


def show(user: str) -> None:
    """Draw the storyboard of the film that the address names."""
    st.html(LOOK / "storyboard.css")
    job_id = st.query_params.get("job", "")
    try:
        board = _open(job_id, user=user)
    except NotFound:
        st.html(NO_FILM)
        return
    except InvalidInput as error:
        if error.reason != "NO_PLAN":
            raise
        st.html(NO_PLAN.format(job_id=job_id))
        return
    _draw(board)


def _open(job_id: str, *, user: str) -> Storyboard:
    if not is_job_id(job_id):
        raise NotFound(f"{job_id!r:.80} is no film's id; choose one under Films.")
    return open_storyboard(job_id, user=user)


def _draw(board: Storyboard) -> None:
    read_only = board.job.state in BUSY
    if not read_only:
        have_sketched(board)  # they may have been cut off
    # What was deleted has no storyboard, so the state is one that a heading knows.
    st.html(heading(board.job.title or "Untitled film", cast("State", board.job.state)))
    draw_summary(board, read_only=read_only)
    section = draw_timeline(board, read_only=read_only)
    draw_cards(board, section, read_only=read_only)
    draw_making(board)
    if read_only or len(board.sketches) < len(board.plan.clip_scripts):
        _await_news(board, _sketches(board.job.job_id))
    drawer = opened(board.job.job_id)
    if drawer and not read_only:
        _draw_drawer(board, drawer)


def _draw_drawer(board: Storyboard, drawer: Drawer) -> None:
    title = "Colours" if drawer.kind == "palette" else f"Clip {drawer.clip_index + 1}"
    dialog = st.dialog(title, width="medium", position="right", on_dismiss=close_drawer)
    dialog(_fill_drawer)(board, drawer)


def _fill_drawer(board: Storyboard, drawer: Drawer) -> None:
    """Draw what is in the drawer; this runs by itself whenever something is entered there."""
    visitor()
    if opened(drawer.job_id) is None:  # what was entered is saved
        st.rerun()
    DRAW[drawer.kind](board, drawer)


@st.fragment(run_every=POLL_S)
def _await_news(board: Storyboard, sketches: frozenset[str]) -> None:
    """Draw the page anew when its film stands otherwise, or more sketches are there."""
    job = board.job
    if find_job(job.job_id, user=visitor()).state != job.state or sketches != _sketches(job.job_id):
        st.rerun()


def _sketches(job_id: str) -> frozenset[str]:
    files = get_store().files(job_id)
    return frozenset(file.name for file in files if file.name.startswith("sketches/"))
