"""Bringing a foreign clip into final form, at exactly the length wanted.

What a model delivers has any size, shape, rate, length and colour. It is decoded by the pinned
ffmpeg in a process of its own, never in ours: shown at 30 fps (output frame ``n`` is the picture
that was on screen at ``n / 30`` s), scaled by Lanczos until it fills the film's frame, and cropped
evenly where the shapes differ.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Literal

import cv2
import numpy as np

from mvkit import ffmpeg
from mvkit.errors import MediaFailed
from mvkit.footage.writing import FootageWriter, Picture
from mvkit.timing import FPS, seconds_at

MAX_SPEED_CHANGE = 0.05
"""Footage is slowed by at most this share of the time it has to fill."""
SEAM_FRAMES = 4
"""Over so many frames the last picture of a repeat dissolves into the next repeat."""
MAX_DELIVERED_S = 120.0
"""Footage beyond this is never looked at."""
CLOCK_TOLERANCE_S = 0.002
"""A picture this late still counts as on time: some containers keep whole milliseconds."""
CONTAINERS = "mov,mp4,matroska,webm"
CODECS = "h264,hevc,vp8,vp9,av1,libdav1d,mpeg4,prores"


@dataclass(frozen=True)
class Fit:
    """What was done to a delivered clip.

    Attributes
    ----------
    how : {'exact', 'trimmed', 'looped'}
        ``exact`` where all of it is shown, once.
    delivered_s : float
        Its own length in seconds.
    """

    how: Literal["exact", "trimmed", "looped"]
    delivered_s: float


def fit(
    source: Path,
    target: Path,
    *,
    n_frames: int,
    width_px: int,
    height_px: int,
    handover_frames: Collection[int] = (),
    threads: int = 1,
) -> Fit:
    """Bring a foreign clip into final form.

    Too long: its end is left out. Too short: it is repeated whole, softly at the seam, until the
    time is over. Where whole repeats (or one showing) leave at most :data:`MAX_SPEED_CHANGE` of
    the time unfilled, they are slowed to fill it instead: a stump of a repeat would look like a
    mistake.

    Parameters
    ----------
    source : Path
        What the model delivered (MP4, MOV, WebM or Matroska).
    target : Path
        The file to make.
    n_frames : int
        How many frames it has to have.
    width_px, height_px : int
        Size of the film.
    handover_frames : collection of int
        Frames, beside the first, that can be joined to other footage.
    threads : int
        How many threads the encoder may use.

    Raises
    ------
    MediaFailed
        If the source is damaged, empty, or of a kind that is not expected.
    """
    n_delivered = _count_frames(source)
    with FootageWriter(
        target,
        width_px=width_px,
        height_px=height_px,
        handover_frames=handover_frames,
        threads=threads,
    ) as footage:
        shown = source_frames(n_delivered=n_delivered, n_frames=n_frames)
        pictures = _follow(source, shown, width_px=width_px, height_px=height_px)
        for picture in _soft_at_seams(pictures, shown):
            footage.write(picture)
    how = _how(n_delivered=n_delivered, n_frames=n_frames)
    return Fit(how=how, delivered_s=seconds_at(n_delivered))


def source_frames(*, n_delivered: int, n_frames: int) -> list[int]:
    """Return, for each frame wanted, the delivered frame that is shown.

    Parameters
    ----------
    n_delivered, n_frames : int
        How many frames there are, and how many are wanted; both at least 1.
    """
    whole = max(1, n_frames // n_delivered) * n_delivered
    slowed = 0 < n_frames - whole <= MAX_SPEED_CHANGE * n_frames
    span = whole if slowed else n_frames
    return [frame * span // n_frames % n_delivered for frame in range(n_frames)]


def _how(*, n_delivered: int, n_frames: int) -> Literal["exact", "trimmed", "looped"]:
    if n_delivered > n_frames:
        return "trimmed"
    return "exact" if n_frames - n_delivered <= MAX_SPEED_CHANGE * n_frames else "looped"


def _follow(source: Path, shown: list[int], *, width_px: int, height_px: int) -> Iterator[Picture]:
    """Yield the delivered pictures in the order they are shown, starting over at each repeat."""
    pictures: Iterator[Picture] = iter(())
    position, picture = -1, None
    for frame in shown:
        if picture is None or frame < position:
            pictures = _decode(source, width_px=width_px, height_px=height_px)
            position = -1
        while position < frame:
            picture = next(pictures, None)
            position += 1
            if picture is None:
                raise _undecodable(source, f"it ended before its frame {frame}")
        assert picture is not None
        yield picture


def _soft_at_seams(pictures: Iterable[Picture], shown: Sequence[int]) -> Iterator[Picture]:
    """Dissolve from the last picture of a repeat, held, into the beginning of the next."""
    held: Picture | None = None
    before: Picture | None = None
    n_mixed = 0
    for (earlier, frame), picture in zip(pairwise([0, *shown]), pictures, strict=True):
        if frame < earlier:
            held, n_mixed = before, 0
        before = picture
        if held is None or n_mixed == SEAM_FRAMES:
            yield picture
            continue
        n_mixed += 1
        share = n_mixed / (SEAM_FRAMES + 1)
        yield np.asarray(cv2.addWeighted(held, 1.0 - share, picture, share, 0.0), np.uint8)


def _decode(source: Path, *, width_px: int, height_px: int) -> Iterator[Picture]:
    """Decode a clip at 30 fps, filling the film's frame."""
    fill = (
        f"scale={width_px}:{height_px}:force_original_aspect_ratio=increase:reset_sar=1"
        ":flags=lanczos:out_color_matrix=bt709:out_range=tv"
    )
    filters = f"{fill},crop={width_px}:{height_px},format=yuv420p"
    with ffmpeg.open_pipe(_arguments(source, filters)) as pipe:
        n_bytes = width_px * height_px * 3 // 2
        while len(data := pipe.read(n_bytes)) == n_bytes:
            yield np.frombuffer(data, np.uint8).reshape(height_px * 3 // 2, width_px)


def _count_frames(source: Path) -> int:
    """Decode a clip once, to find its length and whether it is whole."""
    tiny = "scale=2:2:flags=neighbor,format=gray"
    try:
        n_frames = len(ffmpeg.run(_arguments(source, tiny), capture=True)) // 4
    except MediaFailed as error:
        raise _undecodable(source, error.message) from error
    if n_frames == 0:
        raise _undecodable(source, "it holds no picture")
    return n_frames


def _arguments(source: Path, filters: str) -> list[str]:
    return [
        *("-xerror", "-t", f"{MAX_DELIVERED_S:g}", "-protocol_whitelist", "file"),
        *("-format_whitelist", CONTAINERS, "-codec_whitelist", CODECS),
        *("-i", f"file:{source}", "-map", "0:v:0"),
        *("-vf", f"setpts=PTS-STARTPTS-{CLOCK_TOLERANCE_S}/TB,fps={FPS}:round=up,{filters}"),
        *("-f", "rawvideo", "pipe:1"),
    ]


def _undecodable(source: Path, why: str) -> MediaFailed:
    return MediaFailed(
        f"The clip {source.name} cannot be decoded: {why}. Expected a whole MP4, MOV, WebM or "
        "Matroska file; ask the model for the clip again.",
        reason="CLIP",
    )
