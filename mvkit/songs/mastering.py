"""Finish a mix: warm it, bring it to its loudness, and keep its peaks below the ceiling.

Signals are stereo float32 arrays of shape ``(n, 2)``. Levels are in dB relative to full scale,
loudness in LUFS.

Contents: `true_peaks`, `limiter_gains`, `saturated`, `mastered`.
"""

from __future__ import annotations

import numpy as np
from scipy import ndimage, signal

from mvkit import loudness
from mvkit.songs.synthesis import Samples, filtered

TRUE_PEAK_CEILING_DB = -1.2  # dBTP; lossy codecs overshoot, so stay clear of -1
OVERSAMPLING = 4  # BS.1770-5, annex 2
SATURATION = 0.7
LOOKAHEAD_S = 0.003
RELEASE_DB_PER_S = 90.0


def true_peaks(samples: Samples) -> Samples:
    """Highest absolute value around each sample, between the samples too."""
    fine = signal.resample_poly(samples, OVERSAMPLING, 1, axis=0)
    return np.asarray(np.abs(fine).reshape(samples.shape[0], -1).max(axis=1))


def limiter_gains(
    true_peaks: Samples, *, rate_hz: int, ceiling_db: float = TRUE_PEAK_CEILING_DB
) -> Samples:
    """Return the gains of a limiter that looks ahead.

    The gain is already down when a peak comes and recovers at a constant rate in dB.

    Parameters
    ----------
    true_peaks : Samples
        Highest absolute value around each sample, shape ``(n,)``; both channels share it, so the
        stereo image stays where it is.
    rate_hz : int
        Samples per second.
    ceiling_db : float
        Where peaks end, in dBTP.

    Returns
    -------
    Samples
        Shape ``(n,)``, at most 1.
    """
    excess_db = np.maximum(20.0 * np.log10(true_peaks + 1e-12) - ceiling_db, 0.0)
    width = 2 * round(LOOKAHEAD_S * rate_hz) + 1
    held_db = ndimage.maximum_filter1d(excess_db, width)
    # Running maximum of lines that fall at the release rate: a release without a loop.
    slope_db = np.arange(held_db.size) * (RELEASE_DB_PER_S / rate_hz)
    released_db = np.maximum.accumulate(held_db + slope_db) - slope_db
    smooth_db = ndimage.uniform_filter1d(released_db, width)
    return np.asarray(10.0 ** (-smooth_db / 20.0), dtype=np.float32)


def saturated(samples: Samples, *, drive: float) -> Samples:
    """Round off peaks as tape does; small signals pass unchanged."""
    return np.asarray(np.tanh(samples * drive) / drive)


def mastered(mix: Samples, *, rate_hz: int, loudness_lufs: float) -> Samples:
    """Bring a mix to its loudness: remove rumble, saturate gently, limit, correct.

    Parameters
    ----------
    mix : Samples
        Stereo, any level.
    rate_hz : int
        Samples per second.
    loudness_lufs : float
        Wanted integrated loudness; dense mixes reach it within 0.2 LU.

    Returns
    -------
    Samples
        Same shape as `mix`, true peaks below `TRUE_PEAK_CEILING_DB`.
    """
    clean = filtered(mix, "highpass", 26.0, rate_hz=rate_hz)
    warm = saturated(clean * _gain_to(clean, loudness_lufs, rate_hz=rate_hz), drive=SATURATION)
    peaks = true_peaks(warm)
    gain = _gain_to(warm, loudness_lufs, rate_hz=rate_hz)
    finished = warm
    for _ in range(2):  # the limiter costs a little loudness, which the second pass restores
        finished = warm * (gain * limiter_gains(gain * peaks, rate_hz=rate_hz))[:, None]
        gain *= _gain_to(finished, loudness_lufs, rate_hz=rate_hz)
    return finished


def _gain_to(samples: Samples, loudness_lufs: float, *, rate_hz: int) -> np.float32:
    """Factor that brings the samples to a loudness; 1 for silence."""
    measured_lufs = loudness.loudness_lufs(samples, rate_hz=rate_hz)
    if measured_lufs <= loudness.SILENT_LUFS:
        return np.float32(1.0)
    return np.float32(10.0 ** ((loudness_lufs - measured_lufs) / 20.0))
