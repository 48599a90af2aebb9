"""Colours of a plan brought into a world.

A world names eight roles (sky, fog, neon, ...) with a default colour each; the lightness of
these defaults is what makes its picture read. A plan brings three to six hex colours. Each role
takes its *hue* from one of them, and half of its chroma, but keeps most of its own lightness,
so that the plan steers the picture and no palette can break it.

The mixing is done in OKLCh, where hue, chroma and lightness are independent for the eye
(B. Ottosson, "A perceptual color space for image processing", 2020).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.kit.rgb import RGB

__all__ = ["Palette", "hex_to_linear", "most_vivid", "rgb", "tinted_palette"]

Palette = tuple[RGB, ...]
"""Linear colours of a world's roles, in the order of the roles, ready for kernels."""

_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
_GREY_CHROMA = 0.03  # below it a colour has no hue of its own
_DRAWN = 0.5  # how far away from a quiet role's hue the leading colour counts as, of its distance


def hex_to_linear(colour: str) -> NDArray[np.float64]:
    """Return linear light (3,) of a colour written ``#rrggbb`` (sRGB)."""
    digits = colour.lstrip("#")
    c = np.array([int(digits[i : i + 2], 16) for i in (0, 2, 4)], np.float64) / 255
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def rgb(colour: str | NDArray[np.floating] | Sequence[float], gain: float = 1.0) -> RGB:
    """Return a colour as the tuple of float32 that kernels take."""
    linear = hex_to_linear(colour) if isinstance(colour, str) else np.asarray(colour)
    return np.float32(linear[0] * gain), np.float32(linear[1] * gain), np.float32(linear[2] * gain)


def tinted_palette(defaults: Sequence[str], plan: Sequence[str]) -> Palette:
    """Colour a world's roles after a plan.

    Parameters
    ----------
    defaults
        Hex colours of the roles.
    plan
        Hex colours of the plan, the leading one first; none leaves the defaults.

    Returns
    -------
    Palette
        One linear colour per role. The most vivid roles take the plan's colours in order, so that
        the leading one leads; each other role takes the one nearest to its own hue, and the
        leading one draws it.
    """
    roles = [_to_lch(hex_to_linear(colour)) for colour in defaults]
    wishes = [_to_lch(hex_to_linear(colour)) for colour in plan]
    if not wishes:
        return tuple(rgb(colour) for colour in defaults)
    hued = [wish for wish in wishes if wish[1] > _GREY_CHROMA]
    if not hued:
        return tuple(rgb(_from_lch(_faded(role))) for role in roles)
    vivid = sorted(range(len(roles)), key=lambda i: roles[i][0] * roles[i][1], reverse=True)
    firsts = dict(zip(vivid, hued, strict=False))
    tinted = []
    for i, role in enumerate(roles):
        wish = firsts.get(i) or _nearest(role, hued)
        tinted.append(rgb(_from_lch(_steered(role, wish, vivid=i in firsts))))
    return tuple(tinted)


def most_vivid(palette: Palette) -> RGB:
    """Return the brightest hue of a palette, its brightest channel at 1."""
    vivid = max(palette, key=lambda colour: max(colour) - min(colour))
    return rgb(np.asarray(vivid, np.float64) / max(float(max(vivid)), 1e-3))


LCh = tuple[float, float, float]


def _steered(role: LCh, wish: LCh, *, vivid: bool) -> LCh:
    """Give a role the wished hue, a chroma between the two, and a touch of the lightness.

    A quiet role (sky, stone, haze) stays as quiet as it was, else it would drown the lamps.
    """
    lightness = role[0] + 0.3 * (wish[0] - role[0]) * min(role[0], 1.0)
    chroma = 0.4 * role[1] + 0.6 * float(np.sqrt(role[1] * wish[1]))
    return lightness, chroma if vivid else min(chroma, 0.9 * role[1]), wish[2]


def _nearest(role: LCh, hued: Sequence[LCh]) -> LCh:
    """Return the colour of the nearest hue, to which the leading one is nearer than it is."""
    gaps = [_hue_gap(role[2], wish[2]) for wish in hued]
    gaps[0] *= _DRAWN
    return hued[gaps.index(min(gaps))]


def _faded(role: LCh) -> LCh:
    """Return a role for a plan of greys: almost without chroma."""
    return role[0], 0.15 * role[1], role[2]


def _hue_gap(a: float, b: float) -> float:
    return float(abs((a - b + np.pi) % (2 * np.pi) - np.pi))


def _to_lch(linear: NDArray[np.float64]) -> LCh:
    """Return OKLCh lightness, chroma and hue (radians) of linear sRGB."""
    lightness, a, b = _TO_LAB @ np.cbrt(_TO_LMS @ linear)
    return float(lightness), float(np.hypot(a, b)), float(np.arctan2(b, a))


def _from_lch(colour: LCh) -> NDArray[np.float64]:
    """Return linear sRGB; chroma is lowered as far as the display's gamut asks."""
    lightness, chroma, hue = colour
    for keep in np.linspace(1.0, 0.0, 21):
        lab = np.array([lightness, keep * chroma * np.cos(hue), keep * chroma * np.sin(hue)])
        linear = np.linalg.solve(_TO_LMS, np.linalg.solve(_TO_LAB, lab) ** 3)
        if linear.min() >= -1e-3 and linear.max() <= 1.02:
            break
    return np.clip(linear, 0.0, 1.0)
