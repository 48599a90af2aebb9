"""What the ear goes by: how alike the bars are, which tempi there are, key and mood.

These need more than the analysis keeps: see :class:`mvkit.analysis.portrait.Portrait`.

Contents
--------
similarity_figure, tempogram_figure, key_figure, mood_figure, player
"""

from __future__ import annotations

import base64
import math
from collections.abc import Sequence
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from mvkit.figures.base import (
    DOWNBEAT,
    FAINT,
    INK,
    SCALE,
    SECTION_COLOURS,
    Figure,
    broken,
    time_axis,
)
from mvkit.schema import Key, Mood, Section
from mvkit.schema.analysis import Tonic

TONICS: tuple[Tonic, ...] = get_args(Tonic)
STEPS_OF_MODE = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10)}
"""Semitones of the scale above its tonic; the natural one in minor."""
TONIC_COLOUR, SCALE_COLOUR, OTHER_COLOUR = "#f0b357", "#7fb2c9", "rgba(140, 140, 150, 0.45)"

STRIP_SHARE = 0.035
OCTAVES = (-1, 0, 1)
TEMPO_TICKS_BPM = (50, 60, 80, 100, 120, 160, 200)
DIRECTIONS = (
    ("energetic", 0.5, 1.0, "bottom center"),
    ("calm", 0.5, 0.0, "top center"),
    ("dark", 0.0, 0.5, "middle right"),
    ("bright", 1.0, 0.5, "middle left"),
)
"""The four words of the mood, and where they stand on the plane."""

Levels = NDArray[np.uint8]


def similarity_figure(
    levels: Levels, *, edges_s: Sequence[float], sections: Sequence[Section]
) -> Figure:
    """Draw how alike any two moments of a song are, with its sections along the edges.

    A part that comes again is a bright line beside the diagonal, a part that stays itself a bright
    square on it (Foote, "Visualizing music and audio using self-similarity", ACM Multimedia 1999).

    Parameters
    ----------
    levels : ndarray of uint8, shape (n, n)
        From not alike to the same.
    edges_s : sequence of float, length n + 1
        Where each row and column begins, and where the last ends.
    sections : sequence of Section
        Of the song.
    """
    figure, end_s = Figure(), sections[-1].end
    edges = np.asarray(edges_s)
    figure.add_heatmap(
        **_heat(levels), x=edges, y=edges, hovertemplate="%{x:.0f} s and %{y:.0f} s<extra></extra>"
    )
    _add_section_edges(figure, sections, end_s)
    for is_upright in (False, True):
        _add_section_strip(figure, sections, is_upright=is_upright, width_s=STRIP_SHARE * end_s)
    axis = time_axis(end_s) | {"range": [-1.2 * STRIP_SHARE * end_s, end_s], "constrain": "domain"}
    figure.update_layout(xaxis=axis, yaxis=axis | {"scaleanchor": "x"}, barmode="overlay")
    return _laid_out(figure, "Which bars sound alike", height_px=400)


def tempogram_figure(
    levels: Levels, *, tempi_bpm: Sequence[float], step_s: float, tempo_bpm: float
) -> Figure:
    """Draw how well each tempo explains each moment, and the chosen tempo with its octaves.

    Parameters
    ----------
    levels : ndarray of uint8, shape (n_tempi, n_steps)
        From not at all to best.
    tempi_bpm : sequence of float, length n_tempi
        Tempo of each row, ascending.
    step_s : float
        Seconds from one column to the next, the first at 0 s.
    tempo_bpm : float
        The tempo that was chosen.
    """
    figure, end_s = Figure(), levels.shape[1] * step_s
    figure.add_heatmap(
        **_heat(levels),
        x0=step_s / 2,
        dx=step_s,
        y=np.asarray(tempi_bpm),
        hovertemplate="%{y:.0f} bpm at %{x:.0f} s<extra></extra>",
    )
    for octave in OCTAVES:
        if tempi_bpm[0] <= tempo_bpm * 2.0**octave <= tempi_bpm[-1]:
            _add_tempo(figure, tempo_bpm * 2.0**octave, is_chosen=octave == 0)
    figure.update_layout(
        xaxis=time_axis(end_s),
        yaxis={
            "type": "log",
            "range": np.log10([tempi_bpm[0], tempi_bpm[-1]]).tolist(),
            "tickvals": TEMPO_TICKS_BPM,
            "ticktext": [f"{bpm}" for bpm in TEMPO_TICKS_BPM],
            "showgrid": False,
            "fixedrange": True,
            "title": "bpm",
        },
    )
    return _laid_out(figure, "Which tempi explain each moment", height_px=320)


