"""How the drawings of a body lie on the screen."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.figure.drawing import KINDS
from mvkit.studio.figure.model import Table
from mvkit.studio.figure.rig import Frames
from mvkit.studio.figure.screen import NEAR_M, Eye, View, put, turned
from mvkit.studio.kit.jit import inline, kernel

__all__ = ["DECAL_COLUMNS", "project_decals"]

DECAL_COLUMNS = 24

_DISC = KINDS["disc"]

Numbers = NDArray[np.float64]


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
    screen = np.empty((len(drawn.parts), DECAL_COLUMNS), np.float32)
    return screen[: _project(screen, *drawn, frames, table.scale, view.eye)]


@inline
def _axis(eye: Eye, frame: Numbers, axis: Numbers) -> tuple[float, float, float]:
    """Return an axis of a drawing as right, up and ahead of the camera."""
    x, y, z = axis[0], axis[1], axis[2]
    return turned(
        eye,
        x * frame[1, 0] + y * frame[2, 0] + z * frame[3, 0],
        x * frame[1, 1] + y * frame[2, 1] + z * frame[3, 1],
        x * frame[1, 2] + y * frame[2, 2] + z * frame[3, 2],
    )


@kernel
def _project(
    screen: NDArray[np.float32],
    kinds: NDArray[np.intp],
    parts: NDArray[np.intp],
    axes: Numbers,
    reach_mm: Numbers,
    looks: NDArray[np.float32],
    frames: Frames,
    body_scale: float,
    eye: Eye,
) -> int:
    """Fill the first rows of ``screen`` with what is in the frame; return how many."""
    count = 0
    for k in range(kinds.size):
        frame = frames[parts[k]]
        middle = axes[k, 0]
        x, y, z, depth, scale = put(eye, frame, middle[0], middle[1], middle[2], body_scale)
        right_x, right_y, right_z = _axis(eye, frame, axes[k, 1])
        up_x, up_y, up_z = _axis(eye, frame, axes[k, 2])
        mm = 0.001 * body_scale * scale
        ux = (right_x * eye.cos_roll + right_y * eye.sin_roll) * mm
        uy = (right_x * eye.sin_roll - right_y * eye.cos_roll) * mm
        vx = (up_x * eye.cos_roll + up_y * eye.sin_roll) * mm
        vy = (up_x * eye.sin_roll - up_y * eye.cos_roll) * mm
        determinant = ux * vy - vx * uy
        flat = abs(determinant) / (mm * mm)
        normal_x = right_y * up_z - right_z * up_y
        normal_y = right_z * up_x - right_x * up_z
        normal_z = right_x * up_y - right_y * up_x
        # A plate shows both of its sides, a face only what looks out of the head.
        plate = kinds[k] == _DISC
        out_x, out_y, out_z = turned(eye, frame[3, 0], frame[3, 1], frame[3, 2])
        outward = normal_x * out_x + normal_y * out_y + normal_z * out_z
        side = -1.0 if (-normal_z if plate else outward) < 0 else 1.0
        strength = 1.0 if plate else min(max((flat - 0.10) * 4, 0.0), 1.0)
        reach = 1.5 * max(reach_mm[k, 0], reach_mm[k, 1]) * mm
        if side * normal_z >= -0.03 or strength <= 0 or flat <= 0.03 or depth <= NEAR_M:
            continue
        if abs(2 * x - eye.width_px) >= eye.width_px + 2 * reach:
            continue
        if abs(2 * y - eye.height_px) >= eye.height_px + 2 * reach:
            continue
        row = screen[count]
        row[0], row[1], row[2], row[3] = kinds[k], x, y, z
        row[4], row[5] = vy / determinant, -vx / determinant
        row[6], row[7] = -uy / determinant, ux / determinant
        row[8], row[9] = -right_z * mm, -up_z * mm
        row[10] = (4.0 if plate else 14.0) * mm
        row[11], row[12] = mm * max(flat, 0.35), strength
        row[13], row[14] = reach_mm[k, 0], reach_mm[k, 1]
        for column in range(7):
            row[15 + column] = looks[k, column]
        row[22], row[23] = side * normal_x, side * normal_y
        count += 1
    return count
