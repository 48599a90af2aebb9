"""Walls, boards and ceiling of the room."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.kit.canvas import Canvas, store_row
from mvkit.studio.kit.indoors import leave_hall
from mvkit.studio.kit.jit import Scalar, f32, inline, kernel
from mvkit.studio.kit.maths import (
    exponential,
    fraction,
    mix,
    saturate,
    select,
    sine,
    smoothstep,
)
from mvkit.studio.kit.noise import resolved, value_noise
from mvkit.studio.kit.rgb import RGB, add_light, mix_rgb, multiply_rgb, scale_rgb
from mvkit.studio.kit.rows import enlarge_row
from mvkit.studio.kit.view import View, horizon_band, ray
from mvkit.studio.worlds.room.dress import (
    HALL,
    WINDOW_Z_M,
    Colours,
    Sun,
)
from mvkit.studio.worlds.room.light import band, direct_light, soft_light

__all__ = ["add_beams", "paint_soft_light", "paint_walls", "shade_floor"]

_BOARD_M = 0.15
_SKIRTING_M = 0.11


@inline
def _corner_shade(px: Scalar, py: Scalar, pz: Scalar, on_x: Scalar, on_y: Scalar) -> Scalar:
    """Return how much light reaches a place near the room's edges, 0..1."""
    far = f32(9)
    to_x = min(px - HALL.left, HALL.right - px) + on_x * far
    to_y = min(py, HALL.ceiling - py) + on_y * far
    to_z = min(pz - HALL.near, HALL.far - pz) + (f32(1) - on_x - on_y) * far
    dark = exponential(to_x * f32(-3.2)) + exponential(to_y * f32(-3.2))
    dark += exponential(to_z * f32(-3.2))
    return f32(f32(1) / (f32(1) + f32(0.55) * dark))


@inline
def _mirrored_window(
    px: Scalar, pz: Scalar, dx: Scalar, dy: Scalar, dz: Scalar, sun: Sun
) -> Scalar:
    """Return the window's gleam on the varnish of the boards, blurred along the view."""
    back = max(-dx, f32(0.02))
    way = (px - HALL.left) / back
    v = -dy * way
    u = pz + dz * way - f32(WINDOW_Z_M)
    gleam = smoothstep(f32(1.25), f32(0.75), abs(u) + f32(0.2) * (f32(1) - sun.open_m))
    gleam *= smoothstep(f32(0.0), f32(0.9), v) * smoothstep(f32(3.1), f32(2.3), v)
    return f32(gleam * select(dx < f32(0)))


@kernel
def paint_soft_light(canvas: Canvas, view: View, colours: Colours, sun: Sun) -> None:
    """Fill a canvas, which may be a small one, with the soft light on the empty room."""
    _, height, width = canvas.shape
    red = np.empty(width, np.float32)
    green = np.empty(width, np.float32)
    blue = np.empty(width, np.float32)
    for y in range(height):
        for x in range(width):
            dx, dy, dz, _ = ray(view, x, y, width, height)
            way, on_x, on_y = leave_hall(view, dx, dy, dz, HALL)
            px = view.x_m + dx * way
            py = view.y_m + dy * way
            pz = view.z_m + dz * way
            nx, ny, nz = _inwards(dx, dy, dz, on_x, on_y)
            light = soft_light(px, py, pz, nx, ny, nz, sun, colours)
            # Plaster is mottled by the trowel, boards are streaked along.
            floor = on_y * select(dy < f32(0))
            along = mix(px, pz, on_x)
            upright = mix(py, pz, on_y)
            mottle = value_noise(
                along * f32(1.1) + floor * np.floor(upright / f32(_BOARD_M)),
                upright * mix(f32(1.1), f32(17), floor),
            )
            tone = mix(f32(0.88) + f32(0.20) * mottle, f32(0.70) + f32(0.60) * mottle, floor)
            tone *= _corner_shade(px, py, pz, on_x, on_y)
            red[x], green[x], blue[x] = scale_rgb(light, tone)
        store_row(canvas, y, red, green, blue)


