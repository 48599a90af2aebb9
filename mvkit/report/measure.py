"""Measuring a finished film: all that is told of it, from one pass over its pictures.

Contents
--------
Measured, measure_film
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from mvkit.errors import NotFound
from mvkit.grading import graded_palette
from mvkit.report.colour import Histogram, histogram, look_of
from mvkit.report.cutting import FilmShot, cutting_of, film_shots, lengths_of, shots_in
from mvkit.report.likeness import Impression, people_likeness, place_likeness, shape_of
from mvkit.report.making import stages_of
from mvkit.report.meant import Seen, meant_by_topic, verdicts_of
from mvkit.report.motion import camera_of
from mvkit.report.numbers import agreement, energy_between
from mvkit.report.viewing import RGB
from mvkit.report.watching import Viewing, Watched, watch
from mvkit.run import Run
from mvkit.schema import Analysis, Clips, Plan, Section, Video
from mvkit.schema.report import Look, Report, SectionMeasures, ShotMeasures, StageMeasures
from mvkit.timing import frame_at

CURVE_HZ = 2.0
OTHER_PLAN = (
    "The plan, or a clip, was changed after this film was made; what was meant is read from "
    "the plan as it is now."
)


@dataclass(frozen=True, eq=False)
class Measured:
    """A film's report, and a still of each shot: uint8, shape ``(rows, columns, 3)``."""

    report: Report
    stills: tuple[RGB, ...]


@dataclass(frozen=True, eq=False)
class _Film:
    """A film with what it was made from, and what was seen of it."""

    video: Video
    analysis: Analysis
    plan: Plan
    shots: tuple[FilmShot, ...]
    viewing: Viewing


def measure_film(run: Run) -> Measured:
    """Measure the finished film of a run; it is decoded once, and nothing is written.

    Raises
    ------
    NotFound
        If the run has no finished film (``NO_FILM``).
    MediaFailed
        If the film cannot be decoded.
    """
    video = finished_video(run)
    analysis, plan = run.read(Analysis), run.read(Plan)
    shots = film_shots(plan, video)
    viewing = watch(run.folder / video.video_url, shots, plan.captions)
    film = _Film(video, analysis, plan, shots, viewing)
    notes = () if run.is_current(Video) else (OTHER_PLAN,)
    report = _report(film, stages=stages_of(run), notes=notes)
    return Measured(report, tuple(watched.still for watched in viewing.shots))


def finished_video(run: Run) -> Video:
    """Return the record of a run's finished film.

    Raises
    ------
    NotFound
        If the run has no finished film (``NO_FILM``).
    """
    needed = [kind.file_name() for kind in (Analysis, Plan, Clips, Video)]
    missing = [name for name in needed if not (run.folder / name).is_file()]
    video = None if missing else run.read(Video)
    if video and (run.folder / video.video_url).is_file():
        return video
    raise NotFound(
        f"Run {run.job_id} has no finished film: {missing[0] if missing else 'the film itself'} is "
        "not there, expected all artefacts and the film. Give the same `mvkit make` again; it "
        "goes on where it stopped.",
        reason="NO_FILM",
    )


def _report(film: _Film, *, stages: tuple[StageMeasures, ...], notes: tuple[str, ...]) -> Report:
    looks, whole = _looks(film)
    seen = _seen(film, looks, whole)
    shots = tuple(map(_shot, [film] * len(seen), film.shots, film.viewing.shots, seen))
    flashes = next((check for check in film.video.checks if check.name == "flashes"), None)
    cost_usd = round(sum(stage.cost_usd for stage in stages), 6)
    impressions = list(map(_impression, film.shots, film.viewing.shots))
    steps = [look.from_previous for look in looks if look.from_previous is not None]
    return Report(
        job_id=film.video.job_id,
        cutting=cutting_of(film.shots, film.video, film.analysis),
        lengths=lengths_of(film.shots, film.video, film.plan),
        sections=tuple(_section(film, section) for section in film.analysis.song_structure),
        shots=shots,
        motion_by_energy=agreement([s.motion for s in shots], [s.energy for s in shots]),
        curve_hz=CURVE_HZ,
        motion_curve=_curve(film.viewing, film.viewing.speeds),
        lightness_curve=_curve(film.viewing, film.viewing.lightness),
        neighbours_apart=round(float(np.mean(steps)), 4) if steps else None,
        film_apart=round(float(np.mean([look.from_film for look in looks])), 4),
        meant=meant_by_topic(film.shots, seen),
        likeness=(*place_likeness(impressions), people_likeness(impressions)),
        captions=tuple(sorted(film.viewing.captions, key=lambda caption: caption.start)),
        flashes=flashes.found if flashes else "",
        flashes_passed=flashes.passed if flashes else None,
        stages=stages,
        cost_usd=cost_usd,
        cost_usd_per_min=round(cost_usd * 60.0 / film.video.duration, 4),
        notes=notes,
    )


