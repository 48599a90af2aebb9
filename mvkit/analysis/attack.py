"""Where exactly notes begin, to a millisecond or two.

Onset strength is measured over windows of 46 ms, which notice a sharp click before it comes. The
lag that remains is the same for all beats of a song; it is read off the mean attack: how the
level rises around the beats, averaged over the strongest of them, in windows of 12 ms.

Contents
--------
attack_lag_s
"""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter1d

from mvkit.analysis.intake import Samples
from mvkit.analysis.sound import RATE_HZ, FloatArray

WINDOW, HOP = 256, 32  # 12 ms and 1.5 ms
REACH_S = 0.030
N_STRONGEST = 200
BAND_EDGES = (1, 3, 10, 30, 129)  # bins: from 86 Hz, 260 Hz, 860 Hz and 2.6 kHz
QUIET = 0.1  # of the song's loudness: rises below count little
RISE_FRAMES = 4
MARGIN_FRAMES = 8  # around the searched stretch, for the filters' edges


def attack_lag_s(mono: Samples, beats_s: FloatArray, strengths: FloatArray) -> float:
    """Return how much later than the beats their notes begin, in seconds, within ±30 ms.

    Parameters
    ----------
    mono : ndarray, shape (n,)
        Samples at ``RATE_HZ``.
    beats_s, strengths : ndarray, shape (n_beats,)
        Times in seconds, at least one, and how strong each is; those beyond the song's ends are
        taken for its ends.
    """
    strongest = np.sort(np.argsort(-strengths, kind="stable")[:N_STRONGEST])
    rise = _mean_rise(mono, beats_s[strongest])
    offsets = np.arange(len(rise)) - len(rise) // 2
    searched = np.flatnonzero(np.abs(offsets) * HOP <= REACH_S * RATE_HZ)
    top = int(searched[rise[searched].argmax()])
    left, height, right = rise[top - 1 : top + 2]
    bend = left - 2 * height + right
    between = 0.5 * (left - right) / bend if bend < 0 else 0.0
    return float((offsets[top] + between) * HOP / RATE_HZ)


def _mean_rise(mono: Samples, beats_s: FloatArray) -> FloatArray:
    """Return the mean rise of the level around beats, one value every ``HOP``, the beat central."""
    n_side = int(REACH_S * RATE_HZ) // HOP + MARGIN_FRAMES
    log_levels = _log_levels(mono, beats_s, n_side)
    smooth = gaussian_filter1d(log_levels, 2.0, axis=1)
    rise = np.zeros(log_levels.shape)
    rise[:, RISE_FRAMES:-RISE_FRAMES] = smooth[:, 2 * RISE_FRAMES :] - smooth[:, : -2 * RISE_FRAMES]
    mean: FloatArray = np.maximum(0.0, rise).mean(axis=0).sum(axis=1)
    return mean


def _log_levels(mono: Samples, beats_s: FloatArray, n_side: int) -> FloatArray:
    """Return log levels, shape (n_beats, 2 * n_side + 1, n_bands), frames centred on the beats."""
    reach = n_side * HOP + WINDOW // 2
    padded = np.pad(mono, reach)
    first = np.clip(np.round(beats_s * RATE_HZ), 0, len(mono)).astype(int)
    frames = HOP * np.arange(2 * n_side + 1)
    places = first[:, None, None] + frames[None, :, None] + np.arange(WINDOW)
    spectrum = np.abs(np.fft.rfft(padded[places] * np.hanning(WINDOW), axis=2))
    bands = np.add.reduceat(spectrum, BAND_EDGES[:-1], axis=2) / np.diff(BAND_EDGES)
    typical = np.sqrt(np.mean(mono**2) * WINDOW * 3 / 8)
    log_levels: FloatArray = np.log(bands / (typical + 1e-9) + QUIET)
    return log_levels
