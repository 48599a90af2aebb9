"""Where a camera sees a person, and how that brings a place of the body to the screen."""

from __future__ import annotations

from math import cos, sin
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.camera import Projection
from mvkit.studio.kit.jit import inline

__all__ = ["NEAR_M", "Eye", "View", "put", "turned"]

NEAR_M = 0.15
"""What is nearer to the lens is not drawn."""


class Eye(NamedTuple):
    """A view as kernels take it: the feet, the turn of body and camera, the frame.

    ``scale_px`` is pixels by metre at a metre; a place on the axis falls on ``x_px``, ``y_px``.
    """

    right_m: float
    up_m: float
    ahead_m: float
    cos_turn: float
    sin_turn: float
    upright: float
    cos_roll: float
    sin_roll: float
    scale_px: float
    x_px: float
    y_px: float
    width_px: float
    height_px: float


class View(NamedTuple):
    """A person's place before a camera.

    Attributes
    ----------
    projection
        The camera and the frame.
    right_m, ahead_m, up_m
        The feet, from the lens.
    turn_rad
        Direction of the face against the camera's.
    upright
        1, or -1 for a reflection in the ground.
    """

    projection: Projection
    right_m: float
    ahead_m: float
    up_m: float
    turn_rad: float
    upright: float

    @classmethod
    def of(
        cls, projection: Projection, place_m: tuple[float, float, float], facing_rad: float,
        *, mirror: bool = False,
    ) -> View:  # fmt: skip
        """Return the view of somebody at a place in the world."""
        camera = projection.camera
        x, z = place_m[0] - camera.x_m, place_m[2] - camera.z_m
        c, s = cos(camera.yaw_rad), sin(camera.yaw_rad)
        return cls(
            projection, x * c - z * s, x * s + z * c, place_m[1] - camera.y_m,
            facing_rad - camera.yaw_rad, -1.0 if mirror else 1.0,
        )  # fmt: skip

    @property
    def eye(self) -> Eye:
        """The same for kernels."""
        projection = self.projection
        camera = projection.camera
        width, height = float(projection.width_px), float(projection.height_px)
        return Eye(
            self.right_m, self.up_m, self.ahead_m, cos(self.turn_rad), sin(self.turn_rad),
            self.upright, cos(camera.roll_rad), sin(camera.roll_rad), height / camera.lens,
            0.5 * width, camera.horizon * height, width, height,
        )  # fmt: skip


@inline
def turned(eye: Eye, x: float, y: float, z: float) -> tuple[float, float, float]:
    """Return a direction of the body as right, up and ahead of the camera."""
    return (
        x * eye.cos_turn + z * eye.sin_turn,
        y * eye.upright,
        z * eye.cos_turn - x * eye.sin_turn,
    )


@inline
def put(
    eye: Eye, frame: NDArray[np.float64], x: float, y: float, z: float, body_scale: float
) -> tuple[float, float, float, float, float]:
    """Bring a place in the axes of a part to the screen.

    Returns
    -------
    tuple
        Column and row in pixels, height towards the viewer in pixels, distance from the lens,
        and pixels by metre there.
    """
    right, up, ahead = turned(
        eye,
        body_scale * (frame[0, 0] + x * frame[1, 0] + y * frame[2, 0] + z * frame[3, 0]),
        body_scale * (frame[0, 1] + x * frame[1, 1] + y * frame[2, 1] + z * frame[3, 1]),
        body_scale * (frame[0, 2] + x * frame[1, 2] + y * frame[2, 2] + z * frame[3, 2]),
    )
    depth = eye.ahead_m + ahead
    kept = max(depth, NEAR_M)
    scale = eye.scale_px / kept
    across = (eye.right_m + right) * scale
    above = (eye.up_m + up) * scale
    x_px = eye.x_px + across * eye.cos_roll + above * eye.sin_roll
    y_px = eye.y_px - above * eye.cos_roll + across * eye.sin_roll
    return x_px, y_px, (eye.ahead_m - kept) * scale, depth, scale
