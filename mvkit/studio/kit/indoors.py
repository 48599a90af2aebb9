"""Rooms: where a ray leaves a box seen from inside, and cameras that stay in it."""

from __future__ import annotations

from dataclasses import replace
from math import cos, sin
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.camera import Camera, Projection
from mvkit.studio.kit.jit import Scalar, f32, inline
from mvkit.studio.kit.maths import select
from mvkit.studio.kit.view import View

__all__ = ["Hall", "box_corners", "keep_inside", "leave_hall", "parts_in_frame"]

_NEAR_M = 0.05
_NEAREST_SUBJECT_M = 0.6


class Hall(NamedTuple):
    """An upright box of air, in metres: its six walls."""

    left: Scalar
    right: Scalar
    floor: Scalar
    ceiling: Scalar
    near: Scalar
    far: Scalar


@inline
def leave_hall(
    view: View, dx: Scalar, dy: Scalar, dz: Scalar, hall: Hall
) -> tuple[Scalar, Scalar, Scalar]:
    """Return where a ray from inside meets the walls.

    Returns
    -------
    tuple
        ``(way, on_x, on_y)``: the parameter along the ray, 1 if the wall met is the left or the
        right one, 1 if it is floor or ceiling; both are 0 on the near and the far wall.
    """
    tiny = f32(1e-4)
    ahead_x = max(abs(dx), tiny)
    ahead_y = max(abs(dy), tiny)
    ahead_z = max(abs(dz), tiny)
    to_x = (hall.right - view.x_m if dx > f32(0) else view.x_m - hall.left) / ahead_x
    to_y = (hall.ceiling - view.y_m if dy > f32(0) else view.y_m - hall.floor) / ahead_y
    to_z = (hall.far - view.z_m if dz > f32(0) else view.z_m - hall.near) / ahead_z
    way = max(min(to_x, min(to_y, to_z)), f32(0.02))
    on_x = select(to_x <= min(to_y, to_z))
    on_y = (f32(1) - on_x) * select(to_y <= to_z)
    return f32(way), on_x, f32(on_y)


def keep_inside(camera: Camera, hall: Hall, *, margin_m: float, widest: float) -> Camera:
    """Return the camera moved along its axis until it is in a hall, seeing as much as it can.

    Parameters
    ----------
    camera
        As a move left it.
    hall
        The walls.
    margin_m
        Distance that is kept from them.
    widest
        Widest lens allowed, in metres seen at one metre. Where a shot asks for more, less of the
        place is seen.
    """
    x_0, x_1 = float(hall.left) + margin_m, float(hall.right) - margin_m
    z_0, z_1 = float(hall.near) + margin_m, float(hall.far) - margin_m
    y_m = min(max(camera.y_m, float(hall.floor) + 0.15), float(hall.ceiling) - margin_m)
    axis_x, axis_z = sin(camera.yaw_rad), cos(camera.yaw_rad)
    subject_x = min(max(camera.x_m + camera.focus_m * axis_x, x_0), x_1)
    subject_z = min(max(camera.z_m + camera.focus_m * axis_z, z_0), z_1)
    room_m = min(_way_back_m(subject_x, axis_x, x_0, x_1), _way_back_m(subject_z, axis_z, z_0, z_1))
    focus_m = max(min(camera.focus_m, room_m), min(_NEAREST_SUBJECT_M, camera.focus_m))
    seen_m = min(camera.seen_m, widest * focus_m)
    return replace(
        camera,
        x_m=min(max(subject_x - focus_m * axis_x, x_0), x_1),
        y_m=y_m,
        z_m=min(max(subject_z - focus_m * axis_z, z_0), z_1),
        horizon=0.5 - (y_m - camera.centre_m) / seen_m,
        lens=seen_m / focus_m,
        focus_m=focus_m,
    )


def _way_back_m(place_m: float, axis: float, low_m: float, high_m: float) -> float:
    """Return how far one can step back against an axis before a wall comes."""
    gap_m = place_m - low_m if axis > 0 else high_m - place_m
    return gap_m / max(abs(axis), 1e-4)


def box_corners(low_m: NDArray[np.float64], high_m: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the eight corners (8, 3) of an upright box between two opposite ones."""
    picks = np.array([[i >> axis & 1 for axis in range(3)] for i in range(8)], bool)
    return np.where(picks, high_m, low_m)


def parts_in_frame(
    projection: Projection, corners_m: NDArray[np.float64]
) -> list[tuple[int, int, int, int]]:
    """Return the parts of the frame that convex bodies of few corners may cover.

    Parameters
    ----------
    projection
        The camera.
    corners_m
        (n_bodies, n_corners, 3): x, y and z.

    Returns
    -------
    list
        For each body ``(x_0, x_1, y_0, y_1)`` in pixels, ends not included; empty (all 0) if
        nothing of it can be seen.
    """
    depth = np.asarray(projection.depth_m(corners_m[..., 0], corners_m[..., 2]))
    if (depth < _NEAR_M).any():  # cut every edge that passes the lens
        i, j = np.triu_indices(depth.shape[1], 1)
        passes = (depth[:, i] < _NEAR_M) != (depth[:, j] < _NEAR_M)
        way = np.where(passes, depth[:, j] - depth[:, i], 1.0)
        share = np.where(passes, (_NEAR_M - depth[:, i]) / way, 0.0)[..., None]
        cuts = corners_m[:, i] + share * (corners_m[:, j] - corners_m[:, i])
        corners_m = np.concatenate([corners_m, cuts], axis=1)
        depth = np.concatenate([depth, np.where(passes, _NEAR_M, -1.0)], axis=1)
    ahead = depth >= _NEAR_M
    x_px, y_px, _ = projection.to_px(*np.moveaxis(corners_m, -1, 0))
    bounds = []
    for place_px, size_px in ((x_px, projection.width_px), (y_px, projection.height_px)):
        low = np.where(ahead, place_px, np.inf).min(axis=1) - 2
        high = np.where(ahead, place_px, -np.inf).max(axis=1) + 3
        bounds += [np.clip(low, 0, size_px), np.clip(high, 0, size_px)]
    parts = np.array(bounds).T.astype(int)
    seen = (parts[:, 1] > parts[:, 0]) & (parts[:, 3] > parts[:, 2])
    return [
        (int(x_0), int(x_1), int(y_0), int(y_1))
        for x_0, x_1, y_0, y_1 in np.where(seen[:, None], parts, 0)
    ]
