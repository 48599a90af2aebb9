"""A finished film in figures: what was measured in it, beside the song and the plan.

Contents
--------
pulse_figure      energy of the song, motion of the film, and every cut
following_figure  the same, a dot for each shot
lengths_figure    how long each shot is, beside what is usual
colours_figure    the colours of each shot, and how light the film is
likeness_figure   shots of one place beside shots of two
meant_figure      how much of what was meant is seen, beside chance
captions_figure   the contrast of words over the picture
making_figure     how long each stage took
"""

from __future__ import annotations

import html
from collections.abc import Sequence

import numpy as np

from mvkit.figures.base import DOWNBEAT, FAINT, SECTION_COLOURS, Figure, time_axis
from mvkit.figures.look import LAMP, MUTED, WALL, WATER
from mvkit.schema import Analysis
from mvkit.schema.report import Meant, Report, ShotMeasures

GOOD, BAD = "#7fc99a", "#f2938a"
TALL_PX, LOW_PX = 330, 260
MARGIN = {"l": 58, "r": 58, "t": 40, "b": 36}
TITLED = {"b": 62}
"""Room below for the name of an axis."""
LEGEND = {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "yref": "paper"}
ENERGY_HZ = 4.0
CLEAR = 2.0
"""Standard deviations from chance that are seen as more than chance."""
TOPICS = {
    "camera": "movement of the camera",
    "force": "calm or driving",
    "light": "lighter or darker",
    "saturation": "richer or paler",
    "warmth": "warmer or cooler",
    "palette": "colours of the palette",
}
"""What is told of each topic on which the director means something."""


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
    _laid_out(figure, height_px=TALL_PX, duration_s=analysis.duration)
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


def following_figure(report: Report) -> Figure:
    """Draw each shot as a dot: how it moves, against the energy of the song during it."""
    figure = Figure()
    for kind in dict.fromkeys(shot.section for shot in report.shots):
        shots = [shot for shot in report.shots if shot.section == kind]
        figure.add_scatter(
            x=[shot.energy for shot in shots],
            y=[100 * shot.motion for shot in shots],
            mode="markers",
            name=kind,
            marker={
                "size": [8 + 4 * (shot.end - shot.start) ** 0.5 for shot in shots],
                "color": SECTION_COLOURS[kind],
                "opacity": 0.9,
            },
            hovertext=[_named(shot) for shot in shots],
            hovertemplate="%{hovertext}<br>%{y:.0f} %/s at energy %{x:.2f}<extra></extra>",
        )
    _laid_out(figure, height_px=TALL_PX)
    figure.update_layout(margin=MARGIN | TITLED)
    figure.update_xaxes(
        title={"text": "energy of the song", "standoff": 8}, fixedrange=True, showgrid=False
    )
    figure.update_yaxes(
        title="motion, %/s", rangemode="tozero", fixedrange=True, gridcolor=FAINT, zeroline=False
    )
    return figure


