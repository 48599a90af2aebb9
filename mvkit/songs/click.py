"""Make short songs whose tempo, beats, sections and key are known, for tests.

Contents: `click_song`.
"""

from __future__ import annotations

import math
from itertools import pairwise

from mvkit.errors import InvalidInput
from mvkit.songs.harmony import parse_progression
from mvkit.songs.instruments import closed_hat, glass_keys, kick, snare
from mvkit.songs.performance import perform
from mvkit.songs.score import Note, Part, Score, Section, SongTruth
from mvkit.songs.synthesis import Samples

TURNAROUND = ("C", "Am", "F", "G")


def click_song(
    *,
    tempo_bpm: float,
    duration_s: float,
    beats_per_bar: int = 4,
    swing: float = 0.5,
    labels: tuple[str, ...] = ("verse",),
    rate_hz: int = 44_100,
) -> tuple[Samples, SongTruth]:
    """Render kick, snare, hi-hat and simple chords in C major.

    The kick marks each downbeat, the snare every other beat after it, the hi-hat each half beat;
    the chord changes with each bar. Sections called ``chorus`` are played harder, and an octave
    higher.

    Parameters
    ----------
    tempo_bpm : float
        Beats per minute.
    duration_s : float
        Length of the song; the last bar may be incomplete.
    beats_per_bar : int
        Metre.
    swing : float
        Where in a beat its second half begins, 0.5 to 0.75.
    labels : tuple of str
        Sections in order; they share the bars evenly.
    rate_hz : int
        Samples per second.

    Returns
    -------
    samples : Samples
        float32, shape ``(round(duration_s * rate_hz), 2)``.
    truth : SongTruth
        What was played.

    Raises
    ------
    InvalidInput
        If there are more labels than bars.
    """
    length_beats = duration_s * tempo_bpm / 60.0
    n_bars = math.ceil(length_beats / beats_per_bar - 1e-9)
    if len(labels) > n_bars:
        raise InvalidInput(
            f"{n_bars} bars cannot hold {len(labels)} sections; make the song longer"
        )
    section_of_bar = [bar * len(labels) // n_bars for bar in range(n_bars)]
    starts = [section_of_bar.index(number) * beats_per_bar for number in range(len(labels))]
    score = Score(
        title=f"Click {tempo_bpm:g}",
        key="C major",
        tempo_bpm=tempo_bpm,
        sections=tuple(
            Section(label, end - start)
            for label, (start, end) in zip(labels, pairwise([*starts, length_beats]), strict=True)
        ),
        parts=_parts([labels[number] == "chorus" for number in section_of_bar], beats_per_bar),
        beats_per_bar=beats_per_bar,
        swing=swing,
    )
    return perform(score, rate_hz=rate_hz), score.truth()


def _parts(bar_is_loud: list[bool], beats_per_bar: int) -> tuple[Part, ...]:
    """Lay out drums and chords bar by bar, harder and higher in the loud bars."""
    progression = " | ".join(TURNAROUND[bar % len(TURNAROUND)] for bar in range(len(bar_is_loud)))
    chords = parse_progression(progression, beats_per_bar=beats_per_bar)
    kicks, snares, hats, keys = [], [], [], []
    for chord, is_loud in zip(chords, bar_is_loud, strict=True):
        velocity, octave = (1.0, 12) if is_loud else (0.7, 0)
        downbeat = chord.start_beat
        kicks.append(Note(downbeat, 0.5, velocity=velocity))
        snares += [
            Note(downbeat + place, 0.5, velocity=velocity) for place in range(1, beats_per_bar, 2)
        ]
        hats += [
            Note(downbeat + half / 2, 0.5, velocity=velocity) for half in range(2 * beats_per_bar)
        ]
        keys += [
            Note(downbeat, chord.length_beats, pitch + octave, velocity) for pitch in chord.voicing
        ]
    return (
        Part("kick", kick, tuple(kicks)),
        Part("snare", snare, tuple(snares), gain_db=-7.0),
        Part("hat", closed_hat, tuple(hats), gain_db=-16.0),
        Part("chords", glass_keys, tuple(keys), gain_db=-16.0),
    )
