"""How often films are cut, against the song's energy.

Contents
--------
rhythm_figure
    Both as curves.
cut_rate, energy_at
    The curves themselves.
tell_agreement, correlation
    How well they agree.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from itertools import cycle

import numpy as np
from numpy.typing import NDArray

from mvkit.figures.base import DOWNBEAT, FAINT, SECTION_COLOURS, Figure, time_axis
from mvkit.figures.director.seen import Plans
from mvkit.schema import Analysis, Plan, Section

LINES = (("#e8963c", "solid"), ("#3d86c6", "dash"), ("#5fa548", "dot"), ("#a765c9", "dashdot"))
"""Colour and dash of each film's line: where two run together, both are seen."""
WINDOW_S = 4.0
"""Half of the window in which cuts are counted: about two bars on either side."""
BARS, FEWEST_PAIRS = 2, 6
"""How many bars are compared at once, and how often at least."""
FLAT = 0.05
"""Energy whose standard deviation is below this gives cutting nothing to follow."""
RATE_STEP_S = 0.5
MARGIN_PX = 26

Floats = NDArray[np.float64]


def rhythm_figure(analysis: Analysis, plans: Plans) -> Figure:
    """Draw how often each film is cut, over the song's energy; the legend tells how they agree."""
    figure = Figure()
    times_s = np.arange(0.0, analysis.duration, RATE_STEP_S)
    energy = energy_at(analysis, times_s)
    _add_energy(figure, times_s, energy)
    for (name, plan), (colour, dash) in zip(plans.items(), cycle(LINES), strict=False):
        rate = cut_rate(plan, times_s)
        figure.add_scatter(
            x=times_s,
            y=np.round(rate, 2),
            name=f"{name}, {tell_agreement(plan, analysis)}",
            mode="lines",
            line={"width": 3, "color": colour, "dash": dash},
            hovertemplate="%{y:.0f} cuts a minute<extra>" + html.escape(name) + "</extra>",
        )
    _add_section_bands(figure, analysis.song_structure)
    figure.update_layout(
        template="plotly_white",
        height=300,
        margin={"l": 50, "r": 12, "t": 46, "b": MARGIN_PX},
        hovermode="x unified",
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        xaxis=time_axis(analysis.duration),
        yaxis={"title": "cuts a minute", "rangemode": "tozero", "fixedrange": True},
        yaxis2={
            "overlaying": "y",
            "side": "right",
            "range": [0.0, 1.0],
            "visible": False,
            "fixedrange": True,
        },
    )
    return figure


def cut_rate(plan: Plan, times_s: Floats) -> Floats:
    """Return how often a film is cut around each of some times, in cuts a minute.

    A shot counts by the share of it that lies in the window, so that nothing jumps where a cut
    enters it; at the ends of the film the window is cut off.
    """
    return _mean(*_shots_up_to(plan), times_s - WINDOW_S, times_s + WINDOW_S) * 60.0


def energy_at(analysis: Analysis, times_s: Floats) -> Floats:
    """Return the song's energy around some times, 0-1, in the window in which cuts are counted."""
    return _mean(*_energy_up_to(analysis), times_s - WINDOW_S, times_s + WINDOW_S)


def tell_agreement(plan: Plan, analysis: Analysis) -> str:
    """Return how well cutting follows the energy, in words: *r = 0.71 in 18 pairs of bars*.

    Pairs of bars that do not overlap are compared, or neighbours would agree with themselves.
    """
    edges_s = np.array(analysis.downbeat_timestamps[::BARS])
    if len(edges_s) <= FEWEST_PAIRS:
        return "too short to tell"
    energy = _mean(*_energy_up_to(analysis), edges_s[:-1], edges_s[1:])
    if energy.std() < FLAT:
        return "the energy hardly changes"
    rate = _mean(*_shots_up_to(plan), edges_s[:-1], edges_s[1:])
    return f"r = {correlation(rate, energy):.2f} in {len(energy)} pairs of bars"


def correlation(one: Floats, other: Floats) -> float:
    """Return Pearson's correlation of two curves; 0 where one of them does not move."""
    if min(one.std(), other.std()) < 1e-9:
        return 0.0
    return float(np.corrcoef(one, other)[0, 1])


def _shots_up_to(plan: Plan) -> tuple[Floats, Floats]:
    """Return the film's edges in seconds, and how many shots have passed by each."""
    edges_s = [*(shot.start for shot in plan.whole_shots()), plan.clip_scripts[-1].end]
    return np.array(edges_s), np.arange(len(edges_s), dtype=float)


def _energy_up_to(analysis: Analysis) -> tuple[Floats, Floats]:
    """Return times in seconds, and the energy summed up to each, in seconds."""
    step_s = 1.0 / analysis.curves.rate_hz
    sums: Floats = np.cumsum([0.0, *analysis.curves.energy], dtype=np.float64) * step_s
    return np.arange(len(sums), dtype=np.float64) * step_s, sums


def _mean(at_s: Floats, sums: Floats, from_s: Floats, to_s: Floats) -> Floats:
    """Return the means over stretches of what is summed up, cut off where it begins and ends."""
    from_s, to_s = (np.clip(times_s, at_s[0], at_s[-1]) for times_s in (from_s, to_s))
    passed = np.interp(to_s, at_s, sums) - np.interp(from_s, at_s, sums)
    mean: Floats = passed / np.maximum(to_s - from_s, 1e-9)
    return mean


def _add_energy(figure: Figure, times_s: Floats, energy: Floats) -> None:
    figure.add_scatter(
        x=times_s,
        y=np.round(energy, 3),
        yaxis="y2",
        name="energy of the song",
        mode="lines",
        line={"width": 1, "color": DOWNBEAT},
        fill="tozeroy",
        fillcolor=FAINT,
        hovertemplate="%{y:.2f}<extra>energy</extra>",
    )


def _add_section_bands(figure: Figure, sections: Sequence[Section]) -> None:
    for section in sections:
        figure.add_vrect(
            x0=section.start,
            x1=section.end,
            fillcolor=SECTION_COLOURS[section.type],
            opacity=0.16,
            line_width=0,
            layer="below",
            annotation_text=section.type,
            annotation_position="top left",
            annotation_font_size=10,
        )
