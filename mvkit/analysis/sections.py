"""The form of a song: intro, verses, choruses, bridge, outro.

Bars are compared with each other, cut into stretches, and alike stretches get one letter. What
each part is for is told by rules from its energy, how often it comes, and where: a chorus comes
again, is louder than the rest and comes later; a verse comes before it; what comes only once and
late is a bridge.

Contents
--------
hear_sections
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from string import ascii_uppercase

import numpy as np

from mvkit.analysis.segments import cut_into_segments, group_alike
from mvkit.analysis.similarity import bar_similarity
from mvkit.analysis.sound import FloatArray
from mvkit.analysis.spectra import Spectra
from mvkit.schema import Curves, Section
from mvkit.schema.analysis import SectionType
from mvkit.schema.base import Level
from mvkit.timing import tidy_s

EDGE_SHARE = 0.25  # an intro ends in the first quarter, an outro begins in the last
QUIETER_BY = 0.06  # of the loudest moments: an edge this much below the median is one
MIN_PART_S = 4.0  # the shortest clip
MIN_CORE_SHARE = 0.08  # of the song that a chorus or verse takes, all times together
BRIDGE_FROM = 0.35  # of the song: what comes once before is a verse
LOW_BELOW, HIGH_FROM = 0.70, 0.93  # of the loudest part


@dataclass(frozen=True)
class _Part:
    """A stretch of the song before it has a name."""

    start_s: float
    end_s: float
    group: int
    energy_share: float

    @property
    def length_s(self) -> float:
        return self.end_s - self.start_s


def hear_sections(
    spectra: Spectra, curves: Curves, *, downbeats_s: Sequence[float], duration_s: float
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
    """
    starts_s = np.array(downbeats_s, dtype=float)
    usual_s = float(np.median(np.diff(starts_s))) if len(starts_s) > 1 else duration_s
    similarity = bar_similarity(spectra, starts_s, min(duration_s, starts_s[-1] + usual_s))
    edges = cut_into_segments(similarity)
    groups = group_alike(similarity, edges)
    inner_s = [tidy_s(starts_s[edge]) for edge in edges[1:-1]]
    energy = np.array(curves.energy)
    parts = [
        _Part(start_s, end_s, group, _mean_energy(energy, curves.rate_hz, start_s, end_s))
        for start_s, end_s, group in _long_enough(inner_s, groups, duration_s)
    ]
    named = zip(parts, _name(parts, duration_s), strict=True)
    loudest = max(part.energy_share for part in parts)
    return tuple(_section(part, kind, loudest) for part, kind in _joined(list(named)))


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


def _mean_energy(energy: FloatArray, rate_hz: float, start_s: float, end_s: float) -> float:
    first = min(round(start_s * rate_hz), len(energy) - 1)
    return round(float(energy[first : max(round(end_s * rate_hz), first + 1)].mean()), 3)


def _name(parts: Sequence[_Part], duration_s: float) -> list[SectionType]:
    """Return what each part is."""
    edges = _edges(parts, duration_s)
    inner = [part for index, part in enumerate(parts) if index not in edges]
    chorus, verse = _core_groups(inner, duration_s)
    count = Counter(part.group for part in parts)

    def name(part: _Part) -> SectionType:
        if part.group == chorus:
            return "chorus"
        comes_once_late = count[part.group] == 1 and part.start_s > BRIDGE_FROM * duration_s
        return "bridge" if comes_once_late and part.group != verse else "verse"

    return [edges.get(index) or name(part) for index, part in enumerate(parts)]


def _edges(parts: Sequence[_Part], duration_s: float) -> dict[int, SectionType]:
    """Return which parts are intro and outro: short ones at the ends that come once or are quiet.

    A song of one or two parts has none.
    """
    if len(parts) < 3:
        return {}
    count = Counter(part.group for part in parts)
    usual = float(np.median([part.energy_share for part in parts]))

    def stands_apart(part: _Part) -> bool:
        return count[part.group] == 1 or part.energy_share < usual - QUIETER_BY

    edges: dict[int, SectionType] = {}
    if stands_apart(parts[0]) and parts[0].end_s < EDGE_SHARE * duration_s:
        edges[0] = "intro"
    if stands_apart(parts[-1]) and parts[-1].start_s > (1 - EDGE_SHARE) * duration_s:
        edges[len(parts) - 1] = "outro"
    return edges


def _core_groups(inner: Sequence[_Part], duration_s: float) -> tuple[int | None, int | None]:
    """Return the groups of chorus and verse; music that is all alike has only a verse.

    They are looked for among the groups that come again, or among all if fewer than two do.
    """
    count = Counter(part.group for part in inner)
    if len(count) == 1:
        return None, inner[0].group
    total_s = {g: sum(part.length_s for part in inner if part.group == g) for g in count}
    again = [g for g in count if count[g] >= 2 and total_s[g] > MIN_CORE_SHARE * duration_s]
    core = again if len(again) >= 2 else list(count)
    energy = {g: _weighted(inner, g, [part.energy_share for part in inner]) for g in core}
    middles = [(part.start_s + part.end_s) / 2 / duration_s for part in inner]
    place = {g: _weighted(inner, g, middles) for g in core}
    mean, spread = float(np.mean(list(energy.values()))), float(np.std(list(energy.values())))
    chorus = max(
        core,
        key=lambda g: (
            (energy[g] - mean) / (spread + 1e-6) + 0.4 * min(3, count[g]) + 1.2 * place[g]
        ),
    )
    others = [g for g in core if g != chorus]
    verse = max(others, key=lambda g: count[g] * total_s[g] / duration_s - place[g])
    return chorus, verse


def _weighted(parts: Sequence[_Part], group: int, values: Sequence[float]) -> float:
    """Return the mean of a value over a group's parts, by their length."""
    chosen = [
        (value, p.length_s) for value, p in zip(values, parts, strict=True) if p.group == group
    ]
    return sum(v * s for v, s in chosen) / sum(s for _, s in chosen)


def _joined(named: list[tuple[_Part, SectionType]]) -> list[tuple[_Part, SectionType]]:
    """Join neighbours of one group and name."""
    joined = [named[0]]
    for part, kind in named[1:]:
        before, kind_before = joined[-1]
        if kind == kind_before and part.group == before.group:
            share = (before.energy_share * before.length_s + part.energy_share * part.length_s) / (
                part.end_s - before.start_s
            )
            joined[-1] = _Part(before.start_s, part.end_s, part.group, round(share, 3)), kind
        else:
            joined.append((part, kind))
    return joined


def _section(part: _Part, kind: SectionType, loudest: float) -> Section:
    return Section(
        start=part.start_s,
        end=part.end_s,
        type=kind,
        energy=_level(part.energy_share, loudest),
        energy_share=min(1.0, part.energy_share),
        label=_letter(part.group),
    )


def _letter(group: int) -> str:
    """Return A, B, ... Z, A1, B1, ..."""
    turn, place = divmod(group, len(ascii_uppercase))
    return ascii_uppercase[place] + (str(turn) if turn else "")


def _level(energy_share: float, loudest: float) -> Level:
    if energy_share < LOW_BELOW * loudest:
        return "low"
    return "high" if energy_share >= HIGH_FROM * loudest else "medium"
