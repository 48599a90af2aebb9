"""Where a ray meets the bent hexagonal prism that the tunnel is."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mvkit.studio.kit.jit import Scalar, f32, inline

__all__ = ["APOTHEM_M", "HALF_SIDE_M", "Hit", "meet_straight", "meet_tunnel"]

APOTHEM_M = 3.3
"""From the axis to the middle of a wall."""

HALF_SIDE_M = 1.9053
"""Half the width of a wall: the apothem by the square root of 3."""


class Hit(NamedTuple):
    """Where a ray meets the nearest wall: depth, place across it (m), wall 0..5, its normal."""

    depth: Scalar
    across: Scalar
    wall: Scalar
    normal_x: Scalar
    normal_y: Scalar


class _Met(NamedTuple):
    """The nearest wall so far: depth, wall 0..5, its normal."""

    depth: Scalar
    wall: Scalar
    normal_x: Scalar
    normal_y: Scalar


@inline
def _nearer(met: _Met, other: _Met) -> _Met:
    """Return the nearer of two walls."""
    closer = other.depth < met.depth
    return _Met(
        other.depth if closer else met.depth,
        other.wall if closer else met.wall,
        other.normal_x if closer else met.normal_x,
        other.normal_y if closer else met.normal_y,
    )


@inline
def _meet_wall(
    from_x: Scalar, from_y: Scalar, dx: Scalar, dy: Scalar,
    bend_x: Scalar, bend_y: Scalar, normal_x: Scalar, normal_y: Scalar, wall: Scalar,
) -> _Met:  # fmt: skip
    """Return where a ray meets one wall of the bent prism.

    In the tunnel's own cross-section the ray is ``from + d s - bend s**2``; the wall is the line
    at the apothem along the normal.
    """
    room = f32(APOTHEM_M) - (from_x * normal_x + from_y * normal_y)
    pace = dx * normal_x + dy * normal_y
    curve = bend_x * normal_x + bend_y * normal_y
    inside = pace * pace - f32(4) * curve * room
    root = pace + np.sqrt(max(inside, f32(0)))
    depth = f32(2) * room / max(root, f32(1e-4))
    depth = f32(1e4) if inside < f32(0) else min(depth, f32(1e4))
    return _Met(f32(depth), wall, normal_x, normal_y)


@inline
def meet_tunnel(
    from_x: Scalar, from_y: Scalar, dx: Scalar, dy: Scalar,
    bend_x: Scalar, bend_y: Scalar, cos_turn: Scalar, sin_turn: Scalar,
) -> Hit:  # fmt: skip
    """Return where a ray from inside meets the tunnel; depth is along the axis."""
    ax, ay, bx, by, cx, cy = _normals(cos_turn, sin_turn)
    args = (from_x, from_y, dx, dy, bend_x, bend_y)
    met = _meet_wall(*args, ax, ay, f32(0))
    met = _nearer(met, _meet_wall(*args, bx, by, f32(1)))
    met = _nearer(met, _meet_wall(*args, cx, cy, f32(2)))
    met = _nearer(met, _meet_wall(*args, -ax, -ay, f32(3)))
    met = _nearer(met, _meet_wall(*args, -bx, -by, f32(4)))
    met = _nearer(met, _meet_wall(*args, -cx, -cy, f32(5)))
    at_x = from_x + (dx - bend_x * met.depth) * met.depth
    at_y = from_y + (dy - bend_y * met.depth) * met.depth
    return _hit(met, at_x, at_y)


@inline
def meet_straight(
    from_x: Scalar, from_y: Scalar, dx: Scalar, dy: Scalar, cos_turn: Scalar, sin_turn: Scalar
) -> Hit:
    """Return where a ray from inside meets the tunnel, as if it did not bend."""
    ax, ay, bx, by, cx, cy = _normals(cos_turn, sin_turn)
    args = (from_x, from_y, dx, dy)
    met = _meet_pair(*args, ax, ay, f32(0))
    met = _nearer(met, _meet_pair(*args, bx, by, f32(1)))
    met = _nearer(met, _meet_pair(*args, cx, cy, f32(2)))
    return _hit(met, from_x + dx * met.depth, from_y + dy * met.depth)


@inline
def _meet_pair(
    from_x: Scalar, from_y: Scalar, dx: Scalar, dy: Scalar, normal_x: Scalar, normal_y: Scalar,
    wall: Scalar,
) -> _Met:  # fmt: skip
    """Return where a straight ray meets a wall or the one opposite: it goes towards one only."""
    pace = dx * normal_x + dy * normal_y
    side = f32(1) if pace > f32(0) else f32(-1)
    room = f32(APOTHEM_M) - side * (from_x * normal_x + from_y * normal_y)
    depth = min(room / max(abs(pace), f32(1e-4)), f32(1e4))
    opposite = f32(0) if pace > f32(0) else f32(3)
    return _Met(f32(depth), f32(wall + opposite), f32(side * normal_x), f32(side * normal_y))


@inline
def _normals(
    cos_turn: Scalar, sin_turn: Scalar
) -> tuple[Scalar, Scalar, Scalar, Scalar, Scalar, Scalar]:
    """Return the normals at 0, 60 and 120 degrees from the turned x axis."""
    bx = f32(0.5) * cos_turn - f32(0.8660254) * sin_turn
    by = f32(0.5) * sin_turn + f32(0.8660254) * cos_turn
    return cos_turn, sin_turn, bx, by, f32(bx - cos_turn), f32(by - sin_turn)


@inline
def _hit(met: _Met, at_x: Scalar, at_y: Scalar) -> Hit:
    across = f32(at_y * met.normal_x - at_x * met.normal_y)
    return Hit(met.depth, across, met.wall, met.normal_x, met.normal_y)
