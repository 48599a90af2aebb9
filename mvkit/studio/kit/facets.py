"""Flat pieces of the world in true perspective: walls, boards, roofs, boxes.

A facet is a parallelogram in space, or a trapezium or a triangle when it tapers. A world lists
its facets in metres (:func:`facets_m`, :func:`box_m`), brings them to the frame
(:func:`project_facets`) and paints them (:func:`paint_facets`), or paints them with a pattern of
its own over the coordinates that :func:`on_facet` gives.

For a point of the facet at ``u`` along its width and ``v`` up its height, the ray through it is
proportional to ``M (u, v, 1)``, where the columns of M are the facet's two directions and its
origin in the camera's axes. So ``(u, v, 1)`` is proportional to ``inverse(M) ray``, which is
linear in the pixel: one division per pixel gives its place on any facet.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mvkit.studio.camera import Projection
from mvkit.studio.kit.canvas import Canvas, pixel
from mvkit.studio.kit.jit import Scalar, f32, inline, kernel
from mvkit.studio.kit.maths import fraction, mix, saturate
from mvkit.studio.kit.rgb import RGB

__all__ = [
    "FACET_COLUMNS",
    "FACET_COLUMNS_M",
    "LANES",
    "box_m",
    "facets_m",
    "on_facet",
    "paint_facets",
    "project_facets",
]

FACET_COLUMNS_M = (
    *("x", "y", "z", "across_x", "across_y", "across_z", "up_x", "up_y", "up_z", "taper"),
    *("foot_red", "foot_green", "foot_blue", "head_red", "head_green", "head_blue"),
    *("groove_m", "groove_depth", "groove_up", "opacity"),
)
"""Columns of a table in the world: lower left corner seen from outside, width and height as
vectors, how much narrower the upper edge is (1: a point); paint at the foot and at the head;
distance of grooves (0: none), how dark they are, and whether they lie one above the other."""

FACET_COLUMNS = (
    *("x0", "x1", "y0", "y1", "width_m", "height_m", "distance_m", "least_w"),
    *("u_x", "u_y", "u_1", "v_x", "v_y", "v_1", "w_x", "w_y", "w_1"),
    *FACET_COLUMNS_M[9:],
)
"""Columns of a table in the frame: the box around it in pixels, its size, its distance on
the ground, a bound that the denominator keeps, and the numerators and the denominator of the
place on it, linear in the pixel; then as in the world."""

_NEAR_M = 0.12

LANES = 16
"""Short rows are computed in whole vectors of at least this length: what is left over of a row
would be computed one by one, and take longer than all the rest."""

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


@inline
def on_facet(fx: Scalar, line: RGB, slope: RGB) -> tuple[Scalar, Scalar, Scalar, Scalar, Scalar]:
    """Return where on a facet a pixel is.

    Parameters
    ----------
    fx
        Column.
    line, slope
        Numerators and denominator at column 0 of the row, and their steps from column to column.

    Returns
    -------
    tuple
        ``u`` and ``v`` in metres, how fast each changes from column to column, and the inverse
        of the depth, not above 0 where the facet lies behind the camera.
    """
    w = line[2] + slope[2] * fx
    per_w = f32(1) / max(w, f32(1e-7))
    u = (line[0] + slope[0] * fx) * per_w
    v = (line[1] + slope[1] * fx) * per_w
    return u, v, f32((slope[0] - u * slope[2]) * per_w), f32((slope[1] - v * slope[2]) * per_w), w


@inline
def _narrowed(
    begin: Scalar, end: Scalar, value: Scalar, step: Scalar, rise: Scalar
) -> tuple[Scalar, Scalar]:
    """Narrow a row to the columns where a linear function is not below 0, and a pixel more.

    ``step`` and ``rise`` are its changes from column to column and from row to row.
    """
    value = value + f32(2) * (abs(step) + abs(rise))
    edge = -value / (step if step != f32(0) else f32(1))
    begin = max(begin, edge) if step > f32(0) else begin
    end = min(end, edge) if step < f32(0) else end
    return begin, end


@kernel
def paint_facets(canvas: Canvas, facets: NDArray[np.float32]) -> None:
    """Paint facets in plain paint with grooves, the table's first row first, in place.

    Parameters
    ----------
    canvas
        The picture.
    facets
        (n, 28), columns `FACET_COLUMNS`.
    """
    width = canvas.shape[2]
    red = np.empty(width + LANES, np.float32)
    green = np.empty(width + LANES, np.float32)
    blue = np.empty(width + LANES, np.float32)
    cover = np.empty(width + LANES, np.float32)
    half = f32(0.5)
    for k in range(facets.shape[0]):
        x0 = int(facets[k, 0])
        n = int(facets[k, 1]) - x0
        wide = facets[k, 4]
        tall = facets[k, 5]
        least = facets[k, 7]
        u_y = facets[k, 9]
        v_y = facets[k, 12]
        w_y = facets[k, 15]
        slope = (facets[k, 8], facets[k, 11], facets[k, 14])
        taper = facets[k, 17] / tall
        foot = (facets[k, 18], facets[k, 19], facets[k, 20])
        head = (facets[k, 21], facets[k, 22], facets[k, 23])
        groove = facets[k, 24]
        per_groove = f32(1) / max(groove, f32(0.01))
        deep = facets[k, 25]
        lying = facets[k, 26]
        opacity = facets[k, 27]
        # Solid neighbours overlap a little, lest light shines between them; shadows must not.
        margin = f32(0.8) if opacity > f32(0.99) else f32(0.58)
        per_tall = f32(1) / tall
        for y in range(int(facets[k, 2]), int(facets[k, 3])):
            fy = f32(y)
            line = (
                facets[k, 10] + u_y * fy + slope[0] * f32(x0),
                facets[k, 13] + v_y * fy + slope[1] * f32(x0),
                facets[k, 16] + w_y * fy + slope[2] * f32(x0),
            )
            begin = f32(0)
            end = f32(n)
            begin, end = _narrowed(begin, end, line[0], slope[0], u_y)
            begin, end = _narrowed(begin, end, line[1], slope[1], v_y)
            begin, end = _narrowed(
                begin, end, wide * line[2] - line[0], wide * slope[2] - slope[0], wide * w_y - u_y
            )
            begin, end = _narrowed(
                begin, end, tall * line[2] - line[1], tall * slope[2] - slope[1], tall * w_y - v_y
            )
            first = pixel(begin, n)
            m = pixel(end + f32(1), n) - first
            if m <= 0:
                continue
            whole = (m + LANES - 1) // LANES * LANES
            row_red = red[:whole]
            row_green = green[:whole]
            row_blue = blue[:whole]
            row_cover = cover[:whole]
            shift = f32(first)
            for x in range(whole):
                u, v, u_step, v_step, w = on_facet(f32(x) + shift, line, slope)
                per_w = f32(1) / max(w, f32(1e-7))
                fine_u = abs(u_step) + abs((u_y - u * w_y) * per_w) + f32(1e-5)
                fine_v = abs(v_step) + abs((v_y - v * w_y) * per_w) + f32(1e-5)
                aside = wide * half * (f32(1) - taper * v) - abs(u - wide * half)
                above = tall * half - abs(v - tall * half)
                per_u = f32(1) / fine_u
                per_v = f32(1) / fine_v
                edge = min(aside * per_u, above * per_v)
                seen = f32(1) if w > least else f32(0)
                row_cover[x] = saturate(edge + margin) * opacity * seen
                place = mix(u, v, lying) * per_groove
                off = half - abs(fraction(place) - half)
                sharp = mix(per_u, per_v, lying) * groove
                cut = saturate((f32(0.05) - off) * min(sharp, f32(25)) + half)
                cut = cut * saturate(sharp * f32(0.35) - f32(0.7))
                light = f32(1) - deep * cut
                high = saturate(v * per_tall)
                row_red[x] = mix(foot[0], head[0], high) * light
                row_green[x] = mix(foot[1], head[1], high) * light
                row_blue[x] = mix(foot[2], head[2], high) * light
            line_red = canvas[0, y, x0 + first : x0 + first + m]
            line_green = canvas[1, y, x0 + first : x0 + first + m]
            line_blue = canvas[2, y, x0 + first : x0 + first + m]
            for x in range(m):
                line_red[x] = mix(line_red[x], row_red[x], row_cover[x])
            for x in range(m):
                line_green[x] = mix(line_green[x], row_green[x], row_cover[x])
            for x in range(m):
                line_blue[x] = mix(line_blue[x], row_blue[x], row_cover[x])
