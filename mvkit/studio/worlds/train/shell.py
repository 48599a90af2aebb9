"""The carriage around us: its walls, ceiling with its lamps, racks, floor."""

from __future__ import annotations

import numpy as np

from mvkit.studio.kit.canvas import Canvas, pixel, store_row
from mvkit.studio.kit.jit import Scalar, f32, i32, inline, kernel
from mvkit.studio.kit.maths import exponential, fraction, mix, saturate, select, sine, smoothstep
from mvkit.studio.kit.noise import hash_2d
from mvkit.studio.kit.rgb import RGB, add_light, grey, mix_rgb, multiply_rgb, scale_rgb
from mvkit.studio.kit.view import View, ray
from mvkit.studio.worlds.train.dress import (
    CEILING_M,
    HALF_M,
    RACK_M,
    RACK_Y_M,
    STRIP_M,
    Colours,
    Hour,
    Ride,
)
from mvkit.studio.worlds.train.wall import lamp_strip, meet_wall, pane_rows, side_of_carriage

__all__ = ["paint_shell"]
_DOOR_M = 0.62  # half of the aisle


@inline
def _ceiling(x: Scalar, z: Scalar, fine: Scalar, colours: Colours, hour: Hour, lamps: Scalar
             ) -> RGB:  # fmt: skip
    """Return the ceiling: panels, glow beside the lamps, the lamps."""
    off = abs(abs(x) - f32(STRIP_M))
    glow = exponential(f32(off * f32(-5)))
    seam = smoothstep(f32(0.012) + fine, f32(0.004), abs(fraction(f32(z * f32(0.5))) - f32(0.5)))
    light = lamps * (f32(0.42) + f32(1.1) * glow) + hour.daylight * f32(0.3)
    tint = mix_rgb(colours.panel, grey(f32(0.6)), f32(0.4))
    colour = scale_rgb(multiply_rgb(tint, colours.lamp), light * (f32(1) - f32(0.35) * seam))
    curve = smoothstep(f32(1.0), f32(HALF_M), abs(x))
    colour = scale_rgb(colour, f32(1) - f32(0.45) * curve)
    return add_light(colour, colours.lamp, lamp_strip(x, z, fine) * lamps * f32(6.5))


@inline
def _floor(
    x: Scalar, z: Scalar, fine: Scalar, flat: Scalar, colours: Colours, hour: Hour, lamps: Scalar
) -> RGB:
    """Return the floor: a runner along the aisle, carpet under the seats, mirrored lamps.

    ``flat`` is how far the mirrored ray moves sideways on its way up to the ceiling.
    """
    tuft = hash_2d(i32(np.floor(x * f32(90))), i32(np.floor(z * f32(90))))
    speck = mix(f32(0.5), tuft, saturate(f32(0.006) / fine))
    runner = smoothstep(f32(_DOOR_M), f32(_DOOR_M - 0.02), abs(x) + f32(0.14))
    line = smoothstep(f32(0.014) + fine, f32(0.008), abs(abs(x) - f32(_DOOR_M - 0.20)))
    carpet = scale_rgb(mix_rgb(colours.seat, grey(f32(0.1)), f32(0.6)), f32(0.5) + f32(0.5) * speck)
    way = scale_rgb(mix_rgb(colours.panel, grey(f32(0.2)), f32(0.5)), f32(0.36) + f32(0.2) * speck)
    colour = mix_rgb(carpet, way, runner)
    colour = mix_rgb(colour, colours.accent, line * f32(0.5))
    shade = f32(1) - f32(0.55) * smoothstep(f32(0.4), f32(1.2), abs(x))
    light = lamps * f32(0.85) * shade + hour.daylight * f32(0.30)
    colour = scale_rgb(multiply_rgb(colour, colours.lamp), light)
    strip = exponential(f32(-(abs(flat) - f32(STRIP_M)) * (abs(flat) - f32(STRIP_M)) * f32(30)))
    return add_light(colour, colours.lamp, strip * lamps * f32(0.05) * (f32(0.4) + runner))


@inline
def _into_distance(colour: RGB, way: Scalar, colours: Colours, lamps: Scalar) -> tuple[RGB, Scalar]:
    """Let the carriage's air close the view along it; also return how clear it still is."""
    clear = exponential(f32(-max(way - f32(6), f32(0)) * f32(0.035)))
    air = scale_rgb(multiply_rgb(colours.panel, colours.lamp), lamps * f32(0.35))
    return mix_rgb(air, colour, clear), clear


