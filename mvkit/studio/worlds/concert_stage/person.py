"""Somebody in the crowd: how they move at an instant, and how a row of them is painted."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mvkit.studio.kit.canvas import Canvas, Row, pixel
from mvkit.studio.kit.jit import Scalar, f32, i32, inline
from mvkit.studio.kit.maths import mix, saturate, select, sine, smoothstep
from mvkit.studio.kit.noise import hash_2d
from mvkit.studio.kit.rgb import RGB
from mvkit.studio.kit.view import View
from mvkit.studio.music import Pulse

__all__ = ["PERSON_M", "Person", "paint_arm", "paint_body", "person_in_row"]

PERSON_M = 0.66
"""From one person of a row to the next."""


@inline
def _limb(px: Scalar, py: Scalar, ax: Scalar, ay: Scalar, bx: Scalar, by: Scalar) -> Scalar:
    """Return the distance of a point from a segment."""
    dx = bx - ax
    dy = by - ay
    h = saturate(((px - ax) * dx + (py - ay) * dy) / max(dx * dx + dy * dy, f32(1e-5)))
    qx = px - ax - dx * h
    qy = py - ay - dy * h
    return f32(np.sqrt(qx * qx + qy * qy))


@inline
def _raised_arm(x: Scalar, y: Scalar, sway: Scalar, lift: Scalar, open_hand: Scalar) -> Scalar:
    """Return the distance from an arm held up: tapering sleeve, fist or open hand."""
    elbow_x = f32(0.225)
    upper = _limb(x, y, f32(0.165), f32(-0.29), elbow_x, f32(-0.06)) - f32(0.040)
    hand_x = f32(0.165) + sway
    along = saturate((y + f32(0.06)) / max(lift + f32(0.06), f32(0.1)))
    fore = _limb(x, y, elbow_x, f32(-0.06), hand_x, lift) - (f32(0.036) - f32(0.013) * along)
    u = abs(x - hand_x)
    v = y - lift
    hand = np.sqrt(u * u + (v - f32(0.02)) * (v - f32(0.02))) - f32(0.034)
    # Fingers: short strokes that fan out, the same on both sides.
    fan = _limb(u, v, f32(0), f32(0), f32(0.036), f32(0.105))
    fan = min(fan, _limb(u, v, f32(0), f32(0), f32(0.008), f32(0.125)))
    fingers = fan - f32(0.010) + (f32(1) - open_hand) * f32(9)
    return f32(min(min(upper, fore), min(hand, fingers)))


class Person(NamedTuple):
    """Somebody in a row, and where they are in the picture.

    Attributes
    ----------
    column, row
        Middle of the head, in pixels.
    per_column, per_row
        Metres across and up that a pixel shows there.
    long_hair, one_arm, both_arms, open_hand
        1 if so, else 0; ``one_arm`` is 1 on the right, -1 on the left, 0 for neither.
    bald, sway, lift
        Radius of the head; place of the raised hand (m).
    lit
        How brightly their outline is lit.
    """

    column: Scalar
    row: Scalar
    per_column: Scalar
    per_row: Scalar
    long_hair: Scalar
    one_arm: Scalar
    both_arms: Scalar
    open_hand: Scalar
    bald: Scalar
    sway: Scalar
    lift: Scalar
    lit: Scalar
    face: Scalar


@inline
def _column_of(view: View, x_m: Scalar, z_m: Scalar, width: int, height: int) -> Scalar:
    """Return the column of a place ahead of the camera."""
    dx = x_m - view.x_m
    dz = z_m - view.z_m
    depth = max(dx * view.sin_yaw + dz * view.cos_yaw, f32(0.3))
    across = (dx * view.cos_yaw - dz * view.sin_yaw) / (depth * view.lens)
    return f32(f32(0.5) * f32(width) + across * f32(height))


@inline
def person_in_row(
    view: View, number: int, row: int, z_m: Scalar, pulse: Pulse, width: int, height: int
) -> Person:
    """Return the person of a number in a row, as they move at this instant."""
    i = i32(number)
    h0 = hash_2d(i, i32(i32(i32(row) * i32(13)) + i32(1)))
    h1 = hash_2d(i, i32(i32(i32(row) * i32(17)) + i32(5)))
    h2 = hash_2d(i32(i + i32(91)), i32(row))
    phase = f32((pulse.beat_count + (h0 - f32(0.5)) * f32(0.16)) * f32(3.14159))
    hop = f32(0.015) + f32(0.07) * h1 + f32(0.03) * pulse.kick
    bounce = abs(sine(phase)) * hop * pulse.energy
    x_m = (f32(number) + f32(0.5)) * f32(PERSON_M) + (h2 - f32(0.5)) * f32(0.05)
    x_m = x_m - f32(row) * f32(0.37) + sine(f32(phase * f32(0.5) + h0 * f32(6))) * f32(0.015)
    head_m = f32(1.54) + f32(0.22) * h0 + bounce
    depth = (x_m - view.x_m) * view.sin_yaw + (z_m - view.z_m) * view.cos_yaw
    scale = f32(height) / (view.lens * max(depth, f32(0.3)))
    column = _column_of(view, x_m, z_m, width, height)
    per_m = _column_of(view, f32(x_m + f32(0.2)), z_m, width, height)
    per_m = (per_m - _column_of(view, f32(x_m - f32(0.2)), z_m, width, height)) / f32(0.4)
    lean = view.sin_roll * (column - f32(0.5) * f32(width))
    armed = f32(1) if h2 <= f32(0.82) else f32(0)
    right = f32(1) if h1 > f32(0.5) else f32(-1)
    both = f32(1) if h1 > f32(0.8) else f32(0)
    # The show's lamps wander over the heads.
    sweep = f32(0.5) + f32(0.5) * sine(
        f32(x_m * f32(0.7) + pulse.beat_count * f32(0.785) + f32(row))
    )
    lit = (f32(0.4) + f32(0.6) * h2) * (f32(0.55) + f32(1.1) * sweep * sweep)
    return Person(
        f32(column),
        f32(view.horizon * f32(height) + lean - (head_m - view.y_m) * scale),
        f32(1) / (per_m if abs(per_m) > f32(1) else f32(1)),
        f32(1) / scale,
        f32(1) if h0 >= f32(0.5) else f32(0),
        f32(armed * right * (f32(1) - both)),
        f32(armed * both),
        f32(1) if h0 + h1 > f32(0.75) else f32(0),
        f32(f32(0.104) + f32(0.02) * h2),
        f32(sine(f32(phase + h1 * f32(0.6))) * f32(0.045) * (f32(1) - both)),
        f32(f32(0.24) + f32(0.16) * h2 + f32(0.02) * sine(f32(phase * f32(2)))),
        f32(lit),
        f32(f32(0.3) + f32(0.4) * h1),
    )


@inline
def _body(x: Scalar, y: Scalar, who: Person) -> tuple[Scalar, Scalar]:
    """Return the distances of a point from a person without raised arms, and from their head."""
    head = np.sqrt(x * x * f32(1.65) + y * y) - who.bald
    # Some wear their hair long: it widens towards the shoulders.
    hair = abs(x) - f32(0.072) - f32(0.10) * saturate(-y * f32(2.2))
    hair = max(hair, max(y - f32(0.02), -y - f32(0.27)))
    hair = hair + (f32(1) - who.long_hair) * f32(9)
    neck = max(abs(x) - f32(0.052), max(y, -y - f32(0.3)))
    # Shoulders slope down to the arms.
    sx = max(abs(x) - f32(0.075), f32(0))
    sy = max(y + f32(0.33), f32(0))
    trunk = np.sqrt(sx * sx + sy * sy * f32(1.6)) - f32(0.115)
    body = min(min(head, hair), trunk)
    near = max(f32(0.06) - abs(neck - trunk), f32(0)) * f32(1 / 0.06)
    return f32(min(body, min(neck, trunk) - near * near * f32(0.015))), f32(head)


@inline
def _arms(x: Scalar, y: Scalar, who: Person) -> Scalar:
    """Return the distance of a point from a person's raised arms; far if there is none."""
    side = mix(x * who.one_arm, abs(x), who.both_arms)
    none = f32(9) * (f32(1) - who.both_arms) * (f32(1) - abs(who.one_arm))
    return f32(_raised_arm(side, y, who.sway, who.lift, who.open_hand) + none)


