"""Northern lights: curtains of rays that hang over the horizon, and their coloured light."""

from __future__ import annotations

from mvkit.studio.kit.jit import Scalar, f32, inline
from mvkit.studio.kit.maths import cosine, exponential, saturate, smoothstep
from mvkit.studio.kit.noise import value_noise
from mvkit.studio.kit.rgb import RGB, mix_rgb, scale_rgb
from mvkit.studio.music import Pulse
from mvkit.studio.worlds.ocean_moon.dress import Colours, Hour

__all__ = ["lit_curtain", "ripple_of_light"]


@inline
def _curtain(
    azimuth: Scalar, slope: Scalar, sheet: Scalar, seed: Scalar, t_s: Scalar
) -> tuple[Scalar, Scalar]:
    """Return the light of one sheet of the aurora, and the height within it, 0 foot, 1 top."""
    shift = f32(sheet * f32(7.3) + seed)
    fold = value_noise(f32(azimuth * f32(1.7) + shift + t_s * f32(0.05)), f32(t_s * f32(0.04)))
    place = f32(azimuth + (fold - f32(0.5)) * f32(0.9) + shift)
    rays = value_noise(f32(place * f32(13) + t_s * f32(0.25)), f32(t_s * f32(0.3)))
    fine = value_noise(f32(place * f32(47) - t_s * f32(0.5)), f32(slope * f32(1.5)))
    broad = value_noise(f32(place * f32(2.6) - t_s * f32(0.08)), f32(3))
    light = smoothstep(f32(0.25), f32(0.8), broad) * (f32(0.25) + f32(0.9) * rays * rays)
    foot = f32(0.09) + f32(0.06) * sheet + f32(0.10) * fold
    rise = f32((slope - foot) * f32(3.2))
    height = f32(max(rise, f32(0)) / (f32(0.6) + f32(0.9) * rays))
    profile = smoothstep(f32(-0.03), f32(0.12), rise) * exponential(f32(height * f32(-2.2)))
    return f32(light * (f32(0.7) + f32(0.6) * fine) * profile), saturate(height)


@inline
def lit_curtain(
    azimuth: Scalar, slope: Scalar, sheet: Scalar, hour: Hour, colours: Colours, t_s: Scalar
) -> RGB:
    """Return the coloured light of one sheet: the role's colour at the foot, turning above."""
    foot, upper = colours.aurora, colours.upper
    top = (
        f32(foot[2] * f32(0.5) + upper[0] * f32(2)),
        f32(foot[0] + upper[1]),
        f32(foot[1] * f32(0.7) + upper[2] * f32(2)),
    )
    light, height = _curtain(azimuth, slope, sheet, hour.seed, t_s)
    return scale_rgb(mix_rgb(foot, top, smoothstep(f32(0.1), f32(0.8), height)), light)


@inline
def ripple_of_light(azimuth: Scalar, hour: Hour, pulse: Pulse) -> Scalar:
    """Return the aurora's strength: a wave runs along it, half a bar from crest to crest."""
    wave = f32(0.5) + f32(0.5) * cosine(f32(pulse.beat_count * f32(3.14159) - azimuth * f32(4)))
    return f32(hour.aurora * (f32(0.7) + f32(0.5) * wave * wave + f32(0.3) * pulse.mid))
