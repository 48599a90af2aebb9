"""The character sheet: everything that makes one person recognisable in every shot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeVar

__all__ = ["BEARDS", "GLASSES", "HAIR_STYLES", "HATS", "OUTFITS", "SHAPES", "FigureSheet"]

HAIR_STYLES = ("long", "bob", "ponytail", "bun", "short", "curly", "braids", "swept", "shaved")
OUTFITS = ("coat", "dress", "jacket", "hoodie", "tee")
HATS = ("none", "cap", "beanie", "wide hat")
GLASSES = ("none", "round", "square", "shades")
BEARDS = ("none", "stubble", "full")
SHAPES = ("woman", "man")

_INVENTED_HAIR = ("long", "bob", "ponytail", "bun", "short")
_INVENTED_OUTFITS = ("coat", "dress", "jacket")
_HAIR = ("#17100f", "#2a1710", "#4a2a1a", "#6d4426", "#1b1b28", "#8a5a2c", "#3a1518")
_SKIN = ("#f0c8a8", "#e0ac88", "#c98f68", "#a8704c", "#80502f", "#5c3822")
_CLOTH = ("#1b1e2b", "#262028", "#2a1a20", "#182420", "#30261c", "#2b2f3d")
_EYES = ("#4a2c18", "#6b4423", "#5d6b3a", "#4a7391", "#39607a", "#2f2016")
_TROUSERS = ("#14151c", "#1c2a44", "#2b2622", "#20262b")

Choice = TypeVar("Choice")


@dataclass(frozen=True)
class FigureSheet:
    """A person: proportions, hair, clothes, colours.

    Parameters
    ----------
    hair_style
        One of `HAIR_STYLES`.
    outfit
        One of `OUTFITS`: a long belted coat, a knee-length dress, or trousers with a jacket, a
        hoodie or a T-shirt.
    hair, skin, cloth, accent
        Hex colours; the accent is worn as scarf, belt, shirt or dress and covers the umbrella.
    height_m
        Height in metres.
    build
        0 slender with narrow shoulders, 1 broad.
    umbrella
        Whether the person carries one when walking or standing.
    shape
        One of `SHAPES`, or "" for the one that suits the build.
    hat, glasses, beard
        One of `HATS`, `GLASSES` and `BEARDS`.
    eyes, trousers
        Hex colours.
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
    shape: str = ""
    hat: str = "none"
    glasses: str = "none"
    beard: str = "none"
    eyes: str = "#4a2c18"
    trousers: str = "#14151c"

    @property
    def is_man(self) -> bool:
        """Whether the body is a man's."""
        return self.shape == "man" if self.shape in SHAPES else self.build >= 0.6

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
        hair_style = _one_of(random, _INVENTED_HAIR)
        build = random.random()
        is_man = build >= 0.6
        return cls(
            hair_style=hair_style,
            outfit=_one_of(random, ("coat", "jacket") if is_man else _INVENTED_OUTFITS),
            hair=_one_of(random, _HAIR),
            skin=_one_of(random, _SKIN),
            cloth=_one_of(random, _CLOTH),
            accent=accent,
            height_m=1.64 + 0.08 * random.random() + 0.10 * build,
            build=build,
            umbrella=umbrella,
            shape="man" if is_man else "woman",
            hat=_one_of(random, ("none", "none", "none", *HATS[1:])),
            glasses=_one_of(random, ("none", "none", "none", "none", *GLASSES[1:])),
            beard=_one_of(random, BEARDS) if is_man else "none",
            eyes=_one_of(random, _EYES),
            trousers=_one_of(random, _TROUSERS),
        )


def _one_of(random: Random, choices: Sequence[Choice]) -> Choice:
    return choices[int(random.random() * len(choices))]
