"""The picture of the flight: walls, their mirror images, mist, and the platform."""

from __future__ import annotations

import numpy as np

from mvkit.studio.kit.canvas import Canvas, store_row
from mvkit.studio.kit.jit import Scalar, f32, inline, kernel
from mvkit.studio.kit.maths import (
    cosine,
    exponential,
    fraction,
    saturate,
    select,
    sine,
    smoothstep,
)
from mvkit.studio.kit.noise import value_noise
from mvkit.studio.kit.rgb import RGB, add_light, mix_rgb, scale_rgb
from mvkit.studio.kit.view import View, ray
from mvkit.studio.music import Pulse
from mvkit.studio.worlds.hex_tunnel.dress import AXIS_M, Colours, Flight
from mvkit.studio.worlds.hex_tunnel.prism import APOTHEM_M, HALF_SIDE_M, meet_tunnel
from mvkit.studio.worlds.hex_tunnel.walls import metal, tube, wall_light

__all__ = ["paint_tunnel"]

_PLATFORM_M = 0.72


@inline
def _platform(
    x: Scalar, z: Scalar, footprint: Scalar, colours: Colours, pulse: Pulse
) -> tuple[RGB, Scalar]:
    """Return light and cover of the hovering hexagon at a place around its middle."""
    q = max(abs(z), f32(f32(0.5) * abs(z) + f32(0.8660254) * abs(x)))
    size = f32(_PLATFORM_M)
    inside = smoothstep(size + footprint + f32(0.004), size - footprint - f32(0.004), q)
    edge = tube(q - size, f32(0.016), footprint) * (f32(0.9) + f32(1.8) * pulse.beat)
    wave = f32(0.62) * fraction(pulse.beat_phase)
    ring = tube(q - wave, f32(0.010), footprint) * (f32(1) - pulse.beat_phase) * f32(0.8)
    light = scale_rgb(colours.neon_a, f32(edge + ring * inside))
    light = add_light(light, colours.neon_b, f32(inside * (f32(0.015) + f32(0.05) * pulse.bass)))
    return light, f32(inside * f32(0.75))


