"""The picture of the flight: walls, what they mirror, and mist."""

from __future__ import annotations

import numpy as np

from mvkit.studio.kit.canvas import Canvas, store_row
from mvkit.studio.kit.jit import f32, kernel
from mvkit.studio.kit.maths import cosine, exponential, fraction, saturate, sine
from mvkit.studio.kit.rgb import add_light, mix_rgb, scale_rgb
from mvkit.studio.kit.rows import fill_between
from mvkit.studio.kit.view import View, ray
from mvkit.studio.music import Pulse
from mvkit.studio.worlds.hex_tunnel.dress import AXIS_M, Colours, Flight
from mvkit.studio.worlds.hex_tunnel.mirror import SWIRL
from mvkit.studio.worlds.hex_tunnel.prism import meet_tunnel
from mvkit.studio.worlds.hex_tunnel.walls import metal, wall_light

__all__ = ["paint_tunnel"]


@kernel
def paint_tunnel(
    canvas: Canvas, soft: np.ndarray, view: View, colours: Colours, pulse: Pulse, flight: Flight
) -> None:
    """Paint the tunnel; ``soft`` is what :func:`paint_mirror` has painted."""
    _, height, width = canvas.shape
    red = np.empty(width, np.float32)
    green = np.empty(width, np.float32)
    blue = np.empty(width, np.float32)
    swirl = np.empty(width, np.float32)
    px = view.lens / f32(height)
    wall, fog, core = colours.wall, colours.fog, colours.core
    cos_turn = cosine(flight.turn)
    sin_turn = sine(flight.turn)
    from_x = view.x_m
    from_y = view.y_m - f32(AXIS_M)
    glow = f32(0.62) + f32(0.25) * pulse.bass
    for y in range(height):
        fill_between(soft[0], y, red)
        fill_between(soft[1], y, green)
        fill_between(soft[2], y, blue)
        fill_between(soft[SWIRL], y, swirl)
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
            grazing = abs(f32(bent_x * hit.normal_x + bent_y * hit.normal_y))
            long = f32(fine / max(grazing, f32(0.02)))
            light = wall_light(hit.across, z, hit.wall, fine, long, colours, pulse, flight)
            plate = metal(hit.across, z, hit.wall, fine, long, flight)
            polish = f32(0.6) + f32(0.6) * plate
            colour = add_light(scale_rgb(wall, plate), fog, f32(plate * f32(0.05)))
            colour = (
                f32(colour[0] + red[x] * polish + light[0]),
                f32(colour[1] + green[x] * polish + light[1]),
                f32(colour[2] + blue[x] * polish + light[2]),
            )
            # A wave of light runs down the tunnel with every bar.
            wave = fraction(f32((z - flight.travel) * f32(1 / 44) - pulse.beat_count * f32(0.25)))
            wave = exponential(f32(-(wave - f32(0.5)) * (wave - f32(0.5)) * f32(90)))
            colour = add_light(colour, colours.neon_b, f32(wave * plate * f32(0.10) * pulse.energy))
            lost = f32(1) - exponential(f32(-depth * flight.fog))
            mist = scale_rgb(fog, f32((f32(0.45) + f32(0.9) * swirl[x]) * glow))
            deep = f32(1) - exponential(f32(-max(depth - f32(14), f32(0)) * f32(0.022)))
            mist = add_light(mist, core, f32(deep * glow))
            # Where a wall bends out of sight the last pixel shows part of what is behind.
            pace = abs(f32(ux * hit.normal_x + uy * hit.normal_y))
            shown = saturate(f32(grazing * grazing / (f32(2.5) * pace * px * per_z + f32(1e-7))))
            colour = mix_rgb(mist, colour, shown)
            red[x], green[x], blue[x] = mix_rgb(colour, mist, lost)
        store_row(canvas, y, red, green, blue)
