"""The studio as a provider: our own offline models, which cost nothing and always answer.

``studio`` paints frames whose short side is 576 pixels, and scales them up; ``studio:1080`` paints
every pixel of the film, at more than three times the cost.

The studio itself takes a second to open, so that is left until there is something to paint
(:mod:`mvkit.providers.takes`): whoever plans or counts asks no more than what a model can do.
"""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mvkit.errors import InvalidInput
from mvkit.files import write_whole
from mvkit.providers.base import ClipRequest, Delivery, PictureRequest

NAME = "studio"
DEFAULT_HEIGHT_PX = 576
HEIGHTS_PX = range(144, 1081)


class StudioPainter:
    """Paints places and people as the studio will film them."""

    name = NAME
    parallel = os.cpu_count() or 1

    def paint(self, request: PictureRequest, target: Path) -> Delivery:
        """Paint a picture; see :class:`mvkit.providers.base.ImageModel`.

        The keyframe of a clip is a moment of the clip as the studio would film it.
        """
        from mvkit.providers.takes import paint_reference, paint_sketch

        if request.clip is not None:
            short_side_px = min(request.width_px, request.height_px)
            pixels = paint_sketch(request.clip, height_px=short_side_px)
        else:
            pixels = paint_reference(request)
        write_whole(target, _png(pixels))
        return Delivery(model=NAME)


class StudioCamera:
    """Films clips in final form, as many at a time as there are processors.

    The studio's loops release Python's lock, so threads of one process are enough, and its
    kernels are compiled once.

    Parameters
    ----------
    height_px : int
        Short side of the frames as they are painted, 144-1080.

    Raises
    ------
    InvalidInput
        If the height is out of range.
    """

    parallel = os.cpu_count() or 1
    films_final_form = True
    wants_keyframe = False
    goes_on = True

    def __init__(self, *, height_px: int = DEFAULT_HEIGHT_PX) -> None:
        if height_px not in HEIGHTS_PX:
            raise InvalidInput(
                f"The studio cannot paint {height_px} pixels high; expected "
                f"{HEIGHTS_PX.start} to {HEIGHTS_PX.stop - 1}, as in studio:720."
            )
        self.name = f"{NAME}:{height_px}"
        self._height_px = height_px

    def film(self, request: ClipRequest, target: Path) -> Delivery:
        """Film a clip; see :class:`mvkit.providers.base.VideoModel`."""
        from mvkit.providers.finishing import write_pictures
        from mvkit.providers.takes import take_of
        from mvkit.studio import paint_frames

        take = take_of(request, height_px=self._height_px)
        write_pictures(paint_frames(take), request, target)
        return Delivery(model=self.name)


def _png(pixels: NDArray[np.uint8]) -> bytes:
    buffer = BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()
