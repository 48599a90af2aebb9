"""A finished film in comparisons: with the song's energy, with what was meant, with chance.

Contents
--------
following_figure  the motion of each shot against the energy of the song
meant_figure      how much of what was meant is seen, beside chance
likeness_figure   shots of one place beside shots of two
making_figure     how long each stage took
TOPICS            what is told of each topic on which the director means something
CLEAR             how far from chance is told as more than chance
"""

from __future__ import annotations

from mvkit.figures.base import FAINT, SECTION_COLOURS, Figure
from mvkit.figures.look import MUTED, WATER
from mvkit.figures.report.layout import MARGIN, TALL_PX, TITLED, laid_out, named
from mvkit.schema.report import Meant, Report

GOOD, BAD = "#7fc99a", "#f2938a"
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
            hovertext=[named(shot) for shot in shots],
            hovertemplate="%{hovertext}<br>%{y:.0f} %/s at energy %{x:.2f}<extra></extra>",
        )
    laid_out(figure, height_px=TALL_PX)
    figure.update_layout(margin=MARGIN | TITLED)
    figure.update_xaxes(
        title={"text": "energy of the song", "standoff": 8}, fixedrange=True, showgrid=False
    )
    figure.update_yaxes(
        title="motion, %/s", rangemode="tozero", fixedrange=True, gridcolor=FAINT, zeroline=False
    )
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
    laid_out(figure, height_px=90 + 44 * len(names))
    figure.update_layout(margin=MARGIN | {"l": 200})
    figure.update_xaxes(range=[0, 1.02], tickformat=".0%", fixedrange=True, gridcolor=FAINT)
    figure.update_yaxes(autorange="reversed", fixedrange=True)
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
    laid_out(figure, height_px=80 + 66 * max(1, len(told)))
    figure.update_layout(barmode="group", margin=MARGIN | TITLED | {"l": 130})
    figure.update_xaxes(
        title={"text": "mean distance", "standoff": 8},
        rangemode="tozero",
        fixedrange=True,
        gridcolor=FAINT,
    )
    figure.update_yaxes(autorange="reversed", fixedrange=True)
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
    laid_out(figure, height_px=90 + 32 * max(1, len(report.stages)))
    figure.update_layout(margin=MARGIN | TITLED | {"l": 100}, showlegend=False)
    figure.update_xaxes(title={"text": "seconds", "standoff": 8}, fixedrange=True, gridcolor=FAINT)
    figure.update_yaxes(autorange="reversed", fixedrange=True)
    return figure


def _against_chance(meant: Meant) -> str:
    """Return the colour of a share: clearly above chance, clearly below it, or neither."""
    if abs(meant.beyond_chance) < CLEAR:
        return MUTED
    return GOOD if meant.beyond_chance > 0 else BAD