@inline
def _inwards(
    dx: Scalar, dy: Scalar, dz: Scalar, on_x: Scalar, on_y: Scalar
) -> tuple[Scalar, Scalar, Scalar]:
    """Return the normal of the wall that a ray has met."""
    on_z = f32(1) - on_x - on_y
    nx = f32(-on_x) if dx > f32(0) else on_x
    ny = f32(-on_y) if dy > f32(0) else on_y
    nz = f32(-on_z) if dz > f32(0) else on_z
    return f32(nx), f32(ny), f32(nz)


@inline
def _plaster(py: Scalar, on_y: Scalar, size: Scalar, colours: Colours) -> RGB:
    """Return the colour of wall and ceiling, with the skirting board."""
    surface = mix_rgb(colours.wall, (f32(0.72), f32(0.71), f32(0.69)), on_y * f32(0.6))
    skirting = smoothstep(f32(_SKIRTING_M) + size, f32(_SKIRTING_M) - size, py)
    lip = band(py - f32(_SKIRTING_M - 0.012), f32(0.006), f32(1) / max(size, f32(0.002)))
    trim = scale_rgb(colours.trim, f32(0.92) - f32(0.35) * lip)
    return mix_rgb(surface, trim, skirting * (f32(1) - on_y))


@inline
def _boards(px: Scalar, pz: Scalar, size: Scalar) -> tuple[Scalar, Scalar]:
    """Return tone and gaps of the floor; each board has its own tone, ends and rings."""
    board = np.floor(pz / f32(_BOARD_M))
    run = px + fraction(board * f32(0.618)) * f32(37)
    part = fraction(board * f32(0.618) + np.floor(run * f32(0.42)) * f32(0.7549))
    bend = sine(run * f32(1.7) + part * f32(25)) + f32(0.4) * sine(run * f32(5.3) + pz)
    rings = sine(pz * f32(130) + bend * f32(2.2) + part * f32(60))
    rings *= resolved(f32(0.025), size)
    per_size = f32(1) / max(size, f32(0.002))
    joint = abs(fraction(pz / f32(_BOARD_M)) - f32(0.5)) * f32(_BOARD_M)
    gap = band(f32(_BOARD_M * 0.5) - joint, f32(0.0035), per_size)
    end = abs(fraction(run * f32(0.42)) - f32(0.5)) * f32(1 / 0.42)
    gap = max(gap, band(f32(0.5 / 0.42) - end, f32(0.003), per_size))
    tone = f32(0.68) + f32(0.48) * part + f32(0.11) * rings
    return f32(tone * (f32(1) - f32(0.65) * gap)), f32(gap)


