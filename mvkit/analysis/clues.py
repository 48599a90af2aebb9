"""What can be looked up at any moment of a song: onsets, what a network hears, turns of harmony.

Contents
--------
Clues, CURVES, NETWORK_CURVES, TURNS
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d

from mvkit.analysis.network import hear_pulse
from mvkit.analysis.onsets import ONSET_RATE_HZ, Onsets
from mvkit.analysis.sound import FloatArray
from mvkit.analysis.spectra import FRAME_RATE_HZ, Spectra

TOUCH_FRAMES = 5  # an onset within two frames of a place is on it
CURVES = ("low", "body", "mid", "high", "all", "pulse", "bar")
"""Onsets in bands and all together; what the network tells of beats and of downbeats."""
NETWORK_CURVES = slice(5, 7)
TURNS = ("chord", "bass", "timbre")
N_TIMBRES = 16
N_PITCH_CLASSES = 12
HUM_SHARE = 0.1


@dataclass(frozen=True)
class Clues:
    """What speaks for beats and bars.

    Attributes
    ----------
    onsets : ndarray, shape (7, n_frames)
        For each of `CURVES` the highest value within two frames, at ``ONSET_RATE_HZ``.
    sums : tuple of three ndarray, shape (n_rows, 1 + n_frames)
        For each of `TURNS` the running sums of what sounds, at ``FRAME_RATE_HZ``; under
        the pitches lies a soft hum.
    """

    onsets: FloatArray
    sums: tuple[FloatArray, FloatArray, FloatArray]

    @classmethod
    def of(cls, onsets: Onsets, spectra: Spectra) -> Clues:
        """Return the clues of a song."""
        pulse = hear_pulse(onsets.log_mel)
        curves = np.array([*onsets.bands, onsets.strength, pulse.beat, pulse.downbeat])
        mel = spectra.mel.reshape(N_TIMBRES, -1, spectra.n_frames).mean(axis=1)
        timbre = np.log1p(mel / (mel.mean() + 1e-9))
        return cls(
            maximum_filter1d(curves, TOUCH_FRAMES, axis=1),
            (_sums(_hummed(spectra.chroma)), _sums(_hummed(spectra.bass_chroma)), _sums(timbre)),
        )

    def onsets_at(self, times_s: FloatArray) -> FloatArray:
        """Return each of `CURVES` at given times, shape (7, n)."""
        return self.onsets[:, _frames(times_s, ONSET_RATE_HZ, self.onsets.shape[1] - 1)]

    def turns_at(self, times_s: FloatArray, reach_s: FloatArray) -> FloatArray:
        """Return how far each of `TURNS` differs before and after given times, shape (3, n).

        For chords and bass that is one minus the cosine, for timbre the distance.
        """
        chord, bass, timbre = (
            (_mean(sums, times_s - reach_s, times_s), _mean(sums, times_s, times_s + reach_s))
            for sums in self.sums
        )
        distance = np.linalg.norm(timbre[1] - timbre[0], axis=0) / np.sqrt(N_TIMBRES)
        return np.array([_angle(*chord), _angle(*bass), distance])

    def chords_between(self, starts_s: FloatArray, ends_s: FloatArray) -> FloatArray:
        """Return the mean strength of each pitch class over stretches, shape (12, n)."""
        return _mean(self.sums[0][:N_PITCH_CLASSES], starts_s, ends_s)


def _hummed(chroma: FloatArray) -> FloatArray:
    """Add a steady hum, soft against the song, so that silence does not turn away from silence."""
    hum = HUM_SHARE * np.linalg.norm(chroma, axis=0).mean()
    return np.concatenate([chroma, np.full((1, chroma.shape[1]), hum)])


def _sums(frames: FloatArray) -> FloatArray:
    return np.concatenate([np.zeros((len(frames), 1)), np.cumsum(frames, axis=1)], axis=1)


def _mean(sums: FloatArray, starts_s: FloatArray, ends_s: FloatArray) -> FloatArray:
    n_frames = sums.shape[1] - 1
    first = _frames(starts_s, FRAME_RATE_HZ, n_frames - 1)
    last = np.maximum(_frames(ends_s, FRAME_RATE_HZ, n_frames), first + 1)
    mean: FloatArray = (sums[:, last] - sums[:, first]) / (last - first)
    return mean


def _angle(before: FloatArray, after: FloatArray) -> FloatArray:
    lengths = np.linalg.norm(before, axis=0) * np.linalg.norm(after, axis=0)
    angle: FloatArray = 1.0 - (before * after).sum(axis=0) / (lengths + 1e-9)
    return angle


def _frames(times_s: FloatArray, rate_hz: float, highest: int) -> NDArray[np.intp]:
    return np.clip(np.round(times_s * rate_hz), 0, highest).astype(np.intp)
