"""Make up songs whose form is known, to fit and try what hears the form of a song.

Forms are drawn from the plans that songs usually have: verse and chorus, with or without
pre-chorus, interlude and bridge; the thirty-two bars of a standard; build and drop of club music.
Each kind of part has its chords, its melody and its share of the band; who plays, how loud, in
which key and how fast is drawn too. The instruments are those of `mvkit.songs` and a voice of
formants. Nothing is taken from any recording.

Contents
--------
compose_form, play_form
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.random import Generator
from scipy import signal

from mvkit.songs import instruments
from mvkit.songs.harmony import Chord, parse_progression
from mvkit.songs.notation import arpeggio, bass_line, held_chords, hits
from mvkit.songs.performance import render_part
from mvkit.songs.score import Note, Part, Score, Section
from mvkit.songs.synthesis import Instrument, Samples, Tone, adsr, saw

T = TypeVar("T")

RATE_HZ = 22_050
BAR = 4

MAJOR, MINOR = (0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10)
TRIADS: dict[tuple[int, ...], tuple[str, ...]] = {
    MAJOR: ("", "m", "m", "", "", "m", "dim"),
    MINOR: ("m", "dim", "", "m", "m", "", ""),
}
ROOTS = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
LOOPS = (
    (0, 4, 5, 3), (5, 3, 0, 4), (0, 5, 3, 4), (3, 4, 0, 5), (0, 3, 4, 4), (1, 4, 0, 0),
    (0, 2, 3, 4), (3, 0, 4, 5), (5, 4, 3, 4), (0, 6, 5, 4), (1, 3, 4, 4), (3, 3, 0, 4),
)  # fmt: skip
"""Degrees of the scale, a bar each."""

FORCE = {
    "intro": 0.35, "verse": 0.52, "pre-chorus": 0.66, "chorus": 0.95, "bridge": 0.55,
    "instrumental": 0.7, "breakdown": 0.22, "outro": 0.3,
}  # fmt: skip
SUNG = ("verse", "pre-chorus", "chorus", "bridge")

KICKS = {"band": ("X.......x.x.....", "X.....x.X......."), "club": ("X...X...X...X...",)}
SNARES = {"band": ("....X.......X...",), "club": ("....x.......x...", "................")}
HATS = {"band": ("x.o.x.o.x.o.x.o.",), "club": ("..x...x...x...x.", "xoxoxoxoxoxoxoxo")}
BASSES = ("R.......r.......", "R.r.r.r.R.r.r.r.", "R...r.....r.f...")
STYLES = ("band", "band", "band", "club", "still", "solo", "solo")
"""A band, a club's machines, no drums, one keyboard; how often each."""


@dataclass(frozen=True)
class _Plan:
    """What all parts of a song have in common."""

    style: str
    scale: tuple[int, ...]
    root: int
    contrast: float
    loops: dict[str, tuple[int, ...]]
    melodies: dict[str, tuple[tuple[float, float, int], ...]]
    singer: Instrument
    soloist: Instrument
    comping: Instrument


def compose_form(seed: int) -> Score:
    """Return a song with a usual form; the same seed gives the same song.

    Its sections are labelled with the kinds of `mvkit.schema.analysis.SectionType`.
    """
    rng = np.random.default_rng([seed, 6])
    style = _one_of(rng, STYLES)
    sections = tuple(Section(kind, BAR * n_bars) for kind, n_bars in _form(rng, style))
    plan = _plan(rng, style)
    parts: dict[str, list[Note]] = {}
    start = 0.0
    for section in sections:
        for name, notes in _section_notes(rng, plan, section, start):
            parts.setdefault(name, []).extend(notes)
        start += section.length_beats
    players = _players(rng, plan)
    return Score(
        title=f"Form {seed}",
        key=f"{ROOTS[plan.root]} {'major' if plan.scale == MAJOR else 'minor'}",
        tempo_bpm=float(round(rng.uniform(72, 150))),
        sections=sections,
        parts=tuple(replace(players[name], notes=tuple(parts[name])) for name in parts),
        seed=seed,
    )


def play_form(score: Score) -> Samples:
    """Return the song as one channel at ``RATE_HZ``, driven a little as masters are."""
    stems = (render_part(part, score, rate_hz=RATE_HZ).mean(axis=1) for part in score.parts)
    mix = sum(stems, start=np.zeros(round(score.duration_s * RATE_HZ), dtype=np.float32))
    loud = np.percentile(np.abs(mix), 99.5) + 1e-9
    driven: Samples = (0.8 * np.tanh(0.9 * mix / loud)).astype(np.float32)
    return driven


