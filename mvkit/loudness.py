"""How loud a song is, and how high its waveform reaches, by ITU-R BS.1770.

Loudness (annex 1, the measure behind EBU R 128) is in LUFS, the true peak (annex 2) in dBTP: dB
relative to full scale, between the samples too. Samples have full scale at ±1.

Contents
--------
loudness_lufs, true_peak_db
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy import signal

FloatArray = NDArray[np.float64]
Samples = NDArray[np.float32]

SILENT_LUFS = -70.0  # the absolute gate of BS.1770: nothing below it counts
RELATIVE_GATE_LU = 10.0
BLOCK_S, BLOCK_STEP_S = 0.4, 0.1
STEPS_AT_ONCE = 100  # so that a long song takes no more memory

OVERSAMPLING = 4
"""Of the true peak: a tone's is then under-read by 0.6 dB at most at 48 kHz, clipped noise's by a
decibel or so."""
REACH = 6  # samples that the interpolating filter looks to either side, as the standard's does
SILENT_DB = -120.0


def loudness_lufs(samples: Samples, *, rate_hz: int) -> float:
    """Return the integrated loudness of a stereo signal by ITU-R BS.1770-4.

    Parameters
    ----------
    samples : ndarray, shape (n, 2)
        Full scale at ±1; at least 0.4 s.
    rate_hz : int
        Sample rate. Above its half nothing is heard, which costs music well under 1 LU at 22 kHz.
    """
    power = sum(_k_weighted_power(channel, rate_hz=rate_hz) for channel in samples.T)
    blocks_lufs = -0.691 + 10 * np.log10(np.maximum(power, 1e-12))
    loud = blocks_lufs > SILENT_LUFS
    if not loud.any():
        return SILENT_LUFS
    gate_lufs = _mean_lufs(blocks_lufs[loud]) - RELATIVE_GATE_LU
    return _mean_lufs(blocks_lufs[loud & (blocks_lufs > gate_lufs)])


def true_peak_db(blocks: Iterable[Samples]) -> float:
    """Return the highest peak of a waveform, between its samples too, in dBTP.

    Parameters
    ----------
    blocks : iterable of ndarray, shape (n, n_channels)
        A signal at the rate of its file, in pieces that follow each other.

    Returns
    -------
    float
        Not below -120; above 0 where the waveform passes full scale.
    """
    highest, tail = 0.0, None
    for block in blocks:
        tail = np.zeros((block.shape[1], 2 * REACH), np.float32) if tail is None else tail
        joined = np.concatenate([tail, block.T], axis=1)
        highest = max(highest, _peak_inside(joined))
        tail = joined[:, -2 * REACH :]
    if tail is not None:
        highest = max(highest, _peak_inside(np.concatenate([tail, np.zeros_like(tail)], axis=1)))
    return max(SILENT_DB, float(20 * np.log10(highest + 1e-12)))


def _peak_inside(channels: Samples) -> float:
    """Return the highest value of waveforms but for the ends, where others follow."""
    fine = signal.upfirdn(_interpolation(), channels, up=OVERSAMPLING)
    inside = fine[:, 2 * REACH * OVERSAMPLING : -2 * REACH * OVERSAMPLING]
    return max(float(inside.max(initial=0.0)), -float(inside.min(initial=0.0)))


@cache
def _interpolation() -> Samples:
    """Return a filter that keeps the samples and puts others between them."""
    n_taps = 2 * REACH * OVERSAMPLING + 1
    taps = signal.firwin(n_taps, 1 / OVERSAMPLING, window=("kaiser", 5.0))
    scaled: Samples = (OVERSAMPLING * taps / taps.sum()).astype(np.float32)
    return scaled


def _mean_lufs(blocks_lufs: FloatArray) -> float:
    return float(10 * np.log10(np.mean(10 ** (blocks_lufs / 10))))


def _k_weighted_power(channel: Samples, *, rate_hz: int) -> FloatArray:
    """Return the mean square of each gating block of one channel after the ear's weighting."""
    step = round(BLOCK_STEP_S * rate_hz)
    sections = _k_weighting(rate_hz)
    state = np.zeros((len(sections), 2))
    powers = []
    for start in range(0, len(channel) // step * step, STEPS_AT_ONCE * step):
        stretch = channel[start : start + STEPS_AT_ONCE * step]
        weighted, state = signal.sosfilt(sections, stretch, zi=state)
        whole = weighted[: len(weighted) // step * step]
        powers.append((whole**2).reshape(-1, step).mean(axis=1))
    n_steps = round(BLOCK_S / BLOCK_STEP_S)
    power: FloatArray = sliding_window_view(np.concatenate(powers), n_steps).mean(axis=1)
    return power


def _k_weighting(rate_hz: int) -> FloatArray:
    """Return the two biquads of BS.1770 at any rate.

    The analogue corners behind the standard's 48 kHz coefficients are those of De Man,
    "Evaluation of implementations of the EBU R128 loudness measurement", AES 145 (2018).
    """
    shelf_gain = 10 ** (3.999843853973347 / 20)
    k = np.tan(np.pi * 1681.974450955533 / rate_hz)
    q = 0.7071752369554196
    middle = shelf_gain**0.4996667741545416
    shelf = [
        shelf_gain + middle * k / q + k * k,
        2 * (k * k - shelf_gain),
        shelf_gain - middle * k / q + k * k,
        *_denominator(k, q),
    ]
    k = np.tan(np.pi * 38.13547087602444 / rate_hz)
    q = 0.5003270373238773
    high_pass = [1.0, -2.0, 1.0, *_denominator(k, q)]
    sections = np.array([shelf, high_pass])
    sections[0] /= sections[0, 3]
    sections[1, 3:] /= sections[1, 3]
    return sections


def _denominator(k: float, q: float) -> tuple[float, float, float]:
    return 1 + k / q + k * k, 2 * (k * k - 1), 1 - k / q + k * k
