"""A song as the analysis hears it: samples at one rate, its loudness and its peak.

Everything is analysed at 22 050 Hz: beats, chords and timbre lie below 11 kHz. The true peak alone
is measured at the rate of the file, since taking the highs away moves peaks.

Contents
--------
RATE_HZ, Sound, load_sound
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mvkit.analysis.intake import Samples, decode, mixed, song_blocks
from mvkit.loudness import FloatArray, loudness_lufs, true_peak_db

__all__ = ["RATE_HZ", "FloatArray", "Sound", "load_sound", "loudness_lufs"]

RATE_HZ = 22_050


@dataclass(frozen=True)
class Sound:
    """A decoded song.

    Attributes
    ----------
    mono : ndarray of float32, shape (n,)
        The channels mixed, at ``RATE_HZ``, full scale at ±1.
    duration_s : float
        Length in seconds.
    loudness_lufs : float
        Integrated loudness, not below -70.
    true_peak_db : float
        Highest peak in dBTP, not below -120.
    """

    mono: Samples
    duration_s: float
    loudness_lufs: float
    true_peak_db: float


def load_sound(song: Path) -> Sound:
    """Decode a song for the analysis.

    Raises
    ------
    RefusedSong, NotFound
        As :func:`mvkit.analysis.intake.decode`.
    """
    stereo = decode(song, rate_hz=RATE_HZ, n_channels=2)
    return Sound(
        mono=mixed(stereo),
        duration_s=len(stereo) / RATE_HZ,
        loudness_lufs=loudness_lufs(stereo, rate_hz=RATE_HZ),
        true_peak_db=true_peak_db(song_blocks(song)),
    )
