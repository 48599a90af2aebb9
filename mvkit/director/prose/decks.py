"""Phrases by turns.

Contents
--------
Decks
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field


@dataclass
class Decks:
    """Shuffled decks, one for each set of phrases."""

    rng: random.Random
    _decks: dict[tuple[str, ...], list[str]] = field(default_factory=dict)

    def draw(self, phrases: tuple[str, ...]) -> str:
        """Return the next phrase; a new deck never starts with the last.

        Of no phrases, it is empty.
        """
        if not phrases:
            return ""
        deck = self._decks.get(phrases, [])
        if len(deck) < 2:
            rest = [phrase for phrase in phrases if phrase not in deck]
            self.rng.shuffle(rest)
            deck = deck + rest
        self._decks[phrases] = deck[1:]
        return deck[0]
