"""The storyboard's timeline: what is seen, laid over what is heard.

Lanes share one clock, from above: the acts of the story, the song's sections, the palette of each
part, the clips with the transitions between them, the shots as a skyline (the closer the camera,
the taller the block; the colour is the place) on the beats that the picture answers, the sung
lines, and the song's energy over its beats. Time is drawn as a date, in
milliseconds, because Plotly then labels it in minutes and seconds at any zoom.

The figure is made for a dark page and stays light: whatever the length of the song it has a few
traces, and energy is drawn with no more points than a screen has.
"""

from __future__ import annotations

import html
import textwrap
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import cycle
from typing import Any

import numpy as np

from mvkit.figures.base import SECTION_COLOURS, SIZES, Figure
from mvkit.figures.lanes import Lane, bars, clock, date, strokes
from mvkit.figures.story import accent_marks, act_bars, palette_bars
from mvkit.schema import Analysis, ClipScript, LyricLine, Plan, Scene, Shot, Span, Transition

PLACE_COLOURS = (
    "#5aa9e6",
    "#f0a04b",
    "#7bc47f",
    "#d67ad2",
    "#ef6f6c",
    "#4fc4b8",
    "#a493f0",
    "#d8c96a",
)
TEXT, FAINT, INK = "#d6d5d1", "rgba(255, 255, 255, 0.16)", "#14151a"
CLIP, CLIP_TEXT, ENERGY, LYRIC = "#2d3037", "#a7a6a2", "#8d93a6", "#f0d9a8"
FONT = "system-ui, sans-serif"
HEIGHT_PX, ACTS_PX = 360, 32
SIZE_STEP = 0.13
"""By how much of its lane a block is lower where the camera is one size farther away."""
BREATH_S, SHORTEST_STROKE_S = 4.0, 0.2
MAX_POINTS = 900
"""How many points of energy are drawn, at most."""
REASONS, REASON_WIDTH = 3, 48
"""How many reasons a shot shows while the pointer is on it, in lines of so many characters."""
MARKS = {"cut": "line-ns", "crossfade": "x-thin", "fade": "circle"}
"""Plotly's symbol for the transitions that are common."""
OTHER_MARK = "hourglass"

SECTIONS, PALETTE, CLIPS = Lane(0.93, 1.0), Lane(0.86, 0.915), Lane(0.785, 0.85)
JOINTS, SHOTS, ACCENTS = Lane(0.74, 0.775), Lane(0.365, 0.73), Lane(0.325, 0.358)
LYRICS, SOUND = Lane(0.295, 0.315), Lane(0.0, 0.28)
ACTS = Lane(1.015, 1.085)
"""Above all others, and in plans that have acts only."""


def storyboard_figure(
    analysis: Analysis,
    plan: Plan,
    *,
    reasons: Mapping[str, str] | None = None,
    span: Span | None = None,
) -> Figure:
    """Draw the film on the song: its story, colours, clips and shots over what is heard.

    Parameters
    ----------
    analysis : Analysis
        The song.
    plan : Plan
        What is seen.
    reasons : mapping of str to str, optional
        The director's sentence for each rule, told where the pointer is on a shot.
    span : Span, optional
        What to show at first; by default the whole song.

    Returns
    -------
    Figure
        Bars of clips and shots carry the clip's index as ``customdata``, for whoever listens to
        clicks.
    """
    figure = Figure()
    _add_sound(figure, analysis)
    _add_beats(figure, analysis)
    _add_lyrics(figure, analysis)
    _add_sections(figure, analysis)
    figure.add_bar(**palette_bars(plan, lane=PALETTE))
    _add_clips(figure, plan.clip_scripts)
    for scene in plan.scenes:
        figure.add_bar(**shot_bars(plan, scene, lane=SHOTS, reasons=reasons or {}))
    figure.add_scatter(**accent_marks(plan, height=ACCENTS.at(0.5), colour=TEXT))
    _add_transitions(figure, plan)
    if plan.acts:
        figure.add_bar(**act_bars(plan, lane=ACTS, reasons=reasons, ink=TEXT, opacity=0.4))
    shown = span or Span(start=0.0, end=analysis.duration)
    return _laid_out(figure, shown, has_acts=bool(plan.acts))


def place_colours(plan: Plan) -> dict[str, str]:
    """Return the colour of each place on the timeline, by the scene's id."""
    return dict(zip((scene.id for scene in plan.scenes), cycle(PLACE_COLOURS), strict=False))


