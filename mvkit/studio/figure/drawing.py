"""What drawings on a person share: how they lie, what they colour, how sharp an edge is."""

from __future__ import annotations

from typing import NamedTuple

from mvkit.studio.kit.canvas import Row
from mvkit.studio.kit.jit import Scalar, f32, inline
from mvkit.studio.kit.maths import saturate

__all__ = ["KINDS", "Expression", "Lay", "Surface", "below", "cover_of_line"]

KINDS = {"eye": 0, "brow": 1, "mouth": 2, "patch": 3, "beard": 4, "glasses": 5, "disc": 6}
"""Kinds of drawings, in the numbering of the kernel."""


class Expression(NamedTuple):
    """A face's expression as kernels take it: see :class:`~mvkit.studio.figure.pose.Face`."""

    mouth: Scalar
    wide: Scalar
    blink: Scalar
    gaze_right: Scalar
    gaze_up: Scalar


class Lay(NamedTuple):
    """How a drawing lies on the picture, for one row.

    ``u0``, ``v0`` are the place of the row's first pixel, ``du``, ``dv`` the way by pixel; ``z0``
    and ``dz`` the same for the height towards the viewer, and ``hidden`` by how many pixels
    something has to be above it to hide it; ``lean`` is how
    steeply its first axis comes towards the viewer.
    """

    u0: Scalar
    v0: Scalar
    du: Scalar
    dv: Scalar
    z0: Scalar
    dz: Scalar
    per_fade: Scalar
    ppm: Scalar
    strength: Scalar
    lean: Scalar


class Surface(NamedTuple):
    """One row of the body's surface before it is lit."""

    red: Row
    green: Row
    blue: Row
    shine: Row
    soft: Row
    edges: Row
    rise: Row
    distance: Row
    normal_x: Row
    normal_y: Row
    normal_z: Row


@inline
def cover_of_line(distance: Scalar, half: Scalar, ppm: Scalar) -> Scalar:
    """Return how much of a pixel a line of a half width covers."""
    cover = saturate((half - abs(distance)) * ppm + f32(0.5))
    return f32(cover * saturate(f32(2) * half * ppm))


@inline
def below(edge: Scalar, ppm: Scalar) -> Scalar:
    """Return how much of a pixel lies below an edge that is that far above it."""
    return saturate(edge * ppm + f32(0.5))
