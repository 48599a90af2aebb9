"""The one door through which a song comes in: looked at, decoded once, refused or let through.

A song is an MP3, WAV or FLAC of at most 10 MiB that holds 1 s to 10 min of sound. What it is, is
read from its first bytes, never from its name. Its sound alone, without tags and pictures, is
decoded by the pinned ffmpeg from a pipe, with demuxer and codecs fixed, so that a playlist in
disguise opens nothing; at most 601 s are decoded, so that a bomb fills no memory; and the sound,
not the header, decides how long it is.

Samples are float32 with full scale at ±1, ``(n,)`` when mono and ``(n, n_channels)`` otherwise.

Contents
--------
CheckedSong, check_song, decode, mixed, song_blocks, song_kind, read_song
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

import numpy as np
from numpy.typing import NDArray

from mvkit import ffmpeg
from mvkit.analysis.containers import AudioFormat, SongKind, read_format
from mvkit.errors import MediaFailed, NotFound, RefusedSong, TimedOut

Samples = NDArray[np.float32]

MAX_BYTES = 10 * 1024 * 1024
MIN_SECONDS, MAX_SECONDS = 1.0, 600.0
CHECK_RATE_HZ = 22_050
BLOCK_RATE_HZ = 48_000
DECODE_TIMEOUT_S = 60.0

CHECKED_AT_ONCE = threading.BoundedSemaphore(2)
"""Of songs, in one process: to decode one takes a core, and up to 200 MB."""

MAX_BROKEN_SHARE = 0.5  # of samples that are no numbers; fewer become silence
MAX_PEAK = 1e4  # float files may pass full scale, but not by 80 dB
CANCELLED = 1e-4  # of the channels' power: less is left of one that was turned upside down
SILENCE_SPAN = 1e-4  # highest minus lowest sample: the noise floor of 16 bits


@dataclass(frozen=True)
class CheckedSong:
    """A song that was let through.

    Attributes
    ----------
    kind : {'mp3', 'wav', 'flac'}
        The container, also the right file extension.
    duration_s : float
        Length of the decoded sound in seconds.
    rate_hz, n_channels : int
        As the file has them.
    n_bytes : int
        Size of the file.
    """

    kind: SongKind
    duration_s: float
    rate_hz: int
    n_channels: int
    n_bytes: int


def song_kind(path: Path) -> SongKind:
    """Return what kind of song a file is, by its first bytes; nothing is decoded.

    Raises
    ------
    RefusedSong
        If it is too large, or its header is not that of a song that can be used.
    NotFound
        If there is no such file.
    """
    return read_format(read_song(path)).kind


def check_song(path: Path) -> CheckedSong:
    """Decode a song to see whether it can be used, in turn with others.

    Raises
    ------
    RefusedSong
        Saying what was found; ``reason`` is one of EMPTY_FILE, FILE_TOO_LARGE, NOT_AUDIO,
        UNSUPPORTED_CONTAINER, UNSUPPORTED_CODEC, UNSUPPORTED_LAYOUT, UNSUPPORTED_SAMPLE_RATE,
        NO_AUDIO_DATA, DAMAGED, TOO_SHORT, TOO_LONG, INVALID_SAMPLES, SILENT, TRUNCATED.
    NotFound
        If there is no such file.
    """
    with CHECKED_AT_ONCE:
        data = read_song(path)
        audio_format = read_format(data)
        samples = _decode_checked(data, audio_format, rate_hz=CHECK_RATE_HZ, n_channels=1)
    return CheckedSong(
        kind=audio_format.kind,
        duration_s=len(samples) / CHECK_RATE_HZ,
        rate_hz=audio_format.rate_hz,
        n_channels=audio_format.n_channels,
        n_bytes=len(data),
    )


def decode(path: Path, *, rate_hz: int, n_channels: int) -> Samples:
    """Decode a song, checking it as :func:`check_song` does.

    Parameters
    ----------
    path : Path
        The song.
    rate_hz, n_channels : int
        Sample rate and number of channels to return; ffmpeg resamples and mixes.

    Returns
    -------
    ndarray of float32
        ``(n,)`` for one channel, else ``(n, n_channels)``; all finite, full scale at ±1.

    Raises
    ------
    RefusedSong, NotFound
        As :func:`check_song`.
    """
    data = read_song(path)
    return _decode_checked(data, read_format(data), rate_hz=rate_hz, n_channels=n_channels)


def song_blocks(path: Path) -> Iterator[Samples]:
    """Decode a song that was let through, second by second, with nothing changed.

    Where the file has more than 48 kHz or two channels, it is brought down to these.

    Yields
    ------
    ndarray of float32, shape (n, n_channels)
        One or two channels, full scale at ±1; what is no number is 0.

    Raises
    ------
    RefusedSong, NotFound
        As :func:`song_kind`, or if nothing can be decoded.
    """
    data = read_song(path)
    audio_format = read_format(data)
    rate_hz = min(audio_format.rate_hz, BLOCK_RATE_HZ)
    n_channels = min(audio_format.n_channels, 2)
    arguments = _decoding(audio_format.kind, rate_hz=rate_hz, n_channels=n_channels)
    try:
        with (
            _sound_alone(data, audio_format) as sound,
            ffmpeg.open_pipe(arguments, source=Path(sound.name)) as pipe,
        ):
            while raw := pipe.read(4 * rate_hz * n_channels):
                block = _as_samples(raw, n_channels=n_channels)
                yield np.nan_to_num(block, posinf=0.0, neginf=0.0)
    except MediaFailed as error:
        raise _damaged() from error


def read_song(path: Path) -> bytes:
    """Return the bytes of a file, if it is no larger than a song may be.

    They are read once, so that what is decoded is what was looked at.

    Raises
    ------
    RefusedSong
        If it is larger.
    NotFound
        If there is no such file.
    """
    if not path.is_file():
        raise NotFound(f"There is no file {path.name!r}; expected an MP3, WAV or FLAC.")
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise RefusedSong(
            f"The file is larger than {MAX_BYTES:,} bytes (10 MB); "
            "export it as an MP3 or with a lower bit rate.",
            reason="FILE_TOO_LARGE",
        )
    return data


@contextmanager
def _sound_alone(data: bytes, audio_format: AudioFormat) -> Iterator[IO[bytes]]:
    """Give a file of a song's sound without its tags, to be read from its beginning."""
    with NamedTemporaryFile(prefix="mvkit-") as file:
        file.write(audio_format.head)
        file.write(memoryview(data)[audio_format.sound_at :])
        file.seek(0)
        yield file


