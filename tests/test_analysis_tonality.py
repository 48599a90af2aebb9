"""Chord changes and keys, of progressions made for them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from mvkit.analysis.spectra import hear_spectra
from mvkit.analysis.tonality import KEY_CLUES, guess_key, hear_chord_changes, hear_key
from mvkit.analysis.weights import fitted
from training.keys import (
    KeyLesson,
    fit_key,
    keyless_lessons,
    reliability,
    song_lessons,
    surenesses,
    write_key_weights,
)

from .song_makers import RATE_HZ, Samples, chord, noise

BEAT_S, N_BEATS = 0.5, 64
PROGRESSION = ((48, 64, 67, 72), (45, 64, 69, 72), (41, 65, 69, 72), (43, 62, 67, 71))


@cache
def comped(beats_per_chord: int) -> Samples:
    """Return chords struck on every beat, with a tune of passing notes above."""
    beats = []
    for beat in range(N_BEATS):
        notes = PROGRESSION[beat // beats_per_chord % len(PROGRESSION)]
        tune = chord([(76, 74, 72, 79)[beat % 4]], BEAT_S, level=0.05)
        beats.append(chord(notes, BEAT_S) + tune)
    return np.concatenate(beats)


def changes_in(mono: Samples) -> float:
    beats_s = np.arange(0.0, len(mono) / RATE_HZ, BEAT_S)
    return hear_chord_changes(hear_spectra(mono), beats_s.tolist(), beats_s[::4].tolist())


@pytest.mark.parametrize(("beats_per_chord", "per_bar"), [(2, 2.0), (4, 1.0), (8, 0.5)])
def test_chord_changes_are_counted_per_bar(beats_per_chord: int, per_bar: float) -> None:
    """Two chords a bar, one, and one for two bars, under a tune that moves on every beat."""
    assert changes_in(comped(beats_per_chord)) == pytest.approx(per_bar, rel=0.12)


def test_one_chord_never_changes() -> None:
    """A drone has no changes, and neither has silence."""
    assert changes_in(chord((45, 57, 60, 64), 20.0)) == 0.0
    assert changes_in(np.zeros(20 * RATE_HZ, dtype=np.float32)) == 0.0


def test_drums_over_a_chord_change_nothing() -> None:
    """Hiss over one chord is no harmony that moves."""
    struck = np.tile(chord((45, 57, 60, 64), 2.0), 10)
    assert changes_in(struck + noise(20.0, level=0.02)) < 0.1


def test_too_few_beats_have_no_changes() -> None:
    """One downbeat makes no bar."""
    assert hear_chord_changes(hear_spectra(comped(4)), [0.0, 0.5], [0.0]) == 0.0


F_MAJOR, G_MAJOR, A_MINOR, C_MAJOR = (
    (41, 57, 60, 65),
    (43, 55, 59, 62),
    (45, 57, 60, 64),
    (48, 55, 60, 64),
)


@pytest.mark.parametrize(("last", "key"), [(A_MINOR, ("A", "minor")), (C_MAJOR, ("C", "major"))])
def test_the_last_chord_decides_between_keys_of_the_same_notes(
    last: tuple[int, ...], key: tuple[str, str]
) -> None:
    """Four chords that may be in either go round, and the song comes home to one."""
    loop = np.concatenate([chord(notes, 1.0) for notes in (F_MAJOR, G_MAJOR, A_MINOR, C_MAJOR)])
    heard = hear_key(np.concatenate([np.tile(loop, 7), chord(last, 4.0)]))
    assert (heard.tonic, heard.mode) == key


def test_a_key_is_surer_after_a_minute_than_after_a_bar() -> None:
    """The same cadence, once and many times, and under hiss that drowns it."""
    bar = np.concatenate([chord(c, 0.5) for c in (C_MAJOR, F_MAJOR, G_MAJOR, C_MAJOR)])
    minute = np.tile(bar, 30)
    clear, short, drowned = (
        hear_key(mono).confidence for mono in (minute, bar, minute + noise(60.0, level=3.0))
    )
    assert clear > 0.8
    assert clear > short + 0.1
    assert drowned < 0.3


def test_each_clue_to_a_key_is_one_number() -> None:
    """Music and silence have all of them, and the weights of the package are for these."""
    for mono in (comped(4), np.zeros(RATE_HZ, dtype=np.float32)):
        assert np.isfinite(guess_key(mono).clues).all()
        assert len(guess_key(mono).clues) == len(KEY_CLUES)
    assert fitted("key", KEY_CLUES, file="key_weights.toml").shape == (len(KEY_CLUES), 1)


def test_how_sure_a_key_is_is_learnt(tmp_path: Path) -> None:
    """Keys that are right where a clue is high are sure there; sound without a key never is."""
    rng = np.random.default_rng(0)
    clues = np.column_stack([np.ones(400), rng.standard_normal((400, len(KEY_CLUES) - 1))])
    right = rng.random(400) < 1 / (1 + np.exp(-3 * clues[:, 1]))
    lessons = [KeyLesson("song", c, bool(r)) for c, r in zip(clues, right, strict=True)]
    weights = fit_key(lessons)
    sure = surenesses(lessons, weights)
    assert sure[right].mean() > 0.7 > 0.3 > sure[~right].mean()
    assert len(reliability(lessons, weights)) == 7
    write_key_weights(tmp_path / "key.toml", ["told"], weights)
    assert '"lead" = ' in (tmp_path / "key.toml").read_text()
    assert not any(lesson.is_right for lesson in keyless_lessons(range(3)))
    assert [lesson.what for lesson in song_lessons([5])] == ["song", "piece"]
