"""A finished film along its own time, beside the song and the plan.

Contents
--------
pulse_figure      energy of the song, motion of the film, and every cut
lengths_figure    how long each shot is, beside what is usual
colours_figure    the colours of each shot, and how light the film is
captions_figure   the contrast of words over the picture
"""

from __future__ import annotations

import html

import numpy as np

from mvkit.figures.base import DOWNBEAT, FAINT, INK, SECTION_COLOURS, Figure
from mvkit.figures.look import LAMP, WALL, WATER
from mvkit.figures.report.layout import LOW_PX, TALL_PX, bars, laid_out, named
from mvkit.schema import Analysis
from mvkit.schema.report import Report

ENERGY_HZ = 4.0
TOO_LITTLE = "#f2938a"
"""The contrast below which words are hard to read."""


def pulse_figure(report: Report, analysis: Analysis) -> Figure:
    """Draw the energy of the song, the motion of the film over it, and where the film is cut."""
    figure = Figure()
    times_s, energy = _thinned(analysis)
    step_s = 1.0 / report.curve_hz
    figure.add_scatter(
        x=times_s,
        y=energy,
        name="energy of the song",
        mode="lines",
        line={"width": 0},
        fill="tozeroy",
        fillcolor="rgba(127, 178, 201, 0.30)",
        hovertemplate="energy %{y:.2f}<extra></extra>",
    )
    figure.add_scatter(
        x=[(n + 0.5) * step_s for n in range(len(report.motion_curve))],
        y=[100 * value for value in report.motion_curve],
        name="motion of the film",
        yaxis="y2",
        mode="lines",
        line={"width": 2.5, "color": LAMP, "shape": "spline"},
        hovertemplate="%{y:.0f} % of the width a second<extra></extra>",
    )
    for shot in report.shots[1:]:
        figure.add_vline(x=shot.start, line={"width": 1, "color": DOWNBEAT, "dash": "dot"})
    _add_sections(figure, report)
    laid_out(figure, height_px=TALL_PX, duration_s=analysis.duration)
    figure.update_layout(
        hovermode="x unified",
        yaxis={"title": "energy", "range": [0, 1.12], "showgrid": False, "fixedrange": True},
        yaxis2={
            "title": "motion, %/s",
            "overlaying": "y",
            "side": "right",
            "range": [0, 112 * max(*report.motion_curve, 0.01) * 1.05],
            "tickmode": "auto",
            "nticks": 6,
            "showgrid": False,
            "fixedrange": True,
        },
    )
    return figure


def lengths_figure(report: Report) -> Figure:
    """Draw each shot where it plays, as tall as it is long; and what is usual in such films."""
    figure = Figure()
    for kind in dict.fromkeys(shot.section for shot in report.shots):
        shots = [shot for shot in report.shots if shot.section == kind]
        figure.add_bar(
            **bars(shots),
            y=[shot.end - shot.start for shot in shots],
            name=kind,
            marker={"color": SECTION_COLOURS[kind], "line": {"width": 0}},
            hovertext=[f"{named(shot)}, planned {shot.planned_s:.2f} s" for shot in shots],
            hovertemplate="%{y:.2f} s: %{hovertext}<extra></extra>",
        )
    figure.add_scatter(
        x=[(shot.start + shot.end) / 2 for shot in report.shots],
        y=[shot.planned_s for shot in report.shots],
        mode="markers",
        name="planned",
        marker={"symbol": "line-ew", "size": 12, "line": {"width": 2, "color": "#ffffff"}},
        hoverinfo="skip",
    )
    for norm in report.lengths.norms:
        figure.add_hline(
            y=norm.shot_s,
            line={"width": 1.5, "color": LAMP, "dash": "dash"},
            annotation={
                "text": f"usual {norm.shot_s:g} s",
                "font": {"color": LAMP, "size": 12},
                "bgcolor": WALL,
            },
        )
    laid_out(figure, height_px=LOW_PX, duration_s=report.shots[-1].end)
    figure.update_layout(bargap=0, barmode="overlay")
    figure.update_yaxes(title="seconds", fixedrange=True, gridcolor=FAINT)
    return figure


