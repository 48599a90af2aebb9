"""What the lens does to a row of light: glow, and fringes of colour."""

from __future__ import annotations

import numpy as np

from mvkit.studio.kit.canvas import Canvas, Row
from mvkit.studio.kit.jit import Scalar, f32, inline
from mvkit.studio.kit.maths import mix

__all__ = ["shine", "stretch"]


@inline
def shine(light: Row, glow: Canvas, plane: int, y: int, gain: Scalar, shining: Row) -> None:
    """Fill ``shining`` with a row of light and its glow.

    The glow is read between its two rows that are next to row ``y`` of the frame.
    """
    n_rows = glow.shape[1]
    place = min(max((f32(y) - f32(1.5)) * f32(0.25), f32(0)), f32(n_rows - 1))
    above = int(place)
    share = place - f32(above)
    upper = glow[plane, above]
    lower = glow[plane, min(above + 1, n_rows - 1)]
    for x in range(light.size):
        shining[x] = light[x] + mix(upper[x], lower[x], share) * gain


@inline
def stretch(row: Row, shift: Scalar, padded: Row, stretched: Row) -> None:
    """Fill ``stretched`` with a row stretched about its middle by a small share, perhaps negative.

    Where the way to go lies between two whole numbers of pixels, neighbours are read from
    neighbours; so the row is done in a few pieces, each a loop without look-ups.

    ``padded`` is scratch, with room for the longest way on either side.
    """
    width = row.size
    middle = f32(width) * f32(0.5)
    reach = int(abs(shift) * middle) + 2
    for x in range(reach):
        padded[x] = row[0]
        padded[reach + width + x] = row[width - 1]
    inner = padded[reach : reach + width]
    for x in range(width):
        inner[x] = row[x]
    for whole in range(1 - reach, reach - 1):
        one_end = middle + f32(whole) / shift
        other_end = middle + f32(whole + 1) / shift
        begin = min(max(int(np.ceil(min(one_end, other_end))), 0), width)
        end = min(max(int(np.ceil(max(one_end, other_end))), 0), width)
        here = padded[reach + whole + begin : reach + whole + end + 1]
        out = stretched[begin:end]
        for x in range(end - begin):
            way = (f32(x + begin) - middle) * shift - f32(whole)
            out[x] = mix(here[x], here[x + 1], way)
