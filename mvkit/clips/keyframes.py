"""Keyframes: the picture that a clip starts from, where its model starts from one.

An image-to-video model sees little but a picture, and filmed from the picture of a place, every
clip of that place begins alike and without anybody in it. So each clip has a picture of its own
painted: from its own prompt, with the pictures of its place and its people to go by, in the shape
of the film. Where none comes out, the clip starts from the picture of its place, or from none.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from mvkit.clips.room import stop_if_full
from mvkit.errors import BudgetExceeded, Cancelled, MvkitError
from mvkit.providers.base import (
    ClipRequest,
    Delivery,
    ImageModel,
    PictureRequest,
    deliver,
    picture_identity,
)

SHORT_SIDE_PX = 720
"""Most video models film 720 lines; a larger picture is only scaled down."""
WHOLE_FILM_PX = 1080
"""Who films in final form shows the picture itself, at the film's own size."""


@dataclass(frozen=True, kw_only=True)
class Keyframe:
    """The picture a clip starts from.

    Attributes
    ----------
    path : Path or None
        Where it is; None for a clip that starts from words alone.
    cost_usd : Decimal
        What it cost.
    why_not : str
        Why it is not one of the clip's own, where it should be; else empty.
    """

    path: Path | None
    cost_usd: Decimal = Decimal()
    why_not: str = ""


class Keyframes:
    """Paints keyframes; threads may share it, and wait where they are more than the model allows.

    Parameters
    ----------
    painter : ImageModel
        Who paints.
    """

    def __init__(self, painter: ImageModel) -> None:
        self._painter = painter
        self._easels = threading.BoundedSemaphore(painter.parallel)

    def paint(
        self, request: ClipRequest, target: Path, *, short_side_px: int = SHORT_SIDE_PX
    ) -> Keyframe:
        """Return the picture that a clip starts from: its own if that comes out.

        Parameters
        ----------
        request : ClipRequest
            The clip.
        target : Path
            Where the picture is saved.
        short_side_px : int
            How large it is, at most: the film's own size is enough.

        Raises
        ------
        BudgetExceeded, Cancelled
            If the clip would not come out either.
        OSError
            If the disk is full.
        """
        picture = _picture_request(request, short_side_px=short_side_px)
        asked = replace(picture, identity=picture_identity(picture, model=self._painter.name))

        def attempt() -> Delivery:
            try:
                with self._easels:
                    return self._painter.paint(asked, target)
            except MvkitError as error:
                stop_if_full(error)
                raise

        try:
            delivery, _ = deliver(attempt, seed=asked.seed)
        except (BudgetExceeded, Cancelled):
            raise
        except MvkitError as error:
            return Keyframe(path=request.keyframe, why_not=f"No keyframe: {error.message}")
        return Keyframe(path=target, cost_usd=delivery.cost_usd)


def _picture_request(request: ClipRequest, *, short_side_px: int) -> PictureRequest:
    scale = min(1.0, short_side_px / min(request.width_px, request.height_px))
    return PictureRequest(
        prompt=request.prompt.prompt,
        negative_prompt=request.prompt.negative_prompt,
        width_px=2 * round(request.width_px * scale / 2),
        height_px=2 * round(request.height_px * scale / 2),
        seed=request.prompt.seed,
        style=request.style,
        scene=request.scene,
        character=request.characters[0] if request.characters else None,
        references=tuple(path for path in request.references if path.is_file()),
        clip=request,
    )
