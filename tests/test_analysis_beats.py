"""Beats, tempo and bars, against music whose beats are known."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from mvkit.analysis.beats import Beats, hear_beats
from mvkit.analysis.choice import BeatSeries, agreement, choose, gather_evidence
from mvkit.analysis.downbeats import hear_bars
from mvkit.analysis.onsets import Onsets, hear_onsets
from mvkit.analysis.pulse import follow
from mvkit.analysis.spectra import hear_spectra
from mvkit.songs import click_song

from .song_makers import RATE_HZ, Samples, chord, clicks, noise, times_of


def heard(mono: Samples) -> Beats:
    return hear_beats(mono, hear_onsets(mono), hear_spectra(mono))


def errors_s(beats: Beats, times_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how late each beat is against the nearest true one."""
    late = beats.times_s[:, None] - times_s[None, :]
    nearest: NDArray[np.float64] = late[np.arange(len(late)), np.abs(late).argmin(axis=1)]
    return nearest


@pytest.mark.parametrize("tempo_bpm", [60, 90, 120, 174])
def test_clicks_are_found_within_20_ms(tempo_bpm: float) -> None:
    """Every click has its beat, every beat its click, and the tempo is right."""
    times_s = times_of(tempo_bpm, 30.0)
    beats = heard(clicks(times_s, 30.0))
    assert len(beats.times_s) == len(times_s)
    assert np.abs(errors_s(beats, times_s)).max() < 0.020
    assert beats.bpm == pytest.approx(tempo_bpm, abs=0.2)
    assert not beats.fallback_used
    assert beats.confidence > 0.5


@pytest.mark.parametrize("first_s", [0.05, 0.1, 0.237])
def test_beats_do_not_lag(first_s: float) -> None:
    """Beats are on the clicks, neither early nor late, wherever the first one is."""
    times_s = times_of(100, 20.0, first_s=first_s)
    assert abs(np.median(errors_s(heard(clicks(times_s, 20.0)), times_s))) < 0.008


@pytest.mark.parametrize("tempo_bpm", [82, 105, 128, 150])
def test_drums_and_chords_are_counted_right(tempo_bpm: float) -> None:
    """Kick, snare, hi-hat and chords give beats, bars and tempo."""
    samples, truth = click_song(tempo_bpm=tempo_bpm, duration_s=30.0, rate_hz=RATE_HZ)
    beats = heard(samples.mean(axis=1, dtype=np.float32))
    assert agreement(beats.times_s, np.array(truth.beats_s)) > 0.95
    assert agreement(beats.downbeats_s, np.array(truth.downbeats_s)) > 0.9
    assert beats.bpm == pytest.approx(tempo_bpm, abs=0.5)
    assert abs(np.median(errors_s(beats, np.array(truth.beats_s)))) < 0.015


def test_three_four_is_told_from_four_four() -> None:
    """Accents and chords every third beat make bars of three."""
    samples, truth = click_song(tempo_bpm=110.0, duration_s=30.0, beats_per_bar=3, rate_hz=RATE_HZ)
    beats = heard(samples.mean(axis=1, dtype=np.float32))
    assert beats.beats_per_bar == 3
    assert agreement(beats.downbeats_s, np.array(truth.downbeats_s)) > 0.9


def test_downbeats_come_where_the_chord_changes() -> None:
    """With equal clicks, the harmony alone says where the bar begins."""
    times_s = times_of(120, 24.0, first_s=0.2)
    mono = clicks(times_s, 24.0, accent_every=1) * np.float32(0.3)
    changes_s = times_s[2::4]
    for index, change_s in enumerate(changes_s):
        pitches = ((48, 60, 64, 67), (45, 57, 60, 64), (41, 57, 60, 65), (43, 59, 62, 67))[
            index % 4
        ]
        struck = chord(pitches, 2.0)
        start = round(change_s * RATE_HZ)
        mono[start : start + len(struck)] += struck[: len(mono) - start]
    beats = heard(mono)
    assert agreement(beats.downbeats_s, changes_s) > 0.9


