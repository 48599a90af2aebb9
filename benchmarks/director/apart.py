"""How far two films are from each other.

Contents
--------
framed_alike, colours_apart, worlds_shared, paces_apart
"""

from __future__ import annotations

from functools import lru_cache
from statistics import mean

from benchmarks.director.measures import FilmMeasures
from mvkit.grading import palette_distance


def framed_alike(one: FilmMeasures, other: FilmMeasures, *, shifted: bool = False) -> float:
    """Return how often two films have the same size, angle and move at a time, 0-1.

    With one film shifted by half its length against the other: how often they have by chance.
    """
    half = len(one.framings) // 2 if shifted else 0
    moved = (*other.framings[half:], *other.framings[:half])
    return mean(a == b for a, b in zip(one.framings, moved, strict=True))


def colours_apart(one: FilmMeasures, other: FilmMeasures) -> float:
    pairs = zip(one.palettes, other.palettes, strict=True)
    return mean(_distance(a, b) for a, b in pairs)


_distance = lru_cache(maxsize=50_000)(palette_distance)


def worlds_shared(one: FilmMeasures, other: FilmMeasures) -> float:
    """Return how much of their time two films spend in the same worlds, 0-1."""
    return sum(min(share, other.worlds.get(world, 0.0)) for world, share in one.worlds.items())


def paces_apart(one: FilmMeasures, other: FilmMeasures) -> float:
    """Return how much longer the shots of one film are than those of the other."""
    paces_s = sorted(mean(film.lengths.lengths_s) for film in (one, other))
    return paces_s[1] / paces_s[0] - 1
