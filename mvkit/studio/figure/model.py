"""The solids a person is made of, each fixed to the parts of the rig.

Everything is a *cone*: a segment between two points with an elliptic cross-section at each end
(width along its part's first axis, depth across it). A chain of them along a limb gives it its
calf or its waist; :mod:`mvkit.studio.figure.silhouette` joins them into one smooth surface.

What a face shows is too fine for solids: eyes, brows, lips and blush are *decals*, drawings
that lie on the surface (:mod:`mvkit.studio.figure.face`).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.figure.rig import Part

__all__ = [
    "Decal",
    "Drawings",
    "Level",
    "Material",
    "Model",
    "Point",
    "Size",
    "Table",
    "beside",
    "mirrored",
]

Point = tuple[float, float, float]
Size = float | tuple[float, float]
"""A radius, or half width and half depth."""

Level = int
"""How much detail is modelled: 0 for a figure of a third of the frame, 1 half, 2 close."""

_FINEST = 10.0  # more strands by width than this cannot be seen at level 0


class Material(NamedTuple):
    """Surface of a part.

    ``strands`` and ``frequency`` are strength and number of strands, ``folds`` the depth of
    folds, ``rim`` how much rim light the edges take, ``soft`` how far light goes under the
    surface (skin).
    """

    red: float
    green: float
    blue: float
    strands: float = 0.0
    frequency: float = 6.0
    folds: float = 0.0
    gloss: float = 0.0
    rim: float = 1.0
    soft: float = 0.0


class Decal(NamedTuple):
    """A drawing on the surface.

    ``kind`` is one of :data:`~mvkit.studio.figure.drawing.KINDS`; ``right`` and ``up`` are its axes
    in its part's frame, longer than 1 to enlarge it; numbers and colours mean what the kind says.
    """

    kind: int
    part: int
    centre: Point
    right: Point
    up: Point
    reach_m: tuple[float, float]
    numbers: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    colour: tuple[float, float, float] = (0.0, 0.0, 0.0)


class Drawings(NamedTuple):
    """All decals: kinds, parts, (n, 3, 3) middle, right and up, reach, and numbers and colours."""

    kinds: NDArray[np.intp]
    parts: NDArray[np.intp]
    axes: NDArray[np.float64]
    reach_mm: NDArray[np.float64]
    looks: NDArray[np.float32]

    @classmethod
    def of(cls, decals: Sequence[Decal]) -> Drawings:
        """Return decals as arrays."""
        n = len(decals)
        return cls(
            np.array([one.kind for one in decals], np.intp),
            np.array([one.part for one in decals], np.intp),
            np.array([(one.centre, one.right, one.up) for one in decals]).reshape(n, 3, 3),
            1000 * np.array([one.reach_m for one in decals]).reshape(n, 2),
            np.array([(*one.numbers, *one.colour) for one in decals], np.float32).reshape(n, 7),
        )


@dataclass(frozen=True)
class Table:
    """A finished model."""

    parts_a: NDArray[np.intp]
    parts_b: NDArray[np.intp]
    local_a: NDArray[np.float64]
    local_b: NDArray[np.float64]
    sizes: NDArray[np.float64]
    surface: NDArray[np.float32]
    drawings: Drawings
    scale: float


@dataclass
class Model:
    """A person being modelled, in metres of a person of 1.72 m."""

    level: Level
    _rows: list[tuple[float, ...]] = field(default_factory=list)
    _surface: list[tuple[float, ...]] = field(default_factory=list)
    decals: list[Decal] = field(default_factory=list)

    def add(
        self,
        part: int,
        a: Point,
        b: Point,
        size_a: Size,
        size_b: Size,
        material: Material,
        *,
        end: int | None = None,
        hem: int = 0,
        blend: float = 0.02,
    ) -> None:
        """Add a cone.

        Parameters
        ----------
        part, a
            Where it begins.
        b, end
            Where it ends, on another part if one is given.
        size_a, size_b
            Cross-section there.
        material
            Surface.
        hem
            How many ends are cut flat; 1 is the second.
        blend
            How far the surface melts into its neighbours, in metres.
        """
        wide_a, deep_a = size_a if isinstance(size_a, tuple) else (size_a, size_a)
        wide_b, deep_b = size_b if isinstance(size_b, tuple) else (size_b, size_b)
        other = part if end is None else end
        self._rows.append((part, other, *a, *b, wide_a, deep_a, wide_b, deep_b))
        if self.level == 0 and material.frequency > _FINEST:
            material = material._replace(strands=0.0, folds=0.0)
        *look, rim, soft = material
        self._surface.append((*look, float(hem), blend, rim, soft))

    def ball(
        self, part: int, centre: Point, size: Size, material: Material, *, blend: float = 0.02
    ) -> None:
        """Add a ball."""
        self.add(part, centre, centre, size, size, material, blend=blend)

    def tube(
        self, part: int, points: list[Point], size: Size, material: Material, *, blend: float = 0.01
    ) -> None:
        """Add a chain of cones of one thickness."""
        for a, b in itertools.pairwise(points):
            self.add(part, a, b, size, size, material, blend=blend)

    def box(
        self, part: int, centre: Point, size: Point, material: Material, *, blend: float = 0.004
    ) -> None:
        """Add a flat-ended board: ``size`` is half of width, height and depth."""
        wide, high, deep = size
        a, b = (centre[0], centre[1] + high, centre[2]), (centre[0], centre[1] - high, centre[2])
        self.add(part, a, b, (wide, deep), (wide, deep), material, hem=2, blend=blend)

    def table(self, scale: float) -> Table:
        """Return what has been modelled, for a person that much larger than 1.72 m."""
        rows = np.array(self._rows)
        surface = np.array(self._surface, np.float32)
        surface[:, 8] *= scale
        return Table(
            parts_a=rows[:, 0].astype(np.intp),
            parts_b=rows[:, 1].astype(np.intp),
            local_a=rows[:, 2:5],
            local_b=rows[:, 5:8],
            sizes=rows[:, 8:12],
            surface=surface,
            drawings=Drawings.of(self.decals),
            scale=scale,
        )


def mirrored(point: Point, side: int) -> Point:
    """Return a point of the right half of a body on side 0 (left) or 1 (right)."""
    return (point[0] if side else -point[0]), point[1], point[2]


def beside(part: Part, side: int) -> int:
    """Return the left (0) or right (1) of a pair."""
    return part + side
