"""Weather on the panes: drops and streaks that the wind of the ride draws out, and frost."""

from __future__ import annotations

import numpy as np

from mvkit.studio.kit.canvas import Canvas
from mvkit.studio.kit.jit import Scalar, f32, i32, inline, kernel
from mvkit.studio.kit.maths import fraction, saturate, sine
from mvkit.studio.kit.noise import hash_2d
from mvkit.studio.kit.rgb import RGB
from mvkit.studio.kit.view import View, ray
from mvkit.studio.worlds.train.dress import CEILING_M
from mvkit.studio.worlds.train.outside import BORE_M, in_tunnel
from mvkit.studio.worlds.train.wall import pane_rows, wall_of, window_edge

__all__ = ["rain_on_glass", "snow_past_glass"]


@inline
def _runners(
    along: Scalar, across: Scalar, lane_m: Scalar, t_s: Scalar, salt: np.int32
) -> tuple[Scalar, Scalar]:
    """Return the cover of drops that run along lanes with a trail behind, and their upper side.

    Each lane has its own pace; drops follow each other a cell apart, in some cells none.
    """
    lane = f32(across / lane_m)
    row = i32(np.floor(lane))
    wild = hash_2d(row, salt)
    long = f32(0.45) + f32(0.9) * wild
    speed = f32(0.20) + f32(0.75) * hash_2d(row, i32(salt + i32(5)))
    place = f32(along / long + wild * f32(37) - t_s * speed)
    chance = hash_2d(row, i32(i32(np.floor(place)) + salt))
    head = fraction(place)
    bend = sine(f32(along * f32(9) + wild * f32(90) + sine(f32(along * f32(23)))))
    off = (fraction(lane) - f32(0.5) - bend * f32(0.22)) * lane_m
    size = lane_m * (f32(0.07) + f32(0.10) * chance)
    ahead = (head - f32(0.9)) * long
    round_ = np.sqrt(ahead * ahead * f32(0.35) + off * off)
    drop = saturate((size - round_) / (size * f32(0.35)))
    # The trail thins out and dries away behind the drop.
    thin = size * (f32(0.25) + f32(0.45) * head)
    trail = saturate((thin - abs(off)) / (size * f32(0.4))) * saturate((f32(0.9) - head) * f32(40))
    trail = trail * head * head * f32(0.6)
    there = saturate((chance - f32(0.35)) * f32(20))
    return f32(max(drop, trail) * there), f32(saturate(f32(0.5) + off / (f32(2) * size)))


@inline
def _beads(z: Scalar, y: Scalar, cell_m: Scalar, t_s: Scalar) -> tuple[Scalar, Scalar]:
    """Return the cover of drops that cling to a pane, and their upper side; some come and go."""
    across = f32(z / cell_m)
    up = f32(y / cell_m)
    ix = i32(np.floor(across))
    iy = i32(np.floor(up))
    chance = hash_2d(ix, iy)
    place = hash_2d(iy, i32(ix + i32(57)))
    age = fraction(f32(t_s * (f32(0.10) + f32(0.12) * place) + chance * f32(31)))
    size = (f32(0.10) + f32(0.22) * fraction(f32(place * f32(13)))) * saturate(age * f32(9))
    size = size * saturate((f32(1) - age) * f32(9)) * saturate((chance - f32(0.3)) * f32(20))
    u = fraction(across) - f32(0.35) - f32(0.3) * place
    v = fraction(up) - f32(0.35) - f32(0.3) * fraction(f32(place * f32(7)))
    r = np.sqrt(u * u + v * v)
    cover = saturate((size - r) / f32(0.05))
    return f32(cover), f32(saturate(f32(0.5) + v / (f32(2) * size + f32(0.01))))


