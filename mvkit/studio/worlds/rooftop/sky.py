"""The sky over the city: gradient, clouds lit from below by the streets, moon or sun."""

from __future__ import annotations

import numpy as np

from mvkit.studio.kit.canvas import Canvas, store_row
from mvkit.studio.kit.jit import Scalar, f32, inline, kernel
from mvkit.studio.kit.maths import arctan2, cosine, exponential, saturate, sine, smoothstep
from mvkit.studio.kit.noise import value_noise
from mvkit.studio.kit.rgb import RGB, add_light, mix_rgb, scale_rgb
from mvkit.studio.kit.sky import scattered_light, sky_gradient
from mvkit.studio.kit.view import View, ray
from mvkit.studio.worlds.rooftop.dress import Air, Colours

__all__ = ["paint_sky"]


@inline
def _clouds(dx: Scalar, dz: Scalar, slope: Scalar, drift: Scalar) -> tuple[Scalar, Scalar]:
    """Return density and thickness of clouds on a plane overhead, seen in any direction."""
    reach = f32(f32(1) / (max(slope, f32(0)) + f32(0.10)))
    u = f32(dx * reach * f32(0.9) + drift)
    v = f32(dz * reach * f32(0.9) + drift * f32(0.4))
    bank = value_noise(u, v)
    puff = value_noise(f32(u * f32(1.9) - v * f32(0.9)), f32(u * f32(0.9) + v * f32(1.9)))
    rag = value_noise(f32(u * f32(4.1) + v * f32(2.2)), f32(v * f32(4.1) - u * f32(2.2)))
    wisp = value_noise(f32(u * f32(9.3)), f32(v * f32(9.3) + drift))
    density = f32(0.48) * bank + f32(0.28) * puff + f32(0.15) * rag + f32(0.09) * wisp
    return f32(density), f32(bank)


@inline
def _sky(
    dx: Scalar, up: Scalar, dz: Scalar, across: Scalar,
    air: Air, colours: Colours, veil: RGB, t_s: Scalar,
) -> RGB:  # fmt: skip
    """Return the sky in a direction; below the horizon the glow over the streets."""
    level = f32(1) / np.sqrt(f32(1) + across * across)
    slope = f32(up * level)
    # The angle to the sun on the ground, without a seam behind the camera.
    facing = (dx * sine(air.azimuth) + dz * cosine(air.azimuth)) * level
    beside = (dx * cosine(air.azimuth) - dz * sine(air.azimuth)) * level
    aside = arctan2(beside, facing)
    above = f32(max(slope, f32(0)) - air.slope)
    glow = f32(air.glow * scattered_light(aside, above))
    density, thick = _clouds(
        f32(dx * level), f32(dz * level), slope, f32(t_s * f32(0.02)) + air.seed
    )
    thin = f32(0.68) - f32(0.30) * air.clouds
    cover = smoothstep(thin, thin + f32(0.2), density) * smoothstep(f32(0.0), f32(0.10), slope)
    cover = cover * saturate(air.clouds * f32(3)) * f32(0.85)
    colour = sky_gradient(slope, colours.zenith, colours.upper, colours.horizon)
    distance = np.sqrt(aside * aside + above * above)
    disc = smoothstep(air.radius * f32(1.05), air.radius * f32(0.92), distance)
    colour = add_light(colour, colours.orb, f32(glow + disc * air.disc))
    body = mix_rgb(colours.upper, colours.horizon, f32(0.35) + f32(0.4) * (f32(1) - thick))
    low = exponential(slope * f32(-3))
    bright = f32(0.35) + air.daylight * f32(0.9) + f32(0.35) * low * air.lamps
    edge = smoothstep(thin + f32(0.2), thin, density)
    body = add_light(
        scale_rgb(body, f32(bright)),
        colours.orb,
        f32(glow * (f32(0.5) + edge) + air.daylight * air.sunlight * edge),
    )
    colour = mix_rgb(colour, body, cover)
    street = exponential(min(slope, f32(0)) * f32(2.2))
    glare = f32(air.lamps * f32(0.32) * exponential(abs(slope) * f32(-9)))
    colour = scale_rgb(colour, f32(0.35) + f32(0.65) * street)
    colour = add_light(colour, colours.window, glare)
    thick = saturate(air.haze * f32(40)) * exponential(max(slope - f32(0.15), f32(0)) * f32(-1.3))
    return mix_rgb(colour, veil, thick)


@kernel
def paint_sky(
    canvas: Canvas, view: View, colours: Colours, air: Air, veil: RGB, t_s: Scalar, n_rows: int
) -> None:
    """Paint the sky, and the light of the streets below the horizon, on a canvas's upper rows."""
    _, height, width = canvas.shape
    red = np.empty(width, np.float32)
    green = np.empty(width, np.float32)
    blue = np.empty(width, np.float32)
    for y in range(n_rows):
        for x in range(width):
            dx, up, dz, across = ray(view, x, y, width, height)
            colour = _sky(dx, up, dz, across, air, colours, veil, t_s)
            red[x] = colour[0]
            green[x] = colour[1]
            blue[x] = colour[2]
        store_row(canvas, y, red, green, blue)
