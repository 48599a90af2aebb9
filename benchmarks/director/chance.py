"""What cuts would reach that fall anywhere: the level beside which a share means something.

Contents
--------
Share, is_near, n_near, covered_share, met_by_chance
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Share:
    """So many of so many; how many random ones would be; and how many cuts on random beats."""

    n: float
    of: int
    by_chance: float
    on_any_beat: float = math.nan

    def __add__(self, other: Share) -> Share:
        return Share(
            n=self.n + other.n,
            of=self.of + other.of,
            by_chance=self.by_chance + other.by_chance,
            on_any_beat=self.on_any_beat + other.on_any_beat,
        )

    @property
    def found(self) -> float:
        """The share, 0-1; 1 of nothing."""
        return self.n / self.of if self.of else 1.0

    @property
    def chance(self) -> float:
        """What random times would reach, 0-1."""
        return self.by_chance / self.of if self.of else 1.0

    @property
    def chance_on_beats(self) -> float:
        """What random beats would reach, 0-1; not a number where that is not asked."""
        return self.on_any_beat / self.of if self.of else math.nan


def is_near(time_s: float, marks_s: Sequence[float], *, within_s: float) -> bool:
    """Tell whether a time lies so close to one of some ascending times."""
    at = bisect_left(marks_s, time_s - within_s)
    return at < len(marks_s) and marks_s[at] <= time_s + within_s


def n_near(times_s: Iterable[float], marks_s: Sequence[float], *, within_s: float) -> int:
    """Return how many times lie so close to one of some ascending times."""
    return sum(is_near(time_s, marks_s, within_s=within_s) for time_s in times_s)


def covered_share(marks_s: Iterable[float], *, within_s: float, duration_s: float) -> float:
    """Return the share of a song's time that lies so close to ascending times.

    It is the chance of a cut that falls anywhere in the song.
    """
    covered_s = end_s = 0.0
    for mark_s in marks_s:
        start_s = max(mark_s - within_s, end_s)
        end_s = max(min(mark_s + within_s, duration_s), end_s)
        covered_s += max(end_s - start_s, 0.0)
    return covered_s / duration_s


def met_by_chance(n_cuts: int, *, within_s: float, duration_s: float) -> float:
    """Return how likely one of so many cuts, falling anywhere, comes so close to a given time."""
    return 1.0 - (1.0 - min(2 * within_s / duration_s, 1.0)) ** n_cuts
