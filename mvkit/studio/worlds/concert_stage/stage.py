"""The view of the stage: LED wall, truss and deck.

Haze and reflections are soft and are painted at half the size; the wall's lamps, the truss and
the front of the deck come after them, sharp.
"""

from __future__ import annotations

import numpy as np

from mvkit.studio.kit.canvas import Canvas, Row, store_row
from mvkit.studio.kit.jit import Scalar, f32, i32, inline, kernel
from mvkit.studio.kit.maths import exponential, fraction, mix, saturate, select, sine, smoothstep
from mvkit.studio.kit.noise import hash_2d, value_noise
from mvkit.studio.kit.rgb import RGB, add_light, mix_rgb, scale_rgb
from mvkit.studio.kit.view import View, ray
from mvkit.studio.music import Pulse
from mvkit.studio.worlds.concert_stage.dress import (
    DECK_M,
    FRONT_Z_M,
    TRUSS_M,
    WALL_Z_M,
    Colours,
    Show,
)

__all__ = ["add_wall", "paint_front", "paint_haze"]


@inline
def _led(u: Scalar, v: Scalar, pulse: Pulse, show: Show, t_s: Scalar) -> Scalar:
    """Return the brightness of the LED wall; ``u`` in metres from its middle, ``v`` from its foot.

    A new programme spreads from the middle, cell by cell.
    """
    one = f32(1)
    across = u * f32(0.14)
    band = hash_2d(i32(np.floor(u * f32(1.6))), i32(5))
    thump = max(pulse.bass, pulse.kick)
    level = thump * (one - abs(across)) * f32(0.9) + f32(0.5) * pulse.mid * band
    level = f32(0.4) + (level + f32(0.3) * max(pulse.high, pulse.hat) * (one - band)) * f32(3.4)
    bars = select(v < level) * (f32(0.3) + f32(0.7) * saturate(v * f32(0.25)))
    radius = np.sqrt(u * u + (v - f32(2.6)) * (v - f32(2.6)))
    rings = f32(0.5) + f32(0.5) * sine(radius * f32(2.6) - pulse.beat_count * f32(3.14159))
    rings = rings * rings * exponential(-radius * f32(0.22))
    wave = sine(u * f32(0.9) + t_s * f32(1.1)) + sine(u * f32(1.7) - t_s * f32(0.8))
    waves = exponential(-abs(v - f32(2.9) - wave * (f32(0.5) + pulse.bass)) * f32(1.5))
    waves += f32(0.35) * exponential(-abs(v - f32(2.0) + wave * f32(0.9)) * f32(2.5))
    slope = u / (abs(v + f32(0.6)) + f32(0.4))
    rays = f32(0.5) + f32(0.5) * sine(slope * f32(9) + pulse.beat_count * f32(0.785))
    rays = rays * rays * (f32(0.35) + f32(0.65) * saturate(v * f32(0.25)))
    reached = abs(across) + f32(0.25) * band < show.share * f32(1.3)
    programme = show.now if reached else show.before
    picture = bars if programme < f32(0.5) else rings
    picture = waves if programme > f32(1.5) else picture
    picture = rays if programme > f32(2.5) else picture
    front = abs(radius - pulse.beat_phase * f32(7))
    ripple = smoothstep(f32(0.5), f32(0), front) * (one - pulse.beat_phase)
    return f32(f32(0.05) + f32(0.85) * picture + f32(0.35) * ripple * pulse.energy)


@inline
def _wall_light(
    x: Scalar, y: Scalar, size: Scalar, pulse: Pulse, show: Show, t_s: Scalar, colours: Colours
) -> RGB:
    """Return the LED wall's colour at a place; ``size`` is that of a pixel there, in metres."""
    pitch = f32(0.13)
    fx = fraction(x / pitch) - f32(0.5)
    fy = fraction(y / pitch) - f32(0.5)
    u = (np.floor(x / pitch) + f32(0.5)) * pitch
    v = (np.floor(y / pitch) + f32(0.5)) * pitch
    soft = saturate(size / pitch * f32(1.2))
    lamp = mix(smoothstep(f32(0.20), f32(0.06), fx * fx + fy * fy) * f32(1.5), f32(0.62), soft)
    inside = smoothstep(f32(7.02) + size, f32(7.0) - size, abs(x))
    inside *= smoothstep(f32(3.02) + size, f32(3.0) - size, abs(y - f32(4.5)))
    level = _led(u, v - f32(1.5), pulse, show, t_s) * lamp * inside
    tint = mix_rgb(colours.led_a, colours.led_b, saturate((v - f32(1.8)) * f32(0.2)))
    # Panels: seams between modules, and the frame.
    seam = min(abs(fraction(x * f32(0.5)) - f32(0.5)), abs(fraction(y * f32(0.5)) - f32(0.5)))
    level *= f32(0.8) + f32(0.2) * smoothstep(f32(0), f32(0.012) + size, seam)
    return scale_rgb(tint, level)


