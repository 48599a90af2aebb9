"""What a finished file says of itself: streams, tags, times, and the order of its boxes.

Contents
--------
FilmFacts, read_facts
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av

from mvkit.errors import MediaFailed
from mvkit.footage import boxes

BT709 = 1
LIMITED_RANGE = 1


@dataclass(frozen=True)
class FilmFacts:
    """Facts about a film, as its file states them; times in seconds, ``start`` from time 0."""

    width_px: int
    height_px: int
    frames_per_second: float
    picture: str
    """Codec, profile and pixel format: ``h264 High yuv420p``."""
    colour: str
    """``bt709 limited`` or the numbers of the tags."""
    sound: str
    """Codec, rate and channels: ``aac 48000 Hz stereo``."""
    picture_start_s: float
    picture_end_s: float
    sound_start_s: float
    sound_end_s: float
    n_bytes: int
    boxes: tuple[str, ...]
    """Types of the file's outermost boxes, in order."""


def read_facts(film: Path) -> FilmFacts:
    """Read what a film's file says of itself.

    Raises
    ------
    MediaFailed
        If it is no film with picture and sound.
    """
    try:
        with av.open(str(film)) as file:
            if not (file.streams.video and file.streams.audio):
                raise MediaFailed(f"{film.name} lacks picture or sound.", reason="TRACKS")
            picture, sound = file.streams.video[0], file.streams.audio[0]
            codec = picture.codec_context
            picture_start_s, picture_end_s = _span_s(picture)
            sound_start_s, sound_end_s = _span_s(sound)
            return FilmFacts(
                width_px=codec.width,
                height_px=codec.height,
                frames_per_second=float(picture.average_rate),
                picture=f"{codec.codec.name} {codec.profile} {codec.pix_fmt}",
                colour=_colour(codec),
                sound=f"{sound.codec_context.codec.name} {sound.rate} Hz {sound.layout.name}",
                picture_start_s=picture_start_s,
                picture_end_s=picture_end_s,
                sound_start_s=sound_start_s,
                sound_end_s=sound_end_s,
                n_bytes=film.stat().st_size,
                boxes=tuple(box.kind for box in boxes(film)),
            )
    except av.error.FFmpegError as error:
        raise MediaFailed(f"{film.name} cannot be opened: {error}.", reason="FILM") from error


def _span_s(stream: Any) -> tuple[float, float]:
    start_s = float((stream.start_time or 0) * stream.time_base)
    return start_s, start_s + float((stream.duration or 0) * stream.time_base)


def _colour(codec: Any) -> str:
    tags = (codec.color_primaries, codec.color_trc, codec.colorspace, codec.color_range)
    if tags == (BT709, BT709, BT709, LIMITED_RANGE):
        return "bt709 limited"
    return f"primaries, transfer, matrix, range {tags}"