@inline
def _span(who: Person, from_m: Scalar, to_m: Scalar, width: int) -> tuple[int, int]:
    """Return the columns between two places beside the middle of a person."""
    a = who.column + from_m / who.per_column
    b = who.column + to_m / who.per_column
    begin = pixel(min(a, b) - f32(1), width)
    return begin, max(pixel(max(a, b) + f32(2), width), begin)


@inline
def paint_arm(
    canvas: Canvas, y: int, up: Scalar, side: Scalar, who: Person, cover: Row, rim: Row,
    dark: RGB, edge: RGB,
) -> None:  # fmt: skip
    """Paint a row of a raised arm."""
    begin, end = _span(who, side * f32(0.07), side * f32(0.34), canvas.shape[2])
    soft = f32(0.7) * who.per_row
    wide = min(f32(0.022), f32(5) * who.per_row) + soft
    off = f32(begin) + f32(0.5) - who.column
    cover, rim = cover[0 : end - begin], rim[0 : end - begin]
    for x in range(end - begin):
        d = _arms(f32((f32(x) + off) * who.per_column), up, who)
        cover[x] = saturate(f32(0.5) - d / soft * f32(0.5))
        line = smoothstep(-wide, f32(0), d)
        rim[x] = line * line * who.lit
    for plane in range(3):
        out = canvas[plane, y, begin:end]
        own = dark[plane]
        lit = edge[plane]
        for x in range(out.size):
            out[x] = mix(out[x], own + lit * rim[x], cover[x])


