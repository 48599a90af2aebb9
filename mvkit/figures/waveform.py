"""A song drawn: its waveform in the colours of its sections, its bars and beats below.

The waveform lies between -1 and 1; above it stand the names of the sections, and between the two
where the music drops in or breaks off.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mvkit.figures.base import (
    BEAT,
    DOWNBEAT,
    INK,
    SECTION_COLOURS,
    Figure,
    broken,
    time_axis,
)
from mvkit.schema import Section
from mvkit.schema.analysis import Moment

HEIGHT_PX = 200
STRIP_Y, STRIP_HEIGHT = 1.36, 0.34
MOMENT_Y = 1.08
TICKS_Y, BEAT_Y, BAR_Y = -1.14, -1.22, -1.36
UNHEARD = "#a7a6a2"
MOMENT_COLOUR = "#e8963c"
SHORT_NAMES = {"pre-chorus": "pre", "instrumental": "instr.", "breakdown": "break"}
NARROW_SHARE = 0.14
SYMBOLS = {"drop": "triangle-down", "break": "triangle-up-open"}

Point = tuple[float, float]


def waveform_figure(
    envelope: Sequence[float],
    *,
    duration_s: float,
    sections: Sequence[Section] = (),
    beats_s: Iterable[float] = (),
    downbeats_s: Iterable[float] = (),
    moments: Sequence[Moment] = (),
) -> Figure:
    """Draw a song as far as it was heard.

    Parameters
    ----------
    envelope : sequence of float
        Level of equal stretches of the song, 0-1.
    duration_s : float
        Length of the song.
    sections : sequence of Section
        Its parts; without them there is a grey waveform alone.
    beats_s, downbeats_s : iterable of float
        In seconds.
    moments : sequence of Moment
        Drops and breaks.
    """
    figure = Figure()
    step_s = duration_s / max(1, len(envelope))
    points = [((index + 0.5) * step_s, level) for index, level in enumerate(envelope)]
    if sections:
        _add_parts(figure, points, sections, step_s=step_s)
        _add_strip(figure, sections)
        _add_ticks(figure, beats_s, to_y=BEAT_Y, colour=BEAT)
        _add_ticks(figure, downbeats_s, to_y=BAR_Y, colour=DOWNBEAT)
    else:
        _add_wave(figure, points, colour=UNHEARD)
    if moments:
        _add_moments(figure, moments)
    return _laid_out(figure, duration_s)


def _add_parts(
    figure: Figure, points: Sequence[Point], sections: Sequence[Section], *, step_s: float
) -> None:
    for section in sections:
        # One point beyond each end, so that neighbours meet.
        inside = [p for p in points if section.start - step_s <= p[0] <= section.end + step_s]
        _add_wave(figure, inside, colour=SECTION_COLOURS[section.type])


def _add_wave(figure: Figure, points: Sequence[Point], *, colour: str) -> None:
    """Add a stretch of the waveform, mirrored, as one filled shape."""
    figure.add_scatter(
        x=[x for x, _ in points] + [x for x, _ in reversed(points)],
        y=[y for _, y in points] + [-y for _, y in reversed(points)],
        mode="lines",
        line={"width": 0},
        fill="toself",
        fillcolor=colour,
        hoverinfo="skip",
    )


def _add_strip(figure: Figure, sections: Sequence[Section]) -> None:
    figure.add_bar(
        x=[section.length_s for section in sections],
        base=[section.start for section in sections],
        y=[STRIP_Y] * len(sections),
        width=STRIP_HEIGHT,
        orientation="h",
        marker={"color": [SECTION_COLOURS[section.type] for section in sections]},
        text=[_short_name(section, sections[-1].end) for section in sections],
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        textfont={"color": INK, "size": 11},
        hovertext=[
            f"{section.type}, {_clock(section.start)} to {_clock(section.end)}, "
            f"{section.energy} energy"
            for section in sections
        ],
        hoverinfo="text",
    )


def _short_name(section: Section, duration_s: float) -> str:
    """Return what to call a section where there is little room for it."""
    is_narrow = section.length_s < NARROW_SHARE * duration_s
    return SHORT_NAMES.get(section.type, section.type) if is_narrow else section.type


def _add_ticks(figure: Figure, times_s: Iterable[float], *, to_y: float, colour: str) -> None:
    """Add a short line below the waveform at each time, all as one trace."""
    figure.add_scatter(
        **broken(((time_s, TICKS_Y), (time_s, to_y)) for time_s in times_s),
        mode="lines",
        line={"width": 1, "color": colour},
        hoverinfo="skip",
    )


def _add_moments(figure: Figure, moments: Sequence[Moment]) -> None:
    figure.add_scatter(
        x=[moment.time for moment in moments],
        y=[MOMENT_Y] * len(moments),
        name="moment",
        mode="markers",
        marker={
            "symbol": [SYMBOLS[moment.kind] for moment in moments],
            "size": [round(7 + 4 * moment.strength, 1) for moment in moments],
            "color": MOMENT_COLOUR,
            "opacity": 1,
            "line": {"width": 1.5, "color": MOMENT_COLOUR},
        },
        hovertext=[f"{moment.kind} at {_clock(moment.time)}" for moment in moments],
        hoverinfo="text",
    )


def _laid_out(figure: Figure, duration_s: float) -> Figure:
    figure.update_layout(
        template="plotly_white",
        height=HEIGHT_PX,
        margin={"l": 0, "r": 0, "t": 0, "b": 22},
        showlegend=False,
        dragmode=False,
        barmode="overlay",
        uniformtext={"minsize": 8, "mode": "hide"},
        xaxis=time_axis(duration_s),
        yaxis={"range": [BAR_Y, STRIP_Y + STRIP_HEIGHT / 2], "visible": False, "fixedrange": True},
    )
    return figure


def _clock(time_s: float) -> str:
    return f"{int(time_s) // 60}:{int(time_s) % 60:02d}"
