"""What the polished walls mirror, and the swirl of the mist: soft enough for half the size."""

from __future__ import annotations

import numpy as np

from mvkit.studio.kit.jit import Scalar, f32, kernel
from mvkit.studio.kit.maths import cosine, exponential, saturate, sine, smoothstep
from mvkit.studio.kit.noise import value_noise
from mvkit.studio.kit.rows import widen
from mvkit.studio.kit.view import View, ray
from mvkit.studio.music import Pulse
from mvkit.studio.worlds.hex_tunnel.dress import AXIS_M, Colours, Flight
from mvkit.studio.worlds.hex_tunnel.prism import (
    APOTHEM_M,
    HALF_SIDE_M,
    meet_straight,
    meet_tunnel,
)
from mvkit.studio.worlds.hex_tunnel.walls import wall_light

__all__ = ["SWIRL", "paint_mirror"]

SWIRL = 3
"""Plane of the swirl, after red, green and blue of what is mirrored."""


@kernel
def paint_mirror(
    soft: np.ndarray, view: View, colours: Colours, pulse: Pulse, flight: Flight, t_s: Scalar
) -> None:
    """Fill the planes of ``soft`` (4, half the frame's height, its width)."""
    n_rows, full_width = soft.shape[1:]
    width = full_width // 2
    red = np.empty(width, np.float32)
    green = np.empty(width, np.float32)
    blue = np.empty(width, np.float32)
    swirl = np.empty(width, np.float32)
    padded = np.empty(width + 2, np.float32)
    px = view.lens / f32(n_rows)
    cos_turn = cosine(flight.turn)
    sin_turn = sine(flight.turn)
    from_x = view.x_m
    from_y = view.y_m - f32(AXIS_M)
    for y in range(n_rows):
        for x in range(width):
            dx, up, dz, _ = ray(view, x, y, width, n_rows)
            # Scaled so that a step is a metre along the axis; the camera looks roughly along.
            per_z = f32(1) / max(dz, f32(0.05))
            ux = f32(dx * per_z)
            uy = f32(up * per_z)
            hit = meet_tunnel(
                from_x, from_y, ux, uy, flight.bend_x, flight.bend_y, cos_turn, sin_turn
            )
            z = f32(view.z_m + hit.depth + flight.travel)
            # The ray has bent, as seen from the tunnel, when it meets the wall.
            bent_x = f32(ux - f32(2) * flight.bend_x * hit.depth)
            bent_y = f32(uy - f32(2) * flight.bend_y * hit.depth)
            facing = f32(bent_x * hit.normal_x + bent_y * hit.normal_y)
            # One mirrored ray, straight, to the wall on which it ends.
            mx = f32(bent_x - f32(2) * facing * hit.normal_x)
            my = f32(bent_y - f32(2) * facing * hit.normal_y)
            at_x = f32(hit.normal_x * f32(APOTHEM_M - 0.01) - hit.normal_y * hit.across)
            at_y = f32(hit.normal_y * f32(APOTHEM_M - 0.01) + hit.normal_x * hit.across)
            far = meet_straight(at_x, at_y, mx, my, cos_turn, sin_turn)
            far_depth = min(far.depth, f32(60))
            # A plane mirror only lengthens the way; where it ends at a glance, it smears.
            cone = f32((hit.depth + far_depth) * per_z * px * f32(0.5) + f32(0.03))
            grazing = abs(f32(mx * far.normal_x + my * far.normal_y))
            long = f32(f32(1.5) * cone / max(grazing, f32(0.02)))
            far_z = f32(z + far_depth)
            light = wall_light(far.across, far_z, far.wall, cone, long, colours, pulse, flight)
            unit = f32(1) / np.sqrt(f32(1) + ux * ux + uy * uy)
            away = f32(1) - saturate(f32(abs(facing) * unit))
            shine = f32(f32(0.10) + f32(0.60) * away * away * away)
            # In a corner the mirror image is too fine for any pixel.
            clear = smoothstep(f32(0), f32(0.35), f32(HALF_SIDE_M) - abs(hit.across))
            shine = f32(shine * clear * exponential(f32(far_depth * f32(-0.05))))
            red[x] = light[0] * shine
            green[x] = light[1] * shine
            blue[x] = light[2] * shine
            swirl[x] = value_noise(
                f32(ux * f32(2.2) / (f32(0.4) + abs(ux)) + t_s * f32(0.15)),
                f32(uy * f32(2.2) / (f32(0.4) + abs(uy)) - t_s * f32(0.1)),
            )
        widen(red, f32(1), padded, soft[0, y])
        widen(green, f32(1), padded, soft[1, y])
        widen(blue, f32(1), padded, soft[2, y])
        widen(swirl, f32(1), padded, soft[SWIRL, y])
