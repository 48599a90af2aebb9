"""Painting pictures with a model of this machine."""

from __future__ import annotations

import math
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps

from mvkit.errors import ProviderFailed
from mvkit.files import write_whole
from mvkit.providers.base import Delivery, PictureRequest
from mvkit.providers.diffusers.habits import NAME, habits_of, own_habits
from mvkit.providers.diffusers.loading import LOCAL, Models
from mvkit.providers.diffusers.pipeline import DEVICE, check_known
from mvkit.providers.diffusers.sizing import size_for

STRENGTH = 0.65
"""How much of a picture is painted anew: people come in, the place stays what it was."""


class DiffusersPainter:
    """Paints with a text-to-image model; an :class:`mvkit.providers.base.ImageModel`.

    A picture that has references is painted over the first of them, if the model can: so a clip's
    keyframe plays where the place's own picture does.

    Parameters
    ----------
    model : str
        Its name on Hugging Face, or its folder.
    models : Models, optional
        Where it is loaded from.

    Raises
    ------
    InvalidInput
        If a package is missing, or the model is not on this machine.
    """

    parallel = 1

    def __init__(self, model: str, *, models: Models = LOCAL) -> None:
        models.check(model)
        self.name = f"{NAME}:{model}"
        self._model = model
        self._models = models

    def paint(self, request: PictureRequest, target: Path) -> Delivery:
        """Paint a picture; see :class:`mvkit.providers.base.ImageModel`."""
        with DEVICE:
            picture = self._painted(request)
        buffer = BytesIO()
        wanted_px = (request.width_px, request.height_px)
        ImageOps.fit(picture.convert("RGB"), wanted_px, Image.Resampling.LANCZOS).save(
            buffer, "PNG"
        )
        write_whole(target, buffer.getvalue())
        return Delivery(model=self.name)

    def _painted(self, request: PictureRequest) -> Image.Image:
        pipelines = self._models.painters(self._model)
        check_known(own_habits(self._model).arguments, pipelines)
        pipeline = pipelines[-1] if request.references else pipelines[0]
        habits = habits_of(self._model, pipelines[0].class_name)
        width_px, height_px = size_for(
            pipelines[0], habits, width_px=request.width_px, height_px=request.height_px
        )
        offered = {
            "prompt": request.prompt,
            "negative_prompt": request.negative_prompt or None,
            "width": width_px,
            "height": height_px,
            "image": _first_reference(request, size_px=(width_px, height_px)),
            "strength": STRENGTH,
        }
        told = _enough_steps(offered | habits.arguments)
        return _only_picture(pipeline(seed=request.seed, **told), name=self.name)


def _first_reference(request: PictureRequest, *, size_px: tuple[int, int]) -> Image.Image | None:
    return open_fitted(request.references[0], size_px) if request.references else None


def open_fitted(path: Path, size_px: tuple[int, int]) -> Image.Image:
    """Return a picture, scaled and evenly cropped to a size.

    Raises
    ------
    ProviderFailed
        If it cannot be read.
    """
    try:
        with Image.open(path) as picture:
            return ImageOps.fit(picture.convert("RGB"), size_px, Image.Resampling.LANCZOS)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise ProviderFailed(
            f"The picture {path.name} to start from cannot be read: {error}.",
            reason="PICTURE",
            retryable=False,
        ) from error


def _enough_steps(told: dict[str, Any]) -> dict[str, Any]:
    """Return what is told, with steps enough for one of them to be worked over a picture."""
    n_steps = told.get("num_inference_steps")
    if n_steps is None or told["image"] is None:
        return told
    return told | {"num_inference_steps": max(n_steps, math.ceil(1 / told["strength"]))}


def _only_picture(output: Any, *, name: str) -> Image.Image:
    """Return the one picture of an output, unless the model has blackened it.

    Raises
    ------
    ProviderFailed
        If it has, since the same words and seed would be refused again; or if there is none.
    """
    if any(getattr(output, "nsfw_content_detected", None) or ()):
        raise ProviderFailed(
            f"{name} holds the picture for indecent and has blackened it. Change the words, or "
            "the seed.",
            reason="REFUSED",
            retryable=False,
        )
    picture: Image.Image = output.images[0]
    return picture
