"""A camera at one instant, and the map from the world to its frame."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, sin
from typing import Any

import numpy as np

from mvkit.studio.kit.view import View

Metres = Any  # float, or an array of them

__all__ = ["Camera", "Projection"]


@dataclass(frozen=True)
class Camera:
    """A camera at one instant.

    Parameters
    ----------
    x_m, y_m, z_m
        Position: right, up, ahead.
    yaw_rad
        0 looks along +z, positive turns to the right.
    horizon
        Height of the horizon in the frame, 0 top, 1 bottom.
    lens
        Height of the view at one metre distance, in metres.
    roll_rad
        Roll, positive leans to the right.
    focus_m
        Distance of what the shot is about; moves are scaled by it.
    smear
        How far the picture runs sideways while the shutter is open, in heights of the frame.
    """

    x_m: float = 0.0
    y_m: float = 1.6
    z_m: float = 0.0
    yaw_rad: float = 0.0
    horizon: float = 0.5
    lens: float = 1.0
    roll_rad: float = 0.0
    focus_m: float = 4.0
    smear: float = 0.0

    @property
    def seen_m(self) -> float:
        """Height of the view at the subject."""
        return self.focus_m * self.lens

    @property
    def centre_m(self) -> float:
        """Height above the ground of what is in the middle of the frame, at the subject."""
        return self.y_m + (self.horizon - 0.5) * self.seen_m

    def view(self) -> View:
        """Return the camera as kernels take it."""
        f = np.float32
        return View(
            x_m=f(self.x_m),
            y_m=f(self.y_m),
            z_m=f(self.z_m),
            sin_yaw=f(sin(self.yaw_rad)),
            cos_yaw=f(cos(self.yaw_rad)),
            horizon=f(self.horizon),
            lens=f(self.lens),
            sin_roll=f(sin(self.roll_rad)),
            cos_roll=f(cos(self.roll_rad)),
        )

    def projection(self, width_px: int, height_px: int) -> Projection:
        """Return the map from the world to the pixels of a frame."""
        return Projection(self, width_px, height_px)


class Projection:
    """Maps points of the world to pixels, single ones or whole arrays.

    Parameters
    ----------
    camera
        The camera.
    width_px, height_px
        Size of the frame.
    """

    def __init__(self, camera: Camera, width_px: int, height_px: int) -> None:
        self.camera = camera
        self.width_px = width_px
        self.height_px = height_px
        self._sin_yaw, self._cos_yaw = sin(camera.yaw_rad), cos(camera.yaw_rad)
        self._sin_roll, self._cos_roll = sin(camera.roll_rad), cos(camera.roll_rad)

    def depth_m(self, x_m: Metres, z_m: Metres) -> Metres:
        """Return the distance of a place along the optical axis; negative lies behind."""
        dx, dz = x_m - self.camera.x_m, z_m - self.camera.z_m
        return dx * self._sin_yaw + dz * self._cos_yaw

    def px_per_m(self, depth_m: Metres) -> Metres:
        """Return the scale of the picture at a depth."""
        return self.height_px / (self.camera.lens * np.maximum(depth_m, 1e-3))

    def to_px(self, x_m: Metres, y_m: Metres, z_m: Metres) -> tuple[Metres, Metres, Metres]:
        """Return column, row and depth in metres of points; meaningful for points ahead."""
        camera = self.camera
        depth_m = self.depth_m(x_m, z_m)
        scale = self.px_per_m(depth_m)
        dx, dz = x_m - camera.x_m, z_m - camera.z_m
        across = (dx * self._cos_yaw - dz * self._sin_yaw) * scale
        up = (y_m - camera.y_m) * scale
        x_px = self.width_px / 2 + across * self._cos_roll + up * self._sin_roll
        y_px = camera.horizon * self.height_px - (up * self._cos_roll - across * self._sin_roll)
        return x_px, y_px, depth_m
