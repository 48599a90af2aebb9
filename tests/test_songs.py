"""The bundled songs: what is written is what sounds, and it sounds as a master should."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile
from librosa.feature import chroma_stft
from librosa.onset import onset_strength

from mvkit.errors import InvalidInput
from mvkit.loudness import loudness_lufs, true_peak_db
from mvkit.songs import SongTruth, band, click_song, instruments, neon_rain, write_demo_song
from mvkit.songs.form import form_of
from mvkit.songs.harmony import parse_pitch, parse_progression
from mvkit.songs.mastering import limiter_gains, true_peaks
from mvkit.songs.notation import (
    arpeggio,
    bass_line,
    groove,
    held_chords,
    hits,
    melody,
    strummed,
)
from mvkit.songs.performance import perform
from mvkit.songs.synthesis import Instrument, Samples, Tone, filtered, saw, swept_lowpass

RATE_HZ = 44_100
MINOR_PROFILE = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)
MAJOR_PROFILE = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
TUNED = (
    instruments.bass,
    instruments.sub_bass,
    instruments.pad,
    instruments.pluck,
    instruments.glass_keys,
    instruments.lead,
    band.piano,
    band.upright_bass,
    band.lead_guitar,
    band.accordion,
    band.saxophone,
    band.growl_bass,
    band.long_bass,
    band.slow_pad,
)
UNTUNED = (
    instruments.kick,
    instruments.snare,
    instruments.clap,
    instruments.closed_hat,
    instruments.open_hat,
    instruments.crash,
    instruments.tom,
    instruments.boom,
    instruments.riser,
    instruments.rain,
    band.power_chord,
    band.ride,
    band.brush,
    band.rim,
)


@pytest.fixture(scope="module")
def demo() -> Samples:
    """Return the demo song, rendered once for all tests."""
    return perform(neon_rain.compose(), rate_hz=RATE_HZ)


@pytest.fixture(scope="module")
def truth() -> SongTruth:
    """Return what is true of the demo song."""
    return neon_rain.compose().truth()


def section_loudness_lufs(samples: Samples, truth: SongTruth) -> dict[str, float]:
    """Measure each section on its own."""
    return {
        section.label: loudness_lufs(
            samples[round(section.start_s * RATE_HZ) : round(section.end_s * RATE_HZ)],
            rate_hz=RATE_HZ,
        )
        for section in truth.sections
    }


def energy_at(samples: Samples, time_s: float, *, window_s: float = 0.08) -> float:
    """Return the energy of the sound just after a time."""
    start = round(time_s * RATE_HZ)
    return float(np.sum(samples[start : start + round(window_s * RATE_HZ)] ** 2))


def rise_at(samples: Samples, times_s: Sequence[float], *, window_s: float = 0.02) -> float:
    """Return how many dB louder the sound is just after these times than just before."""
    after = sum(energy_at(samples, time_s, window_s=window_s) for time_s in times_s)
    before = sum(energy_at(samples, time_s - window_s, window_s=window_s) for time_s in times_s)
    return float(10.0 * np.log10((after + 1e-9) / (before + 1e-9)))


def test_demo_song_is_the_same_on_every_run(demo: Samples, tmp_path: Path) -> None:
    """A second rendering, written as FLAC, holds the very samples of the first."""
    path = tmp_path / "neon_rain.flac"
    write_demo_song(path)
    written, rate_hz = soundfile.read(path, dtype="int16")
    assert rate_hz == RATE_HZ
    np.testing.assert_array_equal(written, np.round(demo * 32_767.0).astype(np.int16))
    assert path.stat().st_size < 10 * 1024 * 1024


def test_demo_song_lasts_exactly_its_seventy_beats(demo: Samples, truth: SongTruth) -> None:
    """112 BPM times 70 beats are 37.5 s, to the sample."""
    assert demo.shape == (round(37.5 * RATE_HZ), 2)
    assert truth.duration_s == pytest.approx(37.5)
    np.testing.assert_allclose(truth.beats_s, np.arange(70) * 60 / 112)
    assert truth.downbeats_s == truth.beats_s[::4]


def test_demo_sections_cover_the_song_and_start_on_downbeats(truth: SongTruth) -> None:
    """Intro, verse, chorus and outro follow each other without gap."""
    assert [section.label for section in truth.sections] == ["intro", "verse", "chorus", "outro"]
    assert truth.sections[0].start_s == 0.0
    assert truth.sections[-1].end_s == pytest.approx(truth.duration_s)
    for before, after in pairwise(truth.sections):
        assert before.end_s == after.start_s
        assert min(abs(after.start_s - downbeat) for downbeat in truth.downbeats_s) < 1e-9


def test_demo_song_is_mastered_for_streaming(demo: Samples) -> None:
    """-14 LUFS, true peak below -1 dBTP, no DC."""
    assert loudness_lufs(demo, rate_hz=RATE_HZ) == pytest.approx(-14.0, abs=0.3)
    assert true_peak_db([demo]) < -1.0
    assert np.abs(demo.mean(axis=0)).max() < 1e-3


def test_demo_energy_rises_to_the_chorus_and_falls_after(demo: Samples, truth: SongTruth) -> None:
    """Each step of the form is heard: at least 3 LU from section to section."""
    loudness = section_loudness_lufs(demo, truth)
    assert loudness["verse"] - loudness["intro"] > 3.0
    assert loudness["chorus"] - loudness["verse"] > 3.0
    assert loudness["chorus"] - loudness["outro"] > 5.0


def test_demo_song_ends_in_silence(demo: Samples) -> None:
    """The last chord rings into the final bar and has faded to nothing at the end."""
    assert np.abs(demo[-RATE_HZ // 100 :]).max() < 1e-3
    assert np.abs(demo[-2 * RATE_HZ : -RATE_HZ]).max() > 0.02


def test_demo_onsets_fall_on_the_beats(demo: Samples, truth: SongTruth) -> None:
    """Spectral flux on the beats is several times that between the sixteenths."""
    hop = 441
    flux = onset_strength(y=demo.mean(axis=1), sr=RATE_HZ, hop_length=hop, n_fft=1024, center=False)

    def strength(times_s: Sequence[float]) -> float:
        frames = np.round(np.array(times_s) * RATE_HZ / hop).astype(int)
        windows = [flux[max(0, frame - 2) : frame + 2] for frame in frames if frame < flux.size - 2]
        return float(np.mean([window.max() for window in windows]))

    drummed = [beat for beat in truth.beats_s if 4.0 < beat < 33.0]
    between = [beat + 60 / 112 / 8 for beat in drummed]
    assert strength(drummed) > 3.0 * strength(between)


def test_demo_song_is_heard_in_its_key(demo: Samples, truth: SongTruth) -> None:
    """Krumhansl's key profiles find A minor in the chroma."""
    chroma = chroma_stft(y=demo.mean(axis=1), sr=RATE_HZ, n_fft=8192).mean(axis=1)
    names = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
    fits = {
        f"{name} {mode}": np.corrcoef(np.roll(profile, tonic), chroma)[0, 1]
        for mode, profile in (("minor", MINOR_PROFILE), ("major", MAJOR_PROFILE))
        for tonic, name in enumerate(names)
    }
    assert max(fits, key=lambda key: fits[key]) == truth.key


