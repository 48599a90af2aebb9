"""The booth with its screen, the bar, and the mirror ball."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.camera import Projection
from mvkit.studio.kit.canvas import Canvas, pixel
from mvkit.studio.kit.indoors import box_corners, parts_in_frame
from mvkit.studio.kit.jit import Scalar, f32, i32, inline, kernel
from mvkit.studio.kit.maths import (
    exponential,
    fraction,
    mix,
    saturate,
    select,
    sine,
    smoothstep,
)
from mvkit.studio.kit.noise import hash_2d
from mvkit.studio.kit.rgb import add_light, mix_rgb, scale_rgb
from mvkit.studio.kit.view import View, ray
from mvkit.studio.music import Pulse
from mvkit.studio.worlds.club.dress import (
    BALL_M,
    BALL_RADIUS_M,
    BOOTH_HIGH_M,
    BOOTH_LOW_M,
    HALL,
    Colours,
    Show,
)

__all__ = ["paint_ball", "paint_booth", "paint_walls"]

Part = tuple[int, int, int, int]

_SCREEN_HALF_M, _SCREEN_LOW_M, _SCREEN_TOP_M = 3.6, 1.45, 4.05
_BAR_HALF_M = 4.2


def _on_wall(half_m: float, low_m: float, top_m: float, z_m: float) -> NDArray[np.float64]:
    """Return corners of a part of a wall, and those of its mirror image in the floor."""
    sides = (-half_m - 0.1, half_m + 0.1)
    heights = (low_m - 0.1, top_m + 0.1)
    return np.array([[(x, side * y, z_m) for x in sides for y in heights] for side in (1.0, -1.0)])


_SCREEN_M = _on_wall(_SCREEN_HALF_M, _SCREEN_LOW_M, _SCREEN_TOP_M, float(HALL.far))
_BAR_M = _on_wall(_BAR_HALF_M, 0.8, 2.75, float(HALL.near))
_BOOTH_M = box_corners(np.array(BOOTH_LOW_M), np.array(BOOTH_HIGH_M))[None]


@inline
def _graphic(u: Scalar, v: Scalar, pulse: Pulse, programme: Scalar, t_s: Scalar) -> Scalar:
    """Return the brightness of the screen; ``u`` and ``v`` are metres from its middle.

    Four programmes: squares that fly towards us, a spectrum, a spiral of rays, moving bars.
    """
    one = f32(1)
    square = max(abs(u) * f32(0.62), abs(v))
    depth = f32(1.1) / (square + f32(0.12)) + pulse.beat_count * f32(0.5)
    squares = smoothstep(f32(0.32), f32(0.5), abs(fraction(depth) - f32(0.5)))
    squares *= saturate(square * f32(1.4))
    band = hash_2d(i32(np.floor(abs(u) * f32(3.5))), i32(9))
    loud = mix(pulse.bass * (one - abs(u) * f32(0.24)), pulse.mid + pulse.high * f32(0.5), band)
    spectrum = smoothstep(f32(0.06), f32(0), abs(v) - f32(0.1) - loud * f32(1.1))
    spectrum *= smoothstep(f32(0.36), f32(0.30), abs(fraction(abs(u) * f32(3.5)) - f32(0.5)))
    radius = np.sqrt(u * u + v * v + f32(0.01))
    spiral = sine(u / radius * f32(4) + radius * f32(3.2) - pulse.beat_count * f32(1.5708))
    spiral = saturate(spiral * f32(1.5)) * saturate(v / radius * f32(0.4) + f32(0.8))
    bars = sine(v * f32(5) + f32(0.8) * sine(u * f32(1.1) + t_s) + pulse.beat_count * f32(1.5708))
    bars = saturate(bars * f32(2.0) - f32(0.4))
    picture = squares if programme < f32(0.25) else spectrum
    picture = spiral if programme > f32(0.5) else picture
    return f32(bars if programme > f32(0.75) else picture)


@kernel
def _paint_screen(
    canvas: Canvas, view: View, colours: Colours, pulse: Pulse, show: Show, programme: Scalar,
    part: Part,
) -> None:  # fmt: skip
    """Add the screen and its image in the floor over a part of the frame."""
    _, height, width = canvas.shape
    x_0, x_1, y_0, y_1 = part
    one = f32(1)
    at_1_m = view.lens / f32(height)
    middle = f32((_SCREEN_LOW_M + _SCREEN_TOP_M) / 2)
    half_v = f32((_SCREEN_TOP_M - _SCREEN_LOW_M) / 2)
    gone = exponential((HALL.far - view.z_m) * f32(-0.035) * show.smoke)
    for y in range(y_0, y_1):
        red = canvas[0, y, x_0:x_1]
        green = canvas[1, y, x_0:x_1]
        blue = canvas[2, y, x_0:x_1]
        for x in range(x_1 - x_0):
            dx, dy, dz, _ = ray(view, x + x_0, y, width, height)
            way = (HALL.far - view.z_m) / max(dz, f32(0.01))
            px = view.x_m + dx * way
            py = view.y_m + dy * way
            below = select(py < f32(0))
            size = way * at_1_m * (one + f32(5) * below)
            ripple = f32(0.05) * sine(py * f32(13) + px * f32(2)) * below
            pitch = f32(0.075)
            u = (np.floor((px + ripple) / pitch) + f32(0.5)) * pitch
            v = (np.floor((abs(py) - middle) / pitch) + f32(0.5)) * pitch
            inside = smoothstep(f32(_SCREEN_HALF_M) + size, f32(_SCREEN_HALF_M) - size, abs(px))
            inside *= smoothstep(half_v + size, half_v - size, abs(abs(py) - middle))
            fu = fraction((px + ripple) / pitch) - f32(0.5)
            fv = fraction((abs(py) - middle) / pitch) - f32(0.5)
            soft = saturate(size / pitch * f32(1.3))
            dot = mix(smoothstep(f32(0.22), f32(0.05), fu * fu + fv * fv) * f32(1.7), one, soft)
            level = f32(0.035) + _graphic(u, v, pulse, programme, show.t_s)
            tint = mix_rgb(colours.tube_b, colours.tube_a, saturate(f32(0.5) + v * f32(0.4)))
            flat = saturate(one + dy)
            mirror = f32(0.08) + f32(0.45) * flat * flat * flat
            gain = level * dot * inside * gone * mix(one, mirror, below) * select(dz > f32(0))
            red[x] += tint[0] * gain
            green[x] += tint[1] * gain
            blue[x] += tint[2] * gain


@kernel
def _paint_bar(
    canvas: Canvas, view: View, colours: Colours, pulse: Pulse, show: Show, part: Part
) -> None:
    """Add the bar: shelves of bottles before lit glass, with their image in the floor."""
    _, height, width = canvas.shape
    x_0, x_1, y_0, y_1 = part
    one = f32(1)
    at_1_m = view.lens / f32(height)
    gone = exponential((view.z_m - HALL.near) * f32(-0.04) * show.smoke)
    for y in range(y_0, y_1):
        red = canvas[0, y, x_0:x_1]
        green = canvas[1, y, x_0:x_1]
        blue = canvas[2, y, x_0:x_1]
        for x in range(x_1 - x_0):
            dx, dy, dz, _ = ray(view, x + x_0, y, width, height)
            way = (view.z_m - HALL.near) / max(-dz, f32(0.01))
            px = view.x_m + dx * way
            py = view.y_m + dy * way
            high = abs(py)
            below = select(py < f32(0))
            size = way * at_1_m * (one + f32(4) * below)
            shelf = np.floor((high - f32(1.25)) / f32(0.5))
            above = high - f32(1.25) - shelf * f32(0.5)
            number = np.floor(px / f32(0.13))
            h0 = hash_2d(i32(number), i32(shelf))
            off = abs(px - (number + f32(0.5)) * f32(0.13))
            tall = f32(0.22) + f32(0.12) * h0
            neck = smoothstep(tall * f32(0.72), tall * f32(0.55), above)
            wide = mix(f32(0.014), f32(0.046), neck)
            bottle = smoothstep(wide + size, wide - size, off)
            bottle *= smoothstep(tall + size, tall - size, above) * select(h0 > f32(0.12))
            board = smoothstep(f32(0.035) + size, f32(0.02) - size, above)
            inside = smoothstep(f32(_BAR_HALF_M) + size, f32(_BAR_HALF_M) - size, abs(px))
            inside *= smoothstep(f32(1.25) - size, f32(1.25) + size, high)
            inside *= smoothstep(f32(2.75) + size, f32(2.75) - size, high)
            bay = abs(fraction(px / f32(2.1)) - f32(0.5)) * f32(2.1)
            inside *= smoothstep(f32(0.04), f32(0.06) + size, f32(1.05) - bay)
            lamp = exponential(-above * f32(4.2)) + f32(0.25)
            lamp *= f32(0.7) + f32(0.3) * pulse.bass
            glass = mix_rgb(colours.bar, colours.tube_b, select(h0 > f32(0.75)))
            glass = mix_rgb(glass, colours.laser, select(h0 < f32(0.25)) * f32(0.6))
            colour = scale_rgb(colours.bar, lamp * f32(0.75))
            colour = mix_rgb(colour, scale_rgb(glass, lamp * f32(0.35)), bottle * f32(0.9))
            colour = mix_rgb(colour, scale_rgb(colours.bar, f32(0.04)), board)
            # The counter before it: a strip of light under its edge.
            strip = exponential(-abs(high - f32(1.02)) * f32(16))
            strip *= smoothstep(f32(_BAR_HALF_M) + size, f32(_BAR_HALF_M) - f32(0.3), abs(px))
            colour = add_light(scale_rgb(colour, inside), colours.bar, strip * f32(0.5))
            flat = saturate(one + dy)
            mirror = mix(one, f32(0.08) + f32(0.45) * flat * flat * flat, below)
            gain = gone * mirror * select(dz < f32(0))
            red[x] += colour[0] * gain
            green[x] += colour[1] * gain
            blue[x] += colour[2] * gain


def paint_walls(
    canvas: Canvas,
    projection: Projection,
    colours: Colours,
    pulse: Pulse,
    show: Show,
    programme: float,
) -> None:
    """Add the screen behind the booth and the bar opposite, in place.

    ``programme`` in 0..1 chooses what the screen shows.
    """
    view = projection.camera.view()
    parts = parts_in_frame(projection, np.concatenate([_SCREEN_M, _BAR_M]))
    for part in filter(any, parts[:2]):
        _paint_screen(canvas, view, colours, pulse, show, np.float32(programme), part)
    for part in filter(any, parts[2:]):
        _paint_bar(canvas, view, colours, pulse, show, part)


@kernel
def _paint_booth(
    canvas: Canvas, view: View, colours: Colours, pulse: Pulse, show: Show, part: Part
) -> None:
    """Paint the booth over a part of the frame: a dark box with a lit front."""
    _, height, width = canvas.shape
    x_0, x_1, y_0, y_1 = part
    at_1_m = view.lens / f32(height)
    half_x = f32(BOOTH_HIGH_M[0])
    top = f32(BOOTH_HIGH_M[1])
    near = f32(BOOTH_LOW_M[2])
    far = f32(BOOTH_HIGH_M[2])
    for y in range(y_0, y_1):
        red = canvas[0, y, x_0:x_1]
        green = canvas[1, y, x_0:x_1]
        blue = canvas[2, y, x_0:x_1]
        for x in range(x_1 - x_0):
            dx, dy, dz, _ = ray(view, x + x_0, y, width, height)
            side = dx if abs(dx) > f32(1e-4) else f32(1e-4)
            ahead = max(dz, f32(0.01))
            rise = dy if abs(dy) > f32(1e-4) else f32(1e-4)
            in_x = min((-half_x - view.x_m) / side, (half_x - view.x_m) / side)
            out_x = max((-half_x - view.x_m) / side, (half_x - view.x_m) / side)
            in_y = min(-view.y_m / rise, (top - view.y_m) / rise)
            out_y = max(-view.y_m / rise, (top - view.y_m) / rise)
            in_z = (near - view.z_m) / ahead
            out_z = (far - view.z_m) / ahead
            enter = max(in_x, max(in_y, in_z))
            leave = min(out_x, min(out_y, out_z))
            way = max(enter, f32(0.1))
            size = way * at_1_m
            cover = saturate((leave - enter) / (size * f32(3))) * select(dz > f32(0.01))
            cover *= select(enter > f32(0.1))
            px = view.x_m + dx * way
            py = view.y_m + dy * way
            front = select(in_z >= max(in_x, in_y) - f32(1e-4))
            # Chevrons run outward over the front.
            fold = abs(px) + abs(py - f32(0.62)) * f32(0.7)
            run = fraction(fold * f32(2.2) - pulse.beat_count * f32(0.5))
            line = smoothstep(f32(0.16) + size * f32(2), f32(0.08), abs(run - f32(0.5)))
            line *= smoothstep(f32(0.08), f32(0.12), py) * smoothstep(f32(1.12), f32(1.08), py)
            fade = f32(0.35) + f32(0.65) * fraction(f32(0.25) + fold * f32(0.3))
            edge = smoothstep(f32(0.03) + size, f32(0.01), abs(py - top + f32(0.03)))
            level = front * (line * fade * (f32(0.45) + f32(0.7) * pulse.kick))
            tint = mix_rgb(colours.tube_a, colours.tube_b, saturate(abs(px) * f32(0.6)))
            colour = add_light(scale_rgb(colours.hall, f32(1.2)), tint, level)
            colour = add_light(colour, colours.laser, front * edge * f32(0.35))
            colour = add_light(colour, colours.haze, f32(0.05) * show.smoke * way * f32(0.2))
            red[x] = mix(red[x], colour[0], cover)
            green[x] = mix(green[x], colour[1], cover)
            blue[x] = mix(blue[x], colour[2], cover)


def paint_booth(
    canvas: Canvas, projection: Projection, colours: Colours, pulse: Pulse, show: Show
) -> None:
    """Paint the booth, in place."""
    (part,) = parts_in_frame(projection, _BOOTH_M)
    if any(part):
        _paint_booth(canvas, projection.camera.view(), colours, pulse, show, part)


@kernel
def _paint_ball(
    canvas: Canvas, x_px: Scalar, y_px: Scalar, radius_px: Scalar, up: Scalar, colours: Colours,
    show: Show,
) -> None:  # fmt: skip
    """Paint the mirror ball: facets that catch now this lamp, now that one."""
    _, height, width = canvas.shape
    one = f32(1)
    begin = pixel(x_px - radius_px - f32(1), width)
    end = pixel(x_px + radius_px + f32(2), width)
    for y in range(pixel(y_px - radius_px, height), pixel(y_px + radius_px + f32(2), height)):
        v = (y_px - f32(y) - f32(0.5)) / radius_px
        red = canvas[0, y, begin:end]
        green = canvas[1, y, begin:end]
        blue = canvas[2, y, begin:end]
        for x in range(end - begin):
            u = (f32(x + begin) + f32(0.5) - x_px) / radius_px
            r2 = u * u + v * v
            cover = saturate((one - np.sqrt(r2)) * radius_px + f32(0.5))
            toward = np.sqrt(max(one - r2, f32(0)))
            # Seen from below, the rows of facets curve.
            rise = v * np.sqrt(one - up * up) - toward * up
            row = np.floor(rise * f32(7) + f32(20))
            ring = np.sqrt(max(one - rise * rise, f32(0.04)))
            turn = u / max(ring, f32(0.15)) * f32(6) * ring + show.spin * f32(3)
            cell = np.floor(turn)
            edge_u = abs(fraction(turn) - f32(0.5))
            edge_v = abs(fraction(rise * f32(7)) - f32(0.5))
            joint = smoothstep(f32(0.5), f32(0.42), max(edge_u, edge_v))
            h0 = hash_2d(i32(cell), i32(row))
            flash = h0 * h0 * h0 * h0 * f32(3.2)
            tone = f32(0.06) + f32(0.30) * h0 * saturate(f32(0.5) - f32(0.5) * rise + u * f32(0.3))
            tint = mix_rgb(colours.tube_b, colours.tube_a, select(h0 > f32(0.5)))
            colour = mix_rgb(
                scale_rgb(tint, tone * f32(1.6)), scale_rgb(colours.ball, tone), f32(0.5)
            )
            colour = scale_rgb(add_light(colour, colours.ball, flash), f32(0.3) + f32(0.7) * joint)
            red[x] = mix(red[x], colour[0], cover)
            green[x] = mix(green[x], colour[1], cover)
            blue[x] = mix(blue[x], colour[2], cover)


def paint_ball(canvas: Canvas, projection: Projection, colours: Colours, show: Show) -> None:
    """Paint the mirror ball, in place."""
    x_px, y_px, depth_m = projection.to_px(*BALL_M)
    if depth_m < 0.5:
        return
    f = np.float32
    radius_px = f(BALL_RADIUS_M * projection.px_per_m(depth_m))
    rise = (BALL_M[1] - projection.camera.y_m) / depth_m
    up = f(rise / np.hypot(1.0, rise))
    _paint_ball(canvas, f(x_px), f(y_px), radius_px, up, colours, show)
