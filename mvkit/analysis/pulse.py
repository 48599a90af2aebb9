"""Beat series for a given tempo: followed through the song, or laid as an even grid.

Beats are float arrays of ascending frame positions at ``ONSET_RATE_HZ``.

Contents
--------
follow, smooth, even_grids, between
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy.ndimage import gaussian_filter1d
from scipy.signal import zoom_fft

from mvkit.analysis.onsets import ONSET_RATE_HZ
from mvkit.analysis.sound import FloatArray

TIGHTNESS = 60.0  # what a beat off the tempo costs, against onsets of deviation 1

PEAK_REACH = 4  # frames around a beat in which its onset is looked for
LINE_P90_S, LINE_MEDIAN_S = 0.045, 0.020  # a series this close to a line lies on it
NEIGHBOURS = 5  # beats on each side whose line smooths a beat
TRUST_S = 0.020  # an onset this close to the line moves the beat

GRID_REACH = 0.02
GRID_FREQUENCIES = 801
GRID_HARMONICS = ((1, 1.0), (2, 1.0), (4, 0.7))
FOLDS_PER_FRAME = 4
MAX_PHASES = 4
MIN_PHASE_SHARE = 0.35


def follow(strength: FloatArray, period_frames: FloatArray) -> FloatArray:
    """Return the beats that best join onsets at a moving tempo.

    Dynamic programming after Ellis, "Beat tracking by dynamic programming" (JNMR 36, 2007).
    Before the song every frame is taken for a beat that was worth nothing, so the first real one
    is free. No beat's predecessor is nearer than the shortest lag, so that many frames are
    decided at a time.

    Parameters
    ----------
    strength : ndarray, shape (n,)
        Onset strength, deviation 1.
    period_frames : ndarray, shape (n,)
        Length of a beat at each frame.
    """
    n_frames = len(strength)
    shortest = max(1, int(0.6 * period_frames.min()))
    longest = int(1.6 * period_frames.max()) + 1
    lags = np.arange(longest, shortest - 1, -1)
    score = np.zeros(longest + n_frames)
    came_from = np.empty(n_frames, dtype=np.intp)
    for start in range(0, n_frames, shortest):
        stop = min(start + shortest, n_frames)
        before = sliding_window_view(score[start : stop + longest - shortest], len(lags))
        off_octaves = np.log(lags)[None, :] - np.log(period_frames[start:stop])[:, None]
        through = before - TIGHTNESS * off_octaves**2
        best = through.argmax(axis=1)
        frames = np.arange(start, stop)
        came_from[start:stop] = frames - lags[best]
        score[longest + start : longest + stop] = strength[start:stop] + through.max(axis=1)
    tail = min(n_frames, int(1.2 * period_frames[-1]))
    frame = n_frames - tail + int(score[-tail:].argmax())
    beats = []
    while frame >= 0:
        beats.append(frame)
        frame = int(came_from[frame])
    return np.array(beats[::-1], dtype=float)


def smooth(strength: FloatArray, beats: FloatArray) -> FloatArray:
    """Move beats onto the peaks of their onsets, between frames, and iron out the jitter.

    A series that keeps close to one straight line is laid on it: music made on a grid. Else each
    beat goes to the line through its neighbours, and half way to its own onset if that is near.
    """
    peaks, weights = _onset_peaks(strength, beats)
    line = _robust_line(peaks, weights)
    off_s = np.abs(beats - line) / ONSET_RATE_HZ
    if np.percentile(off_s, 90) < LINE_P90_S and np.median(off_s) < LINE_MEDIAN_S:
        return line
    local = _local_lines(peaks, weights)
    near = np.abs(peaks - local) < TRUST_S * ONSET_RATE_HZ
    return _ascending(np.where(near, (local + peaks) / 2, local))


def even_grids(strength: FloatArray, tempo_bpm: float) -> list[FloatArray]:
    """Return even beat series near a tempo, the one with most onsets first.

    The tempo is refined by a zoomed Fourier transform of the whole song and its harmonics, then
    the song is folded at it: the peaks of the fold are the phases.

    Parameters
    ----------
    strength : ndarray, shape (n,)
        Onset strength.
    tempo_bpm : float
        Tempo to refine, within 2 %.
    """
    period, fold = _best_fold(strength, ONSET_RATE_HZ / _refined_hz(strength, tempo_bpm / 60.0))
    return [np.arange(phase / FOLDS_PER_FRAME, len(strength), period) for phase in _phases(fold)]


def between(beats: FloatArray) -> FloatArray:
    """Return the series half a beat off."""
    return (beats[:-1] + beats[1:]) / 2


def _onset_peaks(strength: FloatArray, beats: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the place (by parabola) and height of the highest onset near each beat."""
    soft = np.pad(gaussian_filter1d(strength, 1.0), PEAK_REACH + 1)
    centres = np.round(beats).astype(int) + PEAK_REACH + 1
    around = soft[centres[:, None] + np.arange(-PEAK_REACH, PEAK_REACH + 1)]
    tops = centres - PEAK_REACH + around.argmax(axis=1)
    left, height, right = soft[tops - 1], soft[tops], soft[tops + 1]
    bend = left - 2 * height + right
    offset = np.where(bend < 0, 0.5 * (left - right) / np.minimum(bend, -1e-9), 0.0)
    return tops - PEAK_REACH - 1 + np.clip(offset, -0.5, 0.5), height + 0.05


