"""Filter banks over the short-time Fourier transform: pitch classes and timbre over time.

Frame ``i`` is at ``i / FRAME_RATE_HZ`` seconds, about 46 ms apart. The pitch classes are counted
from C, as MIDI does, for equal temperament at 440 Hz.

Contents
--------
filtered_magnitudes, compress, mel_bank, FRAME_RATE_HZ, Spectra, hear_spectra, notes_hz,
mean_between
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import librosa
import numpy as np
from librosa.filters import mel as librosa_mel
from numpy.typing import NDArray
from scipy.signal import find_peaks

from mvkit.analysis.intake import Samples
from mvkit.analysis.sound import RATE_HZ, FloatArray

WINDOW, HOP = 4096, 1024
FRAME_RATE_HZ = RATE_HZ / HOP
COMPRESSION = 5.0
HANN_POWER = 3 / 8  # mean square of a Hann window
BLOCK_FRAMES = 2048  # transformed at a time, so that a long song takes no more memory

CHROMA_RANGE_HZ = (60.0, 2000.0)
BASS_BELOW_HZ = 260.0
SEMITONE_WIDTH = 0.35  # deviation of the bell around each pitch, in semitones
N_MELS = 64
MEL_RANGE_HZ = (40.0, 10_500.0)

NOTE_RISE, NOTE_FRAMES = 0.12, 2  # a decibel in the mean over the spectrum; frames apart
QUIET = 0.01  # of the mean magnitude: what is below does not count


@dataclass(frozen=True)
class Spectra:
    """What the song sounds like over time, ``n`` frames at ``FRAME_RATE_HZ``.

    Attributes
    ----------
    chroma, bass_chroma : ndarray, shape (12, n)
        Strength of each pitch class from C, between 60 and 2000 Hz, and below 260 Hz.
    mel : ndarray, shape (64, n)
        Magnitudes on a mel scale, 40 Hz to 10.5 kHz.
    """

    chroma: FloatArray
    bass_chroma: FloatArray
    mel: FloatArray

    @property
    def n_frames(self) -> int:
        """Number of frames."""
        return int(self.mel.shape[1])


def hear_spectra(mono: Samples) -> Spectra:
    """Return pitch classes and timbre of a signal at ``RATE_HZ``."""
    pitches = filtered_magnitudes(
        mono,
        window=WINDOW,
        hop=HOP,
        bank=_pitch_class_bank(),
        before=lambda magnitudes: compress(magnitudes, mono, window=WINDOW),
    )
    mel = filtered_magnitudes(
        mono, window=WINDOW, hop=HOP, bank=mel_bank(WINDOW, N_MELS, MEL_RANGE_HZ)
    )
    return Spectra(chroma=pitches[:12], bass_chroma=pitches[12:], mel=mel)


def filtered_magnitudes(
    mono: Samples,
    *,
    window: int,
    hop: int,
    bank: FloatArray,
    before: Callable[[FloatArray], FloatArray] | None = None,
) -> FloatArray:
    """Return a filter bank's view of the magnitudes of a Hann-windowed Fourier transform.

    Parameters
    ----------
    mono : ndarray, shape (n_samples,)
        Signal; silence is added at both ends so that frame ``i`` has its centre at ``i * hop``.
    window, hop : int
        Samples per frame and between frames.
    bank : ndarray, shape (n_filters, window // 2 + 1)
        Weights of the frequency bins.
    before : callable, optional
        Applied to the magnitudes before the filters.

    Returns
    -------
    ndarray, shape (n_filters, 1 + n_samples // hop)
    """
    n_frames = 1 + len(mono) // hop
    padded = np.pad(mono, window // 2)
    filtered = np.empty((len(bank), n_frames))
    for start in range(0, n_frames, BLOCK_FRAMES):
        stop = min(start + BLOCK_FRAMES, n_frames)
        block = padded[start * hop : (stop - 1) * hop + window]
        spectrum = np.abs(librosa.stft(block, n_fft=window, hop_length=hop, center=False))
        filtered[:, start:stop] = bank @ (before(spectrum) if before else spectrum)
    return filtered


def compress(magnitudes: FloatArray, mono: Samples, *, window: int) -> FloatArray:
    """Return the logarithm of magnitudes relative to the song's loudness, 0 in silence.

    By Parseval, a signal's root mean square times the window's gives that of its magnitudes.
    """
    typical = float(np.sqrt(np.mean(mono**2))) * np.sqrt(window * HANN_POWER)
    compressed: FloatArray = np.log1p(COMPRESSION * magnitudes / (typical + 1e-9))
    return compressed


def mel_bank(window: int, n_mels: int, range_hz: tuple[float, float]) -> FloatArray:
    """Return triangular filters of height 1, evenly spaced on the mel scale."""
    bank: FloatArray = librosa_mel(
        sr=RATE_HZ, n_fft=window, n_mels=n_mels, fmin=range_hz[0], fmax=range_hz[1], norm=None
    )
    return bank


def notes_hz(mel: FloatArray) -> float:
    """Return how often in a second the spectrum as a whole rises, by ``NOTE_RISE`` or more.

    Parameters
    ----------
    mel : ndarray, shape (n_bands, n)
        Magnitudes at ``FRAME_RATE_HZ``.
    """
    level = np.log(mel + QUIET * mel.mean() + 1e-12)
    rise = np.maximum(0.0, level[:, 2:] - level[:, :-2]).mean(axis=0)
    peaks, _ = find_peaks(rise, height=NOTE_RISE, distance=NOTE_FRAMES)
    return float(len(peaks) * FRAME_RATE_HZ / mel.shape[1])


def mean_between(
    frames: FloatArray, starts_s: FloatArray, ends_s: FloatArray, *, rate_hz: float = FRAME_RATE_HZ
) -> FloatArray:
    """Return the mean of each row over stretches of time, at least one frame each.

    Parameters
    ----------
    frames : ndarray, shape (n_rows, n_frames)
        Any features over time.
    starts_s, ends_s : ndarray, shape (n,)
        The stretches in seconds; they may reach beyond the song.

    Returns
    -------
    ndarray, shape (n_rows, n)
    """
    n_frames = frames.shape[1]
    total = np.concatenate([np.zeros((len(frames), 1)), np.cumsum(frames, axis=1)], axis=1)
    first = _frame_index(starts_s, rate_hz, n_frames - 1)
    last = np.maximum(_frame_index(ends_s, rate_hz, n_frames), first + 1)
    mean: FloatArray = (total[:, last] - total[:, first]) / (last - first)
    return mean


def _frame_index(times_s: FloatArray, rate_hz: float, highest: int) -> NDArray[np.intp]:
    return np.clip(np.round(times_s * rate_hz), 0, highest).astype(np.intp)


def _pitch_class_bank() -> FloatArray:
    """Return 12 filters for all octaves and 12 for the bass, each bin shared among its pitches."""
    bins_hz = np.fft.rfftfreq(WINDOW, 1 / RATE_HZ)
    pitch = 69 + 12 * np.log2(np.maximum(bins_hz, 1e-6) / 440.0)
    off = (pitch[None, :] - np.arange(12)[:, None] + 6) % 12 - 6
    bell = np.exp(-0.5 * (off / SEMITONE_WIDTH) ** 2)
    low_hz, high_hz = CHROMA_RANGE_HZ
    shared = bell / bell.sum(axis=0) * ((bins_hz > low_hz) & (bins_hz < high_hz))
    return np.concatenate([shared, shared * (bins_hz < BASS_BELOW_HZ)])
