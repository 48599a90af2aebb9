"""What stands: LED wall, truss and deck seen from the crowd; the hall seen from the deck."""

from __future__ import annotations

import numpy as np

from mvkit.studio.kit.canvas import Canvas, store_row
from mvkit.studio.kit.jit import Scalar, f32, i32, inline, kernel
from mvkit.studio.kit.maths import exponential, fraction, mix, saturate, select, sine, smoothstep
from mvkit.studio.kit.noise import hash_2d, value_noise
from mvkit.studio.kit.rgb import RGB, add_light, mix_rgb, scale_rgb
from mvkit.studio.kit.view import View, ray
from mvkit.studio.music import Pulse
from mvkit.studio.worlds.concert_stage.dress import DECK_M, FRONT_Z_M, TRUSS_M, WALL_Z_M, Colours

__all__ = ["paint_hall", "paint_stage"]


@inline
def _led(u: Scalar, v: Scalar, pulse: Pulse, show: Scalar, t_s: Scalar) -> Scalar:
    """Return the brightness of the LED wall; ``u`` in metres from its middle, ``v`` from its foot.

    ``show`` chooses among four programmes: equaliser, rings, waves, rays.
    """
    one = f32(1)
    across = u * f32(0.14)
    band = hash_2d(i32(np.floor(u * f32(1.6))), i32(5))
    level = pulse.bass * (one - abs(across)) * f32(0.9) + f32(0.5) * pulse.mid * band
    level = f32(0.4) + (level + f32(0.3) * pulse.high * (one - band)) * f32(3.4)
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
    picture = bars if show < f32(0.25) else rings
    picture = waves if show > f32(0.5) else picture
    picture = rays if show > f32(0.75) else picture
    front = abs(radius - pulse.beat_phase * f32(7))
    ripple = smoothstep(f32(0.5), f32(0), front) * (one - pulse.beat_phase)
    return f32(f32(0.05) + f32(0.85) * picture + f32(0.35) * ripple * pulse.energy)


