"""A song drawn: its waveform in the colours of its sections, its bars and beats below.

Before the music is heard, the waveform alone is drawn, in grey.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from plotly import graph_objects as go

from mvkit.figures import SECTION_COLOURS
from mvkit.web.heard import Heard, Music
from mvkit.web.parts.amounts import clock
from mvkit.web.parts.figure_look import DARK, LINE, MUTED

HEIGHT_PX = 200
STRIP_Y, STRIP_HEIGHT = 1.34, 0.34
"""Where the names of the sections stand; the waveform lies between -1 and 1."""
TICKS_Y, BEAT_Y, BAR_Y = -1.14, -1.22, -1.36
STEPS_S = (5, 10, 15, 30, 60, 120, 300)
MOST_STEPS = 7


def waveform_figure(heard: Heard) -> go.Figure:
    """Draw a song as far as it was heard.

    Parameters
    ----------
    heard : Heard
        Its envelope, and its music if that is known.
    """
    figure = go.Figure()
    step_s = heard.duration_s / max(1, len(heard.envelope))
    points = [((index + 0.5) * step_s, level) for index, level in enumerate(heard.envelope)]
    if heard.music is None:
        _add_wave(figure, points, colour=MUTED)
    else:
        for section in heard.music.sections:
            # One point beyond each end, so that neighbours meet.
            inside = [p for p in points if section.start - step_s <= p[0] <= section.end + step_s]
            _add_wave(figure, inside, colour=SECTION_COLOURS[section.type])
        _add_sections(figure, heard.music)
        _add_ticks(figure, heard.music.beats_s, to_y=BEAT_Y, colour=LINE)
        _add_ticks(figure, heard.music.downbeats_s, to_y=BAR_Y, colour=MUTED)
    return _laid_out(figure, heard.duration_s)


def describe(heard: Heard) -> str:
    """Return what the drawing shows, for people who do not see it."""
    if heard.music is None:
        return f"Waveform of a song of {clock(heard.duration_s)}."
    sections = ", ".join(f"{s.type} from {clock(s.start)}" for s in heard.music.sections)
    return f"Waveform of a song of {clock(heard.duration_s)}: {sections}."


def _add_wave(figure: go.Figure, points: Sequence[tuple[float, float]], *, colour: str) -> None:
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


def _add_sections(figure: go.Figure, music: Music) -> None:
    sections = music.sections
    figure.add_bar(
        x=[section.length_s for section in sections],
        base=[section.start for section in sections],
        y=[STRIP_Y] * len(sections),
        width=STRIP_HEIGHT,
        orientation="h",
        marker={"color": [SECTION_COLOURS[section.type] for section in sections]},
        text=[section.type for section in sections],
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        textfont={"color": "#14151a", "size": 11},
        hovertext=[
            f"{section.type}, {clock(section.start)} to {clock(section.end)}, "
            f"{section.energy} energy"
            for section in sections
        ],
        hoverinfo="text",
    )


def _add_ticks(figure: go.Figure, times_s: Iterable[float], *, to_y: float, colour: str) -> None:
    """Add a short line below the waveform at each time, all as one trace."""
    ticks = [
        (x, y) for time_s in times_s for x, y in ((time_s, TICKS_Y), (time_s, to_y), (None, None))
    ]
    figure.add_scatter(
        x=[x for x, _ in ticks],
        y=[y for _, y in ticks],
        mode="lines",
        line={"width": 1, "color": colour},
        hoverinfo="skip",
    )


def _laid_out(figure: go.Figure, duration_s: float) -> go.Figure:
    step_s = next((step for step in STEPS_S if duration_s / step <= MOST_STEPS), STEPS_S[-1])
    times_s = list(range(0, int(duration_s) + 1, step_s))
    figure.update_layout(
        template=DARK,
        height=HEIGHT_PX,
        margin={"l": 0, "r": 0, "t": 0, "b": 22},
        showlegend=False,
        dragmode=False,
        barmode="overlay",
        uniformtext={"minsize": 8, "mode": "hide"},
        xaxis={
            "range": [0, duration_s],
            "tickvals": times_s,
            "ticktext": [clock(time_s) for time_s in times_s],
            "showgrid": False,
            "zeroline": False,
            "fixedrange": True,
        },
        yaxis={"range": [BAR_Y, STRIP_Y + STRIP_HEIGHT / 2], "visible": False, "fixedrange": True},
    )
    return figure
