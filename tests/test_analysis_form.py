"""Sections, key, mood, curves and loudness, against sounds made for them."""

from __future__ import annotations

import numpy as np
import pytest

from mvkit.analysis.curves import hear_curves
from mvkit.analysis.mood import hear_mood
from mvkit.analysis.onsets import hear_onsets
from mvkit.analysis.sections import hear_sections
from mvkit.analysis.segments import cut_into_segments, group_alike
from mvkit.analysis.sound import loudness_lufs
from mvkit.analysis.spectra import hear_spectra
from mvkit.analysis.tonality import hear_key
from mvkit.schema import Key, Mood, Section
from mvkit.schema.analysis import Tonic, check_cover

from .song_makers import RATE_HZ, Samples, chord, clicks, noise, times_of

BAR_S = 2.0
VERSE = ((45, 57, 60, 64), (41, 57, 60, 65), (48, 55, 60, 64), (43, 55, 59, 62))
CHORUS = ((50, 62, 66, 69), (45, 61, 64, 69), (47, 62, 66, 71), (43, 62, 67, 71))


def bars_of(chords: tuple[tuple[int, ...], ...], n_bars: int, *, loud: bool) -> Samples:
    """Return bars of 2 s, each with a chord and, when loud, a hissing drum."""
    level = 0.25 if loud else 0.06
    bars = [chord(chords[bar % len(chords)], BAR_S, level=level) for bar in range(n_bars)]
    sound = np.concatenate(bars)
    if loud:
        beats_s = np.arange(0.0, n_bars * BAR_S, 0.5)
        strokes = np.zeros(len(sound), dtype=np.float32)
        hiss = noise(0.15, level=0.2) * np.exp(-20 * np.arange(round(0.15 * RATE_HZ)) / RATE_HZ)
        for beat_s in beats_s:
            start = round(beat_s * RATE_HZ)
            strokes[start : start + len(hiss)] += hiss.astype(np.float32)[: len(sound) - start]
        sound = sound + strokes
    return sound.astype(np.float32)


def sections_of(mono: Samples) -> tuple[Section, ...]:
    duration_s = len(mono) / RATE_HZ
    return hear_sections(
        hear_spectra(mono),
        hear_curves(mono, hear_onsets(mono)),
        downbeats_s=np.arange(0.0, duration_s - 0.1, BAR_S).tolist(),
        duration_s=duration_s,
    )


def mood_of(mono: Samples, *, key: Key, bpm: float, lufs: float) -> Mood:
    return hear_mood(hear_spectra(mono), key=key, bpm=bpm, loudness_lufs=lufs)


def test_verse_chorus_verse_chorus_is_heard() -> None:
    """Four parts of eight bars, cut at the bar, alike ones under one letter."""
    quiet, loud = bars_of(VERSE, 8, loud=False), bars_of(CHORUS, 8, loud=True)
    parts = sections_of(np.concatenate([quiet, loud, quiet, loud]))
    assert [part.start for part in parts] == [0.0, 16.0, 32.0, 48.0]
    assert [part.type for part in parts] == ["verse", "chorus", "verse", "chorus"]
    assert [part.label for part in parts] == ["A", "B", "A", "B"]
    assert [part.energy for part in parts[1::2]] == ["high", "high"]
    assert all(part.energy != "high" for part in parts[::2])


def test_quiet_ends_and_a_late_stranger_have_their_names() -> None:
    """What stands alone at the ends is intro and outro, once and late is a bridge."""
    ends = bars_of(((57, 60),), 4, loud=False) * np.float32(0.5)
    verse, chorus = bars_of(VERSE, 8, loud=False), bars_of(CHORUS, 8, loud=True)
    bridge = bars_of(((44, 56, 59, 63), (46, 58, 61, 65)), 8, loud=False) + noise(16.0, level=0.02)
    song = np.concatenate([ends, verse, chorus, verse, chorus, bridge, chorus, ends])
    kinds = [part.type for part in sections_of(song)]
    assert (kinds[0], kinds[-1]) == ("intro", "outro")
    assert "bridge" in kinds[4:-1]
    assert kinds.count("chorus") == 3