def test_demo_voices_lead_smoothly() -> None:
    """From chord to chord no voice leaps more than a fifth, and all together move little."""
    for before, after in pairwise(neon_rain.PROGRESSION):
        moves = [abs(a - b) for a, b in zip(before.voicing, after.voicing, strict=True)]
        assert max(moves) <= 7
        assert sum(moves) <= 14


@pytest.mark.parametrize("instrument", TUNED, ids=lambda i: i.__name__)
def test_tuned_instruments_sound_at_their_pitch(instrument: Instrument) -> None:
    """Nearly all energy of an A3 lies at 220 Hz and its multiples."""
    sound = instrument(Tone(parse_pitch("A3"), 1.0, 0.8, RATE_HZ))
    mono = sound if sound.ndim == 1 else sound.mean(axis=1)
    power = np.abs(np.fft.rfft(mono * np.hanning(mono.size))) ** 2
    harmonic = np.fft.rfftfreq(mono.size, 1 / RATE_HZ) / 220.0
    near = (np.abs(harmonic / np.maximum(np.round(harmonic), 1) - 1.0) < 0.02) & (harmonic < 20.5)
    assert power[near].sum() > 0.95 * power.sum()


@pytest.mark.parametrize("instrument", TUNED + UNTUNED, ids=lambda i: i.__name__)
def test_instruments_neither_click_nor_clip(instrument: Instrument) -> None:
    """Every sound starts near zero, ends at zero, and keeps to full scale."""
    sound = instrument(Tone(57.0, 1.0, 0.9, RATE_HZ))
    assert sound.dtype == np.float32
    assert np.isfinite(sound).all()
    assert 0.1 < np.abs(sound).max() < 1.5
    assert np.abs(sound[0]).max() < 0.05
    assert np.abs(sound[-1]).max() < 1e-3


