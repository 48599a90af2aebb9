"""Who is there: people in rows, bouncing and waving on the beat."""

from __future__ import annotations

from math import cos, pi

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.camera import Camera, Projection
from mvkit.studio.colour import rgb
from mvkit.studio.kit.canvas import Canvas, pixel
from mvkit.studio.kit.jit import Scalar, f32, i32, inline, kernel
from mvkit.studio.kit.maths import mix, saturate, select, sine, smoothstep
from mvkit.studio.kit.noise import hash_2d
from mvkit.studio.kit.rgb import RGB
from mvkit.studio.kit.sprites import new_dots
from mvkit.studio.kit.view import View, ray
from mvkit.studio.music import Pulse
from mvkit.studio.worlds.concert_stage.dress import DECK_M, FRONT_Z_M, Colours

__all__ = ["Crowd"]


_FIRST_ROW_M = 1.2  # before the deck
_ROW_GAP_M = 1.0
_N_ROWS = 12


class Crowd:
    """The people in the hall: rows of them, and lights held up.

    Parameters
    ----------
    seed
        Another seed holds up other lights.
    """

    def __init__(self, seed: int) -> None:
        self._phones = np.random.default_rng(seed + 12).random((60, 3))

    def paint(
        self, canvas: Canvas, camera: Camera, colours: Colours, *, pulse: Pulse, to_stage: bool
    ) -> None:
        """Paint the rows that the camera sees, far ones first, in place."""
        view = camera.view()
        rows = range(_N_ROWS) if to_stage else range(_N_ROWS - 1, -1, -1)
        for row in rows:
            z_m = FRONT_Z_M - _FIRST_ROW_M - _ROW_GAP_M * row
            depth_m = (z_m - camera.z_m) * cos(camera.yaw_rad)
            # People right before the lens would fill the frame with black.
            if depth_m < 1.3 or (to_stage and depth_m * camera.lens < 1.5):
                continue
            if to_stage and row == 0:
                _darken_below(canvas, camera, colours, depth_m)
            light = _row_light(colours, row, depth_m, beat=float(pulse.beat), to_stage=to_stage)
            _paint_row(canvas, view, np.float32(z_m), row, pulse, *light)

    def held_lights(self, projection: Projection, *, pulse: Pulse) -> NDArray[np.float32]:
        """Return lights held up in the hall, swaying, as dots; more of them in quiet parts."""
        held = self._phones[self._phones[:, 2] < 0.9 - 0.6 * float(pulse.energy)]
        z_m = -5.0 - 15.0 * held[:, 1]
        sway = 0.12 * np.sin(float(pulse.beat_count) * pi / 2 + 0.3 * z_m)
        x_m, y_m = 14 * (held[:, 0] - 0.5) + sway, 2.05 + 0.15 * np.cos(9 * held[:, 2])
        x_px, y_px, depth_m = projection.to_px(x_m, y_m, z_m)
        dots = new_dots(len(held))
        dots[:, 0], dots[:, 1] = x_px, y_px
        dots[:, 2] = np.maximum(0.035 * projection.px_per_m(depth_m), 0.9)
        dots[:, 3:6] = (1.6, 1.5, 1.35)
        return np.asarray(dots[depth_m > 0.8])


def _darken_below(canvas: Canvas, camera: Camera, colours: Colours, depth_m: float) -> None:
    """Fill what is below the chests of the row at a depth: nothing is seen between people."""
    scale = camera.projection(canvas.shape[2], canvas.shape[1]).px_per_m(depth_m)
    chest_px = camera.horizon * canvas.shape[1] + (camera.y_m - 1.1) * scale
    canvas[:, min(max(int(chest_px), 0), canvas.shape[1]) :] = np.array(colours.crowd)[
        :, None, None
    ]


def _row_light(
    colours: Colours, row: int, depth_m: float, *, beat: float, to_stage: bool
) -> tuple[RGB, RGB, RGB]:
    """Return a row's own tone, its edge light and the light on its faces.

    Seen from behind people are dark with lit outlines; seen from the deck the show lights their
    faces, less and less with the distance.
    """
    _, haze, led_a, _, beam_a, beam_b, _, crowd = (np.array(c) for c in colours)
    beam = beam_a if row % 2 else beam_b
    if to_stage:
        near = min(max((depth_m - 2.0) / 4.0, 0.5), 1.0)
        edge = (beam * 0.34 + led_a * 0.16) * (0.35 + 0.8 * beat) * near
        return rgb(crowd), rgb(edge), rgb((0.0, 0.0, 0.0))
    far = min(depth_m / 14.0, 1.0)
    faces = (led_a * 0.10 + haze * 0.35 + 0.015) * (1 - far) ** 1.5
    return rgb(crowd + haze * 0.10 * far), rgb(beam * 0.16 * (0.4 + beat)), rgb(faces)


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