@kernel
def paint_walls(
    canvas: Canvas, soft: Canvas, view: View, colours: Colours, sun: Sun, gleam: RGB,
    sunny: tuple[int, int, int, int],
) -> None:  # fmt: skip
    """Paint the empty room.

    Parameters
    ----------
    canvas
        The picture, overwritten.
    soft
        The soft light on it, of half the size.
    view, colours, sun
        Camera, roles, light.
    gleam
        Light of the window as the floor mirrors it.
    sunny
        The part of the frame that sun or moon may reach.
    """
    _, height, width = canvas.shape
    one = f32(1)
    at_1_m = view.lens / f32(height)
    half_row = np.empty(soft.shape[2], np.float32)
    red = np.empty(width, np.float32)
    green = np.empty(width, np.float32)
    blue = np.empty(width, np.float32)
    x_0, x_1, y_0, y_1 = sunny
    sun_r = red[x_0:x_1]
    sun_g = green[x_0:x_1]
    sun_b = blue[x_0:x_1]
    floor_from, _ = horizon_band(view, width, height)
    for y in range(height):
        enlarge_row(soft[0], y, half_row, red)
        enlarge_row(soft[1], y, half_row, green)
        enlarge_row(soft[2], y, half_row, blue)
        for x in range(x_1 - x_0 if y_0 <= y < y_1 else 0):
            dx, dy, dz, _ = ray(view, x + x_0, y, width, height)
            way, on_x, on_y = leave_hall(view, dx, dy, dz, HALL)
            px = view.x_m + dx * way
            py = view.y_m + dy * way
            pz = view.z_m + dz * way
            nx, ny, nz = _inwards(dx, dy, dz, on_x, on_y)
            direct = direct_light(px, py, pz, nx, ny, nz, way * at_1_m, sun)
            sun_r[x] += colours.sun[0] * direct
            sun_g[x] += colours.sun[1] * direct
            sun_b[x] += colours.sun[2] * direct
        for x in range(width if y < floor_from else 0):
            dx, dy, dz, _ = ray(view, x, y, width, height)
            way, on_x, on_y = leave_hall(view, dx, dy, dz, HALL)
            py = view.y_m + dy * way
            size = way * at_1_m
            light = (red[x], green[x], blue[x])
            red[x], green[x], blue[x] = multiply_rgb(_plaster(py, on_y, size, colours), light)
        for x in range(width if y >= floor_from else 0):
            dx, dy, dz, _ = ray(view, x, y, width, height)
            way, on_x, on_y = leave_hall(view, dx, dy, dz, HALL)
            px = view.x_m + dx * way
            py = view.y_m + dy * way
            pz = view.z_m + dz * way
            size = way * at_1_m
            light = (red[x], green[x], blue[x])
            floor = on_y * select(dy < f32(0))
            wood, gap = _boards(px, pz, size)
            surface = _plaster(py, on_y, size, colours)
            surface = mix_rgb(surface, scale_rgb(colours.floor, wood), floor)
            flat = saturate(one + dy)
            sheen = floor * (one - gap) * (f32(0.05) + f32(0.5) * flat * flat * flat)
            sheen *= _mirrored_window(px, pz, dx, dy, dz, sun)
            red[x], green[x], blue[x] = add_light(multiply_rgb(surface, light), gleam, sheen)
        store_row(canvas, y, red, green, blue)


@kernel
def shade_floor(
    canvas: Canvas, view: View, part: tuple[int, int, int, int],
    centre: tuple[Scalar, Scalar], half: tuple[Scalar, Scalar], turn: tuple[Scalar, Scalar],
    dark: Scalar,
) -> None:  # fmt: skip
    """Darken the floor under and around a piece of furniture, over a part of the frame.

    ``turn`` is the cosine and the sine of its rotation about the upright axis.
    """
    _, height, width = canvas.shape
    x_0, x_1, y_0, y_1 = part
    one = f32(1)
    for y in range(y_0, y_1):
        red = canvas[0, y, x_0:x_1]
        green = canvas[1, y, x_0:x_1]
        blue = canvas[2, y, x_0:x_1]
        for x in range(x_1 - x_0):
            dx, dy, dz, _ = ray(view, x + x_0, y, width, height)
            way = view.y_m / max(-dy, f32(1e-3))
            px = view.x_m + dx * way
            pz = view.z_m + dz * way
            inside = select(dy < f32(0)) * select(px < HALL.right) * select(px > HALL.left)
            inside *= select(pz < HALL.far) * select(pz > HALL.near)
            ax = px - centre[0]
            az = pz - centre[1]
            out_u = max(abs(ax * turn[0] - az * turn[1]) - half[0], f32(0))
            out_v = max(abs(ax * turn[1] + az * turn[0]) - half[1], f32(0))
            off = np.sqrt(out_u * out_u + out_v * out_v)
            gain = one - inside * dark * exponential(-off * f32(9))
            red[x] *= gain
            green[x] *= gain
            blue[x] *= gain


@kernel
def add_beams(canvas: Canvas, beams: NDArray[np.float32], light: RGB) -> None:
    """Add the lit dust to the whole picture, in place."""
    for plane in range(3):
        own = light[plane]
        for y in range(canvas.shape[1]):
            out = canvas[plane, y]
            dust = beams[y]
            for x in range(out.size):
                out[x] += own * dust[x]