@inline
def paint_body(
    canvas: Canvas, y: int, up: Scalar, who: Person, cover: Row, rim: Row, face: Row,
    dark: RGB, edge: RGB, front: RGB,
) -> None:  # fmt: skip
    """Paint a row of a person from the head downwards."""
    reach = f32(0.26) + f32(0.06) * max(abs(who.one_arm), who.both_arms)
    begin, end = _span(who, -reach, reach, canvas.shape[2])
    soft = f32(0.7) * who.per_row
    # A rim is a few pixels wide on any row, never a broad band on the near ones.
    wide = min(f32(0.022), f32(5) * who.per_row) + soft
    off = f32(begin) + f32(0.5) - who.column
    upper = saturate(up * f32(1.5) + f32(0.85)) * who.lit
    high = saturate(up * f32(1.1) + f32(0.75))
    cover, rim, face = cover[0 : end - begin], rim[0 : end - begin], face[0 : end - begin]
    for x in range(end - begin):
        place = f32((f32(x) + off) * who.per_column)
        body, head = _body(place, up, who)
        d = min(body, _arms(place, up, who))
        cover[x] = saturate(f32(0.5) - d / soft * f32(0.5))
        line = smoothstep(-wide, f32(0), d)
        rim[x] = line * line * upper
        round_ = select(head < f32(0)) * saturate(-head * f32(16))
        face[x] = saturate(f32(0.9) - abs(place) * f32(3.2)) * high * (who.face + f32(0.7) * round_)
    for plane in range(3):
        out = canvas[plane, y, begin:end]
        own = dark[plane]
        lit = edge[plane]
        faced = front[plane]
        for x in range(out.size):
            out[x] = mix(out[x], own + lit * rim[x] + faced * face[x], cover[x])
