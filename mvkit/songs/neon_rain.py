"""Compose "Neon Rain": a synthwave song in A minor, 112 BPM, 37.5 s, made for the demo film.

Form: intro 2 bars, verse 4, chorus 8 (two phrases, the second with harmony and bells), outro 3 and
a half, the last chord ringing. The hook's leap is heard in bells in the intro and again, answered,
in the outro. The verse descends A-G-F-E, its dominant opens deceptively into the chorus on F; the
chorus ends with a 4-3 suspension on E, and the outro resolves it home.

Contents: `compose`.
"""

from __future__ import annotations

from mvkit.songs.harmony import parse_pitch, parse_progression
from mvkit.songs.instruments import (
    bass,
    boom,
    clap,
    closed_hat,
    crash,
    glass_keys,
    kick,
    lead,
    open_hat,
    pad,
    pluck,
    rain,
    riser,
    snare,
    sub_bass,
    tom,
)
from mvkit.songs.notation import arpeggio, bass_line, held_chords, hits, melody
from mvkit.songs.score import Note, Part, Score, Section

TEMPO_BPM = 112.0
BAR = 4
# The beats on which the parts of the form start.
INTRO, VERSE, CHORUS, CHORUS_2, OUTRO, FINAL_CHORD, END = 0, 8, 24, 40, 56, 64, 70

PROGRESSION = parse_progression(
    "Amadd9 | Fmaj7 |"
    "Amadd9 | G6 | Fmaj7 | E7sus4 E7 |"
    "Fmaj7 | G6 | Am7 | Cadd9/E | Fmaj7 | G6 | Am7 Am7/G | E7sus4 E7 |"
    "Amadd9 | Fmaj7 | Amadd9 | Amadd9"
)
INTRO_CHORDS, VERSE_CHORDS = PROGRESSION[:2], PROGRESSION[2:7]
CHORUS_CHORDS, OUTRO_CHORDS = PROGRESSION[7:17], PROGRESSION[17:]

TUNING = parse_pitch("A1")  # of kick, snare and boom: drums in tune do not cloud the harmony
KICK = {
    INTRO: "o...............|o.......o.....-.",
    VERSE: 3 * "X.......X.x.....|" + "X.......X.......",
    CHORUS: 8 * "X...X...X...X...|",
    OUTRO: "X.......x.x.....|X...............",
}
SNARE = {
    VERSE: 3 * "....x.......x...|" + "....x...x.x.xxXX",
    CHORUS: 7 * "....X.......X...|" + "....X.......X..-",
    OUTRO: "....x.......x...",
}
CLAP = {CHORUS: 8 * "....X.......X...|"}
CLOSED_HAT = {
    INTRO + BAR: "....o...o...o.o.",
    VERSE: 2 * "x.o.x.o.x.o.x.o.|" + "x.o.x.o.x.o.x-o-|x.o.x.o.x.......",
    CHORUS: 8 * "x-.-x-.-x-.-x-.-|",
    OUTRO: "x.o.x.o.x.o.x.o.|o...o...o...o...",
}
OPEN_HAT = {CHORUS: 8 * "..x...x...x...x.|"}
CRASH = {VERSE: "o", CHORUS: "X", CHORUS_2: "X", OUTRO: "x", FINAL_CHORD: "o"}
BOOM = {CHORUS: "X", FINAL_CHORD: "x"}
TOM_FILL = "A3:.25 A3:.25 E3:.25 A2:.25"

HOOK = (
    "C5:.75 C5:.75 A5:1.5 G5:.5 E5:.5 | D5:.75 D5:.75 G5:1.5 E5:.5 D5:.5 |"
    "C5:.75 D5:.75 E5:1.5 D5:.5 C5:.5 | E5:.75 D5:.75 C5:1.5 G4:.5 B4:.5"
)
HOOK_2 = (
    "C5:.75 C5:.75 A5:1.5 G5:.5 E5:.5 | D5:.75 D5:.75 G5:1.5 E5:.5 D5:.5 |"
    "C5:.75 E5:.75 A5:1.5 B5:.5 C6:.5 | B5:1.5 A5:.5 G#5:2"
)
HARMONY = (
    "A4:.75 A4:.75 F5:1.5 E5:.5 C5:.5 | B4:.75 B4:.75 D5:1.5 B4:.5 B4:.5 |"
    "A4:.75 C5:.75 E5:1.5 G5:.5 A5:.5 | E5:2 D5:2"
)
HOOK_CALL = "C5:.75 C5:.75 A5:1.5 G5:.5 E5:.5"
VERSE_MELODY = (
    "-:.5 A4:.5 B4:.5 C5:1 E5:.5 D5:.5 C5:.5 | -:.5 B4:.5 C5:.5 D5:1.5 B4:1 |"
    "-:.5 A4:.5 C5:.5 E5:1 D5:.5 C5:.5 A4:.5 | B4:1.5 A4:.5 G#4:2"
)


def compose() -> Score:
    """Return the score of "Neon Rain"."""
    return Score(
        title="Neon Rain",
        key="A minor",
        tempo_bpm=TEMPO_BPM,
        beats_per_bar=BAR,
        sections=(
            Section("intro", VERSE - INTRO),
            Section("verse", CHORUS - VERSE),
            Section("chorus", OUTRO - CHORUS),
            Section("outro", END - OUTRO),
        ),
        parts=(*_drums(), *_basses(), *_chords(), *_melodies(), *_atmosphere()),
        fade_out_s=1.2,
        seed=1982,
    )


