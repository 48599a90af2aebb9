"""Write music as readable strings: drum grids, melodies, arpeggios, strummed chords, bass lines.

Blanks and bar lines (``|``) in a grid are for the eye only.

Contents: `hits`, `groove`, `melody`, `arpeggio`, `bass_line`, `strummed`, `held_chords`.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import replace

from mvkit.errors import InvalidInput
from mvkit.songs.harmony import Chord, parse_pitch
from mvkit.songs.score import Note

DRUM_VELOCITIES = {"X": 1.0, "x": 0.75, "o": 0.5, "-": 0.3}
BASS_INTERVALS = {"r": 0, "R": 0, "f": 7, "o": 12, "O": 12}  # root, fifth, octave
SOFTER = 0.85  # what a small letter is to its capital


def hits(
    pattern: str,
    *,
    start_beat: float = 0.0,
    step_beats: float = 0.25,
    pitch_midi: float = 60.0,
) -> tuple[Note, ...]:
    """Read a drum grid.

    Parameters
    ----------
    pattern : str
        One character a step: ``X`` accent, ``x`` normal, ``o`` soft, ``-`` ghost, ``.`` nothing.
    start_beat : float
        Beat of the first step.
    step_beats : float
        Length of a step: 0.25 is a sixteenth.
    pitch_midi : float
        Pitch or tuning of every hit.

    Returns
    -------
    tuple of Note
        One per hit.

    Raises
    ------
    InvalidInput
        If a character is unknown.
    """
    return tuple(
        Note(beat, step_beats, pitch_midi, DRUM_VELOCITIES[mark])
        for beat, mark in _steps(pattern, DRUM_VELOCITIES, start_beat, step_beats)
    )


def groove(
    pattern: str,
    chords: Sequence[Chord],
    *,
    step_beats: float = 0.25,
    velocity: float = 1.0,
    pitch_midi: float = 60.0,
) -> tuple[Note, ...]:
    """Repeat a drum grid for as long as the chords last, all of it scaled by `velocity`."""
    start, end = _span(chords)
    grid = _repeated(pattern, end - start, step_beats)
    beaten = hits(grid, start_beat=start, step_beats=step_beats, pitch_midi=pitch_midi)
    return tuple(replace(note, velocity=note.velocity * velocity) for note in beaten)


def melody(
    text: str, *, start_beat: float = 0.0, velocity: float = 0.8, beats_per_bar: int = 4
) -> tuple[Note, ...]:
    """Read a melody such as ``"C5:.75 A5:1.25 -:2 | D5:4"``.

    Each word is a pitch and its length in beats; ``-`` is a rest. Bars are checked to be full.

    Raises
    ------
    InvalidInput
        If a bar is longer or shorter than `beats_per_bar`, or a pitch is unknown.
    """
    notes: list[Note] = []
    beat = start_beat
    for number, bar in enumerate(text.split("|"), start=1):
        for word in bar.split():
            name, _, length = word.partition(":")
            if name != "-":
                notes.append(Note(beat, float(length), parse_pitch(name), velocity))
            beat += float(length)
        if abs(beat - start_beat - number * beats_per_bar) > 1e-6:
            raise InvalidInput(
                f"bar {number} of the melody does not fill {beats_per_bar} beats: {bar}"
            )
    return tuple(notes)


def arpeggio(
    pattern: str,
    chords: Sequence[Chord],
    *,
    step_beats: float = 0.25,
    velocity: float = 0.7,
    transpose: int = 0,
) -> tuple[Note, ...]:
    """Break chords into single notes.

    Each digit names a voice of the chord then sounding, from 0 (lowest); 4 and above are the same
    voices an octave higher. The pattern repeats until the last chord ends; the first step of each
    beat is accented.
    """
    start, end = _span(chords)
    grid = _repeated(pattern, end - start, step_beats)
    notes: list[Note] = []
    for beat, mark in _steps(grid, "01234567", start, step_beats):
        octave, voice = divmod(int(mark), 4)
        pitch = _sounding(chords, beat).voicing[voice] + 12 * octave + transpose
        accent = 1.0 if beat % 1.0 == 0.0 else 0.8
        notes.append(Note(beat, step_beats, pitch, velocity * accent))
    return tuple(notes)


def bass_line(
    pattern: str, chords: Sequence[Chord], *, step_beats: float = 0.25, velocity: float = 0.8
) -> tuple[Note, ...]:
    """Play the chords' bass notes in a rhythm.

    ``r`` is the bass note, ``f`` its fifth, ``o`` its octave, capitals are accented, ``_`` holds
    the note before, ``.`` is a rest. The pattern repeats until the last chord ends.
    """
    notes: list[Note] = []
    for beat, length_beats, mark in _held_steps(pattern, BASS_INTERVALS, chords, step_beats):
        pitch = _sounding(chords, beat).bass + BASS_INTERVALS[mark]
        accent = 1.0 if mark.isupper() else SOFTER
        notes.append(Note(beat, length_beats, pitch, velocity * accent))
    return tuple(notes)


def strummed(
    pattern: str,
    chords: Sequence[Chord],
    *,
    step_beats: float = 0.25,
    velocity: float = 0.7,
    transpose: int = 0,
) -> tuple[Note, ...]:
    """Play whole chords in a rhythm.

    ``c`` strikes the chord then sounding, ``C`` with an accent, ``_`` holds it, ``.`` is a rest.
    The pattern repeats until the last chord ends.
    """
    notes: list[Note] = []
    for beat, length_beats, mark in _held_steps(pattern, "cC", chords, step_beats):
        accented = velocity * (1.0 if mark.isupper() else SOFTER)
        notes += [
            Note(beat, length_beats, pitch + transpose, accented)
            for pitch in _sounding(chords, beat).voicing
        ]
    return tuple(notes)


def held_chords(chords: Sequence[Chord], *, velocity: float = 0.7) -> tuple[Note, ...]:
    """Hold each voice of a progression; a tone common to two chords is played on, not again."""
    finished: list[Note] = []
    held: dict[int, Note] = {}
    for chord in chords:
        finished += [note for pitch, note in held.items() if pitch not in chord.voicing]
        fresh = Note(chord.start_beat, 0.0, velocity=velocity)
        held = {
            pitch: _prolonged(held.get(pitch, replace(fresh, pitch_midi=pitch)), chord.length_beats)
            for pitch in chord.voicing
        }
    return (*finished, *held.values())


def _prolonged(note: Note, by_beats: float) -> Note:
    return replace(note, length_beats=note.length_beats + by_beats)


def _grid(pattern: str) -> str:
    return pattern.replace(" ", "").replace("|", "")


def _repeated(pattern: str, length_beats: float, step_beats: float) -> str:
    """Repeat a pattern so that it fills a length exactly."""
    grid, n_steps = _grid(pattern), round(length_beats / step_beats)
    return (grid * (n_steps // len(grid) + 1))[:n_steps]


def _steps(
    pattern: str, known: Container[str], start_beat: float, step_beats: float
) -> Iterator[tuple[float, str]]:
    """Yield beat and mark of every step that is not a rest."""
    for step, mark in enumerate(_grid(pattern)):
        if mark == ".":
            continue
        if mark not in known:
            raise InvalidInput(f"{mark!r} in the pattern {pattern!r} is no mark; see `{__name__}`")
        yield start_beat + step * step_beats, mark


def _held_steps(
    pattern: str, known: Container[str], chords: Sequence[Chord], step_beats: float
) -> Iterator[tuple[float, float, str]]:
    """Yield beat, length in beats and mark of every note, the pattern repeated over the chords."""
    start, end = _span(chords)
    grid = _repeated(pattern, end - start, step_beats)
    for beat, mark in _steps(grid.replace("_", "."), known, start, step_beats):
        rest = grid[round((beat - start) / step_beats) + 1 :]
        n_held = 1 + len(rest) - len(rest.lstrip("_"))
        yield beat, n_held * step_beats, mark


def _span(chords: Sequence[Chord]) -> tuple[float, float]:
    return chords[0].start_beat, chords[-1].start_beat + chords[-1].length_beats


def _sounding(chords: Sequence[Chord], beat: float) -> Chord:
    """Return the chord that sounds on a beat."""
    return next(chord for chord in reversed(chords) if chord.start_beat <= beat + 1e-9)