def key_figure(key: Key, pitch_classes: Sequence[float]) -> Figure:
    """Draw how much each pitch class sounds: the tonic, the scale of the key, the rest.

    Parameters
    ----------
    key : Key
        Of the song.
    pitch_classes : sequence of float, length 12
        From C, 0-1.
    """
    tonic = TONICS.index(key.tonic)
    scale = {(tonic + step) % 12 for step in STEPS_OF_MODE[key.mode]}
    colours = [SCALE_COLOUR if pitch in scale else OTHER_COLOUR for pitch in range(12)]
    colours[tonic] = TONIC_COLOUR
    figure = Figure()
    figure.add_bar(
        x=TONICS,
        y=list(pitch_classes),
        marker={"color": colours},
        hovertemplate="%{x}: %{y:.2f}<extra></extra>",
    )
    figure.update_layout(
        xaxis={"fixedrange": True},
        yaxis={"visible": False, "fixedrange": True, "rangemode": "tozero"},
        bargap=0.18,
    )
    title = f"{key.tonic} {key.mode}, {key.confidence:.0%} sure"
    return _laid_out(figure, title, height_px=260)


def mood_figure(mood: Mood) -> Figure:
    """Draw where a song lies between dark and bright, calm and energetic.

    The plane is Russell's circumplex (1980): valence to the right, arousal upwards.
    """
    figure = Figure()
    figure.add_scatter(
        **broken([((0.1, 0.5), (0.9, 0.5)), ((0.5, 0.13), (0.5, 0.87))]),
        mode="lines",
        line={"width": 1, "color": FAINT},
        hoverinfo="skip",
    )
    words, x, y, places = zip(*DIRECTIONS, strict=True)
    figure.add_scatter(
        x=x,
        y=y,
        text=words,
        textposition=places,
        mode="text",
        textfont={"color": DOWNBEAT},
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=[mood.valence],
        y=[mood.arousal],
        name="song",
        mode="markers",
        marker={"size": 18, "color": TONIC_COLOUR, "line": {"width": 2, "color": INK}},
        hovertemplate="valence %{x:.2f}, arousal %{y:.2f}<extra></extra>",
    )
    plane = {"range": [-0.03, 1.03], "visible": False, "fixedrange": True}
    figure.update_layout(xaxis=plane, yaxis=plane)
    told = ", ".join(dict.fromkeys(filter(None, (mood.primary, mood.secondary))))
    return _laid_out(figure, f"{told.capitalize()}, {mood.confidence:.0%} sure", height_px=260)


def player(sound: bytes, *, kind: str = "audio/mpeg") -> str:
    """Return a player that holds its sound, as HTML."""
    data = base64.b64encode(sound).decode()
    return f'<audio controls style="width: 100%" src="data:{kind};base64,{data}"></audio>'


def _heat(levels: Levels) -> dict[str, Any]:
    """Return levels as arguments of a heat map; bytes are what a figure holds most cheaply."""
    return {
        "z": np.asarray(levels, dtype=np.uint8),
        "zmin": 0,
        "zmax": 255,
        "colorscale": SCALE,
        "showscale": False,
    }


def _add_section_edges(figure: Figure, sections: Sequence[Section], end_s: float) -> None:
    edges_s = [section.start for section in sections[1:]]
    across = [((0.0, edge_s), (end_s, edge_s)) for edge_s in edges_s]
    upright = [((edge_s, 0.0), (edge_s, end_s)) for edge_s in edges_s]
    figure.add_scatter(
        **broken([*across, *upright]),
        name="section edges",
        mode="lines",
        line={"width": 1, "color": DOWNBEAT, "dash": "dot"},
        hoverinfo="skip",
    )


def _add_section_strip(
    figure: Figure, sections: Sequence[Section], *, is_upright: bool, width_s: float
) -> None:
    lengths_s = [section.length_s for section in sections]
    beside = [-0.6 * width_s] * len(sections)
    figure.add_bar(
        x=beside if is_upright else lengths_s,
        y=lengths_s if is_upright else beside,
        base=[section.start for section in sections],
        width=width_s,
        orientation="v" if is_upright else "h",
        marker={"color": [SECTION_COLOURS[section.type] for section in sections]},
        hovertext=[section.type for section in sections],
        hoverinfo="text",
    )


def _add_tempo(figure: Figure, bpm: float, *, is_chosen: bool) -> None:
    figure.add_hline(
        y=bpm,
        line={
            "color": TONIC_COLOUR if is_chosen else DOWNBEAT,
            "width": 2 if is_chosen else 1,
            "dash": "solid" if is_chosen else "dash",
        },
        annotation={
            "y": math.log10(bpm),  # on a logarithmic axis, lines know the value, notes its exponent
            "text": f"{bpm:.1f}" if is_chosen else f"{bpm:.0f}",
            "font": {"color": INK, "size": 11},
            "bgcolor": TONIC_COLOUR if is_chosen else "#a7a6a2",
            "borderpad": 2,
            "xanchor": "right",
            "yanchor": "middle",
        },
    )


def _laid_out(figure: Figure, title: str, *, height_px: int) -> Figure:
    figure.update_layout(
        title=title,
        template="plotly_white",
        height=height_px,
        margin={"l": 44, "r": 12, "t": 48, "b": 30},
        showlegend=False,
        dragmode=False,
    )
    return figure
