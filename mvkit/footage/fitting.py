"""Bringing a foreign clip into final form, at exactly the length wanted.

What a model delivers has any size, shape, rate, length and colour. It is decoded by the pinned
ffmpeg in a process of its own, never in ours: shown at 30 fps (output frame ``n`` is the picture
that was on screen at ``n / 30`` s), laid on black where it is transparent, scaled by Lanczos until
it fills the film's frame, cropped evenly where the shapes differ, and brought into bt709.
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
from mvkit.footage.delivered import Delivered, told_by_name, undecodable
from mvkit.footage.writing import FootageWriter, Picture
from mvkit.schema import Caption, Quality
from mvkit.timing import seconds_at

MAX_SPEED_CHANGE = 0.05
"""Footage is slowed by at most this share of the time it has to fill."""
SEAM_FRAMES = 4
"""Over so many frames the last picture of a repeat dissolves into the next repeat."""
MAX_OVERFLOW = 4
"""Of a picture that is longer than the film's by more, only the middle is scaled."""


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
    captions: Sequence[Caption] = (),
    first_frame: int = 0,
    quality: Quality = "standard",
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
    captions : sequence of Caption
        What is written over it, at times of the film.
    first_frame : int
        The film's frame that its first picture is, for captions to know.
    quality : {'draft', 'standard', 'high'}
        How finely it is encoded.
    threads : int
        How many threads the encoder may use.

    Raises
    ------
    MediaFailed
        If the source is damaged, empty, or of a kind that is not expected.
    """
    clip = Delivered.at(source)
    n_delivered = _count_frames(clip)
    with FootageWriter(
        target,
        width_px=width_px,
        height_px=height_px,
        handover_frames=handover_frames,
        captions=captions,
        first_frame=first_frame,
        quality=quality,
        threads=threads,
    ) as footage:
        shown = source_frames(n_delivered=n_delivered, n_frames=n_frames)
        pictures = _follow(clip, shown, width_px=width_px, height_px=height_px)
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


def _follow(
    clip: Delivered, shown: Sequence[int], *, width_px: int, height_px: int
) -> Iterator[Picture]:
    """Yield the delivered pictures in the order they are shown, starting over at each repeat."""
    pictures: Iterator[Picture] = iter(())
    position, picture = -1, None
    for frame in shown:
        if picture is None or frame < position:
            pictures = _decode(clip, width_px=width_px, height_px=height_px)
            position = -1
        while position < frame:
            picture = next(pictures, None)
            position += 1
            if picture is None:
                raise undecodable(clip.path, f"it ended before its frame {frame}")
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


def _decode(clip: Delivered, *, width_px: int, height_px: int) -> Iterator[Picture]:
    """Decode a clip at 30 fps, filling the film's frame."""
    arguments = clip.at_30_fps(*_filters(clip, width_px=width_px, height_px=height_px))
    n_bytes = width_px * height_px * 3 // 2
    with told_by_name(clip.path), ffmpeg.open_pipe(arguments) as pipe:
        while len(data := pipe.read(n_bytes)) == n_bytes:
            yield np.frombuffer(data, np.uint8).reshape(height_px * 3 // 2, width_px)


def _filters(clip: Delivered, *, width_px: int, height_px: int) -> list[str]:
    """Return what makes the film's pictures from a clip's."""
    wide, shape = clip.colours.wide, f"{width_px}/{height_px}"
    middle = (
        f"crop='min(iw,{MAX_OVERFLOW}*ih*{shape}/sar)':'min(ih,{MAX_OVERFLOW}*iw*sar/({shape}))'"
        ":exact=1"
    )
    fill = (
        f"scale={width_px}:{height_px}:force_original_aspect_ratio=increase:reset_sar=1"
        ":flags=lanczos+accurate_rnd+full_chroma_int"
    )
    return [
        clip.colours.told(),
        *(["premultiply=inplace=1"] if clip.has_alpha else []),
        middle,
        fill if wide else f"{fill}:out_color_matrix=bt709:out_range=tv",
        f"crop={width_px}:{height_px}",
        *(clip.colours.to_film() if wide else []),
        "format=yuv420p",
    ]


def _count_frames(clip: Delivered) -> int:
    """Decode a clip once, to find its length and whether it is whole."""
    with told_by_name(clip.path):
        tiny = ffmpeg.run(clip.at_30_fps("scale=2:2:flags=neighbor,format=gray"), capture=True)
    if not tiny:
        raise undecodable(clip.path, "it holds no picture")
    return len(tiny) // 4
