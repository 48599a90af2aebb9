"""Hands: a palm, four fingers of three bones, a thumb; closed or opened as the pose says."""

from __future__ import annotations

from math import cos, sin
from typing import NamedTuple

from mvkit.studio.figure.model import Material, Model, Point
from mvkit.studio.figure.rig import Part
from mvkit.studio.figure.wardrobe import Wardrobe

__all__ = ["GRIPS", "add_hand"]


class Grip(NamedTuple):
    """How a hand is held.

    ``curl`` bends the three joints of the middle finger (rad), ``more`` bends each further finger
    to the little one more, ``splay`` fans them out; ``thumb`` is where its middle joint and its
    tip are.
    """

    curl: tuple[float, float, float]
    more: float
    splay: float
    thumb: tuple[Point, Point]


GRIPS = {
    "relaxed": Grip((0.38, 0.50, 0.28), 0.10, 0.03, ((0.046, 0.060, 0.020), (0.041, 0.090, 0.034))),
    "open": Grip((0.02, 0.14, 0.08), 0.06, 0.12, ((0.058, 0.052, 0.012), (0.074, 0.080, 0.016))),
    "flat": Grip((0.0, 0.04, 0.03), 0.0, 0.01, ((0.044, 0.064, 0.006), (0.038, 0.094, 0.008))),
    "keys": Grip((0.12, 0.62, 0.45), 0.02, 0.08, ((0.056, 0.054, 0.022), (0.060, 0.084, 0.034))),
    "fret": Grip((0.70, 1.00, 0.65), -0.08, 0.04, ((0.040, 0.066, 0.030), (0.014, 0.086, 0.046))),
    "loose fist": Grip(
        (0.95, 1.15, 0.55), 0.05, 0.0, ((0.044, 0.066, 0.030), (0.026, 0.086, 0.048))
    ),
    "fist": Grip((1.35, 1.50, 0.90), 0.0, 0.0, ((0.040, 0.066, 0.036), (0.012, 0.082, 0.050))),
    "grip": Grip((1.20, 1.30, 0.80), 0.0, 0.0, ((0.042, 0.070, 0.036), (0.020, 0.096, 0.046))),
}
"""Shape of a hand -> how it is made."""

# Index to little finger: knuckle across and along the hand, length, thickness.
_FINGERS = (
    (0.0275, 0.086, 0.074, 0.0096),
    (0.0090, 0.090, 0.082, 0.0100),
    (-0.0095, 0.086, 0.076, 0.0095),
    (-0.0265, 0.078, 0.060, 0.0084),
)
_BONES = (0.47, 0.30, 0.23)


def add_hand(model: Model, wear: Wardrobe, side: int, grip: str) -> None:
    """Add a hand.

    Parameters
    ----------
    model
        To which it is added; at level 0 the fingers are one.
    wear
        Its skin.
    side
        0 left, 1 right.
    grip
        Key of `GRIPS`.
    """
    part, skin = Part.HAND + side, wear.skin
    shape = GRIPS[grip]
    model.add(part, (0, -0.012, 0), (0, 0.030, 0), (0.024, 0.020), (0.031, 0.018), skin)
    model.add(part, (0.002, 0.024, 0), (0, 0.064, 0.001), (0.031, 0.018), (0.038, 0.0135), skin,
              blend=0.012)  # fmt: skip
    if model.level == 0:
        bones = _bones((0.0, 0.080, 0.083, 0.01), shape, 1.0)
        model.add(part, bones[0], bones[1], (0.036, 0.012), (0.034, 0.011), skin)
        model.add(part, bones[1], bones[3], (0.034, 0.011), (0.024, 0.009), skin)
        model.add(part, (0.024, 0.030, 0.006), shape.thumb[1], 0.014, 0.009, skin)
        return
    for index, finger in enumerate(_FINGERS):
        _add_finger(model, part, wear, _bones(finger, shape, index - 1.0), finger[3])
    middle, tip = shape.thumb
    model.add(part, (0.020, 0.018, 0.006), middle, 0.0165, 0.0120, skin, blend=0.016)
    model.add(part, middle, tip, 0.0120, 0.0082, skin, blend=0.006)
    if model.level == 2:
        _add_nail(model, part, wear.nail, middle, tip, 0.0075)


def _bones(finger: tuple[float, float, float, float], shape: Grip, place: float) -> list[Point]:
    """Return knuckle, two joints and tip of a finger, bent into the palm."""
    x, y, length, _ = finger
    z, bend = 0.0, 0.0
    points = [(x, y, z)]
    lean = -shape.splay * place
    for share, curl in zip(_BONES, shape.curl, strict=True):
        bend += curl * (1.0 + shape.more * place)
        step = share * length
        x, y = x + step * cos(bend) * sin(lean), y + step * cos(bend) * cos(lean)
        z += step * sin(bend)
        points.append((x, y, z))
    return points


def _add_finger(
    model: Model, part: int, wear: Wardrobe, bones: list[Point], radius_m: float
) -> None:
    knuckle, first, second, tip = bones
    skin = wear.skin
    model.add(part, knuckle, first, 1.06 * radius_m, 0.94 * radius_m, skin, blend=0.010)
    if model.level == 1:
        model.add(part, first, tip, 0.92 * radius_m, 0.72 * radius_m, skin, blend=0.005)
        return
    model.add(part, first, second, 0.94 * radius_m, 0.84 * radius_m, skin, blend=0.010)
    model.add(part, second, tip, 0.84 * radius_m, 0.68 * radius_m, skin, blend=0.010)
    _add_nail(model, part, wear.nail, second, tip, 0.62 * radius_m)


def _add_nail(
    model: Model, part: int, nail: Material, joint: Point, tip: Point, radius_m: float
) -> None:
    """Lay a nail on the back of a finger's last bone."""
    way = [t - j for t, j in zip(tip, joint, strict=True)]
    length = max(sum(w * w for w in way) ** 0.5, 1e-6)
    # The back of a finger bent in the plane of y and z.
    back = (0.0, way[2] / length * 0.6 * radius_m, -way[1] / length * 0.6 * radius_m)

    def at(share: float) -> Point:
        x, y, z = (j + share * w + b for j, w, b in zip(joint, way, back, strict=True))
        return x, y, z

    model.add(part, at(0.62), at(1.10), 0.66 * radius_m, 0.58 * radius_m, nail, blend=0.002)
