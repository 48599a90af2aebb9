"""The key of a song, from how much of each pitch class sounds.

The song's pitch classes are correlated with the profiles of the 24 keys, after Krumhansl and
Schmuckler, with the profiles of Albrecht and Shanahan, "The use of large corpora to train a new
type of key-finding algorithm" (Music Perception 31, 2013), which tell major from minor better.

Contents
--------
hear_key
"""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
from librosa.filters import chroma as chroma_bank

from mvkit.analysis.intake import Samples
from mvkit.analysis.sound import RATE_HZ, FloatArray
from mvkit.analysis.spectra import filtered_magnitudes
from mvkit.schema import Key
from mvkit.schema.analysis import Tonic

Mode = Literal["major", "minor"]

TONICS: tuple[Tonic, ...] = get_args(Tonic)
PROFILES: dict[Mode, tuple[float, ...]] = {
    "major": (0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.080, 0.008, 0.081),
    "minor": (0.220, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.061, 0.052),
}
"""Share of each pitch class in music of the mode, from the tonic."""

WINDOW, HOP = 8192, 2048  # long enough to part the semitones of a bass
CERTAIN_LEAD = 0.25  # of the best correlation over the next


def hear_key(mono: Samples) -> Key:
    """Return the key whose profile is most like the pitch classes of a signal at ``RATE_HZ``.

    The confidence grows with the lead over the next best key, from 0 for a tie to 1.
    """
    keys = [(tonic, mode) for mode in PROFILES for tonic in TONICS]
    likeness = _likeness(_pitch_classes(mono))
    order = np.argsort(-likeness, kind="stable")
    tonic, mode = keys[order[0]]
    lead = float(likeness[order[0]] - likeness[order[1]])
    return Key(tonic=tonic, mode=mode, confidence=round(min(1.0, lead / CERTAIN_LEAD), 3))


def _pitch_classes(mono: Samples) -> FloatArray:
    """Return how much each pitch class sounds, from C; every moment counts alike."""
    bank = chroma_bank(sr=RATE_HZ, n_fft=WINDOW, tuning=0.0)
    chroma = filtered_magnitudes(mono, window=WINDOW, hop=HOP, bank=bank, before=np.square)
    heard: FloatArray = (chroma / (chroma.max(axis=0) + 1e-9)).mean(axis=1)
    return heard


def _likeness(chroma: FloatArray) -> FloatArray:
    """Return the correlation with the 24 keys: 12 major, then 12 minor."""
    rolled = np.array(
        [np.roll(profile, shift) for profile in PROFILES.values() for shift in range(12)]
    )
    centred = rolled - rolled.mean(axis=1, keepdims=True)
    off_mean = chroma - chroma.mean()
    scale = np.linalg.norm(centred, axis=1) * np.linalg.norm(off_mean) + 1e-9
    likeness: FloatArray = centred @ off_mean / scale
    return likeness
