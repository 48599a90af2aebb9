"""Chord changes and keys, of progressions made for them."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from mvkit.analysis.spectra import hear_spectra
from mvkit.analysis.tonality import hear_chord_changes

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
