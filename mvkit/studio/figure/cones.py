"""The solids of a body, from where they are fixed to a part to where they are on the screen."""

from __future__ import annotations

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.figure.model import Table
from mvkit.studio.figure.rig import Frames
from mvkit.studio.figure.screen import NEAR_M, Eye, View, put, turned
from mvkit.studio.kit.jit import inline, kernel

__all__ = ["CONE_COLUMNS", "project_cones"]

CONE_COLUMNS = 21

Numbers = NDArray[np.float64]


def project_cones(table: Table, frames: Frames, view: View) -> NDArray[np.float32]:
    """Bring the solids of a body to the screen.

    Returns
    -------
    numpy.ndarray
        (n, 21) float32 for :func:`~mvkit.studio.figure.silhouette.paint_cones`, back to front:
        ends in pixels with height towards the viewer, radii, the depth of the section by its
        width, the surface, and the slope across. What is outside of the frame is left out.
    """
    screen = np.empty((len(table.parts_a), CONE_COLUMNS), np.float32)
    seen = _project(
        screen,
        (table.parts_a, table.parts_b),
        (table.local_a, table.local_b),
        table.sizes,
        table.surface,
        frames,
        table.scale,
        view.eye,
    )
    screen = screen[:seen]
    return screen[np.argsort(screen[:, 2] + screen[:, 5], kind="stable")]


@inline
def _length(x: float, y: float, z: float) -> float:
    return sqrt(x * x + y * y + z * z)


@kernel
def _project(
    screen: NDArray[np.float32],
    parts: tuple[NDArray[np.intp], NDArray[np.intp]],
    local: tuple[Numbers, Numbers],
    sizes: Numbers,
    surface: NDArray[np.float32],
    frames: Frames,
    body_scale: float,
    eye: Eye,
) -> int:
    """Fill the first rows of ``screen`` with what is in the frame; return how many."""
    count = 0
    for k in range(sizes.shape[0]):
        row = screen[count]
        depths = (0.0, 0.0)
        scales = (0.0, 0.0)
        for end in range(2):
            frame = frames[parts[end][k]]
            x, y, z = local[end][k, 0], local[end][k, 1], local[end][k, 2]
            x_px, y_px, z_px, depth, scale = put(eye, frame, x, y, z, body_scale)
            row[3 * end] = x_px
            row[3 * end + 1] = y_px
            row[3 * end + 2] = z_px
            depths = (depth, depths[0])
            scales = (scale, scales[0])
        if depths[1] <= NEAR_M:
            continue
        way_x, way_y = row[3] - row[0], row[4] - row[1]
        way = sqrt(way_x * way_x + way_y * way_y)
        level = way < 0.5
        across_x = 1.0 if level else way_y / way
        across_y = 0.0 if level else -way_x / way
        slope, thickness, width = 0.0, 0.0, 0.0
        for end in range(2):
            frame = frames[parts[end][k]]
            stretch = _length(frame[1, 0], frame[1, 1], frame[1, 2])
            right_x, right_y, right_z = turned(eye, frame[1, 0], frame[1, 1], frame[1, 2])
            # A section is as wide as it reaches across the cone's own direction on the screen.
            aside = (
                (right_x * eye.cos_roll + right_y * eye.sin_roll) * across_x
                + (right_x * eye.sin_roll - right_y * eye.cos_roll) * across_y
            ) / stretch
            wide = body_scale * sizes[k, 2 * end] * stretch
            deep = body_scale * sizes[k, 2 * end + 1]
            deep *= _length(frame[3, 0], frame[3, 1], frame[3, 2])
            wide2, deep2 = wide * wide, deep * deep
            seen = sqrt(deep2 + (wide2 - deep2) * aside * aside)
            # A tilted ellipse: its height over its middle, and how it slopes across.
            thickness += wide * deep / max(seen, 1e-6)
            slope += 0.5 * (deep2 - wide2) * aside * right_z / (stretch * max(seen * seen, 1e-9))
            width += seen
            row[6 + end] = seen * scales[1 - end]
        row[8] = thickness / max(width, 1e-6)
        for column in range(11):
            row[9 + column] = surface[k, column]
        row[17] = max(surface[k, 8] * scales[1], 0.5)
        row[20] = slope
        reach = max(row[6], row[7]) + 3
        inside_x = max(row[0], row[3]) + reach > 0 and min(row[0], row[3]) - reach < eye.width_px
        inside_y = max(row[1], row[4]) + reach > 0 and min(row[1], row[4]) - reach < eye.height_px
        if inside_x and inside_y:
            count += 1
    return count
