"""Lay out a song section by section: each has its chords, and each part a pattern for it.

Contents: `Form`, `Passage`, `form_of`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mvkit.songs.harmony import Chord, parse_progression
from mvkit.songs.notation import held_chords, melody
from mvkit.songs.score import Note, Section

Reader = Callable[..., tuple[Note, ...]]
"""Reads a pattern over chords: `groove`, `arpeggio`, `bass_line` or `strummed`."""


@dataclass(frozen=True)
class Passage:
    """A section with what it is played on.

    Attributes
    ----------
    name : str
        Unique within the form, such as ``"verse 2"``.
    velocity : float
        0 to 1: how hard everybody plays.
    chords : tuple of Chord
        They fill it without gaps.
    """

    name: str
    velocity: float
    chords: tuple[Chord, ...]

    @property
    def kind(self) -> str:
        """Kind of section: the name without its number."""
        return self.name.rstrip(" 0123456789")

    @property
    def start_beat(self) -> float:
        """Beat on which it begins."""
        return self.chords[0].start_beat

    @property
    def end_beat(self) -> float:
        """Beat on which it is over."""
        return self.chords[-1].start_beat + self.chords[-1].length_beats


@dataclass(frozen=True)
class Form:
    """The passages of a song in order.

    Patterns are given by the name of a passage, or by the kind of all passages that have none of
    their own; who has neither is silent there.

    Attributes
    ----------
    passages : tuple of Passage
        Without gaps.
    beats_per_bar : int
        Metre.
    step_beats : float
        Length of a pattern's step: 0.25 is a sixteenth.
    """

    passages: tuple[Passage, ...]
    beats_per_bar: int
    step_beats: float

    @property
    def sections(self) -> tuple[Section, ...]:
        """The form as the score has it."""
        return tuple(Section(p.kind, p.end_beat - p.start_beat) for p in self.passages)

    def play(self, read: Reader, patterns: Mapping[str, str], **how: Any) -> tuple[Note, ...]:
        """Read a pattern in each passage over its chords, repeated as long as they last."""
        return tuple(
            note
            for passage, pattern in self._found(patterns)
            for note in read(
                pattern,
                passage.chords,
                **{"step_beats": self.step_beats, "velocity": passage.velocity, **how},
            )
        )

    def sing(self, tunes: Mapping[str, str]) -> tuple[Note, ...]:
        """Read a melody in each passage from its beginning, once."""
        return tuple(
            note
            for passage, tune in self._found(tunes)
            for note in melody(
                tune,
                start_beat=passage.start_beat,
                velocity=passage.velocity,
                beats_per_bar=self.beats_per_bar,
            )
        )

    def hold(self, *names: str) -> tuple[Note, ...]:
        """Hold the chords of these passages."""
        return tuple(
            note
            for passage, _ in self._found(dict.fromkeys(names, ""))
            for note in held_chords(passage.chords, velocity=passage.velocity)
        )

    def open(self, *names: str) -> tuple[Note, ...]:
        """Strike once where each of these passages begins."""
        found = self._found(dict.fromkeys(names, ""))
        return tuple(Note(p.start_beat, 1.0, velocity=p.velocity) for p, _ in found)

    def lead_into(self, *names: str, length_beats: float) -> tuple[Note, ...]:
        """Play one long note up to where each of these passages begins."""
        found = self._found(dict.fromkeys(names, ""))
        return tuple(Note(p.start_beat - length_beats, length_beats) for p, _ in found)

    def _found(self, given: Mapping[str, str]) -> Iterator[tuple[Passage, str]]:
        """Yield each passage for which something is given."""
        for passage in self.passages:
            for name in (passage.name, passage.kind):
                if name in given:
                    yield passage, given[name]
                    break


def form_of(
    *passages: tuple[str, float, str], beats_per_bar: int = 4, step_beats: float = 0.25
) -> Form:
    """Return a form of passages given by name, velocity and progression.

    The voices of the chords lead on from passage to passage.

    Raises
    ------
    InvalidInput
        If a progression has an empty bar or an unknown chord.
    """
    whole = iter(
        parse_progression(
            "|".join(progression for *_, progression in passages), beats_per_bar=beats_per_bar
        )
    )
    return Form(
        tuple(
            Passage(
                name, velocity, tuple(next(whole) for _ in progression.replace("|", " ").split())
            )
            for name, velocity, progression in passages
        ),
        beats_per_bar,
        step_beats,
    )
