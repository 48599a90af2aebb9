"""The editor of the film's palette: three to six colours, from the leading one to the accent."""

from __future__ import annotations

import streamlit as st

from mvkit.director import list_palettes
from mvkit.jobs.storyboard import Storyboard, change_palette
from mvkit.web.parts.storyboard.drawer import Drawer, change, tell_note
from mvkit.web.parts.treatment import palette

FEWEST, MOST = 3, 6
_NEW_COLOUR = "#808080"


def edit_palette(_board: Storyboard, drawer: Drawer) -> None:
    """Draw the editor, and save what was chosen."""
    now = drawer.plan.style.color_palette
    tell_note("palette")
    st.text("The leading colour comes first, the accent last. Locked clips keep theirs.")
    st.selectbox(
        "Start from one the director knows",
        list_palettes(),
        index=None,
        format_func=lambda known: known.name,
        placeholder="Choose a palette",
        key="palette_known",
        on_change=_take_known,
    )
    n_colours = st.segmented_control(
        "How many",
        range(FEWEST, MOST + 1),
        default=len(now),
        required=True,
        key="palette_size",
    )
    with st.container(horizontal=True):
        colours = [
            st.color_picker(
                f"Colour {n + 1}",
                now[n] if n < len(now) else _NEW_COLOUR,
                key=_key(n),
                label_visibility="collapsed",
            )
            for n in range(n_colours or len(now))
        ]
    st.html(palette(colours))
    with st.container(horizontal=True):
        if st.button("Save", type="primary", key="palette_save"):
            _save(drawer, colours)
        if st.button("Back to the director's", key="palette_director"):
            _save(drawer, None)


def _save(drawer: Drawer, colours: list[str] | None) -> None:
    change(
        lambda user: change_palette(drawer.job_id, colours, version=drawer.version, user=user),
        said="The colours are changed." if colours else "The director's colours are back.",
        at="palette",
    )
    st.rerun()


def _take_known() -> None:
    """Put a palette that was chosen into the pickers."""
    known = st.session_state.palette_known
    if known is None:
        return
    st.session_state.palette_size = len(known.colours)
    for n, colour in enumerate(known.colours):
        st.session_state[_key(n)] = colour


def _key(n: int) -> str:
    return f"palette_colour_{n}"
