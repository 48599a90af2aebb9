"""Northern lights: curtains of rays that hang over the horizon, and their coloured light."""

from __future__ import annotations

from mvkit.studio.kit.jit import Scalar, f32, inline
from mvkit.studio.kit.maths import cosine, exponential, saturate, smoothstep
from mvkit.studio.kit.noise import value_noise
from mvkit.studio.kit.rgb import RGB, mix_rgb, scale_rgb
from mvkit.studio.music import Pulse
from mvkit.studio.worlds.ocean_moon.dress import Colours, Hour

__all__ = [
    "curtain_colour",
    "curtain_column",
    "curtain_light",
    "lit_curtain",
    "ripple_of_light",
]


@inline
def curtain_column(
    azimuth: Scalar, sheet: Scalar, seed: Scalar, t_s: Scalar
) -> tuple[Scalar, Scalar, Scalar, Scalar]:
    """Return what one sheet of the aurora has in common over all heights.

    Returns
    -------
    tuple
        Place along the folded sheet, tallness of its rays, light, slope of its foot.
    """
    shift = f32(sheet * f32(7.3) + seed)
    fold = value_noise(f32(azimuth * f32(1.7) + shift + t_s * f32(0.05)), f32(t_s * f32(0.04)))
    place = f32(azimuth + (fold - f32(0.5)) * f32(0.9) + shift)
    rays = value_noise(f32(place * f32(13) + t_s * f32(0.25)), f32(t_s * f32(0.3)))
    broad = value_noise(f32(place * f32(2.6) - t_s * f32(0.08)), f32(3))
    light = smoothstep(f32(0.25), f32(0.8), broad) * (f32(0.25) + f32(0.9) * rays * rays)
    foot = f32(0.09) + f32(0.06) * sheet + f32(0.10) * fold
    return place, rays, f32(light), f32(foot)


@inline
def curtain_light(
    place: Scalar, rays: Scalar, light: Scalar, foot: Scalar, slope: Scalar, t_s: Scalar
) -> tuple[Scalar, Scalar]:
    """Return the light of a sheet in a direction, and the height within it, 0 foot, 1 top."""
    fine = value_noise(f32(place * f32(47) - t_s * f32(0.5)), f32(slope * f32(1.5)))
    rise = f32((slope - foot) * f32(3.2))
    height = f32(max(rise, f32(0)) / (f32(0.6) + f32(0.9) * rays))
    profile = smoothstep(f32(-0.03), f32(0.12), rise) * exponential(f32(height * f32(-2.2)))
    return f32(light * (f32(0.7) + f32(0.6) * fine) * profile), saturate(height)


@inline
def curtain_colour(light: Scalar, height: Scalar, colours: Colours) -> RGB:
    """Return a sheet's light in its colours: the role's at the foot, turning above."""
    foot, upper = colours.aurora, colours.upper
    top = (
        f32(foot[2] * f32(0.5) + upper[0] * f32(2)),
        f32(foot[0] + upper[1]),
        f32(foot[1] * f32(0.7) + upper[2] * f32(2)),
    )
    return scale_rgb(mix_rgb(foot, top, smoothstep(f32(0.1), f32(0.8), height)), light)


@inline
def lit_curtain(
    azimuth: Scalar, slope: Scalar, sheet: Scalar, hour: Hour, colours: Colours, t_s: Scalar
) -> RGB:
    """Return the coloured light of one sheet in a direction."""
    place, rays, light, foot = curtain_column(azimuth, sheet, hour.seed, t_s)
    light, height = curtain_light(place, rays, light, foot, slope, t_s)
    return curtain_colour(light, height, colours)


@inline
def ripple_of_light(azimuth: Scalar, hour: Hour, pulse: Pulse) -> Scalar:
    """Return the aurora's strength: a wave runs along it, half a bar from crest to crest."""
    wave = f32(0.5) + f32(0.5) * cosine(f32(pulse.beat_count * f32(3.14159) - azimuth * f32(4)))
    return f32(hour.aurora * (f32(0.7) + f32(0.5) * wave * wave + f32(0.3) * pulse.mid))
