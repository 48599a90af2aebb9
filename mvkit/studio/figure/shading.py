"""A row of a body's surface lit by a key, its surroundings and three rims."""

from __future__ import annotations

import numpy as np

from mvkit.studio.figure.drawing import Surface
from mvkit.studio.figure.light import FigureLight
from mvkit.studio.kit.jit import Scalar, f32, inline
from mvkit.studio.kit.maths import saturate

__all__ = ["light_row"]


@inline
def light_row(row: Surface, light: FigureLight, opacity: Scalar) -> None:
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
