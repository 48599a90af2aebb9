"""The beats of a song: times, accents, bars, tempo, and how sure that is.

For each tempo that the song may have, the beats are followed through it and also laid as even
grids; the series with the most evidence is kept, filled up from the first sound to the last. How
sure it is comes from the lead over the other series and from aubio's opinion. Where nothing can
be made out, the fallback is an even grid at the likeliest tempo.

Contents
--------
Beats, hear_beats
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d

from mvkit.analysis.attack import attack_lag_s
from mvkit.analysis.aubio_ear import SecondOpinion, hear_with_aubio
from mvkit.analysis.choice import BeatSeries, agreement, choose
from mvkit.analysis.downbeats import hear_bars
from mvkit.analysis.intake import Samples
from mvkit.analysis.onsets import ONSET_RATE_HZ, Onsets
from mvkit.analysis.pulse import between, even_grids, follow, smooth
from mvkit.analysis.sound import RATE_HZ, FloatArray
from mvkit.analysis.spectra import Spectra
from mvkit.analysis.tempo import (
    MAX_TEMPO_BPM,
    MIN_TEMPO_BPM,
    STEP_S,
    candidate_tempi,
    hear_tempogram,
    salience_at,
    tempo_path,
)
from mvkit.timing import tidy_s

MIN_BEATS = 4  # fewer cannot be told from chance
PATH_REACH, PATH_STIFFNESS = 0.22, 60.0
TEMPO_SLACK = 0.01

FALLBACK_BELOW = 0.25  # confidence; noise and drones stay under it
SECOND_OPINION_WEIGHT = 0.5
FEW_BEATS = 8  # so many beats are half convincing

BEFORE_SOUND_S = 0.050  # how far a beat may come before its sound
STRONG_PERCENTILE = 95.0


@dataclass(frozen=True)
class Beats:
    """The beats of a song.

    Attributes
    ----------
    times_s : ndarray, shape (n,)
        Ascending, within the song, at least two.
    strengths : ndarray, shape (n,)
        Accent of each, 0-1.
    is_downbeat : ndarray of bool, shape (n,)
        Which begin a bar; at least one.
    beats_per_bar : int
        4 or 3.
    bpm : float
        Tempo, 60-200.
    confidence : float
        How likely the beats are right, 0-1.
    fallback_used : bool
        Whether they are only a grid at the likeliest tempo.
    """

    times_s: FloatArray
    strengths: FloatArray
    is_downbeat: NDArray[np.bool_]
    beats_per_bar: int
    bpm: float
    confidence: float
    fallback_used: bool

    @property
    def downbeats_s(self) -> FloatArray:
        """Times of the beats that begin a bar."""
        return self.times_s[self.is_downbeat]


def hear_beats(mono: Samples, onsets: Onsets, spectra: Spectra) -> Beats:
    """Return the beats of a signal.

    Parameters
    ----------
    mono : ndarray, shape (n,)
        Samples at ``RATE_HZ``, not silent.
    onsets, spectra : Onsets, Spectra
        Of the same signal.
    """
    opinion = hear_with_aubio(mono)
    beats_s, confidence = _likeliest_beats(mono, onsets, opinion)
    fallback_used = confidence < FALLBACK_BELOW
    if fallback_used:
        beats_s = _fallback_grid(onsets, opinion)
    times_s = _within_song(beats_s, len(mono) / RATE_HZ)
    bars = hear_bars(times_s, onsets, spectra)
    return Beats(
        times_s=times_s,
        strengths=_strengths(onsets.strength, times_s),
        is_downbeat=np.isin(np.arange(len(times_s)), bars.first_beats),
        beats_per_bar=bars.beats_per_bar,
        bpm=_tempo_bpm(beats_s),
        confidence=round(confidence, 3),
        fallback_used=fallback_used,
    )


def _likeliest_beats(
    mono: Samples, onsets: Onsets, opinion: SecondOpinion
) -> tuple[FloatArray, float]:
    """Return the beats with the most evidence, in seconds, and how likely they are right.

    Only the frames in which there is sound are counted.
    """
    first, last = onsets.sounding()
    heard = onsets.cut(first, last)
    series = [s for s in _all_series(heard.strength) if _is_countable(s)]
    if not series:
        return np.zeros(0), 0.0
    chosen, likelihood = choose(series, heard)
    beats_s = (first + _filled(chosen.beats, heard.n_frames)) / ONSET_RATE_HZ
    beats_s += attack_lag_s(mono, beats_s, _heights(onsets.strength, beats_s))
    return beats_s, _confidence(beats_s, likelihood, opinion)


def _all_series(strength: FloatArray) -> Iterator[BeatSeries]:
    """Yield for each tempo the beats followed, the same half a beat off, and even grids."""
    tempogram = hear_tempogram(strength)
    times_s = np.arange(len(strength)) / ONSET_RATE_HZ
    for bpm in candidate_tempi(tempogram):
        salience = salience_at(tempogram, bpm)
        path_bpm = tempo_path(tempogram, bpm, reach=PATH_REACH, stiffness=PATH_STIFFNESS)
        bpm_at = np.interp(times_s, np.arange(len(path_bpm)) * STEP_S, path_bpm)
        followed = follow(strength, 60.0 * ONSET_RATE_HZ / bpm_at)
        if len(followed) > MIN_BEATS:
            followed = smooth(strength, followed)
            yield BeatSeries(followed, salience)
            yield BeatSeries(between(followed), salience)
        for grid in even_grids(strength, bpm):
            yield BeatSeries(grid, salience)


def _is_countable(series: BeatSeries) -> bool:
    if len(series.beats) < MIN_BEATS:
        return False
    return MIN_TEMPO_BPM * (1 - TEMPO_SLACK) < series.bpm < MAX_TEMPO_BPM * (1 + TEMPO_SLACK)


def _confidence(beats_s: FloatArray, likelihood: float, opinion: SecondOpinion) -> float:
    """Return how likely the beats are right, from two witnesses (a noisy or).

    aubio agrees also if it counts twice as fast or half as fast. Few beats prove little.
    """
    others_s = opinion.beats_s
    agreed = max(
        agreement(beats_s, others_s),
        *(agreement(beats_s[phase::2], others_s) for phase in (0, 1)),
        *(agreement(beats_s, others_s[phase::2]) for phase in (0, 1)),
    )
    either = 1.0 - (1.0 - likelihood) * (1.0 - SECOND_OPINION_WEIGHT * agreed)
    return either * len(beats_s) / (len(beats_s) + FEW_BEATS)


def _fallback_grid(onsets: Onsets, opinion: SecondOpinion) -> FloatArray:
    """Return an even grid over the whole song, in seconds, that meets its strongest onset.

    Its tempo is aubio's if that is in range, else the likeliest; even a song of a second gets two
    beats.
    """
    bpm = opinion.bpm
    if not MIN_TEMPO_BPM <= bpm <= MAX_TEMPO_BPM:
        bpm = candidate_tempi(hear_tempogram(onsets.strength))[0]
    period = min(60.0 * ONSET_RATE_HZ / bpm, onsets.n_frames / 2)
    phase = float(onsets.strength.argmax()) % period
    return np.arange(phase, onsets.n_frames, period) / ONSET_RATE_HZ


def _filled(beats: FloatArray, n_frames: int) -> FloatArray:
    """Continue the beats to the first and the last of the sounding frames."""
    step_in, step_out = np.median(np.diff(beats[:8])), np.median(np.diff(beats[-8:]))
    earliest = -BEFORE_SOUND_S * ONSET_RATE_HZ
    before = np.arange(beats[0] - step_in, earliest, -step_in)[::-1]
    after = np.arange(beats[-1] + step_out, n_frames, step_out)
    return np.concatenate([before, beats, after])


def _within_song(beats_s: FloatArray, duration_s: float) -> FloatArray:
    """Put a beat just before the song on its start, and drop beats further out."""
    inside_s = beats_s[(beats_s > -BEFORE_SOUND_S) & (beats_s < duration_s)]
    return np.array(sorted({tidy_s(max(0.0, beat_s)) for beat_s in inside_s.tolist()}))


def _strengths(strength: FloatArray, times_s: FloatArray) -> FloatArray:
    heights = _heights(strength, times_s)
    strong = float(np.percentile(heights, STRONG_PERCENTILE)) + 1e-9
    shares: FloatArray = np.clip(heights / strong, 0.0, 1.0).round(3)
    return shares


def _heights(strength: FloatArray, times_s: FloatArray) -> FloatArray:
    """Return the highest onset within two frames of each time."""
    touched = maximum_filter1d(strength, 5)
    heights: FloatArray = np.interp(times_s * ONSET_RATE_HZ, np.arange(len(touched)), touched)
    return heights


def _tempo_bpm(beats_s: FloatArray) -> float:
    """Return the median tempo over stretches of up to four beats."""
    reach = min(4, len(beats_s) - 1)
    step_s = float(np.median(beats_s[reach:] - beats_s[:-reach])) / reach
    return float(np.clip(60.0 / step_s, MIN_TEMPO_BPM, MAX_TEMPO_BPM))
