"""A song in numbers with plain meanings: tempo, where the drums fall, brightness, density."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import librosa
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d, median_filter

from mvkit.analysis.onsets import ONSET_RATE_HZ, Onsets
from mvkit.analysis.sound import FloatArray
from mvkit.analysis.spectra import FRAME_RATE_HZ, MEL_RANGE_HZ, N_MELS, Spectra, notes_hz

TOUCH_FRAMES = 7  # an onset within 30 ms of a place is on it
MEDIAN_FRAMES = 11  # half a second: what is shorter is a stroke
SUSTAIN_LAG_S = 0.35
BASS_BELOW_HZ, MIDDLE_HZ, SNARE_HZ, AIR_FROM_HZ = 180.0, (300.0, 3400.0), (1500.0, 8000.0), 5000.0
MOST_PLACES = 4  # of a bar that are told apart
DRUMS_FROM, NO_DRUMS_BELOW = 0.026, 0.012  # share of strokes; between them it is not clear


@dataclass(frozen=True)
class Descriptors:
    """A song in numbers.

    Attributes
    ----------
    bpm, metre, swing
        As in the analysis.
    steadiness : float
        1 less the spread of the beats' distances: a machine has 1, a rubato 0.9 and less.
    strokes : float
        Share of the magnitude that is above 5 kHz and short, as cymbals and snares are, 0-1.
    kick_evenness : float
        The weakest low onset of the bar's beats relative to the strongest: 1 is four on the floor,
        or a walking bass.
    kick_on_one : float
        The kick on the downbeat relative to the strongest: reggae leaves it out.
    kick_between : float
        Low onsets between the beats relative to those on them.
    backbeat : float
        Snare on the second and fourth beat less that on the first and third, -1 to 1.
    hats_between : float
        Cymbals between the beats relative to those on them.
    chords_between : float
        Mid-range onsets between the beats relative to those on them.
    bass_weight : float
        Share of the magnitude below 180 Hz, 0-1.
    brightness : float
        Where the middle of the spectrum lies on the mel scale, 0-1.
    density : float
        How evenly the spectrum is filled (spectral flatness), 0-1: distortion fills it.
    notes_hz : float
        Note starts in a second.
    sustain : float
        How much of a tone is left a third of a second later, 0-1.
    """

    bpm: float
    metre: str
    swing: float
    steadiness: float
    strokes: float
    kick_evenness: float
    kick_on_one: float
    kick_between: float
    backbeat: float
    hats_between: float
    chords_between: float
    bass_weight: float
    brightness: float
    density: float
    notes_hz: float
    sustain: float

    @property
    def has_drums(self) -> bool:
        """Whether something surely beats time."""
        return self.strokes > DRUMS_FROM

    @property
    def has_no_drums(self) -> bool:
        """Whether surely nothing does."""
        return self.strokes < NO_DRUMS_BELOW


def describe(
    onsets: Onsets,
    spectra: Spectra,
    *,
    beats_s: Sequence[float],
    downbeats_s: Sequence[float],
    bpm: float,
    metre: str = "4/4",
    swing: float = 0.5,
) -> Descriptors:
    """Return a song in numbers.

    Parameters
    ----------
    onsets, spectra : Onsets, Spectra
        Of the song.
    beats_s, downbeats_s : sequence of float
        Ascending times in seconds; at least two beats.
    bpm, metre, swing
        As in the analysis.
    """
    times_s = np.asarray(beats_s, dtype=float)
    starts_s, gaps_s = times_s[:-1], np.diff(times_s)
    bands = maximum_filter1d(onsets.bands, TOUCH_FRAMES, axis=1)
    on = bands[:, _frames(starts_s, onsets.n_frames, ONSET_RATE_HZ)]
    between = bands[:, _frames(starts_s + swing * gaps_s, onsets.n_frames, ONSET_RATE_HZ)]
    place = _places(starts_s, downbeats_s)
    kicks = _by_place(on[0], place)
    mel, mel_hz = spectra.mel, _mel_hz()
    middle = mel[(mel_hz > MIDDLE_HZ[0]) & (mel_hz < MIDDLE_HZ[1])]
    snare = mel[(mel_hz > SNARE_HZ[0]) & (mel_hz < SNARE_HZ[1])].sum(axis=0)
    total = mel.sum(axis=1) + 1e-9
    return Descriptors(
        bpm=bpm,
        metre=metre,
        swing=swing,
        steadiness=1.0 - float(np.std(gaps_s) / np.mean(gaps_s)),
        strokes=_strokes(mel[mel_hz > AIR_FROM_HZ]) / float(total.sum()),
        kick_evenness=float(kicks.min() / (kicks.max() + 1e-9)),
        kick_on_one=float(kicks[0] / (kicks.max() + 1e-9)),
        kick_between=_ratio(between[0], on[0]),
        backbeat=_backbeat(_by_place(_rises(snare, starts_s), place)),
        hats_between=_ratio(between[3], on[3]),
        chords_between=_ratio(between[1], on[1]),
        bass_weight=float(total[mel_hz < BASS_BELOW_HZ].sum() / total.sum()),
        brightness=float((np.linspace(0.0, 1.0, N_MELS) * total).sum() / total.sum()),
        density=_flatness(mel),
        notes_hz=notes_hz(mel),
        sustain=_sustain(middle),
    )


def _mel_hz() -> FloatArray:
    low_hz, high_hz = MEL_RANGE_HZ
    centres_hz: FloatArray = librosa.mel_frequencies(N_MELS + 2, fmin=low_hz, fmax=high_hz)[1:-1]
    return centres_hz


def _frames(times_s: FloatArray, n_frames: int, rate_hz: float) -> NDArray[np.intp]:
    return np.clip(np.round(times_s * rate_hz), 0, n_frames - 1).astype(np.intp)


def _rises(level: FloatArray, times_s: FloatArray) -> FloatArray:
    """Return how far a level rises at each time."""
    frames = _frames(times_s, len(level), FRAME_RATE_HZ)
    peak = maximum_filter1d(level, 3)[np.minimum(frames + 1, len(level) - 1)]
    rises: FloatArray = np.maximum(0.0, peak - level[np.maximum(frames - 2, 0)])
    return rises


def _places(beats_s: FloatArray, downbeats_s: Sequence[float]) -> NDArray[np.intp]:
    """Return how many beats each is after its downbeat."""
    index = np.arange(len(beats_s))
    first = np.where(np.isin(beats_s, downbeats_s), index, 0)
    return index - np.maximum.accumulate(first)


def _by_place(strengths: FloatArray, place: NDArray[np.intp]) -> FloatArray:
    """Return the mean strength on each beat of the bar."""
    n_places = max(2, min(int(place.max()) + 1, MOST_PLACES))
    chosen = (strengths[place % n_places == p] for p in range(n_places))
    return np.array([own.mean() if own.size else 0.0 for own in chosen])


def _backbeat(snares: FloatArray) -> float:
    even, odd = snares[::2].mean(), snares[1::2].mean()
    return float((odd - even) / (odd + even + 1e-9))


def _ratio(between: FloatArray, on: FloatArray) -> float:
    return float(between.mean() / (on.mean() + 1e-9))


def _strokes(mel: FloatArray) -> float:
    """Return how much stands above what lasts, in all."""
    return float(np.maximum(0.0, mel - median_filter(mel, (1, MEDIAN_FRAMES))).sum())


def _flatness(mel: FloatArray) -> float:
    loud = mel[:, mel.sum(axis=0) > np.median(mel.sum(axis=0))]
    if not loud.size:
        return 0.0
    floor = 1e-4 * mel.max() + 1e-9
    return float((np.exp(np.log(loud + floor).mean(axis=0)) / (loud.mean(axis=0) + floor)).mean())


def _sustain(middle: FloatArray) -> float:
    """Return how much of each mel band's level is left after ``SUSTAIN_LAG_S``, at the loud."""
    lag = round(SUSTAIN_LAG_S * FRAME_RATE_HZ)
    if middle.shape[1] <= lag:
        return 0.0
    now, later = middle[:, :-lag], middle[:, lag:]
    return float(np.minimum(now, later).sum() / (now.sum() + 1e-9))
