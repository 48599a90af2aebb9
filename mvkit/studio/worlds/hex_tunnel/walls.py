"""What is on the walls of the tunnel: neon tubes, ribs, panels of light, dark metal."""

from __future__ import annotations

import numpy as np

from mvkit.studio.kit.jit import Scalar, f32, i32, inline
from mvkit.studio.kit.maths import cosine, fraction, mix, select, smoothstep
from mvkit.studio.kit.noise import hash_2d, resolved, value_noise
from mvkit.studio.kit.rgb import RGB, add_light, mix_rgb, pick_rgb, scale_rgb
from mvkit.studio.music import Pulse
from mvkit.studio.worlds.hex_tunnel.dress import RIB_M, Colours, Flight
from mvkit.studio.worlds.hex_tunnel.prism import HALF_SIDE_M

__all__ = ["metal", "tube", "wall_light"]

_PANEL_M = RIB_M / 3


@inline
def tube(distance: Scalar, half: Scalar, footprint: Scalar) -> Scalar:
    """Return the light of a neon tube: a core with a glow, spread out where pixels are large."""
    spread = half * half + f32(0.3) * footprint * footprint
    core = spread / (distance * distance + spread)
    share = half / np.sqrt(spread)
    return f32(share * (core * core * f32(1.1) + core * f32(0.12)))


@inline
def wall_light(
    across: Scalar, z: Scalar, wall: Scalar, fine: Scalar, long: Scalar,
    colours: Colours, pulse: Pulse, flight: Flight,
) -> RGB:  # fmt: skip
    """Return the light that leaves a place on a wall.

    ``z`` counts along the tunnel; ``fine`` and ``long`` are the size of a pixel across the wall
    and along it.
    """
    neon_a, neon_b, neon_c = colours.neon_a, colours.neon_b, colours.neon_c
    # Corner tubes, and ribs on which the beat runs ahead of the flight.
    corner = tube(f32(HALF_SIDE_M) - abs(across), f32(0.030), fine)
    ribs = z * f32(1 / RIB_M)
    rib = np.floor(ribs + f32(0.5))
    from_rib = abs(ribs - rib) * f32(RIB_M)
    flash = f32(0.5) + f32(0.5) * cosine(f32((pulse.beat_count - rib * f32(0.25)) * f32(6.2831853)))
    flash = flash * flash * flash
    ring = tube(from_rib, f32(0.055), long) * (f32(0.5) + f32(1.5) * flash)
    ring_colour = mix_rgb(neon_a, neon_b, select(fraction(f32(rib * f32(0.5))) > f32(0.25)))
    light = add_light(scale_rgb(neon_a, f32(corner * f32(0.55))), ring_colour, ring)
    # Panels: three across a wall; some are lit and answer to one band each.
    u = (across * f32(1 / HALF_SIDE_M) * f32(0.5) + f32(0.5)) * f32(3)
    v = z * f32(1 / _PANEL_M)
    column = i32(np.floor(min(max(u, f32(0)), f32(2.99))))
    row = i32(np.floor(v))
    place = i32(i32(wall) * i32(3) + column)
    chance = hash_2d(row, i32(place + flight.seed))
    kind = hash_2d(i32(row + i32(77)), i32(place * i32(3) + flight.seed))
    fu = abs(fraction(f32(u)) - f32(0.5))
    fv = abs(fraction(f32(v)) - f32(0.5))
    soft_u = f32(0.03) + fine
    soft_v = f32(0.03) + long * f32(0.6)
    face = smoothstep(f32(0.44) + soft_u, f32(0.44) - soft_u, fu)
    face = face * smoothstep(f32(0.46) + soft_v, f32(0.46) - soft_v, fv)
    rim = f32(0.35) + f32(1.3) * smoothstep(f32(0.30), f32(0.44), max(fu, fv))
    low = pulse.bass if kind < f32(0.2) else pulse.kick
    high = pulse.snare if kind < f32(0.75) else pulse.hat
    band = low if kind < f32(0.5) else high
    lit = select(chance > f32(0.85)) * (f32(0.22) + f32(0.5) * band)
    seen = resolved(f32(_PANEL_M * 2), long)
    panel = mix(f32(0.05), face * rim * lit, seen)
    light = add_light(light, pick_rgb(neon_a, neon_b, neon_c, fraction(f32(kind * f32(17)))), panel)
    # Fine seams around every panel.
    seam = tube(min(f32(0.5) - fu, (f32(0.5) - fv) * f32(1.3)), f32(0.006), fine + long)
    return add_light(light, neon_a, f32(f32(0.10) * seam * seen))


@inline
def metal(
    across: Scalar, z: Scalar, wall: Scalar, fine: Scalar, long: Scalar, flight: Flight
) -> Scalar:
    """Return the brightness of the dark metal of a wall: brushed, plate by plate."""
    plate = hash_2d(
        i32(np.floor(z * f32(1 / _PANEL_M))),
        i32(i32(np.floor(across * f32(0.79) + f32(1.5))) + i32(i32(wall) * i32(7) + flight.seed)),
    )
    brushed = value_noise(f32(across * f32(42)), f32(z * f32(2.5)))
    brushed = (brushed - f32(0.5)) * resolved(f32(0.05), fine)
    return f32(f32(0.5) + f32(0.7) * plate * resolved(f32(2), long) + f32(0.5) * brushed)