def _robust_line(peaks: FloatArray, weights: FloatArray) -> FloatArray:
    """Return the line through (beat number, peak), by iteratively reweighted least squares."""
    numbers = np.arange(len(peaks))
    weight = weights
    for _ in range(6):
        slope, start = np.polyfit(numbers, peaks, 1, w=np.sqrt(weight))
        line: FloatArray = start + slope * numbers
        off = peaks - line
        scale = 1.4826 * np.median(np.abs(off)) + 0.3
        weight = weights / (1 + (off / (2 * scale)) ** 2)
    return line


def _local_lines(peaks: FloatArray, weights: FloatArray) -> FloatArray:
    """Return for each beat the value of the weighted line through its neighbours."""
    steps = np.arange(-NEIGHBOURS, NEIGHBOURS + 1)
    nearness = np.exp(-0.5 * (steps / 2.5) ** 2)
    weight = sliding_window_view(np.pad(weights, NEIGHBOURS), len(steps)) * nearness
    value = sliding_window_view(np.pad(peaks, NEIGHBOURS, mode="edge"), len(steps))
    total, first, second = (weight @ steps**power for power in (0.0, 1.0, 2.0))
    sum_value, sum_step_value = (weight * value).sum(axis=1), (weight * value) @ steps
    spread = np.maximum(total * second - first**2, 1e-9)
    at_beat: FloatArray = (second * sum_value - first * sum_step_value) / spread
    return at_beat


def _ascending(beats: FloatArray) -> FloatArray:
    """Drop beats that come closer than a third of the usual step after the one before."""
    beats = np.sort(beats)
    least = 0.35 * np.median(np.diff(beats))
    kept = [beats[0]]
    for beat in beats[1:]:
        if beat - kept[-1] > least:
            kept.append(beat)
    return np.array(kept)


def _refined_hz(strength: FloatArray, beat_hz: float) -> float:
    total = np.zeros(GRID_FREQUENCIES)
    for multiple, weight in GRID_HARMONICS:
        low_hz, high_hz = beat_hz * (1 - GRID_REACH), beat_hz * (1 + GRID_REACH)
        wave = zoom_fft(
            strength - strength.mean(),
            [low_hz * multiple, high_hz * multiple],
            m=GRID_FREQUENCIES,
            fs=ONSET_RATE_HZ,
            endpoint=True,
        )
        total += weight * np.abs(wave) / (np.median(np.abs(wave)) + 1e-9)
    return float(np.linspace(low_hz, high_hz, GRID_FREQUENCIES)[total.argmax()])


def _best_fold(strength: FloatArray, period: float) -> tuple[float, FloatArray]:
    """Return the period, within a frame's drift over the song, whose fold is sharpest."""
    best_period, best_fold = period, np.zeros(1)
    for drift_frames in np.linspace(-1.0, 1.0, 9):
        tried = period * (1 + drift_frames / len(strength))
        fold = _fold(strength, tried)
        if fold.max() > best_fold.max():
            best_period, best_fold = tried, fold
    return best_period, best_fold


def _fold(strength: FloatArray, period: float) -> FloatArray:
    """Return the mean strength at each phase of a period, smoothed over two frames."""
    n_phases = round(period * FOLDS_PER_FRAME)
    phase = (np.arange(len(strength)) / period % 1.0 * n_phases).astype(int) % n_phases
    total = np.bincount(phase, weights=strength, minlength=n_phases)
    mean = total / np.maximum(1, np.bincount(phase, minlength=n_phases))
    around = np.concatenate([mean[-4:], mean, mean[:4]])
    fold: FloatArray = np.convolve(around, np.full(9, 1 / 9), mode="valid")
    return fold


def _phases(fold: FloatArray) -> list[int]:
    """Return the fold's distinct peaks, highest first, and what is half a period off the first."""
    n_phases = len(fold)
    distinct = max(2, n_phases // 10)
    phases: list[int] = []

    def is_new(phase: int) -> bool:
        return all(
            min((phase - other) % n_phases, (other - phase) % n_phases) > distinct
            for other in phases
        )

    for phase in np.argsort(-fold, kind="stable").tolist():
        if fold[phase] < MIN_PHASE_SHARE * fold.max() or len(phases) == MAX_PHASES:
            break
        is_peak = fold[phase] >= max(fold[phase - 1], fold[(phase + 1) % n_phases])
        if is_peak and is_new(phase):
            phases.append(phase)
    opposite = (phases[0] + n_phases // 2) % n_phases
    return [*phases, opposite] if is_new(opposite) else phases
