"""Beats, tempo and bars, against music whose beats are known."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from mvkit.analysis.attack import attack_lag_s
from mvkit.analysis.beats import Beats, hear_beats
from mvkit.analysis.choice import EVIDENCE, BeatSeries, agreement, gather_evidence, pick
from mvkit.analysis.clues import Clues
from mvkit.analysis.downbeats import bar_weights, hear_bars
from mvkit.analysis.feel import hear_phrase_bars, hear_swing
from mvkit.analysis.onsets import ONSET_RATE_HZ, Onsets, hear_onsets
from mvkit.analysis.pulse import follow
from mvkit.analysis.spectra import Spectra, hear_spectra
from mvkit.analysis.weights import fitted
from mvkit.songs import click_song
from training.formless import make_formless

from .song_makers import RATE_HZ, Samples, chord, clicks, noise, times_of


def heard(mono: Samples) -> Beats:
    return hear_beats(mono, hear_onsets(mono), hear_spectra(mono))


def clues_of(mono: Samples) -> Clues:
    return Clues.of(hear_onsets(mono), hear_spectra(mono))


def struck_at(times_s: NDArray[np.float64], mono: Samples, *sounds: Samples) -> None:
    """Add one sound after the other, in turn, at given times."""
    for index, time_s in enumerate(times_s):
        start = round(time_s * RATE_HZ)
        sound = sounds[index % len(sounds)]
        mono[start : start + len(sound)] += sound[: len(mono) - start]


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


@pytest.mark.parametrize("tempi_bpm", [(100, 130), (120, 90)])
def test_a_song_that_changes_its_tempo_is_followed(tempi_bpm: tuple[float, float]) -> None:
    """Half the song at one tempo, then all at once at another: nearly every beat is found."""
    halves = [click_song(tempo_bpm=bpm, duration_s=24.0, rate_hz=RATE_HZ) for bpm in tempi_bpm]
    mono = np.concatenate([samples.mean(axis=1, dtype=np.float32) for samples, _ in halves])
    times_s = np.concatenate([halves[0][1].beats_s, np.array(halves[1][1].beats_s) + 24.0])
    beats = heard(mono)
    assert agreement(beats.times_s, times_s) > 0.9
    assert not beats.fallback_used


def test_a_bar_of_two_beats_begins_the_count_anew() -> None:
    """Where a bar is cut in half, the bars after it are counted from there."""
    samples, truth = click_song(tempo_bpm=120.0, duration_s=40.0, rate_hz=RATE_HZ)
    mono, cut_s = samples.mean(axis=1, dtype=np.float32), 21.0  # two beats into a bar
    shortened = np.concatenate([mono[: round(cut_s * RATE_HZ)], mono[round(22.0 * RATE_HZ) :]])
    downbeats_s = np.array(truth.downbeats_s)
    after_s = downbeats_s[downbeats_s >= 22.0] - 1.0
    beats = heard(shortened)
    assert agreement(beats.downbeats_s[beats.downbeats_s < 18], downbeats_s[downbeats_s < 18]) > 0.9
    assert agreement(beats.downbeats_s[beats.downbeats_s > 25], after_s[after_s > 25]) > 0.9


@pytest.mark.parametrize("length_s", [1.0, 1.2, 2.0, 8.0])
def test_noise_is_hardly_believed_however_short(length_s: float) -> None:
    """A few beats in noise, with nothing to compare them with, are no reason to be sure."""
    assert heard(noise(length_s)).confidence < 0.2


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
    bars = hear_bars(times_s, clues_of(mono))
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
        make_formless(10_005, length_s=12.0)[1],
        make_formless(10_007, length_s=12.0)[1],
    ],
    ids=["noise", "tone", "one click", "a second of noise", "speech", "notes out of time"],
)
def test_sound_without_a_beat_gets_an_even_grid_or_little_confidence(mono: Samples) -> None:
    """Where nothing can be counted, a grid stands in and the confidence says so."""
    beats = heard(mono)
    assert beats.confidence < 0.5
    assert len(beats.times_s) >= 2
    assert 60 <= beats.bpm <= 200


@pytest.mark.parametrize(
    "mono",
    [noise(12.0), np.eye(1, 6 * RATE_HZ, RATE_HZ, dtype=np.float32)[0], noise(1.0)],
    ids=["noise", "one click", "a second of noise"],
)
def test_the_fallback_is_an_even_grid_of_four_beats_a_bar(mono: Samples) -> None:
    """Without a beat there are no bars to hear either: plain ones, of which nobody is sure."""
    beats = heard(mono)
    assert beats.fallback_used
    assert np.ptp(np.diff(beats.times_s)) < 1e-5
    assert np.diff(beats.times_s).mean() == pytest.approx(60 / beats.bpm, rel=0.01)
    assert (beats.metre, beats.swing, beats.phrase_bars) == ("4/4", 0.5, 4)
    assert set(np.diff(np.flatnonzero(beats.is_downbeat))) <= {4}
    assert beats.is_downbeat[:4].sum() == 1 or len(beats.times_s) < 4
    assert beats.bar_confidence == 0


@pytest.mark.parametrize(("length_s", "click_s"), [(1.0, 0.52), (1.02, 0.53), (1.1, 0.57)])
def test_a_song_of_a_second_gets_two_beats(length_s: float, click_s: float) -> None:
    """However little sounds in it, and wherever."""
    mono = np.zeros(round(length_s * RATE_HZ), dtype=np.float32)
    mono[round(click_s * RATE_HZ) :][:100] = 0.5
    assert len(heard(mono).times_s) >= 2


def test_notes_are_sought_within_the_song_only() -> None:
    """A beat may be found a moment before the first sample, or after the last."""
    times_s = times_of(120, 6.0)
    mono = clicks(times_s, 6.0)
    edges_s = np.concatenate([[-0.02], times_s, [6.01]])
    lag_s = attack_lag_s(mono, edges_s, np.ones(len(edges_s)))
    assert lag_s == pytest.approx(attack_lag_s(mono, times_s, np.ones(len(times_s))), abs=0.003)


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


def test_evidence_tells_what_lies_between_the_beats() -> None:
    """Counting too slowly leaves onsets on the halves; counting too fast lets beats alternate."""
    strength = np.zeros(4000)
    strength[50::50] = 3.0
    strength[75::50] = 1.0
    still = Spectra(np.ones((12, 900)), np.ones((12, 900)), np.ones((64, 900)))
    clues = Clues.of(
        Onsets(np.tile(strength, (4, 1)), strength, strength, np.zeros((48, 4000))), still
    )

    def told(step: int) -> dict[str, float]:
        series = BeatSeries(np.arange(50.0, 3950, step) / ONSET_RATE_HZ, 0.5)
        values = gather_evidence(series, clues, bar_weights())
        return dict(zip(EVIDENCE, values.tolist(), strict=True))

    assert told(100)["all on halves"] == pytest.approx(3.0, rel=0.05)
    assert told(100)["low on quarters"] == pytest.approx(1.0, rel=0.05)
    assert told(25)["all alternates"] == pytest.approx(2.0, rel=0.05)
    assert told(50)["all on beats"] == pytest.approx(3.0, rel=0.05)


def test_the_likelihood_is_shared_by_equal_series() -> None:
    """Two series that are one stand together against a third."""
    beats_s = np.arange(0.0, 20.0, 0.5)
    series = [BeatSeries(beats_s + shift_s, 0.5) for shift_s in (0.0, 0.01, 0.25)]
    choice = pick(series, np.array([1.0, 0.9, 0.5]))
    assert choice.series is series[0]
    odds = np.exp([1.0, 0.9, 0.5])
    assert choice.likelihood == pytest.approx(odds[:2].sum() / odds.sum())


def test_weights_for_other_features_are_refused() -> None:
    """A weight too many or too few is told by name."""
    assert fitted("series.evidence", EVIDENCE).shape == (len(EVIDENCE), 3)
    with pytest.raises(KeyError, match="salience"):
        fitted("series.evidence", [name for name in EVIDENCE if name != "salience"])


@pytest.mark.parametrize("swing", [0.5, 0.6, 0.67])
def test_swing_is_where_the_off_beats_lie(swing: float) -> None:
    """Softer clicks between the beats tell straight from swung."""
    times_s = times_of(132, 16.0)
    off_beats_s = times_s + swing * 60 / 132
    mono = clicks(times_s, 16.0) + np.float32(0.4) * clicks(off_beats_s, 16.0, accent_every=99)
    assert hear_swing(times_s, hear_onsets(mono)) == pytest.approx(swing, abs=0.02)


def test_triplets_and_bare_beats_do_not_swing() -> None:
    """Three even notes a beat are compound time, and nothing between the beats is no swing."""
    times_s = times_of(90, 16.0)
    thirds_s = times_of(270, 16.0)
    assert hear_swing(times_s, hear_onsets(clicks(thirds_s, 16.0, accent_every=3))) == 0.5
    assert hear_swing(times_s, hear_onsets(clicks(times_s, 16.0))) == 0.5


def test_six_eight_has_two_dotted_beats() -> None:
    """Running quavers, a low drum on one, a high one on four and a chord a bar: 6/8."""
    step_s = 60 / 70 / 3
    quavers_s = np.arange(0.2, 30.0, step_s)
    mono = np.float32(0.3) * clicks(quavers_s, 31.0, accent_every=99)
    struck_at(quavers_s[::6], mono, 3 * chord((33,), 0.2))
    struck_at(quavers_s[3::6], mono, noise(0.1, level=0.3))
    roots = (48, 45, 41, 43, 50, 40, 47)
    struck_at(quavers_s[::6], mono, *(chord((r, r + 4, r + 7), 6 * step_s) for r in roots))
    beats = heard(mono)
    assert beats.metre == "6/8"
    assert beats.beats_per_bar == 2
    assert beats.bpm == pytest.approx(70, abs=0.5)
    assert agreement(beats.downbeats_s, quavers_s[::6]) > 0.9


@pytest.mark.parametrize("phrase_bars", [4, 8])
def test_phrases_end_where_the_chords_come_round(phrase_bars: int) -> None:
    """A loop of four bars is told from one of eight."""
    downbeats_s = np.arange(0.1, 66.0, 2.0)
    roots = (48, 53, 55, 45, 50, 52, 57, 43)[:phrase_bars]
    mono = noise(68.0, level=0.001)
    struck_at(downbeats_s, mono, *(chord((r, r + 4, r + 7), 1.9) for r in roots))
    assert hear_phrase_bars(downbeats_s, clues_of(mono)) == phrase_bars


def test_beats_are_less_sure_where_nothing_marks_them() -> None:
    """In the middle of the song the clicks drown in noise."""
    times_s = times_of(110, 30.0)
    mono = clicks(times_s, 30.0)
    mono[10 * RATE_HZ : 20 * RATE_HZ] = noise(10.0, level=0.1)
    beats = heard(mono)
    drowned = (beats.times_s > 11.5) & (beats.times_s < 18.5)
    clear = (beats.times_s < 8.5) | (beats.times_s > 21.5)
    assert len(beats.confidences) == len(beats.times_s)
    assert beats.confidences[drowned].mean() < 0.5 * beats.confidences[clear].mean()
    assert beats.confidences.max() <= beats.confidence


@pytest.mark.parametrize("tempi_bpm", [(80, 160), (130, 65)])
def test_a_tempo_that_doubles_is_counted_at_one_level(tempi_bpm: tuple[float, float]) -> None:
    """Each half has its beats, or each second or half of them, and none is off the grid."""
    halves = [click_song(tempo_bpm=bpm, duration_s=16.0, rate_hz=RATE_HZ) for bpm in tempi_bpm]
    beats = heard(np.concatenate([s.mean(axis=1, dtype=np.float32) for s, _ in halves]))
    for (_, truth), start_s in zip(halves, (0.0, 16.0), strict=True):
        grid_s = np.concatenate([truth.beats_s, np.diff(truth.beats_s) / 2 + truth.beats_s[:-1]])
        inside = (beats.times_s > start_s + 1) & (beats.times_s < start_s + 15)
        off_s = np.abs(beats.times_s[inside, None] - start_s - grid_s[None, :]).min(axis=1)
        assert np.mean(off_s < 0.03) > 0.9
        assert inside.sum() >= 14 * truth.tempo_bpm / 60 / 2 - 2


def test_agreement_counts_hits_both_ways() -> None:
    """Half the beats found, all of them right: two thirds."""
    times_s = np.arange(0.0, 10.0, 0.5)
    assert agreement(times_s[::2], times_s) == pytest.approx(2 / 3)
    assert agreement(times_s + 0.2, times_s) == 0.0
    assert agreement(np.zeros(0), times_s) == 0.0
