"""The sky over the desert and the mountains at its foot."""

from __future__ import annotations

import numpy as np

from mvkit.studio.kit.canvas import Canvas, store_row
from mvkit.studio.kit.jit import Scalar, f32, inline, kernel
from mvkit.studio.kit.maths import arctan2, exponential, saturate, smoothstep
from mvkit.studio.kit.noise import fbm3, value_noise
from mvkit.studio.kit.rgb import RGB, add_light, mix_rgb, scale_rgb
from mvkit.studio.kit.sky import (
    cloud_layer,
    heading,
    milky_way,
    scattered_light,
    sky_gradient,
    starlight,
)
from mvkit.studio.kit.view import View, horizon_band
from mvkit.studio.worlds.desert_road.dress import Colours, Hour

__all__ = ["paint_sky"]


@inline
def _sky(
    azimuth: Scalar, slope: Scalar, hour: Hour, colours: Colours, t_s: Scalar
) -> tuple[RGB, Scalar]:
    """Return sun or moon and clouds in a direction, and how clear of clouds it is there."""
    zenith, upper, horizon, sun = colours.zenith, colours.upper, colours.horizon, colours.sun
    aside = f32(azimuth - hour.azimuth)
    above = f32(max(slope, f32(0)) - hour.slope)
    distance = np.sqrt(f32(aside * aside + above * above))
    glow = f32(hour.glow * scattered_light(aside, above))
    disc = smoothstep(f32(hour.radius * f32(1.03)), f32(hour.radius * f32(0.96)), distance)
    drift = f32(t_s * f32(0.012) + hour.seed)
    cover, edge = cloud_layer(azimuth, slope, aside, above, hour.clouds, drift)
    lit = f32(f32(0.25) + f32(0.9) * edge * (f32(0.3) + f32(2.2) * glow))
    cloud = add_light(scale_rgb(mix_rgb(upper, zenith, f32(0.45)), f32(0.5)), horizon, lit)
    cloud = add_light(cloud, sun, f32(edge * glow * f32(0.5)))
    colour = sky_gradient(slope, zenith, upper, horizon)
    colour = mix_rgb(colour, cloud, f32(cover * f32(0.82)))
    light = f32(glow + disc * hour.disc * (f32(1) - f32(0.6) * cover))
    return add_light(colour, sun, light), f32((f32(1) - cover) * (f32(1) - disc))


@inline
def _mesa_height(azimuth: Scalar, seed: Scalar) -> Scalar:
    """Return the skyline of the table mountains, as a tangent: flat tops over slopes of rubble."""
    rock = fbm3(f32(azimuth * f32(2.6) + seed), f32(3))
    table = smoothstep(f32(0.49), f32(0.515), rock) * f32(0.045)
    tower = smoothstep(f32(0.60), f32(0.615), rock) * f32(0.030)
    rubble = smoothstep(f32(0.38), f32(0.52), rock) * f32(0.030)
    uplift = f32(0.6) + f32(0.8) * value_noise(f32(azimuth * f32(1.1) + seed), f32(8))
    rough = f32(0.004) * fbm3(f32(azimuth * f32(70) + seed), f32(1))
    return f32(f32(0.012) + (table + tower + rubble) * uplift + rough)


@inline
def _hill_height(azimuth: Scalar, seed: Scalar) -> Scalar:
    """Return the skyline of the nearer hills, as a tangent."""
    swell = fbm3(f32(azimuth * f32(3.1) + seed + f32(40)), f32(2))
    scrub = value_noise(f32(azimuth * f32(240)), f32(2))
    return f32(f32(-0.004) + f32(0.11) * swell * swell + f32(0.0025) * scrub)


@inline
def _rock(
    azimuth: Scalar, slope: Scalar, colour: RGB, air: RGB, lost: Scalar, gullies: Scalar
) -> RGB:
    """Return a distant rock face: gullies and strata, sinking into the air towards its foot."""
    gully = value_noise(f32(azimuth * gullies + slope * f32(11)), f32(slope * f32(14)))
    strata = value_noise(f32(azimuth * f32(5)), f32(slope * f32(190) + azimuth * f32(3)))
    tone = f32(f32(0.35) + f32(0.8) * gully + f32(0.35) * strata)
    foot = exponential(f32(max(slope, f32(0)) * f32(-26)))
    return mix_rgb(scale_rgb(colour, tone), air, f32(lost + (f32(1) - lost) * f32(0.6) * foot))


@kernel
def paint_sky(
    canvas: Canvas, view: View, colours: Colours, hour: Hour, t_s: Scalar, shimmer: Scalar
) -> None:
    """Paint sky and hills down to a little below the horizon."""
    _, height, width = canvas.shape
    red = np.empty(width, np.float32)
    green = np.empty(width, np.float32)
    blue = np.empty(width, np.float32)
    clear = np.empty(width, np.float32)
    mesa = np.empty(width, np.float32)
    hill = np.empty(width, np.float32)
    horizon, far_rock, near_rock = colours.horizon, colours.mesa, colours.hills
    px = view.lens / f32(height)
    far_lost = f32(1) - exponential(f32(hour.haze * f32(-110)))
    near_lost = f32(1) - exponential(f32(hour.haze * f32(-25)))
    _, band_1 = horizon_band(view, width, height)
    for x in range(width):
        # A roll is small: the skyline under a column is that of the level camera, sheared.
        across = (f32(x) + f32(0.5) - f32(width) * f32(0.5)) * px
        azimuth = arctan2(
            view.sin_yaw + across * view.cos_yaw, view.cos_yaw - across * view.sin_yaw
        )
        mesa[x] = _mesa_height(azimuth, hour.seed)
        hill[x] = _hill_height(f32(azimuth + view.x_m * f32(0.0006)), hour.seed)
    for y in range(band_1):
        for x in range(width):
            azimuth, slope = heading(view, x, y, width, height)
            colour, clear[x] = _sky(azimuth, slope, hour, colours, t_s)
            red[x] = colour[0]
            green[x] = colour[1]
            blue[x] = colour[2]
        if hour.stars > f32(0):
            for x in range(width):
                azimuth, slope = heading(view, x, y, width, height)
                band = milky_way(azimuth, slope, hour.seed)
                light = starlight(azimuth, slope, t_s) * (f32(0.5) + f32(1.2) * band)
                light = (light + f32(0.09) * band) * clear[x] * hour.stars
                red[x] += light * f32(0.92)
                green[x] += light * f32(0.95)
                blue[x] += light
        if f32(band_1 - y) * px < f32(0.21):
            for x in range(width):
                azimuth, slope = heading(view, x, y, width, height)
                above = f32(slope - hour.slope)
                glow = hour.glow * scattered_light(f32(azimuth - hour.azimuth), above)
                air = scale_rgb(horizon, f32(f32(0.42) + f32(0.35) * glow))
                waver = value_noise(f32(azimuth * f32(60)), f32(slope * f32(150) - t_s * f32(4)))
                waver = (waver - f32(0.5)) * shimmer * exponential(abs(slope) * f32(-55))
                colour = (red[x], green[x], blue[x])
                face = _rock(azimuth, slope, far_rock, air, far_lost, f32(46))
                cover = saturate((mesa[x] - slope + waver) / px + f32(0.5))
                colour = mix_rgb(colour, face, cover)
                face = _rock(azimuth, slope, near_rock, air, near_lost, f32(90))
                cover = saturate((hill[x] - slope + waver) / px + f32(0.5))
                colour = mix_rgb(colour, face, cover)
                red[x] = colour[0]
                green[x] = colour[1]
                blue[x] = colour[2]
        store_row(canvas, y, red, green, blue)
