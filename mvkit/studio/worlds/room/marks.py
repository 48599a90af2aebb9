"""Where people stand, pace and sit in the room, and from where they are filmed."""

from __future__ import annotations

from math import cos, pi, sin

from mvkit.studio.worlds.base import Mark
from mvkit.studio.worlds.room.dress import (
    BED_EDGE_M,
    BED_TOP_M,
)

__all__ = ["VIEWS", "paced", "seat"]

# Direction of the camera, place of the person (x, z), and how far they turn to the window.
VIEWS = (
    (0.10, -0.1, 1.25, 0.45),
    (-pi / 2 + 0.22, -1.2, 0.25, 0.0),
    (-0.72, -0.35, 1.05, -0.2),
    (0.52, 0.35, 1.0, 0.7),
    (pi + 0.80, 0.1, -0.3, -0.3),
)
_PACE_M, _TURN_M = 1.05, 0.42  # who walks goes to and fro: half a straight, radius of a turn


def seat(number: int) -> Mark:
    """Return a place to sit: the bed's edge, or the floor in the light."""
    places = (
        (BED_EDGE_M + 0.16, -0.15, -pi / 2 + 0.15, 0.75, BED_TOP_M),
        (-0.25, 1.35, pi + 0.75, 0.12, 0.0),
        (BED_EDGE_M + 0.16, -0.35, -pi / 2 - 0.2, 1.25, BED_TOP_M),
        (-1.3, 0.9, pi / 2 - 0.5, -1.15, 0.0),
    )
    x_m, z_m, facing, yaw, seat_m = places[number % len(places)]
    return Mark(x_m, 0.0, z_m, facing, yaw, seat_m)


def paced(way: float) -> tuple[float, float, float]:
    """Return place and direction on a path to and fro, straight with round turns."""
    straight, turn = 2 * _PACE_M, pi * _TURN_M
    lap = way % (2 * (straight + turn))
    back = lap >= straight + turn
    lap -= (straight + turn) * back
    if lap < straight:
        x_m, z_m, heading = lap - _PACE_M, -_TURN_M, pi / 2
    else:
        angle = (lap - straight) / _TURN_M
        x_m, z_m = _PACE_M + _TURN_M * sin(angle), -_TURN_M * cos(angle)
        heading = pi / 2 - angle
    if back:
        x_m, z_m, heading = -x_m, -z_m, heading - pi
    return x_m - 0.4, z_m + 0.75, heading
