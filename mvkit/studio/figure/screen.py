"""From body coordinates to pixels: the tables that the kernel paints."""

from __future__ import annotations

from math import cos, sin
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.camera import Projection
from mvkit.studio.figure.face import KINDS
from mvkit.studio.figure.model import Posed, Table
from mvkit.studio.figure.rig import Frames

__all__ = ["View", "project_cones", "project_decals"]


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

    def axes(self) -> NDArray[np.float64]:
        """Return the matrix by which row vectors of the body become right, up, ahead."""
        c, s = cos(self.turn_rad), sin(self.turn_rad)
        return np.array([[c, 0.0, -s], [0.0, self.upright, 0.0], [s, 0.0, c]])


def project_cones(body: Posed, view: View) -> NDArray[np.float32]:
    """Bring a body to the screen.

    Returns
    -------
    numpy.ndarray
        (n, 21) float32 for :func:`~mvkit.studio.figure.silhouette.paint_cones`, back to front:
        ends in pixels with height towards the viewer, radii, the depth of the section by its
        width, the surface, and the slope across. What is outside of the frame is left out.
    """
    projection, axes = view.projection, view.axes()
    camera = projection.camera
    n = len(body.a)
    ends = np.concatenate([body.a, body.b]) @ axes
    ahead = np.maximum(view.ahead_m + ends[:, 2], 0.15)
    scale = projection.height_px / (camera.lens * ahead)
    across = (view.right_m + ends[:, 0]) * scale
    up = (view.up_m + ends[:, 1]) * scale
    c, s = cos(camera.roll_rad), sin(camera.roll_rad)
    x = projection.width_px / 2 + across * c + up * s
    y = camera.horizon * projection.height_px - up * c + across * s
    z = (view.ahead_m - ahead) * scale
    # A section is as wide as it reaches across the cone's own direction on the screen.
    way_x, way_y = x[n:] - x[:n], y[n:] - y[:n]
    length = np.sqrt(way_x * way_x + way_y * way_y)
    level = length < 0.5
    per_length = 1.0 / np.maximum(length, 0.5)
    across_x = np.where(level, 1.0, way_y * per_length)
    across_y = np.where(level, 0.0, -way_x * per_length)
    rights = np.concatenate([body.right_a, body.right_b]) @ axes
    right_x, right_y = rights[:, 0] * c + rights[:, 1] * s, -rights[:, 1] * c + rights[:, 0] * s
    wide2 = np.concatenate([body.size[:, 0], body.size[:, 2]]) ** 2
    deep2 = np.concatenate([body.size[:, 1], body.size[:, 3]]) ** 2
    aside = right_x * np.tile(across_x, 2) + right_y * np.tile(across_y, 2)
    seen = np.sqrt(deep2 + (wide2 - deep2) * aside * aside)
    # A tilted ellipse: its height over its middle, and how it slopes across.
    thick = np.sqrt(wide2 * deep2) / np.maximum(seen, 1e-6)
    slope = (deep2 - wide2) * aside * rights[:, 2] / np.maximum(seen * seen, 1e-9)
    screen = np.empty((n, 21), np.float32)
    for end in (0, 1):
        part = slice(end * n, (end + 1) * n)
        screen[:, 3 * end] = x[part]
        screen[:, 3 * end + 1] = y[part]
        screen[:, 3 * end + 2] = z[part]
        screen[:, 6 + end] = (seen * scale)[part]
    screen[:, 8] = (thick[:n] + thick[n:]) / np.maximum(seen[:n] + seen[n:], 1e-6)
    screen[:, 9:20] = body.surface
    screen[:, 20] = 0.5 * (slope[:n] + slope[n:])
    screen[:, 17] = np.maximum(body.surface[:, 8] * scale[:n], 0.5)
    reach = np.maximum(screen[:, 6], screen[:, 7]) + 3
    inside = (
        (np.maximum(screen[:, 0], screen[:, 3]) + reach > 0)
        & (np.minimum(screen[:, 0], screen[:, 3]) - reach < projection.width_px)
        & (np.maximum(screen[:, 1], screen[:, 4]) + reach > 0)
        & (np.minimum(screen[:, 1], screen[:, 4]) - reach < projection.height_px)
        & (view.ahead_m + ends[:n, 2] > 0.15)
    )
    screen = screen[inside]
    return np.ascontiguousarray(screen[np.argsort(screen[:, 2] + screen[:, 5], kind="stable")])


