"""What is between the lens and the picture: dust in the light, rain, snow, mist.

A picture stands still; what floats before it does not, and the eye takes the one for the other's
world. It is light alone, painted at half the frame's size: nothing of it is sharp.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from mvkit.studio.kit.sprites import add_dots, add_rain, add_snow, new_dots
from mvkit.studio.music import Pulse
from mvkit.studio.still.plate import Field

__all__ = ["Air"]

_N_MOTES = 46
_RAIN, _SNOW = 0.5, 0.7
_MIST = 0.17
_MIST_PX = 256
_LIGHT = np.float32(0.3), np.float32(0), np.float32(0)  # only one plane is read


class Air:
    """The air of a clip.

    Parameters
    ----------
    width_px, height_px
        Size of the frames, both even.
    weather
        clear, rain, fog or snow; "" is clear.
    seed
        Another seed is other dust.
    """

    def __init__(self, width_px: int, height_px: int, *, weather: str, seed: int) -> None:
        self._size_px = width_px, height_px
        self._weather = weather
        self._canvas = np.empty((3, height_px // 2, width_px // 2), np.float32)
        rng = np.random.default_rng((seed % 2**32, 5))
        self._motes = rng.random((_N_MOTES, 6))
        self._mist = _cloud(rng)

    def at(self, t_s: float, pulse: Pulse, *, aside: float) -> NDArray[np.uint8]:
        """Return what floats before the lens at a time, 255 is white; of the frame's size.

        Parameters
        ----------
        t_s
            Absolute time.
        pulse
            The song at this time: dust glints with its high notes.
        aside
            How far the camera has gone to the right, in widths of the frame; what is near passes.
        """
        canvas = self._canvas
        canvas[0] = 0.0
        time = np.float32(t_s)
        if self._weather == "rain":
            add_rain(canvas, time, np.float32(_RAIN), np.float32(0.1), _LIGHT)
        elif self._weather == "snow":
            add_snow(canvas, time, np.float32(_SNOW), np.float32(0.12), _LIGHT)
        else:
            add_dots(canvas, self._dust(t_s, pulse, aside))
        air = canvas[0]
        if self._weather == "fog":
            air = air + self._drifting(t_s, aside)
        steps = cv2.convertScaleAbs(air, alpha=255.0)
        return np.asarray(cv2.resize(steps, self._size_px, interpolation=cv2.INTER_LINEAR))

    def _dust(self, t_s: float, pulse: Pulse, aside: float) -> NDArray[np.float32]:
        """Return the motes: most of them specks, a few near the lens and out of focus."""
        x, y, near, speed, turn, glint = self._motes.T
        _, height, width = self._canvas.shape
        blurred = near > 0.84
        drift = 0.012 * (speed - 0.3) * t_s - (0.5 + 2.0 * near) * aside
        waves = 0.01 * np.sin(0.5 * t_s + 6.3 * turn)
        dots = new_dots(_N_MOTES)
        dots[:, 0] = ((x + drift) % 1.1 - 0.05) * width
        dots[:, 1] = ((y - 0.009 * (0.4 + turn) * t_s + waves) % 1.1 - 0.05) * height
        dots[:, 2] = np.where(blurred, 0.009 + 0.014 * glint, 0.0011 + 0.0011 * near) * height
        twinkle = 0.55 + 0.45 * np.sin((1.1 + speed) * t_s + 6.3 * glint)
        light = np.where(blurred, 0.035, 0.2 * twinkle) * (0.5 + 0.7 * float(pulse.high))
        dots[:, 3] = light
        dots[:, 6] = blurred
        return dots

    def _drifting(self, t_s: float, aside: float) -> Field:
        """Return two sheets of mist that pass each other, thicker towards the ground."""
        _, height, width = self._canvas.shape
        columns, rows = width // 8, height // 8
        y, x = np.mgrid[0:rows, 0:columns].astype(np.float32) / columns
        sheets = [
            cv2.remap(
                self._mist,
                ((x * reach + speed * t_s + aside * reach) % 1.0 * (_MIST_PX - 1)).astype(
                    np.float32
                ),
                ((y * reach + 0.3 * reach) % 1.0 * (_MIST_PX - 1)).astype(np.float32),
                cv2.INTER_LINEAR,
            )
            for reach, speed in ((0.45, 0.012), (0.8, -0.021))
        ]
        height_share = y * columns / rows
        mist = _MIST * sheets[0] * (0.4 + 0.6 * sheets[1]) * (0.25 + 0.75 * height_share)
        return np.asarray(cv2.resize(mist, (width, height), interpolation=cv2.INTER_CUBIC))


def _cloud(rng: np.random.Generator) -> Field:
    """Return soft noise in 0..1 that can be laid edge to edge."""
    noise = rng.standard_normal((_MIST_PX, _MIST_PX))
    frequency = np.hypot(*np.meshgrid(*2 * (np.fft.fftfreq(_MIST_PX) * _MIST_PX,)))
    spectrum = np.fft.fft2(noise) / np.maximum(frequency, 2.0) ** 1.7
    cloud = np.fft.ifft2(np.where(frequency > 0, spectrum, 0.0)).real
    return np.clip(0.5 + 0.22 * cloud / cloud.std(), 0.0, 1.0).astype(np.float32)
