"""Where clips are cut."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from mvkit.analysis.boundaries import clip_boundaries
from mvkit.errors import InvalidInput
from mvkit.schema import ClipBoundary, Section
from mvkit.schema.analysis import check_cover


def sections_at(edges_s: list[float], shares: list[float]) -> list[Section]:
    return [
        Section(start=start_s, end=end_s, type="verse", energy="medium", energy_share=share)
        for (start_s, end_s), share in zip(pairwise(edges_s), shares, strict=True)
    ]


def cut(
    duration_s: float,
    tempo_bpm: float = 120.0,
    *,
    first_s: float = 0.3,
    section_bars: int = 8,
    share: float = 0.7,
    **lengths_s: float,
) -> tuple[tuple[ClipBoundary, ...], np.ndarray, list[Section]]:
    """Cut an even song; return the clips, its beats and its sections."""
    beats_s = np.arange(first_s, duration_s, 60 / tempo_bpm).round(6)
    starts_s = [b for b in beats_s[:: 4 * section_bars].tolist() if 1 < b < duration_s - 1]
    edges_s = [0.0, *starts_s, duration_s]
    sections = sections_at(edges_s, [share] * (len(edges_s) - 1))
    clips = clip_boundaries(
        beats_s=beats_s.tolist(),
        downbeats_s=beats_s[::4].tolist(),
        sections=sections,
        duration_s=duration_s,
        **lengths_s,
    )
    return clips, beats_s, sections


@pytest.mark.parametrize("tempo_bpm", [60.0, 87.0, 128.0, 200.0])
@pytest.mark.parametrize("duration_s", [14.0, 15.9, 16.0, 17.7, 61.2, 185.3, 600.0])
def test_clips_cover_the_song_and_last_four_to_eight_seconds(
    duration_s: float, tempo_bpm: float
) -> None:
    """For any length and tempo: no gap, at least three clips, each of a length models can film."""
    clips, _, _ = cut(duration_s, tempo_bpm)
    check_cover("clip_boundaries", clips, until_s=duration_s)
    assert len(clips) >= 3
    assert all(4.0 - 0.002 <= clip.duration <= 8.0 + 0.002 for clip in clips)
    assert all(clip.duration == pytest.approx(clip.length_s, abs=1e-6) for clip in clips)


@pytest.mark.parametrize("duration_s", [1.0, 1.7, 3.0, 5.5, 10.0, 11.99])
def test_a_song_too_short_for_three_clips_gets_three_shorter_ones(duration_s: float) -> None:
    """Nobody gets fewer than three clips."""
    clips, _, _ = cut(duration_s)
    check_cover("clip_boundaries", clips, until_s=duration_s)
    assert len(clips) >= 3
    assert min(clip.duration for clip in clips) > duration_s / 8


@pytest.mark.parametrize("tempo_bpm", [70.0, 100.0, 140.0, 180.0])
def test_cuts_are_on_beats_mostly_on_downbeats(tempo_bpm: float) -> None:
    """Every inner edge is a beat, to the microsecond."""
    clips, beats_s, _ = cut(120.0, tempo_bpm)
    cuts_s = [clip.start for clip in clips[1:]]
    assert set(cuts_s) <= set(beats_s.tolist())
    assert np.mean([cut_s in set(beats_s[::4].tolist()) for cut_s in cuts_s]) > 0.9


@pytest.mark.parametrize("tempo_bpm", [70.0, 100.0, 140.0])
def test_every_section_starts_with_a_cut(tempo_bpm: float) -> None:
    """A new part of the song is a new picture."""
    clips, _, sections = cut(150.0, tempo_bpm)
    assert {part.start for part in sections} <= {clip.start for clip in clips}


@pytest.mark.parametrize("seed", range(4))
def test_sections_of_any_length_start_with_a_cut(seed: int) -> None:
    """None is left out, though its length is odd and no beat divides it well."""
    rng = np.random.default_rng(seed)
    duration_s = rng.uniform(60.0, 90.0)
    lengths_s = [*rng.uniform(4.0, 16.5, 3), 4.0, 8.01, 12.02]
    edges_s = [0.0, *np.cumsum(rng.permutation(lengths_s)).round(6).tolist(), duration_s]
    beats_s = np.arange(rng.uniform(0, 1), duration_s, 60 / rng.uniform(60, 200)).tolist()
    clips = clip_boundaries(
        beats_s=beats_s,
        downbeats_s=beats_s[::3],
        sections=sections_at(edges_s, rng.uniform(0.2, 1.0, 7).tolist()),
        duration_s=duration_s,
    )
    check_cover("clip_boundaries", clips, until_s=duration_s)
    assert set(edges_s[:-1]) <= {clip.start for clip in clips}
    assert all(4.0 - 0.002 <= clip.duration <= 8.0 + 0.002 for clip in clips)


def test_a_section_shorter_than_a_clip_joins_a_neighbour() -> None:
    """Only one start of it is left out, though no beat helps and the two leave hardly a choice."""
    edges_s = [0.0, 6.2, 11.21, 14.21, 19.22, 31.22]
    clips = clip_boundaries(
        beats_s=[0.0, 0.5],
        downbeats_s=[0.0],
        sections=sections_at(edges_s, [0.5] * 5),
        duration_s=31.22,
    )
    missed_s = set(edges_s[:-1]) - {clip.start for clip in clips}
    assert len(missed_s) == 1
    assert missed_s <= {11.21, 14.21}
    assert min(clip.duration for clip in clips) >= 4.0 - 0.002


@pytest.mark.parametrize("phrase_bars", [4, 8])
def test_cuts_are_where_phrases_begin(phrase_bars: int) -> None:
    """Phrases of 7 s are kept whole, though the energy asks for less; a section begins one."""
    bars_s = np.arange(0.5, 120.0, 7.0 / phrase_bars)
    section_s = float(bars_s[7 * phrase_bars + 1])
    clips = clip_boundaries(
        beats_s=np.arange(0.5, 120.0, 7.0 / phrase_bars / 4).tolist(),
        downbeats_s=bars_s.tolist(),
        sections=sections_at([0.0, section_s, 120.0], [0.76, 0.76]),
        duration_s=120.0,
        phrase_bars=phrase_bars,
    )
    phrases_s = {*np.arange(7.5, section_s - 10, 7.0), *np.arange(section_s, 113.0, 7.0)}
    assert phrases_s <= {clip.start for clip in clips}


@pytest.mark.parametrize("duration_s", [11.99, 12.0, 12.4, 13.0])
def test_a_song_of_barely_three_clips_is_cut_on_beats(duration_s: float) -> None:
    """Rather shorter clips than cuts beside the beat."""
    clips, beats_s, _ = cut(duration_s, 96.0, section_bars=99)
    assert len(clips) == 3
    assert {clip.start for clip in clips[1:]} <= set(beats_s.tolist())
    assert min(clip.duration for clip in clips) >= 2.5


def test_energy_shortens_clips() -> None:
    """A loud song is cut faster than a quiet one."""
    lengths_s = [
        np.mean([clip.duration for clip in cut(120.0, share=share)[0]]) for share in (0.95, 0.5)
    ]
    assert lengths_s[0] < 4.8 < 6.0 < lengths_s[1]


def test_without_beats_in_reach_the_song_is_cut_all_the_same() -> None:
    """A beat only at the start leaves the rest to even cuts."""
    clips = clip_boundaries(
        beats_s=[0.0, 0.5],
        downbeats_s=[0.0],
        sections=sections_at([0.0, 30.0], [0.5]),
        duration_s=30.0,
    )
    check_cover("clip_boundaries", clips, until_s=30.0)
    assert all(4.0 <= clip.duration <= 8.0 for clip in clips)


def test_other_lengths_can_be_asked_for() -> None:
    """A model that films two to five seconds gets such clips."""
    clips, _, _ = cut(60.0, min_clip_s=2.0, max_clip_s=5.0)
    assert all(2.0 - 1e-5 <= clip.duration <= 5.0 + 1e-5 for clip in clips)


@pytest.mark.parametrize(("min_s", "max_s"), [(4.0, 7.0), (0.0, 8.0), (-1.0, 8.0)])
def test_lengths_that_cannot_cover_every_song_are_refused(min_s: float, max_s: float) -> None:
    """The longest clip must be twice the shortest."""
    with pytest.raises(InvalidInput, match="cannot cover"):
        cut(60.0, min_clip_s=min_s, max_clip_s=max_s)