@pytest.mark.parametrize("duration_s", [1.0, 3.0, 10.0, 600.0])
def test_songs_of_any_length_have_sections(duration_s: float) -> None:
    """From one section for a second to those of ten minutes, the song is covered."""
    part = bars_of(VERSE, 5, loud=True)
    mono = np.tile(part, int(duration_s // 10) + 1)[: round(duration_s * RATE_HZ)]
    parts = sections_of(mono)
    check_cover("song_structure", parts, until_s=duration_s)
    assert all(part.length_s >= min(4.0, duration_s) for part in parts)
    assert len(parts) < 40


def test_a_song_that_never_changes_is_one_section() -> None:
    """Equal bars are not cut up."""
    assert len(sections_of(np.tile(bars_of(VERSE, 4, loud=True), 8))) == 1


def test_blocks_of_a_matrix_are_cut_at_their_edges() -> None:
    """Two kinds of bars in blocks of eight give the edges and the groups."""
    kind = np.repeat([0, 1, 0, 1], 8)
    similarity = np.where(kind[:, None] == kind[None, :], 0.9, -0.5)
    edges = cut_into_segments(similarity)
    assert edges == [0, 8, 16, 24, 32]
    assert group_alike(similarity, edges) == [0, 1, 0, 1]


@pytest.mark.parametrize(
    ("root", "minor", "tonic"),
    [(60, False, "C"), (60, True, "C"), (66, False, "F#"), (57, True, "A"), (63, False, "Eb")],
)
def test_the_key_of_a_cadence_is_heard(root: int, minor: bool, tonic: Tonic) -> None:
    """First, fourth, fifth and first degree in major and minor, in several keys."""
    third = 3 if minor else 4
    degrees = ((0, third, 7), (5, 5 + third, 12), (7, 11, 14), (0, third, 7))
    cadence = [
        chord([root - 12 + degree[0], *(root + p for p in degree)], 1.0) for degree in degrees
    ]
    key = hear_key(np.tile(np.concatenate(cadence), 3))
    assert (key.tonic, key.mode) == (tonic, "minor" if minor else "major")
    assert key.confidence > 0.3


def test_noise_has_hardly_a_key() -> None:
    """Where all pitches sound alike, the confidence is low."""
    assert hear_key(noise(10.0)).confidence < 0.3


def test_fast_loud_music_is_energetic_and_slow_soft_music_is_not() -> None:
    """Arousal follows loudness, pace and density."""
    happy = Key(tonic="C", mode="major", confidence=0.5)
    busy = clicks(times_of(320, 10.0), 10.0) + noise(10.0, level=0.05)
    calm = mood_of(bars_of(VERSE, 5, loud=False), key=happy, bpm=62, lufs=-26)
    wild = mood_of(busy, key=happy, bpm=160, lufs=-8)
    assert (wild.primary, wild.energy_level) == ("energetic", "high")
    assert (calm.primary, calm.energy_level) == ("calm", "low")
    assert wild.arousal > calm.arousal + 0.4


def test_sound_without_notes_is_no_lively_music() -> None:
    """Noise flickers in every band, and yet no note begins in it."""
    key = Key(tonic="C", mode="major", confidence=0.0)
    struck = clicks(times_of(240, 8.0), 8.0) + noise(8.0, level=0.01)
    still, lively = (mood_of(s, key=key, bpm=120, lufs=-14) for s in (noise(8.0), struck))
    assert lively.arousal > still.arousal + 0.05


def test_the_mode_moves_valence() -> None:
    """The same sound is brighter in major and darker in minor."""
    sound = bars_of(VERSE, 5, loud=True)
    major, minor = (
        mood_of(sound, key=Key(tonic="A", mode=mode, confidence=1.0), bpm=110, lufs=-16)
        for mode in ("major", "minor")
    )
    assert (major.primary, minor.primary) == ("bright", "dark")
    assert major.valence > minor.valence + 0.3


def test_curves_follow_their_band() -> None:
    """A low, a middle and a high tone in turn each move one curve."""
    time_s = np.arange(4 * RATE_HZ) / RATE_HZ
    tones = [np.sin(2 * np.pi * pitch_hz * time_s) for pitch_hz in (60, 800, 5000)]
    mono = np.concatenate(tones).astype(np.float32)
    curves = hear_curves(mono, hear_onsets(mono))
    assert curves.rate_hz == 30
    assert len(curves.bass) == 360
    for third, band in enumerate((curves.bass, curves.mid, curves.high)):
        means = [np.mean(band[120 * part + 10 : 120 * part + 110]) for part in range(3)]
        assert means[third] > 0.8
        assert sum(means) - means[third] < 0.2


def test_the_onset_curve_peaks_on_the_clicks() -> None:
    """Each click is a peak at its own frame, and there is little between."""
    times_s = times_of(120, 8.0, first_s=0.5)
    mono = clicks(times_s, 8.0)
    onset = np.array(hear_curves(mono, hear_onsets(mono)).onset)
    at_clicks = [onset[max(0, round(t * 30) - 1) : round(t * 30) + 2].max() for t in times_s]
    assert min(at_clicks) > 0.5
    assert np.median(onset) < 0.05


def test_loudness_is_that_of_the_standard() -> None:
    """A stereo tone of 1 kHz at -23 dBFS measures -23 LUFS (EBU Tech 3341, case 1)."""
    tone = 10 ** (-23 / 20) * np.sin(2 * np.pi * 1000 * np.arange(48_000 * 5) / 48_000)
    stereo = np.stack([tone, tone], axis=1).astype(np.float32)
    assert loudness_lufs(stereo, rate_hz=48_000) == pytest.approx(-23.0, abs=0.1)


def test_loudness_leaves_quiet_parts_out() -> None:
    """Between short stretches at -36 dBFS, a long one at -23 counts (after EBU Tech 3341, 3)."""
    level_db = np.repeat([-36, -23, -36], [5 * 48_000, 20 * 48_000, 5 * 48_000])
    tone = 10 ** (level_db / 20) * np.sin(2 * np.pi * 1000 * np.arange(len(level_db)) / 48_000)
    stereo = np.stack([tone, tone], axis=1).astype(np.float32)
    assert loudness_lufs(stereo, rate_hz=48_000) == pytest.approx(-23.0, abs=0.1)


def test_loudness_leaves_silence_out() -> None:
    """A pause does not make a song quieter, and silence has the lowest value."""
    tone = np.stack([noise(5.0)] * 2, axis=1)
    pause = np.zeros((5 * RATE_HZ, 2), dtype=np.float32)
    alone = loudness_lufs(tone, rate_hz=RATE_HZ)
    with_pause = loudness_lufs(np.concatenate([tone, pause]), rate_hz=RATE_HZ)
    assert with_pause == pytest.approx(alone, abs=0.3)
    assert loudness_lufs(pause, rate_hz=RATE_HZ) == -70.0
