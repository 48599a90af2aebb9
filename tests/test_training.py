"""The songs that the ear is fitted to, and the fit."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pytest

from mvkit.analysis.choice import EVIDENCE
from mvkit.analysis.downbeats import BEAT_FEATURES, BEATS_PER_BAR
from mvkit.analysis.sureness import SURENESS
from mvkit.analysis.weights import fitted
from training.clock import Clock
from training.ear import evidence_of, fit_bars, fit_series, judge, lesson_of, write_weights
from training.fitting import Choices, fit_choices, fit_logistic
from training.formless import KINDS, make_formless
from training.songs import make_song


@pytest.mark.parametrize("seed", [3, 11])
def test_a_random_song_tells_its_truth(seed: int) -> None:
    """Bars have their beats, and the same seed gives the same song."""
    song, again = make_song(seed), make_song(seed)
    assert np.array_equal(song.mono, again.mono)
    assert np.abs(song.mono).max() <= 1
    assert np.isin(song.downbeats_s, song.beats_s).all()
    places = np.flatnonzero(np.isin(song.beats_s, song.downbeats_s))
    assert set(np.diff(places)) == {BEATS_PER_BAR[song.metre]}
    assert song.beats_s[-1] < len(song.mono) / 22_050


def test_swing_delays_the_second_note_of_a_pair() -> None:
    """Quavers swing between beats, semiquavers between quavers; beats stay."""
    beats_s = np.arange(5.0)
    assert Clock(beats_s, swing=0.6).at([1, 1.5, 2]).tolist() == pytest.approx([1, 1.6, 2])
    swung = Clock(beats_s, swing=0.6, pairs_per_beat=2).at([1, 1.25, 1.5])
    assert swung.tolist() == pytest.approx([1, 1.3, 1.5])


def test_formless_sound_is_made_of_every_kind() -> None:
    """Noise, drones, speech and stray notes, each at full length."""
    made = [make_formless(seed, length_s=2.0) for seed in range(len(KINDS))]
    assert [kind for kind, _ in made] == list(KINDS)
    assert all(len(mono) >= 2 * 22_050 and np.isfinite(mono).all() for _, mono in made)


def test_choices_are_learnt() -> None:
    """The weight behind the choices comes out, and what says nothing gets little."""
    rng = np.random.default_rng(0)
    occasions = []
    for _ in range(300):
        features = rng.standard_normal((4, 2))
        odds = np.exp(2 * features[:, 0])
        occasions.append(Choices(features, np.eye(4)[rng.choice(4, p=odds / odds.sum())]))
    weights = fit_choices(occasions, ridge=1e-4)
    assert weights == pytest.approx([2.0, 0.0], abs=0.3)


def test_chances_are_learnt() -> None:
    """A logistic regression finds its constant and its slope."""
    rng = np.random.default_rng(0)
    features = np.stack([np.ones(2000), rng.standard_normal(2000)], axis=1)
    truths = (rng.random(2000) < 1 / (1 + np.exp(-(1 + 2 * features[:, 1])))).astype(float)
    assert fit_logistic(features, truths, ridge=1e-6) == pytest.approx([1.0, 2.0], abs=0.3)


def test_four_songs_are_enough_to_go_all_the_way(tmp_path: Path) -> None:
    """Made, heard, fitted, judged and written; on its own songs the fit is near the best."""
    songs = [make_song(seed, shortest_s=10.0, longest_s=12.0) for seed in range(4)]
    lessons = [lesson_of(song) for song in songs]
    bars = fit_bars(lessons)
    evidence = [evidence_of(lesson, bars) for lesson in lessons]
    series = fit_series(lessons, evidence, ridge=1e-3)
    figures = judge(lessons, evidence, series, bars)
    assert figures["beats"].mean() > figures["best"].mean() - 0.1
    written, sureness = tmp_path / "weights.toml", np.arange(len(SURENESS)) + 0.5
    write_weights(written, ["told"], series=series, bars=bars, sureness=sureness)
    assert written.read_text().startswith("# told")
    read = partial(fitted, file=str(written))
    np.testing.assert_allclose(read("beats.sureness", SURENESS)[:, 0], sureness)
    np.testing.assert_allclose(read("series.evidence", EVIDENCE), series, rtol=1e-3)
    for metre, weights in bars.by_place.items():
        np.testing.assert_allclose(read(f"bars.{metre}.beats", BEAT_FEATURES), weights, rtol=1e-3)