def test_saw_does_not_alias() -> None:
    """A sawtooth of 3520 Hz has nothing between its partials."""
    phase = np.arange(RATE_HZ) / RATE_HZ * 3_520.0
    spectrum = np.abs(np.fft.rfft(saw(phase, highest_hz=3_520.0, rate_hz=RATE_HZ)))
    partials = np.arange(3_520, RATE_HZ // 2, 3_520)
    loudest = spectrum[partials].max()
    spectrum[partials] = 0.0
    assert spectrum.max() < 1e-3 * loudest


def test_swept_lowpass_opens_as_told() -> None:
    """White noise through an opening filter gains its highs only later."""
    noise = np.random.default_rng(0).standard_normal(RATE_HZ).astype(np.float32)
    opening = swept_lowpass(noise, np.geomspace(100.0, 15_000.0, RATE_HZ), rate_hz=RATE_HZ)
    highs = filtered(opening, "highpass", 4_000.0, rate_hz=RATE_HZ, order=4)
    assert highs[-10_000:].std() > 50 * highs[:10_000].std()


def test_loudness_of_the_reference_tone() -> None:
    """A full-scale sine of 997 Hz in one channel reads -3.01 LKFS, as BS.1770 demands."""
    sine = np.sin(2 * np.pi * 997 * np.arange(5 * RATE_HZ) / RATE_HZ)
    stereo = np.stack([sine, np.zeros_like(sine)], axis=1).astype(np.float32)
    assert loudness_lufs(stereo, rate_hz=RATE_HZ) == pytest.approx(-3.01, abs=0.03)


def test_loudness_leaves_out_silence() -> None:
    """Silence after a tone does not make the tone softer; silence alone has no loudness."""
    tone = np.random.default_rng(0).standard_normal((3 * RATE_HZ, 2)).astype(np.float32) * 0.1
    padded = np.concatenate([tone, np.zeros_like(tone)])
    alone = loudness_lufs(tone, rate_hz=RATE_HZ)
    assert loudness_lufs(padded, rate_hz=RATE_HZ) == pytest.approx(alone, abs=0.3)
    assert loudness_lufs(np.zeros_like(tone), rate_hz=RATE_HZ) == -70.0


def test_limiter_holds_true_peaks_and_leaves_the_rest() -> None:
    """Bursts far over full scale end at the ceiling; what lies far from them keeps its level."""
    generator = np.random.default_rng(3)
    quiet = 0.05 * generator.standard_normal((RATE_HZ, 2)).astype(np.float32)
    burst = quiet.copy()
    burst[20_000:20_400] *= 80.0
    gains = limiter_gains(true_peaks(burst), rate_hz=RATE_HZ)
    assert true_peak_db([burst * gains[:, None]]) < -1.0
    np.testing.assert_allclose(gains[:19_000], 1.0)
    assert gains[-1] == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("tempo_bpm", "beats_per_bar"), [(60.0, 4), (97.0, 3), (128.0, 4), (174.0, 4)]
)
def test_click_song_sounds_on_its_beats(tempo_bpm: float, beats_per_bar: int) -> None:
    """Beats are evenly spaced; each bar starts with a kick, and no other beat has one."""
    samples, truth = click_song(tempo_bpm=tempo_bpm, duration_s=8.0, beats_per_bar=beats_per_bar)
    assert samples.shape == (8 * RATE_HZ, 2)
    np.testing.assert_allclose(np.diff(truth.beats_s), 60.0 / tempo_bpm)
    assert truth.beats_s[0] == 0.0
    assert truth.duration_s - 60.0 / tempo_bpm <= truth.beats_s[-1] < truth.duration_s
    assert truth.downbeats_s == truth.beats_s[::beats_per_bar]
    lows = filtered(samples, "lowpass", 90.0, rate_hz=RATE_HZ, order=4)
    others = sorted(set(truth.beats_s) - set(truth.downbeats_s))
    assert rise_at(samples, truth.beats_s[1:]) > 10.0
    kicks = [energy_at(lows, downbeat) for downbeat in truth.downbeats_s]
    assert min(kicks) > 5.0 * max(energy_at(lows, beat) for beat in others)


