"""How the sound moves, thirty times a second: what the picture dances to.

The bands follow the magnitude in their range raised to 0.6, as loudness grows with sound pressure
(Stevens, "The measurement of loudness", JASA 27, 1955), and are scaled so that a typical loud
moment of the song is 1.

Contents
--------
CURVES_RATE_HZ, hear_curves, band_loudness
"""

from __future__ import annotations

import numpy as np
from scipy.ndimage import maximum_filter1d, uniform_filter1d

from mvkit.analysis.intake import Samples
from mvkit.analysis.onsets import HOP, ONSET_RATE_HZ, WINDOW, Onsets
from mvkit.analysis.sound import RATE_HZ, FloatArray
from mvkit.analysis.spectra import filtered_magnitudes
from mvkit.schema import Curves
from mvkit.timing import FPS, n_frames_of

CURVES_RATE_HZ = float(FPS)

BASS_BELOW_HZ, HIGH_ABOVE_HZ = 150.0, 2000.0
LOUDNESS_POWER = 0.6
ENERGY_WINDOW_S = 3.0
LOUD_PERCENTILE = 98.0
DIGITS = 3


def hear_curves(mono: Samples, onsets: Onsets) -> Curves:
    """Return the five curves of a signal at ``RATE_HZ``.

    Parameters
    ----------
    mono : ndarray, shape (n,)
        The song.
    onsets : Onsets
        Of the same song.
    """
    duration_s = len(mono) / RATE_HZ
    bass, mid, high = band_loudness(mono)
    whole = (bass ** (1 / LOUDNESS_POWER) + mid ** (1 / LOUDNESS_POWER)) ** LOUDNESS_POWER
    energy = uniform_filter1d(whole, int(ENERGY_WINDOW_S * ONSET_RATE_HZ) | 1, mode="nearest")
    frame_reach = int(ONSET_RATE_HZ / CURVES_RATE_HZ) | 1
    strikes = maximum_filter1d(onsets.strength, frame_reach)
    return Curves(
        rate_hz=CURVES_RATE_HZ,
        bass=_curve(bass, duration_s),
        mid=_curve(mid, duration_s),
        high=_curve(high, duration_s),
        onset=_curve(strikes, duration_s),
        energy=_curve(energy, duration_s),
    )


def band_loudness(mono: Samples) -> FloatArray:
    """Return the loudness of bass, mid and high, shape (3, n), at ``ONSET_RATE_HZ``; unscaled."""
    bins_hz = np.fft.rfftfreq(WINDOW, 1 / RATE_HZ)
    band_of_bin = np.digitize(bins_hz, (BASS_BELOW_HZ, HIGH_ABOVE_HZ))
    bank = np.array([band_of_bin == band for band in range(3)], dtype=float)
    power = filtered_magnitudes(mono, window=WINDOW, hop=HOP, bank=bank, before=np.square)
    loudness: FloatArray = power ** (LOUDNESS_POWER / 2)
    return loudness


def _curve(values: FloatArray, duration_s: float) -> tuple[float, ...]:
    """Return values at the film's frames, 0-1."""
    loud = np.percentile(values, LOUD_PERCENTILE)
    times_s = np.arange(n_frames_of(duration_s)) / CURVES_RATE_HZ
    at_frames = np.interp(times_s * ONSET_RATE_HZ, np.arange(len(values)), values)
    scaled = np.clip(at_frames / (loud + 1e-9), 0.0, 1.0)
    return tuple(np.round(scaled, DIGITS).tolist())
