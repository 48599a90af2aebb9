"""The camera: where it stands for a size and an angle, and how it moves.

Nothing remembers the frame before. Conventions: metres and radians; the film plane stays upright
(see :mod:`mvkit.studio.kit.view`), so tilting is a move of the horizon.

Modules
-------
camera
    The camera at one instant, and what it sees.
framing
    The start of a shot from the director's words: size and angle.
moves
    The moves by name.
"""

from __future__ import annotations

from mvkit.studio.camera.camera import Camera, Projection
from mvkit.studio.camera.framing import (
    ANGLES,
    DETAILS_M,
    SHOT_SIZES,
    frame_detail,
    frame_subject,
)
from mvkit.studio.camera.moves import MOVES, move, struck

__all__ = [
    "ANGLES",
    "DETAILS_M",
    "MOVES",
    "SHOT_SIZES",
    "Camera",
    "Projection",
    "frame_detail",
    "frame_subject",
    "move",
    "struck",
]
