"""Reading footage that we wrote.

Files are opened in process here, so they must be our own; foreign files go through
:func:`mvkit.footage.fit`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from mvkit.errors import MediaFailed
from mvkit.footage.encoding import decoder_setup
from mvkit.footage.writing import Picture
from mvkit.schema import Quality
from mvkit.timing import FPS


@contextmanager
def open_footage(path: Path) -> Iterator[tuple[Any, Any]]:
    """Open a file of ours and give its container and its video stream.

    Raises
    ------
    MediaFailed
        If the file is missing, damaged or without picture, now or while it is read.
    """
    try:
        with av.open(str(path)) as file:
            if not file.streams.video:
                raise _unreadable(path, "it holds no picture")
            yield file, file.streams.video[0]
    except (av.error.FFmpegError, OSError) as error:
        raise _unreadable(path, str(error)) from error


def read_frames(path: Path, *, first_frame: int = 0) -> Iterator[Picture]:
    """Read a file's pictures in order.

    Parameters
    ----------
    path : Path
        Footage that we wrote.
    first_frame : int
        Frame to start at.

    Raises
    ------
    MediaFailed
        If the file cannot be read.
    """
    with open_footage(path) as (file, stream):
        stream.codec_context.thread_count = 1
        seek(file, stream, first_frame)
        for frame in file.decode(stream):
            if frame_of(frame, stream) >= first_frame:
                yield frame.to_ndarray(format="yuv420p")


def packets_from(path: Path, *, first_frame: int = 0) -> Iterator[tuple[int, Any]]:
    """Read a file's packets, each with its frame's number, without decoding them.

    Parameters
    ----------
    path : Path
        Footage that we wrote.
    first_frame : int
        Frame to start at; the first packet is that of the keyframe at or before it.

    Raises
    ------
    MediaFailed
        If the file cannot be read.
    """
    with open_footage(path) as (file, stream):
        seek(file, stream, first_frame)
        for packet in file.demux(stream):
            if packet.size:
                yield frame_of(packet, stream), packet


def n_frames_in(path: Path) -> int:
    """Return how many frames a file holds.

    Raises
    ------
    MediaFailed
        If the file cannot be read.
    """
    return sum(1 for _ in packets_from(path))


def keyframes_in(path: Path) -> frozenset[int]:
    """Return the frames at which decoding can start.

    Raises
    ------
    MediaFailed
        If the file cannot be read.
    """
    return frozenset(frame for frame, packet in packets_from(path) if packet.is_keyframe)


def is_final_form(
    path: Path, *, n_frames: int, width_px: int, height_px: int, quality: Quality = "standard"
) -> bool:
    """Tell whether a file of ours can enter the film as it is.

    Parameters
    ----------
    path : Path
        Footage that we wrote.
    n_frames : int
        How many frames it has to hold.
    width_px, height_px : int
        Size of the film.
    quality : {'draft', 'standard', 'high'}
        How finely the film is encoded.

    Raises
    ------
    MediaFailed
        If the file cannot be read.
    """
    with open_footage(path) as (file, stream):
        setup = bytes(stream.codec_context.extradata or b"")
        frames = [frame_of(packet, stream) for packet in file.demux(stream) if packet.size]
    expected_setup = decoder_setup(width_px=width_px, height_px=height_px, quality=quality)
    return setup == expected_setup and frames == list(range(n_frames))


def frame_of(timed: Any, stream: Any) -> int:
    """Return the frame number of a packet or a decoded frame."""
    frame: int = round(timed.pts * stream.time_base * FPS)
    return frame


def seek(file: Any, stream: Any, frame: int) -> None:
    """Move to the keyframe at or before a frame."""
    if frame:
        file.seek(int(Fraction(frame, FPS) / stream.time_base), stream=stream)


def _unreadable(path: Path, why: str) -> MediaFailed:
    return MediaFailed(
        f"{path.name} cannot be read as footage: {why}. Expected a file in final form; "
        "film the clip again.",
        reason="FOOTAGE",
    )
