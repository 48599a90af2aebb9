"""Filming clips with a model of this machine."""

from __future__ import annotations

from functools import cached_property
from inspect import signature
from pathlib import Path
from typing import Any

from PIL import Image

from mvkit.errors import InvalidInput, ProviderFailed
from mvkit.providers.base import ClipRequest, Delivery
from mvkit.providers.diffusers.habits import NAME, habits_of, own_habits
from mvkit.providers.diffusers.loading import LOCAL, Models
from mvkit.providers.diffusers.painter import open_fitted
from mvkit.providers.diffusers.pipeline import DEVICE, Pipeline, check_known
from mvkit.providers.diffusers.reel import write_reel
from mvkit.providers.diffusers.sizing import length_for, size_for
from mvkit.timing import FPS

STILL_MOTION = 64
"""Motion bucket of a clip whose camera stands, 1-255; Stable Video Diffusion's own is 127."""


class DiffusersCamera:
    """Films from a picture or from words; a :class:`mvkit.providers.base.VideoModel`.

    What it delivers has the model's own size, rate and length.

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
    films_final_form = False

    def __init__(self, model: str, *, models: Models = LOCAL) -> None:
        models.check(model)
        self.name = f"{NAME}:{model}"
        self._model = model
        self._models = models

    @cached_property
    def wants_keyframe(self) -> bool:
        """Whether its clips start from a picture; no weights are loaded to know.

        Raises
        ------
        InvalidInput
            If it does not film at all.
        """
        kind = self._models.camera_class(self._model)
        parameters = signature(kind.__call__).parameters
        if "num_frames" not in parameters:
            raise InvalidInput(
                f"{self.name} is a {kind.__name__}, which does not film; expected an "
                "image-to-video model, as in "
                f"{NAME}:stabilityai/stable-video-diffusion-img2vid-xt.",
                reason="UNKNOWN_MODEL",
            )
        return "image" in parameters

    @cached_property
    def goes_on(self) -> bool:
        """Whether a clip can go on from the picture that another ends with: as from any picture."""
        return self.wants_keyframe

    def film(self, request: ClipRequest, target: Path) -> Delivery:
        """Film a clip; see :class:`mvkit.providers.base.VideoModel`."""
        if self.wants_keyframe and (request.keyframe is None or not request.keyframe.is_file()):
            raise ProviderFailed(
                f"{self.name} starts from a picture, and there is none for clip "
                f"{request.script.clip_index}; make the references again.",
                reason="NO_PICTURE",
                retryable=False,
            )
        with DEVICE:
            frames, fps = self._filmed(request, self._models.camera(self._model))
        write_reel(frames, target, fps=fps)
        return Delivery(model=self.name)

    def _filmed(self, request: ClipRequest, pipeline: Pipeline) -> tuple[Any, float]:
        """Return the frames of a clip, and their rate."""
        check_known(own_habits(self._model).arguments, (pipeline,))
        habits = habits_of(self._model, pipeline.class_name)
        n_frames, fps = length_for(pipeline, habits, needed_s=len(request.frames) / FPS)
        width_px, height_px = size_for(
            pipeline, habits, width_px=request.width_px, height_px=request.height_px
        )
        offered = {
            "prompt": request.prompt.prompt,
            "negative_prompt": request.prompt.negative_prompt or None,
            "image": self._start(request, size_px=(width_px, height_px)),
            "width": width_px,
            "height": height_px,
            "num_frames": n_frames,
            "fps": round(fps),
            "frame_rate": fps,
            "target_fps": round(fps),
            "motion_bucket_id": _motion(request),
            "output_type": "pil",
        }
        output = pipeline(seed=request.prompt.seed, **offered | habits.arguments)
        return output.frames[0], fps

    def _start(self, request: ClipRequest, *, size_px: tuple[int, int]) -> Image.Image | None:
        """Return the picture a clip starts from; None for a model that starts from words."""
        if not self.wants_keyframe:
            return None
        assert request.keyframe is not None
        return open_fitted(request.keyframe, size_px)


def _motion(request: ClipRequest) -> int | None:
    """Return how much is to move, for models that are told; None for as much as ever."""
    stands = all(shot.move == "static" for shot in request.script.shots)
    return STILL_MOTION if stands else None
