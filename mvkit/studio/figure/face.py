"""Drawings on the surface of a person: eyes, brows, lips, blush, beard, glasses, and discs.

Each function colours one row of pixels. Places are in millimetres on the drawing: ``u`` along its
first axis (away from the nose for what comes in pairs), ``v`` up; ``ppm`` is pixels by millimetre.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mvkit.studio.kit.canvas import Row
from mvkit.studio.kit.jit import Scalar, f32, inline
from mvkit.studio.kit.maths import arctan2, exponential, mix, saturate, sine

__all__ = [
    "KINDS",
    "Expression",
    "Lay",
    "Surface",
    "draw_beard",
    "draw_brow",
    "draw_disc",
    "draw_eye",
    "draw_glasses",
    "draw_mouth",
    "draw_patch",
]

KINDS = {"eye": 0, "brow": 1, "mouth": 2, "patch": 3, "beard": 4, "glasses": 5, "disc": 6}
"""Kinds of drawings, in the numbering of the kernel."""


class Expression(NamedTuple):
    """A face's expression as kernels take it: see :class:`~mvkit.studio.figure.pose.Face`."""

    mouth: Scalar
    wide: Scalar
    blink: Scalar
    gaze_right: Scalar
    gaze_up: Scalar


class Lay(NamedTuple):
    """How a drawing lies on the picture, for one row.

    ``u0``, ``v0`` are the place of the row's first pixel, ``du``, ``dv`` the way by pixel; ``z0``
    and ``dz`` the same for the height towards the viewer, and ``hidden`` by how many pixels
    something has to be above it to hide it.
    """

    u0: Scalar
    v0: Scalar
    du: Scalar
    dv: Scalar
    z0: Scalar
    dz: Scalar
    per_fade: Scalar
    ppm: Scalar
    strength: Scalar


class Surface(NamedTuple):
    """One row of the body's surface before it is lit."""

    red: Row
    green: Row
    blue: Row
    shine: Row
    soft: Row
    edges: Row
    rise: Row
    distance: Row
    normal_x: Row
    normal_y: Row
    normal_z: Row


@inline
def _line(distance: Scalar, half: Scalar, ppm: Scalar) -> Scalar:
    """Return how much of a pixel a line of a half width covers."""
    cover = saturate((half - abs(distance)) * ppm + f32(0.5))
    return f32(cover * saturate(f32(2) * half * ppm))


@inline
def _below(edge: Scalar, ppm: Scalar) -> Scalar:
    return saturate(edge * ppm + f32(0.5))


