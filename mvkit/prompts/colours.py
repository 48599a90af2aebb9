"""What a person would call a colour."""

from __future__ import annotations

import colorsys

HUES = (
    (14, "red"),
    (32, "orange"),
    (47, "amber"),
    (66, "yellow"),
    (95, "lime green"),
    (155, "green"),
    (180, "turquoise"),
    (196, "cyan"),
    (232, "blue"),
    (258, "indigo"),
    (288, "violet"),
    (330, "magenta"),
    (348, "pink"),
    (361, "red"),
)
"""Names of hues below each angle in degrees."""
GREYS = ((0.1, "black"), (0.35, "charcoal"), (0.65, "grey"), (0.88, "silver"), (1.01, "white"))
"""Names of greys below each lightness, 0-1."""


def colour_name(colour: str) -> str:
    """Return what a person would call a colour.

    Parameters
    ----------
    colour : str
        ``#rrggbb``.

    Returns
    -------
    str
        A hue, with how light or pale it is where that stands out: ``deep blue``.
    """
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    hue, lightness, saturation = colorsys.rgb_to_hls(red, green, blue)
    if saturation < 0.12 or lightness < 0.06 or lightness > 0.95:
        return next(name for below, name in GREYS if lightness < below)
    name = next(name for below, name in HUES if hue * 360 < below)
    if lightness < 0.3:
        return f"deep {name}"
    if lightness > 0.78:
        return f"pale {name}"
    return f"muted {name}" if saturation < 0.35 else name
