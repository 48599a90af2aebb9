"""Dice that fall the same for the same film, step by step.

Each step of planning throws dice of its own, so that a change in one leaves the others as they
were. They depend on the seed and on the words of the wish that were understood: the same words in
another sentence make the same film, another wish another one.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from mvkit.director.wish import Wish


@dataclass(frozen=True)
class Dice:
    """The dice of a film."""

    seed: str

    @classmethod
    def for_film(cls, seed: int, wish: Wish) -> Dice:
        """Return the dice of a seed and a wish, as its words were understood."""
        return cls(f"{seed} {sorted(wish.understood.items())}")

    def seed_of(self, step: str) -> str:
        """Return what the dice of a step are seeded with."""
        return f"{self.seed} {step}"

    def of(self, step: str) -> random.Random:
        """Return the dice of a step."""
        return random.Random(self.seed_of(step))
