"""Turn chord symbols into notes that lead smoothly from one chord to the next.

Pitches are MIDI note numbers (60 is C4). A progression is written as text, bars apart by ``|``;
several chords in a bar share it evenly: ``"Fmaj7 | G6 | E7sus4 E7"``. ``C/E`` has E in the bass.

Contents: `Chord`, `parse_pitch`, `parse_progression`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import combinations, pairwise, product

from mvkit.errors import InvalidInput

PITCH_CLASSES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
ACCIDENTALS = {"": 0, "#": 1, "b": -1}
# Semitones above the root.
QUALITIES = {
    "": (0, 4, 7),
    "m": (0, 3, 7),
    "dim": (0, 3, 6),
    "sus4": (0, 5, 7),
    "6": (0, 4, 7, 9),
    "m6": (0, 3, 7, 9),
    "7": (0, 4, 7, 10),
    "m7": (0, 3, 7, 10),
    "maj7": (0, 4, 7, 11),
    "m7b5": (0, 3, 6, 10),
    "7sus4": (0, 5, 7, 10),
    "add9": (0, 4, 7, 14),
    "madd9": (0, 3, 7, 14),
}
SYMBOL = re.compile(r"^([A-G])([#b]?)([a-z0-9]*)(?:/([A-G])([#b]?))?$")
PITCH = re.compile(r"^([A-G])([#b]?)(-?\d)$")

LOWEST_BASS = 28  # E1, 41 Hz: the lowest note small speakers still suggest
VOICING_RANGE = (53, 76)  # F3 to E5: above the bass, below the lead
REGISTER = 63  # E flat 4: where the voices should lie on average, lest they drift
PARALLEL_PENALTY = 4  # semitones of extra movement that one parallel fifth or octave is worth


@dataclass(frozen=True)
class Chord:
    """One chord of a song, written out.

    Attributes
    ----------
    symbol : str
        As a lead sheet has it.
    start_beat, length_beats : float
        When it sounds, counted from the song's first beat.
    voicing : tuple of int
        Four MIDI notes, ascending.
    bass : int
        MIDI note of the bass, from E1 up to D#2.
    """

    symbol: str
    start_beat: float
    length_beats: float
    voicing: tuple[int, ...]
    bass: int


def parse_pitch(name: str) -> int:
    """Return the MIDI note number of a name such as ``C4`` (60) or ``F#5``.

    Raises
    ------
    InvalidInput
        If the text is not a letter, an optional accidental and an octave.
    """
    match = PITCH.match(name)
    if match is None:
        raise InvalidInput(
            f"{name!r} is no pitch; expected a letter, # or b, and an octave, as 'F#4'"
        )
    letter, accidental, octave = match.groups()
    return 12 * (int(octave) + 1) + PITCH_CLASSES[letter] + ACCIDENTALS[accidental]


def parse_progression(
    text: str, *, start_beat: float = 0.0, beats_per_bar: int = 4
) -> tuple[Chord, ...]:
    """Read a progression and voice it.

    Parameters
    ----------
    text : str
        Bars apart by ``|``, the chords of a bar apart by spaces.
    start_beat : float
        Beat on which the first bar begins.
    beats_per_bar : int
        Length of each bar.

    Returns
    -------
    tuple of Chord
        In order, without gaps.

    Raises
    ------
    InvalidInput
        If a bar is empty or a symbol is unknown.
    """
    chords: list[Chord] = []
    previous: tuple[int, ...] | None = None
    for bar_number, bar in enumerate(text.split("|")):
        symbols = bar.split()
        if not symbols:
            raise InvalidInput(
                f"bar {bar_number + 1} of {text!r} is empty; expected a chord symbol"
            )
        length = beats_per_bar / len(symbols)
        for place, symbol in enumerate(symbols):
            pitch_classes, bass_class = _parse_symbol(symbol)
            previous = _voice(pitch_classes, previous)
            bass = LOWEST_BASS + (bass_class - LOWEST_BASS) % 12
            start = start_beat + bar_number * beats_per_bar + place * length
            chords.append(Chord(symbol, start, length, previous, bass))
    return tuple(chords)


def _parse_symbol(symbol: str) -> tuple[tuple[int, ...], int]:
    """Split a symbol into its four pitch classes, root first, and that of its bass."""
    match = SYMBOL.match(symbol)
    if match is None or match[3] not in QUALITIES:
        raise InvalidInput(
            f"{symbol!r} is no known chord; expected a root and one of {[*QUALITIES]}"
        )
    letter, accidental, quality, bass_letter, bass_accidental = match.groups()
    root = (PITCH_CLASSES[letter] + ACCIDENTALS[accidental]) % 12
    classes = tuple((root + interval) % 12 for interval in QUALITIES[quality])
    four = classes if len(classes) == 4 else (*classes, root)  # a triad doubles its root
    bass = (PITCH_CLASSES[bass_letter] + ACCIDENTALS[bass_accidental]) if bass_letter else root
    return four, bass % 12


def _voice(pitch_classes: tuple[int, ...], previous: tuple[int, ...] | None) -> tuple[int, ...]:
    """Choose the voicing that moves least from the previous one.

    Voices move to the nearest chord tone, keep common tones, do not cross, and avoid parallel
    fifths and octaves: the classical rules as in D. Tymoczko, "A Geometry of Music" (2011), ch. 2.
    """
    low, high = VOICING_RANGE
    octaves = [[p for p in range(low, high + 1) if p % 12 == c] for c in pitch_classes]
    candidates = {tuple(sorted(pitches)) for pitches in product(*octaves)}
    distinct = sorted(voicing for voicing in candidates if len(set(voicing)) == len(voicing))
    return min(
        distinct,
        key=lambda voicing: (
            _imbalance(voicing) + (_movement(previous, voicing) if previous else 0),
            voicing,
        ),
    )


def _imbalance(voicing: tuple[int, ...]) -> float:
    """How unevenly a chord lies: away from the register, gaps above a fifth, semitone clusters."""
    drift = abs(sum(voicing) / len(voicing) - REGISTER)
    distances = [upper - lower for lower, upper in pairwise(voicing)]
    return drift + sum(max(0, distance - 7) + 2 * (distance == 1) for distance in distances)


def _movement(previous: tuple[int, ...], following: tuple[int, ...]) -> int:
    """Total movement of all voices in semitones; parallel fifths and octaves count on top."""
    moves = list(zip(previous, following, strict=True))
    parallels = sum(
        upper_from - lower_from == upper_to - lower_to
        and (upper_to - lower_to) % 12 in (0, 7)
        and lower_from != lower_to
        for (lower_from, lower_to), (upper_from, upper_to) in combinations(moves, 2)
    )
    return sum(abs(to - origin) for origin, to in moves) + PARALLEL_PENALTY * parallels
