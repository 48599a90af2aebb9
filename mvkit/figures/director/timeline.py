"""Films on the song's clock: shots, acts, places and palettes.

Contents
--------
treatments_figure
"""

from __future__ import annotations

import html
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from mvkit.figures.base import DOWNBEAT, INK, SECTION_COLOURS, SIZES, Figure
from mvkit.figures.director.seen import (
    Plans,
    Reasons,
    in_words,
    place_colours,
    place_names,
    placed_shots,
    tell_shot,
)
from mvkit.figures.lanes import Lane, bars, clock, date
from mvkit.figures.story import accent_marks, act_bars, palette_bars
from mvkit.schema import Analysis, Plan, Section, Shot

JOINT_SYMBOLS = {"crossfade": "x-thin", "fade": "circle-open"}
OTHER_JOINT = "hourglass-open"
HEADING_PX, ACTS_PX, SHOTS_PX, PLACES_PX, PALETTE_PX = 26, 18, 92, 20, 34
SECTIONS_PX, GAP_PX, APART_PX, MARGIN_PX = 22, 3, 16, 26
SIZE_STEP = 0.15
"""By how much of its lane a block is lower where the camera is one size farther away."""
EMPTY_OPACITY = 0.6
WIDTH, HEADING_WIDTH, REASONS = 52, 130, 3


def treatments_figure(
    analysis: Analysis, plans: Plans, *, reasons: Mapping[str, str] | None = None
) -> Figure:
    """Draw the films on the song: the closer the camera the taller the block, by place.

    Parameters
    ----------
    analysis : Analysis
        The song.
    plans : mapping of str to Plan
        The films by the names they are called.
    reasons : mapping of str to str, optional
        A sentence for each rule, told where the pointer is on a shot.

    Returns
    -------
    Figure
        From above: the song's sections; then of each film its story's acts, its shots, its places,
        and its palette as each stretch of the film has it, the leading colour widest.
    """
    has_acts = any(plan.acts for plan in plans.values())
    film_px = HEADING_PX + SHOTS_PX + PLACES_PX + PALETTE_PX + 3 * GAP_PX + APART_PX
    film_px += ACTS_PX + GAP_PX if has_acts else 0
    stack = _Stack(SECTIONS_PX + len(plans) * film_px)
    figure = Figure()
    _add_sections(figure, analysis.song_structure, stack.next(SECTIONS_PX))
    colours = place_colours(plans)
    for name, plan in plans.items():
        _add_heading(figure, name, plan, stack.next(HEADING_PX))
        if has_acts:
            figure.add_bar(**act_bars(plan, lane=stack.next(ACTS_PX), reasons=reasons))
        shots = stack.next(SHOTS_PX)
        _add_shots(figure, plan, shots, colours, reasons or {})
        figure.add_scatter(**accent_marks(plan, height=shots.at(0.07), colour=INK))
        _add_joints(figure, plan, shots)
        _add_places(figure, plan, stack.next(PLACES_PX), colours)
        _add_palette(figure, plan, stack.next(PALETTE_PX, after_px=APART_PX))
    return _on_lanes(figure, analysis, height_px=stack.height_px)


class _Stack:
    """Lanes from above, each so many pixels high."""

    def __init__(self, height_px: int) -> None:
        self.height_px = height_px
        self._top_px = float(height_px)

    def next(self, lane_px: float, *, after_px: float = GAP_PX) -> Lane:
        lane = Lane((self._top_px - lane_px) / self.height_px, self._top_px / self.height_px)
        self._top_px -= lane_px + after_px
        return lane


def _add_sections(figure: Figure, sections: Sequence[Section], lane: Lane) -> None:
    figure.add_bar(
        **bars([(section.start, section.end) for section in sections], lane=lane),
        name="section",
        marker={
            "color": [SECTION_COLOURS[section.type] for section in sections],
            "line": {"width": 1, "color": "white"},
        },
        **_inside([section.type for section in sections]),
        hovertext=[
            f"<b>{section.type}</b> {html.escape(section.label)}<br>{clock(section)}, "
            f"{section.energy} energy"
            for section in sections
        ],
        hoverinfo="text",
    )


def _add_heading(figure: Figure, name: str, plan: Plan, lane: Lane) -> None:
    summary = textwrap.shorten(plan.video_summary.split(". ")[0], HEADING_WIDTH, placeholder=" …")
    told = ", ".join(filter(None, (in_words(plan.genre), plan.format)))
    figure.add_annotation(
        text=f"<b>{html.escape(name)}</b>, {html.escape(told)}: {html.escape(summary)}",
        x=0,
        xref="paper",
        xanchor="left",
        y=lane.at(0.35),
        yanchor="middle",
        showarrow=False,
        font={"size": 13},
    )


