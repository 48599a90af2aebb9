"""The key of a song, and how often its harmony moves.

For the key, the song's pitch classes are correlated with the profiles of the 24 keys, after
Krumhansl and Schmuckler, with the profiles of Albrecht and Shanahan, "The use of large corpora to
train a new type of key-finding algorithm" (Music Perception 31, 2013), which tell major from minor
better. Between keys that fit about as well, the end decides: most songs come home to the tonic.
How sure a key is comes from its lead, from how well it fits the whole song and its parts, and from
how much of the sound is tones at all, weighed by a logistic regression on music and on sound
without a key (``python -m training.keys``).

For the harmony, each beat's pitch classes are compared with the 24 triads, and the likeliest path
through them is taken, a change having its price: the hidden Markov model of Sheh and Ellis,
"Chord segmentation and recognition using EM-trained hidden Markov models" (ISMIR 2003), with
templates in place of training.

Contents
--------
hear_key, guess_key, KeyGuess, KEY_CLUES, hear_chord_changes
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from librosa.filters import chroma as chroma_bank
from numpy.typing import NDArray
from scipy.ndimage import median_filter
from scipy.special import expit

from mvkit.analysis.intake import Samples
from mvkit.analysis.sound import RATE_HZ, FloatArray
from mvkit.analysis.spectra import Spectra, filtered_magnitudes, mean_between
from mvkit.analysis.weights import fitted
from mvkit.schema import Key
from mvkit.schema.analysis import Tonic

Mode = Literal["major", "minor"]

TONICS: tuple[Tonic, ...] = get_args(Tonic)
PROFILES: dict[Mode, tuple[float, ...]] = {
    "major": (0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.080, 0.008, 0.081),
    "minor": (0.220, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.061, 0.052),
}
"""Share of each pitch class in music of the mode, from the tonic."""

WINDOW, HOP = 8192, 2048  # long enough to part the semitones of a bass
ENDING_S, SOUNDING = 4.0, 0.02  # the last seconds that sound, by the share of the mean power
ENDING_WEIGHT = 0.15

KEY_CLUES = ("constant", "lead", "correlation", "tones", "agreement", "length")
"""What the confidence is weighed from: lead over the next key, correlation of the song's pitch
classes with the key's, logarithm of the share of the power that is in tones, how well the parts of
the song fit the key for how well they fit any, and the logarithm of the seconds that sound."""
KEY_WEIGHTS = "key_weights.toml"
TONE_OVER_MEDIAN = 10.0  # in power: noise is above it once in a thousand bins
MEDIAN_BINS = 31  # 83 Hz
TONE_BELOW_HZ = 2000.0
TONES_OF_NOISE, TONES_OF_MUSIC = 0.01, 0.2  # less, and more, says no more
N_PARTS = 8

TRIADS = ((0, 4, 7), (0, 3, 7))
BASS_WEIGHT = 0.5
CHANGE_COST, CHANGE_COST_ON_DOWNBEAT = 0.30, 0.15  # in cosines: a passing note is no chord


@dataclass(frozen=True)
class KeyGuess:
    """The key that fits best, and what tells how sure it is.

    Attributes
    ----------
    tonic, mode : str
        The key.
    clues : ndarray
        One number for each name in `KEY_CLUES`.
    """

    tonic: Tonic
    mode: Mode
    clues: FloatArray


def hear_key(mono: Samples) -> Key:
    """Return the key of a signal at ``RATE_HZ``; the confidence is how likely it is right."""
    guess = guess_key(mono)
    odds = guess.clues @ fitted("key", KEY_CLUES, file=KEY_WEIGHTS)[:, 0]
    return Key(tonic=guess.tonic, mode=guess.mode, confidence=round(float(expit(odds)), 3))


def guess_key(mono: Samples) -> KeyGuess:
    """Return the key whose profile is most like the pitch classes of a signal at ``RATE_HZ``."""
    keys = [(tonic, mode) for mode in PROFILES for tonic in TONICS]
    chroma, tones = _pitch_classes(mono)
    sounding = _sounding(mono, chroma.shape[1])
    overall = _likeness(chroma.mean(axis=1))
    likeness = overall + ENDING_WEIGHT * _likeness_of_end(chroma, sounding)
    order = np.argsort(-likeness, kind="stable")
    tonic, mode = keys[order[0]]
    clues = (
        1.0,
        likeness[order[0]] - likeness[order[1]],
        overall[order[0]],
        np.log(TONES_OF_NOISE + min(tones, TONES_OF_MUSIC)),
        _agreement(chroma[:, sounding], order[0]),
        np.log(len(sounding) * HOP / RATE_HZ),
    )
    return KeyGuess(tonic, mode, np.array(clues, dtype=float))


def hear_chord_changes(
    spectra: Spectra, beats_s: Sequence[float], downbeats_s: Sequence[float]
) -> float:
    """Return how often the chord changes in a bar, in the mean over the song.

    Parameters
    ----------
    spectra : Spectra
        Of the song.
    beats_s, downbeats_s : sequence of float
        Ascending times in seconds; with fewer than two beats or downbeats, nothing changes.
    """
    if len(beats_s) < 2 or len(downbeats_s) < 2:
        return 0.0
    edges_s = np.asarray(beats_s, dtype=float)
    chroma, bass = (
        mean_between(pitches, edges_s[:-1], edges_s[1:])
        for pitches in (spectra.chroma, spectra.bass_chroma)
    )
    costs = np.where(np.isin(edges_s[:-1], downbeats_s), CHANGE_COST_ON_DOWNBEAT, CHANGE_COST)
    path = _cheapest_path(_triad_likeness(chroma, bass), costs)
    bar_s = float(np.median(np.diff(downbeats_s)))
    n_bars = (edges_s[-1] - edges_s[0]) / bar_s
    return round(float(np.count_nonzero(np.diff(path)) / n_bars), 3)


def _triad_likeness(chroma: FloatArray, bass: FloatArray) -> FloatArray:
    """Return how like each beat is to each triad, shape (n_beats, 24); the bass tells the root."""
    roots = np.tile(np.eye(12), (2, 1))
    return _cosines(chroma, _triads()) + BASS_WEIGHT * _cosines(bass, roots)


def _triads() -> FloatArray:
    """Return the pitch classes of the major and minor triads, in the order of the keys."""
    return np.array(
        [np.isin((np.arange(12) - root) % 12, triad) for triad in TRIADS for root in range(12)],
        dtype=float,
    )


def _cosines(chroma: FloatArray, templates: FloatArray) -> FloatArray:
    """Return the correlation of each column with each template, less where little stands out."""
    heard = chroma - chroma.mean(axis=0)
    wanted = templates - templates.mean(axis=1, keepdims=True)
    clear = np.linalg.norm(heard, axis=0)
    scale = np.outer(np.maximum(clear, clear.mean()), np.linalg.norm(wanted, axis=1))
    cosines: FloatArray = heard.T @ wanted.T / (scale + 1e-9)
    return cosines


def _cheapest_path(likeness: FloatArray, costs: FloatArray) -> NDArray[np.intp]:
    """Return the best state of each beat (Viterbi); a change of state costs that beat's price."""
    n_beats, n_states = likeness.shape
    came_from = np.zeros((n_beats, n_states), dtype=np.intp)
    best = likeness[0]
    for beat in range(1, n_beats):
        leader = int(best.argmax())
        changed = best[leader] - costs[beat] > best
        came_from[beat] = np.where(changed, leader, np.arange(n_states))
        best = likeness[beat] + np.where(changed, best[leader] - costs[beat], best)
    path = np.empty(n_beats, dtype=np.intp)
    path[-1] = best.argmax()
    for beat in range(n_beats - 1, 0, -1):
        path[beat - 1] = came_from[beat, path[beat]]
    return path


