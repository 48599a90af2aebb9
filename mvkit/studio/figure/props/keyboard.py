"""A keyboard on a stand of crossed legs."""

from __future__ import annotations

from mvkit.studio.figure.model import Material, Model
from mvkit.studio.figure.pose.playing import KEYS_M
from mvkit.studio.figure.rig import Part
from mvkit.studio.figure.wardrobe import Wardrobe

__all__ = ["add_keyboard"]

_HALF_M = 0.52
_OCTAVE = (0.5, 1.5, 3.5, 4.5, 5.5)  # black keys by white ones


def add_keyboard(model: Model, wear: Wardrobe) -> None:
    """Add keyboard and stand; level 2 shows single keys."""
    part, (_, y, z) = Part.STAGE, KEYS_M
    case = Material(0.025, 0.025, 0.030, gloss=0.6)
    ivory = Material(0.70, 0.69, 0.66, gloss=0.4, rim=0.3)
    model.box(part, (0, y - 0.045, z + 0.13), (_HALF_M + 0.02, 0.040, 0.15), case)
    model.box(part, (0, y - 0.004, z + 0.055), (_HALF_M - 0.01, 0.010, 0.065), ivory)
    model.box(part, (0, y + 0.008, z + 0.205), (_HALF_M + 0.01, 0.018, 0.075), case)
    model.box(part, (0, y + 0.024, z + 0.16), (_HALF_M - 0.05, 0.006, 0.012), wear.accent)
    if model.level:
        _add_keys(model, y, z)
    for side in (-1.0, 1.0):
        for lean in (-1.0, 1.0):
            top = (side * 0.34, y - 0.08, z + 0.13 + 0.13 * lean)
            foot = (side * 0.34, 0.02, z + 0.13 - 0.24 * lean)
            model.add(part, top, foot, 0.016, 0.016, wear.metal, blend=0.004)
    model.add(part, (-0.34, 0.40, z + 0.13), (0.34, 0.40, z + 0.13), 0.013, 0.013, wear.metal)


def _add_keys(model: Model, y: float, z: float) -> None:
    black = Material(0.012, 0.012, 0.014, gloss=0.7)
    key_m = 2 * (_HALF_M - 0.01) / 28
    for octave in range(4):
        for place in _OCTAVE:
            x = -_HALF_M + 0.01 + (7 * octave + place + 0.5) * key_m
            model.box(
                Part.STAGE, (x, y + 0.010, z + 0.080), (0.007, 0.010, 0.040), black, blend=0.002
            )
