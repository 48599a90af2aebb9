"""How a song feels, by rules: valence and arousal from what can be measured.

Arousal grows with loudness, density of notes, tempo and brightness; valence with the major mode,
and less with tempo and brightness. The directions are those that listening studies agree on
(Gabrielsson and Lindström, "The role of structure in the musical expression of emotions", 2010;
Eerola and Vuoskoski, "A review of music and emotion studies", 2013); the ranges are those of
recorded popular music. The four tags are the four directions of Russell's circumplex (1980). A mood
is as sure as its direction is clear, and as what it was told from is sure.

Contents
--------
hear_mood
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from mvkit.analysis.sound import FloatArray
from mvkit.analysis.spectra import FRAME_RATE_HZ, Spectra, notes_hz
from mvkit.schema import Key, Mood

Direction = Literal["energetic", "calm", "dark", "bright"]

LOUDNESS_RANGE_LUFS = (-24.0, -9.0)
NOTES_RANGE_HZ = (1.0, 6.0)
TEMPO_RANGE_BPM = (65.0, 160.0)
BRIGHTNESS_RANGE = (0.25, 0.60)  # where the middle of the spectrum lies on the mel scale, 0-1

LOUDNESS_WEIGHT, NOTES_WEIGHT, PACE_WEIGHT, BRIGHTNESS_WEIGHT = 0.35, 0.30, 0.20, 0.15
MODE_VALENCE, PACE_VALENCE, BRIGHTNESS_VALENCE = 0.50, 0.15, 0.15
SHORT_S = 2.0  # so much sound is half convincing
SILENT = 1e-5  # of the mean power

SECONDARY: dict[Direction, tuple[str, str]] = {
    "energetic": ("aggressive", "uplifting"),
    "calm": ("melancholic", "peaceful"),
    "dark": ("brooding", "tense"),
    "bright": ("tender", "joyful"),
}
"""What colours a direction: by valence for the first two, by arousal for the others."""


def hear_mood(
    spectra: Spectra,
    *,
    key: Key,
    bpm: float,
    loudness_lufs: float,
    beat_confidence: float = 1.0,
) -> Mood:
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
    beat_confidence : float
        How likely the beats, and with them the tempo, are right, 0-1.
    """
    pace = _share(bpm, TEMPO_RANGE_BPM)
    brightness = _share(_brightness(spectra.mel), BRIGHTNESS_RANGE)
    loudness = _share(loudness_lufs, LOUDNESS_RANGE_LUFS)
    density = _share(notes_hz(spectra.mel), NOTES_RANGE_HZ)
    mode = (0.5 if key.mode == "major" else -0.5) * key.confidence**0.5
    arousal = (
        LOUDNESS_WEIGHT * loudness
        + NOTES_WEIGHT * density
        + PACE_WEIGHT * pace
        + BRIGHTNESS_WEIGHT * brightness
    )
    valence = (
        0.5
        + MODE_VALENCE * mode
        + PACE_VALENCE * (pace - 0.5)
        + BRIGHTNESS_VALENCE * (brightness - 0.5)
    )
    sureness = _sureness(key.confidence, beat_confidence) * _enough_sound(spectra.mel)
    return _mood(
        valence=round(float(np.clip(valence, 0, 1)), 3),
        arousal=round(arousal, 3),
        sureness=sureness,
    )


def _sureness(key: float, beats: float) -> float:
    """Return how sure valence and arousal are, 0-1, from the confidence of key and beats.

    Each is as sure as its ingredients in the mean; without either key or beats, it is no music.
    """
    ingredients = MODE_VALENCE * key + PACE_VALENCE * beats + BRIGHTNESS_VALENCE
    valence = ingredients / (MODE_VALENCE + PACE_VALENCE + BRIGHTNESS_VALENCE)
    arousal = 1 - PACE_WEIGHT * (1 - beats)
    is_music = 1 - (1 - key) * (1 - beats)
    return valence * arousal * is_music


def _enough_sound(mel: FloatArray) -> float:
    power = (mel**2).sum(axis=0)
    sound_s = np.count_nonzero(power > SILENT * power.mean()) / FRAME_RATE_HZ
    return sound_s / (sound_s + SHORT_S)


def _mood(*, valence: float, arousal: float, sureness: float) -> Mood:
    up, right = arousal - 0.5, valence - 0.5
    primary: Direction
    if abs(up) >= abs(right):
        primary, other = ("energetic" if up > 0 else "calm"), right
    else:
        primary, other = ("bright" if right > 0 else "dark"), up
    clear = min(1.0, 0.4 + 1.2 * abs(abs(up) - abs(right)))  # of the two directions next to it
    return Mood(
        primary=primary,
        secondary=SECONDARY[primary][other > 0],
        energy_level="low" if arousal < 0.38 else "medium" if arousal < 0.62 else "high",
        confidence=round(clear * sureness, 3),
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
