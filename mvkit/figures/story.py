"""The story of a film on a timeline: its acts, its colours from part to part, its accents.

Each function returns the arguments of a Plotly trace over the clock of :mod:`.lanes`, for a dark
page and a white one alike. Plans that know nothing of a story have empty traces.

Contents
--------
act_bars, palette_bars, accent_marks
    What is drawn in a lane.
palette_parts
    The palette of each stretch of the film.
"""

from __future__ import annotations

import html
import textwrap
from collections.abc import Mapping
from typing import Any, NamedTuple

from mvkit.figures.base import INK
from mvkit.figures.lanes import Lane, bars, clock, date
from mvkit.grading import graded_palette
from mvkit.schema import Plan, Span

ACT_COLOURS = {
    "setup": "#a9b4c9",
    "rise": "#c9c08f",
    "turn": "#d9a36a",
    "climax": "#e07a6a",
    "release": "#9fc2a8",
}
ACCENT_SYMBOLS = {"punch": "triangle-up", "flash": "star", "shake": "diamond-wide"}
WIDTH = 48


class PalettePart(NamedTuple):
    """A stretch of the film of one palette, the leading colour first."""

    span: Span
    palette: tuple[str, ...]


def palette_parts(plan: Plan) -> tuple[PalettePart, ...]:
    """Return the stretches of a film that have one palette each, in order."""
    parts: list[PalettePart] = []
    for script in plan.clip_scripts:
        palette = graded_palette(plan.style.color_palette, script.grade)
        goes_on = bool(parts) and parts[-1].palette == palette
        start_s = parts.pop().span.start if goes_on else script.start
        parts.append(PalettePart(Span(start=start_s, end=script.end), palette))
    return tuple(parts)


def act_bars(
    plan: Plan,
    *,
    lane: Lane,
    reasons: Mapping[str, str] | None = None,
    ink: str = INK,
    opacity: float = 1.0,
) -> dict[str, Any]:
    """Return the acts as named bands; a band tells its story, and why where that is known."""
    acts, why = plan.acts, reasons or {}
    return {
        **bars([(act.start, act.end) for act in acts], lane=lane),
        "name": "act",
        "marker": {
            "color": [ACT_COLOURS[act.name] for act in acts],
            "opacity": opacity,
            "line": {"width": 1, "color": INK},
            "cornerradius": 4,
        },
        "text": [act.name for act in acts],
        "textfont": {"color": ink, "size": 11},
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textangle": 0,
        "hovertext": [
            "<br>".join(
                [
                    f"<b>{act.name}</b> {clock(act)}",
                    _wrapped(act.story),
                    *(f"<i>{_wrapped(why[rule])}</i>" for rule in act.rules if rule in why),
                ]
            )
            for act in acts
        ],
        "hoverinfo": "text",
        "showlegend": False,
    }


def palette_bars(plan: Plan, *, lane: Lane) -> dict[str, Any]:
    """Return the palette of each stretch, colours above one another, the first twice as wide."""
    rows = [
        (part.span, index, colour)
        for part in palette_parts(plan)
        for index, colour in enumerate(part.palette)
    ]
    step = 1 / (len(plan.style.color_palette) + 1)
    blocks = bars([(span.start, span.end) for span, _, _ in rows], lane=lane)
    return {
        **blocks,
        "base": [round(lane.at(1 - step * (index + 2)), 4) for _, index, _ in rows],
        "y": [round((1 if index else 2) * step * lane.height, 4) for _, index, _ in rows],
        "name": "palette",
        "marker": {"color": [colour for _, _, colour in rows], "line": {"width": 0}},
        "hovertext": [
            f"{colour}{'' if index else ' leads'}<br>{clock(span)}" for span, index, colour in rows
        ],
        "hoverinfo": "text",
        "showlegend": False,
    }


def accent_marks(plan: Plan, *, height: float, colour: str) -> dict[str, Any]:
    """Return a mark for each beat that the picture answers, at a height of the figure."""
    shots = [shot for script in plan.clip_scripts for shot in script.shots]
    accents = [accent for shot in shots for accent in shot.accents]
    return {
        "x": [date(accent.time) for accent in accents],
        "y": [height] * len(accents),
        "name": "accent",
        "mode": "markers",
        "marker": {
            "symbol": [ACCENT_SYMBOLS[accent.kind] for accent in accents],
            "size": [round(6 + 4 * accent.strength, 1) for accent in accents],
            "color": colour,
            "opacity": 1.0,
        },
        "hovertext": [
            f"<b>{accent.kind}</b>, strength {accent.strength:.1f}" for accent in accents
        ],
        "hoverinfo": "text",
        "showlegend": False,
    }


def _wrapped(text: str) -> str:
    """Return a text in lines of a hover label, with nothing in it that Plotly takes for a tag."""
    return "<br>".join(html.escape(line, quote=False) for line in textwrap.wrap(text, WIDTH))
