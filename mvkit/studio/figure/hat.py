"""Hats."""

from __future__ import annotations

from mvkit.studio.figure.model import Model, mirrored
from mvkit.studio.figure.rig import Part
from mvkit.studio.figure.sheet import FigureSheet
from mvkit.studio.figure.wardrobe import Wardrobe, dyed

__all__ = ["add_hat"]


def add_hat(model: Model, sheet: FigureSheet, wear: Wardrobe) -> None:
    """Add the hat of a person, if they wear one."""
    if sheet.hat == "cap":
        _add_cap(model, wear)
    elif sheet.hat == "beanie":
        _add_beanie(model, wear)
    elif sheet.hat == "wide hat":
        _add_wide_hat(model, wear)


def _add_cap(model: Model, wear: Wardrobe) -> None:
    cloth = wear.accent._replace(folds=0.06, gloss=0.1)
    head = Part.HEAD
    model.add(head, (0, 0.074, -0.022), (0, 0.052, -0.020), (0.083, 0.092), (0.092, 0.104), cloth,
              hem=1, blend=0.02)  # fmt: skip
    for half, y, z in ((0.074, 0.060, 0.070), (0.072, 0.057, 0.086), (0.064, 0.053, 0.102),
                       (0.052, 0.048, 0.117), (0.036, 0.043, 0.130)):  # fmt: skip
        for side in (0, 1):
            corner = mirrored((half, y - 0.010, z - 0.012), side)
            model.add(head, (0, y, z), corner, 0.0105, 0.0085, cloth, blend=0.02)
    model.ball(head, (0, 0.164, -0.022), 0.009, cloth, blend=0.004)


def _add_beanie(model: Model, wear: Wardrobe) -> None:
    wool = wear.accent._replace(strands=0.22, frequency=34.0, folds=0.5, gloss=0.0)
    head = Part.HEAD
    model.add(head, (0, 0.086, -0.034), (0, 0.040, -0.024), (0.080, 0.088), (0.091, 0.102), wool,
              hem=1, blend=0.02)  # fmt: skip
    model.add(head, (0, 0.072, -0.018), (0, 0.036, -0.018), (0.092, 0.105), (0.095, 0.108), wool,
              hem=2, blend=0.006)  # fmt: skip


def _add_wide_hat(model: Model, wear: Wardrobe) -> None:
    felt = dyed("#1a1614", 1.6, gloss=0.05, folds=0.05)
    head = Part.HEAD
    model.add(head, (0, 0.150, -0.024), (0, 0.058, -0.022), (0.066, 0.078), (0.088, 0.100), felt,
              hem=2, blend=0.02)  # fmt: skip
    model.add(head, (0, 0.086, -0.022), (0, 0.062, -0.022), (0.090, 0.102), (0.092, 0.104),
              wear.accent, hem=2, blend=0.006)  # fmt: skip
    model.add(head, (0, 0.066, -0.022), (0, 0.052, -0.022), (0.185, 0.190), (0.190, 0.195), felt,
              hem=2, blend=0.006)  # fmt: skip