@kernel
def paint_tunnel(
    canvas: Canvas,
    view: View,
    colours: Colours,
    pulse: Pulse,
    flight: Flight,
    t_s: Scalar,
    dancer: RGB,
) -> None:
    """Paint the tunnel; ``dancer`` is x, z of a person and 1 if there is one."""
    _, height, width = canvas.shape
    red = np.empty(width, np.float32)
    green = np.empty(width, np.float32)
    blue = np.empty(width, np.float32)
    px = view.lens / f32(height)
    wall, fog, core = colours.wall, colours.fog, colours.core
    cos_turn = cosine(flight.turn)
    sin_turn = sine(flight.turn)
    from_x = view.x_m
    from_y = view.y_m - f32(AXIS_M)
    for y in range(height):
        for x in range(width):
            dx, up, dz, _ = ray(view, x, y, width, height)
            # Scaled so that a step is a metre along the axis; the camera looks roughly along.
            per_z = f32(1) / max(dz, f32(0.05))
            ux = f32(dx * per_z)
            uy = f32(up * per_z)
            hit = meet_tunnel(
                from_x, from_y, ux, uy, flight.bend_x, flight.bend_y, cos_turn, sin_turn
            )
            depth = hit.depth
            z = f32(view.z_m + depth + flight.travel)
            fine = f32(depth * per_z * px)
            # The ray has bent, as seen from the tunnel, when it meets the wall.
            bent_x = f32(ux - f32(2) * flight.bend_x * depth)
            bent_y = f32(uy - f32(2) * flight.bend_y * depth)
            facing = f32(bent_x * hit.normal_x + bent_y * hit.normal_y)
            grazing = abs(facing)
            long = f32(fine / max(grazing, f32(0.02)))
            light = wall_light(hit.across, z, hit.wall, fine, long, colours, pulse, flight)
            plate = metal(hit.across, z, hit.wall, fine, long, flight)
            # One mirrored ray, straight, to the wall on which it ends.
            mx = f32(bent_x - f32(2) * facing * hit.normal_x)
            my = f32(bent_y - f32(2) * facing * hit.normal_y)
            at_x = f32(hit.normal_x * f32(APOTHEM_M - 0.01) - hit.normal_y * hit.across)
            at_y = f32(hit.normal_y * f32(APOTHEM_M - 0.01) + hit.normal_x * hit.across)
            far = meet_tunnel(at_x, at_y, mx, my, f32(0), f32(0), cos_turn, sin_turn)
            far_depth = min(far.depth, f32(60))
            far_z = f32(z + far_depth)
            # A plane mirror only lengthens the way; where it ends at a glance, it smears.
            cone = f32((depth + far_depth) * per_z * px + f32(0.03))
            far_grazing = abs(f32(mx * far.normal_x + my * far.normal_y))
            far_long = f32(f32(1.5) * cone / max(far_grazing, f32(0.02)))
            mirrored = wall_light(
                far.across, far_z, far.wall, cone, far_long, colours, pulse, flight
            )
            unit = f32(1) / np.sqrt(f32(1) + ux * ux + uy * uy)
            away = f32(1) - saturate(f32(grazing * unit))
            shine = f32(f32(0.10) + f32(0.60) * away * away * away) * exponential(
                f32(far_depth * f32(-0.05))
            )
            # In a corner the mirror image is too fine for any pixel.
            clear = smoothstep(f32(0), f32(0.35), f32(HALF_SIDE_M) - abs(hit.across))
            shine = f32(shine * clear * (f32(0.6) + f32(0.6) * plate))
            colour = add_light(scale_rgb(wall, plate), fog, f32(plate * f32(0.05)))
            colour = (
                f32(colour[0] + mirrored[0] * shine + light[0]),
                f32(colour[1] + mirrored[1] * shine + light[1]),
                f32(colour[2] + mirrored[2] * shine + light[2]),
            )
            # A wave of light runs down the tunnel with every bar.
            wave = fraction(f32((z - flight.travel) * f32(1 / 44) - pulse.beat_count * f32(0.25)))
            wave = exponential(f32(-(wave - f32(0.5)) * (wave - f32(0.5)) * f32(90)))
            colour = add_light(colour, colours.neon_b, f32(wave * plate * f32(0.10) * pulse.energy))
            swirl = value_noise(
                f32(ux * f32(2.2) / (f32(0.4) + abs(ux)) + t_s * f32(0.15)),
                f32(uy * f32(2.2) / (f32(0.4) + abs(uy)) - t_s * f32(0.1)),
            )
            lost = f32(1) - exponential(f32(-depth * flight.fog))
            glow = f32(0.62) + f32(0.25) * pulse.bass
            mist = scale_rgb(fog, f32((f32(0.45) + f32(0.9) * swirl) * glow))
            deep = f32(1) - exponential(f32(-max(depth - f32(14), f32(0)) * f32(0.022)))
            mist = add_light(mist, core, f32(deep * (f32(0.62) + f32(0.25) * pulse.bass)))
            # Where a wall bends out of sight the last pixel shows part of what is behind.
            pace = abs(f32(ux * hit.normal_x + uy * hit.normal_y))
            shown = saturate(f32(grazing * grazing / (f32(2.5) * pace * px * per_z + f32(1e-7))))
            colour = mix_rgb(mist, colour, shown)
            colour = mix_rgb(colour, mist, lost)
            # The platform hovers between.
            fall = view.y_m / max(-up, f32(1e-3))
            glow_below, cover = _platform(
                f32(view.x_m + dx * fall - dancer[0]),
                f32(view.z_m + dz * fall - dancer[1]),
                f32(fall * px * f32(1.5)),
                colours,
                pulse,
            )
            there = dancer[2] * select(up < f32(-1e-3)) * select(fall < depth * per_z)
            colour = scale_rgb(colour, f32(f32(1) - cover * there))
            colour = add_light(colour, glow_below, there)
            red[x] = colour[0]
            green[x] = colour[1]
            blue[x] = colour[2]
        store_row(canvas, y, red, green, blue)