def test_a_moving_bass_alone_tells_the_bar() -> None:
    """Under a chord that never changes, the bar begins where the bass moves."""
    times_s = times_of(120, 24.0, first_s=0.2)
    mono = clicks(times_s, 24.0, accent_every=1) * np.float32(0.3)
    for index, time_s in enumerate(times_s):
        bass = (36, 43, 41, 38)[(index - 1) // 4 % 4]
        start = round(time_s * RATE_HZ)
        struck = chord((60, 64, 67), 0.5) + 2 * chord((bass,), 0.5)
        mono[start : start + len(struck)] += struck[: len(mono) - start]
    bars = hear_bars(times_s, hear_onsets(mono), hear_spectra(mono))
    assert bars.first_beats.tolist() == list(range(1, len(times_s), 4))


def test_a_slow_change_of_tempo_is_followed() -> None:
    """A tempo that rises from 100 to 112 BPM in half a minute keeps its beats."""
    tempi_bpm = np.linspace(100, 112, 53)
    times_s = 0.2 + np.concatenate([[0.0], np.cumsum(60.0 / tempi_bpm)])
    beats = heard(clicks(times_s, float(times_s[-1]) + 0.4))
    assert agreement(beats.times_s, times_s) > 0.97
    assert np.abs(errors_s(beats, times_s)).max() < 0.03


def test_beats_span_the_sound_and_not_the_silence() -> None:
    """Silence before and after the music gets no beats, its quiet middle does."""
    times_s = times_of(96, 24.0)
    music = clicks(times_s, 24.0)
    music[8 * RATE_HZ : 14 * RATE_HZ] = noise(6.0, level=0.003)
    still = np.zeros(6 * RATE_HZ, dtype=np.float32)
    beats = heard(np.concatenate([still, music, still]))
    assert beats.times_s[0] == pytest.approx(6.0 + times_s[0], abs=0.05)
    assert beats.times_s[-1] == pytest.approx(6.0 + times_s[-1], abs=0.05)
    assert np.diff(beats.times_s).max() < 1.1 * 60 / 96


@pytest.mark.parametrize("duration_s", [2.0, 3.0, 10.0])
def test_short_songs_have_their_beats(duration_s: float) -> None:
    """Four clicks are enough."""
    times_s = times_of(120, duration_s)
    beats = heard(clicks(times_s, duration_s))
    assert len(beats.times_s) == len(times_s)
    assert np.abs(errors_s(beats, times_s)).max() < 0.020


@pytest.mark.parametrize(
    "mono",
    [
        noise(12.0),
        np.sin(2 * np.pi * 220 * np.arange(12 * RATE_HZ) / RATE_HZ).astype(np.float32),
        np.eye(1, 6 * RATE_HZ, RATE_HZ, dtype=np.float32)[0],
        noise(1.0),
    ],
    ids=["noise", "tone", "one click", "a second of noise"],
)
def test_sound_without_a_beat_gets_an_even_grid_or_little_confidence(mono: Samples) -> None:
    """Where nothing can be counted, a grid stands in and the confidence says so."""
    beats = heard(mono)
    assert beats.confidence < 0.5
    assert len(beats.times_s) >= 2
    assert 60 <= beats.bpm <= 200
    if beats.fallback_used:
        assert np.ptp(np.diff(beats.times_s)) < 1e-5
        assert np.diff(beats.times_s).mean() == pytest.approx(60 / beats.bpm, rel=0.01)


def test_noise_falls_back() -> None:
    """Twelve seconds of noise have no beat."""
    assert heard(noise(12.0)).fallback_used


def test_accents_are_stronger() -> None:
    """Loud clicks have more strength than soft ones, all within 0-1."""
    times_s = times_of(100, 20.0)
    loud = clicks(times_s[::4], 20.0, accent_every=1)
    soft = clicks(times_s, 20.0, accent_every=1000) * np.float32(0.15)
    beats = heard(loud + soft)
    assert beats.strengths.min() >= 0
    assert beats.strengths.max() <= 1
    assert len(beats.times_s) == len(times_s)
    assert beats.strengths[::4].mean() > beats.strengths[2::4].mean() + 0.1


def test_following_prefers_the_tempo_over_stray_onsets() -> None:
    """The search keeps the period through a missing onset and past a false one."""
    strength = np.zeros(600)
    strength[50::50] = 3.0
    strength[300] = 0.0
    strength[420] = 3.0
    assert follow(strength, np.full(600, 50.0)).tolist()[-11:] == list(range(50, 600, 50))


def test_counting_too_slowly_or_too_fast_loses() -> None:
    """Of three series the one wins that leaves no onsets between its beats and misses none."""
    strength = np.zeros(4000)
    strength[50::50] = 3.0
    strength[75::50] = 1.0
    onsets = Onsets(np.tile(strength, (4, 1)), strength, strength)
    slow, right, fast = (BeatSeries(np.arange(50.0, 4000, step), 0.5) for step in (100, 50, 25))
    chosen, likelihood = choose([slow, right, fast], onsets)
    assert chosen is right
    assert likelihood > 0.5
    assert gather_evidence(slow, onsets).on_halves == pytest.approx(3.0, rel=0.05)
    assert gather_evidence(slow, onsets).on_quarters == pytest.approx(1.0, rel=0.05)
    assert gather_evidence(fast, onsets).all_alternate == pytest.approx(2.0, rel=0.05)


def test_agreement_counts_hits_both_ways() -> None:
    """Half the beats found, all of them right: two thirds."""
    times_s = np.arange(0.0, 10.0, 0.5)
    assert agreement(times_s[::2], times_s) == pytest.approx(2 / 3)
    assert agreement(times_s + 0.2, times_s) == 0.0
    assert agreement(np.zeros(0), times_s) == 0.0
