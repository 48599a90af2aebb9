"""Finish a mix: measure its loudness, warm it, and keep its peaks below the ceiling.

Signals are stereo float32 arrays of shape ``(n, 2)``. Levels are in dB relative to full scale,
loudness in LUFS.

Contents: `integrated_loudness_lufs`, `true_peaks`, `true_peak_db`,
`limiter_gains`, `saturated`, `mastered`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, signal

from mvkit.songs.synthesis import Samples, filtered

TRUE_PEAK_CEILING_DB = -1.2  # dBTP; lossy codecs overshoot, so stay clear of -1
OVERSAMPLING = 4  # BS.1770-5, annex 2
SATURATION = 0.7
LOOKAHEAD_S = 0.003
RELEASE_DB_PER_S = 90.0


def k_weighting(rate_hz: int) -> NDArray[np.float64]:
    """Return the K-weighting filter as second-order sections.

    ITU-R BS.1770-5 (2023) tabulates it at 48 kHz; the analogue parameters that give the same
    curve at any rate are from B. De Man, "Evaluation of implementations of the EBU R128 loudness
    measurement" (AES 145, 2018).
    """
    shelf_hz, shelf_q, shelf_gain = (
        1681.974450955533,
        0.7071752369554196,
        10 ** (3.999843853973347 / 20),
    )
    k = np.tan(np.pi * shelf_hz / rate_hz)
    low_gain = shelf_gain**0.4996667741545416
    shelf = [
        shelf_gain + low_gain * k / shelf_q + k * k,
        2.0 * (k * k - shelf_gain),
        shelf_gain - low_gain * k / shelf_q + k * k,
        1.0 + k / shelf_q + k * k,
        2.0 * (k * k - 1.0),
        1.0 - k / shelf_q + k * k,
    ]
    pass_hz, pass_q = 38.13547087602444, 0.5003270373238773
    k = np.tan(np.pi * pass_hz / rate_hz)
    norm = 1.0 + k / pass_q + k * k
    high_pass = [1.0, -2.0, 1.0, 1.0, 2.0 * (k * k - 1.0) / norm, (1.0 - k / pass_q + k * k) / norm]
    return np.stack([np.array(shelf) / shelf[3], np.array(high_pass)])


def integrated_loudness_lufs(samples: Samples, *, rate_hz: int) -> float:
    """Measure gated programme loudness after ITU-R BS.1770-5, annex 1.

    Parameters
    ----------
    samples : Samples
        Stereo, shape ``(n, 2)``, at least 0.4 s.
    rate_hz : int
        Samples per second.

    Returns
    -------
    float
        Loudness in LUFS; -inf for silence.
    """
    weighted = signal.sosfilt(k_weighting(rate_hz), samples, axis=0)
    hop = round(0.1 * rate_hz)
    energy = np.concatenate([[0.0], np.cumsum(np.sum(weighted**2, axis=1))])[::hop]
    blocks = (energy[4:] - energy[:-4]) / (4 * hop)
    audible = blocks[_lufs(blocks) > -70.0]
    if audible.size == 0:
        return -np.inf
    gate_lufs = _lufs(audible.mean()) - 10.0
    return float(_lufs(audible[_lufs(audible) > gate_lufs].mean()))


def _lufs(mean_square: NDArray[np.float64] | np.float64) -> NDArray[np.float64]:
    return np.asarray(-0.691 + 10.0 * np.log10(np.maximum(mean_square, 1e-12)))


def true_peaks(samples: Samples) -> Samples:
    """Highest absolute value around each sample, between the samples too."""
    fine = signal.resample_poly(samples, OVERSAMPLING, 1, axis=0)
    return np.asarray(np.abs(fine).reshape(samples.shape[0], -1).max(axis=1))


def true_peak_db(samples: Samples) -> float:
    """Return the highest peak of the waveform between the samples, in dBTP."""
    return float(20.0 * np.log10(true_peaks(samples).max() + 1e-12))


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
    measured_lufs = integrated_loudness_lufs(samples, rate_hz=rate_hz)
    if not np.isfinite(measured_lufs):
        return np.float32(1.0)
    return np.float32(10.0 ** ((loudness_lufs - measured_lufs) / 20.0))
