"""Colours of a part of the film: the film's palette, graded.

Colours are turned in OKLCh, where hue, chroma and lightness are independent for the eye
(B. Ottosson, "A perceptual color space for image processing", 2020), and brought back into sRGB by
lowering chroma alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from coloraide import Color

from mvkit.schema.base import HexColour
from mvkit.schema.plan import Grade

LEAST_CHROMA, LEAST_LIGHTNESS = 0.035, 0.2
"""With less of either a colour is seen as none."""
WARM_TINT = (0.022, 0.06)
"""What all the warmth there is adds to white in OKLab (a, b): lamplight; cold takes it away."""


def graded_palette(palette: Sequence[HexColour], grade: Grade) -> tuple[HexColour, ...]:
    """Return a palette as a part of the film has it.

    Parameters
    ----------
    palette : sequence of str
        ``#rrggbb``, the leading colour first.
    grade : Grade
        Which colour leads, and how light, saturated and warm they are.
    """
    if grade == Grade():
        return tuple(palette)
    lead = grade.lead % len(palette)
    ordered = (palette[lead], *palette[:lead], *palette[lead + 1 :])
    return tuple(_graded(colour, grade) for colour in ordered)


def has_hue(colour: HexColour) -> bool:
    """Tell whether a colour is one, and not a grey, a white or a black."""
    lightness, chroma, _ = Color(colour).convert("oklch").coords()
    return bool(chroma >= LEAST_CHROMA and lightness >= LEAST_LIGHTNESS)


def palette_distance(one: Sequence[HexColour], other: Sequence[HexColour]) -> float:
    """Return the mean distance (Delta E OK, 0-1) of two palettes, colour by colour in order."""
    pairs = list(zip(one, other, strict=False))
    return sum(Color(a).delta_e(Color(b), method="ok") for a, b in pairs) / len(pairs)


def _graded(colour: HexColour, grade: Grade) -> HexColour:
    lch = Color(colour).convert("oklch")
    lch["lightness"] = _lit(lch["lightness"], grade.lightness)
    lch["chroma"] *= grade.saturation
    lab = lch.convert("oklab")
    for axis, tint in zip("ab", WARM_TINT, strict=True):
        lab[axis] += tint * grade.warmth * lab["lightness"]
    srgb = lab.fit("srgb", method="oklch-chroma").convert("srgb")
    return srgb.to_string(hex=True).upper()


def _lit(lightness: float, factor: float) -> float:
    """Return a lightness, 0-1, darkened in proportion, or lightened so that it never bleaches."""
    return lightness * factor if factor <= 1 else 1.0 - (1.0 - lightness) ** factor
