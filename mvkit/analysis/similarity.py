"""Which bars of a song sound alike.

Each bar is cut into eight parts, so that bars of different length can be compared note by note;
timbre (mel spectrum and its cepstrum) and harmony (pitch classes) are compared by cosine.

Contents
--------
bar_similarity
"""

from __future__ import annotations

import numpy as np
from scipy.fft import dct

from mvkit.analysis.sound import FloatArray
from mvkit.analysis.spectra import Spectra, mean_between

PARTS_PER_BAR = 8
N_CEPSTRA = 13
SPECTRUM_WEIGHT, CEPSTRUM_WEIGHT, HARMONY_WEIGHT = 1.0, 0.6, 1.0
JUST_NOTICEABLE = 0.1  # deviations of a feature over the song
DYNAMIC_RANGE = 1e-4  # of the loudest magnitude: 80 dB


def bar_similarity(spectra: Spectra, bar_starts_s: FloatArray, end_s: float) -> FloatArray:
    """Return how alike any two bars sound.

    Parameters
    ----------
    spectra : Spectra
        Of the song.
    bar_starts_s : ndarray, shape (n_bars,)
        Ascending times in seconds.
    end_s : float
        Where the last bar ends.

    Returns
    -------
    ndarray, shape (n_bars, n_bars)
        From -1 to 1; symmetric, 1 on the diagonal.
    """
    edges_s = np.append(bar_starts_s, end_s)
    decibels = np.log(spectra.mel / (spectra.mel.max() + 1e-9) + DYNAMIC_RANGE)
    cepstra = dct(decibels, axis=0, norm="ortho")[1 : 1 + N_CEPSTRA]
    weighted = (
        (SPECTRUM_WEIGHT, decibels / (decibels.std() + 1e-6)),
        (CEPSTRUM_WEIGHT, cepstra / (cepstra.std(axis=1, keepdims=True) + 1e-6)),
        (HARMONY_WEIGHT, spectra.chroma / (spectra.chroma.std() + 1e-6)),
    )
    total = sum(weight for weight, _ in weighted)
    similarity: FloatArray = sum(
        (weight / total * _cosines(_by_bar(features, edges_s)) for weight, features in weighted),
        start=np.zeros((len(bar_starts_s), len(bar_starts_s))),
    )
    return similarity


def _by_bar(features: FloatArray, edges_s: FloatArray) -> FloatArray:
    """Return the features of every part of a bar in a row, less their mean over the bars."""
    parts = np.arange(PARTS_PER_BAR) / PARTS_PER_BAR
    lengths_s = np.diff(edges_s)[:, None]
    starts_s = (edges_s[:-1, None] + parts * lengths_s).ravel()
    ends_s = starts_s + np.repeat(lengths_s.ravel() / PARTS_PER_BAR, PARTS_PER_BAR)
    means = mean_between(features, starts_s, ends_s)
    bars = means.T.reshape(len(lengths_s), -1)
    centred: FloatArray = bars - bars.mean(axis=0)
    return centred


def _cosines(bars: FloatArray) -> FloatArray:
    """Return the cosine between any two bars; bars that hardly differ from the mean are alike."""
    indistinct = JUST_NOTICEABLE**2 * bars.shape[1]
    lengths = np.linalg.norm(bars, axis=1)
    cosines: FloatArray = (bars @ bars.T + indistinct) / (np.outer(lengths, lengths) + indistinct)
    return np.clip(cosines, -1.0, 1.0)
