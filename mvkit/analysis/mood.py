"""How a song feels, by rules: valence and arousal from what can be measured.

Arousal grows with loudness, density of notes, tempo and brightness; valence with the major mode,
and less with tempo and brightness. The directions are those that listening studies agree on
(Gabrielsson and Lindström, "The role of structure in the musical expression of emotions", 2010;
Eerola and Vuoskoski, "A review of music and emotion studies", 2013); the ranges are those of
recorded popular music. The four tags are the four directions of Russell's circumplex (1980).

Contents
--------
hear_mood
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from mvkit.analysis.sound import FloatArray
from mvkit.analysis.spectra import Spectra, notes_hz
from mvkit.schema import Key, Mood

Direction = Literal["energetic", "calm", "dark", "bright"]

LOUDNESS_RANGE_LUFS = (-24.0, -9.0)
NOTES_RANGE_HZ = (1.0, 6.0)
TEMPO_RANGE_BPM = (65.0, 160.0)
BRIGHTNESS_RANGE = (0.25, 0.60)  # where the middle of the spectrum lies on the mel scale, 0-1

SECONDARY: dict[Direction, tuple[str, str]] = {
    "energetic": ("aggressive", "uplifting"),
    "calm": ("melancholic", "peaceful"),
    "dark": ("brooding", "tense"),
    "bright": ("tender", "joyful"),
}
"""What colours a direction: by valence for the first two, by arousal for the others."""


def hear_mood(spectra: Spectra, *, key: Key, bpm: float, loudness_lufs: float) -> Mood:
    """Return the mood of a song.

    Parameters
    ----------
    spectra : Spectra
        Of the song.
    key : Key
        Its key; an uncertain mode counts less.
    bpm : float
        Tempo.
    loudness_lufs : float
        Integrated loudness.
    """
    pace = _share(bpm, TEMPO_RANGE_BPM)
    brightness = _share(_brightness(spectra.mel), BRIGHTNESS_RANGE)
    loudness = _share(loudness_lufs, LOUDNESS_RANGE_LUFS)
    density = _share(notes_hz(spectra.mel), NOTES_RANGE_HZ)
    mode = (0.5 if key.mode == "major" else -0.5) * key.confidence**0.5
    arousal = 0.35 * loudness + 0.30 * density + 0.20 * pace + 0.15 * brightness
    valence = 0.5 + 0.5 * mode + 0.3 * (0.5 * pace + 0.5 * brightness - 0.5)
    return _mood(valence=round(float(np.clip(valence, 0, 1)), 3), arousal=round(arousal, 3))


def _mood(*, valence: float, arousal: float) -> Mood:
    up, right = arousal - 0.5, valence - 0.5
    primary: Direction
    if abs(up) >= abs(right):
        primary, other = ("energetic" if up > 0 else "calm"), right
    else:
        primary, other = ("bright" if right > 0 else "dark"), up
    return Mood(
        primary=primary,
        secondary=SECONDARY[primary][other > 0],
        energy_level="low" if arousal < 0.38 else "medium" if arousal < 0.62 else "high",
        confidence=round(min(1.0, 0.4 + 1.2 * abs(abs(up) - abs(right))), 3),
        valence=valence,
        arousal=arousal,
    )


def _share(value: float, low_high: tuple[float, float]) -> float:
    low, high = low_high
    return min(1.0, max(0.0, (value - low) / (high - low)))


def _brightness(mel: FloatArray) -> float:
    """Return the centroid of the mean spectrum on the mel scale, 0 (40 Hz) to 1 (10.5 kHz)."""
    mean = mel.mean(axis=1)
    return float((np.arange(len(mean)) * mean).sum() / ((len(mean) - 1) * mean.sum() + 1e-9))
