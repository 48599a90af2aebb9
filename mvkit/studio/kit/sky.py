"""Skies for kernels: gradient, the air's glow around sun or moon, clouds, stars.

A direction is given by its azimuth (radians to the right of +z) and its slope (tangent of the
height over the horizon). ``aside`` and ``above`` are azimuth and slope relative to the sun or
the moon.
"""

from __future__ import annotations

import numpy as np

from mvkit.studio.kit.jit import Scalar, f32, i32, inline
from mvkit.studio.kit.maths import arctan2, exponential, fraction, saturate, sine, smoothstep
from mvkit.studio.kit.noise import fbm3, fbm5, hash_2d, value_noise
from mvkit.studio.kit.rgb import RGB, mix_rgb
from mvkit.studio.kit.view import View, ray

__all__ = [
    "cloud_layer",
    "fog_veil",
    "heading",
    "milky_way",
    "scattered_light",
    "sky_gradient",
    "starlight",
]


@inline
def heading(view: View, x: int, y: int, width: int, height: int) -> tuple[Scalar, Scalar]:
    """Return azimuth and slope of the direction through a pixel's centre."""
    dx, up, dz, across = ray(view, x, y, width, height)
    return arctan2(dx, dz), f32(up / np.sqrt(f32(1) + across * across))


@inline
def sky_gradient(slope: Scalar, zenith: RGB, upper: RGB, horizon: RGB) -> RGB:
    """Return the clear sky at a slope; below the horizon it stays that of the horizon."""
    slope = max(slope, f32(0))
    colour = mix_rgb(zenith, upper, exponential(f32(slope * f32(-2.3))))
    return mix_rgb(colour, horizon, exponential(f32(slope * f32(-7.5))))


@inline
def scattered_light(aside: Scalar, above: Scalar) -> Scalar:
    """Return the light that the air scatters around the sun, wider along the horizon; 0..1.1."""
    stretched = np.sqrt(f32(aside * aside * f32(0.6) + above * above))
    d2 = f32(aside * aside + above * above)
    wide = exponential(f32(stretched * f32(-3.4)))
    return f32(wide * f32(0.32) + exponential(f32(d2 * f32(-40))) * f32(0.75))


@inline
def cloud_layer(
    azimuth: Scalar, slope: Scalar, aside: Scalar, above: Scalar, amount: Scalar, drift: Scalar
) -> tuple[Scalar, Scalar]:
    """Return cover and lit edges of clouds on a plane overhead.

    Parameters
    ----------
    azimuth, slope, aside, above
        Direction, see the module.
    amount
        0 none, 1 nearly closed.
    drift
        Moves the clouds; also tells one sky from another.

    Returns
    -------
    tuple
        Cover 0..1, and how much an edge is turned to the sun, 0..1.
    """
    slope = max(slope, f32(0))
    # Towards the horizon the plane is seen ever more from its edge.
    reach = f32(f32(1) / (slope + f32(0.13)))
    u = f32(azimuth * reach * f32(0.55) + drift)
    v = f32(reach * f32(1.1) + drift * f32(0.66))
    density = fbm5(u, v)
    to_sun = fbm3(f32(u - aside * reach * f32(0.035)), f32(v + above * reach * f32(0.10)))
    thin = f32(f32(0.62) - f32(0.22) * amount)
    cover = smoothstep(thin, f32(thin + f32(0.24)), density)
    cover = f32(cover * smoothstep(f32(0.01), f32(0.13), slope) * saturate(f32(amount * f32(4))))
    return cover, saturate(f32((density - to_sun) * f32(1.8) + f32(0.45)))


@inline
def fog_veil(azimuth: Scalar, slope: Scalar, thickness: Scalar, drift: Scalar) -> Scalar:
    """Return the share of the light from a direction that fog over the ground takes away.

    The way through a level layer is the longer the lower one looks; banks drift along in it.

    Parameters
    ----------
    azimuth, slope
        Direction, see the module; below the horizon nothing but fog is left.
    thickness
        How much of it lies straight overhead: 0 none, 0.5 thick fog.
    drift
        Moves the banks.
    """
    up = max(slope, f32(0))
    bank = value_noise(f32(azimuth * f32(2.6) + drift), f32(up * f32(5)))
    wisp = value_noise(f32(azimuth * f32(8) + drift * f32(2.3)), f32(up * f32(17) - drift))
    depth = thickness * (f32(0.4) + f32(0.8) * bank + f32(0.45) * wisp) / (up + f32(0.07))
    return f32(f32(1) - exponential(f32(-depth)))


@inline
def milky_way(azimuth: Scalar, slope: Scalar, seed: Scalar) -> Scalar:
    """Return the light of the Milky Way, a patchy band that leans across the sky; 0..1."""
    off = f32((slope - f32(0.55) + f32(0.9) * (azimuth + f32(0.45))) * f32(3.2))
    cloud = fbm3(f32(azimuth * f32(7) + seed), f32(slope * f32(7)))
    dust = fbm3(f32(azimuth * f32(11) + f32(3)), f32(slope * f32(11) + seed))
    lane = smoothstep(f32(0.45), f32(0.6), dust) * exponential(f32(-off * off * f32(5)))
    band = exponential(f32(-off * off)) * cloud * cloud * f32(1.8) * (f32(1) - f32(0.8) * lane)
    return f32(band * saturate(f32(slope * f32(6) - f32(0.1))))


@inline
def starlight(azimuth: Scalar, slope: Scalar, t_s: Scalar) -> Scalar:
    """Return the light of twinkling stars: few of them bright, fewer near the horizon; 0..1."""
    star = _stars(f32(azimuth * f32(90)), f32(slope * f32(90)), f32(0.14), t_s)
    return f32(star * saturate(f32(slope * f32(6) - f32(0.1))))


@inline
def _stars(x: Scalar, y: Scalar, share: Scalar, t_s: Scalar) -> Scalar:
    """Return at most one star per unit cell, in a share of the cells; few of them are bright."""
    cell_x = np.floor(x)
    cell_y = np.floor(y)
    ix = i32(cell_x)
    iy = i32(cell_y)
    chance = hash_2d(ix, iy)
    place = hash_2d(iy, i32(ix + i32(57)))
    dx = f32(x - cell_x - f32(0.3) - f32(0.4) * place)
    dy = f32(y - cell_y - f32(0.3) - f32(0.4) * fraction(f32(place * f32(61))))
    bright = max(share - chance, f32(0)) / share
    bright = f32(bright * bright * bright)
    bright = f32(bright * (f32(0.12) + f32(0.88) * bright * bright))
    rate = f32(1.5) + f32(5) * place
    twinkle = f32(0.75) + f32(0.25) * sine(f32(t_s * rate + chance * f32(900)))
    spread = f32(48) - f32(24) * bright
    return f32(bright * twinkle * exponential(f32(-(dx * dx + dy * dy) * spread)))
