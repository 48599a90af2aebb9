"""Sections, key, mood, curves and loudness, against sounds made for them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import butter, sosfilt

from mvkit.analysis.curves import hear_curves
from mvkit.analysis.mood import hear_mood
from mvkit.analysis.onsets import hear_onsets
from mvkit.analysis.sections import hear_parts, hear_sections
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


def sections_of(mono: Samples, *, first_s: float = 0.0) -> tuple[Section, ...]:
    duration_s = len(mono) / RATE_HZ
    return hear_sections(
        hear_spectra(mono),
        hear_curves(mono, hear_onsets(mono)),
        downbeats_s=np.arange(first_s, duration_s - 0.1, BAR_S).tolist(),
        duration_s=duration_s,
    )


def silence(duration_s: float) -> Samples:
    return np.zeros(round(duration_s * RATE_HZ), dtype=np.float32)


def mood_of(mono: Samples, *, key: Key, bpm: float, lufs: float, beats: float = 1.0) -> Mood:
    return hear_mood(
        hear_spectra(mono), key=key, bpm=bpm, loudness_lufs=lufs, beat_confidence=beats
    )


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


def test_what_is_before_the_first_bar_is_the_intro() -> None:
    """Half a minute of silence is no verse, and takes nothing from the force of what follows."""
    mono = np.concatenate([silence(30.0), bars_of(CHORUS, 15, loud=True)])
    parts = sections_of(mono, first_s=30.0)
    assert [(part.start, part.type, part.label) for part in parts] == [
        (0.0, "intro", "A"),
        (30.0, "verse", "B"),
    ]
    assert [part.energy for part in parts] == ["low", "high"]


def test_a_long_pause_is_a_breakdown_and_silence_at_the_end_the_outro() -> None:
    """Both are one part each, at the bar where the sound ends; what comes back has its letter."""
    verse = bars_of(VERSE, 8, loud=False) + noise(16.0, level=0.004)
    chorus = bars_of(CHORUS, 8, loud=True)
    song = np.concatenate([verse, chorus, silence(20.0), verse, chorus, silence(9.0)])
    parts = sections_of(song)
    assert [part.start for part in parts] == [0.0, 16.0, 32.0, 52.0, 68.0, 84.0]
    assert [part.label for part in parts] == ["A", "B", "C", "A", "B", "C"]
    kinds = ["verse", "chorus", "breakdown", "verse", "chorus", "outro"]
    assert [part.type for part in parts] == kinds


def test_an_outro_dies_away_in_silence() -> None:
    """Silence after a longer outro is its end, and no further part."""
    ends = bars_of(((57, 60),), 4, loud=False) * np.float32(0.5)
    verse = bars_of(VERSE, 8, loud=False) + noise(16.0, level=0.004)
    song = [ends, *[verse, bars_of(CHORUS, 8, loud=True)] * 2, ends]
    without, after = (
        [(part.start, part.type) for part in sections_of(np.concatenate([*song, silence(s)]))]
        for s in (0.01, 6.0)
    )
    assert without[-1] == (72.0, "outro")
    assert after == without


def test_a_short_rest_is_no_part() -> None:
    """Before the song and after it, three seconds of silence are left with the music."""
    song = np.concatenate([silence(3.0), bars_of(VERSE, 16, loud=True), silence(3.0)])
    assert [part.type for part in sections_of(song, first_s=3.0)] == ["verse"]


def test_a_sound_in_silence_is_not_taken_apart() -> None:
    """A lone stroke leaves no music between two silences; the song is covered all the same."""
    song = silence(40.0)
    song[20 * RATE_HZ :][:2000] = noise(1.0)[:2000]
    check_cover("song_structure", sections_of(song, first_s=20.0), until_s=40.0)


def test_letters_are_not_skipped() -> None:
    """A first bar of its own, too short for a part, takes no letter."""
    pickup = bars_of(VERSE[:1], 1, loud=False) * np.float32(0.2)
    song = np.concatenate([pickup, *[bars_of(CHORUS, 8, loud=True)] * 2])
    assert [part.label for part in sections_of(song)] == ["A"]


@pytest.mark.parametrize(("louder", "n_parts"), [(1.0, 4), (1.6, 6)])
def test_halves_are_one_part_if_they_are_as_loud(louder: float, n_parts: int) -> None:
    """Alike neighbours are joined; a rise of 4 dB between them keeps them apart."""
    verse, chorus = bars_of(VERSE, 8, loud=False), bars_of(CHORUS, 8, loud=True)
    song = np.concatenate([verse, chorus, chorus * np.float32(louder)] * 2)
    downbeats_s = np.arange(0.0, 95.0, BAR_S).tolist()
    parts = hear_parts(hear_spectra(song), downbeats_s=downbeats_s, duration_s=96.0)
    assert len(parts) == n_parts


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


@pytest.mark.parametrize("duration_s", [1.0, 4.0, 12.0])
def test_noise_has_hardly_a_key(duration_s: float) -> None:
    """Where no tone stands out, the confidence is low, whatever band the noise is in."""
    rng = np.random.default_rng(round(duration_s))
    white = 0.2 * rng.standard_normal(round(duration_s * RATE_HZ))
    for band_hz in (None, (80.0, 160.0), (200.0, 260.0), (400.0, 900.0)):
        mono = (
            white
            if band_hz is None
            else sosfilt(butter(2, band_hz, "band", fs=RATE_HZ, output="sos"), white)
        )
        assert hear_key(np.asarray(mono, dtype=np.float32)).confidence < 0.1


@pytest.mark.parametrize("seed", range(3))
def test_notes_at_random_have_hardly_a_key(seed: int) -> None:
    """All twelve pitch classes alike make no key, however clear the tones are."""
    rng = np.random.default_rng(seed)
    notes = [chord([int(pitch)], 0.25) for pitch in rng.integers(48, 72, 80)]
    assert hear_key(np.concatenate(notes)).confidence < 0.3


def test_silence_has_no_key() -> None:
    """Nothing breaks, and nothing is told."""
    assert hear_key(silence(5.0)).confidence < 0.05


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


def test_a_mood_is_as_sure_as_what_it_is_told_from() -> None:
    """Each of key, beats and length takes some; noise of a second is hardly in any mood."""
    sound = bars_of(VERSE, 5, loud=True)

    def confidence(mono: Samples, key: float, beats: float) -> float:
        told = Key(tonic="A", mode="minor", confidence=key)
        return mood_of(mono, key=told, bpm=110, lufs=-16, beats=beats).confidence

    sure = confidence(sound, 1.0, 1.0)
    assert sure > 0.4
    assert confidence(sound, 1.0, 0.2) < 0.9 * sure
    assert confidence(sound, 1.0, 1.0) > 1.2 * confidence(sound[: 2 * RATE_HZ], 1.0, 1.0)
    assert confidence(sound, 0.2, 0.2) < 0.3
    assert confidence(sound, 0.0, 0.0) == 0.0
    assert confidence(noise(1.0), 0.1, 0.1) < 0.05


def test_a_mood_between_two_directions_is_less_sure() -> None:
    """The same ingredients, in a clear mood and in one that could be either."""
    sound, key = bars_of(VERSE, 5, loud=False), Key(tonic="A", mode="minor", confidence=0.9)
    moods = [mood_of(sound, key=key, bpm=100, lufs=lufs) for lufs in (-30, -26, -22, -18, -14, -10)]
    gaps = [abs(abs(mood.arousal - 0.5) - abs(mood.valence - 0.5)) for mood in moods]
    by_gap = [
        mood.confidence for _, mood in sorted(zip(gaps, moods, strict=True), key=lambda x: x[0])
    ]
    assert by_gap == sorted(by_gap)
    assert by_gap[0] < 0.8 * by_gap[-1]


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
