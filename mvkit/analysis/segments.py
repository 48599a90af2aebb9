"""Cutting a song into stretches of bars that belong together, and which of them are alike.

The cut is the best by dynamic programming: a stretch is good if neighbouring bars in it are
alike (block matching on the self-similarity matrix after Marmoret, Cohen and Bimbot, "Barwise
music structure analysis with the correlation block-matching segmentation algorithm", TISMIR 6,
2023), if it comes again elsewhere, if something new begins after it (the checkerboard kernel of
Foote, "Automatic audio segmentation using a measure of audio novelty", ICME 2000), and if it has
the length that musicians like.

Contents
--------
cut_into_segments, group_alike
"""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from mvkit.analysis.sound import FloatArray

MAX_BARS = 36
NEIGHBOUR_BARS = 14  # how far from the diagonal bars of a stretch are compared
NOVELTY_WEIGHT, REPETITION_WEIGHT, LENGTH_WEIGHT = 0.4, 1.5, 0.3
SHORT_BARS, SHORT_COST = 8, 0.25
NOVELTY_KERNELS = ((8, 1.0), (4, 0.6))  # bars on each side, weight
ALIKE = 0.60  # mean similarity along the best diagonal from which two stretches are one letter


def cut_into_segments(similarity: FloatArray) -> list[int]:
    """Return the edges of the stretches, from 0 to the number of bars.

    Parameters
    ----------
    similarity : ndarray, shape (n_bars, n_bars)
        Of any two bars, -1 to 1.
    """
    n_bars = len(similarity)
    alike = np.clip(similarity, 0.0, 1.0)
    longest = min(MAX_BARS, n_bars)
    coherence, repetition = _coherence(alike, longest), _repetition(alike, longest)
    unit = coherence[min(8, n_bars)].max() or 1.0
    n_played = np.arange(longest + 1)[:, None]
    gain = (
        coherence
        + unit * 0.5 * REPETITION_WEIGHT * repetition * np.minimum(n_played, 8) / 8
        - unit * np.array([_length_cost(n) for n in range(longest + 1)])[:, None]
    )
    novelty = unit * NOVELTY_WEIGHT * _novelty(similarity)
    best = np.full(n_bars + 1, -np.inf)
    best[0] = 0.0
    came_from = np.zeros(n_bars + 1, dtype=np.intp)
    for end in range(1, n_bars + 1):
        starts = np.arange(max(0, end - longest), end)
        through = best[starts] + gain[end - starts, starts]
        came_from[end] = starts[through.argmax()]
        best[end] = through.max() + (novelty[end] if end < n_bars else 0.0)
    edges = [n_bars]
    while edges[-1] > 0:
        edges.append(int(came_from[edges[-1]]))
    return edges[::-1]


def group_alike(similarity: FloatArray, edges: list[int]) -> list[int]:
    """Return a group number for each stretch: alike ones share it, numbered as they first come.

    Stretches are joined by average linkage.
    """
    spans = list(pairwise(edges))
    likeness = np.eye(len(spans))
    for one, other in combinations(range(len(spans)), 2):
        likeness[one, other] = _best_diagonal(similarity[slice(*spans[one]), slice(*spans[other])])
        likeness[other, one] = likeness[one, other]
    groups = [[index] for index in range(len(spans))]
    while len(groups) > 1:
        joined = {
            (one, other): float(likeness[np.ix_(groups[one], groups[other])].mean())
            for one, other in combinations(range(len(groups)), 2)
        }
        (one, other), best = max(joined.items(), key=lambda item: item[1])
        if best < ALIKE:
            break
        groups[one] += groups.pop(other)
    group_of = {index: number for number, group in enumerate(groups) for index in group}
    in_order = [group_of[index] for index in range(len(spans))]
    rank = {number: rank for rank, number in enumerate(dict.fromkeys(in_order))}
    return [rank[number] for number in in_order]


def _coherence(alike: FloatArray, longest: int) -> FloatArray:
    """Return how alike near bars of each stretch are, by its length and first bar."""
    n_bars = len(alike)
    total = np.zeros((longest + 1, n_bars))
    for apart in range(1, min(NEIGHBOUR_BARS, n_bars - 1) + 1):
        along = np.concatenate([[0.0], np.cumsum(np.diagonal(alike, apart))])
        for n_played in range(apart + 1, longest + 1):
            n_starts = n_bars - n_played + 1
            n_pairs = n_played - apart
            total[n_played, :n_starts] += along[n_pairs : n_pairs + n_starts] - along[:n_starts]
    return 2 * total / np.maximum(1, np.arange(longest + 1))[:, None]


def _repetition(alike: FloatArray, longest: int) -> FloatArray:
    """Return how alike each stretch is to its best repetition, by its length and first bar."""
    n_bars = len(alike)
    along = np.zeros((n_bars, n_bars + 1))
    for lag in range(n_bars):
        along[lag, 1 : n_bars - lag + 1] = np.cumsum(np.diagonal(alike, lag))
    best = np.zeros((longest + 1, n_bars))
    for n_played in range(3, longest + 1):
        for lag in range(n_played, n_bars - n_played + 1):
            n_starts = n_bars - lag - n_played + 1
            mean = (along[lag, n_played : n_played + n_starts] - along[lag, :n_starts]) / n_played
            row = best[n_played]
            row[:n_starts] = np.maximum(row[:n_starts], mean)
            row[lag : lag + n_starts] = np.maximum(row[lag : lag + n_starts], mean)
    return best


def _length_cost(n_played: int) -> float:
    """Return what a stretch of so many bars costs: 8 or 16 are best, fewer than 8 cost."""
    if n_played in (8, 16):
        cost = 0.0
    elif n_played % 4 == 0:
        cost = 0.1
    else:
        cost = 0.3 if n_played % 2 == 0 else 0.5
    return LENGTH_WEIGHT * cost + (SHORT_COST if n_played < SHORT_BARS else 0.0)


def _novelty(similarity: FloatArray) -> FloatArray:
    """Return how new each bar is against those before it, 0-1, shape (n_bars + 1,)."""
    novelty = np.zeros(len(similarity) + 1)
    for n_side, weight in NOVELTY_KERNELS:
        side = np.arange(-n_side, n_side) + 0.5
        bell = np.exp(-0.5 * np.add.outer(side**2, side**2) / (n_side / 2) ** 2)
        kernel = bell * np.outer(np.sign(side), np.sign(side))
        padded = np.pad(similarity, n_side, mode="edge")
        squares = sliding_window_view(padded, kernel.shape)
        found = np.maximum(0.0, np.einsum("iijk,jk->i", squares, kernel))
        novelty += weight * found / (found.max() + 1e-9)
    share: FloatArray = novelty / (novelty.max() + 1e-9)
    return share


def _best_diagonal(block: FloatArray) -> float:
    """Return the highest mean along a diagonal that covers most of the shorter stretch."""
    n_rows, n_columns = block.shape
    shorter = min(n_rows, n_columns)
    least = max(1, round(0.6 * shorter))
    return max(
        float(np.diagonal(block, offset).mean())
        for offset in range(-n_rows + least, n_columns - least + 1)
    )
