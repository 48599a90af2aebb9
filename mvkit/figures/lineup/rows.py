"""A row for each film over one clock: how it is cut, and its colours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mvkit.figures.base import FAINT, SECTION_COLOURS, Figure, time_axis
from mvkit.figures.lineup.words import EDGES_PX, MOST_DRAWN, escaped, left_out, short_name
from mvkit.figures.look import LAMP
from mvkit.figures.story import palette_parts
from mvkit.schema import Analysis, Plan
from mvkit.schema.lineup import Film

ROW_PX = 58
STEP_S = 0.5
SQUARE = {"line": {"width": 0}, "cornerradius": 0}
"""Bars that lie side by side without a seam."""
BAND, STRIP, GAP = 0.86, 0.1, 0.02
"""Shares of a film's row that are drawn on, and that the parts of its song take, and leave free."""


def rhythms_figure(films: Sequence[Film]) -> Figure:
    """Draw how quickly each film is cut, shot by shot, over its song's energy and parts."""
    drawn = [(film, film.plan, film.analysis) for film in films if film.plan and film.analysis]
    shown = drawn[:MOST_DRAWN]
    figure = Figure()
    most = max((max(_rates(plan)) for _, plan, _ in shown), default=1.0)
    for place, (film, plan, heard) in enumerate(shown):
        _add_energy(figure, heard, floor=-place)
        _add_parts(figure, heard, floor=-place)
        _add_rates(figure, plan, most=most, floor=-place, name=film.name)
    _name_parts(figure, [heard for *_, heard in shown])
    longest_s = max((heard.duration for *_, heard in shown), default=1.0)
    _lay_out_rows(figure, [film for film, *_ in drawn], duration_s=longest_s)
    return figure


def palettes_figure(films: Sequence[Film]) -> Figure:
    """Draw the colours of each film as they follow one another, the leading one below."""
    drawn = [(film, film.plan) for film in films if film.plan]
    figure = Figure()
    for place, (film, plan) in enumerate(drawn[:MOST_DRAWN]):
        figure.add_bar(**_colour_bars(plan, floor=-place), name=film.name)
    figure.update_layout(barmode="overlay")
    longest_s = max((plan.clip_scripts[-1].end for _, plan in drawn[:MOST_DRAWN]), default=1.0)
    _lay_out_rows(figure, [film for film, _ in drawn], duration_s=longest_s)
    return figure


def _lifted(share: float, *, floor: float) -> float:
    """Return a share, 0-1, as a height in the row of a film, above the parts of its song."""
    return floor + STRIP + GAP + share * (BAND - STRIP - GAP)


def _rates(plan: Plan) -> list[float]:
    """Return how often the picture would change in a minute, if all shots were like each."""
    return [60.0 / (shot.end - shot.start) for shot in plan.whole_shots()]


def _add_rates(figure: Figure, plan: Plan, *, most: float, floor: float, name: str) -> None:
    shots, rates = plan.whole_shots(), _rates(plan)
    heights = [round(_lifted(rate / most, floor=floor), 4) for rate in rates]
    figure.add_scatter(
        x=[*(shot.start for shot in shots), shots[-1].end],
        y=[*heights, heights[-1]],
        mode="lines",
        line={"width": 2, "color": LAMP, "shape": "hv"},
        text=[f"a shot of {shot.end - shot.start:.1f} s" for shot in (*shots, shots[-1])],
        hovertemplate="%{text}<extra>" + escaped(name) + "</extra>",
        showlegend=False,
    )


def _add_energy(figure: Figure, heard: Analysis, *, floor: float) -> None:
    """Fill what is below the song's energy, from the bottom of the row."""
    rate_hz, energy = heard.curves.rate_hz, heard.curves.energy
    every = max(1, round(STEP_S * rate_hz))
    heights = [round(_lifted(value, floor=floor), 4) for value in energy[::every]]
    times_s = [*(n * every / rate_hz for n in range(len(heights))), heard.duration]
    heights.append(heights[-1])
    bottom = _lifted(0.0, floor=floor)
    figure.add_scatter(
        x=[times_s[0], *times_s, times_s[-1]],
        y=[bottom, *heights, bottom],
        mode="lines",
        line={"width": 0},
        fill="toself",
        fillcolor=FAINT,
        hoverinfo="skip",
        showlegend=False,
    )


def _add_parts(figure: Figure, heard: Analysis, *, floor: float) -> None:
    parts = heard.song_structure
    figure.add_bar(
        x=[part.start for part in parts],
        width=[part.end - part.start for part in parts],
        offset=0,
        base=floor,
        y=[STRIP] * len(parts),
        marker={"color": [SECTION_COLOURS[part.type] for part in parts], **SQUARE},
        hovertext=[part.type for part in parts],
        hoverinfo="text",
        showlegend=False,
    )


def _name_parts(figure: Figure, songs: Sequence[Analysis]) -> None:
    """Tell in the legend what the colours are, and what line and surface."""
    there = {part.type for heard in songs for part in heard.song_structure}
    line = {"color": LAMP, "shape": "hv"}
    figure.add_scatter(x=[None], y=[None], mode="lines", name="quickness of cutting", line=line)
    for name in ("energy of the song", *(kind for kind in SECTION_COLOURS if kind in there)):
        colour = SECTION_COLOURS.get(name, FAINT)
        marker = {"symbol": "square", "size": 11, "color": colour}
        figure.add_scatter(x=[None], y=[None], mode="markers", name=name, marker=marker)


def _colour_bars(plan: Plan, *, floor: float) -> dict[str, Any]:
    """Return the palettes of a film as bars, the leading colour twice as high as the others."""
    rows = [
        (part.span, place, len(part.palette), colour)
        for part in palette_parts(plan)
        for place, colour in enumerate(part.palette)
    ]
    return {
        "x": [span.start for span, *_ in rows],
        "width": [span.end - span.start for span, *_ in rows],
        "offset": 0,
        "base": [floor + BAND * (place + (place > 0)) / (n + 1) for _, place, n, _ in rows],
        "y": [BAND * (1 if place else 2) / (n + 1) for _, place, n, _ in rows],
        "marker": {"color": [colour for *_, colour in rows], **SQUARE},
        "hovertext": [colour for *_, colour in rows],
        "hoverinfo": "text+name",
        "showlegend": False,
    }


def _lay_out_rows(figure: Figure, films: Sequence[Film], *, duration_s: float) -> None:
    """Give each film a row with its name, the first on top, over one clock."""
    n_rows = min(len(films), MOST_DRAWN)
    figure.update_layout(
        template="plotly_white",
        height=EDGES_PX + ROW_PX * max(n_rows, 1),
        margin={"l": 10, "r": 12, "t": 56, "b": 54},
        legend={"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom"},
        bargap=0,
        dragmode=False,
    )
    figure.update_xaxes(**time_axis(duration_s), title={"text": left_out(films), "standoff": 8})
    figure.update_yaxes(
        tickvals=[BAND / 2 - place for place in range(n_rows)],
        ticktext=[short_name(film) for film in films[:n_rows]],
        range=[1 - max(n_rows, 1) - 0.06, 1],
        automargin=True,
        showgrid=False,
        zeroline=False,
        fixedrange=True,
    )
