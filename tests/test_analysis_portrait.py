"""What a song looks like to the ear, and how it sounds with its beats clicked."""

from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile

from mvkit.analysis.click_track import click_track, with_clicks
from mvkit.analysis.portrait import Grid, Portrait, envelope, portray
from mvkit.songs.click import click_song

RATE_HZ = 22_050
TEMPO_BPM, BAR_S, SONG_S = 120.0, 2.0, 32.0
BARS_S = np.arange(0.0, SONG_S, BAR_S)


@pytest.fixture(scope="module")
def mono() -> np.ndarray:
    """A song of four parts, of which every other is the same."""
    labels = ("verse", "chorus", "verse", "chorus")
    samples, _ = click_song(tempo_bpm=TEMPO_BPM, duration_s=SONG_S, labels=labels, rate_hz=RATE_HZ)
    mixed: np.ndarray = samples.mean(axis=1, dtype=np.float32)
    return mixed


@pytest.fixture(scope="module")
def portrait(mono: np.ndarray) -> Portrait:
    return portray(mono, downbeats_s=BARS_S.tolist(), duration_s=SONG_S)


def test_a_grid_keeps_shares_to_a_step_and_survives_json() -> None:
    """What lies outside 0-1 is cut off."""
    shares = np.array([[0.0, 0.25, 1.0], [-3.0, 0.5, 7.0]])
    grid = Grid.model_validate_json(Grid.of(shares).model_dump_json())
    assert grid.levels.shape == (2, 3)
    assert np.allclose(grid.levels / 255, np.clip(shares, 0, 1), atol=1 / 255)


def test_parts_that_come_again_are_more_alike_than_parts_that_do_not(portrait: Portrait) -> None:
    """Bar for bar, verse against verse and verse against chorus."""
    levels = portrait.similarity.levels.astype(float)
    assert levels.shape == (16, 16)
    again, other = np.diagonal(levels, 8).mean(), np.diagonal(levels, 4).mean()
    assert again > other + 50
    assert portrait.bar_edges_s == (*BARS_S, SONG_S)


def test_the_tempogram_is_brightest_at_the_tempo_or_its_octave(portrait: Portrait) -> None:
    levels = portrait.tempogram.levels
    assert levels.shape[0] == len(portrait.tempi_bpm)
    assert levels.shape[1] * portrait.step_s == pytest.approx(SONG_S, abs=1.0)
    brightest = portrait.tempi_bpm[int(levels.mean(axis=1).argmax())]
    octaves = np.log2(brightest / TEMPO_BPM)
    assert abs(octaves - round(octaves)) < 0.05


def test_the_pitches_of_the_chords_sound_most(portrait: Portrait) -> None:
    """C, A minor, F and G: each of their notes more than any black key."""
    loudness = np.array(portrait.pitch_classes)
    assert (loudness.min(), loudness.max()) == (0.0, 1.0)
    assert loudness[[0, 4, 5, 7, 9, 11]].min() > loudness[[1, 3, 6, 8, 10]].max()


def test_a_long_song_is_pooled_to_what_a_screen_shows(mono: np.ndarray) -> None:
    """Of four hundred bars, at most 160 rows, whose edges are bars still."""
    bars_s = np.arange(400) * 0.08
    portrait = portray(mono, downbeats_s=bars_s.tolist(), duration_s=SONG_S)
    assert portrait.similarity.levels.shape == (160, 160)
    assert len(portrait.bar_edges_s) == 161
    assert set(portrait.bar_edges_s[:-1]) <= set(np.round(bars_s, 6))
    assert (np.diagonal(portrait.similarity.levels) >= 250).all()
    assert len(portrait.model_dump_json()) < 100_000


def test_a_song_of_a_second_has_a_portrait() -> None:
    """One bar, alike to itself, and an envelope."""
    noise = np.random.default_rng(0).normal(0, 0.1, RATE_HZ).astype(np.float32)
    portrait = portray(noise, downbeats_s=[0.2], duration_s=1.0)
    assert portrait.similarity.levels.shape == (1, 1)
    assert len(envelope(noise)) == 600


# --- clicks


BEATS_S, DOWNBEATS_S = (0.5, 1.0, 1.5, 2.0, 2.5), (0.5, 2.5)


def clicked(samples: np.ndarray) -> np.ndarray:
    return with_clicks(samples, rate_hz=8000, beats_s=BEATS_S, downbeats_s=DOWNBEATS_S)


def test_clicks_sound_exactly_on_the_beats() -> None:
    loud = np.abs(clicked(np.zeros(24_000, np.float32))) > 1e-3
    starts = [n for n in np.flatnonzero(loud) if not loud[max(0, n - 200) : n].any()]
    assert np.allclose(np.array(starts) / 8000, BEATS_S, atol=0.001)


def test_downbeats_click_an_octave_higher() -> None:
    """Heard by the loudest pitch of each click."""
    sound = clicked(np.zeros(24_000, np.float32))
    pitches_hz = []
    for beat_s in BEATS_S:
        click = sound[round(beat_s * 8000) :][:240]
        pitches_hz.append(np.abs(np.fft.rfft(click, 8000)).argmax())
    assert np.allclose(pitches_hz, [2000, 1000, 1000, 1000, 2000], atol=30)


def test_clicks_leave_the_song_as_it_was_and_stop_with_an_excerpt() -> None:
    song = np.full(8100, 0.5, np.float32)  # ends inside the second click
    mixed = clicked(song)
    assert (song == 0.5).all()
    assert len(mixed) == len(song)
    assert mixed[0] == 0.25


def test_a_click_track_is_a_small_file_that_plays(mono: np.ndarray) -> None:
    """An MP3 of the song's length, a tenth of its size; loud at the beats."""
    sound = click_track(
        0 * mono[: 4 * RATE_HZ], rate_hz=RATE_HZ, beats_s=(1.0, 3.0), downbeats_s=(1.0,)
    )
    samples, rate_hz = soundfile.read(io.BytesIO(sound))
    assert rate_hz == RATE_HZ
    assert len(samples) / rate_hz == pytest.approx(4.0, abs=0.15)
    assert len(sound) < 4 * RATE_HZ * 2 / 4
    loud_s = np.flatnonzero(np.abs(samples) > 0.1) / rate_hz
    assert loud_s.min() == pytest.approx(1.0, abs=0.1)
    assert loud_s.max() == pytest.approx(3.0, abs=0.1)
