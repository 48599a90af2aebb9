"""A sign: words that hang at a place of the world, and the light that they throw.

A sign is a flat board without a back, seen from any side as itself. It is put up before the person
is drawn, so that people pass in front of their words.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, sin

import cv2
import numpy as np
from numpy.typing import NDArray

from mvkit.studio.camera import Projection
from mvkit.studio.kit.canvas import Canvas
from mvkit.studio.kit.rgb import RGB
from mvkit.studio.lettering.letters import Letters

__all__ = ["STYLES", "Sign"]

STYLES = ("neon", "projected")
"""How a world writes: glowing tubes, or light thrown on the air."""

_CORE, _GLOW = {"neon": 3.2, "projected": 1.15}, {"neon": 0.75, "projected": 0.22}
_WHITE = {"neon": 0.35, "projected": 0.5}  # of the cores
_SHADE = 0.75  # how far the picture is darkened behind the letters, so that they are read by day
_NEAREST_M = 0.6


@dataclass(frozen=True, eq=False)
class Sign:
    """Words in the world.

    Parameters
    ----------
    letters
        What is written.
    x_m, y_m, z_m
        Middle of the board.
    yaw_rad
        Direction in which who reads it looks.
    width_m
        Width of the board with its glow.
    colour
        Linear light of the letters.
    style
        One of `STYLES`.
    power
        How much of it is lit, 0..1.
    """

    letters: Letters
    x_m: float
    y_m: float
    z_m: float
    yaw_rad: float
    width_m: float
    colour: RGB
    style: str = "neon"
    power: float = 1.0

    def light(self, canvas: Canvas, projection: Projection) -> None:
        """Throw the sign's light on a canvas, in place; a sign behind the camera throws none."""
        corners = self._corners_px(projection)
        if corners is None or self.power <= 0:
            return
        _, height, width = canvas.shape
        left, top = np.clip(np.floor(corners.min(axis=0)), 0, (width, height)).astype(int)
        right, bottom = np.clip(np.ceil(corners.max(axis=0)), 0, (width, height)).astype(int)
        if right - left < 2 or bottom - top < 2:
            return
        rows, columns = self.letters.core.shape
        sheet = np.array([(0, 0), (columns, 0), (columns, rows), (0, rows)], np.float32)
        turn = cv2.getPerspectiveTransform(sheet, (corners - (left, top)).astype(np.float32))
        size = (int(right - left), int(bottom - top))
        core = cv2.warpPerspective(self.letters.core, turn, size, flags=cv2.INTER_AREA)
        glow = cv2.warpPerspective(self.letters.glow, turn, size, flags=cv2.INTER_LINEAR)
        lit = self.power * (_CORE[self.style] * core + _GLOW[self.style] * glow)
        kept = 1.0 - (_SHADE * self.power) * np.maximum(glow, core)
        part = canvas[:, top:bottom, left:right]
        white = _WHITE[self.style] * self.power * core
        for plane, level in zip(part, self.colour, strict=True):
            plane *= kept
            plane += level * lit + white

    def _corners_px(self, projection: Projection) -> NDArray[np.float64] | None:
        """Return the board's corners in the frame, clockwise from the upper left, (4, 2)."""
        half_m = self.width_m / 2
        tall_m = half_m / self.letters.aspect
        across = np.array([-half_m, half_m, half_m, -half_m])
        up = np.array([tall_m, tall_m, -tall_m, -tall_m])
        x_m = self.x_m + across * cos(self.yaw_rad)
        z_m = self.z_m - across * sin(self.yaw_rad)
        column, row, depth_m = projection.to_px(x_m, self.y_m + up, z_m)
        if depth_m.min() < _NEAREST_M:
            return None
        return np.stack([column, row], axis=1)
