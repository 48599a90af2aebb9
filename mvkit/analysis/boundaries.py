"""Where the film's clips begin and end.

Clips cover the song. Every section starts with a cut, unless that would make a clip too short or
too long; further cuts belong where a phrase begins, else on a downbeat, else on a beat. A clip
lasts 4 to 8 s by default, shorter where the music has more energy. Among all ways to cut, the
cheapest is found by dynamic programming: each cut costs by what it lies on, each clip by how far
it is from the length its energy asks for, and a section start left without a cut costs more than
all of these together.

Contents
--------
clip_boundaries
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from mvkit.analysis.sound import FloatArray
from mvkit.errors import InvalidInput
from mvkit.schema import MIN_CLIPS, ClipBoundary, Section
from mvkit.timing import tidy_s

SECTION_COST, PHRASE_COST, DOWNBEAT_COST, BEAT_COST, ANYWHERE_COST = 0.0, 0.1, 1.2, 5.0, 25.0
MISSED_SECTION_COST = 1e6  # above whatever cuts and lengths cost in the longest song
ENERGY_RANGE = (0.4, 1.0)  # energy share that asks for the longest and for the shortest clip
LENGTH_COST = 4.0  # for a clip that is wrong by the whole range of lengths
JOINED_SECTIONS = 3  # so many are cut evenly together where one is shorter than a clip may be
TIGHT_CLIP_SHARE = 0.45  # shortest clip of a short song, as a share of a third of it, at least
SLACK_S = 2e-3  # far below a frame: four bars of 2 s may add up to a little over 8 s


def clip_boundaries(
    *,
    beats_s: Sequence[float],
    downbeats_s: Sequence[float],
    sections: Sequence[Section],
    duration_s: float,
    phrase_bars: int = 4,
    min_clip_s: float = 4.0,
    max_clip_s: float = 8.0,
) -> tuple[ClipBoundary, ...]:
    """Return the clips of a song, at least three.

    Parameters
    ----------
    beats_s, downbeats_s : sequence of float
        Ascending times in seconds.
    sections : sequence of Section
        They cover the song.
    duration_s : float
        Length of the song.
    phrase_bars : int
        After how many bars, from its section's start, a phrase begins.
    min_clip_s, max_clip_s : float
        Range of a clip's length; the longer at least twice the shorter, so that any song can be
        covered. A song too short for three clips between beats gets shorter ones.

    Raises
    ------
    InvalidInput
        If no clips of these lengths can cover every song.
    """
    if not 0 < min_clip_s <= max_clip_s / 2:
        raise InvalidInput(
            f"Clips of {min_clip_s} to {max_clip_s} s cannot cover every song; "
            "expected the longest to be at least twice the shortest."
        )
    beat_s, bar_s = _median_step_s(beats_s), _median_step_s(downbeats_s)
    n_inner = MIN_CLIPS - 1
    if duration_s < MIN_CLIPS * min_clip_s + n_inner * beat_s:
        room = max(TIGHT_CLIP_SHARE, 1 - n_inner * bar_s / duration_s)  # for cuts on downbeats
        min_clip_s = min(min_clip_s, room * duration_s / MIN_CLIPS)
        max_clip_s = max(max_clip_s, duration_s)
    points = _CutPoints(
        sections,
        [
            (ANYWHERE_COST, np.arange(0.0, duration_s, min_clip_s / 8).tolist()),
            (ANYWHERE_COST, _even_cuts(sections, min_clip_s, max_clip_s)),
            (BEAT_COST, beats_s),
            (DOWNBEAT_COST, downbeats_s),
            (PHRASE_COST, _phrase_starts(downbeats_s, sections, phrase_bars)),
        ],
        duration_s,
    )
    edges_s = _cheapest_cuts(points, min_clip_s=min_clip_s, max_clip_s=max_clip_s)
    return tuple(
        ClipBoundary(start=start_s, end=end_s, duration=tidy_s(end_s - start_s))
        for start_s, end_s in pairwise(edges_s)
    )


def _median_step_s(times_s: Sequence[float]) -> float:
    return float(np.median(np.diff(times_s))) if len(times_s) > 1 else 0.0


def _phrase_starts(
    downbeats_s: Sequence[float], sections: Sequence[Section], phrase_bars: int
) -> list[float]:
    """Return the downbeats that begin a phrase, counted from the first in their section."""
    starts_s: list[float] = []
    for section in sections:
        own_s = [time_s for time_s in downbeats_s if section.start <= time_s < section.end]
        starts_s += own_s[::phrase_bars]
    return starts_s


def _even_cuts(
    sections: Sequence[Section], min_clip_s: float, max_clip_s: float
) -> Iterator[float]:
    """Yield where a few sections could be cut evenly into clips of a middling length.

    They see to it that whatever can be cut is cut, also where no beat is in reach.
    """
    for index, first in enumerate(sections):
        for last in sections[index : index + JOINED_SECTIONS]:
            span_s = last.end - first.start
            fewest, most = math.ceil(span_s / max_clip_s), math.floor(span_s / min_clip_s)
            n_clips = max(fewest, min(most, round(2 * span_s / (min_clip_s + max_clip_s))))
            yield from (first.start + span_s * clip / n_clips for clip in range(1, n_clips))


class _CutPoints:
    """Where may be cut, what it costs there, and what lies between.

    Attributes
    ----------
    times_s, costs : ndarray, shape (n,)
        Ascending times from 0 to the song's end, and what a cut costs at each.
    """

    def __init__(
        self,
        sections: Sequence[Section],
        priced: Iterable[tuple[float, Iterable[float]]],
        duration_s: float,
    ) -> None:
        """Take the cost of cuts at given times, the dearest first."""
        self._starts_s = np.array([section.start for section in sections[1:]])
        self._section_edges_s = np.array([0.0, *self._starts_s, duration_s])
        shares = np.array([section.energy_share for section in sections])
        self._energy_s = np.concatenate([[0.0], np.cumsum(shares * np.diff(self._section_edges_s))])
        cost_at: dict[float, float] = {}
        section_edges = (SECTION_COST, self._section_edges_s.tolist())
        for cost, times_s in (*priced, section_edges):
            cost_at |= {tidy_s(time_s): cost for time_s in times_s if 0 <= time_s <= duration_s}
        self.times_s: FloatArray = np.array(sorted(cost_at))
        self.costs: FloatArray = np.array([cost_at[time_s] for time_s in self.times_s.tolist()])

    def mean_energy(self, starts_s: FloatArray, end_s: float) -> FloatArray:
        """Return the mean energy share from each start to one end."""
        until = np.interp(end_s, self._section_edges_s, self._energy_s)
        before = np.interp(starts_s, self._section_edges_s, self._energy_s)
        mean: FloatArray = (until - before) / (end_s - starts_s)
        return mean

    def n_sections_missed(self, starts_s: FloatArray, end_s: float) -> FloatArray:
        """Return how many sections begin strictly between each start and one end."""
        until = np.searchsorted(self._starts_s, end_s, side="left")
        before = np.searchsorted(self._starts_s, starts_s, side="right")
        n_missed: FloatArray = np.maximum(0, until - before).astype(float)
        return n_missed


def _cheapest_cuts(points: _CutPoints, *, min_clip_s: float, max_clip_s: float) -> list[float]:
    """Return the edges of the cheapest clips, by dynamic programming over (clips so far, point).

    Clips are counted up to ``MIN_CLIPS``; the last row stands for that many or more.
    """
    times_s = points.times_s
    cost = np.full((MIN_CLIPS + 1, len(times_s)), np.inf)
    cost[0, 0] = 0.0
    came_from = np.zeros((MIN_CLIPS + 1, len(times_s), 2), dtype=np.intp)
    for here, end_s in enumerate(times_s.tolist()):
        first = int(np.searchsorted(times_s, end_s - max_clip_s - SLACK_S))
        last = int(np.searchsorted(times_s, end_s - min_clip_s + SLACK_S))
        if first >= last:
            continue
        starts_s = times_s[first:last]
        energy = np.interp(points.mean_energy(starts_s, end_s), ENERGY_RANGE, (0.0, 1.0))
        asked_s = max_clip_s - energy * (max_clip_s - min_clip_s)
        wrong = (end_s - starts_s - asked_s) / (max_clip_s - min_clip_s)
        clip_cost = LENGTH_COST * wrong**2 + points.costs[here]
        clip_cost += MISSED_SECTION_COST * points.n_sections_missed(starts_s, end_s)
        for n_before in range(MIN_CLIPS + 1):
            n_clips = min(n_before + 1, MIN_CLIPS)
            through = cost[n_before, first:last] + clip_cost
            cheapest = int(through.argmin())
            if through[cheapest] < cost[n_clips, here]:
                cost[n_clips, here] = through[cheapest]
                came_from[n_clips, here] = n_before, first + cheapest
    return _trace(times_s, came_from)


def _trace(times_s: FloatArray, came_from: NDArray[np.intp]) -> list[float]:
    """Follow the table back from the song's end."""
    n_clips, here = MIN_CLIPS, len(times_s) - 1
    edges_s = [float(times_s[here])]
    while here > 0:
        n_clips, here = came_from[n_clips, here].tolist()
        edges_s.append(float(times_s[here]))
    return edges_s[::-1]
