"""One drawing laid on a row of a body's surface."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.figure.drawing import Expression, Lay, Surface
from mvkit.studio.figure.eyes import draw_brow, draw_eye, draw_glasses
from mvkit.studio.figure.face import draw_beard, draw_disc, draw_mouth, draw_patch
from mvkit.studio.kit.jit import Scalar, f32, inline

__all__ = ["decal_reach", "lay_decal"]


@inline
def decal_reach(decals: NDArray[np.float32], k: int) -> Scalar:
    """Return half the size of the square around a drawing, in pixels."""
    per_mm = np.sqrt(max(abs(decals[k, 4] * decals[k, 7] - decals[k, 5] * decals[k, 6]), f32(1e-9)))
    return max(decals[k, 13], decals[k, 14]) * max(
        decals[k, 11], f32(0.6) / max(per_mm, f32(1e-6))
    ) * f32(1.15) + f32(1)


@inline
def lay_decal(
    row: Surface, decals: NDArray[np.float32], k: int, begin: int, fy: Scalar, face: Expression
) -> None:
    """Draw one decal on a row of the surface."""
    x = f32(begin) + f32(0.5) - decals[k, 1]
    y = fy - decals[k, 2]
    du = decals[k, 4]
    dv = decals[k, 6]
    u0 = x * du + y * decals[k, 5]
    v0 = x * dv + y * decals[k, 7]
    slope_u = decals[k, 8]
    slope_v = decals[k, 9]
    bulge = decals[k, 10]
    per_fade = f32(1) / max(f32(0.5) * bulge, f32(0.75))
    z0 = decals[k, 3] + u0 * slope_u + v0 * slope_v + bulge
    dz = du * slope_u + dv * slope_v
    lay = Lay(
        u0, v0, du, dv, z0, dz, per_fade, decals[k, 11], decals[k, 12], slope_u / decals[k, 11]
    )
    colour = (decals[k, 19], decals[k, 20], decals[k, 21])
    a = decals[k, 15]
    b = decals[k, 16]
    c = decals[k, 17]
    per_u = f32(1) / decals[k, 13]
    per_v = f32(1) / decals[k, 14]
    kind = decals[k, 0]
    if kind < f32(0.5):
        draw_eye(row, lay, colour, a, b, face)
    elif kind < f32(1.5):
        draw_brow(row, lay, colour, b)
    elif kind < f32(2.5):
        draw_mouth(row, lay, colour, c, face)
    elif kind < f32(3.5):
        draw_patch(row, lay, colour, per_u, per_v, a)
    elif kind < f32(4.5):
        draw_beard(row, lay, colour, per_u, per_v, a)
    elif kind < f32(5.5):
        draw_glasses(row, lay, a, b, c)
    else:
        nx = decals[k, 22]
        ny = -decals[k, 23]
        normal = (nx, ny, np.sqrt(max(f32(1) - nx * nx - ny * ny, f32(0.01))))
        steep = np.sqrt(decals[k, 5] * decals[k, 5] + decals[k, 7] * decals[k, 7]) * per_u
        plate = Lay(u0, v0, du, dv, z0, dz, per_fade, decals[k, 11], steep, f32(0))
        draw_disc(row, plate, colour, per_u, normal, a, b)
