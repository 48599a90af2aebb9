"""The character sheet: everything that makes one person recognisable in every shot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeVar

__all__ = ["HAIR_STYLES", "OUTFITS", "FigureSheet"]

HAIR_STYLES = ("long", "bob", "ponytail", "bun", "short")
OUTFITS = ("coat", "dress", "jacket")

_HAIR = ("#17100f", "#2a1710", "#4a2a1a", "#6d4426", "#1b1b28", "#8a5a2c", "#3a1518")
_SKIN = ("#f0c8a8", "#e0ac88", "#c98f68", "#a8704c", "#80502f", "#5c3822")
_CLOTH = ("#1b1e2b", "#262028", "#2a1a20", "#182420", "#30261c", "#2b2f3d")

Choice = TypeVar("Choice")


@dataclass(frozen=True)
class FigureSheet:
    """A person: proportions, hair, clothes, colours.

    Parameters
    ----------
    hair_style
        One of `HAIR_STYLES`.
    outfit
        One of `OUTFITS`: a long belted coat, a knee-length dress, or jacket and trousers.
    hair, skin, cloth, accent
        Hex colours; the accent is worn as scarf, belt or jacket and covers the umbrella.
    height_m
        Height in metres.
    build
        0 slender with narrow shoulders, 1 broad.
    umbrella
        Whether the person carries one when walking or standing.
    """

    hair_style: str = "long"
    outfit: str = "coat"
    hair: str = "#17100f"
    skin: str = "#e0ac88"
    cloth: str = "#1b1e2b"
    accent: str = "#ff4d6d"
    height_m: float = 1.72
    build: float = 0.2
    umbrella: bool = False

    @classmethod
    def from_seed(
        cls, seed: int, *, accent: str = "#ff4d6d", umbrella: bool = False
    ) -> FigureSheet:
        """Invent a person; the same seed and accent give the same person.

        Parameters
        ----------
        seed
            Any whole number.
        accent
            Hex colour by which the person stands out, usually from the plan's palette.
        umbrella
            Whether the person carries an umbrella.
        """
        random = Random(seed)
        hair_style = _one_of(random, HAIR_STYLES)
        build = random.random()
        return cls(
            hair_style=hair_style,
            outfit=_one_of(random, OUTFITS if build < 0.6 else ("coat", "jacket")),
            hair=_one_of(random, _HAIR),
            skin=_one_of(random, _SKIN),
            cloth=_one_of(random, _CLOTH),
            accent=accent,
            height_m=1.64 + 0.08 * random.random() + 0.10 * build,
            build=build,
            umbrella=umbrella,
        )


def _one_of(random: Random, choices: Sequence[Choice]) -> Choice:
    return choices[int(random.random() * len(choices))]
