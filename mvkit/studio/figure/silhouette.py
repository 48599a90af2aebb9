"""From a body to pixels: cones melted into one surface, drawn on, lit by a key and three rims.

Per pixel the kernel keeps a signed distance (the smooth union of all cones: one clean, smooth
outline) and a height field towards the viewer (the foremost cone wins, neighbours melt), from
whose normals the light is computed. Hence any pose from any side is shaded, limbs pass in front
of the body, and no order of painting is needed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.figure.decals import decal_reach, lay_decal
from mvkit.studio.figure.drawing import Expression, Surface
from mvkit.studio.figure.light import FigureLight
from mvkit.studio.figure.melting import lay_cone
from mvkit.studio.figure.shading import light_row
from mvkit.studio.kit.canvas import Canvas, pixel
from mvkit.studio.kit.jit import Scalar, f32, inline, kernel
from mvkit.studio.kit.maths import mix, saturate

__all__ = ["paint_cones"]

Cones = NDArray[np.float32]

_LANES = 16  # numbers in the widest vector


@kernel
def paint_cones(
    canvas: Canvas,
    cones: Cones,
    decals: NDArray[np.float32],
    light: FigureLight,
    face: Expression,
    melt: Scalar,
    opacity: Scalar,
) -> None:
    """Paint a projected body over a canvas, in place.

    Parameters
    ----------
    canvas
        Linear light (3, height, width).
    cones, decals
        Tables of :mod:`~mvkit.studio.figure.cones` and :mod:`~mvkit.studio.figure.lay`.
    light
        Light on the person.
    face
        What the face does.
    melt
        Radius in pixels with which outlines of different cones melt.
    opacity
        1 solid; less for a reflection.
    """
    _, height, width = canvas.shape
    n = cones.shape[0]
    top = f32(1e9)
    bottom = f32(-1e9)
    highest = np.empty(n, np.float32)
    lowest = np.empty(n, np.float32)
    for k in range(n):
        reach = _reach_y(cones, k, melt)
        highest[k] = min(cones[k, 1], cones[k, 4]) - reach
        lowest[k] = max(cones[k, 1], cones[k, 4]) + reach
        top = min(top, highest[k])
        bottom = max(bottom, lowest[k])
    for k in range(decals.shape[0]):
        if decals[k, 0] > f32(5.5):
            top = min(top, decals[k, 2] - decal_reach(decals, k))
            bottom = max(bottom, decals[k, 2] + decal_reach(decals, k))
    room = width + _LANES  # whole vectors may reach beyond the frame
    row = Surface(
        np.empty(room, np.float32), np.empty(room, np.float32), np.empty(room, np.float32),
        np.empty(room, np.float32), np.empty(room, np.float32), np.empty(room, np.float32),
        np.empty(room, np.float32), np.empty(room, np.float32), np.empty(room, np.float32),
        np.empty(room, np.float32), np.empty(room, np.float32),
    )  # fmt: skip
    _clear(row, 0, room)
    for y in range(pixel(top, height), pixel(bottom + f32(1), height)):
        fy = f32(y) + f32(0.5)
        begin_row = width
        end_row = 0
        for k in range(n):
            if fy < highest[k] or fy > lowest[k]:
                continue
            ay = cones[k, 1]
            by = cones[k, 4]
            reach = max(cones[k, 6], cones[k, 7]) + melt + f32(2)
            # Of a slanted cone only the piece near this row matters.
            per_dy = f32(1) / (by - ay if abs(by - ay) > f32(1e-3) else f32(1e-3))
            h0 = saturate((fy - reach - ay) * per_dy)
            h1 = saturate((fy + reach - ay) * per_dy)
            x0 = cones[k, 0] + (cones[k, 3] - cones[k, 0]) * h0
            x1 = cones[k, 0] + (cones[k, 3] - cones[k, 0]) * h1
            begin = pixel(min(x0, x1) - reach, width)
            end = pixel(max(x0, x1) + reach + f32(2), width)
            if end <= begin:
                continue
            begin_row = min(begin_row, begin)
            end_row = max(end_row, end)
            if cones[k, 12] + cones[k, 14] > f32(0):
                lay_cone(_piece(row, begin, _whole(begin, end)), cones, k, begin, fy, melt, True)
            else:
                lay_cone(_piece(row, begin, _whole(begin, end)), cones, k, begin, fy, melt, False)
        for k in range(decals.shape[0]):
            reach = decal_reach(decals, k)
            if abs(fy - decals[k, 2]) > reach:
                continue
            begin = pixel(decals[k, 1] - reach, width)
            end = pixel(decals[k, 1] + reach + f32(1), width)
            if decals[k, 0] < f32(5.5):
                begin = max(begin, begin_row)
                end = min(end, end_row)
            if end <= begin:
                continue
            begin_row = min(begin_row, begin)
            end_row = max(end_row, end)
            lay_decal(_piece(row, begin, _whole(begin, end)), decals, k, begin, fy, face)
        if end_row <= begin_row:
            continue
        piece = _piece(row, begin_row, _whole(begin_row, end_row))
        light_row(piece, light, opacity)
        out_r = canvas[0, y, begin_row:end_row]
        out_g = canvas[1, y, begin_row:end_row]
        out_b = canvas[2, y, begin_row:end_row]
        for x in range(out_r.size):
            out_r[x] = mix(out_r[x], piece.red[x], piece.distance[x])
        for x in range(out_g.size):
            out_g[x] = mix(out_g[x], piece.green[x], piece.distance[x])
        for x in range(out_b.size):
            out_b[x] = mix(out_b[x], piece.blue[x], piece.distance[x])
        _clear(row, begin_row, _whole(begin_row, end_row))


@inline
def _whole(begin: int, end: int) -> int:
    """Return the end of a piece of whole vectors: the rest of a row would be done one by one."""
    return begin + (end - begin + _LANES - 1) // _LANES * _LANES


@inline
def _reach_y(cones: Cones, k: int, melt: Scalar) -> Scalar:
    """Return how far a cone reaches above and below its ends; cut ones only by their slant."""
    radius = max(cones[k, 6], cones[k, 7])
    dx = cones[k, 3] - cones[k, 0]
    dy = cones[k, 4] - cones[k, 1]
    dz = cones[k, 5] - cones[k, 2]
    per_length = f32(1) / np.sqrt(dx * dx + dy * dy + dz * dz + f32(1e-3))
    cut = min(f32(1), (abs(dx) + abs(dz)) * per_length) if cones[k, 16] > f32(1.5) else f32(1)
    return radius * cut + melt + f32(2)


@inline
def _piece(row: Surface, begin: int, end: int) -> Surface:
    """Return part of a row, counted from zero: an index that may be negative is slow."""
    return Surface(
        row.red[begin:end], row.green[begin:end], row.blue[begin:end], row.shine[begin:end],
        row.soft[begin:end], row.edges[begin:end], row.rise[begin:end], row.distance[begin:end],
        row.normal_x[begin:end], row.normal_y[begin:end], row.normal_z[begin:end],
    )  # fmt: skip


@inline
def _clear(row: Surface, begin: int, end: int) -> None:
    row.red[begin:end] = f32(0)
    row.green[begin:end] = f32(0)
    row.blue[begin:end] = f32(0)
    row.shine[begin:end] = f32(0)
    row.soft[begin:end] = f32(0)
    row.edges[begin:end] = f32(0)
    row.rise[begin:end] = f32(-1e6)
    row.distance[begin:end] = f32(1e4)
    row.normal_x[begin:end] = f32(0)
    row.normal_y[begin:end] = f32(0)
    row.normal_z[begin:end] = f32(1)