def colours_figure(report: Report) -> Figure:
    """Draw the main colours of each shot, the most frequent below; and how light the film is."""
    figure = Figure()
    n_rows = max(len(shot.look.swatches) for shot in report.shots)
    for row in range(n_rows):
        shots = [shot for shot in report.shots if row < len(shot.look.swatches)]
        figure.add_bar(
            **bars(shots, gap=0.0),
            y=[100 / n_rows] * len(shots),
            marker={"color": [shot.look.swatches[row] for shot in shots], "cornerradius": 0},
            showlegend=False,
            hovertext=[named(shot) for shot in shots],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    step_s = 1.0 / report.curve_hz
    times_s = [(n + 0.5) * step_s for n in range(len(report.lightness_curve))]
    for width, colour in ((6, "rgba(0, 0, 0, 0.55)"), (2.5, "#ffffff")):  # seen on any colour
        figure.add_scatter(
            x=times_s,
            y=report.lightness_curve,
            mode="lines",
            name="lightness",
            showlegend=colour == "#ffffff",
            line={"width": width, "color": colour, "shape": "spline"},
            hovertemplate="L* %{y:.0f}<extra></extra>",
        )
    laid_out(figure, height_px=LOW_PX, duration_s=report.shots[-1].end)
    figure.update_layout(bargap=0, barmode="stack")
    figure.update_yaxes(title="lightness, L*", range=[0, 100], fixedrange=True, showgrid=False)
    return figure


def captions_figure(report: Report, *, wanted: float) -> Figure:
    """Draw the contrast of each caption, from its weakest part to the whole.

    Parameters
    ----------
    wanted : float
        The contrast ratio below which words are hard to read.
    """
    figure = Figure()
    texts = [html.escape(caption.text.replace("\n", " ")) for caption in report.captions]
    middles_s = [(caption.start + caption.end) / 2 for caption in report.captions]
    for name, values, colour, symbol in (
        ("the whole caption", [c.contrast for c in report.captions], WATER, "circle"),
        ("where it is weakest", [c.weakest for c in report.captions], LAMP, "diamond"),
    ):
        figure.add_scatter(
            x=middles_s,
            y=values,
            mode="markers",
            name=name,
            marker={"size": 10, "color": colour, "symbol": symbol},
            hovertext=texts,
            hovertemplate="%{y:.1f} to 1: %{hovertext}<extra></extra>",
        )
    figure.add_hline(y=wanted, line={"width": 1.5, "color": TOO_LITTLE, "dash": "dash"})
    laid_out(figure, height_px=LOW_PX, duration_s=report.shots[-1].end)
    figure.update_yaxes(
        title="contrast, to 1",
        type="log",
        range=[0, np.log10(21.5)],
        tickvals=[1, 2, 3, 4.5, 7, 12, 21],
        fixedrange=True,
        gridcolor=FAINT,
    )
    return figure


def _thinned(analysis: Analysis) -> tuple[list[float], list[float]]:
    """Return the song's energy a few times a second."""
    rate_hz, curve = analysis.curves.rate_hz, np.array(analysis.curves.energy)
    times_s = np.arange(0.0, len(curve) / rate_hz, 1.0 / ENERGY_HZ)
    energy = np.interp(times_s, np.arange(len(curve)) / rate_hz, curve)
    return times_s.round(2).tolist(), energy.round(3).tolist()


def _add_sections(figure: Figure, report: Report) -> None:
    """Draw the parts of the song as bands at the top, named where there is room."""
    duration_s = report.shots[-1].end
    for section in report.sections:
        has_room = section.length_s > 0.05 * duration_s
        figure.add_shape(
            type="rect",
            x0=section.start,
            x1=section.end,
            y0=1.04,
            y1=1.12,
            fillcolor=SECTION_COLOURS[section.type],
            line_width=0,
            label={
                "text": section.type if has_room else "",
                "font": {"color": INK, "size": 11},
            },
        )
