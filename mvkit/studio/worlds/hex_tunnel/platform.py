"""The hovering hexagon on which the person dances."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mvkit.studio.camera import Projection
from mvkit.studio.figure import Actor
from mvkit.studio.kit.canvas import Canvas
from mvkit.studio.kit.jit import Scalar, f32, inline, kernel
from mvkit.studio.kit.maths import fraction, select, smoothstep
from mvkit.studio.kit.rgb import RGB, add_light, scale_rgb
from mvkit.studio.kit.view import View, ray
from mvkit.studio.music import Pulse
from mvkit.studio.worlds.hex_tunnel.dress import Colours
from mvkit.studio.worlds.hex_tunnel.walls import tube

__all__ = ["Platform", "paint_platform", "platform_box_px", "platform_under"]

_SIZES_M = (0.72, 1.0)  # from the middle to the middle of a side, for one person and for two
_GLOW_M = 0.38  # so far beyond its light is seen
_NEAR_M = 0.2


class Platform(NamedTuple):
    """Where the platform is, and how large, from the middle to the middle of a side."""

    x_m: Scalar
    z_m: Scalar
    size_m: Scalar


def platform_under(actor: Actor) -> Platform:
    """Return the platform under a person and who is with them."""
    people = actor.people
    x_m, z_m = (
        np.float32(sum(getattr(person, name) for person in people) / len(people))
        for name in ("x_m", "z_m")
    )
    return Platform(x_m, z_m, np.float32(_SIZES_M[len(people) - 1]))


@inline
def _platform(
    x: Scalar, z: Scalar, size: Scalar, footprint: Scalar, colours: Colours, pulse: Pulse
) -> tuple[RGB, Scalar]:
    """Return light and cover of the hexagon at a place around its middle."""
    q = max(abs(z), f32(f32(0.5) * abs(z) + f32(0.8660254) * abs(x)))
    inside = smoothstep(size + footprint + f32(0.004), size - footprint - f32(0.004), q)
    edge = tube(q - size, f32(0.016), footprint) * (f32(0.9) + f32(1.8) * pulse.kick)
    wave = f32(0.86) * size * fraction(pulse.beat_phase)
    ring = tube(q - wave, f32(0.010), footprint) * (f32(1) - pulse.beat_phase) * f32(0.8)
    # The edge's glow ends where its box ends.
    beyond = max(abs(x) * f32(0.8660254), abs(z)) - size
    near = smoothstep(f32(_GLOW_M * 0.8), f32(0), beyond)
    light = scale_rgb(colours.neon_a, f32(edge * near + ring * inside))
    light = add_light(light, colours.neon_b, f32(inside * (f32(0.015) + f32(0.05) * pulse.bass)))
    return light, f32(inside * f32(0.75))


@kernel
def paint_platform(
    canvas: Canvas, view: View, colours: Colours, pulse: Pulse, platform: Platform,
    left: int, top: int, right: int, bottom: int,
) -> None:  # fmt: skip
    """Paint the platform into a box of the canvas, in place."""
    _, height, width = canvas.shape
    px = view.lens / f32(height)
    n_px = right - left
    red = np.empty(n_px, np.float32)
    green = np.empty(n_px, np.float32)
    blue = np.empty(n_px, np.float32)
    cover = np.empty(n_px, np.float32)
    for y in range(top, bottom):
        for x in range(n_px):
            dx, up, dz, _ = ray(view, left + x, y, width, height)
            fall = view.y_m / max(-up, f32(1e-3))
            light, inside = _platform(
                f32(view.x_m + dx * fall - platform.x_m),
                f32(view.z_m + dz * fall - platform.z_m),
                platform.size_m,
                f32(fall * px * f32(1.5)),
                colours,
                pulse,
            )
            there = select(up < f32(-1e-3))
            red[x] = light[0] * there
            green[x] = light[1] * there
            blue[x] = light[2] * there
            cover[x] = f32(1) - inside * there
        _lay(canvas[0, y, left:right], red, cover)
        _lay(canvas[1, y, left:right], green, cover)
        _lay(canvas[2, y, left:right], blue, cover)


@inline
def _lay(row: np.ndarray, light: np.ndarray, cover: np.ndarray) -> None:
    for x in range(row.size):
        row[x] = row[x] * cover[x] + light[x]


def platform_box_px(projection: Projection, platform: Platform) -> tuple[int, int, int, int] | None:
    """Return left, top, right and bottom of the part of the frame that shows the platform."""
    half_m = float(platform.size_m) / 0.8660254 + _GLOW_M
    x = float(platform.x_m) + half_m * np.array([-1, 1, 1, -1])
    z = float(platform.z_m) + half_m * np.array([-1, -1, 1, 1])
    column, row, depth_m = projection.to_px(x, 0.0 * x, z)
    width, height = projection.width_px, projection.height_px
    if np.min(depth_m) < _NEAR_M:  # the camera is over it
        top = 0 if np.max(depth_m) < _NEAR_M else int(np.clip(np.min(row[depth_m > 0]), 0, height))
        return 0, top, width, height
    left, right = (int(np.clip(end, 0, width)) for end in (np.min(column), np.max(column) + 1))
    top, bottom = (int(np.clip(end, 0, height)) for end in (np.min(row), np.max(row) + 1))
    return (left, top, right, bottom) if right > left and bottom > top else None
