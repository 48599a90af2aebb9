"""The soundtrack: the song as films carry it, encoded once and kept for the next cut.

The song is decoded by the pinned ffmpeg in a process of its own, which may read nothing but the
bytes it is handed. Time stamps are counted anew from the first sample, as the analysis counts
them, so that a beat heard at ``t`` is heard at ``t`` in the film.

Contents
--------
COUNT_SAMPLES, soundtrack, encode_song
"""

from __future__ import annotations

import uuid
from pathlib import Path

from mvkit import ffmpeg
from mvkit.files import CUTTING_ROOM

BIT_RATE = "192k"
RATE_HZ = 48_000
COUNT_SAMPLES = "asettb=1/sr,asetpts=N"
"""Whole numbers throughout: a time in seconds, cut to a sample, now and then is one too early."""


def soundtrack(song: Path) -> Path:
    """Return the song as AAC in an MP4 of its own, encoding it only if it has changed.

    To encode it takes as long as to join a film, so whoever films may begin with it.

    Parameters
    ----------
    song : Path
        The song of the run folder; its suffix is its kind.

    Raises
    ------
    MediaFailed
        If the song cannot be decoded.
    """
    stat = song.stat()
    room = song.parent / CUTTING_ROOM
    kept = room / f"soundtrack-{stat.st_size:x}-{stat.st_mtime_ns:x}.mp4"
    if not kept.exists():
        room.mkdir(exist_ok=True)
        for outdated in room.glob("soundtrack-*"):
            outdated.unlink(missing_ok=True)
        draft = room / f".{kept.name}.{uuid.uuid4().hex[:8]}"
        try:
            encode_song(song, draft)
            draft.replace(kept)
        finally:
            draft.unlink(missing_ok=True)
    return kept


def encode_song(song: Path, target: Path) -> None:
    """Encode the whole song as AAC, 48 kHz stereo, in an MP4 of its own.

    Parameters
    ----------
    song : Path
        The song of the run folder; its suffix is its kind.
    target : Path
        The file to make.

    Raises
    ------
    MediaFailed
        If the song cannot be decoded.
    """
    with song.open("rb") as stdin:
        ffmpeg.run(
            [
                *ffmpeg.pinned_input(song.suffix.removeprefix(".")),
                *("-af", COUNT_SAMPLES, "-c:a", "aac", "-b:a", BIT_RATE),
                *("-ar", str(RATE_HZ), "-ac", "2", "-map_metadata", "-1", "-f", "mp4"),
                str(target),
            ],
            stdin=stdin,
        )
