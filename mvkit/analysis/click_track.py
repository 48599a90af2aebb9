"""The song with a click on every beat, higher on downbeats: the most telling check of a beat.

Contents
--------
with_clicks, click_track
"""

from __future__ import annotations

from collections.abc import Collection
from tempfile import TemporaryFile

import numpy as np

from mvkit import ffmpeg
from mvkit.analysis.intake import Samples

CLICK_HZ = 1000.0
"""Pitch of a beat's click; a downbeat's is an octave higher."""
CLICK_S, CLICK_LEVEL, DECAY_HZ = 0.03, 0.5, 150.0
SONG_LEVEL = 0.5
BIT_RATE = "64k"


def with_clicks(
    mono: Samples,
    *,
    rate_hz: int,
    beats_s: Collection[float],
    downbeats_s: Collection[float],
) -> Samples:
    """Return a song, or its beginning, with a click on every beat.

    Parameters
    ----------
    mono : ndarray, shape (n,)
        The song, -1 to 1.
    rate_hz : int
        Samples per second.
    beats_s, downbeats_s : collection of float
        In seconds; downbeats are among the beats.

    Returns
    -------
    ndarray, shape (n,)
        The song at half its level plus the clicks.
    """
    mixed = (SONG_LEVEL * mono).astype(np.float32)
    beat, downbeat = (_click(CLICK_HZ * octave, rate_hz=rate_hz) for octave in (1, 2))
    bars_s = set(downbeats_s)
    for beat_s in beats_s:
        click = downbeat if beat_s in bars_s else beat
        place = mixed[round(beat_s * rate_hz) :][: len(click)]
        place += click[: len(place)]
    return mixed


def click_track(
    mono: Samples,
    *,
    rate_hz: int,
    beats_s: Collection[float],
    downbeats_s: Collection[float],
) -> bytes:
    """Return what :func:`with_clicks` makes as an MP3 file, which every browser plays.

    Raises
    ------
    MediaFailed
        If it cannot be encoded.
    """
    mixed = with_clicks(mono, rate_hz=rate_hz, beats_s=beats_s, downbeats_s=downbeats_s)
    with TemporaryFile() as raw:
        raw.write((32_767 * np.clip(mixed, -1.0, 1.0)).astype("<i2").tobytes())
        raw.seek(0)
        return ffmpeg.run(
            [
                *("-f", "s16le", "-ar", str(rate_hz), "-ac", "1"),
                *("-protocol_whitelist", "pipe", "-i", "pipe:0"),
                *("-c:a", "libmp3lame", "-b:a", BIT_RATE, "-f", "mp3", "pipe:1"),
            ],
            stdin=raw,
            capture=True,
        )


def _click(pitch_hz: float, *, rate_hz: int) -> Samples:
    times_s = np.arange(round(CLICK_S * rate_hz)) / rate_hz
    tone = np.sin(2 * np.pi * pitch_hz * times_s) * np.exp(-times_s * DECAY_HZ)
    return (CLICK_LEVEL * tone).astype(np.float32)