def test_click_song_swings() -> None:
    """With swing the second hi-hat of a beat comes at two thirds, and nothing at the half."""
    samples, truth = click_song(tempo_bpm=100.0, duration_s=6.0, swing=2 / 3)
    highs = filtered(samples, "highpass", 8_000.0, rate_hz=RATE_HZ)
    beat_s = 60.0 / 100.0
    assert rise_at(highs, [beat + beat_s * 2 / 3 for beat in truth.beats_s[:-1]]) > 10.0
    assert rise_at(highs, [beat + beat_s / 2 for beat in truth.beats_s[:-1]]) < 3.0


def test_click_song_shares_its_bars_among_sections() -> None:
    """Labels become contiguous sections on downbeats, the chorus louder than the verse."""
    samples, truth = click_song(
        tempo_bpm=120.0, duration_s=12.0, labels=("verse", "chorus", "verse")
    )
    spans = [(section.label, section.start_s, section.end_s) for section in truth.sections]
    assert spans == [("verse", 0.0, 4.0), ("chorus", 4.0, 8.0), ("verse", 8.0, 12.0)]
    verse, chorus = samples[: 4 * RATE_HZ], samples[4 * RATE_HZ : 8 * RATE_HZ]
    loudness = [loudness_lufs(part, rate_hz=RATE_HZ) for part in (verse, chorus)]
    assert loudness[1] > loudness[0] + 2.0


def test_click_song_is_the_same_on_every_run() -> None:
    """Two renderings hold the same bytes."""
    first, _ = click_song(tempo_bpm=140.0, duration_s=2.5)
    second, _ = click_song(tempo_bpm=140.0, duration_s=2.5)
    assert first.tobytes() == second.tobytes()


def test_click_song_refuses_more_sections_than_bars() -> None:
    """One bar cannot hold two sections."""
    with pytest.raises(InvalidInput, match="1 bars cannot hold 2 sections"):
        click_song(tempo_bpm=120.0, duration_s=2.0, labels=("verse", "chorus"))


def test_truth_goes_into_json_and_back(truth: SongTruth) -> None:
    """The dictionary holds what the object holds, in plain types."""
    plain = truth.as_dict()
    assert json.loads(truth.as_json()) == plain
    assert plain["title"] == "Neon Rain"
    assert plain["beats_s"] == list(truth.beats_s)
    assert plain["sections"][2]["label"] == "chorus"


def test_song_file_of_unknown_format_is_refused(tmp_path: Path) -> None:
    """Only WAV and FLAC are written."""
    with pytest.raises(InvalidInput, match=r"expected \.wav or \.flac"):
        write_demo_song(tmp_path / "song.ogg")
    assert not list(tmp_path.iterdir())


def test_drum_grid_is_read_step_by_step() -> None:
    """Marks fall on sixteenths; bar lines and blanks take no time."""
    notes = hits("X.. o | ..-x", start_beat=8.0)
    assert [(note.start_beat, note.velocity) for note in notes] == [
        (8.0, 1.0),
        (8.75, 0.5),
        (9.5, 0.3),
        (9.75, 0.75),
    ]


def test_melody_is_read_with_rests() -> None:
    """Rests take time but make no note."""
    notes = melody("C5:1 -:1 F#4:2 | Bb3:4")
    assert [(note.start_beat, note.length_beats, note.pitch_midi) for note in notes] == [
        (0.0, 1.0, 72),
        (2.0, 2.0, 66),
        (4.0, 4.0, 58),
    ]


