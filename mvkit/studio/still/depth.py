"""How far away a picture's parts are, guessed from where they stand.

What is lower in a picture mostly stands nearer, and what a picture is about stands before the
rest. The guess is drawn along the picture's edges by a guided filter (K. He, J. Sun and X. Tang,
"Guided image filtering", 2013) and then softened: a camera that moves a little sideways over a
soft relief shows depth, and tears nothing.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from mvkit.studio.still.subject import Place, Subject

__all__ = ["Relief", "carve_relief"]

_LONG_SIDE_PX = 192
_REACH = 0.07  # radius of the guided filter, as a share of the long side
_EDGE = 0.004  # variance of brightness that counts as an edge
_SOFTNESS = 0.018  # final blur, as a share of the long side


class Relief:
    """How near each part of a picture is.

    Parameters
    ----------
    nearness
        0 far to 1 near, float32, small.
    subject
        Where the subject is: it stays in place while the rest moves before and behind it.
    """

    def __init__(self, nearness: NDArray[np.float32], subject: Place) -> None:
        self.nearness = nearness
        height, width = nearness.shape
        row = min(int(subject.y * height), height - 1)
        column = min(int(subject.x * width), width - 1)
        self.pivot = float(nearness[row, column])

    def at(self, x: NDArray[np.float32], y: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return how much nearer than the subject places are, -1..1; in shares of the picture."""
        height, width = self.nearness.shape
        found = cv2.remap(
            self.nearness,
            x * np.float32(width) - np.float32(0.5),
            y * np.float32(height) - np.float32(0.5),
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
        return np.asarray(found - np.float32(self.pivot), np.float32)


def carve_relief(picture: NDArray[np.uint8], subject: Subject) -> Relief:
    """Guess the relief of a picture.

    Parameters
    ----------
    picture
        Red, green, blue; uint8, shape ``(height, width, 3)``.
    subject
        What it is about.
    """
    scale = _LONG_SIDE_PX / max(picture.shape[:2])
    width, height = (max(round(length * scale), 8) for length in picture.shape[1::-1])
    small = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    y = ((np.arange(height, dtype=np.float32) + 0.5) / height)[:, None]
    ground = np.clip((y - 0.35) / 0.65, 0.0, 1.0) ** 1.2
    salience = cv2.resize(subject.salience, (width, height), interpolation=cv2.INTER_CUBIC)
    guess = 0.6 * ground + 0.45 * np.sqrt(np.clip(salience, 0.0, 1.0))
    drawn = _guided(guess.astype(np.float32), grey, radius_px=round(_REACH * _LONG_SIDE_PX))
    soft = cv2.GaussianBlur(drawn, (0, 0), _SOFTNESS * _LONG_SIDE_PX)
    low, high = float(soft.min()), float(soft.max())
    return Relief((soft - low) / np.float32(max(high - low, 1e-3)), subject.place)


def _guided(
    values: NDArray[np.float32], guide: NDArray[np.float32], *, radius_px: int
) -> NDArray[np.float32]:
    """Smooth values without crossing the guide's edges."""
    window = (2 * radius_px + 1, 2 * radius_px + 1)
    mean_guide, mean_values = cv2.blur(guide, window), cv2.blur(values, window)
    covariance = cv2.blur(guide * values, window) - mean_guide * mean_values
    variance = cv2.blur(guide * guide, window) - mean_guide * mean_guide
    slope = covariance / (variance + _EDGE)
    offset = mean_values - slope * mean_guide
    return np.asarray(cv2.blur(slope, window) * guide + cv2.blur(offset, window), np.float32)
