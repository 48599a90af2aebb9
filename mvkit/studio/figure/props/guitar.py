"""An electric guitar on a strap.

Its frame begins in the middle of the body; the second axis runs up the neck, the third out of
the front.
"""

from __future__ import annotations

from mvkit.studio.figure.model import Material, Model
from mvkit.studio.figure.rig import Part
from mvkit.studio.figure.wardrobe import Wardrobe

__all__ = ["add_guitar"]


def add_guitar(model: Model, wear: Wardrobe) -> None:
    """Hang a guitar in the accent colour from the left shoulder."""
    part = Part.GUITAR
    lacquer = wear.accent._replace(folds=0.0, gloss=0.9, rim=0.9)
    pale = Material(0.62, 0.60, 0.54, gloss=0.5, rim=0.3)
    maple, black = Material(0.30, 0.17, 0.08, gloss=0.4), Material(0.02, 0.02, 0.022, gloss=0.6)
    model.add(part, (0, -0.115, 0), (0, -0.045, 0), (0.150, 0.022), (0.145, 0.022), lacquer)
    model.add(part, (0, -0.045, 0), (0, 0.050, 0), (0.135, 0.022), (0.105, 0.022), lacquer)
    for side in (-1.0, 1.0):  # horns
        model.add(part, (side * 0.070, 0.040, 0), (side * 0.098, 0.150 + 0.02 * side, 0),
                  (0.050, 0.020), (0.024, 0.016), lacquer)  # fmt: skip
    model.add(part, (0.01, -0.09, 0.018), (0.01, 0.04, 0.018), (0.085, 0.008), (0.06, 0.008), pale,
              blend=0.004)  # fmt: skip
    model.box(part, (0, 0.30, 0.014), (0.026, 0.30, 0.016), maple)
    model.box(part, (0, 0.30, 0.028), (0.023, 0.28, 0.005), black)
    model.box(part, (0.006, 0.655, 0.006), (0.038, 0.070, 0.010), lacquer)
    for y in (-0.085, -0.02, 0.03):  # bridge and pickups
        model.box(part, (0, y, 0.030), (0.040, 0.010, 0.008), black)
    if model.level:
        strings = Material(0.55, 0.55, 0.58, gloss=0.9, rim=0.2)
        for k in range(3):
            x = -0.014 + 0.014 * k
            model.add(
                part, (x, -0.09, 0.040), (x, 0.60, 0.036), 0.0011, 0.0011, strings, blend=0.001
            )
        for k in range(3):
            for side in (-1.0, 1.0):
                peg = (side * 0.050, 0.615 + 0.035 * k, 0.006)
                model.ball(part, peg, 0.011, wear.metal, blend=0.003)
        for x, y in ((0.085, -0.10), (0.100, -0.05)):
            model.ball(part, (x, y, 0.026), 0.013, black, blend=0.003)
    strap = Material(0.03, 0.025, 0.022, gloss=0.2)
    model.add(part, (-0.09, 0.15, -0.01), (-0.075, 0.045, 0.075), (0.022, 0.006), (0.024, 0.008),
              strap, end=Part.CHEST, blend=0.006)  # fmt: skip
    model.add(Part.CHEST, (-0.075, 0.045, 0.075), (-0.085, 0.068, -0.01), 0.022, 0.022, strap,
              blend=0.006)  # fmt: skip
    model.add(Part.CHEST, (-0.085, 0.066, -0.02), (0.12, -0.26, -0.12), (0.024, 0.02),
              (0.024, 0.02), strap, blend=0.006)  # fmt: skip