def _decode_checked(
    data: bytes, audio_format: AudioFormat, *, rate_hz: int, n_channels: int
) -> Samples:
    n_decoded = n_channels if n_channels > 1 else min(audio_format.n_channels, 2)
    arguments = _decoding(audio_format.kind, rate_hz=rate_hz, n_channels=n_decoded)
    try:
        with _sound_alone(data, audio_format) as sound:
            raw = ffmpeg.run(arguments, stdin=sound, timeout_s=DECODE_TIMEOUT_S, capture=True)
    except (MediaFailed, TimedOut) as error:
        raise _damaged() from error
    samples = _as_samples(raw, n_channels=n_decoded)
    duration_s = len(samples) / rate_hz
    _check_length(duration_s)
    samples = _repair(samples)
    _check_sound(samples)
    _check_promise(audio_format.promised_s, duration_s)
    return mixed(samples) if n_channels == 1 else samples


def mixed(samples: Samples) -> Samples:
    """Return the mean of all channels, or the first one where they cancel each other out.

    Parameters
    ----------
    samples : ndarray, shape (n, n_channels)
    """
    mean: Samples = samples.mean(axis=1, dtype=np.float32)
    if np.dot(mean, mean) < CANCELLED * np.vdot(samples, samples) / samples.shape[1]:
        return samples[:, 0].copy()
    return mean


def _decoding(kind: SongKind, *, rate_hz: int, n_channels: int) -> list[str]:
    return [
        *ffmpeg.pinned_input(kind),
        *("-t", str(MAX_SECONDS + 1), "-ac", str(n_channels), "-ar", str(rate_hz)),
        *("-c:a", "pcm_f32le", "-f", "f32le", "pipe:1"),
    ]


def _as_samples(raw: bytes, *, n_channels: int) -> Samples:
    n_samples = len(raw) // (4 * n_channels)
    return np.frombuffer(raw, dtype="<f4", count=n_samples * n_channels).reshape(-1, n_channels)


def _damaged() -> RefusedSong:
    why = "No sound could be read from this file; it may be damaged. Export it again."
    return RefusedSong(why, reason="DAMAGED")


def _check_length(duration_s: float) -> None:
    if duration_s == 0:
        raise _damaged()
    if duration_s < MIN_SECONDS:
        raise RefusedSong(
            f"The song lasts {duration_s:.2f} s; at least {MIN_SECONDS:.0f} s are needed.",
            reason="TOO_SHORT",
        )
    if duration_s > MAX_SECONDS:
        raise RefusedSong(
            f"The song is longer than {MAX_SECONDS / 60:.0f} minutes; cut out a part of it.",
            reason="TOO_LONG",
        )


def _repair(samples: Samples) -> Samples:
    """Put silence where a few samples are no numbers."""
    finite = np.isfinite(samples)
    if finite.all():
        return samples
    if 1.0 - finite.mean() > MAX_BROKEN_SHARE:
        raise _invalid_samples("are no numbers")
    return np.where(finite, samples, np.float32(0.0))


def _check_sound(samples: Samples) -> None:
    lowest, highest = float(samples.min()), float(samples.max())
    if max(highest, -lowest) > MAX_PEAK:
        raise _invalid_samples(f"reach {max(highest, -lowest):.0e} times full scale")
    if highest - lowest < SILENCE_SPAN:
        raise RefusedSong(
            "The file is silent; there is nothing to make a video to. Choose another song.",
            reason="SILENT",
        )


def _invalid_samples(found: str) -> RefusedSong:
    why = f"The file holds samples that {found}; expected sound within ±1. Export it again."
    return RefusedSong(why, reason="INVALID_SAMPLES")


def _check_promise(promised_s: float | None, duration_s: float) -> None:
    tolerance_s = max(1.0, 0.02 * duration_s)
    if promised_s is not None and abs(promised_s - duration_s) > tolerance_s:
        raise RefusedSong(
            f"The file says it lasts {promised_s:.0f} s but holds {duration_s:.0f} s of sound; "
            "it may be cut off. Export or copy it again.",
            reason="TRUNCATED",
        )