@kernel
def rain_on_glass(canvas: Canvas, view: View, light: RGB, t_s: Scalar) -> None:
    """Let rain run along the windows, in place; each streak bends the light behind it."""
    _, height, width = canvas.shape
    gain = np.empty(width, np.float32)
    shine = np.empty(width, np.float32)
    px = view.lens / f32(height)
    first, last = pane_rows(view, width, height)
    for y in range(first, last):
        for x in range(width):
            dx, up, dz, _ = ray(view, x, y, width, height)
            side = f32(1) if dx > f32(0) else f32(-1)
            aside = max(abs(dx), f32(0.02))
            way = f32((wall_of(side, view) - side * view.x_m) / aside)
            hy = f32(view.y_m + up * way)
            hz = f32(view.z_m + dz * way)
            inside = saturate(-window_edge(hz, hy) * f32(60))
            inside = inside * saturate((f32(CEILING_M) - hy) * f32(60)) * saturate(hy * f32(60))
            # Far along the carriage the drops are too small to be seen one by one.
            sharp = saturate(f32(0.03) / (way * px / aside) - f32(0.3))
            # The wind of the ride drives the water backwards and lets it sink a little.
            along = f32(-hz * f32(0.94) - hy * f32(0.34))
            across = f32(hy * f32(0.94) - hz * f32(0.34))
            run, run_up = _runners(along, across, f32(0.085), t_s, i32(3))
            thin, thin_up = _runners(along, across, f32(0.047), f32(t_s * f32(0.8)), i32(17))
            bead, bead_up = _beads(hz, hy, f32(0.036), t_s)
            small, small_up = _beads(f32(hz + f32(3.3)), hy, f32(0.019), t_s)
            # A drop shows the land upside down: dark above, the sky below.
            water = max(max(run, thin), max(bead, small * f32(0.7))) * inside * sharp
            upper = max(max(run * run_up, thin * thin_up), max(bead * bead_up, small * small_up))
            gain[x] = f32(1) - water * f32(0.5) * upper
            film = f32(0.22) - f32(0.10) * sharp
            shine[x] = water * (f32(1) - upper) * (f32(1) - upper) + film * inside
        for plane in range(3):
            own = light[plane]
            line = canvas[plane, y]
            for x in range(width):
                line[x] = line[x] * (gain[x] + shine[x] * f32(0.6)) + own * shine[x]


@kernel
def snow_past_glass(canvas: Canvas, view: View, light: RGB, travel_m: Scalar, t_s: Scalar) -> None:
    """Let snow fly past outside, drawn out by the ride, over what the canvas shows, in place."""
    _, height, width = canvas.shape
    gain = np.empty(width, np.float32)
    first, last = pane_rows(view, width, height)
    for y in range(first, last):
        for x in range(width):
            dx, up, dz, _ = ray(view, x, y, width, height)
            per_x = f32(1) / max(abs(dx), f32(0.05))
            total = f32(0)
            for layer in range(3):
                far = f32(2.2) + f32(2.4) * f32(layer)
                z = f32(dz * per_x * far + view.z_m + travel_m * f32(0.35))
                fall = f32(up * per_x * far + t_s * f32(1.1) + z * f32(0.22))
                u = f32(z * f32(1.1))
                v = f32(fall * f32(7.5))
                iy = i32(np.floor(v))
                u = f32(u + hash_2d(iy, i32(layer)) * f32(50))
                ix = i32(np.floor(u))
                chance = hash_2d(ix, i32(iy + i32(layer * 97)))
                ou = (fraction(u) - f32(0.5)) * f32(2)
                ov = (fraction(v) - f32(0.3) - f32(0.4) * fraction(f32(chance * f32(57)))) * f32(7)
                flake = saturate(f32(1) - abs(ou)) * saturate(f32(1) - ov * ov)
                total += (
                    flake
                    * saturate((chance - f32(0.5)) * f32(4))
                    * (f32(0.6) - f32(0.13) * f32(layer))
                )
            beside = f32(dz * per_x * f32(BORE_M) + view.z_m + travel_m)
            gain[x] = total * (f32(1) - in_tunnel(beside))
        for plane in range(3):
            own = light[plane]
            line = canvas[plane, y]
            for x in range(width):
                line[x] += gain[x] * own
