"""Painters and cameras made of workflows: they cost nothing, and do one thing after the other.

Contents
--------
painter, camera, Painter, Camera
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, ClassVar

from mvkit.errors import InvalidInput, OutcomeUnknown, ProviderFailed
from mvkit.providers.base import ClipRequest, Delivery, PictureRequest
from mvkit.providers.comfyui.following import Patience, follow
from mvkit.providers.comfyui.service import Server
from mvkit.providers.comfyui.workflows import (
    Value,
    Workflow,
    load_workflow,
    n_frames_for,
    size_of,
)
from mvkit.providers.replicate.outputs import save_clip, save_picture
from mvkit.timing import FPS

PICTURE_MOST_S = 600.0
CLIP_MOST_S = 1800.0
"""So long a workflow may work: the first one loads its models, and small machines are slow."""
PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".gif")
CLIPS = (".mp4", ".webm", ".mov", ".m4v")
"""What files are called that can be used; their first bytes say what they are."""


def painter(model: str) -> Painter:
    """Return a workflow that paints.

    Parameters
    ----------
    model : str
        ``sdxl``, or the path of a file; ``sdxl@768`` for smaller pictures.

    Raises
    ------
    InvalidInput
        If there is none of this name, or it cannot be used.
    """
    return Painter(load_workflow(model, role="image"))


def camera(model: str) -> Camera:
    """Return a workflow that films: ``wan``, ``svd``, or the path of a file; see `painter`."""
    return Camera(load_workflow(model, role="video"))


class _Model:
    """A workflow at a server."""

    usual_patience: ClassVar[Patience]
    parallel = 1
    """The server does one thing after the other; another one would only wait."""

    def __init__(
        self,
        workflow: Workflow,
        *,
        patience: Patience | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.name = workflow.name
        self._workflow = workflow
        self._server = Server(workflow.name)
        self._patience = patience or self.usual_patience
        self._sleep = sleep

    def _make(self, values: Mapping[str, Value], *, endings: Collection[str]) -> tuple[str, str]:
        """Have a workflow done; return its id, and where the file is that it made."""
        named = {"output_name": f"mvkit/{uuid.uuid4().hex}", **values}
        prompt_id = self._server.submit(self._workflow.filled(named))
        outputs = follow(self._server, prompt_id, self._patience, name=self.name, sleep=self._sleep)
        return prompt_id, self._url_of(outputs, endings)

    def _url_of(self, outputs: Mapping[str, Any], endings: Collection[str]) -> str:
        """Return where the last file is that was made for keeping, or else to be looked at."""
        files = list(_files(outputs))
        fitting = [file for file in files if _ending(file) in endings]
        kept = [file for file in fitting if file.get("type") == "output"] or fitting
        if not kept:
            made = ", ".join(str(file["filename"]) for file in files) or "nothing"
            raise ProviderFailed(
                f"{self.name} saved {made}; expected a file that ends in {' or '.join(endings)}, "
                "so let the workflow save one.",
                reason="NOTHING",
                retryable=False,
            )
        chosen = kept[-1]
        return self._server.view_url(
            filename=chosen["filename"],
            subfolder=str(chosen.get("subfolder") or ""),
            kind=str(chosen.get("type") or "output"),
        )

    def _saved(self, save: Callable[..., None], url: str, target: Path) -> None:
        """Download a file; what does not come whole may be made again, at no cost."""
        try:
            save(url, target, own_origin=self._server.origin)
        except OutcomeUnknown as error:
            raise ProviderFailed(error.message, reason=error.reason) from error


class Painter(_Model):
    """Paints by a workflow.

    Parameters
    ----------
    workflow : Workflow
        What is done at the server.
    patience : Patience, optional
        How long it is waited for.
    sleep : callable
        Waits, in seconds.
    """

    usual_patience = Patience(work_s=PICTURE_MOST_S)

    def paint(self, request: PictureRequest, target: Path) -> Delivery:
        """Paint a picture; see :class:`mvkit.providers.base.ImageModel`."""
        width, height = size_of(
            self._workflow, width_px=request.width_px, height_px=request.height_px
        )
        values: dict[str, Value] = {
            "prompt": request.prompt,
            "negative_prompt": request.negative_prompt,
            "seed": request.seed,
            "width": width,
            "height": height,
        }
        prompt_id, url = self._make(values, endings=PICTURES)
        self._saved(save_picture, url, target)
        return Delivery(model=self.name, provider_id=prompt_id)


class Camera(_Model):
    """Films by a workflow; see `Painter`."""

    usual_patience = Patience(work_s=CLIP_MOST_S)
    films_final_form = False

    def __init__(
        self,
        workflow: Workflow,
        *,
        patience: Patience | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__(workflow, patience=patience, sleep=sleep)
        self.wants_keyframe = "start_image" in workflow.placeholders
        self.goes_on = self.wants_keyframe

    def film(self, request: ClipRequest, target: Path) -> Delivery:
        """Film a clip; see :class:`mvkit.providers.base.VideoModel`."""
        workflow = self._workflow
        width, height = size_of(workflow, width_px=request.width_px, height_px=request.height_px)
        values: dict[str, Value] = {
            "prompt": request.prompt.prompt,
            "negative_prompt": request.prompt.negative_prompt,
            "seed": request.prompt.seed,
            "width": width,
            "height": height,
            "n_frames": n_frames_for(len(request.frames) / FPS, fps=workflow.fps),
            "fps": round(workflow.fps),
        }
        if self.wants_keyframe:
            values["start_image"] = self._server.upload(self._start_of(request))
        prompt_id, url = self._make(values, endings=CLIPS)
        self._saved(save_clip, url, target)
        return Delivery(model=self.name, provider_id=prompt_id)

    def _start_of(self, request: ClipRequest) -> Path:
        if request.keyframe is None or not request.keyframe.is_file():
            raise InvalidInput(
                f"{self.name} starts from a picture, and there is none. Choose a model for "
                "pictures (MVKIT_IMAGE) that makes some, or a workflow that films from words.",
                reason="KEYFRAME",
            )
        return request.keyframe


def _files(outputs: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield what was saved, node by node, under whatever name a node tells it.

    ComfyUI's own nodes tell pictures and clips alike as ``images``, others clips as ``gifs`` or
    ``videos``.
    """
    for told in outputs.values():
        for listed in told.values() if isinstance(told, dict) else ():
            for each in listed if isinstance(listed, list) else ():
                if isinstance(each, dict) and isinstance(each.get("filename"), str):
                    yield each


def _ending(file: Mapping[str, Any]) -> str:
    return PurePosixPath(file["filename"]).suffix.lower()
