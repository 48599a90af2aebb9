"""The clips of a storyboard as cards, each with what can be done about it."""

from __future__ import annotations

import streamlit as st

from mvkit.jobs.storyboard import Storyboard, lock_clip, new_take
from mvkit.schema import ClipScript, Section
from mvkit.web.parts.storyboard.card import script_card
from mvkit.web.parts.storyboard.drawer import change, open_drawer, tell_note

STEP = 12
"""How many cards are drawn at once: the others come when they are asked for."""
_SHOWN = "storyboard_shown"


def draw_cards(board: Storyboard, section: Section | None, *, read_only: bool) -> None:
    """Draw the clips of a section, or of the whole film, as many as have been asked for."""
    scripts = [s for s in board.plan.clip_scripts if section is None or _is_in(s, section)]
    view = (board.job.job_id, section)
    seen_view, n_shown = st.session_state.get(_SHOWN, (None, STEP))
    n_shown = n_shown if seen_view == view else STEP
    with st.container(key="scripts"):
        for script in scripts[:n_shown]:
            _draw_card(board, script, read_only=read_only)
    n_more = len(scripts) - n_shown
    if n_more > 0:
        st.button(
            f"Show {min(n_more, STEP)} more of {n_more}",
            key="storyboard_more",
            width="stretch",
            on_click=st.session_state.__setitem__,
            args=(_SHOWN, (view, n_shown + STEP)),
        )


def _is_in(script: ClipScript, section: Section) -> bool:
    return section.start <= (script.start + script.end) / 2 < section.end


def _draw_card(board: Storyboard, script: ClipScript, *, read_only: bool) -> None:
    index = script.clip_index
    with st.container(border=True, key=f"script_{index}"):
        st.html(script_card(board, script))
        tell_note(_place(index))
        if not read_only:
            with st.container(horizontal=True, gap="small", key=f"script_do_{index}"):
                _draw_buttons(board, script)


def _draw_buttons(board: Storyboard, script: ClipScript) -> None:
    index, locked = script.clip_index, script.locked
    buttons = [("unlock", "Unlock", "lock", _lock)]
    if not locked:
        buttons = [("edit", "Edit", "edit", _open_editor), ("lock", "Lock", "lock_open", _lock)]
        if _is_filmed(board, script):
            buttons.append(("redo", "New take", "replay", _redo))
        if len(board.takes[index]) > 1:
            buttons.append(("takes", "Takes", "video_library", _open_takes))
    for name, label, icon, do in buttons:
        st.button(
            label,
            key=f"{name}_{index}",
            icon=f":material/{icon}:",
            type="secondary" if name == "edit" else "tertiary",
            on_click=do,
            args=(board, script),
        )


def _open_editor(board: Storyboard, script: ClipScript) -> None:
    open_drawer(board, "clip", script.clip_index)


def _lock(board: Storyboard, script: ClipScript) -> None:
    """Lock a clip, or unlock it."""
    index, locks = script.clip_index, not script.locked
    change(
        lambda user: lock_clip(board.job.job_id, index, locks, version=board.version, user=user),
        said=f"Clip {index + 1} is {'locked' if locks else 'unlocked'}.",
        at=_place(index),
    )


def _redo(board: Storyboard, script: ClipScript) -> None:
    index = script.clip_index
    change(
        lambda user: new_take(board.job.job_id, index, version=board.version, user=user),
        said=f"Clip {index + 1} gets another take.",
        at=_place(index),
    )


def _open_takes(board: Storyboard, script: ClipScript) -> None:
    open_drawer(board, "takes", script.clip_index)


def _is_filmed(board: Storyboard, script: ClipScript) -> bool:
    takes = board.takes[script.clip_index]
    return any(take.number == script.take and take.video for take in takes)


def _place(index: int) -> str:
    return f"clip {index}"
