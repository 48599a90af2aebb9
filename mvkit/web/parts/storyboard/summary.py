"""What the director has in mind with the film, and in which colours."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping

import streamlit as st

from mvkit.jobs.storyboard import Storyboard
from mvkit.web.parts.song import song_facts
from mvkit.web.parts.storyboard.drawer import open_drawer
from mvkit.web.parts.treatment import kind_of_film, palette, story


def draw_summary(board: Storyboard, *, read_only: bool) -> None:
    """Draw summary, motif, notes, treatment, what was understood, the palette and the acts."""
    plan = board.plan
    told, look = st.columns([3, 2], gap="large")
    told.html(
        f'<p class="mv-story">{html.escape(plan.video_summary)}</p>{_motif(plan.motif)}'
        f"{_notes(plan.notes)}"
        f'<details class="mv-fold"><summary>Treatment</summary>'
        f"<p>{html.escape(plan.treatment)}</p></details>"
        f'<details class="mv-fold"><summary>The wish</summary>'
        f"<p>{html.escape(board.brief.prompt)}</p>{_understood(plan.understood)}</details>"
    )
    with look:
        st.html(song_facts(board.analysis))
        with st.container(horizontal=True, vertical_alignment="center", key="palette"):
            st.html(palette(plan.style.color_palette), width="content")
            st.button(
                "Change colours",
                key="palette_open",
                type="tertiary",
                icon=":material/palette:",
                on_click=open_drawer,
                args=(board, "palette"),
                disabled=read_only,
            )
        st.html(
            f'<p class="mv-muted mv-small">{kind_of_film(plan)} · '
            f"{html.escape(plan.style.visual_style)}: {html.escape(plan.style.lighting)}</p>"
        )
    if acts := story(plan):
        st.html(acts)


def _motif(motif: str) -> str:
    """Return what returns through the film and grows."""
    return f'<p class="mv-motif"><b>What returns</b> {html.escape(motif)}</p>' if motif else ""


def _notes(notes: Iterable[str]) -> str:
    """Return what is worth knowing of how the plan came about."""
    told = html.escape(" ".join(notes))
    return f'<p class="mv-muted mv-small">{told}</p>' if told else ""


def _understood(understood: Mapping[str, tuple[str, ...]]) -> str:
    """Return which words of the wish the director took up, and as what."""
    chips = "".join(
        f'<span class="mv-chip"><b>{html.escape(topic)}</b> {html.escape(", ".join(words))}</span>'
        for topic, words in understood.items()
    )
    return f'<p class="mv-muted mv-small">Understood as</p><div class="mv-row">{chips}</div>'
