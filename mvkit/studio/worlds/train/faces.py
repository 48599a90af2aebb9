"""Faces of boxes: rounded rectangles in space, each painted by casting its own rays.

On the plane of a face both of its coordinates and the nearness are quotients of linear functions
of the pixel, so a face is a row of nine coefficients and some numbers of paint. No clipping at
the lens is needed, and patterns lie right in perspective.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.camera import Projection
from mvkit.studio.kit.canvas import Canvas, pixel
from mvkit.studio.kit.jit import Scalar, f32, i32, inline, kernel
from mvkit.studio.kit.maths import fraction, mix, saturate, select, sine
from mvkit.studio.kit.noise import hash_2d
from mvkit.studio.kit.rgb import RGB

__all__ = ["PAINT", "paint_faces", "project_faces"]

Table = NDArray[np.floating[Any]]

PAINT = (
    "red", "green", "blue", "top", "bottom", "round", "cloth", "piping", "display", "opacity",
)  # fmt: skip
"""Columns of the paint of a face: linear colour, light at its upper and its lower edge, radius of
its corners in metres, depth of the seams of upholstery, light of the piping around it, share of
an LED display, opacity."""

_NEAR_M = 0.12


def project_faces(
    corners_m: Table, across_m: Table, up_m: Table, paint: Table, projection: Projection
) -> NDArray[np.float32]:
    """Prepare faces for :func:`paint_faces`, in their order.

    Parameters
    ----------
    corners_m, across_m, up_m
        (n, 3): a lower corner, and the edges from it across and up.
    paint
        (n, 10), columns `PAINT`.
    projection
        The camera.
    """
    camera = projection.camera
    sin_y, cos_y = np.sin(camera.yaw_rad), np.cos(camera.yaw_rad)
    sin_r, cos_r = np.sin(camera.roll_rad), np.cos(camera.roll_rad)
    eye = np.array([camera.x_m, camera.y_m, camera.z_m])
    right, ahead = np.array([cos_y, 0.0, -sin_y]), np.array([sin_y, 0.0, cos_y])
    # A pixel's ray is ahead + column * per_column + row * per_row.
    unit = camera.lens / projection.height_px
    per_column = unit * (cos_r * right + np.array([0.0, sin_r, 0.0]))
    per_row = unit * (sin_r * right - np.array([0.0, cos_r, 0.0]))
    from_column = 0.5 - projection.width_px / 2
    from_row = 0.5 - camera.horizon * projection.height_px
    rays = np.stack([per_column, per_row, ahead + from_column * per_column + from_row * per_row])

    normal = np.cross(across_m, up_m)
    size2 = np.maximum((normal**2).sum(axis=1, keepdims=True), 1e-12)
    gap = ((corners_m - eye) * normal).sum(axis=1, keepdims=True)
    gap = np.where(np.abs(gap) < 1e-6, 1e-6, gap)
    nearness = normal @ rays.T / gap
    table = np.empty((len(corners_m), 26), np.float32)
    for first, edge, sign in ((3, up_m, 1.0), (6, across_m, -1.0)):
        axis = sign * np.cross(edge, normal) / size2
        start = ((eye - corners_m) * axis).sum(axis=1, keepdims=True)
        table[:, first : first + 3] = start * nearness + axis @ rays.T
    table[:, 0:3] = nearness
    table[:, 9] = np.linalg.norm(across_m, axis=1)
    table[:, 10] = np.linalg.norm(up_m, axis=1)
    table[:, 11:21] = paint
    table[:, 21:25], seen = _bounds(corners_m, across_m, up_m, projection)
    middle = corners_m + 0.5 * (across_m + up_m) - eye
    away = np.linalg.norm(middle, axis=1)
    facing = np.abs((middle * normal).sum(axis=1)) / (away * np.sqrt(size2[:, 0]) + 1e-9)
    table[:, 25] = unit * np.clip(1 / np.maximum(facing, 1e-3), 1.0, 5.0)
    return np.ascontiguousarray(table[seen & (paint[:, 9] > 0.01)])


def _bounds(
    corners_m: Table, across_m: Table, up_m: Table, projection: Projection
) -> tuple[Table, NDArray[np.bool_]]:
    """Return left, right, top and bottom of faces in pixels, and which can be seen."""
    ring = np.stack(
        [corners_m, corners_m + across_m, corners_m + across_m + up_m, corners_m + up_m], axis=1
    )
    depth = projection.depth_m(ring[..., 0], ring[..., 2])
    following = np.roll(ring, -1, axis=1)
    beyond = np.roll(depth, -1, axis=1)
    change = np.where(np.abs(beyond - depth) < 1e-6, 1e-6, beyond - depth)
    share = (_NEAR_M - depth) / change
    cut = ring + np.clip(share, 0, 1)[..., None] * (following - ring)
    points = np.concatenate([ring, cut], axis=1)
    valid = np.concatenate([depth >= _NEAR_M, (share > 0) & (share < 1)], axis=1)
    column, row, _ = projection.to_px(points[..., 0], points[..., 1], points[..., 2])
    far = 1e7
    bounds = np.stack(
        [
            np.where(valid, column, far).min(axis=1) - 1,
            np.where(valid, column, -far).max(axis=1) + 2,
            np.where(valid, row, far).min(axis=1) - 1,
            np.where(valid, row, -far).max(axis=1) + 2,
        ],
        axis=1,
    )
    seen = valid.any(axis=1) & (bounds[:, 0] < projection.width_px) & (bounds[:, 1] > 0)
    seen &= (bounds[:, 2] < projection.height_px) & (bounds[:, 3] > 0)
    return np.clip(bounds, -far, far), seen


@inline
def _span(begin: Scalar, end: Scalar, per_x: Scalar, rest: Scalar) -> tuple[Scalar, Scalar]:
    """Narrow a span of columns to where ``per_x * x + rest`` is positive."""
    level = abs(per_x) < f32(1e-9)
    root = -rest / (per_x if abs(per_x) >= f32(1e-9) else f32(1e-9))
    low = root if (per_x > f32(0)) & (not level) else f32(-1e7)
    high = root if (per_x < f32(0)) & (not level) else f32(1e7)
    return max(begin, low), min(end, high)


@kernel
def paint_faces(
    canvas: Canvas, faces: NDArray[np.float32], piping: RGB, display: RGB, beats: np.float32
) -> None:
    """Paint faces over a canvas, the table's first row first, in place.

    Parameters
    ----------
    canvas
        The picture.
    faces
        Table of :func:`project_faces`.
    piping, display
        Light of piping, and of the letters of a display.
    beats
        Moves the letters of displays.
    """
    _, height, width = canvas.shape
    one = f32(1)
    half = f32(0.5)
    shift = i32(np.floor(beats * f32(4)))
    tone = np.empty(width, np.float32)
    hem = np.empty(width, np.float32)
    lit = np.empty(width, np.float32)
    cover = np.empty(width, np.float32)
    for k in range(faces.shape[0]):
        wx = faces[k, 0]
        ux = faces[k, 3]
        vx = faces[k, 6]
        wide = faces[k, 9]
        tall = faces[k, 10]
        top = faces[k, 14]
        bottom = faces[k, 15]
        corner = faces[k, 16]
        cloth = faces[k, 17]
        pipe = faces[k, 18]
        letters = faces[k, 19]
        opacity = faces[k, 20]
        fine = faces[k, 25]
        for y in range(pixel(faces[k, 23], height), pixel(faces[k, 24], height)):
            fy = f32(y)
            wr = faces[k, 1] * fy + faces[k, 2]
            ur = faces[k, 4] * fy + faces[k, 5]
            vr = faces[k, 7] * fy + faces[k, 8]
            # Where the row crosses the face, its soft edge included.
            begin = max(faces[k, 21], f32(0))
            end = min(faces[k, 22], f32(width))
            begin, end = _span(begin, end, wx, wr - f32(1e-3))
            begin, end = _span(begin - f32(1.5), end + f32(1.5), ux, ur)
            begin, end = _span(begin, end, wx - ux, wr - ur)
            begin, end = _span(begin, end, vx, vr)
            begin, end = _span(begin, end, wx - vx, wr - vr)
            x0 = pixel(begin - f32(1), width)
            n = pixel(end + f32(2), width) - x0
            if n <= 0:
                continue
            wr = wr + wx * f32(x0)
            ur = ur + ux * f32(x0)
            vr = vr + vx * f32(x0)
            for x in range(n):
                fx = f32(x)
                way = one / max(wx * fx + wr, f32(1e-4))
                u = (ux * fx + ur) * way
                v = (vx * fx + vr) * way
                qx = abs(u - half) * wide - half * wide + corner
                qy = abs(v - half) * tall - half * tall + corner
                ox = max(qx, f32(0))
                oy = max(qy, f32(0))
                edge = np.sqrt(ox * ox + oy * oy) + min(max(qx, qy), f32(0)) - corner
                foot = max(way * fine, f32(1e-5))
                cover[x] = saturate(half - edge / foot) * opacity
                # Upholstery: channels side by side, pressed in at the seams and at the edge.
                channel = abs(sine(f32(u * wide * f32(13))))
                seam = (one - saturate(channel * f32(3.5))) * saturate(f32(0.05) / foot)
                swell = f32(0.86) + f32(0.2) * channel - f32(0.35) * seam
                swell = swell - f32(0.25) * saturate(one + edge * f32(14))
                tone[x] = mix(bottom, top, saturate(v)) * mix(one, swell, cloth)
                hem[x] = saturate(one - (abs(edge + f32(0.012)) - f32(0.004)) / (foot + f32(0.008)))
                hem[x] *= pipe
            if letters > f32(0):
                # A display: letters of dots that move on with the song.
                for x in range(n):
                    fx = f32(x)
                    way = one / max(wx * fx + wr, f32(1e-4))
                    gx = (ux * fx + ur) * way * wide * f32(38)
                    gy = (vx * fx + vr) * way * tall * f32(38)
                    crisp = saturate(f32(0.02) / max(way * fine, f32(1e-5)))
                    column = i32(i32(np.floor(gx)) + shift)
                    stroke = hash_2d(i32(column >> i32(1)), i32(np.floor(gy)))
                    gap = select(i32(column & i32(7)) < i32(6))
                    dot_x = fraction(gx) - half
                    dot_y = fraction(gy) - half
                    dot = saturate((f32(0.2) - dot_x * dot_x - dot_y * dot_y) * f32(9))
                    inside = select(abs(gy - tall * f32(19)) < tall * f32(19) - f32(1.4))
                    lit[x] = select(stroke > f32(0.52)) * gap * mix(f32(0.35), dot, crisp) * inside
            for plane in range(3):
                own = faces[k, 11 + plane]
                line = canvas[plane, y, x0 : x0 + n]
                trim = piping[plane]
                for x in range(n):
                    line[x] = mix(line[x], own * tone[x] + trim * hem[x], cover[x])
                if letters > f32(0):
                    glow = display[plane] * letters
                    for x in range(n):
                        line[x] += glow * lit[x] * cover[x]
