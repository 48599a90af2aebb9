"""The same film in two other ways: by one ffmpeg filter graph, and by MoviePy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.compose.job import HEIGHT_PX, WIDTH_PX, Job
from benchmarks.compose.truth import FILL, MOST_SLOWED
from mvkit import ffmpeg
from mvkit.timing import FPS

__all__ = ["film_by_graph", "film_by_moviepy", "has_moviepy"]

LONGEST_S = 3600.0
EARLY_S = 0.002
"""Time stamps of some containers are rounded: a picture this late is on time."""
ENCODING = [
    *("-c:v", "libx264", "-preset", "ultrafast", "-b:v", "5000k", "-pix_fmt", "yuv420p"),
    *("-maxrate", "7500k", "-bufsize", "10000k", "-c:a", "aac", "-b:a", "192k"),
    *("-movflags", "+faststart"),
]
XFADES = {"crossfade": "fade", "fade": "fadeblack"}


def film_by_graph(job: Job, target: Path) -> None:
    """Make the film by one run of ffmpeg, in its fastest preset and with as many threads."""
    inputs = [
        argument
        for index, delivery in enumerate(job.deliveries)
        for argument in (*_looped(job, index), "-i", str(delivery.path))
    ]
    graph = ";".join([*(_clip(job, index) for index in range(job.n_clips)), *_joined(job)])
    song = ["-i", str(job.song), "-filter_complex", graph, "-map", "[film]"]
    ffmpeg.run(
        [*inputs, *song, "-map", f"{job.n_clips}:a", *ENCODING, str(target)], timeout_s=LONGEST_S
    )


def has_moviepy() -> bool:
    """Tell whether MoviePy can be imported; the project does not depend on it."""
    try:
        import moviepy  # noqa: F401
    except ImportError:
        return False
    return True


def film_by_moviepy(job: Job, target: Path, preset: str, seconds: int) -> None:
    """Make the beginning of the film with MoviePy."""
    import moviepy

    parts = [
        _moviepy_part(moviepy, job, index)
        for index in range(job.n_clips)
        if job.covered(index).start < seconds * FPS
    ]
    film = moviepy.CompositeVideoClip(parts, size=(WIDTH_PX, HEIGHT_PX)).with_duration(seconds)
    song = moviepy.AudioFileClip(str(job.song)).subclipped(0, seconds)
    film.with_audio(song).write_videofile(
        str(target),
        fps=FPS,
        codec="libx264",
        audio_codec="aac",
        bitrate="5000k",
        preset=preset,
        logger=None,
    )


def _looped(job: Job, index: int) -> list[str]:
    lasts = job.delivery(index).n_shown * _slowness(job, index)
    return ["-stream_loop", "-1"] if lasts < len(job.covered(index)) else []


def _slowness(job: Job, index: int) -> float:
    """Return how many times longer a clip is shown than it is."""
    missing = len(job.covered(index)) / job.delivery(index).n_shown
    return missing if 1 < missing <= 1 / (1 - MOST_SLOWED) else 1.0


def _clip(job: Job, index: int) -> str:
    """Return the filters that bring a clip to the film's rate, size and its own length.

    Pictures are taken when they are due, not at the nearest frame, and the last one is held should
    one be missing: a graph whose clips are a frame too short is late from there on.
    """
    rate = f"setpts=(PTS-STARTPTS)*{_slowness(job, index):.9f}-{EARLY_S}/TB,fps={FPS}:round=up"
    n_frames = len(job.covered(index))
    end = f"tpad=stop={FPS}:stop_mode=clone,trim=end_frame={n_frames},setpts=PTS-STARTPTS"
    return f"[{index}:v]{rate},{FILL},{end}[clip{index}]"


def _joined(job: Job) -> list[str]:
    """Return the filters that dissolve clips into each other, and put the rest end to end."""
    filters, rows, n_frames = [], ["clip0"], len(job.covered(0))
    for index in range(1, job.n_clips):
        half = job.half_frames(index - 1)
        if not half:
            rows.append(f"clip{index}")
            n_frames = len(job.covered(index))
            continue
        times = f"duration={2 * half / FPS:.9f}:offset={(n_frames - 2 * half) / FPS:.9f}"
        kind = XFADES[job.joins[index - 1][0]]
        filters.append(f"[{rows[-1]}][clip{index}]xfade={kind}:{times}[row{index}]")
        rows[-1] = f"row{index}"
        n_frames += len(job.covered(index)) - 2 * half
    tags = "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv"
    whole = "".join(f"[{row}]" for row in rows)
    return [*filters, f"{whole}concat=n={len(rows)},{tags}[film]"]


def _moviepy_part(moviepy: Any, job: Job, index: int) -> Any:
    """Return a clip at its place and size, with the half of the transition that it begins with."""
    frames, effects = job.covered(index), []
    part = moviepy.VideoFileClip(str(job.delivery(index).path), audio=False)
    if part.duration < len(frames) / FPS:
        effects.append(moviepy.vfx.Loop(duration=len(frames) / FPS))
    if index and (half := job.half_frames(index - 1)):
        effects.append(moviepy.vfx.CrossFadeIn(2 * half / FPS))
    part = part.resized((WIDTH_PX, HEIGHT_PX)).with_effects(effects)
    return part.subclipped(0, len(frames) / FPS).with_start(frames.start / FPS)
