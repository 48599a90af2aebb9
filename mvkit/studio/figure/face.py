"""Drawings of the lower face, lips, blush and beard; and discs, which lie on anything.

Each function colours one row of pixels. Places are in millimetres on the drawing: ``u`` along its
first axis (away from the nose for what comes in pairs), ``v`` up; ``ppm`` is pixels by millimetre.
"""

from __future__ import annotations

import numpy as np

from mvkit.studio.figure.drawing import Expression, Lay, Surface, below, cover_of_line
from mvkit.studio.kit.jit import Scalar, f32, inline
from mvkit.studio.kit.maths import arctan2, exponential, mix, saturate, sine

__all__ = ["draw_beard", "draw_disc", "draw_mouth", "draw_patch"]


@inline
def draw_mouth(
    row: Surface, lay: Lay, lips: tuple[Scalar, Scalar, Scalar], full: Scalar, face: Expression
) -> None:
    """Draw lips, and teeth and tongue between them when they part."""
    ppm = lay.ppm
    one = f32(1)
    gap = f32(12.5) * saturate(face.mouth)
    per_half = one / (f32(22.0) + f32(3.2) * face.wide - f32(1.4) * face.mouth)
    bent = min(max(lay.lean, f32(-1.2)), f32(1.2)) * f32(1 / 84.0)  # lips follow the teeth
    for x in range(row.red.size):
        u = lay.u0 + f32(x) * lay.du
        u = u - u * u * bent
        v = lay.v0 + f32(x) * lay.dv
        z = lay.z0 + f32(x) * lay.dz
        shown = saturate((z - row.rise[x]) * lay.per_fade) * lay.strength
        s = u * per_half
        s2 = min(s * s, one)
        arch = one - s2
        within = below((one - abs(s)) / per_half, ppm)
        line = (
            f32(-0.4) + (f32(1.7) + f32(2.0) * face.wide) * s2 + f32(0.5) * arch * sine(s * f32(6))
        )
        round_arch = np.sqrt(arch + f32(1e-4))
        upper = line + f32(0.30) * gap * round_arch
        lower = line - f32(0.70) * gap * round_arch
        bow = one - f32(0.26) * exponential(-u * u * f32(0.09))
        rim_top = upper + (f32(3.8) + f32(1.9) * full) * arch * bow
        rim_low = lower - (f32(5.2) + f32(2.2) * full) * round_arch * arch
        lip = saturate((rim_top - v) * ppm * f32(0.6) + f32(0.5))
        lip = lip * saturate((v - rim_low) * ppm * f32(0.6) + f32(0.5)) * within
        opened = below(upper - v, ppm) * below(v - lower, ppm) * within
        opened = opened * saturate(gap * f32(0.8) - f32(0.4))
        seam = (
            cover_of_line(v - f32(0.5) * (upper + lower), f32(0.55), ppm) * within * (one - opened)
        )
        seam = seam * saturate(one - gap * f32(0.5))
        above = saturate((v - upper) * ppm + f32(0.5))
        depth = one / (f32(6) + f32(1.4) * full)
        bulge = saturate(one - abs((lower - v) * depth - f32(0.45)) * f32(2)) * (one - above)
        tone = f32(0.95) - f32(0.18) * above + f32(0.16) * bulge
        tone = tone - f32(0.14) * saturate(sine(u * f32(2.4) + s * f32(3))) * saturate(ppm - one)
        teeth = below(v - upper + f32(4.6), ppm) * saturate(arch * f32(3))
        tooth = f32(0.66) * saturate((upper - v) * f32(0.4) + f32(0.35))
        tongue = saturate((lower + f32(0.5) * gap - v) * f32(0.35)) * f32(0.16)
        in_r = mix(f32(0.020) + tongue, tooth, teeth)
        in_g = mix(f32(0.006) + f32(0.30) * tongue, tooth * f32(0.95), teeth)
        in_b = mix(f32(0.006) + f32(0.32) * tongue, tooth * f32(0.88), teeth)
        cover = lip * shown * (f32(0.62) + f32(0.38) * full)
        shade = one - f32(0.30) * shown * within * saturate(
            one - abs(v - rim_low + f32(3.2)) * f32(0.30)
        ) * saturate(arch - f32(0.35))
        dark = seam * shown * f32(0.75)
        hole = opened * shown
        red = mix(row.red[x] * shade, lips[0] * tone, cover) * (one - dark)
        green = mix(row.green[x] * shade, lips[1] * tone, cover) * (one - dark)
        blue = mix(row.blue[x] * shade, lips[2] * tone, cover) * (one - dark)
        row.red[x] = mix(red, in_r, hole)
        row.green[x] = mix(green, in_g, hole)
        row.blue[x] = mix(blue, in_b, hole)
        row.shine[x] = mix(row.shine[x], f32(0.25) + f32(0.4) * full, cover) * (
            one - f32(0.6) * hole
        )
        row.soft[x] = row.soft[x] * (one - hole)
        row.edges[x] = row.edges[x] * (one - max(cover, hole))
        row.normal_y[x] = row.normal_y[x] + (f32(0.45) * above - f32(0.35) * bulge) * cover


