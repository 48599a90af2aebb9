"""A guess at the family of music and at what plays, from what can be measured.

No model has learned genres here: a song is described by a dozen numbers with plain meanings, and
rules with reasons name a broad family where the numbers are clear, else nothing. The descriptors
are those by which dance rhythms and genres have been told apart since Tzanetakis and Cook,
"Musical genre classification of audio signals" (IEEE TSAP 10, 2002) and Dixon, Gouyon and Widmer,
"Towards characterisation of music via rhythmic patterns" (ISMIR 2004): tempo, where in the bar
the drums fall, brightness, and how percussive and how dense the sound is. Steady and percussive
sound are parted by median filters (Fitzgerald, "Harmonic/percussive separation using median
filtering", DAFx 2010). Such rules are right about broad families only: what they say is a guess
and is flagged as one.

Contents
--------
Descriptors, Style, hear_style, describe, guess_genre, guess_instruments
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
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


@dataclass(frozen=True)
class Style:
    """What the song may be.

    Attributes
    ----------
    genre : str
        A broad family, or empty where none is clear.
    instruments : tuple of str
        What stands out, the most prominent first.
    """

    genre: str
    instruments: tuple[str, ...]


def hear_style(
    onsets: Onsets,
    spectra: Spectra,
    *,
    beats_s: Sequence[float],
    downbeats_s: Sequence[float],
    bpm: float,
    metre: str = "4/4",
    swing: float = 0.5,
    is_sung: bool = False,
) -> Style:
    """Guess family and instruments of a song; see :func:`describe`.

    Only words tell of a voice: ``is_sung`` says whether some were heard or given.
    """
    found = describe(
        onsets,
        spectra,
        beats_s=beats_s,
        downbeats_s=downbeats_s,
        bpm=bpm,
        metre=metre,
        swing=swing,
    )
    return Style(guess_genre(found), guess_instruments(found, is_sung=is_sung))


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


def guess_genre(song: Descriptors) -> str:
    """Return the family whose marks are clear, or an empty string.

    The more special a family's marks, the earlier it is asked.
    """
    return next((genre for genre, holds in RULES if holds(song)), "")


def guess_instruments(song: Descriptors, *, is_sung: bool = False) -> tuple[str, ...]:
    """Return what stands out, by how far its evidence is above what is needed; a voice first.

    What rings for long is bowed, blown or a pad; what dies at once is struck or plucked; where
    both play, neither is clear.
    """
    evidence = {
        "drums": song.strokes / DRUMS_FROM,
        "bass": song.bass_weight / 0.10,
        "piano, keys or plucked strings": 0.56 / (song.sustain + 1e-9) * (song.notes_hz > 1.0),
        "strings or pads": song.sustain / 0.74,
    }
    heard = sorted((name for name in evidence if evidence[name] > 1.0), key=evidence.__getitem__)
    return (*(("voice",) if is_sung else ()), *reversed(heard))


def _is_ambient(song: Descriptors) -> bool:
    """Return whether nothing beats, little starts, and tones stay."""
    return song.has_no_drums and song.notes_hz < 1.6 and song.sustain > 0.6


def _is_classical(song: Descriptors) -> bool:
    """Return whether there are many notes and no drums, in a tempo that breathes."""
    free = song.steadiness < 0.965
    return song.has_no_drums and free and song.notes_hz > 1.6 and song.density < 0.45


def _is_folk(song: Descriptors) -> bool:
    """Return whether strings are plucked in time, with neither drums nor a heavy bass."""
    plucked = song.sustain < 0.52 and song.notes_hz > 2.0 and song.density < 0.45
    return song.has_no_drums and song.steadiness >= 0.965 and plucked and song.bass_weight < 0.10


def _is_jazz(song: Descriptors) -> bool:
    """Return whether triplets swing over a bass that walks: a low note on every beat."""
    return song.swing >= 0.58 and song.bpm >= 96 and song.kick_evenness > 0.4


def _is_electronic(song: Descriptors) -> bool:
    """Return whether a machine plays four on the floor, or the fast breaks of drum and bass."""
    four = song.kick_evenness > 0.75 and song.kick_between < 0.7 and 112 <= song.bpm <= 150
    fast = 160 <= song.bpm <= 185 and song.backbeat > 0.3 and song.kick_between > 0.6
    machine = song.has_drums and song.steadiness > 0.985 and song.hats_between > 0.3
    return machine and song.metre == "4/4" and (four or fast)


def _is_reggae(song: Descriptors) -> bool:
    """Return whether chords fall between the beats and the kick leaves the first beat out."""
    skank = song.chords_between > 1.3 and song.kick_on_one < 0.5
    return song.has_drums and 60 <= song.bpm <= 95 and skank


def _is_hip_hop(song: Descriptors) -> bool:
    """Return whether a slow backbeat stands on a heavy bass with kicks between the beats."""
    slow = 60 <= song.bpm <= 105 and song.metre == "4/4"
    heavy = song.bass_weight > 0.10 and song.kick_between > 0.35
    return song.has_drums and slow and heavy and song.backbeat > 0.25


def _is_rock(song: Descriptors) -> bool:
    """Return whether a backbeat drives a spectrum that distortion fills."""
    return song.has_drums and song.bpm >= 100 and song.backbeat > 0.2 and song.density > 0.75


def _is_ballad(song: Descriptors) -> bool:
    """Return whether the backbeat is slow and soft."""
    return song.bpm <= 80 and song.backbeat > 0.15 and 0.02 < song.strokes < 0.05


def _is_pop(song: Descriptors) -> bool:
    """Return whether there is a straight backbeat at a walking pace."""
    straight = song.swing < 0.56 and song.metre == "4/4" and song.backbeat > 0.2
    return song.has_drums and 84 < song.bpm <= 135 and straight


RULES: tuple[tuple[str, Callable[[Descriptors], bool]], ...] = (
    ("ambient", _is_ambient),
    ("classical", _is_classical),
    ("folk", _is_folk),
    ("jazz", _is_jazz),
    ("electronic", _is_electronic),
    ("reggae", _is_reggae),
    ("hip-hop", _is_hip_hop),
    ("rock", _is_rock),
    ("ballad", _is_ballad),
    ("pop", _is_pop),
)
"""Families and their marks, the most special first."""


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
