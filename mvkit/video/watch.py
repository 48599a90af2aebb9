"""Watching the finished film: what is needed to tell where its pictures change.

To decode every frame of a film takes longer than to join it, and is not needed: where a clip is
shown as it is, its packets were copied. Decoded are the keyframes, and the neighbourhood of every
planned change, from the keyframe before it on. Every packet is counted and its time read; a packet
is a frame. The loop filter is left out, which saves a quarter of the time: of the block edges that
it softens, the coarse pictures kept here show nothing. What an album shows is not decoded again.

That another decoder, the pinned ffmpeg, can enter the film and go on is tried at a few places.

Contents
--------
Sighting, watch, second_look
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from mvkit import ffmpeg
from mvkit.errors import MediaFailed
from mvkit.footage import open_footage
from mvkit.timing import FPS
from mvkit.video.album import Album, Coarse, keys_of

COARSE_ROWS = 54
"""Rows of a coarse picture, about: every 20th of a film 1080 pixels high."""
SECOND_LOOK_FRAMES = 8
DECODER_OPTIONS = {"skip_loop_filter": "all", "flags2": "+fast", "err_detect": "explode"}


@dataclass(frozen=True)
class Sighting:
    """What was seen of a film.

    Attributes
    ----------
    n_frames : int
        How many frames it has.
    misplaced : tuple of int
        Frames whose time is not exactly ``n / 30`` s.
    seen : dict of int to ndarray
        Coarse luma pictures by frame, about 54 rows: the frames asked for and all keyframes.
    """

    n_frames: int
    misplaced: tuple[int, ...]
    seen: dict[int, Coarse]


def watch(film: Path, frames: Collection[int], *, album: Path | None = None) -> Sighting:
    """Look at the keyframes of a film and at the frames asked for.

    Parameters
    ----------
    album : Path, optional
        Where the pictures of an earlier cut are, and those of this one are kept.

    Raises
    ------
    MediaFailed
        If the film cannot be decoded.
    """
    misplaced: list[int] = []
    seen: dict[int, Coarse] = {}
    n_frames = 0
    kept = Album(album)
    with open_footage(film) as (file, stream):
        codec = stream.codec_context
        codec.options, codec.thread_type, codec.thread_count = DECODER_OPTIONS, "FRAME", 2
        for group in _groups(file.demux(stream)):
            numbers = range(n_frames, n_frames + len(group))
            misplaced += [n for n, p in zip(numbers, group, strict=True) if not _on_time(p, n)]
            wanted = [place for place, number in enumerate(numbers) if number in frames]
            pictures = _look(group[: max(wanted, default=0) + 1], {0, *wanted}, codec, kept)
            seen |= {numbers.start + place: picture for place, picture in pictures.items()}
            n_frames += len(group)
    kept.save()
    return Sighting(n_frames=n_frames, misplaced=tuple(misplaced), seen=seen)


def second_look(film: Path, *, n_frames: int) -> tuple[int, int]:
    """Decode a few frames at the film's beginning, middle and end with the pinned ffmpeg.

    Parameters
    ----------
    n_frames : int
        How many frames the film has.

    Returns
    -------
    tuple of int
        How many frames came, and how many should have.

    Raises
    ------
    MediaFailed
        If it cannot decode one of them.
    """
    n_wanted = min(SECOND_LOOK_FRAMES, n_frames)
    last = n_frames - n_wanted
    starts = sorted({0, last // 2, last})
    found = [_n_decoded(film, start, n_wanted) for start in starts]
    return sum(found), n_wanted * len(starts)


def _n_decoded(film: Path, first_frame: int, n_frames: int) -> int:
    seek = ("-ss", f"{max(0.0, (first_frame - 0.5) / FPS):.6f}")  # between two frames: no doubt
    tiny = ("-vf", "scale=2:2:flags=neighbor,format=gray", "-fps_mode", "passthrough")
    raw = ("-frames:v", str(n_frames), "-f", "rawvideo", "pipe:1")
    source = ("-xerror", "-i", f"file:{film}", "-map", "0:v:0")
    return len(ffmpeg.run([*seek, *source, *tiny, *raw], capture=True)) // 4


def _groups(packets: Iterable[Any]) -> Iterator[list[Any]]:
    """Split packets at the keyframes."""
    group: list[Any] = []
    for packet in packets:
        if packet.size == 0:
            continue
        if packet.is_keyframe and group:
            yield group
            group = []
        group.append(packet)
    if group:
        yield group


def _on_time(packet: Any, number: int) -> bool:
    return bool(packet.pts * packet.time_base == Fraction(number, FPS))


def _look(
    group: Sequence[Any], places: Collection[int], codec: Any, album: Album
) -> dict[int, Coarse]:
    """Return the coarse pictures at some places of a closed group, or of its beginning."""
    keys = keys_of(map(bytes, group))
    known = {place: seen for place in places if (seen := album.find(keys[place])) is not None}
    if len(known) < len(places):
        pictures = _decode(codec, group)
        known = {place: pictures[place] for place in places}
        for place, picture in known.items():
            album.add(keys[place], picture)
    return known


def _decode(codec: Any, packets: Sequence[Any]) -> list[Coarse]:
    """Return the coarse pictures of a closed group, or of its beginning."""
    pictures = [_coarse(frame) for packet in packets for frame in codec.decode(packet)]
    pictures += [_coarse(frame) for frame in codec.decode(None)]
    codec.flush_buffers()
    if len(pictures) != len(packets):
        raise MediaFailed(
            f"{len(packets)} packets of the film gave {len(pictures)} pictures, expected one each. "
            "Compose the video again.",
            reason="FILM",
        )
    return pictures


def _coarse(frame: Any) -> Coarse:
    plane = frame.planes[0]
    luma = np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)
    step = max(1, plane.height // COARSE_ROWS)
    return luma[::step, : plane.width : step].copy()