def test_bass_line_and_arpeggio_follow_the_chords() -> None:
    """Patterns repeat over the progression and take their pitches from the chord below them."""
    chords = parse_progression("Am7 | C/E")
    line = bass_line("R___o_f.", chords, step_beats=0.5)
    assert [note.pitch_midi for note in line] == [33, 45, 40, 28, 40, 35]
    assert [note.length_beats for note in line] == [2.0, 1.0, 0.5] * 2
    broken = arpeggio("04", chords, step_beats=2.0)
    assert [note.pitch_midi for note in broken] == [
        pitch for chord in chords for pitch in (chord.voicing[0], chord.voicing[0] + 12)
    ]


def test_strummed_chords_and_grooves_fill_the_progression() -> None:
    """Whole chords are held as long as they are written; a drum grid repeats to the end."""
    chords = parse_progression("Am7 | C/E")
    struck = strummed("C__c", chords, step_beats=1.0, transpose=12)
    assert [note.length_beats for note in struck] == [3.0] * 4 + [1.0] * 4 + [3.0] * 4 + [1.0] * 4
    assert [note.pitch_midi - 12 for note in struck[:4]] == list(chords[0].voicing)
    beaten = groove("X.x", chords, step_beats=1.0, velocity=0.5)
    assert [note.start_beat for note in beaten] == [0.0, 2.0, 3.0, 5.0, 6.0]
    assert [note.velocity for note in beaten[:2]] == [0.5, 0.375]


def test_a_form_gives_each_passage_its_own_pattern() -> None:
    """A passage's own pattern comes before that of its kind; who has neither is silent."""
    form = form_of(("verse", 0.5, "Am"), ("chorus", 1.0, "F | G"), ("verse 2", 0.5, "Am"))
    assert [section.label for section in form.sections] == ["verse", "chorus", "verse"]
    beaten = form.play(groove, {"verse": "X...............", "verse 2": "....x..........."})
    assert [note.start_beat for note in beaten] == [0.0, 13.0]
    assert [note.start_beat for note in form.sing({"chorus": "C5:4 | D5:4"})] == [4.0, 8.0]
    assert [note.start_beat for note in form.lead_into("verse 2", length_beats=2)] == [10.0]
    assert {note.start_beat for note in form.hold("chorus")} == {4.0, 8.0}


def test_held_chords_tie_common_tones() -> None:
    """A tone of two neighbouring chords is one long note."""
    chords = parse_progression("Am7 | Fmaj7")
    notes = held_chords(chords)
    common = set(chords[0].voicing) & set(chords[1].voicing)
    assert common
    assert {note.pitch_midi for note in notes if note.length_beats == 8.0} == common
    assert sum(note.length_beats for note in notes) == 2 * 4 * 4.0


@pytest.mark.parametrize(
    "symbol", ["C", "F#m7", "Bbmaj7", "E7sus4", "G6", "Am7b5", "Ebadd9", "D/F#"]
)
def test_chords_hold_their_tones_in_range(symbol: str) -> None:
    """Four voices, ascending, between bass and lead; the bass below them."""
    (chord,) = parse_progression(symbol)
    assert len(chord.voicing) == 4
    assert list(chord.voicing) == sorted(set(chord.voicing))
    assert 53 <= chord.voicing[0] <= chord.voicing[-1] <= 76
    assert 28 <= chord.bass < 40


@pytest.mark.parametrize("text", ["Am | ", "H7", "Cfoo"])
def test_unknown_chords_are_refused(text: str) -> None:
    """What is no chord says so."""
    with pytest.raises(InvalidInput):
        parse_progression(text)


def test_unknown_marks_and_unfilled_bars_are_refused() -> None:
    """A typing error in a pattern or melody does not shift the music silently."""
    with pytest.raises(InvalidInput, match="'q'"):
        hits("x.q.")
    with pytest.raises(InvalidInput, match="bar 2"):
        melody("C5:4 | C5:3")
    with pytest.raises(InvalidInput, match="no pitch"):
        melody("H5:4")
