"""Facets in the world, as rows of a table in metres."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

FACET_COLUMNS_M = (
    *("x", "y", "z", "across_x", "across_y", "across_z", "up_x", "up_y", "up_z", "taper"),
    *("foot_red", "foot_green", "foot_blue", "head_red", "head_green", "head_blue"),
    *("groove_m", "groove_depth", "groove_up", "opacity"),
)
"""Columns of a table in the world: lower left corner seen from outside, width and height as
vectors, how much narrower the upper edge is (1: a point); paint at the foot and at the head;
distance of grooves (0: none), how dark they are, and whether they lie one above the other."""

Table = NDArray[np.floating[Any]]


def facets_m(
    origin: ArrayLike,
    across: ArrayLike,
    up: ArrayLike,
    foot: ArrayLike,
    head: ArrayLike | None = None,
    *,
    taper: ArrayLike = 0.0,
    groove_m: ArrayLike = 0.0,
    groove_depth: ArrayLike = 0.0,
    groove_up: ArrayLike = 0.0,
    opacity: ArrayLike = 1.0,
) -> NDArray[np.float64]:
    """Return a table of facets in the world, columns `FACET_COLUMNS_M`.

    Parameters
    ----------
    origin, across, up
        (3,) or (n, 3): a corner, and the two edges that start there. Seen from the side that
        is painted, ``across`` points to the right and ``up`` upwards.
    foot, head
        Linear light at the lower and the upper edge, (3,) or (n, 3); without ``head`` even.
    taper, groove_m, groove_depth, groove_up, opacity
        As the columns of the same names.
    """
    head = foot if head is None else head
    vectors = [np.atleast_2d(np.asarray(v, np.float64)) for v in (origin, across, up, foot, head)]
    numbers = [
        np.reshape(np.asarray(s, np.float64), (-1, 1))
        for s in (taper, groove_m, groove_depth, groove_up, opacity)
    ]
    columns = [*vectors[:3], numbers[0], *vectors[3:], *numbers[1:]]
    n = max(len(column) for column in columns)
    return np.concatenate([np.broadcast_to(c, (n, c.shape[1])) for c in columns], axis=1)


def box_m(
    centre: tuple[float, float, float],
    size: tuple[float, float, float],
    shades: ArrayLike,
    *,
    turn_rad: float = 0.0,
    **grooves: float,
) -> NDArray[np.float64]:
    """Return the four walls and the top of an upright box.

    Parameters
    ----------
    centre
        Middle of its base.
    size
        Width, height and depth.
    shades
        (5, 3) linear light of the walls, that towards -z first and then on to the right of it
        (+x, +z, -x), and of the top.
    turn_rad
        Turn about the upright axis, as a camera's yaw.
    **grooves
        See :func:`facets_m`; on the walls.
    """
    width, height, depth = size
    right = np.array([np.cos(turn_rad), 0.0, -np.sin(turn_rad)])
    ahead = np.array([np.sin(turn_rad), 0.0, np.cos(turn_rad)])
    light = np.asarray(shades, np.float64)
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) / 2
    origin = np.asarray(centre) + corners[:, :1] * width * right + corners[:, 1:] * depth * ahead
    across = np.array([width * right, depth * ahead, -width * right, -depth * ahead])
    walls = facets_m(origin, across, [0.0, height, 0.0], light[:4] * 0.75, light[:4], **grooves)
    top = facets_m(origin[0] + [0.0, height, 0.0], across[0], across[1], light[4])
    return np.concatenate([walls, top])
