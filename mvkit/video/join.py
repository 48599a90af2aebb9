"""Joining the film: packets are copied wherever a clip is shown as it is.

Beside the transitions (:mod:`mvkit.video.blends`), only the first frames of a take are encoded
again where it has no keyframe at which the film could enter. The result is one H.264 track whose
frame ``n`` has the time ``n / 30`` exactly, interleaved with the sound.

Contents
--------
Strip, encode_strip, cut_strips, light_of, write_film
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import av
import numpy as np

from mvkit.errors import MediaFailed
from mvkit.footage import (
    FootageWriter,
    Light,
    Picture,
    keyframes_in,
    open_footage,
    packets_from,
    read_frames,
    read_light,
)
from mvkit.timing import FPS
from mvkit.video.reels import FilmForm, Reel
from mvkit.video.timeline import Blend, Take


@dataclass(frozen=True)
class Strip:
    """Frames of a file that are copied into the film; the first one is a keyframe."""

    path: Path
    frames: range


def encode_strip(pictures: Iterable[Picture], target: Path, *, form: FilmForm) -> Strip:
    """Encode pictures as a strip of their own.

    Raises
    ------
    MediaFailed
        If there is none, or the file cannot be written.
    """
    with FootageWriter(target, **form.asked()) as footage:
        for picture in pictures:
            footage.write(picture)
    return Strip(target, range(footage.n_frames))


def cut_strips(
    pieces: Iterable[Take | Blend],
    reels: Sequence[Reel],
    blended: Mapping[int, Strip],
    scratch: Path,
    *,
    form: FilmForm,
) -> list[Strip]:
    """Turn the pieces of the film into strips that can be copied one after the other.

    Parameters
    ----------
    pieces : iterable of Take and Blend
        The film, from its first frame to its last.
    reels : sequence of Reel
        One per clip.
    blended : mapping of int to Strip
        The transitions, by the clip that goes.
    scratch : Path
        Folder for the frames that have to be encoded again.
    form : FilmForm
        Size and quality of the film.

    Raises
    ------
    MediaFailed
        If a reel cannot be read.
    """
    strips: list[Strip] = []
    for piece in pieces:
        if isinstance(piece, Blend):
            strips.append(blended[piece.from_clip])
        else:
            strips += _cut_take(piece, reels[piece.clip_index], scratch, form=form)
    return strips


def light_of(strips: Iterable[Strip]) -> Light:
    """Return the light of the film that strips make, picture by picture.

    Raises
    ------
    MediaFailed
        If a strip does not tell it.
    """
    return np.concatenate([read_light(s.path)[s.frames.start : s.frames.stop] for s in strips])


def write_film(strips: Sequence[Strip], sound: Path, target: Path) -> None:
    """Copy strips and sound into one MP4 that can be played while it loads.

    Parameters
    ----------
    strips : sequence of Strip
        The picture, from the film's first frame to its last.
    sound : Path
        The song as AAC in an MP4 of its own.
    target : Path
        The file to make.

    Raises
    ------
    MediaFailed
        If a file cannot be read or written, or a strip is not what it is said to be.
    """
    try:
        with (
            av.open(str(target), "w", format="mp4", options={"movflags": "faststart"}) as film,
            av.open(str(sound)) as song,
        ):
            with open_footage(strips[0].path) as (_, template):
                picture_track = film.add_stream_from_template(template)
            sound_track = film.add_stream_from_template(song.streams.audio[0])
            tracks = _timed_pictures(strips, picture_track), _timed_sound(song, sound_track)
            for _, packet in heapq.merge(*tracks, key=lambda timed: timed[0]):
                film.mux(packet)
    except av.error.FFmpegError as error:
        raise MediaFailed(f"The film could not be written: {error}.", reason="MUX") from error


def _cut_take(piece: Take, reel: Reel, scratch: Path, *, form: FilmForm) -> list[Strip]:
    """Copy a take from its first keyframe on; what comes before that is encoded again."""
    first, end = piece.source.start, piece.source.stop
    entry = min((k for k in keyframes_in(reel.path) if first <= k < end), default=end)
    strips = [Strip(reel.path, range(entry, end))] if entry < end else []
    if entry > first:
        pictures = islice(read_frames(reel.path, first_frame=first), entry - first)
        target = scratch / f"take_{piece.film.start:06d}.mp4"
        strips.insert(0, encode_strip(pictures, target, form=form))
    return strips


def _timed_pictures(strips: Iterable[Strip], track: Any) -> Iterator[tuple[float, Any]]:
    """Yield the strips' packets one after the other, with their times in the film in seconds."""
    film_frame = 0
    for strip in strips:
        expected = film_frame + len(strip.frames)
        for frame, packet in packets_from(strip.path, first_frame=strip.frames.start):
            if frame not in strip.frames:
                break
            packet.pts = packet.dts = round(film_frame / FPS / packet.time_base)
            packet.stream = track
            yield film_frame / FPS, packet
            film_frame += 1
        if film_frame != expected:
            raise MediaFailed(
                f"{strip.path.name} gave {film_frame - expected + len(strip.frames)} of the "
                f"{len(strip.frames)} frames that were to be copied.",
                reason="STRIP",
            )


def _timed_sound(song: Any, track: Any) -> Iterator[tuple[float, Any]]:
    """Yield the song's packets, with their times in the film in seconds."""
    for packet in song.demux(song.streams.audio[0]):
        if packet.size:
            packet.stream = track
            yield float(packet.dts * packet.time_base), packet
