"""What a person is made of and wears: the surfaces of skin, hair, cloth, leather and metal."""

from __future__ import annotations

from typing import NamedTuple

from mvkit.studio.colour import hex_to_linear
from mvkit.studio.figure.model import Material
from mvkit.studio.figure.sheet import FigureSheet

__all__ = ["Wardrobe", "dyed", "wardrobe"]


class Wardrobe(NamedTuple):
    """Materials of a person."""

    skin: Material
    nail: Material
    hair: Material
    cloth: Material
    legs: Material
    shoes: Material
    sole: Material
    accent: Material
    under: Material
    metal: Material


def dyed(
    colour: str,
    gain: float = 1.0,
    *,
    strands: float = 0.0,
    frequency: float = 6.0,
    folds: float = 0.0,
    gloss: float = 0.0,
    rim: float = 1.0,
    soft: float = 0.0,
) -> Material:
    """Return a material of a hex colour."""
    red, green, blue = (float(c) * gain for c in hex_to_linear(colour))
    return Material(red, green, blue, strands, frequency, folds, gloss, rim, soft)


def wardrobe(sheet: FigureSheet) -> Wardrobe:
    """Return the materials of a person."""
    in_dress = sheet.outfit == "dress"
    skin = dyed(sheet.skin, gloss=0.16, rim=0.55, soft=1.0)
    accent = dyed(sheet.accent, 0.8, folds=0.3, frequency=7.0, gloss=0.12, rim=0.7)
    dress = dyed(sheet.accent, 0.45, folds=0.35, frequency=6.0, gloss=0.15, rim=0.7)
    coat = dyed(sheet.cloth, 1.3, folds=0.30, frequency=5.0, gloss=0.10, rim=0.8)
    shirt = dyed(sheet.accent, 0.55, folds=0.28, frequency=5.0, gloss=0.05, rim=0.7)
    worn = {"dress": dress, "tee": shirt}.get(sheet.outfit, coat)
    return Wardrobe(
        skin=skin,
        nail=skin._replace(red=skin.red * 1.02, green=skin.green * 0.86, gloss=0.7, soft=0.3),
        hair=dyed(sheet.hair, 1.2, strands=0.34, frequency=17.0, folds=0.10, gloss=0.40, rim=0.9),
        cloth=worn,
        legs=skin if in_dress else dyed(sheet.trousers, 1.2, folds=0.22, frequency=4.0, rim=0.7),
        shoes=dyed("#0e0e12", gloss=0.45),
        sole=dyed("#d8d4cc" if sheet.outfit in ("hoodie", "tee") else "#050506", 0.7, gloss=0.1),
        accent=accent,
        under=shirt,
        metal=Material(0.05, 0.05, 0.055, gloss=0.9),
    )