@kernel
def _paint_row(
    canvas: Canvas, view: View, z_m: Scalar, row: int, pulse: Pulse, dark: RGB, edge: RGB,
    front: RGB,
) -> None:  # fmt: skip
    """Paint one row of people over the canvas: heads, shoulders, some with raised arms.

    ``edge`` is the light behind them on their outlines, ``front`` the light they face. What the
    deck hides from a camera on the stage is left out.
    """
    _, height, width = canvas.shape
    one = f32(1)
    depth = max((z_m - view.z_m) * view.cos_yaw, f32(0.3))
    scale = f32(height) / (view.lens * depth)
    horizon = view.horizon * f32(height)
    top = pixel(horizon - (f32(2.55) - view.y_m) * scale, height)
    low = pixel(horizon + (view.y_m - f32(1.15)) * scale, height)
    cover = np.empty(width, np.float32)
    rim = np.empty(width, np.float32)
    face = np.empty(width, np.float32)
    person_m = f32(0.66)
    soft = f32(0.7) / scale
    # A rim is a few pixels wide on any row, never a broad band on the near ones.
    wide = min(f32(0.022), f32(5) / scale) + soft
    backwards = select(view.cos_yaw < f32(0))
    for y in range(top, low):
        for x in range(width):
            dx, dy, dz, _ = ray(view, x, y, width, height)
            toward = dz if abs(dz) > f32(0.05) else f32(0.05)
            way = (z_m - view.z_m) / toward
            px = view.x_m + dx * way + f32(row) * f32(0.37)
            py = view.y_m + dy * way
            number = i32(np.floor(px / person_m))
            h0 = hash_2d(number, i32(i32(i32(row) * i32(13)) + i32(1)))
            h1 = hash_2d(number, i32(i32(i32(row) * i32(17)) + i32(5)))
            h2 = hash_2d(i32(number + i32(91)), i32(row))
            phase = (pulse.beat_count + (h0 - f32(0.5)) * f32(0.16)) * f32(3.14159)
            bounce = abs(sine(phase)) * (f32(0.015) + f32(0.07) * h1) * pulse.energy
            middle = (f32(number) + f32(0.5)) * person_m + (h2 - f32(0.5)) * f32(0.05)
            x0 = px - middle - sine(phase * f32(0.5) + h0 * f32(6)) * f32(0.015)
            y0 = py - (f32(1.54) + f32(0.22) * h0 + bounce)
            bald = f32(0.104) + f32(0.02) * h2
            head = np.sqrt(x0 * x0 * f32(1.65) + y0 * y0) - bald
            # Some wear their hair long: it widens towards the shoulders.
            hair = abs(x0) - f32(0.072) - f32(0.10) * saturate(-y0 * f32(2.2))
            hair = max(hair, max(y0 - f32(0.02), -y0 - f32(0.27)))
            hair = hair + select(h0 < f32(0.5)) * f32(9)
            neck = max(abs(x0) - f32(0.052), max(y0, -y0 - f32(0.3)))
            # Shoulders slope down to the arms.
            sx = max(abs(x0) - f32(0.075), f32(0))
            sy = max(y0 + f32(0.33), f32(0))
            trunk = np.sqrt(sx * sx + sy * sy * f32(1.6)) - f32(0.115)
            body = min(min(head, hair), trunk)
            near = max(f32(0.06) - abs(neck - trunk), f32(0)) * f32(1 / 0.06)
            body = min(body, min(neck, trunk) - near * near * f32(0.015))
            sway = sine(phase + h1 * f32(0.6)) * f32(0.045)
            lift = f32(0.24) + f32(0.16) * h2 + f32(0.02) * sine(phase * f32(2))
            wave = select(h0 + h1 > f32(0.75))
            # One arm or the other; with some both, which folding the person in half gives.
            which = x0 if h1 > f32(0.5) else -x0
            arm_x = abs(x0) if h1 > f32(0.8) else which
            arm = _raised_arm(arm_x, y0, sway * select(h1 < f32(0.8)), lift, wave)
            d = min(body, arm + select(h2 > f32(0.82)) * f32(9))
            hidden = (f32(FRONT_Z_M) - view.z_m) / toward
            hidden = backwards * select(view.y_m + dy * hidden < f32(DECK_M))
            cover[x] = saturate(f32(0.5) - d / soft * f32(0.5)) * (one - hidden)
            upper = saturate(y0 * f32(2.4) + f32(0.85))
            line = smoothstep(-wide, f32(0), d)
            rim[x] = line * line * upper * (f32(0.4) + f32(0.6) * h2)
            lit = saturate(f32(0.9) - abs(x0) * f32(3.2)) * saturate(y0 * f32(1.1) + f32(0.75))
            round_ = select(head < f32(0)) * saturate(-head * f32(16))
            face[x] = lit * (f32(0.3) + f32(0.4) * h1 + f32(0.7) * round_)
        for plane in range(3):
            out = canvas[plane, y]
            body_c = dark[plane]
            edge_c = edge[plane]
            front_c = front[plane]
            for x in range(width):
                value = body_c + edge_c * rim[x] + front_c * face[x]
                out[x] = mix(out[x], value, cover[x])
