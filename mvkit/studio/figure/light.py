"""The light on a person."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mvkit.studio.kit.jit import Scalar
from mvkit.studio.kit.rgb import RGB

__all__ = ["FigureLight"]

_BLACK: RGB = (np.float32(0), np.float32(0), np.float32(0))


class FigureLight(NamedTuple):
    """Light on a person, in the camera's directions.

    Attributes
    ----------
    key, key_x, key_y, key_z
        Main light and the direction towards it: right, up, towards the viewer.
    ambient
        Light from everywhere, a little more from above.
    rim_left, rim_right, rim_top
        Lights behind the person, seen as edges.
    haze, haze_amount
        Colour of the air between camera and person, and how much of it: 0 none, 1 hidden.
    """

    key: RGB = (np.float32(0.5), np.float32(0.5), np.float32(0.5))
    key_x: Scalar = np.float32(-0.5)
    key_y: Scalar = np.float32(0.5)
    key_z: Scalar = np.float32(0.7)
    ambient: RGB = (np.float32(0.1), np.float32(0.1), np.float32(0.1))
    rim_left: RGB = _BLACK
    rim_right: RGB = _BLACK
    rim_top: RGB = _BLACK
    haze: RGB = _BLACK
    haze_amount: Scalar = np.float32(0)
