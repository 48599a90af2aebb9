"""The form of a song: which stretches it has, which of them are alike, and what they are for.

Bars are compared with each other (`similarity`), cut into stretches whose likes share a letter
(`segments`), and each gets its kind from how it sounds, how often it comes, where, and what is
sung in it (`kinds`).

Contents
--------
hear_sections, hear_parts
"""

from __future__ import annotations

from collections.abc import Sequence
from string import ascii_uppercase

import librosa
import numpy as np

from mvkit.analysis.kinds import HeardPart, name_parts
from mvkit.analysis.segments import cut_into_segments, group_alike
from mvkit.analysis.similarity import bar_similarity
from mvkit.analysis.sound import FloatArray
from mvkit.analysis.spectra import MEL_RANGE_HZ, N_MELS, Spectra, mean_between
from mvkit.schema import Curves, LyricLine, Section
from mvkit.schema.analysis import SectionType
from mvkit.schema.base import Level
from mvkit.timing import tidy_s

MIN_PART_S = 4.0  # the shortest clip
LOW_BELOW, HIGH_FROM = 0.70, 0.93  # of the loudest part
MIDDLE_HZ = (200.0, 4000.0)  # where voices and what accompanies them lie
AS_LOUD = 1.0  # decibels, in the mean over the bands: hardly noticeable
QUIET = 1e-5  # of the mean power: what adds no decibels


def hear_sections(
    spectra: Spectra,
    curves: Curves,
    *,
    downbeats_s: Sequence[float],
    duration_s: float,
    lines: Sequence[LyricLine] = (),
) -> tuple[Section, ...]:
    """Return the sections of a song; they cover it, and inner ones begin on a downbeat.

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
    joined = _joined(list(zip(parts, name_parts(parts, lines), strict=True)))
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
            label=_letter(group),
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
    spans = _halves_joined(spans, _levels(spectra, spans))
    levels = _levels(spectra, spans)
    return tuple(
        HeardPart(start_s, end_s, (end_s - start_s) / usual_s, group, tuple(own))
        for (start_s, end_s, group), own in zip(spans, levels.T.tolist(), strict=True)
    )


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
