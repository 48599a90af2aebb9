"""The field as a whole: its colours to the horizon, the waves of wind, the trodden path."""

from __future__ import annotations

import numpy as np

from mvkit.studio.kit.canvas import Canvas, lay_row, pixel
from mvkit.studio.kit.jit import Scalar, f32, inline, kernel
from mvkit.studio.kit.maths import arctan2, exponential, mix, saturate, smoothstep
from mvkit.studio.kit.noise import resolved, value_noise
from mvkit.studio.kit.rgb import RGB, add_light, mix_rgb, scale_rgb
from mvkit.studio.kit.view import View, horizon_band, ray
from mvkit.studio.worlds.field.dress import Colours, Hour, gust, path_at

__all__ = ["PATH_HALF_M", "paint_meadow", "ripeness", "roughen_meadow"]

PATH_HALF_M = 0.34
_HEDGE_M = 150.0
_BLADES_M = 2.6


@inline
def ripeness(x_m: Scalar, z_m: Scalar, seed: Scalar) -> Scalar:
    """Return how ripe the field stands at a place: 0 green grass, 1 golden wheat."""
    patch = value_noise(f32(x_m * f32(0.075) + seed), f32(z_m * f32(0.05)))
    return smoothstep(f32(0.25), f32(0.75), patch)


@inline
def _soil(x: Scalar, z: Scalar, long: Scalar, colours: Colours) -> RGB:
    """Return the trodden earth of the path, with tufts in its middle."""
    crumb = value_noise(f32(x * f32(17)), f32(z * f32(13))) * resolved(f32(0.12), long)
    clod = value_noise(f32(x * f32(4)), f32(z * f32(2.6))) * resolved(f32(0.4), long)
    earth = mix_rgb(colours.wheat, colours.hills, f32(0.35))
    return scale_rgb(earth, f32(f32(0.30) + f32(0.16) * crumb + f32(0.20) * clod))


@kernel
def paint_meadow(
    canvas: Canvas, view: View, colours: Colours, hour: Hour, wind: Scalar, t_s: Scalar
) -> None:
    """Paint the colours of the field below the horizon, in place."""
    _, height, width = canvas.shape
    red = np.empty(width, np.float32)
    green = np.empty(width, np.float32)
    blue = np.empty(width, np.float32)
    cover = np.empty(width, np.float32)
    grass, wheat, poppy = colours.grass, colours.wheat, colours.poppy
    sun, horizon = colours.sun, colours.horizon
    px = view.lens / f32(height)
    begin, _ = horizon_band(view, width, height)
    for y in range(begin, height):
        for x in range(width):
            dx, up, dz, _ = ray(view, x, y, width, height)
            depth = view.y_m / max(-up, f32(0.0015))
            long = f32(depth * depth * px / max(view.y_m, f32(0.2)))
            gx = f32(view.x_m + dx * depth)
            gz = f32(view.z_m + dz * depth)
            aside = f32(arctan2(dx, dz) - hour.azimuth)
            facing = exponential(f32(aside * aside * f32(-1.6)))
            ripe = ripeness(gx, gz, hour.seed)
            wave = gust(gx, gz, t_s)
            bent = (smoothstep(f32(0.3), f32(0.8), wave) - f32(0.4)) * wind
            tuft = value_noise(f32(gx * f32(2.3)), f32(gz * f32(1.1)))
            tuft = (tuft - f32(0.5)) * resolved(f32(1.0), long)
            colour = mix_rgb(scale_rgb(grass, f32(0.85)), scale_rgb(wheat, f32(0.80)), ripe)
            bloom = value_noise(f32(gx * f32(0.30) + hour.seed), f32(gz * f32(0.22)))
            red_share = (
                smoothstep(f32(0.52), f32(0.72), bloom) * saturate(depth * f32(0.09)) * hour.bloom
            )
            colour = mix_rgb(colour, poppy, f32(red_share * f32(0.20)))
            tone = f32(0.82) + f32(0.55) * bent + f32(0.45) * tuft
            # Between near blades it is dark; those stand before it one by one.
            tone = tone * mix(f32(0.38), f32(1), smoothstep(f32(2), f32(13), depth))
            colour = scale_rgb(colour, f32(max(tone, f32(0.1)) * hour.light))
            off = abs(f32(gx - path_at(gz))) + f32(0.25) * tuft
            soft = f32(0.10) + long * f32(0.25)
            trodden = smoothstep(f32(PATH_HALF_M) + soft, f32(PATH_HALF_M) - soft, off)
            trodden = trodden * saturate(f32(24) / depth)
            earth = scale_rgb(_soil(gx, gz, long, colours), hour.light)
            colour = mix_rgb(colour, earth, trodden)
            sheen = facing * hour.glow * (f32(0.05) + f32(0.13) * max(bent + f32(0.25), f32(0)))
            sheen = sheen * saturate(depth * f32(0.12))
            colour = add_light(colour, sun, f32(sheen * (f32(1) - f32(0.7) * trodden)))
            # The field ends at the hedge.
            lost = f32(1) - exponential(f32(-min(depth, f32(_HEDGE_M)) * hour.haze))
            air = add_light(scale_rgb(horizon, f32(0.75)), sun, f32(facing * hour.glow * f32(0.2)))
            colour = mix_rgb(colour, air, lost)
            red[x] = colour[0]
            green[x] = colour[1]
            blue[x] = colour[2]
            cover[x] = saturate(-up / px + f32(0.5))
        lay_row(canvas, y, red, green, blue, cover)


@kernel
def roughen_meadow(canvas: Canvas, view: View) -> None:
    """Give the enlarged field its blades back, lighter and darker streaks, in place."""
    _, height, width = canvas.shape
    gain = np.empty(width, np.float32)
    px = view.lens / f32(height)
    _, begin = horizon_band(view, width, height)
    # Nearer than this there are only single blades.
    end = pixel((view.horizon + view.y_m / (view.lens * f32(_BLADES_M))) * f32(height), height)
    for y in range(begin, end):
        for x in range(width):
            dx, up, dz, _ = ray(view, x, y, width, height)
            depth = min(view.y_m / max(-up, f32(0.01)), f32(90))
            long = f32(depth * depth * px / max(view.y_m, f32(0.2)))
            gx = f32(view.x_m + dx * depth)
            gz = f32(view.z_m + dz * depth)
            blade = value_noise(f32(gx * f32(13)), f32(gz * f32(3.5)))
            blade = (blade - f32(0.5)) * resolved(f32(0.25), long)
            far = saturate((depth - f32(_BLADES_M)) * f32(0.6))
            gain[x] = f32(1) + f32(0.6) * blade * far
        for plane in range(3):
            line = canvas[plane, y]
            for x in range(width):
                line[x] *= gain[x]
