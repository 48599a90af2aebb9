"""The beats of a song: times, accents, bars, tempo, and how sure that is.

For each tempo that the song may have, the beats are followed through it and also laid as even
grids; the series with the most evidence is kept, filled up from the first sound to the last. Where
nothing can be made out, the fallback is an even grid at the likeliest tempo, in bars of four.

Contents
--------
Beats, hear_beats, possible_series, finish
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d

from mvkit.analysis.attack import attack_lag_s
from mvkit.analysis.aubio_ear import SecondOpinion, hear_with_aubio
from mvkit.analysis.beat_model import ModelBeats
from mvkit.analysis.choice import BeatSeries, choose
from mvkit.analysis.clues import Clues
from mvkit.analysis.downbeats import BEATS_PER_BAR, Bars, hear_bars
from mvkit.analysis.feel import PHRASES, STRAIGHT, hear_phrase_bars, hear_swing
from mvkit.analysis.intake import Samples
from mvkit.analysis.onsets import ONSET_RATE_HZ, Onsets
from mvkit.analysis.pulse import between, even_grids, follow, smooth
from mvkit.analysis.sound import RATE_HZ, FloatArray
from mvkit.analysis.spectra import Spectra
from mvkit.analysis.sureness import beat_confidences, confidence_of
from mvkit.analysis.tempo import (
    MAX_TEMPO_BPM,
    MIN_TEMPO_BPM,
    STEP_S,
    candidate_tempi,
    hear_tempogram,
    salience_at,
    tempo_path,
)
from mvkit.schema.analysis import Metre
from mvkit.timing import tidy_s

MIN_BEATS = 4  # fewer cannot be told from chance
PATH_REACH, PATH_STIFFNESS = 0.22, 60.0
N_WIDE_PATHS, WIDE_REACH, TEMPO_CHANGE = 3, 1.1, 1.22
"""Of the likeliest tempi, paths up to twice as fast or slow are tried too, where they lead on."""
TEMPO_SLACK = 0.01

FALLBACK_BELOW = 0.12  # confidence; noise, drones and random clicks stay under it

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
    confidences : ndarray, shape (n,)
        How likely each is right, 0-1.
    metre : str
        ``4/4``, ``3/4``, ``2/4``, or ``6/8``, whose beats are dotted.
    phrase_bars : int
        After how many bars the harmony comes round, 4 or 8.
    swing : float
        Where the off-beat lies between beats: 0.5 is straight, 0.67 a triplet.
    bpm : float
        Tempo, 60-200.
    confidence : float
        How likely the beats are right, 0-1.
    bar_confidence : float
        How likely bars and metre are right if the beats are, 0-1.
    fallback_used : bool
        Whether they are only a grid at the likeliest tempo.
    """

    times_s: FloatArray
    strengths: FloatArray
    is_downbeat: NDArray[np.bool_]
    confidences: FloatArray
    metre: Metre
    phrase_bars: int
    swing: float
    bpm: float
    confidence: float
    bar_confidence: float
    fallback_used: bool

    @property
    def beats_per_bar(self) -> int:
        """Two, three or four; of a 6/8 two."""
        return BEATS_PER_BAR[self.metre]

    @property
    def downbeats_s(self) -> FloatArray:
        """Times of the beats that begin a bar."""
        return self.times_s[self.is_downbeat]


def hear_beats(
    mono: Samples, onsets: Onsets, spectra: Spectra, *, told: ModelBeats | None = None
) -> Beats:
    """Return the beats of a signal.

    Parameters
    ----------
    mono : ndarray, shape (n,)
        Samples at ``RATE_HZ``, not silent.
    onsets, spectra : Onsets, Spectra
        Of the same signal.
    told : ModelBeats, optional
        What a network heard in it; its beats and bars are kept, unless it heard hardly any.
    """
    clues = Clues.of(onsets, spectra)
    if told is not None and told.can_be_counted:
        beats_s, confidence, fallback_used = *_told_beats(told, mono, onsets), False
    else:
        told = None
        opinion = hear_with_aubio(mono)
        beats_s, confidence = _likeliest_beats(mono, onsets, clues, opinion)
        fallback_used = confidence < FALLBACK_BELOW
        if fallback_used:
            beats_s = _fallback_grid(onsets, opinion)
    times_s = _within_song(beats_s, len(mono) / RATE_HZ)
    strengths = _strengths(onsets.strength, times_s)
    if fallback_used:
        bars = _fallback_bars(strengths)
    else:
        bars = told.bars_at(times_s) if told else hear_bars(times_s, clues)
    phrase_bars = hear_phrase_bars(times_s[bars.first_beats], clues)
    is_straight = fallback_used or bars.metre == "6/8"
    return Beats(
        times_s=times_s,
        strengths=strengths,
        is_downbeat=np.isin(np.arange(len(times_s)), bars.first_beats),
        confidences=beat_confidences(confidence, times_s, clues),
        metre=bars.metre,
        phrase_bars=PHRASES[0] if fallback_used else phrase_bars,
        swing=STRAIGHT if is_straight else hear_swing(times_s, onsets),
        bpm=_tempo_bpm(beats_s),
        confidence=round(confidence, 3),
        bar_confidence=bars.confidence,
        fallback_used=fallback_used,
    )


