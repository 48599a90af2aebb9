"""One picture or sound per artefact, for notebooks and reports."""

from __future__ import annotations

import html
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PIL import Image

from mvkit.figures.base import SECTION_COLOURS, SIZES, Figure, data_url, table, titled
from mvkit.figures.lanes import Lane
from mvkit.figures.story import accent_marks, act_bars, palette_bars
from mvkit.figures.storyboard import SIZE_STEP, shot_bars
from mvkit.figures.waveform import MOMENT_COLOUR, SYMBOLS
from mvkit.schema import Analysis, Clips, Plan, Prompts, References, Video

_ACTS, _SHOTS, _ACCENTS, _PALETTE = (
    Lane(0.92, 1.0),
    Lane(0.22, 0.9),
    Lane(0.16, 0.21),
    Lane(0.0, 0.15),
)


def beats_figure(analysis: Analysis) -> Figure:
    """Draw what was heard: energy, bass, beats, drops, sections and where clips begin."""
    curves = analysis.curves
    times_s = np.arange(len(curves.energy)) / curves.rate_hz
    figure = Figure()
    figure.add_scatter(x=times_s, y=curves.bass, name="bass", line={"width": 1}, opacity=0.5)
    figure.add_scatter(x=times_s, y=curves.energy, name="energy", line={"width": 3})
    _add_beats(figure, analysis)
    _add_moments(figure, analysis)
    for section in analysis.song_structure:
        figure.add_vrect(
            x0=section.start,
            x1=section.end,
            fillcolor=SECTION_COLOURS[section.type],
            opacity=0.18,
            line_width=0,
            annotation_text=section.type,
            annotation_position="top left",
        )
    for boundary in analysis.clip_boundaries[1:]:
        figure.add_vline(x=boundary.start, line={"width": 1, "dash": "dot"})
    key = f"{analysis.key.tonic} {analysis.key.mode}"
    mood = f"{analysis.mood.primary}, {analysis.mood.secondary}"
    title = f"{analysis.bpm:.1f} bpm, {analysis.metre}, {key}, {mood}"
    return titled(figure, title, x="seconds", y="level")


def plan_figure(plan: Plan, *, reasons: Mapping[str, str] | None = None) -> Figure:
    """Draw every shot: where it plays by colour, how close it is by height; and the story.

    Above the shots are the acts, at their feet the beats that the picture answers, and below the
    palette as each part of the film has it.

    Parameters
    ----------
    plan : Plan
        What is drawn.
    reasons : mapping of str to str, optional
        A sentence for each rule, told where the pointer is on a shot or an act; by default its id.
    """
    figure = Figure()
    shots = [shot for script in plan.clip_scripts for shot in script.shots]
    why = reasons or {rule: rule for shot in shots for rule in shot.rules}
    figure.add_bar(**act_bars(plan, lane=_ACTS, reasons=why))
    for scene in plan.scenes:
        figure.add_bar(**shot_bars(plan, scene, lane=_SHOTS, reasons=why))
    figure.add_scatter(**accent_marks(plan, height=_ACCENTS.at(0.5), colour=MOMENT_COLOUR))
    figure.add_bar(**palette_bars(plan, lane=_PALETTE))
    genre = plan.genre.replace("_", " ")
    told = ", ".join(filter(None, (genre, plan.format, plan.style.visual_style)))
    titled(figure, told, x="time", y="shot size")
    heights = [_SHOTS.at(1 - SIZE_STEP * n) for n in range(len(SIZES))]
    figure.update_layout(
        height=430,
        barmode="overlay",
        bargap=0,
        hovermode="closest",
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
    )
    figure.update_xaxes(type="date", tickformat="%-M:%S", showgrid=False)
    figure.update_yaxes(range=[0.0, 1.0], tickvals=heights, ticktext=SIZES, zeroline=False)
    return figure


