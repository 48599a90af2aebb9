"""A drum kit on the ground before the person, and the stool on which they sit."""

from __future__ import annotations

from mvkit.studio.figure.drawing import KINDS
from mvkit.studio.figure.model import Decal, Material, Model, Point
from mvkit.studio.figure.pose.playing import CRASH_M, HAT_M, SNARE_M, STOOL_M
from mvkit.studio.figure.props.handheld import add_stick
from mvkit.studio.figure.rig import Part
from mvkit.studio.figure.wardrobe import Wardrobe

__all__ = ["add_drums"]

_HEAD = Material(0.62, 0.61, 0.58, gloss=0.15, rim=0.4)
_BRASS = Material(0.42, 0.30, 0.10, strands=0.10, frequency=40.0, gloss=0.9, rim=0.8)


def add_drums(model: Model, wear: Wardrobe) -> None:
    """Add kick, snare, tom, floor tom, hi-hat, two cymbals, stool and sticks."""
    shell = wear.accent._replace(folds=0.0, gloss=0.8)
    part = Part.STAGE
    # The kick lies: its axis runs ahead.
    model.add(part, (0.12, 0.27, 0.98), (0.12, 0.27, 0.62), 0.25, 0.25, shell, hem=2, blend=0.01)
    model.add(part, (0.12, 0.27, 1.00), (0.12, 0.27, 0.97), 0.255, 0.255, wear.metal, hem=2,
              blend=0.004)  # fmt: skip
    front = wear.metal._replace(red=0.03, green=0.03, blue=0.034, gloss=0.3)
    _plate(model, (0.12, 0.27, 1.002), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), 0.232, front)
    _plate(model, (0.12, 0.27, 1.006), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), 0.105, shell)
    _drum(model, wear, shell, SNARE_M, 0.17, 0.14)
    _drum(model, wear, shell, (0.10, 0.80, 0.72), 0.15, 0.20)
    _drum(model, wear, shell, (0.50, 0.62, 0.42), 0.20, 0.36)
    _cymbal(model, wear, HAT_M, 0.175)
    _cymbal(model, wear, (HAT_M[0], HAT_M[1] - 0.028, HAT_M[2]), 0.175, stand=False)
    _cymbal(model, wear, CRASH_M, 0.22)
    _cymbal(model, wear, (-0.40, 1.16, 0.82), 0.20)
    seat = (0, STOOL_M, -0.02)
    model.add(part, seat, (0, STOOL_M - 0.07, -0.02), 0.17, 0.16, wear.metal, hem=2, blend=0.02)
    model.add(part, (0, STOOL_M - 0.07, -0.02), (0, 0.05, -0.02), 0.022, 0.022, wear.metal)
    _tripod(model, wear, (0, 0.2, -0.02), 0.22)
    for side in (0, 1):
        add_stick(model, side)


def _drum(
    model: Model, wear: Wardrobe, shell: Material, top: Point, radius_m: float, depth_m: float
) -> None:
    x, y, z = top
    part = Part.STAGE
    model.add(part, (x, y - 0.006, z), (x, y - depth_m, z), radius_m, radius_m, shell, hem=2,
              blend=0.004)  # fmt: skip
    hoop = radius_m + 0.007
    for at in (y, y - depth_m + 0.018):
        model.add(part, (x, at, z), (x, at - 0.018, z), hoop, hoop, wear.metal, hem=2, blend=0.003)
    _plate(model, (x, y + 0.002, z), (1.0, 0.0, 0.0), (0.0, 0.0, 1.0), radius_m, _HEAD)
    if y - depth_m > 0.3:
        model.add(part, (x, y - depth_m, z), (x, 0.06, z), 0.012, 0.012, wear.metal)
        _tripod(model, wear, (x, 0.2, z), 0.18)


def _cymbal(
    model: Model, wear: Wardrobe, middle: Point, radius_m: float, *, stand: bool = True
) -> None:
    x, y, z = middle
    model.add(Part.STAGE, (x, y + 0.004, z), (x, y - 0.008, z), 0.9 * radius_m, radius_m, _BRASS,
              hem=2, blend=0.003)  # fmt: skip
    _plate(model, (x, y + 0.003, z), (1.0, 0.0, 0.0), (0.0, 0.0, 1.0), radius_m, _BRASS)
    model.ball(Part.STAGE, (x, y - 0.006, z), 0.026, _BRASS, blend=0.006)
    if stand:
        model.add(
            Part.STAGE, (x, y + 0.035, z), (x, 0.05, z), 0.009, 0.013, wear.metal, blend=0.003
        )
        _tripod(model, wear, (x, 0.24, z), 0.2)


def _tripod(model: Model, wear: Wardrobe, top: Point, reach_m: float) -> None:
    if model.level == 0:
        return
    x, y, z = top
    for dx, dz in ((0.0, -1.0), (0.87, 0.5), (-0.87, 0.5)):
        foot = (x + reach_m * dx, 0.012, z + reach_m * dz)
        model.add(Part.STAGE, (x, y, z), foot, 0.009, 0.009, wear.metal, blend=0.003)


def _plate(
    model: Model, middle: Point, right: Point, up: Point, radius_m: float, look: Material
) -> None:
    """Close an end with a round plate."""
    numbers = (look.gloss, look.strands, 0.0, 0.0)
    colour = (look.red, look.green, look.blue)
    reach = (radius_m, radius_m)
    kind = KINDS["disc"]
    model.decals.append(Decal(kind, Part.STAGE, middle, right, up, reach, numbers, colour))
