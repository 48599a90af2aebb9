"""The water: its lit depth, beams of light, the surface from below, reefs in the distance."""

from __future__ import annotations

import numpy as np

from mvkit.studio.kit.canvas import Canvas, store_row
from mvkit.studio.kit.jit import Scalar, f32, inline, kernel
from mvkit.studio.kit.maths import exponential, saturate, sine, smoothstep
from mvkit.studio.kit.noise import fbm3, value_noise
from mvkit.studio.kit.rgb import RGB, add_light, mix_rgb, scale_rgb
from mvkit.studio.kit.view import View, ray
from mvkit.studio.worlds.underwater.dress import SURFACE_M, Colours, Sea

__all__ = ["haze", "paint_water"]

_NEAR_REEF_M, _FAR_REEF_M = 15.0, 27.0


@inline
def haze(rise: Scalar, sunward: Scalar, sea: Sea, colours: Colours) -> RGB:
    """Return the colour of the lit water, into which everything far sinks.

    Parameters
    ----------
    rise
        Sine of the direction's height.
    sunward
        Cosine of its angle to the sun.
    """
    deep, water, light = colours.deep, colours.water, colours.light
    colour = mix_rgb(deep, water, smoothstep(f32(-0.55), f32(0.55), rise))
    wide = exponential(f32((sunward - f32(1)) * f32(3.2))) * f32(0.34)
    narrow = exponential(f32((sunward - f32(1)) * f32(15))) * f32(0.8)
    return add_light(colour, light, f32((wide + narrow) * sea.glow))


@inline
def _surface(x: Scalar, z: Scalar, way_m: Scalar, rise: Scalar, sea: Sea, t_s: Scalar) -> Scalar:
    """Return the light of the rippled surface, seen from below at a place."""
    swell = value_noise(f32(x * f32(0.55) + t_s * f32(0.45)), f32(z * f32(0.8) - t_s * f32(0.2)))
    chop = value_noise(f32(x * f32(1.15) - t_s * f32(0.5)), f32(z * f32(1.5) + t_s * f32(0.55)))
    fold = saturate(f32(1) - abs(swell - chop) * f32(4.5))
    # Steeply above, the surface is a window to the sky; flatter, a mirror of the deep.
    window = smoothstep(f32(0.3), f32(0.95), f32(rise + (swell - f32(0.5)) * f32(0.5)))
    seen = exponential(f32(way_m * sea.fog * f32(-0.62)))
    return f32((fold * fold * f32(0.85) + f32(0.3) * swell + window * f32(1.3)) * seen)


@inline
def _beams(
    dx: Scalar, dy: Scalar, dz: Scalar, sunward: Scalar, view: View, sea: Sea, t_s: Scalar
) -> Scalar:
    """Return the beams of light: noise over the angle around the direction of the sun.

    The unit vector that a direction's part across the sunbeam has goes round with that angle,
    so the noise is read on a circle and has no seam.
    """
    # Two axes across the sunbeam: one level, one steep.
    level = f32(1) / np.sqrt(sea.sun_x * sea.sun_x + sea.sun_z * sea.sun_z + f32(1e-6))
    right_x = sea.sun_z * level
    right_z = f32(-sea.sun_x * level)
    steep_x = sea.sun_y * right_z
    steep_y = sea.sun_z * right_x - sea.sun_x * right_z
    steep_z = f32(-sea.sun_y * right_x)
    across = dx * right_x + dz * right_z
    along = dx * steep_x + dy * steep_y + dz * steep_z
    per_off = f32(1) / np.sqrt(across * across + along * along + f32(1e-4))
    u = f32(across * per_off)
    v = f32(along * per_off)
    drift = f32(t_s * f32(0.09) + view.x_m * f32(0.06) + sea.seed)
    depth = f32(view.z_m * f32(0.05))
    wide = value_noise(f32(u * f32(5) + drift), f32(v * f32(5) + depth))
    fine = value_noise(f32(u * f32(15) - drift), f32(v * f32(15) + t_s * f32(0.12)))
    beam = smoothstep(f32(0.42), f32(0.86), f32(wide * f32(0.66) + fine * f32(0.42)))
    near = f32(0.22) + f32(0.78) * exponential(f32((sunward - f32(1)) * f32(3.5)))
    return f32(beam * near * smoothstep(f32(-0.5), f32(0.12), dy))


@inline
def _reef_height(x: Scalar, z: Scalar, tall_m: Scalar, sea: Sea) -> Scalar:
    """Return the height of a distant reef at a place: humps with jagged tops."""
    hump = fbm3(f32(x * f32(0.12) + sea.seed), f32(z * f32(0.12)))
    jag = value_noise(f32(x * f32(1.4)), f32(z * f32(1.4)))
    rise = smoothstep(f32(0.36), f32(0.72), hump)
    return f32(tall_m * rise * (f32(0.8) + f32(0.4) * jag) - f32(0.25))


