"""The film on a timeline of its song, and the choice of the part to look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import streamlit as st

from mvkit.figures import place_colours, storyboard_figure
from mvkit.jobs.storyboard import Storyboard
from mvkit.schema import Section, Span
from mvkit.web.parts.storyboard.craft import advice_of_rules, place_words
from mvkit.web.parts.storyboard.drawer import open_drawer

_CLICKS = "storyboard_clicks"
CONFIG = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False}
HINT = (
    "A block is a shot: the taller, the closer; paler where nobody is in sight. × is a crossfade, "
    "● a fade through black, ⧗ another effect between two pictures. At its feet are beats it "
    "answers: ▲ a punch closer, ★ a flash, ◆ a shake."
)


def draw_timeline(board: Storyboard, *, read_only: bool) -> Section | None:
    """Draw the timeline, and return the section its user wants to look at, if not the whole."""
    sections = board.analysis.song_structure
    names = _names(sections)
    part = st.pills(
        "Part of the song",
        range(len(sections)),
        format_func=names.__getitem__,
        key="storyboard_part",
        label_visibility="collapsed",
        wrap=False,
    )
    section = None if part is None else sections[part]
    with st.container(key="timeline"):
        _draw_figure(board, section, read_only=read_only)
    st.html(_legend(board))
    return section


def _draw_figure(board: Storyboard, section: Section | None, *, read_only: bool) -> None:
    figure = storyboard_figure(
        board.analysis, board.plan, reasons=advice_of_rules(), span=section and _wider(section)
    )
    key = f"storyboard_timeline_{st.session_state.get(_CLICKS, 0)}"
    st.plotly_chart(
        figure,
        theme=None,
        config=CONFIG,
        key=key,
        on_select="ignore" if read_only else lambda: _open_clicked(board, key),
        selection_mode="points",
        alt="The film's clips and shots on a timeline of the song",
    )


def _open_clicked(board: Storyboard, key: str) -> None:
    """Open the clip that was clicked, and forget the click so that the next one counts anew."""
    points = st.session_state[key].selection.points
    clicked = [point["customdata"] for point in points if "customdata" in point]
    if clicked:
        st.session_state[_CLICKS] = st.session_state.get(_CLICKS, 0) + 1
        open_drawer(board, "clip", clicked[0])


def _names(sections: Sequence[Section]) -> list[str]:
    """Return what to call the sections; those of a kind that comes again are counted."""
    total, seen = Counter(section.type for section in sections), Counter[str]()
    names = []
    for section in sections:
        seen[section.type] += 1
        is_one_of_many = total[section.type] > 1
        names.append(f"{section.type} {seen[section.type]}" if is_one_of_many else section.type)
    return names


def _wider(section: Section) -> Span:
    """Return a section with a little of what is around it."""
    margin_s = 0.04 * section.length_s
    return Span(start=max(0.0, section.start - margin_s), end=section.end + margin_s)


def _legend(board: Storyboard) -> str:
    colours = place_colours(board.plan)
    places = "".join(
        f'<span class="mv-place" style="--place: {colours[scene.id]}">{place_words(scene)}</span>'
        for scene in board.plan.scenes
    )
    return f'<div class="mv-row mv-small mv-muted">{places}<span>{HINT}</span></div>'
