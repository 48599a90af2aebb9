"""The bar at the bottom of the storyboard: what there is to film, and having it filmed."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

import streamlit as st

from mvkit.jobs import client
from mvkit.jobs.storyboard import Storyboard, undo_changes
from mvkit.jobs.table import BUSY, Job
from mvkit.ledger import dollars
from mvkit.providers import paid_video_model
from mvkit.schema import Video
from mvkit.storage import get_store
from mvkit.web.pages import open_page
from mvkit.web.parts.storyboard.drawer import change, tell_note


def draw_making(board: Storyboard) -> None:
    """Draw the bar; it stays in sight wherever the page is."""
    with st.bottom:
        tell_note("making")
        with st.container(horizontal=True, vertical_alignment="center", key="making"):
            st.html(_told(board))
            state = board.job.state
            if state == "planned":
                _draw_undo(board)
                _draw_make(board, "Approve and make the film")
            elif state == "finished" and is_outdated(board):
                _draw_undo(board)
                _draw_make(board, "Make the changes")
            elif st.button("Watch the film", key="storyboard_watch"):
                open_page("watch", job=board.job.job_id)


def is_outdated(board: Storyboard) -> bool:
    """Whether the finished film is not what the storyboard says."""
    return bool(board.to_film) or not _is_current(
        board.job.job_id, board.job.attempt, board.version
    )


def price_usd(board: Storyboard) -> Decimal:
    """Return what filming what is to be filmed will typically cost."""
    model = paid_video_model(board.brief.video)
    if model is None:
        return Decimal()
    scripts = (board.plan.clip_scripts[index] for index in board.to_film)
    return sum((model.typical_usd(seconds=script.length_s) for script in scripts), Decimal())


def _told(board: Storyboard) -> str:
    n_clips, n_all = len(board.to_film), len(board.plan.clip_scripts)
    state = board.job.state
    if state in BUSY:
        words = "The film is being made; until it is done, the storyboard can only be looked at."
    elif state in ("failed", "cancelled"):
        words = "The film is not finished; it goes on where you watch it."
    elif n_clips == n_all:
        words = f"All {n_all} clips are to be filmed"
    elif n_clips:
        words = f"{_counted(n_clips)} to be filmed, the other {n_all - n_clips} stay as they are"
    elif state == "finished" and not is_outdated(board):
        words = f"All {n_all} clips are filmed as they are written here."
    else:
        words = "No clip is to be filmed; the film is put together anew"
    price = price_usd(board)
    cost = f", for about {dollars(price)}" if n_clips and price and state not in BUSY else ""
    return f'<p class="mv-making">{words}{cost}</p>'


def _counted(n_clips: int) -> str:
    return "1 clip is" if n_clips == 1 else f"{n_clips} clips are"


def _draw_make(board: Storyboard, label: str) -> None:
    made = st.button(label, key="storyboard_make", type="primary")
    if made and _make(board.job):
        open_page("watch", job=board.job.job_id)


def _make(job: Job) -> bool:
    said = "The film is in the queue."
    return change(lambda user: client.approve(job.job_id, user=user), said=said, at="making")


def _draw_undo(board: Storyboard) -> None:
    if not board.is_edited:
        return
    with st.popover("Undo all changes"):
        st.text("Go back to the director's plan? Takes that were filmed stay, but are not used.")
        st.button("Yes, undo them all", key="storyboard_undo", on_click=_undo, args=(board,))


def _undo(board: Storyboard) -> None:
    change(
        lambda user: undo_changes(board.job.job_id, version=board.version, user=user),
        said="The director's plan is back.",
        at="making",
    )


@lru_cache(maxsize=64)
def _is_current(job_id: str, _attempt: int, _version: int) -> bool:
    """Whether a run's film is made from what its plan says; that changes with these alone."""
    return get_store().pull(job_id).is_current(Video)