@inline
def _upper(
    view: View, dx: Scalar, up: Scalar, dz: Scalar, px: Scalar, colours: Colours, hour: Hour,
    ride: Ride, lamps: Scalar, paned: bool,
) -> tuple[RGB, Scalar]:  # fmt: skip
    """Return what a rising ray meets: wall, ceiling, rack; and how much of the land shows."""
    hit = meet_wall(view, dx, up, dz, px)
    climb = max(up, f32(0.003))
    to_ceiling = min(f32((f32(CEILING_M) - view.y_m) / climb), f32(90))
    is_wall = select(hit.way < to_ceiling)
    look, see = side_of_carriage(hit, climb, dz, True, paned, colours, hour, ride, lamps)
    fine = f32(to_ceiling * px) * min(f32(1) / climb, f32(6)) * f32(0.3)
    x = f32(view.x_m + dx * to_ceiling)
    above = _ceiling(x, f32(view.z_m + dz * to_ceiling), fine, colours, hour, lamps)
    colour = mix_rgb(above, look, is_wall)
    see = see * is_wall
    # The racks: a shelf of bars under the ceiling, with a rail along its edge.
    to_rack = f32((f32(RACK_Y_M) - view.y_m) / climb)
    rack_x = f32(hit.side * view.x_m + hit.aside * to_rack)
    on_rack = select(rack_x > f32(RACK_M)) * select(rack_x < hit.wall)
    bar = f32(0.5) + f32(0.5) * sine(f32(rack_x * f32(120)))
    bar = mix(f32(0.5), bar, saturate(f32(0.02) * climb / (to_rack * px)))
    light = lamps * (f32(0.20) + f32(0.28) * bar) + hour.daylight * f32(0.2)
    shelf = scale_rgb(multiply_rgb(colours.panel, colours.lamp), light)
    colour = mix_rgb(colour, shelf, on_rack * f32(0.92))
    to_lip = f32((f32(RACK_M) - hit.side * view.x_m) / hit.aside)
    lip = abs(view.y_m + up * to_lip - f32(RACK_Y_M)) - f32(0.022)
    soft = f32(to_lip * px * f32(0.7)) + f32(0.003)
    on_lip = saturate(f32(0.5) - lip / soft) * select(to_lip > f32(0.05))
    chrome = scale_rgb(colours.lamp, lamps * f32(0.40) + hour.daylight * f32(0.25))
    chrome = add_light(chrome, colours.accent, lamps * f32(0.25))
    colour = mix_rgb(colour, chrome, on_lip)
    colour, clear = _into_distance(colour, min(hit.way, to_ceiling), colours, lamps)
    return colour, f32(see * (f32(1) - on_rack) * (f32(1) - on_lip) * clear)


@inline
def _lower(
    view: View, dx: Scalar, up: Scalar, dz: Scalar, px: Scalar, colours: Colours, hour: Hour,
    ride: Ride, lamps: Scalar, paned: bool,
) -> tuple[RGB, Scalar]:  # fmt: skip
    """Return what a falling ray meets: wall or floor; and how much of the land shows."""
    hit = meet_wall(view, dx, up, dz, px)
    fall = max(-up, f32(0.003))
    to_floor = min(f32(view.y_m / fall), f32(90))
    is_wall = select(hit.way < to_floor)
    look, see = side_of_carriage(hit, up, dz, False, paned, colours, hour, ride, lamps)
    fine = f32(to_floor * px) * min(f32(1) / fall, f32(6)) * f32(0.3)
    to_top = f32(to_floor + f32(CEILING_M) / fall)
    x = f32(view.x_m + dx * to_floor)
    below = _floor(
        x, f32(view.z_m + dz * to_floor), fine, f32(view.x_m + dx * to_top), colours, hour, lamps
    )
    colour = mix_rgb(below, look, is_wall)
    colour, clear = _into_distance(colour, min(hit.way, to_floor), colours, lamps)
    return colour, f32(see * is_wall * clear)


@kernel
def paint_shell(canvas: Canvas, view: View, colours: Colours, hour: Hour, ride: Ride) -> None:
    """Put the carriage around the land; what its panes let through stays, darkened a little.

    Only rows with windows (:func:`pane_rows`) are read before they are overwritten.
    """
    _, height, width = canvas.shape
    red = np.empty(width, np.float32)
    green = np.empty(width, np.float32)
    blue = np.empty(width, np.float32)
    clear = np.empty(width, np.float32)
    px = view.lens / f32(height)
    lamps = f32(hour.lamps * ride.lamps)
    level = pixel(view.horizon * f32(height), height)
    first, last = pane_rows(view, width, height)
    for y in range(height):
        paned = (y >= first) & (y < last)
        if (y < level) & paned:
            for x in range(width):
                dx, up, dz, _ = ray(view, x, y, width, height)
                colour, clear[x] = _upper(view, dx, up, dz, px, colours, hour, ride, lamps, True)
                red[x], green[x], blue[x] = colour
        elif y < level:
            for x in range(width):
                dx, up, dz, _ = ray(view, x, y, width, height)
                colour, _ = _upper(view, dx, up, dz, px, colours, hour, ride, lamps, False)
                red[x], green[x], blue[x] = colour
        elif paned:
            for x in range(width):
                dx, up, dz, _ = ray(view, x, y, width, height)
                colour, clear[x] = _lower(view, dx, up, dz, px, colours, hour, ride, lamps, True)
                red[x], green[x], blue[x] = colour
        else:
            for x in range(width):
                dx, up, dz, _ = ray(view, x, y, width, height)
                colour, _ = _lower(view, dx, up, dz, px, colours, hour, ride, lamps, False)
                red[x], green[x], blue[x] = colour
        if not paned:
            store_row(canvas, y, red, green, blue)
            continue
        for x in range(width):
            canvas[0, y, x] = canvas[0, y, x] * clear[x] + red[x]
        for x in range(width):
            canvas[1, y, x] = canvas[1, y, x] * clear[x] + green[x]
        for x in range(width):
            canvas[2, y, x] = canvas[2, y, x] * clear[x] + blue[x]
