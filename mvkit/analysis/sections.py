"""The form of a song: which stretches it has, which of them are alike, and what they are for.

Bars are compared with each other (`similarity`), cut into stretches whose likes share a letter
(`segments`), and each gets its kind from how it sounds, how often it comes, where, and what is
sung in it (`kinds`). Silence is no music: what is before the first bar is the intro, a long pause a
breakdown, and what is after the last sound the outro.

Contents
--------
hear_sections, hear_parts
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence
from dataclasses import replace
from string import ascii_uppercase

import librosa
import numpy as np

from mvkit.analysis.kinds import HeardPart, name_parts
from mvkit.analysis.segments import cut_into_segments, group_alike
from mvkit.analysis.similarity import bar_similarity
from mvkit.analysis.sound import FloatArray
from mvkit.analysis.spectra import FRAME_RATE_HZ, MEL_RANGE_HZ, N_MELS, Spectra, mean_between
from mvkit.schema import Curves, LyricLine, Section
from mvkit.schema.analysis import SectionType
from mvkit.schema.base import Level
from mvkit.timing import tidy_s

MIN_PART_S = 4.0  # the shortest clip
LOW_BELOW, HIGH_FROM = 0.70, 0.93  # of the loudest part
MIDDLE_HZ = (200.0, 4000.0)  # where voices and what accompanies them lie
AS_LOUD = 1.0  # decibels, in the mean over the bands: hardly noticeable
QUIET = 1e-5  # of the mean power: what adds no decibels, and where it stays, is silence
SILENCE = -1  # the group of silent stretches


def hear_sections(
    spectra: Spectra,
    curves: Curves,
    *,
    downbeats_s: Sequence[float],
    duration_s: float,
    lines: Sequence[LyricLine] = (),
) -> tuple[Section, ...]:
    """Return the sections of a song; they cover it, and inner ones begin on a downbeat.

    Only silence after the last bar begins where the sound ends.

    Parameters
    ----------
    spectra, curves : Spectra, Curves
        Of the song.
    downbeats_s : sequence of float
        Ascending times in seconds, at least one.
    duration_s : float
        Length of the song.
    lines : sequence of LyricLine
        The words, if they and their times are known: they tell choruses and what is not sung.
    """
    parts = hear_parts(spectra, downbeats_s=downbeats_s, duration_s=duration_s)
    joined = _joined(_faded(list(zip(parts, _kinds(parts, lines), strict=True))))
    letters = {
        group: _letter(rank) for rank, group in enumerate(dict.fromkeys(g for _, g, _ in joined))
    }
    energy = np.array([curves.energy])
    starts_s, ends_s = (
        np.array(edge) for edge in zip(*(span for span, _, _ in joined), strict=True)
    )
    shares = mean_between(energy, starts_s, ends_s, rate_hz=curves.rate_hz)[0]
    return tuple(
        Section(
            start=span[0],
            end=span[1],
            type=kind,
            energy=_level(share, shares.max()),
            energy_share=round(min(1.0, float(share)), 3),
            label=letters[group],
        )
        for (span, group, kind), share in zip(joined, shares, strict=True)
    )


def hear_parts(
    spectra: Spectra, *, downbeats_s: Sequence[float], duration_s: float
) -> tuple[HeardPart, ...]:
    """Return the stretches of a song before they have names; see :func:`hear_sections`."""
    bars_s = np.array(downbeats_s, dtype=float)
    usual_s = float(np.median(np.diff(bars_s))) if len(bars_s) > 1 else duration_s
    similarity = bar_similarity(spectra, bars_s, min(duration_s, bars_s[-1] + usual_s))
    edges = cut_into_segments(similarity)
    groups = group_alike(similarity, edges)
    inner_s = [tidy_s(bars_s[edge]) for edge in edges[1:-1]]
    spans = _long_enough(inner_s, groups, duration_s)
    spans = _parted(spans, _silences(spectra, bars_s, usual_s, spans[-1][1]))
    spans = _halves_joined(spans, _levels(spectra, spans))
    levels = _levels(spectra, spans)
    return tuple(
        HeardPart(start_s, end_s, (end_s - start_s) / usual_s, group, tuple(own))
        for (start_s, end_s, group), own in zip(spans, levels.T.tolist(), strict=True)
    )


def _kinds(parts: Sequence[HeardPart], lines: Sequence[LyricLine]) -> list[SectionType]:
    """Return what each part is for; silence by its place, music as if there were no silence."""
    starts_s = [part.start_s for part in parts]
    silent_s = np.cumsum([part.length_s * (part.group == SILENCE) for part in parts]).tolist()
    music = [
        replace(part, start_s=part.start_s - before_s, end_s=part.end_s - before_s)
        for part, before_s in zip(parts, silent_s, strict=True)
        if part.group != SILENCE
    ]
    sung = [
        line.model_copy(update={"timestamp": max(0.0, line.timestamp - silent_s[index])})
        for line in lines
        for index in [bisect(starts_s, line.timestamp) - 1]
    ]
    named = iter(name_parts(music, sung))
    kinds: list[SectionType] = []
    for index, part in enumerate(parts):
        if part.group != SILENCE:
            kinds.append(next(named))
        elif index == 0:
            kinds.append("intro")
        else:
            kinds.append("outro" if index == len(parts) - 1 else "breakdown")
    return kinds


def _silences(
    spectra: Spectra, bars_s: FloatArray, usual_s: float, duration_s: float
) -> list[tuple[float, float]]:
    """Return start and end of what is before the first bar and of silence, if long enough.

    The edges are downbeats if any is near. Between them, and before and after, there is room for a
    part, and some music is left.
    """
    power = (spectra.mel**2).sum(axis=0)
    loud = np.flatnonzero(power >= QUIET * power.mean()) / FRAME_RATE_HZ
    sounds_s = np.concatenate([[0.0], loud, [duration_s]])
    found = [(0.0, float(bars_s[0]))]
    for index in np.flatnonzero(np.diff(sounds_s) >= MIN_PART_S):
        start_s, end_s = (_on_bar(sounds_s[at], bars_s, usual_s / 2) for at in (index, index + 1))
        before_s = found[-1][1]
        if start_s - before_s < MIN_PART_S:
            start_s = found.pop()[0]
        found.append((start_s, end_s))
    if duration_s - found[-1][1] < MIN_PART_S:
        found[-1] = (found[-1][0], duration_s)
    if found[0] == (0.0, duration_s):
        return []  # hardly a sound anywhere
    return [(start_s, end_s) for start_s, end_s in found if end_s - start_s >= MIN_PART_S]


def _on_bar(time_s: float, bars_s: FloatArray, reach_s: float) -> float:
    """Return the nearest downbeat within reach, else the time itself."""
    nearest_s = float(bars_s[np.abs(bars_s - time_s).argmin()])
    return tidy_s(nearest_s if abs(nearest_s - time_s) <= reach_s else time_s)


def _parted(
    spans: Sequence[tuple[float, float, int]], silences: Sequence[tuple[float, float]]
) -> list[tuple[float, float, int]]:
    """Return start, end and group of each part, silence taken out of the music around it."""
    duration_s = spans[-1][1]
    starts = [(start_s, group) for start_s, _, group in spans]
    for silent_s, again_s in silences:
        resumed = [group for start_s, group in starts if start_s < again_s + MIN_PART_S][-1]
        starts = [
            *((start_s, group) for start_s, group in starts if start_s <= silent_s - MIN_PART_S),
            (silent_s, SILENCE),
            *([(again_s, resumed)] if again_s < duration_s else []),
            *((start_s, group) for start_s, group in starts if start_s >= again_s + MIN_PART_S),
        ]
    ends_s = [*(start_s for start_s, _ in starts[1:]), duration_s]
    return [(start_s, end_s, group) for (start_s, group), end_s in zip(starts, ends_s, strict=True)]


def _halves_joined(
    spans: Sequence[tuple[float, float, int]], levels: FloatArray
) -> list[tuple[float, float, int]]:
    """Join neighbours that are alike and as loud: two halves of one part."""
    joined = [spans[0]]
    apart = np.abs(np.diff(levels, axis=1)).mean(axis=0)
    for span, difference in zip(spans[1:], apart, strict=True):
        start_s, _, group = joined[-1]
        if span[2] == group and difference < AS_LOUD:
            joined[-1] = (start_s, span[1], group)
        else:
            joined.append(span)
    return joined


def _levels(spectra: Spectra, spans: Sequence[tuple[float, float, int]]) -> FloatArray:
    """Return what a `HeardPart` has as its levels, shape (5, n_parts)."""
    mel_hz = librosa.mel_frequencies(N_MELS + 2, fmin=MEL_RANGE_HZ[0], fmax=MEL_RANGE_HZ[1])[1:-1]
    band = np.digitize(mel_hz, MIDDLE_HZ)
    power = spectra.mel**2
    bands = np.array([power.sum(axis=0), *(power[band == b].sum(axis=0) for b in range(3))])
    starts_s, ends_s = (np.array(edge) for edge in zip(*(span[:2] for span in spans), strict=True))
    means = mean_between(bands, starts_s, ends_s)
    decibels = 10 * np.log10(means + QUIET * means[0].mean() + 1e-12)
    middle = np.log(spectra.mel[band == 1] + 1e-3 * spectra.mel.mean() + 1e-9)
    motion = np.abs(np.diff(middle, axis=1, prepend=middle[:, :1])).mean(axis=0)[None]
    return np.concatenate([decibels, 10 * mean_between(motion, starts_s, ends_s)])


def _long_enough(
    inner_s: Sequence[float], groups: Sequence[int], duration_s: float
) -> list[tuple[float, float, int]]:
    """Return start, end and group of each part, leaving none shorter than ``MIN_PART_S``.

    A part that is too short goes to the one before it, the first to the one after it.
    """
    kept = [(0.0, groups[0])]
    for start_s, group in zip(inner_s, groups[1:], strict=True):
        if start_s - kept[-1][0] >= MIN_PART_S:
            kept.append((start_s, group))
        elif len(kept) == 1:
            kept = [(0.0, group)]
    while len(kept) > 1 and duration_s - kept[-1][0] < MIN_PART_S:
        kept.pop()
    ends_s = [*(start_s for start_s, _ in kept[1:]), duration_s]
    return [
        (start_s, tidy_s(end_s), group)
        for (start_s, group), end_s in zip(kept, ends_s, strict=True)
    ]


def _faded(
    named: Sequence[tuple[HeardPart, SectionType]],
) -> list[tuple[HeardPart, SectionType]]:
    """Count the silence after a longer outro to it: that is how it ends."""
    if len(named) < 2:
        return list(named)
    *others, (before, kind), (last, last_kind) = named
    if last.group == SILENCE and kind == last_kind and last.length_s < before.length_s:
        last = replace(last, group=before.group)
    return [*others, (before, kind), (last, last_kind)]


def _joined(
    named: Sequence[tuple[HeardPart, SectionType]],
) -> list[tuple[tuple[float, float], int, SectionType]]:
    """Return span, group and kind, neighbours of one group and kind joined."""
    joined: list[tuple[tuple[float, float], int, SectionType]] = []
    for part, kind in named:
        if joined and joined[-1][1:] == (part.group, kind):
            joined[-1] = ((joined[-1][0][0], part.end_s), part.group, kind)
        else:
            joined.append(((part.start_s, part.end_s), part.group, kind))
    return joined


def _letter(group: int) -> str:
    """Return A, B, ... Z, A1, B1, ..."""
    turn, place = divmod(group, len(ascii_uppercase))
    return ascii_uppercase[place] + (str(turn) if turn else "")


def _level(energy_share: float, loudest: float) -> Level:
    if energy_share < LOW_BELOW * loudest:
        return "low"
    return "high" if energy_share >= HIGH_FROM * loudest else "medium"
