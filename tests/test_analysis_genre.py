"""What family of music is guessed, and what plays, of rhythms made for them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from mvkit.analysis.genre import (
    Descriptors,
    Style,
    describe,
    guess_genre,
    guess_instruments,
    hear_style,
)
from mvkit.analysis.onsets import hear_onsets
from mvkit.analysis.spectra import hear_spectra

from .song_makers import RATE_HZ, Samples, chord, noise

N_BEATS = 32
KEYS, PAD = (57, 60, 64), (45, 52, 57, 60, 64)


def stroke(name: str) -> Samples:
    """Return a kick, a snare or a hat."""
    time_s = np.arange(round(0.25 * RATE_HZ)) / RATE_HZ
    if name == "kick":
        pitch = np.sin(2 * np.pi * (50 * time_s + 3 * (1 - np.exp(-time_s / 0.02))))
        return (0.8 * pitch * np.exp(-12 * time_s)).astype(np.float32)
    hiss = noise(0.25, level=0.25 if name == "snare" else 0.12)
    fall = np.exp(-(18 if name == "snare" else 60) * time_s)
    if name == "hat":
        hiss = np.diff(hiss, prepend=np.float32(0))
    return (hiss * fall).astype(np.float32)


def played(bpm: float, bar: dict[str, Iterable[float]], *, swing: float = 0.5) -> Samples:
    """Return eight bars of what is played on given beats; halves of beats swing."""
    beat_s = 60 / bpm
    mono = np.zeros(round(N_BEATS * beat_s * RATE_HZ) + RATE_HZ, dtype=np.float32)
    for name, beats in bar.items():
        sound = chord(KEYS, 0.3, level=0.25) if name == "keys" else stroke(name)
        if name == "bass":
            sound = chord((33,), 0.9 * beat_s, level=0.5)
        for start in range(0, N_BEATS, 4):
            for beat in beats:
                late = swing - 0.5 if beat % 1 == 0.5 else 0.0
                first = round((start + beat + late) * beat_s * RATE_HZ)
                mono[first : first + len(sound)] += sound
    return mono[: round(N_BEATS * beat_s * RATE_HZ)]


@cache
def described(name: str) -> Descriptors:
    four, halves, eighths = range(4), (0.5, 1.5, 2.5, 3.5), [n / 2 for n in range(8)]
    bpm, bar, swing = {
        "house": (124, {"kick": four, "hat": halves, "bass": four}, 0.5),
        "pop": (110, {"kick": (0, 2), "snare": (1, 3), "hat": eighths, "keys": four}, 0.5),
        "one drop": (76, {"kick": (2,), "snare": (2,), "keys": halves, "hat": eighths}, 0.5),
        "walk": (140, {"bass": four, "hat": (0, 1, 1.5, 2, 3, 3.5), "keys": (1.5,)}, 0.66),
        "boom bap": (
            88,
            {"kick": (0, 1.5, 2.5), "snare": (1, 3), "hat": eighths, "bass": (0, 1.5, 2.5)},
            0.5,
        ),
    }[name]
    mono = played(bpm, bar, swing=swing)
    beats_s = (np.arange(N_BEATS) * 60 / bpm).tolist()
    return describe(
        hear_onsets(mono),
        hear_spectra(mono),
        beats_s=beats_s,
        downbeats_s=beats_s[::4],
        bpm=bpm,
        swing=swing,
    )


@pytest.mark.parametrize(
    ("name", "genre"),
    [
        ("house", "electronic"),
        ("pop", "pop"),
        ("one drop", "reggae"),
        ("walk", "jazz"),
        ("boom bap", "hip-hop"),
    ],
)
def test_rhythms_have_their_family(name: str, genre: str) -> None:
    """Four on the floor, a backbeat, a one drop, a walking bass that swings, and a boom bap."""
    assert guess_genre(described(name)) == genre
    assert "drums" in guess_instruments(described(name))


def test_the_place_of_the_strokes_is_described() -> None:
    """Even kicks are four on the floor; a snare on two and four is a backbeat."""
    assert described("house").kick_evenness > 0.8 > described("pop").kick_evenness
    assert (
        described("pop").backbeat
        > described("house").backbeat + 0.15
        > described("one drop").backbeat
    )
    assert described("one drop").kick_on_one < 0.3
    assert described("house").bass_weight > described("pop").bass_weight


def test_what_is_not_clear_has_no_family() -> None:
    """A beat between the rules is not named."""
    unclear = replace(described("pop"), backbeat=0.05, strokes=0.02)
    assert guess_genre(unclear) == ""


def style_of(mono: Samples, *, gaps_s: Iterable[float], is_sung: bool = False) -> Style:
    beats_s = np.concatenate([[0.0], np.cumsum(list(gaps_s))])
    return hear_style(
        hear_onsets(mono),
        hear_spectra(mono),
        beats_s=beats_s.tolist(),
        downbeats_s=beats_s[::4].tolist(),
        bpm=90,
        is_sung=is_sung,
    )


def test_tones_that_stay_are_ambient_and_pads() -> None:
    """One chord that swells for long, without a beat."""
    time_s = np.arange(16 * RATE_HZ) / RATE_HZ
    tones = sum(np.sin(2 * np.pi * 440 * 2 ** ((p - 69) / 12) * time_s) for p in PAD)
    swell = 0.05 * tones * (1.2 + np.sin(2 * np.pi * time_s / 8))
    style = style_of(swell.astype(np.float32), gaps_s=[2 / 3] * 23)
    assert style.genre == "ambient"
    assert "strings or pads" in style.instruments
    assert "drums" not in style.instruments


def test_a_piano_in_a_tempo_that_breathes_is_classical() -> None:
    """Struck notes without drums; with words, there is a voice."""
    gaps_s = 0.3 * (1 + 0.15 * np.sin(np.arange(48) / 4))
    notes = [chord((48 + 7 * (n % 3), 60 + (5 * n) % 12), gap) for n, gap in enumerate(gaps_s)]
    falling = [note * np.exp(-6 * np.arange(len(note)) / RATE_HZ) for note in notes]
    style = style_of(np.concatenate(falling).astype(np.float32), gaps_s=gaps_s, is_sung=True)
    assert style.genre == "classical"
    assert style.instruments[0] == "voice"
    assert "piano, keys or plucked strings" in style.instruments


def test_silence_is_nothing() -> None:
    """No family is heard in silence, and nothing breaks."""
    style = style_of(np.zeros(10 * RATE_HZ, dtype=np.float32), gaps_s=[0.5] * 16)
    assert style == Style(genre="", instruments=())


MIDDLING = Descriptors(
    bpm=100.0,
    metre="4/4",
    swing=0.5,
    steadiness=0.99,
    strokes=0.02,
    kick_evenness=0.5,
    kick_on_one=1.0,
    kick_between=0.2,
    backbeat=0.0,
    hats_between=0.2,
    chords_between=0.5,
    bass_weight=0.08,
    brightness=0.4,
    density=0.5,
    notes_hz=3.0,
    sustain=0.6,
)
"""A song that has the marks of no family."""


@pytest.mark.parametrize(
    ("genre", "marks", "spoiled"),
    [
        (
            "folk",
            {"strokes": 0.005, "sustain": 0.45, "density": 0.3},
            [{"sustain": 0.6}, {"bass_weight": 0.2}, {"strokes": 0.02}, {"notes_hz": 1.0}],
        ),
        (
            "rock",
            {"bpm": 150.0, "strokes": 0.06, "backbeat": 0.4, "density": 0.85},
            [{"density": 0.5}, {"backbeat": 0.1}, {"strokes": 0.02}, {"bpm": 95.0}],
        ),
        (
            "ballad",
            {"bpm": 70.0, "strokes": 0.03, "backbeat": 0.2},
            [{"bpm": 100.0}, {"backbeat": 0.1}, {"strokes": 0.01}, {"strokes": 0.06}],
        ),
    ],
)
def test_a_family_is_told_by_all_its_marks(
    genre: str, marks: dict[str, float], spoiled: list[dict[str, float]]
) -> None:
    """Plucked strings, a driving distorted backbeat, a slow soft one; none without each mark."""
    assert guess_genre(MIDDLING) == ""
    song = replace(MIDDLING, **marks)
    assert guess_genre(song) == genre
    assert all(guess_genre(replace(song, **change)) != genre for change in spoiled)