def gallery(references: References, folder: Path) -> str:
    """Return the reference pictures side by side, as HTML.

    Parameters
    ----------
    references : References
        Whose pictures are shown.
    folder : Path
        The run folder.
    """
    cards = [
        f'<figure style="margin:4px"><img width="300" src="{_small_url(folder / ref.image_url)}">'
        f"<figcaption>{html.escape(ref.prompt_used[:60])}</figcaption></figure>"
        for ref in references.pictures
    ]
    return f'<div style="display:flex;flex-wrap:wrap">{"".join(cards)}</div>'


def prompts_figure(prompts: Prompts) -> Figure:
    """List the prompts with their length and word count."""
    rows = prompts.clip_prompts
    return table(
        {
            "clip": [row.clip_index for row in rows],
            "seconds": [f"{row.duration:.2f}" for row in rows],
            "words": [row.metadata.word_count for row in rows],
            "prompt": [html.escape(row.prompt) for row in rows],
        },
        widths=[1, 1, 1, 14],
    )


def clips_figure(clips: Clips) -> Figure:
    """Draw how long each clip took to film, and what it cost."""
    figure = Figure()
    figure.add_bar(
        x=[clip.clip_index for clip in clips.clips],
        y=[clip.generation_time for clip in clips.clips],
        text=[f"${clip.cost:.2f}" for clip in clips.clips],
        marker={"color": ["#4fb3bf" if c.status == "success" else "#d33" for c in clips.clips]},
    )
    made = f"{clips.successful_clips} of {clips.total_clips} clips, ${clips.total_cost:.2f}"
    return titled(figure, made, x="clip", y="seconds to film")


def cuts_figure(video: Video) -> Figure:
    """Draw how many frames each cut was found from where it was planned."""
    figure = Figure()
    for on_beat, name in ((True, "on a beat"), (False, "between beats")):
        cuts = [cut for cut in video.cuts if cut.on_beat is on_beat and cut.found_frame is not None]
        figure.add_scatter(
            x=[cut.time for cut in cuts],
            y=[(cut.found_frame or 0) - cut.frame for cut in cuts],
            mode="markers",
            name=name,
            hovertext=[cut.kind for cut in cuts],
        )
    n_found = sum(cut.found_frame is not None for cut in video.cuts)
    title = f"{n_found} of {len(video.cuts)} cuts seen in the decoded film"
    figure.update_yaxes(range=[-3.5, 3.5])
    return titled(figure, title, x="seconds", y="frames off the plan")


def checks_figure(video: Video) -> Figure:
    """List what was verified in the finished file."""
    checks = video.checks
    return table(
        {
            "check": [check.name for check in checks],
            "found": [check.found for check in checks],
            "expected": [check.expected for check in checks],
            "": ["passed" if check.passed else "FAILED" for check in checks],
        },
        widths=[3, 3, 3, 1],
    )


def _add_beats(figure: Figure, analysis: Analysis) -> None:
    downbeats = set(analysis.downbeat_timestamps)
    strengths = analysis.beat_strengths
    for is_downbeat, name in ((False, "beat"), (True, "downbeat")):
        beats = [
            (beat_s, strength)
            for beat_s, strength in zip(analysis.beat_timestamps, strengths, strict=True)
            if (beat_s in downbeats) is is_downbeat
        ]
        figure.add_scatter(
            x=[beat_s for beat_s, _ in beats],
            y=[strength for _, strength in beats],
            mode="markers",
            name=name,
            marker={"size": 9 if is_downbeat else 4},
        )


def _add_moments(figure: Figure, analysis: Analysis) -> None:
    for kind, symbol in SYMBOLS.items():
        moments = [moment for moment in analysis.moments if moment.kind == kind]
        if moments:
            figure.add_scatter(
                x=[moment.time for moment in moments],
                y=[1.0] * len(moments),
                mode="markers",
                name=kind,
                marker={"symbol": symbol, "size": 12, "color": MOMENT_COLOUR},
            )


def _small_url(picture: Path) -> str:
    """Return a small JPEG of a picture, as a URL that holds it."""
    with Image.open(picture) as image:
        small = image.convert("RGB")
        small.thumbnail((600, 600))
        return data_url(small)
