"""When the picture changes: edges of clips, and cuts inside them.

Cuts lie on beats. Where exactly is found by dynamic programming over the beats of a clip: every
shot pays for being longer or shorter than the knowledge wishes (squared logarithm of the ratio),
every cut earns by what the rules say of its beat, and no shot may be shorter than
:func:`shortest_shot_s`.

Contents
--------
clip_edges_s, Cutting, cut_take, shot_spans, shortest_shot_s
"""

from __future__ import annotations

import math
import random
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise

from mvkit.director.facts import Facts
from mvkit.director.grid import Grid
from mvkit.director.knowledge import Knowledge
from mvkit.director.rules import DECISIONS, Measure, chances, favouring, measure
from mvkit.director.treatment import Take
from mvkit.schema import Analysis
from mvkit.timing import nearest

MAX_SHIFT_S = 2.0
"""A clip's edge stays this close to where the analysis put it (product document, module 3)."""
MIN_CLIP_S = 2.5
MAX_CLIP_S = 9.0
MIN_SHOT_S = 0.8
MIN_SHOT_BEATS = 1.9
"""A shot lasts two beats at least; a little less, since beats of played music are uneven."""
DEFAULT_SHOT_S = 3.0
CLIP_SPREAD = 0.18
SHOT_SPREAD = 0.3
"""Standard deviations of the logarithm of wished lengths, from clip to clip and from shot to shot:
the seed's say in it. Shots of one clip share the first, for lengths of neighbouring shots
correlate (1/f; Cutting et al.)."""
MISFIT_COST = 4.0
"""What a shot pays for being e times too long or too short, in the logarithm of chances."""
CUTS = DECISIONS["cut"]
SMALLEST = 1e-6


def clip_edges_s(analysis: Analysis) -> tuple[float, ...]:
    """Return where clips start and end: the analysis's boundaries, drawn to section starts.

    An edge moves only onto the beat of a section start, only within 2 s, and only where the
    clips on both sides keep a length that can be filmed.

    Returns
    -------
    tuple of float
        Seconds, ascending, from 0 to the song's end; one more than clips.
    """
    edges_s = [0.0, *(boundary.end for boundary in analysis.clip_boundaries)]
    edges_s[-1] = analysis.duration
    for section in analysis.song_structure[1:]:
        target_s = nearest(section.start, analysis.beat_timestamps)
        inner = range(1, len(edges_s) - 1)
        closest = min(inner, key=lambda i: abs(edges_s[i] - target_s), default=0)
        if closest and _may_move(analysis, edges_s, closest, target_s):
            edges_s[closest] = target_s
    return tuple(edges_s)


def _may_move(analysis: Analysis, edges_s: list[float], index: int, target_s: float) -> bool:
    planned_s = analysis.clip_boundaries[index - 1].end
    before_s, after_s = target_s - edges_s[index - 1], edges_s[index + 1] - target_s
    return abs(target_s - planned_s) <= MAX_SHIFT_S and all(
        MIN_CLIP_S <= length_s <= MAX_CLIP_S for length_s in (before_s, after_s)
    )


def shortest_shot_s(tempo_bpm: float) -> float:
    """Return how long a shot lasts at least, in seconds: 0.8 s and two beats."""
    return max(MIN_SHOT_S, MIN_SHOT_BEATS * 60.0 / tempo_bpm)


@dataclass(frozen=True)
class Cutting:
    """The shots of a clip as (start, end) in seconds, and the rules that set their pace."""

    spans: tuple[tuple[float, float], ...]
    rules: tuple[str, ...]


def cut_take(
    take: Take, grid: Grid, *, knowledge: Knowledge, pace: float, rng: random.Random
) -> Cutting:
    """Cut a clip into shots as long as the rules wish.

    Parameters
    ----------
    take : Take
        The clip.
    grid : Grid
        The song's beats, on which cuts lie.
    knowledge : Knowledge
        The rules.
    pace : float
        Above 1 cuts faster.
    rng : random.Random
        Where the dice come from.
    """
    scale = math.exp(rng.gauss(0.0, CLIP_SPREAD)) / pace
    passage = take.passage

    def asked(time_s: float) -> Measure:
        enters = take.arrival and time_s == passage.start_s
        facts = replace(take.facts, progress=passage.progress_at(time_s), arrival=enters)
        return measure(knowledge.about("shot_s"), "shot_s", facts, default=DEFAULT_SHOT_S)

    def wished_s(time_s: float) -> float:
        return scale * math.exp(rng.gauss(0.0, SHOT_SPREAD)) * asked(time_s).value

    def on_beat(time_s: float) -> Facts:
        return grid.on_beat(replace(take.facts, progress=passage.progress_at(time_s)), time_s)

    def gain(time_s: float) -> float:
        here, later = chances(knowledge.about("cut"), "cut", CUTS, on_beat(time_s)).values()
        return math.log(max(here, SMALLEST) / max(later, SMALLEST))

    spans = shot_spans(grid.analysis, passage.start_s, passage.end_s, wished_s=wished_s, gain=gain)
    paced = (rule for start_s, _ in spans for rule in asked(start_s).rules)
    cut = (
        rule
        for start_s, _ in spans[1:]
        for rule in favouring(knowledge.about("cut"), "cut", "here", on_beat(start_s))
    )
    return Cutting(spans, tuple(dict.fromkeys((*paced, *cut))))


def shot_spans(
    analysis: Analysis,
    start_s: float,
    end_s: float,
    *,
    wished_s: Callable[[float], float],
    gain: Callable[[float], float],
) -> tuple[tuple[float, float], ...]:
    """Cut a clip into shots, on beats.

    Parameters
    ----------
    analysis : Analysis
        The song.
    start_s, end_s : float
        The clip, in seconds.
    wished_s : callable
        Given a time in seconds, how long a shot that starts there wishes to be, in seconds.
    gain : callable
        Given the time of a beat in seconds, what a cut on it is worth.

    Returns
    -------
    tuple of (float, float)
        Start and end of each shot; they cover the clip.
    """
    beats_s = analysis.beat_timestamps
    inner_s = beats_s[bisect_right(beats_s, start_s) : bisect_left(beats_s, end_s)]
    points_s = [start_s, *inner_s, end_s]
    gains = [0.0, *map(gain, inner_s), 0.0]
    wishes_s = [wished_s(point_s) for point_s in points_s]
    shortest_s = shortest_shot_s(analysis.bpm)

    last = len(points_s) - 1
    costs = [0.0] + [math.inf] * last
    came_from = [0] * (last + 1)
    for to in range(1, last + 1):
        for start in range(to):
            length_s = points_s[to] - points_s[start]
            if length_s < shortest_s and (start, to) != (0, last):
                continue
            misfit = math.log(length_s / wishes_s[start])
            cost = costs[start] + MISFIT_COST * misfit**2 - gains[to]
            if cost < costs[to]:
                costs[to], came_from[to] = cost, start
    return tuple(pairwise(points_s[i] for i in _path(came_from, last)))


def _path(came_from: list[int], last: int) -> list[int]:
    path = [last]
    while path[-1] > 0:
        path.append(came_from[path[-1]])
    return path[::-1]
