"""From a body to pixels: cones melted into one surface, lit by a key and three rims.

Per pixel the kernel keeps a signed distance (the smooth union of all cones: one clean, smooth
outline) and a height field towards the viewer (the foremost cone wins, neighbours melt), from
whose normals the light is computed. Hence any pose from any side is shaded, limbs pass in front
of the body, and no order of painting is needed.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.camera import Projection
from mvkit.studio.kit.canvas import Canvas, pixel
from mvkit.studio.kit.jit import Scalar, f32, kernel
from mvkit.studio.kit.maths import exponential, mix, saturate, sine
from mvkit.studio.kit.rgb import RGB

__all__ = ["FigureLight", "darken_ground", "paint_cones", "project_cones"]

_BLACK: RGB = (np.float32(0), np.float32(0), np.float32(0))


class FigureLight(NamedTuple):
    """Light on a person, in the camera's directions.

    Attributes
    ----------
    key, key_x, key_y, key_z
        Main light and the direction towards it: right, up, towards the viewer.
    ambient
        Light from everywhere, a little more from above.
    rim_left, rim_right, rim_top
        Lights behind the person, seen as edges.
    haze, haze_amount
        Colour of the air between camera and person, and how much of it: 0 none, 1 hidden.
    """

    key: RGB = (np.float32(0.5), np.float32(0.5), np.float32(0.5))
    key_x: Scalar = np.float32(-0.5)
    key_y: Scalar = np.float32(0.5)
    key_z: Scalar = np.float32(0.7)
    ambient: RGB = (np.float32(0.1), np.float32(0.1), np.float32(0.1))
    rim_left: RGB = _BLACK
    rim_right: RGB = _BLACK
    rim_top: RGB = _BLACK
    haze: RGB = _BLACK
    haze_amount: Scalar = np.float32(0)


def project_cones(
    cones: NDArray[np.float32],
    projection: Projection,
    *,
    place_m: tuple[float, float, float],
    facing_rad: float,
    mirror: bool = False,
) -> NDArray[np.float32]:
    """Bring a body to the screen.

    Parameters
    ----------
    cones
        Body of :func:`~mvkit.studio.figure.body.build_body`.
    projection
        The camera.
    place_m
        Feet in the world.
    facing_rad
        Direction of the face, as a camera's yaw.
    mirror
        Reflect in the ground on which the feet stand.

    Returns
    -------
    numpy.ndarray
        (n, 19) float32 for :func:`paint_cones`: ends in pixels with height towards the viewer,
        radii, the depth of the section by its width, and the surface.
    """
    camera = projection.camera
    angle = facing_rad - camera.yaw_rad
    cos_a, sin_a = np.cos(angle), np.sin(angle)
    feet_x, feet_z = place_m[0] - camera.x_m, place_m[2] - camera.z_m
    cos_y, sin_y = np.cos(camera.yaw_rad), np.sin(camera.yaw_rad)
    right_m = feet_x * cos_y - feet_z * sin_y
    ahead_m = feet_x * sin_y + feet_z * cos_y
    up = -1.0 if mirror else 1.0
    screen = np.empty((len(cones), 19), np.float32)
    scales = []
    for end in (0, 1):
        x, y, z = (cones[:, 3 * end + axis].astype(np.float64) for axis in range(3))
        across = right_m + x * cos_a + z * sin_a
        ahead = np.maximum(ahead_m + z * cos_a - x * sin_a, 0.15)
        scale = projection.height_px / (camera.lens * ahead)
        u = across * scale
        v = (place_m[1] + up * y - camera.y_m) * scale
        cos_r, sin_r = np.cos(camera.roll_rad), np.sin(camera.roll_rad)
        screen[:, 3 * end] = projection.width_px / 2 + u * cos_r + v * sin_r
        screen[:, 3 * end + 1] = camera.horizon * projection.height_px - v * cos_r + u * sin_r
        screen[:, 3 * end + 2] = (ahead_m - ahead) * scale
        scales.append(scale)
    part = cones[:, 10] + angle
    cos_p, sin_p = np.cos(part), np.sin(part)
    for end in (0, 1):
        width, depth = cones[:, 6 + 2 * end], cones[:, 7 + 2 * end]
        screen[:, 6 + end] = np.hypot(width * cos_p, depth * sin_p) * scales[end]
    widest = np.maximum(np.maximum(cones[:, 6], cones[:, 8]), 1e-6)
    deepest = np.maximum(np.maximum(cones[:, 7], cones[:, 9]), 1e-6)
    seen = np.hypot(widest * cos_p, deepest * sin_p)
    screen[:, 8] = np.hypot(widest * sin_p, deepest * cos_p) / seen
    screen[:, 9:17] = cones[:, 11:19]
    screen[:, 17] = np.maximum(cones[:, 19] * scales[0], 0.5)
    screen[:, 18] = cones[:, 20]
    return np.ascontiguousarray(screen[np.argsort(screen[:, 2] + screen[:, 5], kind="stable")])


@kernel
def paint_cones(
    canvas: Canvas, cones: NDArray[np.float32], light: FigureLight, melt: Scalar, opacity: Scalar
) -> None:
    """Paint a projected body over a canvas, in place.

    Parameters
    ----------
    canvas
        Linear light (3, height, width).
    cones
        Table of :func:`project_cones`.
    light
        Light on the person.
    melt
        Radius in pixels with which outlines of different cones melt.
    opacity
        1 solid; less for a reflection.
    """
    _, height, width = canvas.shape
    n = cones.shape[0]
    one = f32(1)
    zero = f32(0)
    far = f32(-1e6)
    left = f32(1e9)
    right = f32(-1e9)
    top = f32(1e9)
    bottom = f32(-1e9)
    for k in range(n):
        reach = max(cones[k, 6], cones[k, 7]) + melt + f32(2)
        left = min(left, min(cones[k, 0], cones[k, 3]) - reach)
        right = max(right, max(cones[k, 0], cones[k, 3]) + reach)
        top = min(top, min(cones[k, 1], cones[k, 4]) - reach)
        bottom = max(bottom, max(cones[k, 1], cones[k, 4]) + reach)
    x0 = pixel(left, width)
    x1 = pixel(right + one, width)
    y0 = pixel(top, height)
    y1 = pixel(bottom + one, height)
    w = x1 - x0
    if w <= 0 or y1 <= y0:
        return
    distance = np.empty(w, np.float32)
    rise = np.empty(w, np.float32)
    normal_x = np.empty(w, np.float32)
    normal_y = np.empty(w, np.float32)
    normal_z = np.empty(w, np.float32)
    red = np.empty(w, np.float32)
    green = np.empty(w, np.float32)
    blue = np.empty(w, np.float32)
    shine = np.empty(w, np.float32)
    edges = np.empty(w, np.float32)
    per_melt = one / max(melt, f32(0.25))
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
    for y in range(y0, y1):
        fy = f32(y) + f32(0.5)
        for x in range(w):
            distance[x] = f32(1e4)
            rise[x] = far
            normal_x[x] = zero
            normal_y[x] = zero
            normal_z[x] = one
            red[x] = zero
            green[x] = zero
            blue[x] = zero
            shine[x] = zero
            edges[x] = zero
        for k in range(n):
            ax = cones[k, 0]
            ay = cones[k, 1]
            az = cones[k, 2]
            bx = cones[k, 3]
            by = cones[k, 4]
            ra = cones[k, 6]
            dr = cones[k, 7] - ra
            reach = max(ra, cones[k, 7]) + melt + f32(2)
            if fy < min(ay, by) - reach or fy > max(ay, by) + reach:
                continue
            begin = pixel(min(ax, bx) - reach - f32(x0), w)
            end = pixel(max(ax, bx) + reach + f32(2 - x0), w)
            dx = bx - ax
            dy = by - ay
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
            per_flat = one / max(flat, f32(0.05))
            cut_b = zero if hem > f32(0.5) else f32(1e6)
            cut_a = zero if hem > f32(1.5) else f32(1e6)
            py = fy - ay
            span = end - begin
            # Views from zero: an index that may be negative would stop vectorisation.
            cone_distance = distance[begin:end]
            cone_rise = rise[begin:end]
            cone_nx = normal_x[begin:end]
            cone_ny = normal_y[begin:end]
            cone_nz = normal_z[begin:end]
            cone_red = red[begin:end]
            cone_green = green[begin:end]
            cone_blue = blue[begin:end]
            cone_shine = shine[begin:end]
            cone_edges = edges[begin:end]
            offset = f32(x0 + begin) + f32(0.5) - ax
            for x in range(span):
                px = f32(x) + offset
                along = (px * dx + py * dy) * per_length2
                h = saturate(along)
                qx = px - dx * h
                qy = py - dy * h
                r = max(ra + dr * h, f32(0.2))
                d_axis = np.sqrt(qx * qx + qy * qy + f32(1e-6))
                per_r = one / r
                side = (px * dy - py * dx) * per_length * per_r
                lines = sine(side * frequency + sine(h * f32(2.6) + frequency) * f32(0.8))
                fine = sine(side * frequency * f32(2.7) + h * f32(3)) * lines
                ripple = lines * folds * r * f32(0.04)
                d = max(d_axis - r, (along - one) * length - ripple - cut_b)
                d = max(d, -along * length - cut_a)
                old = cone_distance[x]
                near = max(melt - abs(old - d), zero) * per_melt
                cone_distance[x] = min(old, d) - near * near * melt * f32(0.25)
                nx = qx * per_r
                ny = qy * per_r
                bulge = np.sqrt(max(one - nx * nx - ny * ny, zero))
                z = az + dz * h + r * flat * bulge
                before = cone_rise[x]
                inside = saturate(f32(0.5) - d)
                # Outside of all cones the nearest one lends its edge to the outline.
                edge = f32(1) if (before < f32(-1e5)) & (d < old) else zero
                # A cone that barely rises over its neighbour fades in from its own edges, and
                # out beyond its ends, where the next cone of the limb takes over.
                ahead = (z - before) * per_blend
                beyond = max(abs(along - f32(0.5)) - f32(0.5), zero) * length * per_r
                fade = min(saturate(bulge * f32(1.7)), saturate(one - beyond * f32(2.5)))
                fade = max(fade, saturate(ahead - f32(0.5)))
                melted = max(inside * saturate(ahead + f32(0.5)) * fade, edge)
                crisp = max(inside * saturate((z - before) * per_crisp + f32(0.5)), edge)
                cone_rise[x] = max(before, z if inside > f32(0.5) else far)
                tone = one + strands * (f32(0.6) * lines + f32(0.5) * fine)
                bend = folds * lines
                cone_nx[x] = mix(cone_nx[x], nx - bend * dy * per_length, melted)
                cone_ny[x] = mix(cone_ny[x], ny + bend * dx * per_length, melted)
                cone_nz[x] = mix(cone_nz[x], bulge * per_flat + f32(0.02), melted)
                cone_red[x] = mix(cone_red[x], cone_r * tone, crisp)
                cone_green[x] = mix(cone_green[x], cone_g * tone, crisp)
                cone_blue[x] = mix(cone_blue[x], cone_b * tone, crisp)
                cone_shine[x] = mix(cone_shine[x], gloss, crisp)
                cone_edges[x] = mix(cone_edges[x], rim, melted)
        out_r = canvas[0, y]
        out_g = canvas[1, y]
        out_b = canvas[2, y]
        for x in range(w):
            nx = normal_x[x]
            ny = -normal_y[x]
            nz = normal_z[x]
            per_n = one / np.sqrt(nx * nx + ny * ny + nz * nz + f32(1e-6))
            nx = nx * per_n
            ny = ny * per_n
            nz = nz * per_n
            facing = nx * kx + ny * ky + nz * kz
            diffuse = saturate(facing * f32(0.72) + f32(0.28))
            diffuse = diffuse * diffuse
            spot = saturate(nx * hx + ny * hy + nz * hz)
            spot = spot * spot
            spot = spot * spot
            spot = spot * spot
            spot = spot * spot * shine[x] * f32(0.35)
            above = f32(0.72) + f32(0.28) * ny
            edge = saturate(f32(1.0) - f32(1.15) * nz)
            edge = edge * edge * (f32(0.35) + f32(0.65) * edge) * edges[x]
            rim_l = edge * saturate(f32(0.1) - nx * f32(1.2))
            rim_r = edge * saturate(f32(0.1) + nx * f32(1.2))
            rim_t = edge * saturate(ny * f32(1.2) - f32(0.1))
            sheen = f32(0.5) + f32(0.5) * shine[x]
            r = red[x] * (light.ambient[0] * above + light.key[0] * diffuse)
            g = green[x] * (light.ambient[1] * above + light.key[1] * diffuse)
            b = blue[x] * (light.ambient[2] * above + light.key[2] * diffuse)
            glint = f32(0.6) + f32(0.4) * sheen
            r = (
                r
                + spot * light.key[0]
                + glint
                * (
                    rim_l * light.rim_left[0]
                    + rim_r * light.rim_right[0]
                    + rim_t * light.rim_top[0]
                )
            )
            g = (
                g
                + spot * light.key[1]
                + glint
                * (
                    rim_l * light.rim_left[1]
                    + rim_r * light.rim_right[1]
                    + rim_t * light.rim_top[1]
                )
            )
            b = (
                b
                + spot * light.key[2]
                + glint
                * (
                    rim_l * light.rim_left[2]
                    + rim_r * light.rim_right[2]
                    + rim_t * light.rim_top[2]
                )
            )
            red[x] = r * clear + light.haze[0] * light.haze_amount
            green[x] = g * clear + light.haze[1] * light.haze_amount
            blue[x] = b * clear + light.haze[2] * light.haze_amount
            distance[x] = saturate(f32(0.5) - distance[x]) * opacity
        for x in range(w):
            out_r[x0 + x] = mix(out_r[x0 + x], red[x], distance[x])
        for x in range(w):
            out_g[x0 + x] = mix(out_g[x0 + x], green[x], distance[x])
        for x in range(w):
            out_b[x0 + x] = mix(out_b[x0 + x], blue[x], distance[x])


@kernel
def darken_ground(
    canvas: Canvas, x_px: Scalar, y_px: Scalar, radius_px: Scalar, flatness: Scalar, amount: Scalar
) -> None:
    """Lay a soft contact shadow, an ellipse ``flatness`` times as high as wide, in place."""
    _, height, width = canvas.shape
    tall = radius_px * max(flatness, f32(0.05))
    per_x = f32(1) / radius_px
    per_y = f32(1) / tall
    x0 = pixel(x_px - f32(2) * radius_px, width)
    x1 = pixel(x_px + f32(2) * radius_px + f32(1), width)
    for y in range(pixel(y_px - f32(2) * tall, height), pixel(y_px + f32(2) * tall, height)):
        v = (f32(y) + f32(0.5) - y_px) * per_y
        for plane in range(3):
            out = canvas[plane, y]
            for x in range(x0, x1):
                u = (f32(x) + f32(0.5) - x_px) * per_x
                q = u * u + v * v
                out[x] *= f32(1) - amount * exponential(-q * f32(1.4)) * saturate(f32(4) - q)
