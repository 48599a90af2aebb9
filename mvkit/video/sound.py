"""Listening to the film: whether its sound is the song, and where the song is.

Contents
--------
listen_to_song, listen_to_film, compare, Match
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from mvkit import ffmpeg
from mvkit.soundtrack import COUNT_SAMPLES

LISTENING_RATE_HZ = 8_000
MAX_OFFSET_S = 0.5

SILENCE_RMS = 1e-3
"""Sound below -60 dB of full scale has no place that could be compared."""

Samples = NDArray[np.float32]


@dataclass(frozen=True)
class Match:
    """Where one sound was found in another.

    Attributes
    ----------
    offset_s : float
        Seconds by which it comes late; negative where it is early.
    likeness : float
        Normalised correlation there; 1 for the same sound.
    """

    offset_s: float
    likeness: float


def listen_to_song(song: Path) -> Samples:
    """Decode the song to mono at 8 kHz, float samples in -1..1.

    Raises
    ------
    MediaFailed
        If the song cannot be decoded.
    """
    with song.open("rb") as stdin:
        data = ffmpeg.run(
            [*ffmpeg.pinned_input(_kind(song)), "-af", COUNT_SAMPLES, *_TO_SAMPLES],
            stdin=stdin,
            capture=True,
        )
    return np.frombuffer(data, np.float32)


def listen_to_film(film: Path) -> Samples:
    """Decode a film's sound to mono at 8 kHz, from the film's time 0 on.

    Raises
    ------
    MediaFailed
        If the film has no sound that can be decoded.
    """
    from_zero = "aresample=async=1:first_pts=0"
    data = ffmpeg.run(
        ["-i", f"file:{film}", "-map", "0:a:0", "-af", from_zero, *_TO_SAMPLES], capture=True
    )
    return np.frombuffer(data, np.float32)


def compare(heard: Samples, reference: Samples) -> Match | None:
    """Find by how much one sound comes later than another, by cross-correlation.

    Parameters
    ----------
    heard, reference : ndarray
        Samples at 8 kHz that start at the same time.

    Returns
    -------
    Match or None
        The best match within half a second; None where the reference is silent.
    """
    n_samples = min(len(heard), len(reference))
    heard, reference = heard[:n_samples], reference[:n_samples]
    power = float(np.linalg.norm(heard) * np.linalg.norm(reference))
    if np.linalg.norm(reference) < SILENCE_RMS * np.sqrt(max(n_samples, 1)):
        return None
    reach = min(round(MAX_OFFSET_S * LISTENING_RATE_HZ), n_samples - 1)
    n_fft = fft.next_fast_len(n_samples + reach, real=True)
    spectrum = fft.rfft(heard, n_fft) * np.conj(fft.rfft(reference, n_fft))
    lags = np.arange(-reach, reach + 1)
    likeness = fft.irfft(spectrum, n_fft)[lags] / max(power, 1e-9)
    best = int(np.argmax(likeness))
    return Match(offset_s=int(lags[best]) / LISTENING_RATE_HZ, likeness=float(likeness[best]))


_TO_SAMPLES = ["-ac", "1", "-ar", str(LISTENING_RATE_HZ), "-f", "f32le", "pipe:1"]


def _kind(song: Path) -> str:
    return song.suffix.removeprefix(".")
