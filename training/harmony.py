"""Chords and melodies at random: which pitches sound when, counted in beats.

Contents
--------
Chord, Harmony, random_harmony, random_tune
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

SCALES = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10)}
TONICS = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
LIKELY_DEGREES = {
    "major": ((0, 3, 4, 5, 1, 2), (0.27, 0.21, 0.21, 0.17, 0.1, 0.04)),
    "minor": ((0, 3, 4, 5, 2, 6), (0.27, 0.17, 0.15, 0.17, 0.1, 0.14)),
}
CHORD_LENGTHS = ("half bar", "bar", "two bars", "uneven", "still")
CHORD_LENGTH_CHANCES = (0.17, 0.53, 0.2, 0.04, 0.06)

Note = tuple[float, int, float]
"""Start in beats, MIDI pitch, length in beats."""


@dataclass(frozen=True)
class Chord:
    """A chord and when it begins, in beats."""

    start: float
    root: int
    pitches: tuple[int, ...]


@dataclass(frozen=True)
class Harmony:
    """The chords of a song, and its key."""

    chords: tuple[Chord, ...]
    tonic: int
    mode: Literal["major", "minor"]

    @property
    def key(self) -> str:
        """As the analysis writes it."""
        return f"{TONICS[self.tonic]} {self.mode}"

    def at(self, place: float) -> Chord:
        """Return the chord that sounds at a place, in beats."""
        starts = [chord.start for chord in self.chords]
        return self.chords[max(0, int(np.searchsorted(starts, place + 1e-6)) - 1)]

    def next_change(self, place: float) -> float:
        """Return where the next chord begins after a place; infinity after the last."""
        starts = [chord.start for chord in self.chords]
        index = int(np.searchsorted(starts, place + 1e-6))
        return starts[index] if index < len(starts) else float("inf")


def random_harmony(
    rng: np.random.Generator, *, n_bars: int, beats_per_bar: int, loop_bars: int
) -> Harmony:
    """Return chords that come round every so many bars; the second half may have its own."""
    mode: Literal["major", "minor"] = "major" if rng.random() < 0.6 else "minor"
    tonic = int(rng.integers(12))
    lengths = str(rng.choice(CHORD_LENGTHS, p=CHORD_LENGTH_CHANCES))
    sevenths = bool(rng.random() < 0.3)
    loops = [_loop(rng, mode, lengths, loop_bars, beats_per_bar) for _ in range(2)]
    turn_bar = int(rng.choice([n_bars, n_bars // 2 // loop_bars * loop_bars]))
    chords = [
        _chord(bar * beats_per_bar + start, degree, tonic, mode, sevenths)
        for bar in range(0, n_bars, loop_bars)
        for start, degree in loops[int(bar >= turn_bar)]
        if bar * beats_per_bar + start < n_bars * beats_per_bar
    ]
    return Harmony(tuple(chords), tonic, mode)


def _loop(
    rng: np.random.Generator, mode: str, lengths: str, loop_bars: int, beats_per_bar: int
) -> list[tuple[float, int]]:
    """Return where chords begin in a loop, and their degrees; neighbours differ."""
    half = beats_per_bar / 2 if beats_per_bar % 2 == 0 else beats_per_bar - 1
    starts: list[float] = []
    for bar in range(loop_bars):
        first = float(bar * beats_per_bar)
        if lengths == "still" and bar % 4:
            continue
        if lengths == "two bars" and bar % 2:
            continue
        starts.append(first)
        if lengths == "uneven":
            starts.append(first + beats_per_bar * 3 / 8)
        elif lengths == "half bar" or (lengths == "bar" and rng.random() < 0.1):
            starts.append(first + half)
    degrees, chances = LIKELY_DEGREES[mode]
    loop: list[tuple[float, int]] = []
    for start in starts:
        degree = 0 if start == 0 and rng.random() < 0.7 else int(rng.choice(degrees, p=chances))
        while loop and degree == loop[-1][1] and rng.random() < 0.85:
            degree = int(rng.choice(degrees, p=chances))
        loop.append((start, degree))
    return loop


def _chord(start: float, degree: int, tonic: int, mode: str, sevenths: bool) -> Chord:
    scale = SCALES[mode]
    steps = (0, 2, 4, 6) if sevenths else (0, 2, 4)
    classes = [(tonic + scale[(degree + step) % 7]) % 12 for step in steps]
    pitches = sorted(54 + (pitch - 54) % 12 for pitch in classes)
    return Chord(start, classes[0], tuple(pitches))


def random_tune(
    rng: np.random.Generator, harmony: Harmony, *, n_beats: int, per_beat: int, bar: int
) -> list[Note]:
    """Return a melody of phrases whose rhythm comes back, on a grid of so many steps a beat."""
    length = 2 * bar * per_beat
    weight = np.where(np.arange(length) % per_beat == 0, 0.75, 0.4)
    weight[per_beat // 2 :: per_beat] *= rng.uniform(0.6, 1.8)
    density = rng.uniform(0.25, 1.2)
    motifs = [rng.random(length) < density * weight for _ in range(2)]
    scale = [harmony.tonic + step for step in SCALES[harmony.mode]]
    register = int(rng.integers(62, 78))
    ladder = sorted({pitch + 12 * octave for pitch in scale for octave in range(9)})
    rung = int(np.abs(np.array(ladder) - register).argmin())
    lowest, highest = rung - 5, rung + 6
    places = [
        start + step / per_beat
        for index, start in enumerate(range(0, n_beats, 2 * bar))
        if rng.random() < 0.88
        for step in np.flatnonzero(motifs[(0, 0, 0, 1)[index % 4]])
    ]
    tune: list[Note] = []
    for place, after in zip(places, [*places, n_beats][1:], strict=True):
        rung = int(np.clip(rung + rng.integers(-2, 3), lowest, highest))
        pitch = ladder[rung]
        if place == int(place) and rng.random() < 0.6:
            classes = np.array(harmony.at(place).pitches)
            pitch = int(pitch + ((classes - pitch + 6) % 12 - 6)[rng.integers(len(classes))])
        tune.append((float(place), pitch, float(min(after - place, 2.0))))
    return tune
