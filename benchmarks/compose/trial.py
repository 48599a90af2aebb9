"""One trial: the film made step by step, and what was found.

Contents
--------
Trial, Step, Redone, try_out
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.compose import rivals, steps
from benchmarks.compose.cost import Cost, T, measured
from benchmarks.compose.deliveries import deliver
from benchmarks.compose.findings import Frames, changed_packets, look, sound_offsets_ms, vmaf
from benchmarks.compose.job import Job
from benchmarks.director.films import console
from benchmarks.studio.reference import REFERENCE_MS, reference_ms
from mvkit.files import CUTTING_ROOM
from mvkit.timing import FPS

__all__ = ["Redone", "Step", "Trial", "try_out"]

MOVIEPY_S = 12
"""MoviePy makes only so much of the film; its cost is told for all of it."""
PRESETS = ("medium", "ultrafast")


@dataclass(frozen=True)
class Step:
    """What a step cost, and the film that came of it; what was not looked for is None."""

    name: str
    cost: Cost
    frames: Frames | None = None
    vmaf: float | None = None
    kbps: float | None = None


@dataclass(frozen=True)
class Redone:
    """What came of doing one clip again.

    Attributes
    ----------
    frames : Frames
        Those of the clip and its transitions.
    changed_elsewhere : int
        Frames of other clips whose packets are not those of the first film.
    """

    cost: Cost
    frames: Frames
    changed_elsewhere: int


@dataclass(frozen=True)
class Trial:
    """All that was found.

    Attributes
    ----------
    bare : Step
        x264 alone.
    rivals : tuple of Step
        The same film in other ways.
    sound_off_ms : dict
        How late the sound of the film is, by the second from which it was listened to.
    slowness : float
        How many times longer a frame of unchanging cost takes here than on the machine that goals
        in seconds are meant for.
    """

    seconds: int
    normalised: Step
    sound: Step
    composed: Step
    bare: Step
    rivals: tuple[Step, ...]
    redone: Redone
    sound_off_ms: dict[int, float]
    slowness: float

    @property
    def whole(self) -> Cost:
        """Everything from delivered clips and a song to the film."""
        return self.normalised.cost.and_then(self.sound.cost).and_then(self.composed.cost)


def try_out(job: Job, *, without: Collection[str] = ()) -> Trial:
    """Make a film in every way, and look at what comes of it."""
    job.write_song()
    retaken = replace(job, retaken=_clip_to_redo(job))
    _tell(f"painting {job.n_clips} clips for {job.seconds} s")
    deliver(job)
    deliver(retaken)
    slowness = reference_ms() / REFERENCE_MS
    _tell(f"{slowness:.1f} x slower than the reference, load {os.getloadavg()[0]:.1f}")
    fits, normalising = _measured(steps.normalise, job)
    shutil.rmtree(job.folder / CUTTING_ROOM, ignore_errors=True)  # of a trial before this one
    _, encoding = _measured(steps.encode_song, job)
    _, composing = _measured(steps.compose, job, fits)
    composed = _looked_at("final step", composing, job.film, job)
    offsets_ms = sound_offsets_ms(job)
    return Trial(
        seconds=job.seconds,
        normalised=Step("normalising", normalising),
        sound=Step("song, while clips are filmed", encoding),
        composed=composed,
        bare=_bare(job),
        rivals=(
            *(() if "graph" in without else [_graph(job)]),
            *(() if "moviepy" in without else _moviepy(job)),
        ),
        redone=_redo(retaken, fits),
        sound_off_ms=offsets_ms,
        slowness=slowness,
    )


def _clip_to_redo(job: Job) -> int:
    """Return the clip next to the middle that begins with a transition."""
    joined = [index for index in range(1, job.n_clips) if job.half_frames(index - 1)]
    return min(joined, key=lambda index: abs(index - job.n_clips // 2))


def _redo(job: Job, fits: list[str]) -> Redone:
    """Do one clip again, and hold the new film against the first."""
    assert job.retaken is not None
    first = shutil.copyfile(job.film, job.folder / "first.mp4")
    _, cost = _measured(steps.redo, job, fits)
    own = job.covered(job.retaken)
    changed = changed_packets(first, job.film) - {*own}
    return Redone(cost, look(job.film, job, own), len(changed))


def _bare(job: Job) -> Step:
    target = job.folder / "bare.mp4"
    (cpu_s, wall_s), cost = _measured(steps.encode_alone, job, target)
    alone = Cost(cpu_s, wall_s, cost.peak_mib)
    return Step("x264 alone", alone, None, vmaf(target, job), _kbps(target, job))


def _graph(job: Job) -> Step:
    target = job.folder / "graph.mp4"
    _, cost = _measured(rivals.film_by_graph, job, target)
    return _looked_at("one filter graph", cost, target, job)


def _moviepy(job: Job) -> list[Step]:
    """Measure MoviePy, if there is one, on the beginning of the film."""
    if not rivals.has_moviepy():
        console.print("moviepy: not installed")
        return []
    return [_moviepy_step(job, preset) for preset in PRESETS]


def _moviepy_step(job: Job, preset: str) -> Step:
    seconds = min(MOVIEPY_S, job.seconds)
    target = job.folder / f"moviepy_{preset}.mp4"
    _, cost = _measured(rivals.film_by_moviepy, job, target, preset, seconds)
    times = job.seconds / seconds
    frames = look(target, job, range(seconds * FPS))
    return Step(f"MoviePy {preset}, {seconds} s x {times:g}", cost.times(times), frames)


def _looked_at(name: str, cost: Cost, film: Path, job: Job) -> Step:
    """Return a step whose film was looked at."""
    return Step(name, cost, look(film, job), vmaf(film, job), _kbps(film, job))


def _kbps(film: Path, job: Job) -> float:
    return film.stat().st_size * 8 / 1000 / job.seconds


def _measured(work: Callable[..., T], *arguments: Any) -> tuple[T, Cost]:
    _tell(work.__name__.replace("_", " "))
    result, cost = measured(work, *arguments)
    _tell(f"    {cost.cpu_s:.1f} CPU s, {cost.wall_s:.1f} s, {cost.peak_mib:.0f} MiB")
    return result, cost


def _tell(what: str) -> None:
    console.print(what, style="dim")
