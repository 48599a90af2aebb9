"""Which tempi a song may have, and how each moves through the song.

A tempogram tells about twice a second how well each tempo explains the onsets around, by
autocorrelation (which likes a tempo and its halves) times the Fourier magnitude (which likes a
tempo and its doubles), after Peeters, "Time variable tempo detection and beat marking"
(ICMC 2005). Its peaks and their simple ratios are the candidates between which the beat tracker
decides with more evidence.

Contents
--------
MIN_TEMPO_BPM, MAX_TEMPO_BPM, Tempogram, hear_tempogram, candidate_tempi, tempo_path
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from mvkit.analysis.onsets import ONSET_RATE_HZ
from mvkit.analysis.sound import FloatArray

MIN_TEMPO_BPM, MAX_TEMPO_BPM = 60.0, 200.0

GRID_BPM: FloatArray = np.exp(np.linspace(np.log(40.0), np.log(240.0), 260))
WINDOW_S, STEP_FRAMES = 9.0, 50
STEP_S = STEP_FRAMES / ONSET_RATE_HZ  # about half a second
COMB_WEIGHTS = ((1, 1.0), (2, 0.6), (3, 0.3), (4, 0.5))  # multiples of the beat that agree

PRIOR_CENTRE_BPM, PRIOR_OCTAVES = 118.0, 0.75
"""Where people tap, widened: McKinney and Moelants, "Ambiguity in tempo perception" (2006)."""
N_PEAKS, N_CANDIDATES = 4, 9
RATIOS = (1.0, 2.0, 0.5, 3.0, 1 / 3, 1.5, 2 / 3)
SAME_TEMPO_OCTAVES = 0.06


@dataclass(frozen=True)
class Tempogram:
    """How well each tempo of ``GRID_BPM`` explains each moment.

    Attributes
    ----------
    pulse : ndarray, shape (n_tempi, n_steps)
        Local autocorrelation, 0-1, a column every ``STEP_S`` seconds.
    salience : ndarray, shape (n_tempi,)
        Over the whole song, with both measures and the prior.
    """

    pulse: FloatArray
    salience: FloatArray


def hear_tempogram(strength: FloatArray) -> Tempogram:
    """Return the tempogram of an onset strength curve at ``ONSET_RATE_HZ``."""
    windows = _windows(strength - strength.mean())
    pulse, wave = _autocorrelation_comb(windows), _fourier(windows)
    salience = (pulse.mean(axis=1) / (pulse.mean(axis=1).max() + 1e-9) + 0.05) * (
        wave.mean(axis=1) / (wave.mean(axis=1).max() + 1e-9) + 0.1
    )
    return Tempogram(pulse / (pulse.max() + 1e-9), salience * (_prior(GRID_BPM) + 0.15))


def candidate_tempi(tempogram: Tempogram) -> list[float]:
    """Return the tempi worth trying, best first: the highest peaks and their simple ratios.

    All lie in 60-200 BPM, and no two within 4 % of each other.
    """
    peaks = _peaks(tempogram.salience)
    tempi = {
        round(float(GRID_BPM[peak] * ratio), 1)
        for peak in peaks[:N_PEAKS]
        for ratio in RATIOS
        if MIN_TEMPO_BPM <= GRID_BPM[peak] * ratio <= MAX_TEMPO_BPM
    }
    chosen: list[float] = []
    for bpm in sorted(tempi, key=lambda bpm: -salience_at(tempogram, bpm)):
        if all(abs(np.log2(bpm / other)) > SAME_TEMPO_OCTAVES for other in chosen):
            chosen.append(bpm)
    return chosen[:N_CANDIDATES]


def salience_at(tempogram: Tempogram, bpm: float) -> float:
    """Return the salience of any tempo."""
    return float(np.interp(bpm, GRID_BPM, tempogram.salience))


def tempo_path(
    tempogram: Tempogram, centre_bpm: float, *, reach: float, stiffness: float
) -> FloatArray:
    """Return the smoothest good path through the tempogram near a tempo, by Viterbi.

    Parameters
    ----------
    tempogram : Tempogram
        Evidence.
    centre_bpm : float
        Tempo near which the path begins.
    reach : float
        How far it may go from there: 0.2 allows 20 % faster or slower.
    stiffness : float
        Cost of an octave's change between two steps.

    Returns
    -------
    ndarray, shape (n_steps,)
        Tempo in beats per minute every ``STEP_S`` seconds.
    """
    octaves = np.log2(GRID_BPM)
    inside = np.flatnonzero(np.abs(octaves - np.log2(centre_bpm)) <= np.log2(1 + reach))
    gain = np.log(tempogram.pulse[inside] + 0.03)
    cost = stiffness * np.abs(octaves[inside][:, None] - octaves[inside][None, :])
    score = gain[:, 0] - 3.0 * np.abs(octaves[inside] - np.log2(centre_bpm))
    came_from = np.zeros(gain.shape, dtype=np.intp)
    for step in range(1, gain.shape[1]):
        through = score[None, :] - cost
        came_from[:, step] = through.argmax(axis=1)
        score = through.max(axis=1) + gain[:, step]
    path = np.empty(gain.shape[1], dtype=np.intp)
    path[-1] = score.argmax()
    for step in range(len(path) - 1, 0, -1):
        path[step - 1] = came_from[path[step], step]
    return GRID_BPM[inside][path]


def _windows(curve: FloatArray) -> FloatArray:
    """Return overlapping windows centred on every step, shape (n_steps, n_frames)."""
    n_frames = int(WINDOW_S * ONSET_RATE_HZ)
    padded = np.pad(curve, (n_frames // 2, n_frames // 2))
    return sliding_window_view(padded, n_frames)[::STEP_FRAMES]


def _autocorrelation_comb(windows: FloatArray) -> FloatArray:
    n_frames = windows.shape[1]
    spectrum = np.fft.rfft(windows, 2 * n_frames, axis=1)
    correlation = np.fft.irfft(np.abs(spectrum) ** 2, axis=1)[:, :n_frames]
    lags = np.arange(n_frames)
    correlation /= np.maximum(n_frames - lags, 0.3 * n_frames)
    correlation /= correlation[:, :1] + 1e-9
    comb = np.zeros((len(GRID_BPM), len(windows)))
    for multiple, weight in COMB_WEIGHTS:
        comb += weight * _at_lags(correlation, multiple * 60.0 / GRID_BPM * ONSET_RATE_HZ)
    return np.maximum(comb, 0.0)


def _at_lags(correlation: FloatArray, lags: FloatArray) -> FloatArray:
    """Interpolate every row at fractional lags, shape (n_lags, n_rows); 0 beyond its end."""
    inside = lags < correlation.shape[1] - 1
    below = np.where(inside, lags, 0).astype(int)
    part = np.where(inside, lags - below, 0.0)
    between = correlation[:, below] * (1 - part) + correlation[:, below + 1] * part
    masked: FloatArray = (between * inside).T
    return masked


def _fourier(windows: FloatArray) -> FloatArray:
    time_s = np.arange(windows.shape[1]) / ONSET_RATE_HZ
    waves = np.exp(-2j * np.pi * np.outer(GRID_BPM / 60.0, time_s)) * np.hanning(len(time_s))
    magnitudes: FloatArray = np.abs(waves @ windows.T)
    return magnitudes


def _prior(bpm: FloatArray) -> FloatArray:
    prior: FloatArray = np.exp(-0.5 * (np.log2(bpm / PRIOR_CENTRE_BPM) / PRIOR_OCTAVES) ** 2)
    return prior


def _peaks(salience: FloatArray) -> list[int]:
    """Return the grid's peaks, highest first; at least the highest point."""
    inner = salience[1:-1]
    is_peak = (inner >= salience[:-2]) & (inner > salience[2:])
    peaks = np.flatnonzero(is_peak) + 1
    ordered = sorted(peaks.tolist(), key=lambda peak: -salience[peak])
    return ordered or [int(salience.argmax())]
