"""How strongly notes start at each moment, in four bands.

Frame ``i`` of every curve is at ``i / ONSET_RATE_HZ`` seconds, about 10 ms apart. The strength
is spectral flux on a mel scale, log-compressed, against the neighbouring bins' past so that
vibrato is no onset (Böck and Widmer, "Maximum filter vibrato suppression for onset detection",
DAFx 2013), levelled by the local mean and deviation so that a quiet verse counts like a loud
chorus.

Contents
--------
ONSET_RATE_HZ, Onsets, hear_onsets, mel_centres_hz
"""

from __future__ import annotations

from dataclasses import dataclass

import librosa
import numpy as np
from scipy.ndimage import maximum_filter1d, uniform_filter1d

from mvkit.analysis.intake import Samples
from mvkit.analysis.sound import RATE_HZ, FloatArray
from mvkit.analysis.spectra import compress, filtered_magnitudes, mel_bank

HOP = 220
WINDOW = 1024
ONSET_RATE_HZ = RATE_HZ / HOP

N_MELS = 48
MEL_RANGE_HZ = (30.0, 10_500.0)

BAND_EDGES_HZ = (150.0, 800.0, 4000.0)
BAND_WEIGHTS = (1.0, 1.0, 1.0, 0.7)
MAX_STRENGTH = 4.0  # deviations; one bang must not outweigh a bar
SOUND_SHARE, LOUD_PERCENTILE = 0.03, 95.0  # of a loud moment's level: where there is sound
MEAN_WINDOW_S, DEVIATION_WINDOW_S = 1.0, 6.0


@dataclass(frozen=True)
class Onsets:
    """Onset strength over time, ``n`` frames at ``ONSET_RATE_HZ``.

    Attributes
    ----------
    bands : ndarray, shape (4, n)
        Strength below 150 Hz, to 800 Hz, to 4 kHz and above, 0 to 4.
    strength : ndarray, shape (n,)
        All bands together, standard deviation 1.
    level : ndarray, shape (n,)
        Mean log magnitude, 0 in silence: where there is sound at all.
    log_mel : ndarray, shape (48, n)
        Log magnitudes on a mel scale, what all this was heard in.
    """

    bands: FloatArray
    strength: FloatArray
    level: FloatArray
    log_mel: FloatArray

    @property
    def n_frames(self) -> int:
        """Number of frames."""
        return len(self.strength)

    def cut(self, first: int, last: int) -> Onsets:
        """Return the frames from a first to a last one, both included."""
        span = slice(first, last + 1)
        return Onsets(
            self.bands[:, span], self.strength[span], self.level[span], self.log_mel[:, span]
        )

    def sounding(self) -> tuple[int, int]:
        """Return the first and last frame in which there is sound."""
        loud = np.percentile(self.level, LOUD_PERCENTILE)
        frames = np.flatnonzero(self.level >= SOUND_SHARE * loud)
        return int(frames[0]), int(frames[-1])


def hear_onsets(mono: Samples) -> Onsets:
    """Return the onset strength of a signal.

    Parameters
    ----------
    mono : ndarray, shape (n,)
        Samples at ``RATE_HZ``.
    """
    log_mel = _log_mel(mono)
    flux = _flux(log_mel)
    band_of_mel = np.digitize(mel_centres_hz(), BAND_EDGES_HZ)
    bands = np.array([_levelled(flux[band_of_mel == b].sum(axis=0)) for b in range(4)])
    strength = np.array(BAND_WEIGHTS) @ bands
    return Onsets(bands, strength / (strength.std() + 1e-9), log_mel.mean(axis=0), log_mel)


def _log_mel(mono: Samples) -> FloatArray:
    mel = filtered_magnitudes(
        mono, window=WINDOW, hop=HOP, bank=mel_bank(WINDOW, N_MELS, MEL_RANGE_HZ)
    )
    return compress(mel, mono, window=WINDOW)


def mel_centres_hz() -> FloatArray:
    """Return the centres of the ``N_MELS`` bands."""
    low_hz, high_hz = MEL_RANGE_HZ
    centres_hz: FloatArray = librosa.mel_frequencies(N_MELS + 2, fmin=low_hz, fmax=high_hz)[1:-1]
    return centres_hz


def _flux(log_mel: FloatArray) -> FloatArray:
    """Return the rise around each frame, from the one before to the one after: no delay."""
    past = maximum_filter1d(log_mel, 3, axis=0)
    flux = np.zeros_like(log_mel)
    flux[:, 1:-1] = np.maximum(0.0, log_mel[:, 2:] - past[:, :-2])
    return flux


def _levelled(flux: FloatArray) -> FloatArray:
    """Return flux above its local mean in local deviations, 0 to ``MAX_STRENGTH``."""
    rise = flux - uniform_filter1d(flux, _odd_frames(MEAN_WINDOW_S))
    local = np.sqrt(np.maximum(0.0, uniform_filter1d(rise**2, _odd_frames(DEVIATION_WINDOW_S))))
    overall = np.sqrt(np.mean(rise**2))
    levelled: FloatArray = np.maximum(0.0, rise) / (local + 0.3 * overall + 1e-9)
    return np.minimum(levelled, MAX_STRENGTH)


def _odd_frames(seconds: float) -> int:
    return int(seconds * ONSET_RATE_HZ) | 1