@inline
def _kelp_far(x: Scalar, z: Scalar, y: Scalar, t_s: Scalar) -> Scalar:
    """Return how much kelp far away darkens the water: swaying upright strands."""
    sway = f32(0.12) * y * sine(f32(t_s * f32(0.7) + x * f32(0.3) + y * f32(0.5)))
    u = f32((x + z) * f32(1.5) + sway)
    strand = smoothstep(f32(0.66), f32(0.8), value_noise(u, f32((x - z) * f32(0.4))))
    grove = smoothstep(f32(0.5), f32(0.7), value_noise(f32(x * f32(0.13)), f32(z * f32(0.13))))
    top = smoothstep(f32(4.6), f32(1.5), y)
    return f32(strand * grove * top)


@kernel
def paint_water(canvas: Canvas, view: View, colours: Colours, sea: Sea, t_s: Scalar) -> None:
    """Paint water, beams, surface and distant reefs over the whole canvas."""
    _, height, width = canvas.shape
    red = np.empty(width, np.float32)
    green = np.empty(width, np.float32)
    blue = np.empty(width, np.float32)
    near_reef = np.empty(width, np.float32)
    far_reef = np.empty(width, np.float32)
    px = view.lens / f32(height)
    near_clear = exponential(f32(-sea.fog * f32(_NEAR_REEF_M) * f32(0.8)))
    far_clear = exponential(f32(-sea.fog * f32(_FAR_REEF_M) * f32(0.8)))
    for x in range(width):
        dx, _, dz, across = ray(view, x, 0, width, height)
        per_level = f32(1) / np.sqrt(f32(1) + across * across)
        near_x = view.x_m + dx * per_level * f32(_NEAR_REEF_M)
        near_z = view.z_m + dz * per_level * f32(_NEAR_REEF_M)
        far_x = view.x_m + dx * per_level * f32(_FAR_REEF_M) + f32(60)
        far_z = view.z_m + dz * per_level * f32(_FAR_REEF_M)
        top = _reef_height(near_x, near_z, f32(2.6), sea)
        near_reef[x] = (top - view.y_m) * f32(1 / _NEAR_REEF_M)
        top = _reef_height(far_x, far_z, f32(5.0), sea)
        far_reef[x] = (top - view.y_m) * f32(1 / _FAR_REEF_M)
    for y in range(height):
        for x in range(width):
            dx, up, dz, across = ray(view, x, y, width, height)
            level2 = f32(1) + across * across
            per_length = f32(1) / np.sqrt(level2 + up * up)
            slope = f32(up / np.sqrt(level2))
            dy = f32(up * per_length)
            sunward = f32((dx * sea.sun_x + dz * sea.sun_z) * per_length + dy * sea.sun_y)
            body = haze(dy, sunward, sea, colours)
            way = (f32(SURFACE_M) - view.y_m) / max(up, f32(0.03))
            shimmer = _surface(
                f32(view.x_m + dx * way), f32(view.z_m + dz * way), f32(way / per_length), dy,
                sea, t_s,
            )  # fmt: skip
            shimmer = shimmer * smoothstep(f32(0.02), f32(0.12), dy) * sea.glow
            colour = add_light(body, colours.light, shimmer)
            tone = f32(0.35) + f32(0.5) * saturate(slope * f32(3) + f32(0.6))
            stone = mix_rgb(body, scale_rgb(colours.deep, tone), far_clear)
            colour = mix_rgb(colour, stone, saturate((far_reef[x] - slope) / px + f32(0.5)))
            reach = f32(_NEAR_REEF_M) * per_length
            strand = _kelp_far(
                f32(view.x_m + dx * reach), f32(view.z_m + dz * reach), f32(view.y_m + up * reach),
                t_s,
            )  # fmt: skip
            weed = scale_rgb(mix_rgb(colours.deep, colours.kelp, f32(0.25)), f32(0.5))
            colour = mix_rgb(colour, weed, f32(strand * near_clear))
            stone = mix_rgb(body, scale_rgb(colours.deep, tone * f32(0.8)), near_clear)
            colour = mix_rgb(colour, stone, saturate((near_reef[x] - slope) / px + f32(0.5)))
            beam = _beams(f32(dx * per_length), dy, f32(dz * per_length), sunward, view, sea, t_s)
            colour = add_light(colour, colours.light, f32(beam * sea.rays))
            red[x] = colour[0]
            green[x] = colour[1]
            blue[x] = colour[2]
        store_row(canvas, y, red, green, blue)
