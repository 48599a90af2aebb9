"""The air of the forest: its lit haze, trees and leaves far away, and shafts of light."""

from __future__ import annotations

import numpy as np

from mvkit.studio.kit.canvas import Canvas, store_row
from mvkit.studio.kit.jit import Scalar, f32, inline, kernel
from mvkit.studio.kit.maths import exponential, mix, saturate, sine, smoothstep
from mvkit.studio.kit.noise import fbm3, fbm5, value_noise
from mvkit.studio.kit.rgb import RGB, add_light, mix_rgb, scale_rgb
from mvkit.studio.kit.sky import heading
from mvkit.studio.kit.view import View, horizon_band
from mvkit.studio.worlds.forest.dress import Air, Colours

__all__ = ["add_shafts", "haze", "paint_air"]


@inline
def haze(azimuth: Scalar, slope: Scalar, air: Air, colours: Colours) -> RGB:
    """Return the colour of the lit air in a direction, into which everything far sinks."""
    above, below, sun = colours.haze_high, colours.haze_low, colours.sun
    aside = f32(azimuth - air.azimuth)
    up = f32(slope - air.slope)
    d2 = f32(aside * aside + up * up)
    glow = exponential(f32(d2 * f32(-4.5))) * f32(0.55) + exponential(f32(d2 * f32(-38))) * f32(1.3)
    colour = mix_rgb(below, above, saturate(f32(f32(0.4) + slope * f32(1.1))))
    far = exponential(f32(abs(aside) * f32(-0.9)))
    return add_light(scale_rgb(colour, f32(f32(0.3) + f32(0.45) * far)), sun, f32(glow * air.glow))


@inline
def _distant_trees(azimuth: Scalar, slope: Scalar, seed: Scalar) -> Scalar:
    """Return how much the trunks too far to be drawn one by one darken the air."""
    bend = f32(azimuth + f32(0.006) * sine(f32(slope * f32(9) + azimuth * f32(40))))
    thin = smoothstep(f32(0.60), f32(0.72), value_noise(f32(bend * f32(75) + seed), f32(1)))
    thick = smoothstep(f32(0.58), f32(0.66), value_noise(f32(bend * f32(38) + seed), f32(5)))
    standing = smoothstep(f32(-0.05), f32(0.14), slope)
    return f32((f32(0.22) * thin + f32(0.34) * thick) * standing)


@inline
def _canopy(
    azimuth: Scalar, slope: Scalar, shift: Scalar, air: Air, t_s: Scalar
) -> tuple[Scalar, Scalar]:
    """Return cover and brightness of the leaves overhead, with light between them."""
    sway = f32(0.01) * sine(f32(t_s * f32(0.7) + azimuth * f32(5)))
    u = f32(azimuth + shift + sway)
    mass = fbm5(f32(u * f32(4.2) + air.seed), f32(slope * f32(5.5) + shift))
    twig = value_noise(f32(u * f32(62)), f32(slope * f32(62)))
    leaf = value_noise(f32(u * f32(27) + f32(3)), f32(slope * f32(27)))
    closed = (slope - f32(0.42)) * f32(0.9) + (air.leaves - f32(0.5)) * f32(0.5)
    density = mass + closed + (leaf - f32(0.5)) * f32(0.22) + (twig - f32(0.5)) * f32(0.12)
    cover = smoothstep(f32(0.46), f32(0.58), density)
    return cover, f32(
        f32(0.4) + f32(0.8) * leaf + f32(0.5) * smoothstep(f32(0.62), f32(0.5), density)
    )


@inline
def _shafts(azimuth: Scalar, slope: Scalar, air: Air, bars: Scalar, t_s: Scalar) -> Scalar:
    """Return the shafts of light: noise over the angle around a point high behind the leaves."""
    aside = f32(azimuth - air.azimuth)
    drop = max(f32(air.slope + f32(0.75) - slope), f32(0.12))
    fan = f32(aside / drop)
    wide = value_noise(f32(fan * f32(7) + air.seed + t_s * f32(0.04)), f32(bars * f32(0.5)))
    fine = value_noise(f32(fan * f32(21) - t_s * f32(0.07)), f32(t_s * f32(0.25) + f32(7)))
    shaft = smoothstep(f32(0.42), f32(0.85), f32(wide * f32(0.65) + fine * f32(0.4)))
    up = f32(slope - air.slope)
    near = exponential(f32(np.sqrt(f32(aside * aside * f32(1.4) + up * up * f32(0.7))) * f32(-1.9)))
    reach = saturate(f32(f32(1.1) - slope * f32(0.7))) * smoothstep(f32(-0.7), f32(-0.1), slope)
    return f32(shaft * near * reach)


@kernel
def paint_air(canvas: Canvas, view: View, colours: Colours, air: Air, t_s: Scalar) -> None:
    """Paint lit air, distant trees and leaves overhead over the whole canvas."""
    _, height, width = canvas.shape
    red = np.empty(width, np.float32)
    green = np.empty(width, np.float32)
    blue = np.empty(width, np.float32)
    leaf = colours.leaf
    bark = colours.bark
    _, band_1 = horizon_band(view, width, height)
    for y in range(height):
        for x in range(width):
            azimuth, slope = heading(view, x, y, width, height)
            colour = haze(azimuth, slope, air, colours)
            trees = _distant_trees(
                f32(azimuth + view.x_m * f32(0.012)), slope, f32(air.seed + view.z_m * f32(0.01))
            )
            colour = mix_rgb(colour, scale_rgb(bark, f32(0.5)), f32(trees * f32(0.75)))
            red[x] = colour[0]
            green[x] = colour[1]
            blue[x] = colour[2]
        if y < band_1:
            for x in range(width):
                azimuth, slope = heading(view, x, y, width, height)
                lit = haze(azimuth, slope, air, colours)
                shift = f32(view.x_m * f32(0.02))
                cover, tone = _canopy(azimuth, slope, shift, air, t_s)
                far = mix_rgb(scale_rgb(leaf, tone), scale_rgb(lit, f32(0.8)), f32(0.55))
                red[x] = mix(red[x], far[0], cover * f32(0.8))
                green[x] = mix(green[x], far[1], cover * f32(0.8))
                blue[x] = mix(blue[x], far[2], cover * f32(0.8))
        store_row(canvas, y, red, green, blue)


@kernel
def add_shafts(canvas: Canvas, view: View, light: RGB, air: Air, bars: Scalar, t_s: Scalar) -> None:
    """Add shafts of light and drifting mist to what is painted so far."""
    _, height, width = canvas.shape
    gain = np.empty(width, np.float32)
    for y in range(height):
        for x in range(width):
            azimuth, slope = heading(view, x, y, width, height)
            smoke = fbm3(
                f32(azimuth * f32(4) + t_s * f32(0.05)), f32(slope * f32(6) - t_s * f32(0.02))
            )
            shaft = _shafts(azimuth, slope, air, bars, t_s) * (f32(0.4) + f32(1.1) * smoke)
            off = (slope + f32(0.06)) * f32(9)
            mist = exponential(f32(-off * off)) * smoke * smoke * air.mist * f32(1.2)
            gain[x] = shaft * air.rays + mist
        for plane in range(3):
            line = canvas[plane, y]
            own = light[plane]
            for x in range(width):
                line[x] += gain[x] * own
