"""What every frame of the film has to show, worked out from the product's words.

A clip shows at film frame ``n`` the picture that was on screen ``n / 30`` s after its beginning.
Too long, its end is left out; too short, it is repeated whole, its last picture held and dissolving
into the next repeat over four frames; with at most 5 % missing it is slowed instead. Two clips are
blended evenly from just before a transition to just after it.

Contents
--------
Shown, truth, true_pictures
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from benchmarks.compose.job import HEIGHT_PX, WIDTH_PX, Delivery, Job
from benchmarks.compose.stamps import BLACK, GREY
from mvkit import ffmpeg
from mvkit.footage import Picture
from mvkit.timing import FPS, frame_at

__all__ = ["FILL", "Shown", "true_pictures", "truth"]

MOST_SLOWED = 0.05
SEAM_FRAMES = 4
FILL = (
    f"scale={WIDTH_PX}:{HEIGHT_PX}:force_original_aspect_ratio=increase:reset_sar=1:flags=lanczos"
    f":out_color_matrix=bt709:out_range=tv,crop={WIDTH_PX}:{HEIGHT_PX},format=yuv420p"
)
"""Fills the film's frame with a delivered picture."""


@dataclass(frozen=True)
class Shown:
    """A delivered picture, and its share of a film frame; what is missing to 1 is black."""

    clip: int
    frame: int
    share: float


Mix = tuple[Shown, ...]


def truth(job: Job) -> list[Mix]:
    """Return what each frame of a film has to show."""
    film: list[Mix] = [()] * job.n_frames
    for index in range(job.n_clips):
        delivery, frames = job.delivery(index), job.covered(index)
        for n, pictures in zip(frames, _clip_truth(delivery, len(frames)), strict=True):
            seen = _visibility(job, index, n)
            film[n] += tuple(
                Shown(delivery.number, frame, share * seen)
                for frame, share in pictures.items()
                if share * seen > 0
            )
    return film


def true_pictures(job: Job, frames: Iterable[int]) -> Iterator[Picture]:
    """Yield the pictures of ascending film frames, as they are before anything is encoded."""
    film = truth(job)
    deliveries = {delivery.number: delivery for delivery in job.deliveries}
    projectors: dict[int, _Projector] = {}
    for n in frames:
        numbers = {shown.clip for shown in film[n]}
        projectors = {
            number: projectors.get(number) or _Projector(deliveries[number]) for number in numbers
        }
        yield _mixed([(projectors[s.clip].picture(s.frame), s.share) for s in film[n]])


def _clip_truth(delivery: Delivery, n_frames: int) -> Iterator[dict[int, float]]:
    """Yield for each frame of a clip the shares of the delivered pictures in it."""
    before = held = 0
    since_seam = SEAM_FRAMES
    for step in _steps(delivery.n_shown, n_frames):
        lap, place = divmod(step, delivery.n_shown)
        now = min(place * delivery.rate // FPS, delivery.n_frames - 1)
        if lap and now < before:
            held, since_seam = before, 0
        before, since_seam = now, since_seam + 1
        share = min(since_seam / (SEAM_FRAMES + 1), 1.0)
        yield {held: 1 - share, now: share} if share < 1 else {now: 1.0}


def _steps(n_shown: int, n_frames: int) -> list[int]:
    """Return how far a clip has come at each of its frames, repeats counted on."""
    whole = max(1, n_frames // n_shown) * n_shown
    slowed = 0 < n_frames - whole <= MOST_SLOWED * n_frames
    return [n * whole // n_frames if slowed else n for n in range(n_frames)]


def _visibility(job: Job, index: int, n: int) -> float:
    """Return how much of a clip is seen in a film frame."""
    seen = 1.0
    for join, comes in ((index - 1, True), (index, False)):
        if not 0 <= join < job.n_clips - 1:
            continue
        half, middle = job.half_frames(join), frame_at(job.edges_s[join + 1])
        if middle - half <= n < middle + half:
            weight = (n - (middle - half) + 1) / (2 * half + 1)
            share = weight if comes else 1 - weight
            seen = share if job.joins[join][0] == "crossfade" else max(0.0, 2 * share - 1)
    return seen


class _Projector:
    """Shows a delivered clip's pictures at the film's size; going back starts over."""

    KEPT = 6

    def __init__(self, delivery: Delivery) -> None:
        self._delivery = delivery
        self._pictures: Iterator[Picture] = iter(())
        self._next = delivery.n_frames
        self._kept: OrderedDict[int, Picture] = OrderedDict()

    def picture(self, frame: int) -> Picture:
        """Return a picture by its number."""
        if frame not in self._kept and frame < self._next:
            self._pictures, self._next = _projected(self._delivery), 0
        while frame not in self._kept:
            self._kept[self._next] = next(self._pictures)
            self._next += 1
            if len(self._kept) > self.KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(frame)
        return self._kept[frame]


def _projected(delivery: Delivery) -> Iterator[Picture]:
    arguments = ["-i", str(delivery.path), "-vf", FILL, "-fps_mode", "passthrough"]
    n_bytes = WIDTH_PX * HEIGHT_PX * 3 // 2
    with ffmpeg.open_pipe([*arguments, "-f", "rawvideo", "pipe:1"]) as pipe:
        while len(data := pipe.read(n_bytes)) == n_bytes:
            yield np.frombuffer(data, np.uint8).reshape(HEIGHT_PX * 3 // 2, WIDTH_PX)


def _mixed(parts: list[tuple[Picture, float]]) -> Picture:
    if len(parts) == 1 and parts[0][1] == 1:
        return parts[0][0]
    mixed = np.full((HEIGHT_PX * 3 // 2, WIDTH_PX), GREY, np.float32)
    mixed[:HEIGHT_PX] = BLACK
    mixed *= 1 - sum(share for _, share in parts)
    for picture, share in parts:
        mixed += np.float32(share) * picture
    return np.rint(mixed).astype(np.uint8)
