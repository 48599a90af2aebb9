"""The takes of a clip side by side, to choose the one that is used."""

from __future__ import annotations

import streamlit as st

from mvkit.jobs.storyboard import Storyboard, Take, choose_take
from mvkit.web.parts.player import clip_player
from mvkit.web.parts.storyboard.card import clip_picture
from mvkit.web.parts.storyboard.drawer import Drawer, change, tell_note


def choose_between_takes(board: Storyboard, drawer: Drawer) -> None:
    """Draw every take of a clip, and choose the one that is asked for."""
    index = drawer.clip_index
    chosen = board.plan.clip_scripts[index]
    tell_note("takes")
    with st.container(key="takes"):
        for take in board.takes[index]:
            is_used = take.number == chosen.take
            with st.container(border=True):
                st.html(_face(take, clip_picture(board, chosen) if is_used else _film(board, take)))
                st.text(take.script.visual_description)
                st.button(
                    "Used now" if is_used else "Use this take",
                    key=f"take_{take.number}",
                    disabled=is_used,
                    on_click=_choose,
                    args=(drawer, take.number),
                    width="stretch",
                )


def _choose(drawer: Drawer, number: int) -> None:
    index = drawer.clip_index
    change(
        lambda user: choose_take(drawer.job_id, index, number, version=drawer.version, user=user),
        said=f"Clip {index + 1} uses take {number}.",
        at="takes",
    )


def _face(take: Take, picture: str) -> str:
    name = f'<p class="mv-card__title">Take {take.number}</p>'
    return f'<div class="mv-script__picture">{picture}</div>{name}'


def _film(board: Storyboard, take: Take) -> str:
    """Return the player of a take, or why there is none."""
    if not take.video:
        return '<p class="mv-muted mv-small mv-script__none">not filmed yet</p>'
    return clip_player(
        board.job.job_id,
        take.video,
        poster=take.poster,
        label=f"Take {take.number}: {take.script.visual_description}",
        aspect=board.brief.aspect,
        written_at_s=board.job.updated_at_s,
    )