def lengths_figure(report: Report) -> Figure:
    """Draw each shot where it plays, as tall as it is long; and what is usual in such films."""
    figure = Figure()
    for kind in dict.fromkeys(shot.section for shot in report.shots):
        shots = [shot for shot in report.shots if shot.section == kind]
        figure.add_bar(
            **_bars(shots),
            y=[shot.end - shot.start for shot in shots],
            name=kind,
            marker={"color": SECTION_COLOURS[kind], "line": {"width": 0}},
            hovertext=[f"{_named(shot)}, planned {shot.planned_s:.2f} s" for shot in shots],
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
    _laid_out(figure, height_px=LOW_PX, duration_s=report.shots[-1].end)
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
            **_bars(shots, gap=0.0),
            y=[100 / n_rows] * len(shots),
            marker={"color": [shot.look.swatches[row] for shot in shots], "cornerradius": 0},
            showlegend=False,
            hovertext=[_named(shot) for shot in shots],
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
    _laid_out(figure, height_px=LOW_PX, duration_s=report.shots[-1].end)
    figure.update_layout(bargap=0, barmode="stack")
    figure.update_yaxes(title="lightness, L*", range=[0, 100], fixedrange=True, showgrid=False)
    return figure


def likeness_figure(report: Report) -> Figure:
    """Draw how far shots of the same place or people are apart, beside other pairs."""
    figure = Figure()
    told = [like for like in report.likeness if like.same is not None and like.other is not None]
    names = [f"{like.of}, by {like.by}" for like in told]
    for name, values, colour in (
        ("the same", [like.same for like in told], WATER),
        ("another", [like.other for like in told], MUTED),
    ):
        figure.add_bar(
            y=names,
            x=values,
            name=name,
            orientation="h",
            marker={"color": colour},
            hovertemplate="%{x:.2f} apart<extra></extra>",
        )
    _laid_out(figure, height_px=80 + 66 * max(1, len(told)))
    figure.update_layout(barmode="group", margin=MARGIN | TITLED | {"l": 130})
    figure.update_xaxes(
        title={"text": "mean distance", "standoff": 8},
        rangemode="tozero",
        fixedrange=True,
        gridcolor=FAINT,
    )
    figure.update_yaxes(autorange="reversed", fixedrange=True)
    return figure


def meant_figure(report: Report) -> Figure:
    """Draw how much of what was meant is seen, a bar a topic; a tick says what chance gives."""
    figure = Figure()
    names = [TOPICS[meant.topic] for meant in report.meant]
    shares = [meant.n_seen / meant.n_meant for meant in report.meant]
    chances = [meant.by_chance for meant in report.meant]
    figure.add_bar(
        y=names,
        x=shares,
        orientation="h",
        name="seen",
        marker={"color": [_against_chance(meant) for meant in report.meant]},
        text=[f"{meant.n_seen} of {meant.n_meant}" for meant in report.meant],
        textposition="auto",
        showlegend=False,
        hovertemplate="%{x:.0%} seen<extra></extra>",
    )
    figure.add_scatter(
        y=names,
        x=chances,
        mode="markers",
        name="if the shots were shuffled",
        marker={"symbol": "line-ns", "size": 26, "line": {"width": 3, "color": "#ffffff"}},
        hovertemplate="%{x:.0%} by chance<extra></extra>",
    )
    _laid_out(figure, height_px=90 + 44 * len(names))
    figure.update_layout(margin=MARGIN | {"l": 200})
    figure.update_xaxes(range=[0, 1.02], tickformat=".0%", fixedrange=True, gridcolor=FAINT)
    figure.update_yaxes(autorange="reversed", fixedrange=True)
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
    figure.add_hline(y=wanted, line={"width": 1.5, "color": BAD, "dash": "dash"})
    _laid_out(figure, height_px=LOW_PX, duration_s=report.shots[-1].end)
    figure.update_yaxes(
        title="contrast, to 1",
        type="log",
        range=[0, np.log10(21.5)],
        tickvals=[1, 2, 3, 4.5, 7, 12, 21],
        fixedrange=True,
        gridcolor=FAINT,
    )
    return figure


def making_figure(report: Report) -> Figure:
    """Draw how long each stage worked, and what it cost."""
    figure = Figure()
    figure.add_bar(
        y=[stage.name for stage in report.stages],
        x=[stage.worked_s for stage in report.stages],
        text=[f"{stage.worked_s:.1f} s, ${stage.cost_usd:.2f}" for stage in report.stages],
        textposition="auto",
        orientation="h",
        marker={"color": WATER},
        hovertemplate="%{y}: %{text}<extra></extra>",
    )
    _laid_out(figure, height_px=90 + 32 * max(1, len(report.stages)))
    figure.update_layout(margin=MARGIN | TITLED | {"l": 100}, showlegend=False)
    figure.update_xaxes(title={"text": "seconds", "standoff": 8}, fixedrange=True, gridcolor=FAINT)
    figure.update_yaxes(autorange="reversed", fixedrange=True)
    return figure


def _laid_out(figure: Figure, *, height_px: int, duration_s: float | None = None) -> None:
    figure.update_layout(
        template="plotly_white", height=height_px, margin=MARGIN, legend=LEGEND, dragmode=False
    )
    if duration_s is not None:
        figure.update_xaxes(**time_axis(duration_s))


def _against_chance(meant: Meant) -> str:
    """Return the colour of a share: clearly above chance, clearly below it, or neither."""
    if abs(meant.beyond_chance) < CLEAR:
        return MUTED
    return GOOD if meant.beyond_chance > 0 else BAD


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
                "font": {"color": "#14151a", "size": 11},
            },
        )


def _bars(shots: Sequence[ShotMeasures], *, gap: float = 0.06) -> dict[str, list[float]]:
    """Return where bars stand that are as wide as shots are long, and how wide."""
    lengths_s = [shot.end - shot.start for shot in shots]
    return {
        "x": [(shot.start + shot.end) / 2 for shot in shots],
        "width": [length_s - min(gap, length_s / 4) for length_s in lengths_s],
    }


def _named(shot: ShotMeasures) -> str:
    return html.escape(
        f"{shot.start:.1f} s, {shot.place.replace('_', ' ')}, {shot.size}, {shot.move}"
    )
