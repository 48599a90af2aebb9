"""How a finished film is cut: its shots as they were found, beats, parts of the song, lengths.

Contents
--------
FilmShot, film_shots
    The shots, where the film's own check saw them begin.
cutting_of, lengths_of, shots_in
    What is told of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from mvkit.director.knowledge import load_knowledge
from mvkit.report.numbers import agreement, covered_share, energy_between, frames_near
from mvkit.schema import Analysis, ClipScript, Plan, Shot, Video
from mvkit.schema.report import Cutting, Hits, Lengths, Norm
from mvkit.timing import frame_at, seconds_at

BARS = 2
"""Cut rate and energy are compared over so many bars at once."""


@dataclass(frozen=True)
class FilmShot:
    """A shot of the finished film.

    Attributes
    ----------
    script : ClipScript
        The clip in which it begins.
    frames : range
        The film's frames that show it.
    clear_frames : range
        Those that no transition shares with a neighbour.
    """

    shot: Shot
    script: ClipScript
    frames: range
    clear_frames: range

    @property
    def start_s(self) -> float:
        """When it begins, in seconds."""
        return seconds_at(self.frames.start)

    @property
    def end_s(self) -> float:
        """When it ends, in seconds."""
        return seconds_at(self.frames.stop)


def film_shots(plan: Plan, video: Video) -> tuple[FilmShot, ...]:
    """Return the film's shots; where a cut could not be seen, as they were planned."""
    found = {cut.frame: cut.found_frame for cut in video.cuts if cut.found_frame is not None}
    shots = [shot for shot in plan.whole_shots() if frame_at(shot.start) < video.n_frames]
    planned = [frame_at(shot.start) for shot in shots]
    edges = [found.get(frame, frame) for frame in planned] + [video.n_frames]
    halves = [_half_frames(plan, frame) for frame in planned] + [0]
    return tuple(
        FilmShot(
            shot=shot,
            script=_script_at(plan, shot),
            frames=range(start, stop),
            clear_frames=_clear(start + before, stop - after),
        )
        for shot, (start, stop), (before, after) in zip(
            shots, pairwise(edges), pairwise(halves), strict=True
        )
    )


def cutting_of(shots: Sequence[FilmShot], video: Video, analysis: Analysis) -> Cutting:
    """Tell how the film is cut to the song."""
    frames = [cut.frame if cut.found_frame is None else cut.found_frame for cut in video.cuts]
    bars_s = list(pairwise(analysis.downbeat_timestamps[::BARS]))
    edges_s = [*(shot.start_s for shot in shots), shots[-1].end_s]
    return Cutting(
        n_cuts=len(video.cuts),
        n_seen=sum(cut.found_frame == cut.frame for cut in video.cuts),
        on_beats=_hits(frames, analysis.beat_timestamps, video.n_frames),
        on_downbeats=_hits(frames, analysis.downbeat_timestamps, video.n_frames),
        rate_by_energy=agreement(
            [shots_in(edges_s, start_s, end_s) / (end_s - start_s) for start_s, end_s in bars_s],
            [energy_between(analysis, start_s, end_s) for start_s, end_s in bars_s],
        ),
    )


def lengths_of(shots: Sequence[FilmShot], video: Video, plan: Plan) -> Lengths:
    """Tell how long the shots are, beside what was planned and what is usual."""
    lengths_s = [shot.end_s - shot.start_s for shot in shots]
    strayed = [abs(c.found_frame - c.frame) for c in video.cuts if c.found_frame is not None]
    return Lengths(
        mean_s=round(float(np.mean(lengths_s)), 3),
        median_s=round(float(np.median(lengths_s)), 3),
        shortest_s=round(min(lengths_s), 3),
        longest_s=round(max(lengths_s), 3),
        planned_median_s=round(float(np.median([shot.shot.length_s for shot in shots])), 3),
        furthest_frames=max(strayed, default=0),
        norms=norms_of(plan),
    )


def norms_of(plan: Plan) -> tuple[Norm, ...]:
    """Return what the director knows of shots in music of this kind, or in films of this format.

    Asked are the rules that set a length and depend on nothing else.
    """
    rules = [rule for rule in load_knowledge().rules if "shot_s" in rule.then]
    for fact, kind in (("genre", plan.genre), ("format", plan.format)):
        norms = tuple(
            Norm(
                shot_s=float(rule.then["shot_s"]),  # type: ignore[arg-type] # a measure's number
                rule=rule.id,
                advice=rule.advice,
                source=rule.source,
            )
            for rule in rules
            if rule.when == {fact: (kind,)}
        )
        if norms:
            return norms
    return ()


def shots_in(edges_s: Sequence[float], start_s: float, end_s: float) -> float:
    """Return how many shots a stretch shows; each counts by the share of it that lies inside."""
    numbers = np.arange(len(edges_s), dtype=float)
    first, last = np.interp((start_s, end_s), edges_s, numbers)
    return float(last - first)


def _hits(frames: Sequence[int], marks_s: Sequence[float], n_frames: int) -> Hits:
    near = frames_near(marks_s)
    return Hits(
        n=sum(frame in near for frame in frames),
        by_chance=round(covered_share(marks_s, n_frames=n_frames), 4),
    )


def _script_at(plan: Plan, shot: Shot) -> ClipScript:
    """Return the clip in which a shot begins."""
    return next(s for s in reversed(plan.clip_scripts) if s.start <= shot.start)


def _half_frames(plan: Plan, frame: int) -> int:
    """Return how far the transition that is centred on a frame reaches to either side."""
    return next(
        (
            joint.half_frames
            for joint in plan.transitions
            if frame_at(plan.clip_scripts[joint.to_clip].start) == frame
        ),
        0,
    )


def _clear(start: int, stop: int) -> range:
    middle = (start + stop) // 2
    return range(min(start, middle), max(stop, middle + 1))