@inline
def draw_patch(
    row: Surface, lay: Lay, colour: tuple[Scalar, Scalar, Scalar], per_u: Scalar, per_v: Scalar,
    strength: Scalar,
) -> None:  # fmt: skip
    """Tint a soft oval."""
    for x in range(row.red.size):
        u = (lay.u0 + f32(x) * lay.du) * per_u
        v = (lay.v0 + f32(x) * lay.dv) * per_v
        z = lay.z0 + f32(x) * lay.dz
        shown = saturate((z - row.rise[x]) * lay.per_fade) * lay.strength
        q = saturate(f32(1) - u * u - v * v)
        cover = strength * q * q * shown
        row.red[x] = mix(row.red[x], colour[0], cover)
        row.green[x] = mix(row.green[x], colour[1], cover)
        row.blue[x] = mix(row.blue[x], colour[2], cover)


@inline
def draw_beard(
    row: Surface, lay: Lay, colour: tuple[Scalar, Scalar, Scalar], per_u: Scalar, per_v: Scalar,
    strength: Scalar,
) -> None:  # fmt: skip
    """Grow a beard over jaw, chin and upper lip, leaving the mouth and cheeks free."""
    one = f32(1)
    for x in range(row.red.size):
        u = lay.u0 + f32(x) * lay.du
        v = lay.v0 + f32(x) * lay.dv
        z = lay.z0 + f32(x) * lay.dz
        shown = saturate((z - row.rise[x]) * lay.per_fade) * lay.strength
        across = u * per_u
        # Its upper edge runs from the ears down to the corners of the mouth and up to the nose.
        edge = (
            f32(9)
            + f32(26) * across * across
            - f32(9) * saturate(one - abs(abs(u) - f32(28)) * f32(0.08))
        )
        hold = saturate((edge - v) * f32(0.07)) * saturate(one + (v * per_v + f32(0.6)) * f32(2.5))
        lips = saturate(
            one - (u * u * f32(1 / 620.0) + (v - f32(4)) * (v - f32(4)) * f32(1 / 70.0))
        )
        cover = hold * (one - saturate(lips * f32(2.5)))
        fleck = sine(u * f32(3.1) + v * f32(1.7)) * sine(v * f32(3.7) - u * f32(1.1))
        fleck = f32(0.8) + f32(0.2) * fleck * saturate(lay.ppm - f32(0.6))
        cover = cover * strength * fleck * shown
        row.red[x] = mix(row.red[x], colour[0], cover)
        row.green[x] = mix(row.green[x], colour[1], cover)
        row.blue[x] = mix(row.blue[x], colour[2], cover)
        row.shine[x] = row.shine[x] * (one - f32(0.7) * cover)
        row.soft[x] = row.soft[x] * (one - cover)


@inline
def draw_disc(
    row: Surface, lay: Lay, colour: tuple[Scalar, Scalar, Scalar], per_radius: Scalar,
    normal: tuple[Scalar, Scalar, Scalar], gloss: Scalar, grooves: Scalar,
) -> None:  # fmt: skip
    """Lay a round plate over the row, wherever nothing is before it: a drum's head, a cymbal."""
    one = f32(1)
    for x in range(row.red.size):
        u = (lay.u0 + f32(x) * lay.du) * per_radius
        v = (lay.v0 + f32(x) * lay.dv) * per_radius
        z = lay.z0 + f32(x) * lay.dz
        r = np.sqrt(u * u + v * v + f32(1e-6))
        # Pixels to the edge, along the steepest way.
        slope = (
            np.sqrt((u * lay.du + v * lay.dv) * (u * lay.du + v * lay.dv) + f32(1e-9))
            * per_radius
            / r
            + lay.strength
        )
        inside = saturate((one - r) / max(slope, f32(1e-5)) + f32(0.5))
        ahead = saturate((z - row.rise[x]) * lay.per_fade + f32(0.5))
        cover = inside * max(ahead, saturate(row.distance[x] + f32(0.5)))
        tone = one + grooves * sine(r * f32(60)) + grooves * f32(2) * sine(arctan2(v, u) * f32(2))
        row.red[x] = mix(row.red[x], colour[0] * tone, cover)
        row.green[x] = mix(row.green[x], colour[1] * tone, cover)
        row.blue[x] = mix(row.blue[x], colour[2] * tone, cover)
        row.normal_x[x] = mix(row.normal_x[x], normal[0] + f32(0.25) * u, cover)
        row.normal_y[x] = mix(row.normal_y[x], normal[1], cover)
        row.normal_z[x] = mix(row.normal_z[x], normal[2], cover)
        row.shine[x] = mix(row.shine[x], gloss, cover)
        row.soft[x] = row.soft[x] * (one - cover)
        row.edges[x] = row.edges[x] * (one - f32(0.8) * cover)
        row.rise[x] = max(row.rise[x], z if inside > f32(0.5) else f32(-1e6))
        row.distance[x] = min(row.distance[x], f32(0.5) - inside)
