"""One film, from song to file, in a process of its own: what it costs and how it moves."""

from __future__ import annotations

import os
import resource
import shutil
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from benchmarks.director.chance import Share
from benchmarks.director.films import SEED
from benchmarks.director.songs import JOB
from benchmarks.studio.motion import lumas, motion, on_beats, peaks_s
from mvkit import analyze_song, compose_video, film_clips, plan_video, write_prompts
from mvkit.files import sha256_of
from mvkit.providers.studio import StudioCamera
from mvkit.schema import Analysis, Brief, Plan, References
from mvkit.settings import get_settings
from mvkit.timing import frame_at

__all__ = ["FILM", "Filmed", "film_apart"]

FILM = "video.mp4"
MIB = 2**20
CUT_FRAMES = (-1, 0, 1)  # a blend or an encoder may spread a cut over its neighbours


@dataclass(frozen=True)
class Filmed:
    """A film that was made.

    Attributes
    ----------
    steps_s : dict
        CPU seconds of each step, all threads and child processes together.
    moves, moves_inside : Share
        Motion peaks on beats: of the whole film, and inside its shots, cuts apart.
    shots_s : tuple of float
        When its shots begin.
    """

    song: str
    wish: int
    duration_s: float
    steps_s: dict[str, float]
    wall_s: float
    peak_mib: float
    moves: Share
    moves_inside: Share
    shots_s: tuple[float, ...]
    folder: Path

    @property
    def cpu_s_per_minute(self) -> float:
        """CPU seconds of all steps, per minute of song."""
        return 60 * sum(self.steps_s.values()) / self.duration_s

    @property
    def wall_s_per_minute(self) -> float:
        """Seconds somebody waited, per minute of song."""
        return 60 * self.wall_s / self.duration_s


def film_apart(song: Path, wish: int, text: str, *, height_px: int, folder: Path) -> Filmed:
    """Film a song in a new process, whose memory is that of this film alone."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as elsewhere:
        return elsewhere.submit(_film, song, wish, text, height_px, folder).result()


def _film(song: Path, wish: int, text: str, height_px: int, folder: Path) -> Filmed:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ["MVKIT_RUNS_DIR"] = str(folder)  # nothing that was heard before is there
    get_settings.cache_clear()
    brief = _brief(song, text, folder)
    clock = _Clock()
    analysis = analyze_song(folder / brief.song_file, job_id=JOB, folder=folder)
    clock.lap("hear")
    plan = plan_video(brief, analysis)
    references = References.none(JOB)
    made = {"brief": brief, "analysis": analysis, "plan": plan}
    prompts = write_prompts(brief, plan, references)
    clock.lap("plan")
    camera = StudioCamera(height_px=height_px)
    clips = film_clips(folder, **made, references=references, prompts=prompts, model=camera)
    clock.lap("film")
    compose_video(folder, **made, clips=clips)
    clock.lap("compose")
    peak_mib = _peak_mib()
    moves, moves_inside = _moves(folder / FILM, plan, analysis)
    return Filmed(
        song=song.stem,
        wish=wish,
        duration_s=analysis.duration,
        steps_s=clock.steps_s,
        wall_s=clock.wall_s,
        peak_mib=peak_mib,
        moves=moves,
        moves_inside=moves_inside,
        shots_s=tuple(shot.start for shot in plan.whole_shots()),
        folder=folder,
    )


class _Clock:
    """Tells CPU seconds by step, and seconds since it was made."""

    def __init__(self) -> None:
        self.steps_s: dict[str, float] = {}
        self._started_s = self._lapped_s = time.monotonic()
        self._cpu_s = _cpu_s()

    @property
    def wall_s(self) -> float:
        return self._lapped_s - self._started_s

    def lap(self, step: str) -> None:
        """End a step."""
        cpu_s = _cpu_s()
        self.steps_s[step] = cpu_s - self._cpu_s
        self._cpu_s, self._lapped_s = cpu_s, time.monotonic()


def _cpu_s() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _peak_mib() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (MIB if sys.platform == "darwin" else 1024)


def _brief(song: Path, text: str, folder: Path) -> Brief:
    name = f"song{song.suffix}"
    shutil.copyfile(song, folder / name)
    return Brief(job_id=JOB, prompt=text, song_file=name, song_sha256=sha256_of(song), seed=SEED)


def _moves(film: Path, plan: Plan, analysis: Analysis) -> tuple[Share, Share]:
    """Return the motion peaks on beats, of the whole film and inside its shots."""
    frames = lumas(film)
    cuts = {frame_at(shot.start) + off for shot in plan.whole_shots()[1:] for off in CUT_FRAMES}
    whole, inside = (
        on_beats(
            peaks_s(motion(frames, cuts=left_out)),
            analysis.beat_timestamps,
            duration_s=analysis.duration,
        )
        for left_out in ((), cuts)
    )
    return whole, inside