def project_decals(table: Table, frames: Frames, view: View) -> NDArray[np.float32]:
    """Bring the drawings of a body to the screen.

    Returns
    -------
    numpy.ndarray
        (n, 24) float32: kind; middle in pixels with height towards the viewer; from pixels to
        millimetres (u by x, u by y, v by x, v by y); height by millimetre of u and v; what hides
        it; pixels by millimetre; strength; reach in millimetres; four numbers; colour; normal.
    """
    drawn = table.drawings
    if not len(drawn.parts):
        return np.empty((0, 24), np.float32)
    projection, axes = view.projection, view.axes()
    camera = projection.camera
    local = np.einsum("nik,nkx->nix", drawn.axes, frames[drawn.parts, 1:])
    local[:, 0] = (local[:, 0] + frames[drawn.parts, 0]) * table.scale
    middle, right, up = np.moveaxis(local @ axes, 1, 0)
    ahead = np.maximum(view.ahead_m + middle[:, 2], 0.15)
    scale = projection.height_px / (camera.lens * ahead)
    mm = 0.001 * table.scale * scale
    c, s = cos(camera.roll_rad), sin(camera.roll_rad)
    ux, uy = (right[:, 0] * c + right[:, 1] * s) * mm, (right[:, 0] * s - right[:, 1] * c) * mm
    vx, vy = (up[:, 0] * c + up[:, 1] * s) * mm, (up[:, 0] * s - up[:, 1] * c) * mm
    determinant = ux * vy - vx * uy
    flat = np.abs(determinant) / (mm * mm)
    # A plate shows both of its sides, a face only what looks out of the head.
    plate = drawn.kinds == KINDS["disc"]
    normal = np.cross(right, up)
    outward = frames[drawn.parts, 3] @ axes
    turned = np.where(plate, -normal[:, 2], (normal * outward).sum(1)) < 0
    normal[turned] *= -1
    strength = np.where(plate, 1.0, np.clip((flat - 0.10) * 4, 0.0, 1.0))
    across, high = (view.right_m + middle[:, 0]) * scale, (view.up_m + middle[:, 1]) * scale
    x = projection.width_px / 2 + across * c + high * s
    y = camera.horizon * projection.height_px - high * c + across * s
    reach = 1.5 * drawn.reach_mm.max(1) * mm
    shown = (
        (normal[:, 2] < -0.03) & (strength > 0) & (flat > 0.03)
        & (view.ahead_m + middle[:, 2] > 0.15)
        & (np.abs(x - projection.width_px / 2) < projection.width_px / 2 + reach)
        & (np.abs(y - projection.height_px / 2) < projection.height_px / 2 + reach)
    )  # fmt: skip
    screen = np.empty((len(x), 24), np.float32)
    columns = (
        drawn.kinds, x, y, (view.ahead_m - ahead) * scale,
        *(np.array((vy, -vx, -uy, ux)) / np.where(shown, determinant, 1.0)),
        -right[:, 2] * mm, -up[:, 2] * mm, np.where(plate, 4.0, 14.0) * mm,
        mm * np.maximum(flat, 0.35), strength,
    )  # fmt: skip
    for index, column in enumerate(columns):
        screen[:, index] = column
    screen[:, 13:15] = drawn.reach_mm
    screen[:, 15:22] = drawn.looks
    screen[:, 22:24] = normal[:, :2]
    return screen[shown]
