"""How light is developed: the look of a world, and how a part of the film departs from it."""

from __future__ import annotations

from dataclasses import dataclass, replace

__all__ = ["UNTONED", "GradientMap", "Levels", "Look", "Tone"]

Levels = tuple[float, float, float]
"""Red, green and blue of the display, each 0..1 (or what is added to them)."""

_LIGHTNESS_POWER = 1.5  # lightness is about the cube root of light; palettes do their part, too
_WARM_LIGHT = (0.2, 0.0, -0.28)  # by how much warmth brightens red, green and blue


@dataclass(frozen=True)
class GradientMap:
    """Colours that take the place of greys, from black to white.

    Parameters
    ----------
    dark, bright
        What black and white become.
    middle
        What the grey between becomes; without it the map goes straight from dark to bright.
    amount
        0 leaves the picture as it is, 1 paints it in the map's colours alone.
    """

    dark: Levels
    bright: Levels
    middle: Levels | None = None
    amount: float = 0.3

    @property
    def stops(self) -> tuple[Levels, Levels, Levels]:
        """Colours of black, of the grey in the middle, and of white."""
        red, green, blue = ((a + b) / 2 for a, b in zip(self.dark, self.bright, strict=True))
        return self.dark, self.middle or (red, green, blue), self.bright


@dataclass(frozen=True)
class Tone:
    """How a part of the film differs in light from its world's look.

    Parameters
    ----------
    lightness, saturation
        Factors; 1 leaves the look as it is.
    warmth
        From -1, cooler, to 1, warmer.
    gradient
        Instead of the look's own, if there is one.
    """

    lightness: float = 1.0
    saturation: float = 1.0
    warmth: float = 0.0
    gradient: GradientMap | None = None


UNTONED = Tone()


@dataclass(frozen=True)
class Look:
    """How a world's light is developed.

    Parameters
    ----------
    exposure, balance
        Gain before the filmic curve, and that of red, green and blue besides.
    bloom, bloom_knee, halation
        Glow around lamps: its amount, the level where it sets in, and the extra red of film.
    vignette
        Darkening towards the corners, 0 none.
    grain
        Film grain; also dithers gradients. Above 0.012 it eats the bit rate of the encoder.
    aberration
        Colour fringes at the frame's edge on a strong hit, as a share of the distance.
    contrast, saturation
        1 leaves the picture as it is.
    shadow_tint, highlight_tint
        Red, green, blue added to the darks and the brights.
    gradient
        Colours by lightness, or None.
    flash
        Extra exposure of a downbeat's flash, as a share.
    letterbox
        Share of the frame's height taken by black bars.
    """

    exposure: float = 1.2
    balance: Levels = (1.0, 1.0, 1.0)
    bloom: float = 0.6
    bloom_knee: float = 0.8
    halation: float = 0.08
    vignette: float = 0.35
    grain: float = 0.01
    aberration: float = 0.0024
    contrast: float = 1.05
    saturation: float = 1.05
    shadow_tint: Levels = (0.0, 0.0, 0.0)
    highlight_tint: Levels = (0.0, 0.0, 0.0)
    gradient: GradientMap | None = None
    flash: float = 0.22
    letterbox: float = 0.0

    def toned(self, tone: Tone) -> Look:
        """Return the look as a part of the film has it."""
        red, green, blue = (1.0 + tone.warmth * share for share in _WARM_LIGHT)
        return replace(
            self,
            exposure=self.exposure * tone.lightness**_LIGHTNESS_POWER,
            saturation=self.saturation * tone.saturation,
            balance=(red, green, blue),
            gradient=tone.gradient or self.gradient,
        )
