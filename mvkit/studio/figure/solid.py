"""The solids a person is made of: tapered cones with a surface.

Everything is a *cone*: a segment between two points with an elliptic cross-section at each end
(width across the part, depth through it). A chain of them along a limb gives it its calf or its
waist; :mod:`mvkit.studio.figure.silhouette` joins them into one smooth surface.

Measures are metres of a person of 1.72 m, in body coordinates (see
:mod:`mvkit.studio.figure.pose`).
"""

from __future__ import annotations

from functools import lru_cache
from math import cos, sin
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.colour import hex_to_linear
from mvkit.studio.figure.pose import UP, Skeleton, Vector
from mvkit.studio.figure.sheet import FigureSheet

__all__ = ["CONE_COLUMNS", "Body", "Frame", "Material", "Wardrobe", "unit"]

CONE_COLUMNS = (
    *("ax", "ay", "az", "bx", "by", "bz"),
    *("width_a", "depth_a", "width_b", "depth_b", "turn"),
    *("red", "green", "blue", "strands", "frequency", "folds", "gloss", "hem", "blend", "rim"),
)
"""Columns of a body: ends, half width and half depth at each, turn of the part about the upright
axis (rad); colour, strength and number of strands, of folds, gloss, how many ends are cut flat
(1: end b), how far the surface melts into its neighbours (m), how much rim light edges take."""

Size = float | tuple[float, float]
"""A radius, or half width and half depth."""


class Material(NamedTuple):
    """Surface of a part: linear colour, then as `CONE_COLUMNS`."""

    red: float
    green: float
    blue: float
    strands: float = 0.0
    frequency: float = 6.0
    folds: float = 0.0
    gloss: float = 0.0
    rim: float = 1.0


class Wardrobe(NamedTuple):
    """Materials of a person."""

    skin: Material
    lid: Material
    lips: Material
    eye: Material
    hair: Material
    brow: Material
    cloth: Material
    legs: Material
    shoes: Material
    accent: Material
    dark: Material
    metal: Material


class Body:
    """A person being built: who, in which pose, and the cones so far.

    Parameters
    ----------
    sheet
        The person.
    joints
        The pose.
    """

    def __init__(self, sheet: FigureSheet, joints: Skeleton) -> None:
        self.sheet = sheet
        self.joints = joints
        self.wear = _wardrobe(sheet)
        self._rows: list[tuple[float, ...]] = []

    def add(
        self,
        a: Vector,
        b: Vector,
        size_a: Size,
        size_b: Size,
        material: Material,
        *,
        turn: float = 0.0,
        hem: int = 0,
        blend: float = 0.02,
    ) -> None:
        """Add a cone from ``a`` to ``b``; the keywords are columns of `CONE_COLUMNS`."""
        width_a, depth_a = size_a if isinstance(size_a, tuple) else (size_a, size_a)
        width_b, depth_b = size_b if isinstance(size_b, tuple) else (size_b, size_b)
        red, green, blue, strands, frequency, folds, gloss, rim = material
        ends = (*a.tolist(), *b.tolist(), width_a, depth_a, width_b, depth_b, turn)
        surface = (red, green, blue, strands, frequency, folds, gloss, float(hem), blend, rim)
        self._rows.append((*ends, *surface))

    def ball(self, centre: Vector, size: Size, material: Material, *, blend: float = 0.02) -> None:
        """Add a ball."""
        self.add(centre, centre, size, size, material, blend=blend)

    def cones(self) -> NDArray[np.float32]:
        """Return all cones (n, 21), scaled to the person's height."""
        cones = np.array(self._rows, np.float32)
        scale = self.sheet.height_m / 1.72
        cones[:, :10] *= scale
        cones[:, 19] *= scale
        return cones


class Frame:
    """A part's own axes: right, up, ahead.

    Parameters
    ----------
    origin
        Point (0, 0, 0) of the frame.
    turn, nod
        Rotation about the upright axis, and of the face downwards, in radians.
    """

    def __init__(self, origin: Vector, turn: float, nod: float = 0.0) -> None:
        self.origin = origin
        self.turn = turn
        self.right = np.array([cos(turn), 0.0, -sin(turn)])
        level = np.array([sin(turn), 0.0, cos(turn)])
        self.ahead = cos(nod) * level - sin(nod) * UP
        self.up = cos(nod) * UP + sin(nod) * level

    def at(self, x: float, y: float, z: float) -> Vector:
        """Return a point of the frame in body coordinates."""
        return np.asarray(self.origin + x * self.right + y * self.up + z * self.ahead)


def unit(vector: Vector) -> Vector:
    """Return a vector of length 1 in the same direction."""
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-6))


@lru_cache(maxsize=64)
def _wardrobe(sheet: FigureSheet) -> Wardrobe:
    def dyed(colour: str, gain: float = 1.0, **surface: float) -> Material:
        red, green, blue = (float(c) * gain for c in hex_to_linear(colour))
        return Material(red, green, blue, **surface)

    skin = dyed(sheet.skin, gloss=0.10)
    hair = dyed(sheet.hair, 1.2, strands=0.32, frequency=15.0, folds=0.12, gloss=0.35)
    in_dress = sheet.outfit == "dress"
    dress = dyed(sheet.accent, 0.45, folds=0.35, frequency=6.0, gloss=0.15)
    coat = dyed(sheet.cloth, 1.3, folds=0.32, frequency=5.0, gloss=0.12)
    trousers = dyed("#14151c", folds=0.15, frequency=4.0, gloss=0.05)
    return Wardrobe(
        skin=skin,
        lid=Material(0.74 * skin.red, 0.62 * skin.green, 0.66 * skin.blue, rim=0.0),
        lips=Material(0.62 * skin.red, 0.30 * skin.green, 0.36 * skin.blue, gloss=0.5, rim=0.1),
        eye=Material(0.55, 0.50, 0.48, gloss=0.8, rim=0.0),
        hair=hair,
        brow=Material(hair.red, hair.green, hair.blue, rim=0.1),
        cloth=dress if in_dress else coat,
        legs=skin if in_dress else trousers,
        shoes=dyed("#0b0b0e", gloss=0.5),
        accent=dyed(sheet.accent, 0.8, folds=0.3, frequency=7.0, gloss=0.15),
        dark=dyed("#0d0809", gloss=0.4, rim=0.0),
        metal=Material(0.05, 0.05, 0.055, gloss=0.9),
    )
