"""The analysis: what was heard in the song."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from mvkit.schema.base import Artefact, Level, Record, Seconds, Share, Span
from mvkit.schema.brief import Brief

SectionType = Literal[
    "intro", "verse", "pre-chorus", "chorus", "bridge", "instrumental", "breakdown", "outro"
]
Metre = Literal["2/4", "3/4", "4/4", "6/8"]
Tonic = Literal["C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"]

TOLERANCE_S = 1e-3
"""What times that must agree may differ by."""


class Section(Span):
    """A part of the song.

    Attributes
    ----------
    energy_share : float
        Mean energy of the part relative to the song's loudest moments, 0-1.
    label : str
        Parts that sound alike share a letter.
    """

    type: SectionType
    energy: Level
    energy_share: Share
    label: str = ""


class LyricLine(Record):
    """One sung line.

    Attributes
    ----------
    end : float or None
        Where it stops, in seconds, if that is known.
    words_at : tuple of float
        Where each of its words begins, in seconds; empty where that is not known. In scripts
        without spaces, letters count as words (:func:`mvkit.orthography.sung_words`).
    """

    text: str = Field(min_length=1, max_length=400)
    timestamp: Seconds
    end: Seconds | None = None
    words_at: tuple[Seconds, ...] = ()


class Moment(Record):
    """A sudden change of force: the music drops in, or breaks off.

    Attributes
    ----------
    strength : float
        How sudden, 0-1.
    """

    time: Seconds
    kind: Literal["drop", "break"]
    strength: Share


class Mood(Record):
    """How the song feels.

    Attributes
    ----------
    primary : {'energetic', 'calm', 'dark', 'bright'}
        Which of the four the song lies farthest towards.
    secondary : str
        A finer word for it.
    energy_level : {'low', 'medium', 'high'}
        Of the song as a whole.
    confidence : float
        How clearly it is this primary mood and not its neighbour, 0-1.
    valence, arousal : float
        Pleasantness and activation, 0-1 (Russell's circumplex).
    """

    primary: Literal["energetic", "calm", "dark", "bright"]
    secondary: str
    energy_level: Level
    confidence: Share
    valence: Share
    arousal: Share


class Key(Record):
    """The song's key.

    Attributes
    ----------
    confidence : float
        How likely tonic and mode are right, 0-1.
    """

    tonic: Tonic
    mode: Literal["major", "minor"]
    confidence: Share


class ClipBoundary(Span):
    """Where one clip of the film starts and ends.

    Attributes
    ----------
    duration : float
        Its length in seconds, ``end - start``.
    """

    duration: Seconds

    @model_validator(mode="after")
    def _check_duration(self) -> Self:
        if abs(self.duration - self.length_s) > TOLERANCE_S:
            raise ValueError(
                f"lasts {self.duration} s, expected {self.length_s} s from its start to its end"
            )
        return self


class Curves(Record):
    """How the sound moves, for everything that dances to it.

    Each curve has one value in 0-1 per ``1 / rate_hz`` seconds, starting at 0 s: bass
    (below 150 Hz), mid (150-2000 Hz) and high (above 2000 Hz) follow the level of their band,
    onset is the strength of note starts, energy the slow loudness. All are of equal length.
    """

    rate_hz: float = Field(gt=0)
    bass: tuple[Share, ...]
    mid: tuple[Share, ...]
    high: tuple[Share, ...]
    onset: tuple[Share, ...]
    energy: tuple[Share, ...]

    @model_validator(mode="after")
    def _check_lengths(self) -> Self:
        names = [name for name in type(self).model_fields if name != "rate_hz"]
        lengths = {name: len(getattr(self, name)) for name in names}
        if len(set(lengths.values())) > 1:
            told = ", ".join(f"{name} {length}" for name, length in lengths.items())
            raise ValueError(f"the curves differ in length: {told}, expected one length")
        return self


class AnalysisMetadata(Record):
    """How the analysis went, and what the file says of itself.

    Attributes
    ----------
    processing_time : float
        How long the analysis took, or finding it in the cache, in seconds.
    cache_hit : bool
        Whether the song was heard before, within the last day.
    beat_detection_confidence : float
        How likely the beats are right, 0-1.
    fallback_used : bool
        Whether no steady beat was heard, so that the beats are an even grid at the likeliest tempo.
    loudness_lufs : float
        Integrated loudness in LUFS (ITU-R BS.1770).
    true_peak_db : float
        The highest peak between samples too, in dBTP.
    title, artist : str
        As the file's tags have them; empty where they say nothing.
    flags : tuple of str
        What a person should know or look at; sentences for them are in
        :mod:`mvkit.analysis.flags`.

    Notes
    -----
    The flags:

    - ``beats_from_tempo_only``: ``fallback_used``; ``beats_uncertain``: a low confidence;
      ``bars_uncertain``: the same of downbeats and metre; ``key_uncertain``: of the key.
    - ``genre_by_descriptors``: genre and instruments are guesses by rules, not by a trained model.
    - ``lyrics_heard``, ``lyrics_heard_by_segment``, ``lyrics_heard_without_times``: a model heard
      the words, with times for each word, for each phrase, or for none.
    - ``lyrics_aligned``: words that were given got their times from what a model heard.
    - ``words_missing``: a model was to listen, but no words could be had, or given ones could not
      be aligned; such an analysis is not kept in the cache.
    - ``instrumental``: a model listened, and nobody sings.
    """

    processing_time: float
    cache_hit: bool = False
    beat_detection_confidence: Share
    fallback_used: bool
    loudness_lufs: float = 0.0
    true_peak_db: float = 0.0
    title: str = ""
    artist: str = ""
    flags: tuple[str, ...] = ()


class Analysis(Artefact):
    """What was heard in the song.

    Attributes
    ----------
    bpm : float
        Tempo in beats per minute, 60-200.
    duration : float
        Length of the song in seconds.
    metre : {'2/4', '3/4', '4/4', '6/8'}
        The likeliest time signature; one for the whole song.
    beat_timestamps, downbeat_timestamps : tuple of float
        Ascending times in seconds; every downbeat is a beat.
    beats_per_bar : int
        Two, three or four. Of a metre in 6/8 there are two, each of three quavers.
    beat_strengths, beat_confidences : tuple of float
        Accent of each beat, 0-1, and how sure it is one; the latter may be empty.
    phrase_bars : int
        Bars that belong together, 4 or 8.
    swing : float
        Where the off-beat lies between two beats: 0.5 is straight, 0.67 a triplet.
    song_structure : tuple of Section
        The song's parts, which cover it without gap or overlap.
    lyrics : tuple of LyricLine
        Its words as they are sung, given or heard by a model; empty where none are known.
    key : Key
        The one key that fits the whole song best.
    mood : Mood
        How the song as a whole feels.
    moments : tuple of Moment
        Drops and breaks, in order, each on a downbeat.
    chord_changes_per_bar : float
        How often the harmony moves.
    genre : str
        A guess; empty where there is none.
    instruments : tuple of str
        What stands out, the most prominent first.
    bands_url : str
        Envelopes at 100 Hz of kick, snare, hat, bass, mid and high, as arrays of a .npz file in the
        run folder; empty where there are none.
    clip_boundaries : tuple of ClipBoundary
        Where clips give way to each other, on beats where there are any. They cover the song
        without gap or overlap.
    curves : Curves
        How the sound moves, frame by frame.
    metadata : AnalysisMetadata
        How the analysis went, and what should be looked at.
    """

    stage: ClassVar[str] = "analysis"
    reads = (Brief,)

    bpm: float = Field(ge=60.0, le=200.0)
    duration: Seconds
    metre: Metre = "4/4"
    beats_per_bar: int = Field(default=4, ge=2, le=4)
    phrase_bars: int = Field(default=4, ge=4, le=8, multiple_of=4)
    swing: float = Field(default=0.5, ge=0.4, le=0.8)
    beat_timestamps: tuple[Seconds, ...] = Field(min_length=2)
    beat_strengths: tuple[Share, ...]
    beat_confidences: tuple[Share, ...] = ()
    downbeat_timestamps: tuple[Seconds, ...] = Field(min_length=1)
    song_structure: tuple[Section, ...] = Field(min_length=1)
    lyrics: tuple[LyricLine, ...] = ()
    key: Key
    chord_changes_per_bar: float = Field(default=0.0, ge=0.0)
    mood: Mood
    genre: str = ""
    instruments: tuple[str, ...] = ()
    moments: tuple[Moment, ...] = ()
    bands_url: str = ""
    clip_boundaries: tuple[ClipBoundary, ...] = Field(min_length=1)
    curves: Curves
    metadata: AnalysisMetadata

    def files(self) -> tuple[str, ...]:
        """Return the envelopes, where there are any."""
        return (self.bands_url,) if self.bands_url else ()

    @model_validator(mode="after")
    def _check(self) -> Self:
        _check_ascending("beat_timestamps", self.beat_timestamps, before_s=self.duration)
        _check_ascending("downbeat_timestamps", self.downbeat_timestamps, before_s=self.duration)
        if not set(self.downbeat_timestamps) <= set(self.beat_timestamps):
            raise ValueError("downbeat_timestamps holds times that are no beats")
        _check_one_each("beat_strengths", self.beat_strengths, self.beat_timestamps)
        if self.beat_confidences:
            _check_one_each("beat_confidences", self.beat_confidences, self.beat_timestamps)
        _check_in_order("moments", [moment.time for moment in self.moments])
        check_cover("song_structure", self.song_structure, until_s=self.duration)
        check_cover("clip_boundaries", self.clip_boundaries, until_s=self.duration)
        return self


def _check_one_each(name: str, values: tuple[float, ...], beats_s: tuple[float, ...]) -> None:
    if len(values) != len(beats_s):
        raise ValueError(
            f"{name} has {len(values)} values for {len(beats_s)} beats, expected one each"
        )


def check_cover(name: str, spans: tuple[Span, ...], *, until_s: float, from_s: float = 0.0) -> None:
    """Raise ValueError unless the spans cover a stretch of time without gap or overlap."""
    edge_s = from_s
    for index, span in enumerate(spans):
        if abs(span.start - edge_s) > TOLERANCE_S:
            raise ValueError(
                f"{name}.{index} starts at {span.start} s, expected {edge_s} s "
                "where the one before ends"
            )
        edge_s = span.end
    if abs(edge_s - until_s) > TOLERANCE_S:
        raise ValueError(f"{name} ends at {edge_s} s, expected {until_s} s")


def _check_in_order(name: str, times_s: Sequence[float]) -> None:
    for earlier_s, later_s in pairwise(times_s):
        if later_s < earlier_s:
            raise ValueError(f"{name} is not in order: {later_s} s comes after {earlier_s} s")


def _check_ascending(name: str, times_s: tuple[float, ...], *, before_s: float) -> None:
    for earlier_s, later_s in pairwise(times_s):
        if later_s <= earlier_s:
            raise ValueError(f"{name} is not ascending at {later_s} s after {earlier_s} s")
    if times_s[-1] > before_s:
        raise ValueError(f"{name} ends at {times_s[-1]} s, after the song's end at {before_s} s")
