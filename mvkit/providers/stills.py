"""Stills: a free model that films every clip from its keyframe, a picture painted for that clip.

Nothing is generated but the picture: the studio moves a camera over it, shot by shot, to the
music. With a model that paints for a third of a cent, a film costs cents; no other film of
generated pictures is as cheap.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from mvkit.errors import ProviderFailed
from mvkit.providers.base import ClipRequest, Delivery
from mvkit.providers.finishing import write_pictures
from mvkit.providers.takes import music_of, shots_of
from mvkit.studio.still import StillTake, film_still
from mvkit.timing import FPS

NAME = "stills"


class StillsCamera:
    """Films clips in final form from their keyframes, as many at a time as there are processors.

    Its loops release Python's lock, so threads of one process are enough.
    """

    name = NAME
    parallel = os.cpu_count() or 1
    films_final_form = True
    wants_keyframe = True
    goes_on = False

    def film(self, request: ClipRequest, target: Path) -> Delivery:
        """Film a clip; see :class:`mvkit.providers.base.VideoModel`.

        Raises
        ------
        ProviderFailed
            If the clip has no keyframe, or one that is no picture (``KEYFRAME``).
        """
        take = StillTake(
            picture=_opened(request.keyframe, clip_index=request.script.clip_index),
            shots=shots_of(request),
            music=music_of(request.analysis, request.bands),
            start_s=request.frames.start / FPS,
            n_frames=len(request.frames),
            weather=request.scene.weather,
            width_px=request.width_px,
            height_px=request.height_px,
            seed=request.prompt.seed,
        )
        write_pictures(film_still(take), request, target)
        return Delivery(model=NAME)


def _opened(keyframe: Path | None, *, clip_index: int) -> NDArray[np.uint8]:
    """Return a keyframe's pixels: red, green, blue, uint8."""
    if keyframe is None:
        raise _no_keyframe(f"Clip {clip_index} has no picture to start from")
    try:
        with Image.open(keyframe) as picture:
            return np.asarray(ImageOps.exif_transpose(picture).convert("RGB"))
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise _no_keyframe(f"The picture of clip {clip_index} cannot be read: {error}") from error


def _no_keyframe(found: str) -> ProviderFailed:
    return ProviderFailed(
        f"{found}; {NAME} films pictures. Choose who paints them with MVKIT_IMAGE, as in "
        "MVKIT_IMAGE=studio.",
        reason="KEYFRAME",
        retryable=False,
    )