def _pitch_classes(mono: Samples) -> tuple[FloatArray, float]:
    """Return how much each pitch class sounds over time, from C, and what share is in tones.

    Every moment counts alike; the share is that of the power.
    """
    bank = chroma_bank(sr=RATE_HZ, n_fft=WINDOW, tuning=0.0)
    chroma, tones = np.split(
        filtered_magnitudes(
            mono, window=WINDOW, hop=HOP, bank=np.kron(np.eye(2), bank), before=_power_and_tones
        ),
        2,
    )
    heard: FloatArray = chroma / (chroma.max(axis=0) + 1e-9)
    return heard, float(tones.sum() / (chroma.sum() + 1e-9))


def _power_and_tones(magnitudes: FloatArray) -> FloatArray:
    """Return the power of each bin and, below, that of the bins which stand out of their like."""
    power = np.square(magnitudes)
    tones = np.zeros_like(power)
    low = power[: round(TONE_BELOW_HZ * WINDOW / RATE_HZ)]
    around = median_filter(low, (MEDIAN_BINS, 1))
    tones[: len(low)] = np.where(low > TONE_OVER_MEDIAN * around, low, 0.0)
    return np.concatenate([power, tones])


def _sounding(mono: Samples, n_frames: int) -> NDArray[np.intp]:
    """Return the frames in which there is sound; of silence, all."""
    padded = np.pad(mono, (0, n_frames * HOP - len(mono)))
    power = (padded.reshape(n_frames, HOP) ** 2).mean(axis=1)
    return np.flatnonzero(power >= SOUNDING * power.mean())


def _agreement(chroma: FloatArray, key: int) -> float:
    """Return how well each part of the song fits a key less how well it fits its best, at most 0.

    It is the mean over the parts.
    """
    parts = np.array_split(chroma, min(N_PARTS, chroma.shape[1]), axis=1)
    likeness = np.array([_likeness(part.mean(axis=1)) for part in parts])
    return float((likeness[:, key] - likeness.max(axis=1)).mean())


def _likeness_of_end(chroma: FloatArray, sounding: NDArray[np.intp]) -> FloatArray:
    """Return the correlation of the song's last chord with the tonic triads of the 24 keys."""
    last = int(sounding[-1]) + 1
    first = max(0, last - round(ENDING_S * RATE_HZ / HOP))
    ending = chroma[:, first:last].mean(axis=1, keepdims=True)
    likeness: FloatArray = _cosines(ending, _triads())[0]
    return likeness


def _likeness(chroma: FloatArray) -> FloatArray:
    """Return the correlation with the 24 keys: 12 major, then 12 minor."""
    rolled = np.array(
        [np.roll(profile, shift) for profile in PROFILES.values() for shift in range(12)]
    )
    centred = rolled - rolled.mean(axis=1, keepdims=True)
    off_mean = chroma - chroma.mean()
    scale = np.linalg.norm(centred, axis=1) * np.linalg.norm(off_mean) + 1e-9
    likeness: FloatArray = centred @ off_mean / scale
    return likeness