@inline
def _wall_light(
    x: Scalar, y: Scalar, size: Scalar, pulse: Pulse, show: Scalar, t_s: Scalar, colours: Colours
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


@kernel
def paint_stage(
    canvas: Canvas, view: View, colours: Colours, pulse: Pulse, show: Scalar, t_s: Scalar
) -> None:
    """Paint wall and truss, the deck with its reflections, its front, the floor."""
    _, height, width = canvas.shape
    one = f32(1)
    at_1_m = view.lens / f32(height)  # size of a pixel
    deck_m = f32(DECK_M)
    red = np.empty(width, np.float32)
    green = np.empty(width, np.float32)
    blue = np.empty(width, np.float32)
    for y in range(height):
        for x in range(width):
            dx, dy, dz, _ = ray(view, x, y, width, height)
            ahead = max(dz, f32(0.05))
            depth = (f32(WALL_Z_M) - view.z_m) / ahead
            wall_x = view.x_m + dx * depth
            wall_y = view.y_m + dy * depth
            below = select(wall_y < deck_m)
            down = max(-dy, f32(0.002))
            to_deck = (view.y_m - deck_m) / down
            deck_x = view.x_m + dx * to_deck
            deck_z = view.z_m + dz * to_deck
            # The deck mirrors the wall, broken by its brushed surface.
            grain = value_noise(deck_x * f32(2.1), deck_z * f32(14)) - f32(0.5)
            mirror_y = f32(2) * deck_m - wall_y + grain * f32(0.25) * below
            seen_y = mix(wall_y, mirror_y, below)
            seen_x = wall_x + grain * f32(0.35) * below
            size = depth * at_1_m
            light = _wall_light(seen_x, seen_y, size + below * f32(0.12), pulse, show, t_s, colours)
            glow = exponential(-abs(seen_y - f32(4.5)) * f32(0.2) - abs(seen_x) * f32(0.05))
            air = f32(0.5) + value_noise(seen_x * f32(0.35) + t_s * f32(0.15), seen_y * f32(0.5))
            colour = add_light(colours.hall, colours.haze, glow * air * f32(0.30))
            colour = add_light(colour, light, f32(1.25))
            # Truss: two tubes and a zigzag between them.
            level = (seen_y - f32(TRUSS_M)) / f32(0.32)
            tube = smoothstep(f32(0.16), f32(0.08), abs(abs(level) - one))
            zigzag = abs(fraction(seen_x * f32(0.8)) - f32(0.5)) * f32(4) - one
            tube = max(tube, smoothstep(f32(0.22), f32(0.12), abs(zigzag - level)))
            tube *= select(abs(level) < f32(1.15))
            steel = add_light((f32(0.010), f32(0.010), f32(0.013)), colours.beam_a, f32(0.025))
            colour = mix_rgb(colour, steel, tube * f32(0.85))
            # Deck, its front with a strip of light, and the dark floor before it.
            sheen = f32(0.18) + f32(0.30) * saturate(one - down * f32(1.2))
            planks = smoothstep(f32(0.03), f32(0.01), abs(fraction(deck_x * f32(0.5)) - f32(0.5)))
            surface = scale_rgb(colours.deck, f32(0.7) - f32(0.4) * planks)
            surface = add_light(surface, colours.haze, f32(0.06))
            colour = mix_rgb(colour, add_light(surface, colour, sheen), below)
            to_front = (f32(FRONT_Z_M) - view.z_m) / ahead
            front_y = view.y_m + dy * to_front
            behind = select(to_front > f32(0)) * select(front_y < deck_m)
            strip = smoothstep(f32(0.06), f32(0.02), abs(front_y - f32(0.98)))
            strip *= f32(0.5) + f32(1.4) * pulse.beat
            panel = scale_rgb(colours.deck, f32(0.25) + f32(0.3) * saturate(front_y))
            panel = add_light(panel, colours.led_a, strip)
            colour = mix_rgb(colour, panel, behind)
            red[x], green[x], blue[x] = colour
        store_row(canvas, y, red, green, blue)


@kernel
def paint_hall(canvas: Canvas, view: View, colours: Colours, pulse: Pulse, t_s: Scalar) -> None:
    """Paint the view from the stage: the dark hall, its back lamps, the edge of the deck."""
    _, height, width = canvas.shape
    one = f32(1)
    red = np.empty(width, np.float32)
    green = np.empty(width, np.float32)
    blue = np.empty(width, np.float32)
    for y in range(height):
        for x in range(width):
            dx, dy, dz, _ = ray(view, x, y, width, height)
            ahead = max(-dz, f32(0.05))
            axis = dx / ahead
            rise = dy / ahead
            air = value_noise(axis * f32(2.2) + t_s * f32(0.1), rise * f32(3.1))
            air = air * f32(0.7) + f32(0.3) * value_noise(
                axis * f32(6), rise * f32(8) - t_s * f32(0.1)
            )
            glow = exponential(-abs(rise - f32(0.04)) * f32(3.5))
            colour = add_light(
                colours.hall, colours.haze, (f32(0.15) + f32(0.9) * glow) * (f32(0.3) + air)
            )
            colour = add_light(
                colour, colours.beam_b, glow * air * (f32(0.05) + f32(0.10) * pulse.bass)
            )
            # Balcony: a dark band with a row of small lamps.
            tier = abs(rise - f32(0.16))
            rail = smoothstep(f32(0.035), f32(0.03), tier)
            colour = scale_rgb(colour, one - f32(0.75) * rail)
            lamp = abs(fraction(axis * f32(9)) - f32(0.5))
            lamp = smoothstep(f32(0.10), f32(0.02), lamp) * smoothstep(f32(0.006), f32(0.002), tier)
            colour = add_light(colour, colours.led_a, lamp * (f32(0.3) + f32(0.9) * pulse.beat))
            down = max(-dy, f32(0.002))
            to_deck = (view.y_m - f32(DECK_M)) / down
            deck_z = view.z_m + dz * to_deck
            on_deck = select(dy < f32(0)) * select(deck_z > f32(FRONT_Z_M))
            deck_x = view.x_m + dx * to_deck
            grain = value_noise(deck_x * f32(2.1), deck_z * f32(14))
            sheen = saturate(one - down) * (f32(0.05) + f32(0.09) * grain)
            planks = smoothstep(f32(0.03), f32(0.01), abs(fraction(deck_x * f32(0.5)) - f32(0.5)))
            surface = scale_rgb(colours.deck, f32(0.9) - f32(0.5) * planks)
            surface = add_light(
                surface, mix_rgb(colours.beam_b, colours.led_a, saturate(deck_x + f32(0.5))), sheen
            )
            edge = smoothstep(f32(0.10), f32(0.02), abs(deck_z - f32(FRONT_Z_M) - f32(0.08)))
            surface = add_light(surface, colours.led_a, edge * (f32(0.5) + f32(1.6) * pulse.beat))
            floor = scale_rgb(colours.hall, f32(0.6))
            below = select(rise < f32(-0.02))
            colour = mix_rgb(colour, floor, below * f32(0.8))
            colour = mix_rgb(colour, surface, on_deck)
            red[x], green[x], blue[x] = colour
        store_row(canvas, y, red, green, blue)
