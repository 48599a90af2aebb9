"""The rock in the sea on which a person stands: a height field, marched and shaded."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.kit.canvas import Canvas, Row
from mvkit.studio.kit.jit import Scalar, f32, inline, kernel
from mvkit.studio.kit.maths import cosine, mix, saturate, sine, smoothstep
from mvkit.studio.kit.noise import value_noise
from mvkit.studio.kit.rgb import RGB, add_light, mix_rgb, scale_rgb
from mvkit.studio.kit.view import View, ray
from mvkit.studio.worlds.ocean_moon.dress import Colours, Hour

__all__ = ["ROCK_TOP_M", "Rock"]

ROCK_TOP_M = 1.15
"""Height over the water of the flat place in the middle, which is the world's origin."""

Plane = NDArray[np.float32]

_STEPS = 44
_REACH_M = 4.2
_SEEN_FROM_M = 25.0


class Rock:
    """Draws the rock, on canvases of any size."""

    def __init__(self) -> None:
        self._kept: dict[tuple[int, int], NDArray[np.float32]] = {}

    def paint(self, canvas: Canvas, view: View, colours: Colours, hour: Hour, t_s: Scalar) -> None:
        """Draw the rock over the sea; nothing where the camera is far away."""
        if np.hypot(view.x_m, view.z_m) > _SEEN_FROM_M:
            return
        size = canvas.shape[1], canvas.shape[2]
        depth, tilt, cover = self._planes(size)
        box = _march(depth, tilt, cover, view, hour)
        _shade(canvas, depth, tilt, cover, view, colours, hour, t_s, box)
        cover[box[0] :] = 0

    def _planes(self, size: tuple[int, int]) -> NDArray[np.float32]:
        """Return depth, tilt and cover of a canvas's pixels; the cover is 0."""
        if size not in self._kept:
            self._kept[size] = np.zeros((3, *size), np.float32)
        return self._kept[size]


@inline
def _rock_height(x: Scalar, z: Scalar, seed: Scalar) -> Scalar:
    """Return the height of the rock over the water at a place relative to its middle."""
    r = np.sqrt(f32(x * x + z * z))
    lump = value_noise(f32(x * f32(0.7) + seed), f32(z * f32(0.7) + seed))
    ridge = value_noise(f32(x * f32(1.7) - z * f32(0.6) + seed), f32(z * f32(1.2) + x * f32(0.5)))
    chip = value_noise(f32(x * f32(4.6) + seed), f32(z * f32(4.1) - x))
    ridge = f32(0.75) - abs(ridge - f32(0.5)) * f32(2)
    chip = f32(0.35) - abs(chip - f32(0.5)) * f32(1.4)
    uneven = smoothstep(f32(0.15), f32(0.9), r)
    spread = r + (lump - f32(0.5)) * f32(2.0) * uneven
    high = f32(ROCK_TOP_M) - f32(ROCK_TOP_M + 0.6) * smoothstep(f32(0.6), f32(3.0), spread)
    uneven = uneven * smoothstep(f32(-0.45), f32(0.3), high)
    high = high + uneven * (ridge * f32(0.38) + chip * f32(0.22))
    return f32(high - f32(2.0) * smoothstep(f32(3.0), f32(4.0), r))