def voice(tone: Tone) -> Samples:
    """Sing a vowel: a buzz with vibrato through three formants (Peterson and Barney, 1952)."""
    times_s = tone.times_s(tone.length_s + 0.08)
    depth = 0.012 * np.clip(times_s / 0.25, 0.0, 1.0)
    vibrato = depth * np.sin(2 * np.pi * 5.6 * times_s)
    scoop = -0.03 * np.exp(-times_s / 0.04)
    phase = np.cumsum(tone.pitch_hz * (1.0 + vibrato + scoop)) / tone.rate_hz
    buzz = saw(phase, highest_hz=1.05 * tone.pitch_hz, rate_hz=tone.rate_hz)
    vowels = ((730, 1090, 2440), (530, 1840, 2480), (570, 840, 2410), (270, 2290, 3010))
    sung = 0.1 * buzz
    for formant_hz, level in zip(vowels[tone.variation % 4], (1.0, 0.6, 0.3), strict=True):
        b, a = signal.iirpeak(formant_hz, 6.0, fs=tone.rate_hz)
        sung = sung + level * signal.lfilter(b, a, buzz)
    shape = adsr(tone, attack_s=0.04, decay_s=0.3, sustain=0.8, release_s=0.08)
    return (sung[: len(shape)] * shape[: len(sung)]).astype(np.float32)


def _form(rng: Generator, style: str) -> Iterator[tuple[str, int]]:
    """Yield kind and number of bars of each part."""
    if style == "club":
        return _club_form(rng)
    return _standard_form(rng) if rng.random() < 0.12 else _verse_chorus_form(rng)


def _verse_chorus_form(rng: Generator) -> Iterator[tuple[str, int]]:
    verse, chorus = _one_of(rng, (8, 8, 8, 12, 16)), _one_of(rng, (8, 8, 8, 10, 16))
    before = _one_of(rng, (0, 0, 0, 4, 4, 8))
    between = _one_of(rng, (0, 0, 4, 4, 8))
    middle = _one_of(rng, ("bridge", "bridge", "instrumental", "breakdown", ""))
    yield from _if_any("intro", _one_of(rng, (0, 4, 4, 8, 8)))
    yield "verse", verse
    if rng.random() < 0.25:
        yield "verse", verse
    yield from _if_any("pre-chorus", before)
    yield "chorus", chorus
    yield from _if_any("instrumental", between)
    yield "verse", verse
    yield from _if_any("pre-chorus", before)
    yield "chorus", chorus
    if middle:
        yield middle, _one_of(rng, (4, 8, 8, 8, 16))
    if middle == "instrumental" and rng.random() < 0.3:
        yield "bridge", 8
    yield "chorus", chorus
    if rng.random() < 0.35:
        yield "chorus", chorus
    yield from _if_any("outro", _one_of(rng, (0, 4, 4, 8)))


def _standard_form(rng: Generator) -> Iterator[tuple[str, int]]:
    yield "intro", _one_of(rng, (4, 8))
    for kind in ("verse", "verse", "bridge", "verse"):
        yield kind, 8
    yield "instrumental", _one_of(rng, (8, 16))
    if rng.random() < 0.5:
        yield from (("bridge", 8), ("verse", 8))
    yield "outro", 4


def _club_form(rng: Generator) -> Iterator[tuple[str, int]]:
    long, build, has_verse = _one_of(rng, (8, 16)), _one_of(rng, (0, 4, 8)), rng.random() < 0.5
    yield "intro", _one_of(rng, (8, 16))
    for _ in range(2):
        yield ("verse" if has_verse else "breakdown"), long
        yield from _if_any("pre-chorus", build)
        yield "chorus", 16
    if has_verse:
        yield "breakdown", 8
        yield "chorus", 16
    yield "outro", _one_of(rng, (8, 16))


def _if_any(kind: str, n_bars: int) -> Iterator[tuple[str, int]]:
    if n_bars:
        yield kind, n_bars


def _plan(rng: Generator, style: str) -> _Plan:
    loops: dict[str, tuple[int, ...]] = {kind: _one_of(rng, LOOPS) for kind in SUNG}
    if rng.random() < 0.2:
        loops["chorus"] = loops["verse"]
    loops["intro"] = loops[_one_of(rng, ("verse", "verse", "chorus", "bridge"))]
    loops["instrumental"] = loops[_one_of(rng, ("verse", "chorus", "intro"))]
    loops["breakdown"] = loops[_one_of(rng, ("verse", "chorus"))]
    loops["outro"] = loops[_one_of(rng, ("intro", "chorus", "verse"))]
    solo = style == "solo"
    keys, lead, pluck = instruments.glass_keys, instruments.lead, instruments.pluck
    return _Plan(
        style=style,
        scale=_one_of(rng, (MAJOR, MAJOR, MINOR)),
        root=int(rng.integers(12)),
        contrast=float(rng.uniform(0.3, 1.0)),
        loops=loops,
        melodies={kind: tuple(_melody(rng, kind)) for kind in (*SUNG, "instrumental")},
        singer=keys if solo else _one_of(rng, (voice, voice, lead)),
        soloist=keys if solo else _one_of(rng, (keys, pluck, lead)),
        comping=keys if solo else _one_of(rng, (keys, pluck)),
    )