def _looks(film: _Film) -> tuple[list[Look], Look]:
    """Return the colours of each shot, and of the whole film."""
    shots = film.viewing.shots
    weights = [len(shot.frames) for shot in film.shots]
    mean: Histogram = np.average([shot.colours for shot in shots], axis=0, weights=weights)
    before = [None, *(shot.colours for shot in shots[:-1])]
    palette = film.plan.style.color_palette
    looks = [
        look_of(
            watched.lab,
            palette=graded_palette(palette, shot.script.grade),
            before=previous,
            film=mean,
        )
        for shot, watched, previous in zip(film.shots, shots, before, strict=True)
    ]
    everything = np.concatenate([shot.lab.reshape(-1, 3) for shot in shots])
    return looks, look_of(everything, palette=palette, before=None, film=mean)


def _seen(film: _Film, looks: Sequence[Look], whole: Look) -> list[Seen]:
    watched = film.viewing.shots
    usual = float(np.median([shot.motion for shot in watched]))
    return [
        Seen(
            camera=camera_of(shot.movements),
            look=look,
            motion=shot.motion,
            usual_motion=usual,
            film=whole,
        )
        for shot, look in zip(watched, looks, strict=True)
    ]


def _shot(film: _Film, shot: FilmShot, watched: Watched, seen: Seen) -> ShotMeasures:
    return ShotMeasures(
        start=shot.start_s,
        end=shot.end_s,
        planned_s=shot.shot.length_s,
        section=shot.script.section,
        place=shot.script.scenes[0],
        people=shot.shot.characters,
        size=shot.shot.size,
        move=shot.shot.move,
        action=shot.shot.action,
        idea=shot.script.visual_description,
        energy=energy_between(film.analysis, shot.start_s, shot.end_s),
        motion=watched.motion,
        camera=seen.camera,
        look=seen.look,
        verdicts=verdicts_of(shot, seen),
    )


def _section(film: _Film, section: Section) -> SectionMeasures:
    """Tell what is seen in a part of the song."""
    edges_s = [*(shot.start_s for shot in film.shots), film.shots[-1].end_s]
    n_shots = shots_in(edges_s, section.start, section.end)
    opening = frame_at(section.start)
    starts = {shot.frames.start for shot in film.shots}
    speeds = _between(film.viewing, film.viewing.speeds, section.start, section.end)
    return SectionMeasures(
        start=section.start,
        end=section.end,
        type=section.type,
        energy_share=section.energy_share,
        n_shots=round(n_shots, 3),
        mean_shot_s=round(section.length_s / n_shots, 3) if n_shots else section.length_s,
        opens_with_cut=bool(starts & {opening - 1, opening, opening + 1}),
        motion=round(speeds, 4),
    )


def _impression(shot: FilmShot, watched: Watched) -> Impression:
    columns = watched.lab.shape[2]
    third = np.s_[:, :, columns // 3 : columns - columns // 3]
    return Impression(
        place=shot.script.scenes[0],
        people=tuple(sorted(shot.shot.characters)),
        colours=watched.colours,
        middle=histogram(watched.lab[third]),
        shape=shape_of(watched.pictures or [watched.still]),
    )


def _curve(viewing: Viewing, values: Sequence[float]) -> tuple[float, ...]:
    """Return the means of a measure over the steps of the report's curves."""
    n_steps = max(1, round((viewing.times_s[-1] if viewing.times_s else 0.0) * CURVE_HZ))
    edges_s = [step / CURVE_HZ for step in range(n_steps + 1)]
    return tuple(
        round(_between(viewing, values, start_s, end_s), 4) for start_s, end_s in pairwise(edges_s)
    )


def _between(viewing: Viewing, values: Sequence[float], start_s: float, end_s: float) -> float:
    """Return the mean of a measure during a stretch; where there is none, 0."""
    times_s = np.array(viewing.times_s)
    inside = np.array(values)[(times_s >= start_s) & (times_s < end_s)]
    known = inside[~np.isnan(inside)]
    return float(known.mean()) if len(known) else 0.0