def shot_bars(
    plan: Plan, scene: Scene, *, lane: Lane, reasons: Mapping[str, str]
) -> dict[str, Any]:
    """Return the shots in a place as blocks of a skyline, arguments of one trace of bars."""
    scripts = [script for script in plan.clip_scripts if script.scenes[0] == scene.id]
    shots = [(script, shot) for script in scripts for shot in script.shots]
    closeness = [1 - SIZE_STEP * SIZES.index(shot.size) for _, shot in shots]
    return {
        **bars([(shot.start, shot.end) for _, shot in shots], lane=lane, shares=closeness),
        "name": scene.id,
        "marker": {
            "color": place_colours(plan)[scene.id],
            "opacity": [1.0 if shot.characters else 0.62 for _, shot in shots],
            "line": {"width": 0.5, "color": INK},
            "cornerradius": 2,
        },
        "customdata": [script.clip_index for script, _ in shots],
        "hovertext": [_told(script, shot, reasons) for script, shot in shots],
        "hoverinfo": "text",
    }


def _add_sound(figure: Figure, analysis: Analysis) -> None:
    """Draw the energy as a filled hill, by its peaks where it has more points than can be seen."""
    curve = np.asarray(analysis.curves.energy)
    step = -(-len(curve) // MAX_POINTS)
    peaks = [float(curve[n : n + step].max()) for n in range(0, len(curve), step)]
    figure.add_scatter(
        x=[date(n * step / analysis.curves.rate_hz) for n in range(len(peaks))],
        y=[round(SOUND.at(peak), 4) for peak in peaks],
        name="energy",
        mode="lines",
        line={"width": 1.5, "color": ENERGY, "shape": "spline", "smoothing": 0.6},
        fill="tozeroy",
        fillcolor="rgba(141, 147, 166, 0.18)",
        hoverinfo="skip",
    )


def _add_beats(figure: Figure, analysis: Analysis) -> None:
    """Draw each beat as a thin line as tall as its accent, downbeats brighter."""
    downbeats = set(analysis.downbeat_timestamps)
    accents = list(zip(analysis.beat_timestamps, analysis.beat_strengths, strict=True))
    for is_downbeat, name, colour in (
        (False, "beat", "rgba(255, 255, 255, 0.13)"),
        (True, "downbeat", "rgba(255, 255, 255, 0.42)"),
    ):
        chosen = [(s, accent) for s, accent in accents if (s in downbeats) is is_downbeat]
        tops = [round(SOUND.at(0.08 + 0.3 * accent), 4) for _, accent in chosen]
        figure.add_scatter(
            **strokes([s for s, _ in chosen], bottoms=[SOUND.bottom] * len(tops), tops=tops),
            name=name,
            mode="lines",
            line={"width": 1, "color": colour},
            hoverinfo="skip",
        )


def _add_lyrics(figure: Figure, analysis: Analysis) -> None:
    """Draw each sung line as a stroke that tells its words."""
    lines = analysis.lyrics
    if not lines:
        return
    next_s = [*(line.timestamp for line in lines[1:]), analysis.duration]
    spans = [
        (line.timestamp, _sung_until_s(line, later_s))
        for line, later_s in zip(lines, next_s, strict=True)
    ]
    figure.add_bar(
        **bars(spans, lane=LYRICS),
        name="lyrics",
        marker={"color": LYRIC, "opacity": 0.75, "cornerradius": 2},
        hovertext=[f"♪ {_wrapped(line.text)}" for line in lines],
        hoverinfo="text",
    )


def _sung_until_s(line: LyricLine, next_s: float) -> float:
    """Return where a line ends; where that is not known, it does not last longer than a breath."""
    end_s = line.end if line.end is not None else min(next_s, line.timestamp + BREATH_S)
    return max(end_s, line.timestamp + SHORTEST_STROKE_S)


def _add_sections(figure: Figure, analysis: Analysis) -> None:
    sections = analysis.song_structure
    figure.add_bar(
        **bars([(s.start, s.end) for s in sections], lane=SECTIONS),
        name="section",
        marker={
            "color": [SECTION_COLOURS[section.type] for section in sections],
            "opacity": 0.4,
            "line": {"width": 1, "color": INK},
            "cornerradius": 4,
        },
        text=[section.type for section in sections],
        textfont={"color": TEXT, "size": 11},
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        hovertext=[
            f"<b>{section.type}</b> {section.label}<br>{clock(section)}, {section.energy} energy"
            for section in sections
        ],
        hoverinfo="text",
    )


def _add_clips(figure: Figure, scripts: Sequence[ClipScript]) -> None:
    figure.add_bar(
        **bars([(script.start, script.end) for script in scripts], lane=CLIPS),
        name="clip",
        marker={"color": CLIP, "line": {"width": 1, "color": INK}, "cornerradius": 4},
        text=[str(script.clip_index + 1) for script in scripts],
        textfont={"color": CLIP_TEXT, "size": 11},
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        customdata=[script.clip_index for script in scripts],
        hovertext=[
            f"<b>clip {script.clip_index + 1}</b>, {script.section}<br>"
            f"{clock(script)}, {_counted(len(script.shots), 'shot')}"
            for script in scripts
        ],
        hoverinfo="text",
    )


def _add_transitions(figure: Figure, plan: Plan) -> None:
    """Mark every boundary of clips: a thin line down to the shots, and how one gives way."""
    starts_s = [script.start for script in plan.clip_scripts[1:]]
    n_marks = len(starts_s)
    figure.add_scatter(
        **strokes(starts_s, bottoms=[SHOTS.bottom] * n_marks, tops=[SHOTS.top] * n_marks),
        name="clip boundary",
        mode="lines",
        line={"width": 1, "color": "rgba(255, 255, 255, 0.2)", "dash": "dot"},
        hoverinfo="skip",
    )
    kinds = [transition.type for transition in plan.transitions]
    figure.add_scatter(
        x=[date(start_s) for start_s in starts_s],
        y=[JOINTS.at(0.5)] * n_marks,
        name="transition",
        mode="markers",
        marker={
            "symbol": [MARKS.get(kind, OTHER_MARK) for kind in kinds],
            "size": 7,
            "color": TEXT,
            "opacity": [0.3 if kind == "cut" else 1.0 for kind in kinds],
            "line": {"width": 1.5, "color": TEXT},
        },
        hovertext=[_joined(transition) for transition in plan.transitions],
        hoverinfo="text",
    )


def _laid_out(figure: Figure, shown: Span, *, has_acts: bool) -> Figure:
    figure.update_layout(
        height=HEIGHT_PX + (ACTS_PX if has_acts else 0),
        margin={"l": 2, "r": 2, "t": 4, "b": 24},
        paper_bgcolor="rgba(0, 0, 0, 0)",
        plot_bgcolor="rgba(0, 0, 0, 0)",
        font={"color": TEXT, "size": 11, "family": FONT},
        hoverlabel={
            "bgcolor": "#22242a",
            "bordercolor": "#4a4e58",
            "align": "left",
            "font": {"color": TEXT, "size": 12, "family": FONT},
        },
        barmode="overlay",
        bargap=0,
        uniformtext={"minsize": 10, "mode": "hide"},
        showlegend=False,
        hovermode="closest",
        dragmode=False,
    )
    figure.update_xaxes(
        type="date",
        range=[date(shown.start), date(shown.end)],
        fixedrange=True,
        tickformat="%-M:%S",
        showgrid=False,
        zeroline=False,
        tickcolor=FAINT,
        ticks="outside",
        nticks=9,
    )
    top = ACTS.top if has_acts else 1.0
    figure.update_yaxes(visible=False, range=[0.0, top], fixedrange=True)
    return figure


def _told(script: ClipScript, shot: Shot, reasons: Mapping[str, str]) -> str:
    """Return what a shot says of itself while the pointer is on it."""
    why = [reasons[rule] for rule in shot.rules if rule in reasons]
    lines = [
        f"<b>clip {script.clip_index + 1} · {clock(shot)}</b>",
        f"{shot.size}, {shot.angle}",
        f"{shot.move}, {shot.action if shot.characters else 'nobody in sight'}",
        script.scenes[0].replace("_", " "),
        *_accented(shot),
        *(f"<i>{_wrapped(reason)}</i>" for reason in why[:REASONS]),
    ]
    return "<br>".join(lines)


def _accented(shot: Shot) -> list[str]:
    kinds = Counter(accent.kind for accent in shot.accents)
    told = ", ".join(_counted(n, kind) for kind, n in kinds.items())
    return [f"{told} on the beat"] if told else []


def _joined(transition: Transition) -> str:
    length = f", {transition.duration:.1f} s" if transition.duration else ""
    return f"<b>{transition.type}{length}</b><br><i>{_wrapped(transition.rationale)}</i>"


def _wrapped(text: str) -> str:
    """Return a text in lines of a hover label, with nothing in it that Plotly takes for a tag."""
    return "<br>".join(_escaped(textwrap.wrap(text, REASON_WIDTH)))


def _escaped(lines: Iterable[str]) -> list[str]:
    return [html.escape(line, quote=False) for line in lines]


def _counted(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}{'es' if noun.endswith('h') else 's'}"
