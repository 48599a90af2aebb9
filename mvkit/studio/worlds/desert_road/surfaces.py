"""What plain and road are made of: sand, asphalt, its markings; the light and shadow on them."""

from __future__ import annotations

from mvkit.studio.kit.jit import Scalar, f32, inline
from mvkit.studio.kit.maths import (
    exponential,
    fraction,
    mix,
    saturate,
    select,
    sine,
    smoothstep,
)
from mvkit.studio.kit.noise import fbm3, resolved, value_noise
from mvkit.studio.kit.rgb import RGB, add_light, mix_rgb, scale_rgb
from mvkit.studio.worlds.desert_road.dress import Colours, Hour

__all__ = ["asphalt_light", "grit_at", "markings", "sand_tone", "shadow_at", "sun_path", "verge_at"]


@inline
def sand_tone(x: Scalar, z: Scalar, wide: Scalar, long: Scalar) -> Scalar:
    """Return the brightness of the plain: swells, ripples of the wind, pebbles."""
    swell = fbm3(f32(x * f32(0.11)), f32(z * f32(0.07)))
    bend = f32(z * f32(4.2) + swell * f32(23) + x * f32(1.1))
    ripple = (
        sine(bend) * resolved(f32(1.5), long) * f32(0.16) * smoothstep(f32(0.4), f32(0.6), swell)
    )
    stone = value_noise(f32(x * f32(5)), f32(z * f32(5))) * resolved(f32(0.4), long)
    pebble = value_noise(f32(x * f32(19)), f32(z * f32(19))) * resolved(f32(0.11), long)
    scrub = smoothstep(f32(0.62), f32(0.78), value_noise(f32(x * f32(0.5)), f32(z * f32(0.22))))
    scrub = scrub * f32(0.35) * resolved(f32(6), long) * saturate(f32(0.5) / wide)
    grain = (stone - f32(0.4)) * f32(0.22) + (pebble - f32(0.4)) * f32(0.26)
    return f32(f32(0.42) + f32(0.75) * swell + ripple + grain - scrub)


@inline
def _asphalt(x: Scalar, z: Scalar, grit: Scalar, long: Scalar) -> Scalar:
    """Return the brightness of worn asphalt: grit, patches, wheel tracks, cracks."""
    aside = abs(abs(x) - f32(1.75))
    track = exponential(f32((aside - f32(0.8)) * (aside - f32(0.8)) * f32(-9)))
    patch = value_noise(f32(x * f32(0.45)), f32(z * f32(0.05)))
    fine = value_noise(f32(x * f32(31)), f32(z * f32(31))) * resolved(f32(0.07), long)
    vein = value_noise(f32(x * f32(0.9) + f32(5)), f32(z * f32(0.5))) + f32(0.10) * grit
    wide = f32(0.004) + f32(0.02) * smoothstep(f32(0.4), f32(0.9), patch)
    crack = smoothstep(wide, f32(0), abs(vein - f32(0.62))) * resolved(f32(0.2), long)
    tone = f32(0.72) + f32(0.4) * patch - f32(0.16) * track + f32(0.5) * (fine - f32(0.4))
    tone = tone + f32(0.3) * (grit - f32(0.5))
    return f32(tone * (f32(1) - f32(0.5) * crack))


@inline
def markings(x: Scalar, z: Scalar, wide: Scalar, long: Scalar) -> tuple[Scalar, Scalar]:
    """Return the cover of the yellow middle line and of the white edge lines."""
    soft = f32(0.02) + wide
    beat = z * f32(1 / 9)
    inside = abs(fraction(beat) - f32(0.5)) * f32(9) - f32(1.6)
    dash = saturate(f32(0.5) - inside / (long + f32(0.05)))
    dash = mix(dash, f32(0.36), f32(1) - resolved(f32(9), long))
    middle = smoothstep(f32(0.07) + soft, f32(0.07) - soft, abs(x)) * dash
    edge = smoothstep(f32(0.06) + soft, f32(0.06) - soft, abs(abs(x) - f32(3.35)))
    return f32(middle), f32(edge)


@inline
def grit_at(x: Scalar, z: Scalar, long: Scalar) -> Scalar:
    """Return the coarse stones in the asphalt, 0..1."""
    return mix(f32(0.5), value_noise(f32(x * f32(6)), f32(z * f32(6))), resolved(f32(0.3), long))


@inline
def verge_at(x: Scalar, z: Scalar) -> Scalar:
    """Return half the width of the road at a place, without the crumbling of its edge."""
    wave = sine(f32(z * f32(0.83) + select(x > f32(0)) * f32(2))) + sine(f32(z * f32(2.17)))
    return f32(f32(3.75) + f32(0.12) * wave)


@inline
def asphalt_light(
    x: Scalar, z: Scalar, long: Scalar, down: Scalar, bearing: Scalar, grit: Scalar,
    colours: Colours, hour: Hour, mirage: Scalar, t_s: Scalar,
) -> RGB:  # fmt: skip
    """Return the light of the bare road."""
    horizon, sun, tar = colours.horizon, colours.sun, colours.asphalt
    colour = scale_rgb(tar, _asphalt(x, z, grit, long))
    sheen = exponential(f32(down * f32(-9)))
    path = sun_path(bearing, down, hour)
    colour = add_light(colour, horizon, f32(sheen * f32(0.28)))
    colour = add_light(colour, sun, f32(path * (f32(0.16) + f32(0.8) * sheen)))
    # Mirage: the hot air over the road bends the sky up, in wavering pools.
    ripple = sine(f32(bearing * f32(70) + f32(3) * sine(f32(down * f32(600) + t_s * f32(2)))))
    pool = f32(0.5) + f32(0.5) * ripple
    near = f32(f32(0.010) + f32(0.016) * pool)
    mirror = smoothstep(near, f32(near * f32(0.55)), down) * mirage
    bright = add_light(scale_rgb(horizon, f32(0.8)), sun, path)
    return mix_rgb(colour, bright, f32(mirror))


@inline
def sun_path(bearing: Scalar, down: Scalar, hour: Hour) -> Scalar:
    """Return the light that skims over the ground under the sun."""
    aside = f32(bearing - hour.azimuth)
    near = f32(-14) / hour.sheen * aside * aside + f32(-4) / hour.sheen * down
    return f32(hour.glow * hour.sheen * exponential(f32(near)))


@inline
def shadow_at(x: Scalar, z: Scalar, person: RGB, sun_x: Scalar, sun_z: Scalar) -> Scalar:
    """Return the shadow of a person at x, z with a shadow of so many metres, 0 none."""
    px = x - person[0]
    pz = z - person[1]
    along = -px * sun_x - pz * sun_z
    aside = abs(px * sun_z - pz * sun_x)
    share = along / max(person[2], f32(0.1))
    # Half widths along the shadow: legs, coat, and the head at its end.
    half = f32(0.13) + f32(0.16) * smoothstep(f32(0.1), f32(0.6), share)
    half = half - f32(0.17) * smoothstep(f32(0.8), f32(0.9), share)
    soft = f32(0.05) + f32(0.35) * saturate(share)
    ends = smoothstep(f32(-0.12), f32(0.12), along) * smoothstep(f32(1.02), f32(0.8), share)
    body = smoothstep(half + soft, half - soft, aside)
    return f32(body * ends * select(person[2] > f32(0.1)))
