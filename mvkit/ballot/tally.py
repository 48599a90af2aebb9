"""What was preferred to what, and how sure that is.

A preference is a share of those answers that prefer one of the two, with Wilson's interval of 95 %
(E. B. Wilson, "Probable inference, the law of succession, and statistical inference", 1927), and
the chance that a fair coin does as well or better for either of them (exact binomial, two-sided).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from scipy.stats import binomtest

from mvkit.schema.vote import Vote

CONFIDENCE = 0.95
CHANCE = "seed"
"""Films that differ in this alone differ by chance: nobody can prefer one number to another."""
NOTHING = "-"
"""What a film has that knows nothing of a topic."""


@dataclass(frozen=True)
class Count:
    """How often the first of two was preferred, and how often the second."""

    n_first: int
    n_second: int

    @property
    def n(self) -> int:
        """How often either of them was."""
        return self.n_first + self.n_second

    @property
    def share(self) -> float | None:
        """Share that prefers the first, 0-1; None where nobody prefers either."""
        return self.n_first / self.n if self.n else None

    @property
    def interval(self) -> tuple[float, float]:
        """Between which shares the truth lies, but for one time in twenty."""
        if not self.n:
            return 0.0, 1.0
        found = binomtest(self.n_first, self.n).proportion_ci(CONFIDENCE, method="wilson")
        return float(found.low), float(found.high)

    @property
    def p(self) -> float:
        """How often chance alone makes as large a difference, 0-1."""
        return float(binomtest(self.n_first, self.n).pvalue) if self.n else 1.0


@dataclass(frozen=True)
class Comparison:
    """Two values of one thing that films differ in.

    Attributes
    ----------
    topic : str
        The thing: ``video``, ``plan.pace``, ``knowledge``.
    first, second : str
        Its values.
    count : Count
        How often a film with either was preferred to the same film with the other.
    n_neither : int
        How often neither was.
    """

    topic: str
    first: str
    second: str
    count: Count
    n_neither: int


@dataclass(frozen=True)
class Tally:
    """All answers together.

    Attributes
    ----------
    comparisons : tuple of Comparison
        Of films that differ in one thing, which is no seed; those with most answers first.
    n_by_chance : int
        Answers on films that differ in their seed alone.
    n_mixed : int
        Answers on films that differ in several things, which tell of none of them.
    sides : Count
        How often the left film was preferred, and the right one: whoever answers by the pictures
        prefers either equally often.
    """

    comparisons: tuple[Comparison, ...]
    n_by_chance: int
    n_mixed: int
    sides: Count


def tally(votes: Iterable[Vote]) -> Tally:
    """Return what answers say together."""
    votes = tuple(votes)
    telling = [vote for vote in votes if len(vote.topics) == 1 and vote.topics != (CHANCE,)]
    answers: dict[tuple[str, str, str], Counter[str]] = {}
    for vote in telling:
        left, right = _values(vote)
        topic, pair = vote.topics[0], sorted((left, right))
        chosen = {"left": left, "right": right, "neither": ""}[vote.preferred]
        answers.setdefault((topic, pair[0], pair[1]), Counter())[chosen] += 1
    comparisons = [
        Comparison(topic, first, second, Count(counts[first], counts[second]), counts[""])
        for (topic, first, second), counts in answers.items()
    ]
    sides = Counter(vote.preferred for vote in votes)
    return Tally(
        comparisons=tuple(sorted(comparisons, key=lambda one: -(one.count.n + one.n_neither))),
        n_by_chance=sum(vote.topics == (CHANCE,) for vote in votes),
        n_mixed=sum(len(vote.topics) > 1 for vote in votes),
        sides=Count(sides["left"], sides["right"]),
    )


def _values(vote: Vote) -> tuple[str, str]:
    (topic,) = vote.topics
    return vote.left.made.get(topic, NOTHING), vote.right.made.get(topic, NOTHING)
