"""The view from the stage: the dark hall in its haze, and the deck before it."""

from __future__ import annotations

import numpy as np

from mvkit.studio.kit.canvas import Canvas, Row, store_row
from mvkit.studio.kit.jit import Scalar, f32, inline, kernel
from mvkit.studio.kit.maths import exponential, fraction, mix, saturate, select, smoothstep
from mvkit.studio.kit.noise import value_noise
from mvkit.studio.kit.rgb import add_light, mix_rgb, scale_rgb
from mvkit.studio.kit.view import View, ray
from mvkit.studio.music import Pulse
from mvkit.studio.worlds.concert_stage.dress import DECK_M, FRONT_Z_M, Colours

__all__ = ["finish_hall", "paint_hall"]


@kernel
def paint_hall(
    soft: Canvas, view: View, colours: Colours, pulse: Pulse, fog: Scalar, t_s: Scalar
) -> None:
    """Paint the view from the stage on a layer of half the size: the dark hall in its haze."""
    _, height, width = soft.shape
    red = np.empty(width, np.float32)
    green = np.empty(width, np.float32)
    blue = np.empty(width, np.float32)
    lit = f32(0.15) + f32(0.45) * fog
    for y in range(height):
        for x in range(width):
            axis, rise = _direction(view, x, y, width, height)
            air = value_noise(axis * f32(2.2) + t_s * f32(0.1), rise * f32(3.1))
            air = air * f32(0.7) + f32(0.3) * value_noise(
                axis * f32(6), rise * f32(8) - t_s * f32(0.1)
            )
            glow = exponential(-abs(rise - f32(0.04)) * f32(3.5))
            haze = (lit + f32(0.9) * glow) * (f32(0.3) + air) * (f32(1) + f32(0.5) * fog)
            colour = add_light(colours.hall, colours.haze, haze)
            bass = f32(0.05) + f32(0.10) * pulse.bass + f32(0.08) * fog
            colour = add_light(colour, colours.beam_b, glow * air * bass)
            # Balcony: a dark band.
            rail = smoothstep(f32(0.035), f32(0.03), abs(rise - f32(0.16)))
            colour = scale_rgb(colour, f32(1) - f32(0.75) * rail * (f32(1) - f32(0.6) * fog))
            # Between the people the floor: dark, with the show's light on it.
            floor = add_light(scale_rgb(colours.hall, f32(0.6)), colours.haze, f32(0.10) * air)
            below = select(rise < f32(-0.02))
            colour = mix_rgb(colour, floor, below * (f32(0.8) - f32(0.4) * fog))
            red[x] = colour[0]
            green[x] = colour[1]
            blue[x] = colour[2]
        store_row(soft, y, red, green, blue)


@inline
def _direction(view: View, x: int, y: int, width: int, height: int) -> tuple[Scalar, Scalar]:
    """Return where into the hall a pixel looks: sideways and upwards, per metre of depth."""
    dx, dy, dz, _ = ray(view, x, y, width, height)
    ahead = max(-dz, f32(0.05))
    return f32(dx / ahead), f32(dy / ahead)


@kernel
def finish_hall(canvas: Canvas, view: View, colours: Colours, pulse: Pulse) -> None:
    """Add what is sharp in the view from the stage: the balcony's lamps, the deck, its edge."""
    _, height, width = canvas.shape
    red = np.empty(width, np.float32)
    green = np.empty(width, np.float32)
    blue = np.empty(width, np.float32)
    cover = np.empty(width, np.float32)
    lamps = f32(0.3) + f32(0.9) * max(pulse.beat * f32(0.5), pulse.snare)
    strip = f32(0.5) + f32(1.6) * max(pulse.beat * f32(0.7), pulse.kick)
    for y in range(height):
        _, left = _direction(view, 0, y, width, height)
        _, right = _direction(view, width - 1, y, width, height)
        if min(left, right) < f32(0.17) and max(left, right) > f32(0.15):
            for x in range(width):
                axis, rise = _direction(view, x, y, width, height)
                lamp = abs(fraction(axis * f32(9)) - f32(0.5))
                lamp = smoothstep(f32(0.10), f32(0.02), lamp) * lamps
                cover[x] = lamp * smoothstep(f32(0.006), f32(0.002), abs(rise - f32(0.16)))
            for plane in range(3):
                line = canvas[plane, y]
                own = colours.led_a[plane]
                for x in range(width):
                    line[x] += own * cover[x]
        if min(left, right) >= f32(0):
            continue
        for x in range(width):
            _, deck_z, _ = _on_deck(view, x, y, width, height)
            cover[x] = select(deck_z > f32(FRONT_Z_M))
        if cover.max() <= f32(0):
            continue
        for x in range(width):
            deck_x, deck_z, down = _on_deck(view, x, y, width, height)
            grain = value_noise(deck_x * f32(2.1), deck_z * f32(14))
            sheen = saturate(f32(1) - down) * (f32(0.05) + f32(0.09) * grain)
            planks = smoothstep(f32(0.03), f32(0.01), abs(fraction(deck_x * f32(0.5)) - f32(0.5)))
            surface = scale_rgb(colours.deck, f32(0.9) - f32(0.5) * planks)
            tint = mix_rgb(colours.beam_b, colours.led_a, saturate(deck_x + f32(0.5)))
            surface = add_light(surface, tint, sheen)
            edge = smoothstep(f32(0.10), f32(0.02), abs(deck_z - f32(FRONT_Z_M + 0.08)))
            surface = add_light(surface, colours.led_a, edge * strip)
            red[x] = surface[0]
            green[x] = surface[1]
            blue[x] = surface[2]
        _cover_row(canvas[0, y], red, cover)
        _cover_row(canvas[1, y], green, cover)
        _cover_row(canvas[2, y], blue, cover)


@inline
def _on_deck(view: View, x: int, y: int, width: int, height: int) -> tuple[Scalar, Scalar, Scalar]:
    """Return x and z where a pixel's ray meets the deck, far away above it; and its descent."""
    dx, dy, dz, _ = ray(view, x, y, width, height)
    down = max(-dy, f32(0.002))
    way = (view.y_m - f32(DECK_M)) / down
    deck_z = view.z_m + dz * way
    return f32(view.x_m + dx * way), f32(deck_z if dy < f32(0) else f32(-1e3)), f32(down)


@inline
def _cover_row(line: Row, values: Row, cover: Row) -> None:
    """Lay values over a row of the canvas."""
    for x in range(line.size):
        line[x] = mix(line[x], values[x], cover[x])