def _melody(rng: Generator, kind: str) -> Iterator[tuple[float, float, int]]:
    """Yield beat, length and degree of the notes of four bars."""
    lengths = (1, 1, 2, 2, 0.5) if kind == "chorus" else (0.5, 0.5, 1, 1, 1.5)
    degree, beat = int(rng.integers(0, 5)) + (4 if kind == "chorus" else 0), 0.0
    while beat < 4 * BAR:
        length = min(float(_one_of(rng, lengths)), 4 * BAR - beat)
        if rng.random() < 0.85:
            yield beat, length, degree
        degree = int(np.clip(degree + rng.integers(-2, 3), -3, 11))
        beat += length


def _section_notes(
    rng: Generator, plan: _Plan, section: Section, start: float
) -> Iterator[tuple[str, Sequence[Note]]]:
    """Yield the name of each player of a part and what it plays."""
    kind, n_bars = section.label, round(section.length_beats / BAR)
    typical = 0.6 + plan.contrast * (FORCE[kind] - 0.6)
    force = float(np.clip(typical + rng.normal(0, 0.06), 0.1, 1.0))
    chords = _chords(plan, kind, n_bars, start)
    if plan.style in KICKS and force > 0.35 and kind != "breakdown":
        yield from _drum_notes(plan, kind, force, n_bars, start)
    if force > 0.3 or plan.style == "solo":
        yield "bass", bass_line(_of(BASSES, plan, kind), chords, velocity=0.5 + 0.4 * force)
    if plan.style != "solo":
        yield "pad", held_chords(chords, velocity=0.4 + 0.4 * force)
    if force > 0.25 and kind != "breakdown":
        pattern = "0.2.1.3." if force < 0.6 else "0213"
        yield "comp", arpeggio(pattern, chords, step_beats=0.5, velocity=0.35 + 0.5 * force)
    if kind in SUNG and (kind != "bridge" or rng.random() < 0.85):
        yield "sing", _sung(plan, kind, n_bars, start, force)
    if kind == "instrumental" and rng.random() < 0.6:
        yield "solo", _sung(plan, kind, n_bars, start, force)


def _drum_notes(
    plan: _Plan, kind: str, force: float, n_bars: int, start: float
) -> Iterator[tuple[str, Sequence[Note]]]:
    patterns = {"kick": KICKS, "snare": SNARES, "hat": HATS}
    for name, known in patterns.items():
        if name == "snare" and force < 0.45:
            continue
        grid = _of(known[plan.style], plan, name) * n_bars
        if name == "snare" and plan.style == "band":
            grid = grid[:-4] + "xxxX"
        yield (
            name,
            [
                replace(note, velocity=note.velocity * (0.5 + 0.5 * force))
                for note in hits(grid, start_beat=start)
            ],
        )
    if kind == "chorus":
        yield "crash", hits("X", start_beat=start)


def _chords(plan: _Plan, kind: str, n_bars: int, start: float) -> tuple[Chord, ...]:
    loop = plan.loops[kind]
    last = 0 if kind == "outro" else loop[(n_bars - 1) % len(loop)]
    symbols = [
        ROOTS[(plan.root + plan.scale[degree]) % 12] + TRIADS[plan.scale][degree]
        for degree in (*(loop[bar % len(loop)] for bar in range(n_bars - 1)), last)
    ]
    return parse_progression(" | ".join(symbols), start_beat=start)


def _sung(plan: _Plan, kind: str, n_bars: int, start: float, force: float) -> list[Note]:
    notes = []
    for bar_start in range(0, n_bars, 4):
        for beat, length, degree in plan.melodies[kind]:
            octave, step = divmod(degree, 7)
            pitch = 55 + (plan.root - 7) % 12 + plan.scale[step] + 12 * octave
            at = start + BAR * bar_start + beat
            if at + length <= start + BAR * n_bars:
                notes.append(Note(at, 0.95 * length, pitch, 0.5 + 0.4 * force))
    return notes


def _players(rng: Generator, plan: _Plan) -> dict[str, Part]:
    gains_db: dict[str, tuple[Callable[[Tone], Samples], float]] = {
        "kick": (instruments.kick, -5), "snare": (instruments.snare, -8),
        "hat": (instruments.closed_hat, -14), "crash": (instruments.crash, -12),
        "bass": (instruments.glass_keys if plan.style == "solo" else instruments.bass, -9),
        "pad": (instruments.pad, -12), "comp": (plan.comping, -9),
        "sing": (plan.singer, -6), "solo": (plan.soloist, -7),
    }  # fmt: skip
    return {
        name: Part(name, player, (), gain_db=gain_db + float(rng.normal(0, 2)))
        for name, (player, gain_db) in gains_db.items()
    }


def _of(patterns: Sequence[str], plan: _Plan, name: str) -> str:
    """Return one of some patterns, the same for the same song and name."""
    return patterns[(plan.root + len(name)) % len(patterns)]


def _one_of(rng: Generator, choices: Sequence[T]) -> T:
    return choices[int(rng.integers(len(choices)))]
