"""Where a ray meets the bent hexagonal prism that the tunnel is."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mvkit.studio.kit.jit import Scalar, f32, inline

__all__ = ["APOTHEM_M", "HALF_SIDE_M", "Hit", "meet_tunnel"]

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


@inline
def _nearer(hit: Hit, other: Hit) -> Hit:
    """Return the nearer of two hits."""
    closer = other.depth < hit.depth
    return Hit(
        other.depth if closer else hit.depth,
        other.across if closer else hit.across,
        other.wall if closer else hit.wall,
        other.normal_x if closer else hit.normal_x,
        other.normal_y if closer else hit.normal_y,
    )


@inline
def _meet_wall(
    from_x: Scalar, from_y: Scalar, dx: Scalar, dy: Scalar,
    bend_x: Scalar, bend_y: Scalar, normal_x: Scalar, normal_y: Scalar, wall: Scalar,
) -> Hit:  # fmt: skip
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
    px = from_x + dx * depth - bend_x * depth * depth
    py = from_y + dy * depth - bend_y * depth * depth
    return Hit(f32(depth), f32(py * normal_x - px * normal_y), wall, normal_x, normal_y)


@inline
def meet_tunnel(
    from_x: Scalar, from_y: Scalar, dx: Scalar, dy: Scalar,
    bend_x: Scalar, bend_y: Scalar, cos_turn: Scalar, sin_turn: Scalar,
) -> Hit:  # fmt: skip
    """Return where a ray from inside meets the tunnel; depth is along the axis."""
    # Normals at 0, 60 and 120 degrees from the turned x axis, and opposite.
    ax = cos_turn
    ay = sin_turn
    bx = f32(0.5) * cos_turn - f32(0.8660254) * sin_turn
    by = f32(0.5) * sin_turn + f32(0.8660254) * cos_turn
    cx = bx - ax
    cy = by - ay
    args = (from_x, from_y, dx, dy, bend_x, bend_y)
    hit = _meet_wall(*args, ax, ay, f32(0))
    hit = _nearer(hit, _meet_wall(*args, bx, by, f32(1)))
    hit = _nearer(hit, _meet_wall(*args, cx, cy, f32(2)))
    hit = _nearer(hit, _meet_wall(*args, -ax, -ay, f32(3)))
    hit = _nearer(hit, _meet_wall(*args, -bx, -by, f32(4)))
    return _nearer(hit, _meet_wall(*args, -cx, -cy, f32(5)))