@inline
def draw_eye(
    row: Surface, lay: Lay, iris: tuple[Scalar, Scalar, Scalar], out: Scalar, lash: Scalar,
    face: Expression,
) -> None:  # fmt: skip
    """Draw an eye: lids, lashes, white, iris, pupil, catch light."""
    ppm = lay.ppm
    one = f32(1)
    resolved = saturate(f32(1.6) * ppm)
    look_u = out * f32(13) * face.gaze_right
    look_v = f32(12) * face.gaze_up + f32(0.4)
    for x in range(row.red.size):
        u = lay.u0 + f32(x) * lay.du
        v = lay.v0 + f32(x) * lay.dv - f32(0.07) * u
        z = lay.z0 + f32(x) * lay.dz
        shown = saturate((z - row.rise[x]) * lay.per_fade) * lay.strength
        s = u * f32(1 / 15.5)
        arch = max(one - s * s, f32(0))
        inside = _below(f32(15.5) - abs(u), ppm)
        top = f32(5.6) * arch * (one - f32(0.2) * s) + f32(2.2) * face.gaze_up
        low = f32(-4.2) * arch * (one + f32(0.18) * s)
        lid = mix(top, low + f32(0.3), face.blink)
        opened = _below(lid - v, ppm) * _below(v - low, ppm) * inside * resolved
        du = u - look_u
        dv = v - look_v
        r = np.sqrt(du * du + dv * dv + f32(1e-6))
        in_iris = _below(f32(5.9) - r, ppm)
        in_pupil = _below(f32(2.5) - r, ppm)
        fibre = one + f32(0.28) * sine(f32(17) * arctan2(dv, du) + r * f32(1.3))
        ring = saturate((f32(5.9) - r) * f32(0.75))
        glow = saturate((r - f32(1.5)) * f32(0.3)) * saturate(f32(0.7) - dv * f32(0.12))
        tone = (f32(0.35) + f32(1.5) * glow) * fibre * (f32(0.25) + f32(0.75) * ring)
        shadow = f32(0.42) + f32(0.58) * saturate((lid - v) * f32(0.30))
        corner = saturate(abs(s) * f32(1.8) - f32(0.9))
        white_r = shadow * (f32(0.66) - f32(0.12) * corner)
        white_g = shadow * (f32(0.62) - f32(0.27) * corner)
        white_b = shadow * (f32(0.60) - f32(0.25) * corner)
        bright = tone * shadow * (one - in_pupil)
        eye_r = mix(white_r, iris[0] * bright, in_iris)
        eye_g = mix(white_g, iris[1] * bright, in_iris)
        eye_b = mix(white_b, iris[2] * bright, in_iris)
        cu = du * out + f32(1.9)
        cv = dv - f32(2.0)
        catch = _below(f32(1.25) - np.sqrt(cu * cu + cv * cv + f32(1e-6)), ppm)
        bu = du * out - f32(2.0)
        bv = dv + f32(2.2)
        catch = catch + f32(0.20) * _below(f32(1.0) - np.sqrt(bu * bu + bv * bv + f32(1e-6)), ppm)
        catch = catch * saturate(ppm * f32(3)) * f32(0.85)
        # The lids: a shade under the crease, the crease, lashes that grow outwards.
        crease = top + f32(3.0) * np.sqrt(arch + f32(0.02))
        lidded = _below(v - lid, ppm) * saturate((crease - v) * f32(0.35) + f32(0.3)) * inside
        fold = _line(v - crease, f32(0.45), ppm) * inside * (one - f32(0.7) * face.blink)
        pouch = _line(v - low + f32(2.6), f32(1.4), ppm * f32(0.35)) * inside
        blurred = saturate(f32(1.3) - s * s - v * v * f32(0.02)) * (one - resolved)
        dim = one - f32(0.62) * blurred - f32(0.26) * lidded - f32(0.34) * fold - f32(0.10) * pouch
        thick = f32(0.55) + f32(0.75) * lash * saturate(s * f32(0.7) + f32(0.7))
        lashes = _line(v - lid - f32(0.35), thick, ppm) * _below(f32(17.5) - abs(u), ppm)
        rim = _line(v - low, f32(0.32), ppm) * inside * f32(0.55)
        hard = saturate(lashes + rim * (one - opened * f32(0.5)))
        skin_r = row.red[x] * dim
        skin_g = row.green[x] * (dim - f32(0.05) * lidded)
        skin_b = row.blue[x] * (dim - f32(0.04) * lidded)
        red = mix(mix(skin_r, eye_r, opened), f32(0.012), hard) + catch * opened
        green = mix(mix(skin_g, eye_g, opened), f32(0.009), hard) + catch * opened
        blue = mix(mix(skin_b, eye_b, opened), f32(0.009), hard) + catch * opened
        row.red[x] = mix(row.red[x], red, shown)
        row.green[x] = mix(row.green[x], green, shown)
        row.blue[x] = mix(row.blue[x], blue, shown)
        glassy = opened * shown
        row.shine[x] = mix(row.shine[x], f32(0.12), glassy)
        row.soft[x] = row.soft[x] * (one - glassy)
        row.edges[x] = row.edges[x] * (one - max(glassy, hard * shown))
        row.normal_x[x] = row.normal_x[x] + out * s * f32(0.5) * glassy


@inline
def draw_brow(row: Surface, lay: Lay, hair: tuple[Scalar, Scalar, Scalar], man: Scalar) -> None:
    """Draw an eyebrow of single hairs, thick at the nose, thin at the temple."""
    ppm = lay.ppm
    for x in range(row.red.size):
        u = lay.u0 + f32(x) * lay.du
        v = lay.v0 + f32(x) * lay.dv
        z = lay.z0 + f32(x) * lay.dz
        shown = saturate((z - row.rise[x]) * lay.per_fade) * lay.strength
        way = saturate((u + f32(20)) * f32(1 / 43.0))
        bend = f32(-2.0) + (f32(6.6) - f32(2.8) * man) * way * (f32(1.75) - way)
        bend = bend - f32(6.0) * max(way - f32(0.70), f32(0)) * (f32(1.1) - f32(0.5) * man)
        half = (f32(2.1) + f32(1.0) * man) * (f32(1) - f32(0.72) * way * way)
        soft = max(half * f32(0.9), f32(0.8) / ppm)
        cover = saturate((half - abs(v - bend)) / soft + f32(0.35))
        cover = cover * saturate((u + f32(20)) * f32(0.35)) * saturate((f32(23) - u) * f32(0.25))
        strand = sine(u * f32(2.6) - v * (f32(1.3) - f32(2.6) * way) * f32(1.6))
        strand = strand * sine(u * f32(0.83) + v)
        cover = cover * (f32(0.82) + f32(0.18) * strand * saturate(ppm - f32(0.5))) * shown
        cover = cover * saturate(ppm * f32(4))
        row.red[x] = mix(row.red[x], hair[0] * f32(0.8), cover)
        row.green[x] = mix(row.green[x], hair[1] * f32(0.8), cover)
        row.blue[x] = mix(row.blue[x], hair[2] * f32(0.8), cover)
        row.soft[x] = row.soft[x] * (f32(1) - cover)
        row.shine[x] = row.shine[x] * (f32(1) - cover)
        row.edges[x] = row.edges[x] * (f32(1) - cover)


