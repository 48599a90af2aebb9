"""One solid of a body melted into a row of its surface."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.figure.drawing import Surface
from mvkit.studio.kit.jit import Scalar, f32, inline
from mvkit.studio.kit.maths import mix, saturate, sine

__all__ = ["lay_cone"]


@inline
def lay_cone(
    row: Surface,
    cones: NDArray[np.float32],
    k: int,
    begin: int,
    fy: Scalar,
    melt: Scalar,
    patterned: bool,
) -> None:
    """Melt one cone into a row of the surface."""
    one = f32(1)
    zero = f32(0)
    far = f32(-1e6)
    per_melt = one / max(melt, f32(0.25))
    per_shade = one / max(f32(1.6) * melt, f32(1.5))
    az = cones[k, 2]
    ra = cones[k, 6]
    dr = cones[k, 7] - ra
    dx = cones[k, 3] - cones[k, 0]
    dy = cones[k, 4] - cones[k, 1]
    dz = cones[k, 5] - az
    length2 = max(dx * dx + dy * dy, f32(1e-3))
    per_length2 = one / length2
    length = np.sqrt(length2)
    per_length = one / length
    flat = cones[k, 8]
    cone_r = cones[k, 9]
    cone_g = cones[k, 10]
    cone_b = cones[k, 11]
    strands = cones[k, 12]
    frequency = cones[k, 13]
    folds = cones[k, 14]
    gloss = cones[k, 15]
    hem = cones[k, 16]
    per_blend = f32(0.5) / cones[k, 17]
    per_crisp = max(per_blend, f32(0.35))
    rim = cones[k, 18]
    skin = cones[k, 19]
    slope = cones[k, 20]
    per_flat = one / max(flat, f32(0.05))
    # A cut end is a disc; seen from its side it is a line, else an ellipse.
    round_end = abs(dz) / np.sqrt(length2 + dz * dz)
    cut_b = zero if hem > f32(0.5) else f32(1e6)
    cut_a = zero if hem > f32(1.5) else f32(1e6)
    py = fy - cones[k, 1]
    offset = f32(begin) + f32(0.5) - cones[k, 0]
    for x in range(row.red.size):
        px = f32(x) + offset
        along = (px * dx + py * dy) * per_length2
        h = saturate(along)
        qx = px - dx * h
        qy = py - dy * h
        r = max(ra + dr * h, f32(0.2))
        d_axis = np.sqrt(qx * qx + qy * qy + f32(1e-6))
        per_r = one / r
        side = (px * dy - py * dx) * per_length * per_r
        disc = round_end * r * np.sqrt(max(one - side * side, zero))
        if patterned:
            lines = sine(side * frequency + sine(h * f32(2.6) + frequency) * f32(0.8))
            fine = sine(side * frequency * f32(2.7) + h * f32(3)) * lines
            ripple = lines * folds * r * f32(0.04)
            tone = one + strands * (f32(0.6) * lines + f32(0.5) * fine)
            bend = folds * lines
        else:
            ripple = zero
            tone = one
            bend = zero
        d = max(d_axis - r, (along - one) * length - ripple - disc - cut_b)
        d = max(d, -along * length - disc - cut_a)
        old = row.distance[x]
        near = max(melt - abs(old - d), zero) * per_melt
        row.distance[x] = min(old, d) - near * near * melt * f32(0.25)
        nx = qx * per_r
        ny = qy * per_r
        bulge = np.sqrt(max(one - nx * nx - ny * ny, zero))
        base = az + dz * h
        z = base + r * (flat * bulge + slope * side)
        before = row.rise[x]
        inside = saturate(f32(0.5) - d)
        # Outside of all cones the nearest one lends its edge to the outline.
        edge = one if (before < f32(-1e5)) & (d < old) else zero
        # A cone that barely rises over its neighbour fades in from its buried edges, and
        # out beyond its ends, where the next cone of the limb takes over.
        ahead = (z - before) * per_blend
        beyond = max(abs(along - f32(0.5)) - f32(0.5), zero) * length * per_r
        buried = saturate((d - old) * f32(2) * per_r)
        fade = one - buried * (one - bulge * bulge)
        fade = min(fade, saturate(one - beyond * f32(2.5)))
        fade = max(fade, saturate(f32(2) * ahead))
        bend = bend + slope * bulge * per_flat
        melted = max(inside * saturate(ahead + f32(0.5)) * fade, edge)
        crisp = max(inside * saturate((z - before) * per_crisp + f32(0.5)), edge)
        # What passes before the body keeps light from it along its edge.
        gap = saturate((base - before) * per_blend * f32(0.5) - f32(0.4))
        shade = one - f32(0.30) * gap * saturate(one - d * per_shade)
        shade = one if before < f32(-1e5) else shade
        row.rise[x] = max(before, z if inside > f32(0.5) else far)
        row.normal_x[x] = mix(row.normal_x[x], nx - bend * dy * per_length, melted)
        row.normal_y[x] = mix(row.normal_y[x], ny + bend * dx * per_length, melted)
        row.normal_z[x] = mix(row.normal_z[x], bulge * per_flat + f32(0.02), melted)
        row.red[x] = mix(row.red[x] * shade, cone_r * tone, crisp)
        row.green[x] = mix(row.green[x] * shade, cone_g * tone, crisp)
        row.blue[x] = mix(row.blue[x] * shade, cone_b * tone, crisp)
        row.shine[x] = mix(row.shine[x], gloss, crisp)
        row.soft[x] = mix(row.soft[x], skin, crisp)
        row.edges[x] = mix(row.edges[x], rim, melted)