def _likeliest_beats(
    mono: Samples, onsets: Onsets, clues: Clues, opinion: SecondOpinion
) -> tuple[FloatArray, float]:
    """Return the beats with the most evidence, in seconds, and how likely they are right.

    Only the frames in which there is sound are counted.
    """
    series = list(possible_series(onsets))
    if not series:
        return np.zeros(0), 0.0
    choice = choose(series, clues)
    confidence = confidence_of(choice, clues, opinion, n_series=len(series))
    return finish(choice.series, mono, onsets), confidence


def _told_beats(told: ModelBeats, mono: Samples, onsets: Onsets) -> tuple[FloatArray, float]:
    """Return a network's beats, moved onto their onsets, and how likely they are right."""
    counted = smooth(onsets.strength, told.counted_s() * ONSET_RATE_HZ)
    beats_s = finish(BeatSeries(counted / ONSET_RATE_HZ, salience=1.0), mono, onsets)
    return beats_s, told.confidence * min(1.0, len(told.times_s) / len(beats_s))


def finish(series: BeatSeries, mono: Samples, onsets: Onsets) -> FloatArray:
    """Return a series from the first sound to the last, moved on to where its notes begin."""
    beats_s = _filled(series.beats_s, *(frame / ONSET_RATE_HZ for frame in onsets.sounding()))
    return beats_s + attack_lag_s(mono, beats_s, _heights(onsets.strength, beats_s))


def possible_series(onsets: Onsets) -> Iterator[BeatSeries]:
    """Yield for each tempo the beats followed, the same half a beat off, and even grids."""
    first, last = onsets.sounding()
    for beats, salience, is_even in _all_series(onsets.cut(first, last).strength):
        if len(beats) < MIN_BEATS:
            continue
        series = BeatSeries((first + beats) / ONSET_RATE_HZ, salience, is_even)
        if MIN_TEMPO_BPM * (1 - TEMPO_SLACK) < series.bpm < MAX_TEMPO_BPM * (1 + TEMPO_SLACK):
            yield series


def _all_series(strength: FloatArray) -> Iterator[tuple[FloatArray, float, bool]]:
    tempogram = hear_tempogram(strength)
    candidates = candidate_tempi(tempogram)
    for bpm in candidates:
        salience = salience_at(tempogram, bpm)
        path_bpm = tempo_path(tempogram, bpm, reach=PATH_REACH, stiffness=PATH_STIFFNESS)
        for beats in _followed(strength, path_bpm):
            yield beats, salience, False
        for grid in even_grids(strength, bpm):
            yield grid, salience, True
    for bpm in candidates[:N_WIDE_PATHS]:
        path_bpm = tempo_path(tempogram, bpm, reach=WIDE_REACH, stiffness=PATH_STIFFNESS)
        if path_bpm.max() > TEMPO_CHANGE * path_bpm.min():
            for beats in _followed(strength, path_bpm):
                yield beats, salience_at(tempogram, bpm), False


def _followed(strength: FloatArray, path_bpm: FloatArray) -> Iterator[FloatArray]:
    """Yield the beats along a path of tempi, and those half a beat off."""
    times_s = np.arange(len(strength)) / ONSET_RATE_HZ
    bpm_at = np.interp(times_s, np.arange(len(path_bpm)) * STEP_S, path_bpm)
    followed = follow(strength, 60.0 * ONSET_RATE_HZ / bpm_at)
    if len(followed) > MIN_BEATS:
        followed = smooth(strength, followed)
        yield followed
        yield between(followed)


def _fallback_grid(onsets: Onsets, opinion: SecondOpinion) -> FloatArray:
    """Return an even grid over the whole song, in seconds, that meets its strongest onset.

    Its tempo is aubio's if that is in range, else the likeliest; even a song of a second gets two
    beats.
    """
    bpm = opinion.bpm
    if not MIN_TEMPO_BPM <= bpm <= MAX_TEMPO_BPM:
        bpm = candidate_tempi(hear_tempogram(onsets.strength))[0]
    duration_s = (onsets.n_frames - 1) / ONSET_RATE_HZ
    period_s = min(60.0 / bpm, duration_s / 2)
    phase_s = float(onsets.strength.argmax()) / ONSET_RATE_HZ % period_s
    return np.arange(phase_s, duration_s, period_s)


def _fallback_bars(strengths: FloatArray) -> Bars:
    """Return bars of four, of which one begins on the strongest beat: nothing tells of others."""
    return Bars(np.arange(int(strengths.argmax()) % 4, len(strengths), 4), "4/4", 0.0)


def _filled(beats_s: FloatArray, first_s: float, last_s: float) -> FloatArray:
    """Continue the beats to the first and the last sound."""
    step_in_s, step_out_s = np.median(np.diff(beats_s[:8])), np.median(np.diff(beats_s[-8:]))
    before_s = np.arange(beats_s[0] - step_in_s, first_s - BEFORE_SOUND_S, -step_in_s)[::-1]
    after_s = np.arange(beats_s[-1] + step_out_s, last_s, step_out_s)
    return np.concatenate([before_s, beats_s, after_s])


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
