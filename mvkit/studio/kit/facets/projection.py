"""Facets in the frame: which pixels they take, and where on them a pixel is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.camera import Projection
from mvkit.studio.kit.facets.shape import FACET_COLUMNS_M, Table
from mvkit.studio.kit.rgb import RGB

FACET_COLUMNS = (
    *("x0", "x1", "y0", "y1", "width_m", "height_m", "distance_m", "least_w"),
    *("u_x", "u_y", "u_1", "v_x", "v_y", "v_1", "w_x", "w_y", "w_1"),
    *FACET_COLUMNS_M[9:],
)
"""Columns of a table in the frame: the box around it in pixels, its size, its distance on
the ground, a bound that the denominator keeps, and the numerators and the denominator of the
place on it, linear in the pixel; then as in the world."""

_NEAR_M = 0.12


def project_facets(
    facets: Table, projection: Projection, *, air: RGB, haze_per_m: float
) -> NDArray[np.float32]:
    """Bring facets of the world to the frame, far ones first and sunk into the air.

    Parameters
    ----------
    facets
        (n, k), columns `FACET_COLUMNS_M`, perhaps more, which are handed on.
    projection
        The camera; facets out of the frame, behind it or turned away are left out.
    air, haze_per_m
        Colour of the air, and how fast things sink into it with distance.

    Returns
    -------
    numpy.ndarray
        (m, 8 + k) for :func:`paint_facets`, columns `FACET_COLUMNS`.
    """
    camera = projection.camera
    eye = np.array([camera.x_m, camera.y_m, camera.z_m])
    origin, across, up = (facets[:, 3 * i : 3 * i + 3] for i in range(3))
    turned = (_cross(up, across) * (eye - origin)).sum(axis=1) > 1e-6
    facets = facets[turned]
    origin, across, up = (facets[:, 3 * i : 3 * i + 3] for i in range(3))
    steps = np.array([[0, 0], [1, 0], [1, 1], [0, 1]])
    corners = origin[:, None] + steps[:, :1] * across[:, None] + steps[:, 1:] * up[:, None]
    box, farthest_m = _frame_box(corners, projection)
    seen = (box[:, 0] < box[:, 1]) & (box[:, 2] < box[:, 3])
    facets, box, farthest_m = facets[seen], box[seen], farthest_m[seen]
    size, coefficients = _places(facets, eye, projection)
    middle = facets[:, 0:3] + 0.5 * (facets[:, 3:6] + facets[:, 6:9]) - eye
    far_m = np.hypot(middle[:, 0], middle[:, 2])
    paint = facets[:, 9:].copy()
    clear = np.exp(-haze_per_m * far_m)[:, None]
    for first in (1, 4):
        paint[:, first : first + 3] = paint[:, first : first + 3] * clear + np.array(air) * (
            1 - clear
        )
    depths = np.stack([far_m, 0.8 / farthest_m], axis=1)
    table = np.concatenate([box, size, depths, coefficients, paint], axis=1)
    return np.ascontiguousarray(table[np.argsort(-far_m, kind="stable")], np.float32)


def _frame_box(corners: Table, projection: Projection) -> tuple[Table, Table]:
    """Return the pixels around facets (n, 4), and their greatest depth; those behind are empty."""
    after = np.roll(corners, -1, axis=1)
    depth = np.asarray(projection.depth_m(corners[..., 0], corners[..., 2]))
    way = np.roll(depth, -1, axis=1) - depth
    # Where an edge comes out of the plane before the lens, the facet is cut.
    share = np.clip((_NEAR_M - depth) / np.where(np.abs(way) < 1e-9, 1.0, way), 0.0, 1.0)
    points = np.concatenate([corners, corners + share[..., None] * (after - corners)], axis=1)
    column, row, depth = projection.to_px(points[..., 0], points[..., 1], points[..., 2])
    ahead = depth > 0.99 * _NEAR_M
    sides = []
    for place, limit in ((column, projection.width_px), (row, projection.height_px)):
        first = np.where(ahead, place, np.inf).min(axis=1) - 1
        last = np.where(ahead, place, -np.inf).max(axis=1) + 1
        sides += [np.clip(np.floor(first), 0, limit), np.clip(np.ceil(last), 0, limit)]
    return np.stack(sides, axis=1), depth.max(axis=1)


def _places(facets: Table, eye: Table, projection: Projection) -> tuple[Table, Table]:
    """Return width and height of facets, and the coefficients of the place on them."""
    camera = projection.camera
    sin_yaw, cos_yaw = np.sin(camera.yaw_rad), np.cos(camera.yaw_rad)
    axes = np.array([[cos_yaw, 0.0, -sin_yaw], [0.0, 1.0, 0.0], [sin_yaw, 0.0, cos_yaw]])
    across, up = facets[:, 3:6], facets[:, 6:9]
    size = np.stack([np.linalg.norm(across, axis=1), np.linalg.norm(up, axis=1)], axis=1)
    # The inverse of a matrix of three columns has their cross products as its rows.
    a, b, c = across / size[:, :1], up / size[:, 1:], facets[:, 0:3] - eye
    rows = np.stack([_cross(b, c), _cross(c, a), _cross(a, b)], axis=1)
    inverse = rows / (c * rows[:, 2]).sum(axis=1)[:, None, None]
    # The ray through a pixel as a linear function of (x, y, 1); see kit.view.ray.
    unit = camera.lens / projection.height_px
    sin_roll, cos_roll = np.sin(camera.roll_rad), np.cos(camera.roll_rad)
    u_1 = 0.5 - 0.5 * projection.width_px
    v_1 = camera.horizon * projection.height_px - 0.5
    ray = np.array(
        [
            [cos_roll * unit, sin_roll * unit, (u_1 * cos_roll - v_1 * sin_roll) * unit],
            [sin_roll * unit, -cos_roll * unit, (u_1 * sin_roll + v_1 * cos_roll) * unit],
            [0.0, 0.0, 1.0],
        ]
    )
    return size, (inverse @ (axes.T @ ray)).reshape(-1, 9)


def _cross(a: Table, b: Table) -> Table:
    """Return the cross products of the rows of two tables (n, 3)."""
    product = np.empty(a.shape)
    for i, j, k in ((0, 1, 2), (1, 2, 0), (2, 0, 1)):
        product[:, i] = a[:, j] * b[:, k] - a[:, k] * b[:, j]
    return product