@inline
def _mirrored(
    view: View, x: int, y: int, width: int, height: int
) -> tuple[Scalar, Scalar, Scalar, Scalar, Scalar, Scalar]:
    """Return where on the wall a pixel looks, straight or by way of the glossy deck.

    Returns
    -------
    tuple
        x and y on the wall; depth; x and slope downwards on the deck; 1 if it sees the deck.
    """
    dx, dy, dz, _ = ray(view, x, y, width, height)
    ahead = max(dz, f32(0.05))
    depth = (f32(WALL_Z_M) - view.z_m) / ahead
    wall_x = view.x_m + dx * depth
    wall_y = view.y_m + dy * depth
    below = select(wall_y < f32(DECK_M))
    down = max(-dy, f32(0.002))
    to_deck = (view.y_m - f32(DECK_M)) / down
    deck_x = view.x_m + dx * to_deck
    deck_z = view.z_m + dz * to_deck
    # The deck mirrors the wall, broken by its brushed surface.
    grain = value_noise(deck_x * f32(2.1), deck_z * f32(14)) - f32(0.5)
    mirror_y = f32(2 * DECK_M) - wall_y + grain * f32(0.25)
    seen_x = wall_x + grain * f32(0.35) * below
    return f32(seen_x), mix(wall_y, mirror_y, below), f32(depth), f32(deck_x), f32(down), below


@kernel
def paint_haze(
    soft: Canvas, view: View, colours: Colours, pulse: Pulse, show: Show, fog: Scalar, t_s: Scalar
) -> None:
    """Paint what is soft in the view of the stage: lit haze, and the deck with its reflections.

    ``soft`` is a layer of half the size; ``fog`` 0 is the usual haze, 1 thick fog.
    """
    _, height, width = soft.shape
    at_1_m = view.lens / f32(height)  # size of a pixel
    red = np.empty(width, np.float32)
    green = np.empty(width, np.float32)
    blue = np.empty(width, np.float32)
    for y in range(height):
        for x in range(width):
            seen_x, seen_y, depth, deck_x, down, below = _mirrored(view, x, y, width, height)
            size = depth * at_1_m + f32(0.12)
            light = _wall_light(seen_x, seen_y, size, pulse, show, t_s, colours)
            glow = exponential(-abs(seen_y - f32(4.5)) * f32(0.2) - abs(seen_x) * f32(0.05))
            air = f32(0.5) + value_noise(seen_x * f32(0.35) + t_s * f32(0.15), seen_y * f32(0.5))
            haze = glow * air * (f32(0.30) + f32(0.9) * fog)
            colour = add_light(colours.hall, colours.haze, haze)
            colour = add_light(colour, colours.led_a, fog * glow * air * f32(0.10))
            mirrored = add_light(colour, light, f32(1.25))
            sheen = f32(0.18) + f32(0.30) * saturate(f32(1) - down * f32(1.2))
            planks = smoothstep(f32(0.05), f32(0.01), abs(fraction(deck_x * f32(0.5)) - f32(0.5)))
            surface = scale_rgb(colours.deck, f32(0.7) - f32(0.4) * planks)
            surface = add_light(surface, colours.haze, f32(0.06))
            colour = mix_rgb(colour, add_light(surface, mirrored, sheen), below)
            red[x] = colour[0]
            green[x] = colour[1]
            blue[x] = colour[2]
        store_row(soft, y, red, green, blue)


