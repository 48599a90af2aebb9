"""What is measured: each step as the product does it, and x264 alone."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

from benchmarks.compose.job import HEIGHT_PX, WIDTH_PX, Job
from benchmarks.compose.truth import true_pictures
from mvkit.clips.call_sheet import _handover_frames
from mvkit.footage import FootageWriter, fit
from mvkit.schema import Plan, Video
from mvkit.soundtrack import soundtrack
from mvkit.timing import frame_at
from mvkit.video import compose_video

__all__ = ["compose", "encode_alone", "encode_song", "normalise", "redo"]

AT_ONCE = 2
CHUNK_FRAMES = 60


def normalise(job: Job) -> list[str]:
    """Bring all clips into final form, two at a time; return what was done to each."""
    plan = job.plan()
    (job.folder / "clips").mkdir(exist_ok=True)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(lambda index: _normalise(job, plan, index), range(job.n_clips)))


def encode_song(job: Job) -> None:
    """Encode the song, which the product does while clips are filmed."""
    soundtrack(job.song)


def compose(job: Job, fits: list[str]) -> Video:
    """Make the film of clips in final form and a song that is encoded."""
    return compose_video(
        job.folder,
        brief=job.brief(),
        analysis=job.analysis(),
        plan=job.plan(),
        clips=job.clips(fits),
    )


def redo(job: Job, fits: list[str]) -> Video:
    """Make the film again, with the one clip that was filmed anew."""
    assert job.retaken is not None
    fits[job.retaken] = _normalise(job, job.plan(), job.retaken)
    return compose(job, fits)


def encode_alone(job: Job, target: Path) -> tuple[float, float]:
    """Encode the film's pictures, before anything was encoded, in one go.

    Returns
    -------
    cpu_s, wall_s : float
        Of the encoder alone: pictures are decoded by another process and wait in memory, sixty at
        a time, until the clocks run.
    """
    cuts = {frame_at(edge_s) for edge_s in job.edges_s}
    pictures = true_pictures(job, range(job.n_frames))
    cpu_s = wall_s = 0.0
    with FootageWriter(
        target, width_px=WIDTH_PX, height_px=HEIGHT_PX, handover_frames=cuts
    ) as footage:
        while chunk := list(islice(pictures, CHUNK_FRAMES)):
            began_s, cpu_began_s = time.monotonic(), time.process_time()
            for picture in chunk:
                footage.write(picture)
            cpu_s += time.process_time() - cpu_began_s
            wall_s += time.monotonic() - began_s
    return cpu_s, wall_s


def _normalise(job: Job, plan: Plan, index: int) -> str:
    return fit(
        job.delivery(index).path,
        job.clip(index),
        n_frames=len(plan.filmed_frames(index)),
        width_px=WIDTH_PX,
        height_px=HEIGHT_PX,
        handover_frames=_handover_frames(plan, index),
    ).how
