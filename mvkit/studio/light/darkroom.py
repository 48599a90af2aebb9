"""The darkroom: bloom and development of frames of one size."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.kit.canvas import Canvas
from mvkit.studio.light.bloom import Bloom
from mvkit.studio.light.development import develop
from mvkit.studio.light.grade import grade
from mvkit.studio.light.grain import new_grain
from mvkit.studio.light.look import Look
from mvkit.studio.music import Pulse

__all__ = ["Darkroom"]


class Darkroom:
    """Develops canvases of one size; owns the buffers, so one per thread.

    Parameters
    ----------
    width_px, height_px
        Size of the frames.
    """

    def __init__(self, width_px: int, height_px: int) -> None:
        self._height_px = height_px
        self._bloom = Bloom(width_px, height_px)
        self._grain = new_grain(width_px)
        self._packed = np.empty((height_px, width_px), np.int32)

    def develop(
        self,
        canvas: Canvas,
        look: Look,
        *,
        pulse: Pulse,
        frame: int,
        fade: float = 1.0,
        lift: float = 0.0,
    ) -> NDArray[np.int32]:
        """Develop one frame.

        Parameters
        ----------
        canvas
            Linear light (3, height, width).
        look
            The world's look.
        pulse
            The song at this frame: its flash and its hits.
        frame
            Number of the frame in the song; seeds the grain.
        fade
            1 full picture, 0 black.
        lift
            Extra exposure of an accent, as a share; a flash of the song is not added to it.

        Returns
        -------
        numpy.ndarray
            Packed pixels (height, width), int32; overwritten by the next call.
        """
        now = grade(look, pulse=pulse, fade=fade, lift=lift, height_px=self._height_px)
        glow = self._bloom.glow(canvas, look.bloom_knee)
        develop(canvas, glow, self._grain, self._packed, now, frame)
        return self._packed