def _add_shots(
    figure: Figure,
    plan: Plan,
    lane: Lane,
    colours: Mapping[str, str],
    reasons: Mapping[str, str],
) -> None:
    rows, why, places = placed_shots(plan), Reasons(plan, reasons), place_names(plan)
    figure.add_bar(
        **bars(
            [(shot.start, shot.end) for _, shot in rows],
            lane=lane,
            shares=[1 - SIZE_STEP * SIZES.index(shot.size) for _, shot in rows],
        ),
        name="shot",
        marker={
            "color": [colours[script.scenes[0]] for script, _ in rows],
            "opacity": [1.0 if shot.characters else EMPTY_OPACITY for _, shot in rows],
            "line": {"width": 0.75, "color": "white"},
        },
        hovertext=[_told(shot, places[script.scenes[0]], why.of(shot)) for script, shot in rows],
        hoverinfo="text",
    )


def _add_joints(figure: Figure, plan: Plan, lane: Lane) -> None:
    """Mark where one clip gives way to the next other than by a cut."""
    seen = [transition for transition in plan.transitions if transition.type != "cut"]
    figure.add_scatter(
        x=[date(plan.clip_scripts[transition.to_clip].start) for transition in seen],
        y=[lane.at(0.93)] * len(seen),
        name="transition",
        mode="markers",
        marker={
            "symbol": [JOINT_SYMBOLS.get(transition.type, OTHER_JOINT) for transition in seen],
            "size": 6,
            "color": INK,
            "line": {"width": 1.5, "color": INK},
        },
        hovertext=[
            f"<b>{transition.type}, {transition.duration:.1f} s</b><br>"
            f"{_wrapped(transition.rationale)}"
            for transition in seen
        ],
        hoverinfo="text",
    )


def _add_places(figure: Figure, plan: Plan, lane: Lane, colours: Mapping[str, str]) -> None:
    """Name each stretch of the film that stays in one place."""
    stays = _stretches(plan, [script.scenes[0] for script in plan.clip_scripts])
    names = place_names(plan)
    figure.add_bar(
        **bars([(start_s, end_s) for start_s, end_s, _ in stays], lane=lane),
        name="place",
        marker={
            "color": [colours[place] for _, _, place in stays],
            "opacity": 0.55,
            "line": {"width": 1, "color": "white"},
        },
        **_inside([names[place] for _, _, place in stays], colour=None),
        hovertext=[names[place] for _, _, place in stays],
        hoverinfo="text",
    )


def _add_palette(figure: Figure, plan: Plan, lane: Lane) -> None:
    """Draw the palette as each stretch of the film has it."""
    figure.add_bar(**palette_bars(plan, lane=lane))
    figure.add_shape(  # a frame, so that white is seen on a white page
        type="rect",
        xref="paper",
        x0=0,
        x1=1,
        y0=lane.bottom,
        y1=lane.top,
        line={"width": 1, "color": DOWNBEAT},
    )


def _stretches(plan: Plan, values: Sequence[Any]) -> list[tuple[float, float, Any]]:
    """Return neighbouring clips of the same value as one: start, end, value."""
    found: list[tuple[float, float, Any]] = []
    for script, value in zip(plan.clip_scripts, values, strict=True):
        start_s = found.pop()[0] if found and found[-1][2] == value else script.start
        found.append((start_s, script.end, value))
    return found


def _on_lanes(figure: Figure, analysis: Analysis, *, height_px: int) -> Figure:
    figure.update_layout(
        template="plotly_white",
        height=height_px + MARGIN_PX,
        margin={"l": 2, "r": 2, "t": 0, "b": MARGIN_PX},
        barmode="overlay",
        bargap=0,
        uniformtext={"minsize": 9, "mode": "hide"},
        showlegend=False,
        hovermode="closest",
        hoverlabel={"align": "left"},
        dragmode="zoom",
    )
    figure.update_xaxes(
        type="date",
        range=[date(0.0), date(analysis.duration)],
        tickformat="%-M:%S",
        showgrid=False,
        zeroline=False,
        ticks="outside",
        tickcolor=DOWNBEAT,
        nticks=10,
    )
    figure.update_yaxes(visible=False, range=[0.0, 1.0], fixedrange=True)
    figure.update_traces(
        marker={"line": {"color": "white"}, "cornerradius": 0}, selector={"name": "act"}
    )
    figure.update_traces(marker={"opacity": 0.6}, selector={"name": "accent"})
    return figure


def _inside(texts: Sequence[str], *, colour: str | None = INK) -> dict[str, Any]:
    """Return texts inside bars, where they have room."""
    return {
        "text": texts,
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textangle": 0,
        "textfont": {"size": 11} | ({"color": colour} if colour else {}),
    }


def _told(shot: Shot, place: str, reasons: Sequence[str]) -> str:
    """Return what a shot says of itself while the pointer is on it."""
    lines = [
        f"<b>{clock(shot)}</b>, {shot.length_s:.1f} s",
        html.escape(place),
        tell_shot(shot),
        *(f"<i>{_wrapped(reason)}</i>" for reason in reasons[:REASONS]),
    ]
    return "<br>".join(lines)


def _wrapped(text: str) -> str:
    return "<br>".join(html.escape(line, quote=False) for line in textwrap.wrap(text, WIDTH))
