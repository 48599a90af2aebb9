"""From a body to pixels: cones melted into one surface, drawn on, lit by a key and three rims.

Per pixel the kernel keeps a signed distance (the smooth union of all cones: one clean, smooth
outline) and a height field towards the viewer (the foremost cone wins, neighbours melt), from
whose normals the light is computed. Hence any pose from any side is shaded, limbs pass in front
of the body, and no order of painting is needed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.figure.face import (
    Expression,
    Lay,
    Surface,
    draw_beard,
    draw_brow,
    draw_disc,
    draw_eye,
    draw_glasses,
    draw_mouth,
    draw_patch,
)
from mvkit.studio.figure.light import FigureLight
from mvkit.studio.kit.canvas import Canvas, pixel
from mvkit.studio.kit.jit import Scalar, f32, inline, kernel
from mvkit.studio.kit.maths import mix, saturate, sine

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
        Tables of :mod:`mvkit.studio.figure.screen`.
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
    for k in range(n):
        reach = _reach_y(cones, k, melt)
        top = min(top, min(cones[k, 1], cones[k, 4]) - reach)
        bottom = max(bottom, max(cones[k, 1], cones[k, 4]) + reach)
    for k in range(decals.shape[0]):
        if decals[k, 0] > f32(5.5):
            top = min(top, decals[k, 2] - _decal_reach(decals, k))
            bottom = max(bottom, decals[k, 2] + _decal_reach(decals, k))
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
            ay = cones[k, 1]
            by = cones[k, 4]
            reach_y = _reach_y(cones, k, melt)
            if fy < min(ay, by) - reach_y or fy > max(ay, by) + reach_y:
                continue
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
                _lay_cone(_piece(row, begin, _whole(begin, end)), cones, k, begin, fy, melt, True)
            else:
                _lay_cone(_piece(row, begin, _whole(begin, end)), cones, k, begin, fy, melt, False)
        for k in range(decals.shape[0]):
            reach = _decal_reach(decals, k)
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
            _lay_decal(_piece(row, begin, _whole(begin, end)), decals, k, begin, fy, face)
        if end_row <= begin_row:
            continue
        piece = _piece(row, begin_row, _whole(begin_row, end_row))
        _light_row(piece, light, opacity)
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
def _decal_reach(decals: NDArray[np.float32], k: int) -> Scalar:
    """Return half the size of the square around a drawing, in pixels."""
    per_mm = np.sqrt(max(abs(decals[k, 4] * decals[k, 7] - decals[k, 5] * decals[k, 6]), f32(1e-9)))
    return max(decals[k, 13], decals[k, 14]) * max(
        decals[k, 11], f32(0.6) / max(per_mm, f32(1e-6))
    ) * f32(1.15) + f32(1)


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


@inline
def _lay_cone(
    row: Surface, cones: Cones, k: int, begin: int, fy: Scalar, melt: Scalar, patterned: bool
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
        # A cone that barely rises over its neighbour fades in from its own edges, and
        # out beyond its ends, where the next cone of the limb takes over.
        ahead = (z - before) * per_blend
        beyond = max(abs(along - f32(0.5)) - f32(0.5), zero) * length * per_r
        fade = min(saturate(bulge * f32(1.7)), saturate(one - beyond * f32(2.5)))
        fade = max(fade, saturate(ahead - f32(0.5)))
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


@inline
def _lay_decal(
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
    lay = Lay(u0, v0, du, dv, z0, dz, per_fade, decals[k, 11], decals[k, 12])
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
        plate = Lay(u0, v0, du, dv, z0, dz, per_fade, decals[k, 11], steep)
        draw_disc(row, plate, colour, per_u, normal, a, b)


@inline
def _light_row(row: Surface, light: FigureLight, opacity: Scalar) -> None:
    """Light a row: its colours become light, its distances become cover."""
    one = f32(1)
    per_key = one / np.sqrt(
        light.key_x * light.key_x + light.key_y * light.key_y + light.key_z * light.key_z
        + f32(1e-6)
    )  # fmt: skip
    kx = light.key_x * per_key
    ky = light.key_y * per_key
    kz = light.key_z * per_key
    per_half = one / np.sqrt(kx * kx + ky * ky + (kz + one) * (kz + one))
    hx = kx * per_half
    hy = ky * per_half
    hz = (kz + one) * per_half
    clear = one - light.haze_amount
    for x in range(row.red.size):
        nx = row.normal_x[x]
        ny = -row.normal_y[x]
        nz = row.normal_z[x]
        per_n = one / np.sqrt(nx * nx + ny * ny + nz * nz + f32(1e-6))
        nx = nx * per_n
        ny = ny * per_n
        nz = nz * per_n
        shine = row.shine[x]
        soft = row.soft[x]
        facing = nx * kx + ny * ky + nz * kz
        diffuse = saturate(facing * f32(0.72) + f32(0.28))
        diffuse = diffuse * diffuse
        # Light that went under the skin comes out red, beyond the edge of the shadow.
        bled = saturate(facing * f32(0.60) + f32(0.40))
        bleed = soft * (bled * bled - diffuse)
        diffuse_r = diffuse + f32(0.85) * bleed
        diffuse_g = diffuse + f32(0.30) * bleed
        diffuse_b = diffuse + f32(0.18) * bleed
        spot = saturate(nx * hx + ny * hy + nz * hz)
        spot = spot * spot
        spot = spot * spot
        broad = spot * spot
        spot = broad * broad * shine * f32(0.35) + broad * soft * f32(0.035)
        above = f32(0.72) + f32(0.28) * ny
        edge = saturate(one - f32(1.15) * nz)
        edge = edge * edge * (f32(0.35) + f32(0.65) * edge) * row.edges[x]
        glint = edge * (f32(0.8) + f32(0.2) * shine)
        rim_l = glint * saturate(f32(0.1) - nx * f32(1.2))
        rim_r = glint * saturate(f32(0.1) + nx * f32(1.2))
        rim_t = glint * saturate(ny * f32(1.2) - f32(0.1))
        # A rim takes on some of the colour it falls on.
        tint_r = f32(0.45) + f32(0.55) * soft * row.red[x] + f32(0.55) * (one - soft)
        tint_g = f32(0.45) + f32(0.55) * soft * row.green[x] + f32(0.55) * (one - soft)
        tint_b = f32(0.45) + f32(0.55) * soft * row.blue[x] + f32(0.55) * (one - soft)
        r = row.red[x] * (light.ambient[0] * above + light.key[0] * diffuse_r)
        g = row.green[x] * (light.ambient[1] * above + light.key[1] * diffuse_g)
        b = row.blue[x] * (light.ambient[2] * above + light.key[2] * diffuse_b)
        rims = rim_l * light.rim_left[0] + rim_r * light.rim_right[0] + rim_t * light.rim_top[0]
        r = r + spot * light.key[0] + rims * tint_r
        rims = rim_l * light.rim_left[1] + rim_r * light.rim_right[1] + rim_t * light.rim_top[1]
        g = g + spot * light.key[1] + rims * tint_g
        rims = rim_l * light.rim_left[2] + rim_r * light.rim_right[2] + rim_t * light.rim_top[2]
        b = b + spot * light.key[2] + rims * tint_b
        row.red[x] = r * clear + light.haze[0] * light.haze_amount
        row.green[x] = g * clear + light.haze[1] * light.haze_amount
        row.blue[x] = b * clear + light.haze[2] * light.haze_amount
        row.distance[x] = saturate(f32(0.5) - row.distance[x]) * opacity