@inline
def draw_mouth(
    row: Surface, lay: Lay, lips: tuple[Scalar, Scalar, Scalar], full: Scalar, face: Expression
) -> None:
    """Draw lips, and teeth and tongue between them when they part."""
    ppm = lay.ppm
    one = f32(1)
    gap = f32(12.5) * saturate(face.mouth)
    per_half = one / (f32(22.0) + f32(3.2) * face.wide - f32(1.4) * face.mouth)
    for x in range(row.red.size):
        u = lay.u0 + f32(x) * lay.du
        v = lay.v0 + f32(x) * lay.dv
        z = lay.z0 + f32(x) * lay.dz
        shown = saturate((z - row.rise[x]) * lay.per_fade) * lay.strength
        s = u * per_half
        s2 = min(s * s, one)
        arch = one - s2
        within = _below((one - abs(s)) / per_half, ppm)
        line = (
            f32(-0.4) + (f32(0.8) + f32(2.0) * face.wide) * s2 + f32(0.5) * arch * sine(s * f32(6))
        )
        round_arch = np.sqrt(arch + f32(1e-4))
        upper = line + f32(0.30) * gap * round_arch
        lower = line - f32(0.70) * gap * round_arch
        bow = one - f32(0.26) * exponential(-u * u * f32(0.09))
        rim_top = upper + (f32(3.8) + f32(1.9) * full) * arch * bow
        rim_low = lower - (f32(5.2) + f32(2.2) * full) * round_arch * arch
        lip = saturate((rim_top - v) * ppm * f32(0.6) + f32(0.5))
        lip = lip * saturate((v - rim_low) * ppm * f32(0.6) + f32(0.5)) * within
        opened = _below(upper - v, ppm) * _below(v - lower, ppm) * within
        opened = opened * saturate(gap * f32(0.8) - f32(0.4))
        seam = _line(v - f32(0.5) * (upper + lower), f32(0.55), ppm) * within * (one - opened)
        seam = seam * saturate(one - gap * f32(0.5))
        above = saturate((v - upper) * ppm + f32(0.5))
        depth = one / (f32(6) + f32(1.4) * full)
        bulge = saturate(one - abs((lower - v) * depth - f32(0.45)) * f32(2)) * (one - above)
        tone = f32(0.95) - f32(0.18) * above + f32(0.16) * bulge
        tone = tone - f32(0.14) * saturate(sine(u * f32(2.4) + s * f32(3))) * saturate(ppm - one)
        teeth = _below(v - upper + f32(4.6), ppm) * saturate(arch * f32(3))
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
def draw_glasses(row: Surface, lay: Lay, out: Scalar, square: Scalar, dark: Scalar) -> None:
    """Draw one glass and its frame, with a streak of light across it."""
    ppm = lay.ppm
    one = f32(1)
    for x in range(row.red.size):
        u = lay.u0 + f32(x) * lay.du
        v = lay.v0 + f32(x) * lay.dv + f32(1.5)
        z = lay.z0 + f32(x) * lay.dz
        shown = saturate((z - row.rise[x]) * lay.per_fade) * lay.strength
        a = u * f32(1 / 24.0)
        b = v * mix(f32(1 / 22.0), f32(1 / 18.5), square)
        oval = np.sqrt(a * a + b * b + f32(1e-6))
        a2 = a * a
        b2 = b * b
        boxy = np.sqrt(np.sqrt(a2 * a2 + b2 * b2 + f32(1e-9)))
        away = (mix(oval, boxy, square) - one) * f32(22)
        frame = _line(away, f32(1.0), ppm)
        glass = _below(-away, ppm)
        streak = saturate(one - abs(u * out * f32(0.8) + v - f32(5)) * f32(0.25)) * f32(0.07)
        streak = streak + f32(0.05) * dark * saturate(v * f32(0.06))
        cover = saturate(frame + glass * dark * (one - frame)) * shown
        light = streak * glass * (one - frame) * shown
        row.red[x] = mix(row.red[x], f32(0.012), cover) + light
        row.green[x] = mix(row.green[x], f32(0.012), cover) + light
        row.blue[x] = mix(row.blue[x], f32(0.014), cover) + light
        row.shine[x] = mix(row.shine[x], f32(0.7), cover)
        row.soft[x] = row.soft[x] * (one - cover)
        row.edges[x] = row.edges[x] * (one - f32(0.8) * cover)


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