@kernel
def add_wall(
    canvas: Canvas, view: View, colours: Colours, pulse: Pulse, show: Show, fog: Scalar, t_s: Scalar
) -> None:
    """Add what is sharp behind the deck: the lamps of the LED wall, and the truss over it."""
    _, height, width = canvas.shape
    at_1_m = view.lens / f32(height)
    red = np.empty(width, np.float32)
    green = np.empty(width, np.float32)
    blue = np.empty(width, np.float32)
    cover = np.empty(width, np.float32)
    steel = add_light((f32(0.010), f32(0.010), f32(0.013)), colours.beam_a, f32(0.025))
    gain = f32(1.25) - f32(0.45) * fog
    for y in range(height):
        low, high = _heights(view, y, width, height)
        if high < f32(DECK_M) or low > f32(TRUSS_M + 0.6):
            continue
        if low < f32(7.6) and high > f32(1.4):
            for x in range(width):
                wall_x, wall_y, depth = _on_wall(view, x, y, width, height)
                above = gain * select(wall_y >= f32(DECK_M))
                size = depth * at_1_m
                light = _wall_light(wall_x, wall_y, size, pulse, show, t_s, colours)
                red[x] = light[0] * above
                green[x] = light[1] * above
                blue[x] = light[2] * above
            _add_row(canvas[0, y], red)
            _add_row(canvas[1, y], green)
            _add_row(canvas[2, y], blue)
        if low < f32(TRUSS_M + 0.6) and high > f32(TRUSS_M - 0.6):
            # Truss: two tubes and a zigzag between them.
            for x in range(width):
                wall_x, wall_y, _ = _on_wall(view, x, y, width, height)
                level = (wall_y - f32(TRUSS_M)) / f32(0.32)
                tube = smoothstep(f32(0.16), f32(0.08), abs(abs(level) - f32(1)))
                zigzag = abs(fraction(wall_x * f32(0.8)) - f32(0.5)) * f32(4) - f32(1)
                tube = max(tube, smoothstep(f32(0.22), f32(0.12), abs(zigzag - level)))
                cover[x] = tube * select(abs(level) < f32(1.15)) * (f32(0.85) - f32(0.4) * fog)
            for plane in range(3):
                line = canvas[plane, y]
                own = steel[plane]
                for x in range(width):
                    line[x] = mix(line[x], own, cover[x])


@inline
def _on_wall(view: View, x: int, y: int, width: int, height: int) -> tuple[Scalar, Scalar, Scalar]:
    """Return where a pixel's ray meets the plane of the wall: x, y, depth."""
    dx, dy, dz, _ = ray(view, x, y, width, height)
    depth = (f32(WALL_Z_M) - view.z_m) / max(dz, f32(0.05))
    return f32(view.x_m + dx * depth), f32(view.y_m + dy * depth), f32(depth)


@inline
def _heights(view: View, y: int, width: int, height: int) -> tuple[Scalar, Scalar]:
    """Return between which heights a row of pixels meets the plane of the wall."""
    _, left, _ = _on_wall(view, 0, y, width, height)
    _, right, _ = _on_wall(view, width - 1, y, width, height)
    return min(left, right), max(left, right)


@inline
def _add_row(line: Row, light: Row) -> None:
    """Add light to a row of the canvas."""
    for x in range(line.size):
        line[x] += light[x]


@kernel
def paint_front(canvas: Canvas, view: View, colours: Colours, pulse: Pulse) -> None:
    """Paint the front of the deck with its strip of light, where the camera is before it."""
    _, height, width = canvas.shape
    if view.z_m >= f32(FRONT_Z_M):
        return
    behind = np.empty(width, np.float32)
    strip = np.empty(width, np.float32)
    shade = np.empty(width, np.float32)
    beat = f32(0.5) + f32(1.4) * max(pulse.beat * f32(0.7), pulse.kick)
    for y in range(height):
        for x in range(width):
            _, dy, dz, _ = ray(view, x, y, width, height)
            front_y = view.y_m + dy * (f32(FRONT_Z_M) - view.z_m) / max(dz, f32(0.05))
            behind[x] = select(front_y < f32(DECK_M))
            strip[x] = smoothstep(f32(0.06), f32(0.02), abs(front_y - f32(0.98))) * beat
            shade[x] = f32(0.25) + f32(0.3) * saturate(front_y)
        if behind.max() <= f32(0):
            continue
        for plane in range(3):
            line = canvas[plane, y]
            wood = colours.deck[plane]
            lamp = colours.led_a[plane]
            for x in range(width):
                line[x] = mix(line[x], wood * shade[x] + lamp * strip[x], behind[x])
