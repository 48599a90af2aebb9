"""What is worn at the neck: scarf, collar and lapels, hood."""

from __future__ import annotations

from mvkit.studio.figure.model import Material, Model, mirrored
from mvkit.studio.figure.rig import Part
from mvkit.studio.figure.sheet import FigureSheet
from mvkit.studio.figure.wardrobe import Wardrobe

__all__ = ["add_neckwear"]


def add_neckwear(
    model: Model, sheet: FigureSheet, wear: Wardrobe, ribs: tuple[float, float]
) -> None:
    """Wear the accent colour at the neck: a scarf, an open shirt, or a hood's lining."""
    if sheet.outfit == "coat":
        _add_scarf(model, wear.accent, ribs[1])
        _add_buttons(model, ribs[1])
    elif sheet.outfit == "jacket":
        _add_lapels(model, wear, ribs[1], 0.010 * sheet.is_man)
    elif sheet.outfit == "hoodie":
        _add_hood(model, wear)
    elif sheet.outfit == "tee":
        model.add(Part.NECK, (0, -0.014, -0.010), (0, -0.058, 0.006), (0.064, 0.058),
                  (0.088, 0.074), wear.cloth, hem=2, blend=0.012)  # fmt: skip


def _add_scarf(model: Model, wool: Material, depth_m: float) -> None:
    upper, lower = (0, 0.036, 0.004), (0, -0.012, 0.006)
    model.add(Part.NECK, upper, lower, (0.060, 0.058), (0.072, 0.066), wool, blend=0.01)
    model.add(Part.NECK, (-0.05, 0.004, 0.036), (0.05, -0.020, 0.038), 0.034, 0.038, wool,
              blend=0.03)  # fmt: skip
    knot, fold = (0.040, -0.022, 0.056), (0.050, -0.07, depth_m + 0.002)
    model.add(Part.NECK, knot, fold, (0.028, 0.022), (0.034, 0.014), wool, end=Part.CHEST)
    model.add(Part.CHEST, fold, (0.044, -0.225, depth_m + 0.010), (0.034, 0.014), (0.039, 0.012),
              wool, hem=1)  # fmt: skip


def _add_buttons(model: Model, depth_m: float) -> None:
    if model.level == 0:
        return
    brass = Material(0.32, 0.24, 0.12, gloss=0.9, rim=0.2)
    for y, inward in ((-0.13, 0.0), (-0.22, 0.006)):
        for side in (0, 1):
            place = mirrored((0.045, y, depth_m - 0.006 - inward), side)
            model.ball(Part.CHEST, place, 0.0095, brass, blend=0.003)


def _add_lapels(model: Model, wear: Wardrobe, depth_m: float, more: float) -> None:
    """Open a jacket over a shirt in the accent colour; ``more`` widens it for a stronger neck."""
    collar_up, collar_low = (0, 0.016, -0.026), (0, -0.030, -0.016)
    shirt = wear.under
    ring_up, ring_low = (0.053 + more, 0.053 + more), (0.064 + more, 0.064 + more)
    model.add(Part.NECK, (0, 0.000, 0.004), (0, -0.075, 0.022), ring_up, ring_low, shirt, hem=2,
              blend=0.01)  # fmt: skip
    model.add(Part.CHEST, (0, 0.050, 0.054), (0, -0.10, depth_m - 0.002), (0.048, 0.024),
              (0.030, 0.020), shirt, blend=0.012)  # fmt: skip
    model.add(Part.CHEST, (0, -0.10, depth_m - 0.002), (0, -0.185, depth_m - 0.004), (0.030, 0.020),
              (0.008, 0.014), shirt, blend=0.012)  # fmt: skip
    model.add(Part.NECK, collar_up, collar_low, (0.064, 0.058), (0.074, 0.064), wear.cloth,
              blend=0.01)  # fmt: skip
    if model.level:
        for side in (0, 1):
            top = mirrored((0.056, 0.052, 0.040), side)
            notch = mirrored((0.058, -0.050, depth_m - 0.006), side)
            low = mirrored((0.014, -0.200, depth_m + 0.010), side)
            model.add(Part.CHEST, top, notch, (0.015, 0.009), (0.024, 0.007), wear.cloth,
                      blend=0.006)  # fmt: skip
            model.add(Part.CHEST, notch, low, (0.024, 0.007), (0.008, 0.005), wear.cloth,
                      blend=0.006)  # fmt: skip


def _add_hood(model: Model, wear: Wardrobe) -> None:
    model.add(Part.NECK, (0, 0.012, 0.012), (0, -0.020, 0.014), (0.062, 0.058), (0.070, 0.062),
              wear.under, blend=0.008)  # fmt: skip
    model.add(Part.NECK, (-0.055, 0.012, -0.060), (0.055, 0.012, -0.060), 0.050, 0.050, wear.cloth,
              blend=0.03)  # fmt: skip
    for side in (0, 1):
        back, front = mirrored((0.060, 0.010, -0.040), side), mirrored((0.034, -0.030, 0.060), side)
        model.add(Part.NECK, back, front, 0.036, 0.026, wear.cloth, blend=0.02)
        if model.level:
            top, end = mirrored((0.022, -0.030, 0.094), side), mirrored((0.028, -0.14, 0.122), side)
            model.add(Part.NECK, top, end, 0.0045, 0.0045, wear.accent, blend=0.003)
