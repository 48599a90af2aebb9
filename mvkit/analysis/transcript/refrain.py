"""Which lines of a song come again elsewhere in it, though models mishear them each time anew.

Heard lines are seldom the same twice: a word is another, and a line ends a word later. So a line
counts as sung again where most of its letters, three by three, are found in two neighbouring
lines elsewhere. What many lines of the song have tells less of each (inverse document frequency:
Spärck Jones, "A statistical interpretation of term specificity", J. Documentation 28, 1972). Lines
that were written down repeat exactly, which is the same rule at its end.

Contents
--------
sung_again
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from mvkit.analysis.transcript.spelling import spelt

RUN = 3
"""Letters, spaces between words among them."""
MOST_OF_IT = 0.6
"""Share of what a line's runs tell; two lines that begin alike and go on otherwise share half."""

Runs = frozenset[str]


def sung_again(texts: Sequence[str], part_of: Sequence[int]) -> list[bool]:
    """Return whether each line is sung in another part too.

    Parameters
    ----------
    texts : sequence of str
        The lines, in order.
    part_of : sequence of int
        Where each of them is sung.
    """
    runs = [_runs(text) for text in texts]
    n_lines_with = Counter(run for line in runs for run in line)
    tells = {run: math.log((1 + len(runs)) / n) for run, n in n_lines_with.items()}
    elsewhere = _neighbours(runs, part_of)
    return [
        any(_share(line, other, tells) >= MOST_OF_IT for place, other in elsewhere if place != part)
        for part, line in zip(part_of, runs, strict=True)
    ]


def _neighbours(runs: Sequence[Runs], part_of: Sequence[int]) -> list[tuple[int, Runs]]:
    """Return part and runs of each line with the next one of its part."""
    lines = list(zip(part_of, runs, strict=True))
    joined = [(a, ours | theirs) for (a, ours), (b, theirs) in pairwise(lines) if a == b]
    return lines + joined


def _share(line: Runs, other: Runs, tells: dict[str, float]) -> float:
    """Return how much of what a line's runs tell is found in another."""
    all_of_it = sum(tells[run] for run in line)
    return sum(tells[run] for run in line & other) / all_of_it if line else 0.0


def _runs(text: str) -> Runs:
    letters = f" {spelt(text)} "
    return frozenset(letters[at : at + RUN] for at in range(len(letters) - RUN + 1))