def _drums() -> tuple[Part, ...]:
    fills = (
        *melody(TOM_FILL, start_beat=CHORUS_2 - 1, velocity=0.8, beats_per_bar=1),
        *melody(TOM_FILL, start_beat=OUTRO - 1, velocity=0.9, beats_per_bar=1),
    )
    return (
        Part("kick", kick, _beaten(KICK), gain_db=-5.5),
        Part("snare", snare, _beaten(SNARE), gain_db=-7.5, reverb=0.12),
        Part("clap", clap, _beaten(CLAP), gain_db=-9.5, reverb=0.2),
        Part("closed hat", closed_hat, _beaten(CLOSED_HAT), gain_db=-12.0, pan=0.25),
        Part("open hat", open_hat, _beaten(OPEN_HAT), gain_db=-14.5, pan=-0.2),
        Part("toms", tom, fills, gain_db=-9.0, reverb=0.2),
        Part("crash", crash, _beaten(CRASH), gain_db=-11.5, reverb=0.1, duck=0.2),
        Part("boom", boom, _beaten(BOOM), gain_db=-8.0, reverb=0.1),
    )


def _beaten(patterns: dict[int, str]) -> tuple[Note, ...]:
    """Return the hits of one drum, its patterns given by the beat on which they start."""
    return tuple(
        note
        for start_beat, pattern in patterns.items()
        for note in hits(pattern, start_beat=start_beat, pitch_midi=TUNING)
    )


def _basses() -> tuple[Part, ...]:
    rolling = (
        *bass_line("R.r.r.r.R.r.r.o.", VERSE_CHORDS, velocity=0.7),
        *bass_line(".rRo.rRr", CHORUS_CHORDS, velocity=0.95),
        *bass_line("R.r.r.r.R.r.r.r.", OUTRO_CHORDS[:1], velocity=0.5),
    )
    deep = (
        *bass_line("R_______________", INTRO_CHORDS, velocity=0.4),
        *bass_line("R_______", CHORUS_CHORDS, velocity=0.8),
        *bass_line("R_______________", OUTRO_CHORDS[1:], velocity=0.6),
    )
    return (
        Part("bass", bass, rolling, gain_db=-9.0, duck=0.55),
        Part("sub", sub_bass, deep, gain_db=-14.0, duck=0.8),
    )


def _chords() -> tuple[Part, ...]:
    strings = (
        *held_chords(INTRO_CHORDS, velocity=0.5),
        *held_chords(VERSE_CHORDS, velocity=0.55),
        *held_chords(CHORUS_CHORDS, velocity=0.7),
        *held_chords(OUTRO_CHORDS, velocity=0.6),
    )
    broken = (
        *arpeggio("0.2.1.3.0.2.1.3.", INTRO_CHORDS[:1], velocity=0.5),
        *arpeggio("0213021302132435", INTRO_CHORDS[1:], velocity=0.6),
        *arpeggio("0.2.1.3.0.2.1.3.", VERSE_CHORDS, velocity=0.5),
        *arpeggio("0213542302135423", CHORUS_CHORDS, velocity=0.85, transpose=12),
        *arpeggio("0.2.1.3.0.2.1.3.", OUTRO_CHORDS[:2], velocity=0.5),
    )
    sweep = (
        (INTRO, 250.0), (VERSE - 0.5, 2_600.0), (VERSE, 900.0), (VERSE + 12, 1_500.0),
        (CHORUS, 7_000.0), (OUTRO, 6_000.0), (OUTRO + 4, 1_800.0), (END, 500.0),
    )  # fmt: skip
    return (
        Part("pad", pad, strings, gain_db=-10.5, reverb=0.25, duck=0.7, cutoff_hz=sweep),
        Part("arp", pluck, broken, gain_db=-4.0, reverb=0.12, echo=0.3, duck=0.35),
    )


def _melodies() -> tuple[Part, ...]:
    bells = (
        *melody(HOOK_CALL, start_beat=INTRO, velocity=0.6),
        *melody(VERSE_MELODY, start_beat=VERSE, velocity=0.75),
        *melody(HOOK_2, start_beat=CHORUS_2, velocity=0.6),
        *melody(HOOK_CALL, start_beat=OUTRO + 4, velocity=0.6),
        *melody("A4:.5 B4:.5 C5:.5 E5:.5 A5:2", start_beat=FINAL_CHORD, velocity=0.5),
    )
    sung = (
        *melody(HOOK, start_beat=CHORUS, velocity=0.8),
        *melody(HOOK_2, start_beat=CHORUS_2, velocity=0.9),
        Note(OUTRO, 3.0, 81, 0.7),
    )
    second = (*melody(HARMONY, start_beat=CHORUS_2, velocity=0.7), Note(OUTRO, 3.0, 72, 0.6))
    return (
        Part("keys", glass_keys, bells, gain_db=-10.0, reverb=0.25, echo=0.3),
        Part("lead", lead, sung, gain_db=-6.0, reverb=0.18, echo=0.25, duck=0.15),
        Part("harmony", lead, second, gain_db=-11.5, pan=-0.3, reverb=0.25, duck=0.2),
    )


def _atmosphere() -> tuple[Part, ...]:
    showers = (Note(INTRO, VERSE - INTRO), Note(FINAL_CHORD - 4, END - FINAL_CHORD + 2))
    rises = (Note(VERSE - 4, 4.0), Note(CHORUS - 4, 4.0))
    return (
        Part("rain", rain, showers, gain_db=-6.0, reverb=0.1),
        Part("riser", riser, rises, gain_db=-13.0, reverb=0.1),
    )
