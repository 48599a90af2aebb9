"""Say what is played and when: the data of a song, and the truth that follows from it.

Time is counted in beats from the song's first sample and turned into seconds in one place,
`Score.seconds_at`. A score holds no sound: `mvkit.songs.performance.perform` plays it.

Contents: `Note`, `Part`, `Section`, `Score`, `SongTruth`, `SectionTruth`.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from typing import Any

from mvkit.songs.synthesis import Instrument


@dataclass(frozen=True)
class Note:
    """One note or drum hit.

    Attributes
    ----------
    start_beat, length_beats : float
        When it starts, and how long it is held.
    pitch_midi : float
        MIDI note number.
    velocity : float
        0 to 1.
    """

    start_beat: float
    length_beats: float
    pitch_midi: float = 60.0
    velocity: float = 0.8


@dataclass(frozen=True)
class Part:
    """All that one instrument plays, and its place in the mix.

    Attributes
    ----------
    name : str
        Unique within the score.
    instrument : Instrument
        A function of `mvkit.songs.instruments`.
    notes : tuple of Note
        In any order.
    gain_db : float
        Level of the fader.
    pan : float
        -1 (left) to +1 (right).
    reverb, echo : float
        How much is sent into the hall and into the echo, 0 to 1.
    duck : float
        How far the kick pushes this part down, 0 (not) to 1 (to silence).
    cutoff_hz : tuple of (beat, Hz)
        Breakpoints of a low-pass filter over the whole part; empty for none.
    """

    name: str
    instrument: Instrument
    notes: tuple[Note, ...]
    gain_db: float = 0.0
    pan: float = 0.0
    reverb: float = 0.0
    echo: float = 0.0
    duck: float = 0.0
    cutoff_hz: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True)
class Section:
    """A stretch of the form: ``intro``, ``verse``, ``chorus``, ``bridge``, ``outro``."""

    label: str
    length_beats: float


@dataclass(frozen=True)
class SectionTruth:
    """A section in seconds."""

    label: str
    start_s: float
    end_s: float


@dataclass(frozen=True)
class SongTruth:
    """Hold what is true of a song because it was made so.

    Attributes
    ----------
    title, key : str
        Name, and key such as ``"A minor"``.
    tempo_bpm : float
        Beats per minute, constant.
    beats_per_bar : int
        Metre.
    duration_s : float
        Length of the audio.
    beats_s, downbeats_s : tuple of float
        Times of all beats, and of the first beat of each bar.
    sections : tuple of SectionTruth
        They cover the song without gap or overlap.
    """

    title: str
    tempo_bpm: float
    beats_per_bar: int
    duration_s: float
    beats_s: tuple[float, ...]
    downbeats_s: tuple[float, ...]
    sections: tuple[SectionTruth, ...]
    key: str

    def as_dict(self) -> dict[str, Any]:
        """Return plain dictionaries, lists and numbers."""
        plain: dict[str, Any] = json.loads(self.as_json())
        return plain

    def as_json(self) -> str:
        """Return the truth as JSON text."""
        return json.dumps(asdict(self), indent=2)


@dataclass(frozen=True)
class Score:
    """A whole song before it is played.

    Attributes
    ----------
    title, key : str
        Name, and key such as ``"A minor"``.
    tempo_bpm : float
        Beats per minute.
    sections : tuple of Section
        The form; the song is as long as they are together.
    parts : tuple of Part
        Who plays what.
    beats_per_bar : int
        Metre.
    swing : float
        Where in a beat its second half begins: 0.5 is straight, 2/3 a triplet shuffle.
    sidechain : str
        Name of the part that pushes the others down (see `Part.duck`).
    loudness_lufs : float
        Integrated loudness of the finished master.
    fade_out_s : float
        Length of the fade at the very end.
    seed : int
        Fixes the small human differences in velocity.
    """

    title: str
    key: str
    tempo_bpm: float
    sections: tuple[Section, ...]
    parts: tuple[Part, ...]
    beats_per_bar: int = 4
    swing: float = 0.5
    sidechain: str = "kick"
    loudness_lufs: float = -14.0
    fade_out_s: float = 0.01
    seed: int = 0

    @property
    def length_beats(self) -> float:
        """Length of the song in beats."""
        return sum(section.length_beats for section in self.sections)

    @property
    def duration_s(self) -> float:
        """Length of the song in seconds."""
        return self.length_beats * 60.0 / self.tempo_bpm

    def seconds_at(self, beat: float) -> float:
        """Return the time of a beat; swing delays what falls between whole beats."""
        whole = math.floor(beat)
        part = beat - whole
        if part <= 0.5:
            swung = part * 2.0 * self.swing
        else:
            swung = self.swing + (part - 0.5) * 2.0 * (1.0 - self.swing)
        return (whole + swung) * 60.0 / self.tempo_bpm

    def truth(self) -> SongTruth:
        """Return tempo, beats, sections and key as the score has them."""
        beats_s = tuple(self.seconds_at(beat) for beat in range(math.ceil(self.length_beats)))
        ends = [
            sum(s.length_beats for s in self.sections[: i + 1]) for i in range(len(self.sections))
        ]
        # A section may end inside a beat only where the song ends, where swing has no meaning.
        edges_s = [0.0, *(end * 60.0 / self.tempo_bpm for end in ends)]
        return SongTruth(
            title=self.title,
            tempo_bpm=self.tempo_bpm,
            beats_per_bar=self.beats_per_bar,
            duration_s=self.duration_s,
            beats_s=beats_s,
            downbeats_s=beats_s[:: self.beats_per_bar],
            sections=tuple(
                SectionTruth(section.label, start_s, end_s)
                for section, start_s, end_s in zip(
                    self.sections, edges_s[:-1], edges_s[1:], strict=True
                )
            ),
            key=self.key,
        )
