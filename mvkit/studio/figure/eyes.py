"""Drawings around the eyes: lids, lashes and iris, brows, glasses.

Each function colours one row of pixels. Places are in millimetres on the drawing: ``u`` along its
first axis (away from the nose for what comes in pairs), ``v`` up; ``ppm`` is pixels by millimetre.
"""

from __future__ import annotations

import numpy as np

from mvkit.studio.figure.drawing import Expression, Lay, Surface, below, cover_of_line
from mvkit.studio.kit.jit import Scalar, f32, inline
from mvkit.studio.kit.maths import arctan2, mix, saturate, sine

__all__ = ["draw_brow", "draw_eye", "draw_glasses"]


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
        inside = below(f32(15.5) - abs(u), ppm)
        top = f32(5.6) * arch * (one - f32(0.2) * s) + f32(2.2) * face.gaze_up
        low = f32(-4.2) * arch * (one + f32(0.18) * s)
        lid = mix(top, low + f32(0.3), face.blink)
        opened = below(lid - v, ppm) * below(v - low, ppm) * inside * resolved
        du = u - look_u
        dv = v - look_v
        r = np.sqrt(du * du + dv * dv + f32(1e-6))
        in_iris = below(f32(5.9) - r, ppm)
        in_pupil = below(f32(2.5) - r, ppm)
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
        catch = below(f32(1.25) - np.sqrt(cu * cu + cv * cv + f32(1e-6)), ppm)
        bu = du * out - f32(2.0)
        bv = dv + f32(2.2)
        catch = catch + f32(0.20) * below(f32(1.0) - np.sqrt(bu * bu + bv * bv + f32(1e-6)), ppm)
        catch = catch * saturate(ppm * f32(3)) * f32(0.85)
        # The lids: a shade under the crease, the crease, lashes that grow outwards.
        crease = top + f32(3.0) * np.sqrt(arch + f32(0.02))
        lidded = below(v - lid, ppm) * saturate((crease - v) * f32(0.35) + f32(0.3)) * inside
        fold = cover_of_line(v - crease, f32(0.45), ppm) * inside * (one - f32(0.7) * face.blink)
        pouch = cover_of_line(v - low + f32(2.6), f32(1.4), ppm * f32(0.35)) * inside
        blurred = saturate(f32(1.3) - s * s - v * v * f32(0.02)) * (one - resolved)
        dim = one - f32(0.62) * blurred - f32(0.26) * lidded - f32(0.34) * fold - f32(0.10) * pouch
        thick = f32(0.55) + f32(0.75) * lash * saturate(s * f32(0.7) + f32(0.7))
        lashes = cover_of_line(v - lid - f32(0.35), thick, ppm) * below(f32(17.5) - abs(u), ppm)
        rim = cover_of_line(v - low, f32(0.32), ppm) * inside * f32(0.55)
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
        frame = cover_of_line(away, f32(1.0), ppm)
        glass = below(-away, ppm)
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
