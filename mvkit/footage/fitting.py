"""Bringing a foreign clip into final form, at exactly the length wanted.

What a model delivers has any size, shape, rate, length and colour. It is decoded by the pinned
ffmpeg in a process of its own, never in ours: shown at 30 fps (output frame ``n`` is the picture
that was on screen at ``n / 30`` s), laid on black where it is transparent, scaled by Lanczos until
it fills the film's frame, cropped where the shapes differ (:mod:`mvkit.footage.framing`), and
brought into bt709.
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
from mvkit.footage.framing import (
    Grey,
    filled,
    middle,
    padded,
    same_shape,
    small_size,
    subject_place,
)
from mvkit.footage.writing import FootageWriter, Picture
from mvkit.schema import Caption, Framing, Quality
from mvkit.timing import seconds_at

MAX_SPEED_CHANGE = 0.05
"""Footage is slowed by at most this share of the time it has to fill."""
SEAM_FRAMES = 4
"""Over so many frames the last picture of a repeat dissolves into the next repeat."""
GLANCE_FRAMES = 5
"""Every so many frames are looked at to find the subject."""


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
    framing: Framing = "subject",
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
    framing : {'subject', 'centre', 'pad'}
        What is done where the shapes differ: crop to where the subject is, crop evenly, or show the
        whole picture before a blurred enlargement of itself.
    threads : int
        How many threads the encoder may use.

    Raises
    ------
    MediaFailed
        If the source is damaged, empty, or of a kind that is not expected.
    """
    clip = Delivered.at(source)
    frame = _Frame(width_px, height_px, framing)
    n_delivered, place = _look_through(clip, frame, n_frames=n_frames)
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
        pictures = _follow(clip, shown, frame, place=place)
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


@dataclass(frozen=True)
class _Frame:
    """The film's frame in pixels, and how pictures of other shapes come into it."""

    width_px: int
    height_px: int
    framing: Framing

    @property
    def shape(self) -> float:
        """Width over height."""
        return self.width_px / self.height_px

    def differs_from(self, clip: Delivered) -> bool:
        """Whether a clip's pictures have to be framed."""
        return not same_shape(clip.shape, self.shape)

    def filters(self, clip: Delivered, *, place: float) -> list[str]:
        """Return what makes the film's pictures from a clip's."""
        colours = clip.colours
        to_film = colours.to_film() if colours.wide else []
        size_px = self.width_px, self.height_px
        if self.framing == "pad" and self.differs_from(clip):
            framed = padded(*size_px, to_film=to_film)
        else:
            framed = filled(*size_px, place=place, to_film=to_film)
        return [*_as_seen(clip), *framed]


def _follow(
    clip: Delivered, shown: Sequence[int], frame: _Frame, *, place: float
) -> Iterator[Picture]:
    """Yield the delivered pictures in the order they are shown, starting over at each repeat."""
    pictures: Iterator[Picture] = iter(())
    position, picture = -1, None
    for number in shown:
        if picture is None or number < position:
            pictures = _decode(clip, frame, place=place)
            position = -1
        while position < number:
            picture = next(pictures, None)
            position += 1
            if picture is None:
                raise undecodable(clip.path, f"it ended before its frame {number}")
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


def _decode(clip: Delivered, frame: _Frame, *, place: float) -> Iterator[Picture]:
    """Decode a clip at 30 fps, in the film's frame."""
    arguments = clip.at_30_fps(*frame.filters(clip, place=place))
    n_rows = frame.height_px * 3 // 2
    with told_by_name(clip.path):
        yield from _raw_pictures(arguments, frame.width_px, n_rows)


def _look_through(clip: Delivered, frame: _Frame, *, n_frames: int) -> tuple[int, float]:
    """Decode a clip once: count its frames, find its subject if wanted, see that it is whole.

    Returns
    -------
    n_delivered : int
    place : float
        Where the film's window lies on its pictures, 0-1.
    """
    seeks = frame.framing == "subject" and frame.differs_from(clip)
    width_px, height_px = small_size(clip.shape, frame.shape) if seeks else (2, 2)
    whole = [*_as_seen(clip), middle(f"{frame.width_px}/{frame.height_px}")] if seeks else []
    scaler = "area" if seeks else "neighbor"
    small = f"scale={width_px}:{height_px}:flags={scaler},format=gray"
    n_delivered = 0
    glances: list[Grey] = []
    with told_by_name(clip.path):
        for picture in _raw_pictures(clip.at_30_fps(*whole, small), width_px, height_px):
            if seeks and n_delivered < n_frames and n_delivered % GLANCE_FRAMES == 0:
                glances.append(picture)
            n_delivered += 1
    if not n_delivered:
        raise undecodable(clip.path, "it holds no picture")
    return n_delivered, subject_place(glances, film_shape=frame.shape) if seeks else 0.5


def _as_seen(clip: Delivered) -> list[str]:
    """Return what tells ffmpeg how a clip's pictures look: their colours, and black behind them."""
    return [
        clip.colours.told(),
        *(["premultiply=inplace=1"] if clip.has_alpha else []),
        *(["format=yuv444p|yuv444p10"] if clip.odd else []),  # scalers want whole pairs of pixels
    ]


def _raw_pictures(arguments: Sequence[str], width_px: int, n_rows: int) -> Iterator[Picture]:
    """Yield the pictures that ffmpeg writes, one byte a point."""
    n_bytes = width_px * n_rows
    with ffmpeg.open_pipe(arguments) as pipe:
        while len(data := pipe.read(n_bytes)) == n_bytes:
            yield np.frombuffer(data, np.uint8).reshape(n_rows, width_px)
