"""What is found in a finished film: its frames, how good they look, its sound, its packets.

Contents
--------
Frames, look
    Whether each frame is the right one.
vmaf
    How near its pictures come to what they were made of.
sound_offsets_ms
    How far the sound is from the song, at some places.
changed_packets
    What differs between two films.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.compose.job import HEIGHT_PX, WIDTH_PX, Job
from benchmarks.compose.stamps import BLACK, Levels, levels_of, read_levels, read_number
from benchmarks.compose.truth import Mix, true_pictures, truth
from mvkit import ffmpeg
from mvkit.footage import Picture, packets_from, read_frames
from mvkit.timing import FPS
from mvkit.video.sound import LISTENING_RATE_HZ, compare, listen_to_film, listen_to_song

__all__ = ["Frames", "changed_packets", "look", "sound_offsets_ms", "vmaf"]

TOLERANCE = 8.0
"""By so much may the luma of a block differ from that of the blend that is due."""
SPANS_AT, SPAN_S, EVERY = (1 / 6, 1 / 2, 5 / 6), 5, 4
"""Where pictures are compared, as shares of the film's length; for how long; every fourth frame."""
PLACES_S, LISTEN_S = (1, 30, 90, 150, 175), 2


@dataclass
class Frames:
    """How many frames of a film are right.

    Attributes
    ----------
    plain : int
        Frames that have to show one picture; judged by its number.
    mixed : int
        Frames in transitions and where repeats meet; judged by the light of all blocks.
    worst : float
        The largest difference of luma in a block of a mixed frame that is right.
    """

    n_frames: int = 0
    plain: int = 0
    plain_right: int = 0
    mixed: int = 0
    mixed_right: int = 0
    worst: float = 0.0

    @property
    def right(self) -> int:
        """Frames that are right, of both kinds."""
        return self.plain_right + self.mixed_right


def look(film: Path, job: Job, frames: range | None = None) -> Frames:
    """Look whether frames of a film show what they have to; all of them by default."""
    found, due = Frames(), truth(job)
    first, last = (frames.start, frames.stop) if frames else (0, job.n_frames)
    for n, picture in enumerate(read_frames(film, first_frame=first), first):
        if n == last:
            break
        found.n_frames += 1
        _judge(found, read_levels(picture), due[n])
    return found


def vmaf(film: Path, job: Job) -> float:
    """Return how good a film looks beside what it was made of, on a sample of its frames."""
    starts_s = sorted({int(share * (job.seconds - SPAN_S)) for share in SPANS_AT})
    scores = []
    for start_s in starts_s:
        frames = range(start_s * FPS, min((start_s + SPAN_S) * FPS, job.n_frames))
        scores.append(_vmaf(film, true_pictures(job, frames), start_s))
    return float(np.mean(scores))


def sound_offsets_ms(job: Job) -> dict[int, float]:
    """Return how late the film's sound is, by the second from which it is listened to."""
    heard, song = listen_to_film(job.film), listen_to_song(job.song)
    offsets_ms = {}
    for place_s in (place_s for place_s in PLACES_S if place_s + LISTEN_S <= job.seconds):
        here = slice(place_s * LISTENING_RATE_HZ, (place_s + LISTEN_S) * LISTENING_RATE_HZ)
        match = compare(heard[here], song[here])
        offsets_ms[place_s] = 1000 * match.offset_s if match else np.inf
    return offsets_ms


def changed_packets(before: Path, after: Path) -> frozenset[int]:
    """Return the frames whose packets differ between two films."""
    old, new = ({n: bytes(packet) for n, packet in packets_from(film)} for film in (before, after))
    return frozenset(n for n in old.keys() | new.keys() if old.get(n) != new.get(n))


def _judge(found: Frames, levels: Levels, due: Mix) -> None:
    """Count a frame."""
    if len(due) == 1 and due[0].share == 1:
        found.plain += 1
        found.plain_right += read_number(levels) == (due[0].clip, due[0].frame)
        return
    light = sum((s.share * (levels_of(s.clip, s.frame) - BLACK) for s in due), np.zeros(1))
    off = float(np.abs(levels - BLACK - light).max())
    found.mixed += 1
    found.mixed_right += off <= TOLERANCE
    found.worst = max(found.worst, off) if off <= TOLERANCE else found.worst


def _vmaf(film: Path, pictures: Iterable[Picture], start_s: int) -> float:
    """Compare a film from some second on with pictures, which ffmpeg is handed as they come."""
    read_end, write_end = os.pipe()
    raw = ["-f", "rawvideo", "-s", f"{WIDTH_PX}x{HEIGHT_PX}", "-pix_fmt", "yuv420p"]
    timed = f"settb=1/{FPS},setpts=N"
    judge = f"libvmaf=n_threads=2:n_subsample={EVERY}:log_fmt=json:log_path=/dev/stdout"
    graph = f"[0:v]{timed}[seen];[1:v]{timed}[due];[seen][due]{judge}:shortest=1"
    arguments = [
        *("-ss", str(start_s), "-i", str(film), *raw, "-r", str(FPS), "-i", "pipe:0"),
        *("-lavfi", graph, "-f", "null", "-"),
    ]
    with ThreadPoolExecutor(1) as pool, os.fdopen(read_end, "rb") as stdin:
        handing = pool.submit(_hand_over, pictures, write_end)
        told = ffmpeg.run(arguments, stdin=stdin, capture=True)
    handing.result()
    return float(json.loads(told)["pooled_metrics"]["vmaf"]["mean"])


def _hand_over(pictures: Iterable[Picture], write_end: int) -> None:
    with os.fdopen(write_end, "wb") as pipe:
        for picture in pictures:
            pipe.write(picture.tobytes())