@kernel
def _march(depth: Plane, tilt: Plane, cover: Plane, view: View, hour: Hour) -> tuple[int, int, int]:
    """Find the rock: depth (m), slope towards the moon and cover of its pixels.

    Each column is marched from near to far. As lines upright in the world are upright in the
    frame, a step shows exactly what rises above all nearer ones.

    Returns
    -------
    tuple
        Its first row, its first column, and the column after its last.
    """
    height, width = depth.shape
    middle_m = -view.x_m * view.sin_yaw - view.z_m * view.cos_yaw
    near_m = max(middle_m - f32(_REACH_M), f32(0.45))
    step_m = (middle_m + f32(_REACH_M) - near_m) / f32(_STEPS)
    if step_m <= f32(0.01):
        return height, 0, 0
    high = np.empty((_STEPS, width), np.float32)
    lean = np.empty((_STEPS, width), np.float32)
    light_x = sine(hour.azimuth)
    light_z = cosine(hour.azimuth)
    px = view.lens / f32(height)
    for step in range(_STEPS):
        away = near_m + step_m * f32(step)
        for x in range(width):
            across = (f32(x) + f32(0.5) - f32(width) * f32(0.5)) * px
            gx = view.x_m + (across * view.cos_yaw + view.sin_yaw) * away
            gz = view.z_m + (view.cos_yaw - across * view.sin_yaw) * away
            high[step, x] = _rock_height(f32(gx), f32(gz), hour.seed)
            gx = gx + light_x * f32(0.05)
            gz = gz + light_z * f32(0.05)
            lean[step, x] = (_rock_height(f32(gx), f32(gz), hour.seed) - high[step, x]) * f32(20)
    first_row = height
    first_column = width
    last_column = -1
    for x in range(width):
        level_row = view.horizon * f32(height) + view.sin_roll * f32(x - width // 2)
        bottom = f32(height)
        edge_m = f32(0)
        crest = f32(0)
        for step in range(_STEPS):
            away = near_m + step_m * f32(step)
            rise = high[step, x]
            row = level_row - (max(rise, f32(0)) - view.y_m) / (away * px)
            if rise > f32(0) and row < bottom:
                last = max(step - 1, 0)
                if high[last, x] < f32(0):
                    # The water's edge lies between two steps.
                    water = level_row + view.y_m / (away * px)
                    share = high[last, x] / (high[last, x] - rise)
                    bottom = mix(bottom, min(water, bottom), share)
                per_row = f32(1) / max(bottom - row, f32(1e-3))
                for y in range(max(int(np.ceil(row)), 0), min(int(np.ceil(bottom)), height)):
                    share = saturate((f32(y) - row) * per_row)
                    depth[y, x] = away - share * step_m
                    tilt[y, x] = mix(lean[step, x], lean[last, x], share)
                    cover[y, x] = f32(1)
                edge_m = away
                crest = row
            bottom = min(bottom, row)
        edge = int(np.ceil(crest)) - 1
        if edge_m > f32(0):
            first_row = min(first_row, max(edge, 0))
            first_column = min(first_column, x)
            last_column = x
            if edge >= 0 and edge < height:
                depth[edge, x] = edge_m
                tilt[edge, x] = tilt[min(edge + 1, height - 1), x]
                cover[edge, x] = max(saturate(f32(edge + 1) - crest), cover[edge, x])
    return first_row, first_column, last_column + 1


@inline
def _unit(x: Scalar, y: Scalar, z: Scalar) -> RGB:
    per = f32(1) / np.sqrt(x * x + y * y + z * z + f32(1e-6))
    return f32(x * per), f32(y * per), f32(z * per)


@inline
def _stone(
    x: Scalar, y: Scalar, z: Scalar, tilt: Scalar, light: RGB, half: RGB, t_s: Scalar
) -> tuple[Scalar, Scalar, Scalar]:
    """Return brightness, wet shine and foam of the rock's surface at a point.

    ``tilt`` is the surface's slope towards the moon; ``light`` and ``half`` are the directions
    to the moon and halfway between it and the eye.
    """
    along = f32(x * f32(1.1) + z * f32(0.7))
    strata = value_noise(f32(along * f32(1.3)), f32(y * f32(9) + along * f32(1.7)))
    grain = value_noise(f32(along * f32(13) + x * f32(9)), f32(y * f32(19) + z * f32(12)))
    tilt = tilt + (strata + f32(0.6) * grain - f32(0.8)) * f32(1.1)
    per_n = f32(1) / np.sqrt(f32(1) + tilt * tilt)
    lit = saturate((light[1] - tilt) * per_n)
    spot = saturate((half[1] - tilt * half[2]) * per_n)
    spot = spot * spot
    spot = spot * spot
    spot = spot * spot
    wet = f32(0.3) + f32(1.2) * smoothstep(f32(0.5), f32(0.05), y)
    surf = f32(0.02) + f32(0.11) * value_noise(
        f32(along * f32(4) + t_s * f32(0.7)), f32(along * f32(2) - t_s * f32(0.5))
    )
    foam = smoothstep(surf, surf * f32(0.3), y) * (f32(0.3) + f32(0.7) * grain)
    pattern = f32(0.4) + f32(0.6) * strata + f32(0.35) * grain
    tone = (f32(0.3) + f32(0.3) * per_n + f32(0.7) * lit) * pattern
    return f32(tone), f32(spot * wet * (f32(0.1) + f32(0.9) * lit)), f32(foam)


@kernel
def _shade(
    canvas: Canvas,
    depth: Plane,
    tilt: Plane,
    cover: Plane,
    view: View,
    colours: Colours,
    hour: Hour,
    t_s: Scalar,
    box: tuple[int, int, int],
) -> None:
    """Shade the rock that :func:`_march` found, in a box of pixels."""
    _, height, width = canvas.shape
    red = np.empty(width, np.float32)
    green = np.empty(width, np.float32)
    blue = np.empty(width, np.float32)
    stone = add_light(colours.rock, colours.horizon, f32(0.06))
    moon = scale_rgb(colours.moon, f32(hour.glow * f32(0.5)))
    surf = add_light(scale_rgb(colours.horizon, f32(0.5)), colours.moon, f32(0.10))
    light = _unit(sine(hour.azimuth), hour.slope, cosine(hour.azimuth))
    half = _unit(light[0] - view.sin_yaw, light[1] + f32(0.3), light[2] - view.cos_yaw)
    begin = min(max(box[1], 0), width)
    end = max(min(max(box[2], 0), width), begin)
    red, green, blue = red[begin:end], green[begin:end], blue[begin:end]
    for y in range(max(box[0], 0), height):
        away_row = depth[y, begin:end]
        tilt_row = tilt[y, begin:end]
        for x in range(red.size):
            dx, up, dz, _ = ray(view, x + begin, y, width, height)
            away = min(max(away_row[x], f32(0.3)), f32(30))
            gx = f32(view.x_m + dx * away)
            gy = f32(view.y_m + up * away)
            gz = f32(view.z_m + dz * away)
            slope = min(max(tilt_row[x], f32(-9)), f32(9))
            tone, shine, foam = _stone(gx, gy, gz, slope, light, half, t_s)
            colour = add_light(scale_rgb(stone, tone), moon, shine)
            colour = mix_rgb(colour, surf, f32(foam * f32(0.6)))
            red[x] = colour[0]
            green[x] = colour[1]
            blue[x] = colour[2]
        _cover_row(canvas[0, y, begin:end], red, cover[y, begin:end])
        _cover_row(canvas[1, y, begin:end], green, cover[y, begin:end])
        _cover_row(canvas[2, y, begin:end], blue, cover[y, begin:end])


@inline
def _cover_row(line: Row, values: Row, cover: Row) -> None:
    """Lay values over a row of the canvas."""
    for x in range(line.size):
        line[x] = mix(line[x], values[x], cover[x])
