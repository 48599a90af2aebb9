"""Who does the generating: a registry of models by name.

A name is ``provider`` or ``provider:model``; settings and briefs use it. To add a provider, write
one module with a class that can do what :mod:`mvkit.providers.base` asks for, and one line here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from mvkit.errors import InvalidInput
from mvkit.providers.base import ImageModel, VideoModel

M = TypeVar("M")


def _studio_painter(_model: str) -> ImageModel:
    from mvkit.providers.studio import StudioPainter

    return StudioPainter()


def _studio_camera(model: str) -> VideoModel:
    from mvkit.providers.studio import DEFAULT_HEIGHT_PX, StudioCamera

    if model and not model.isdecimal():
        raise InvalidInput(f"studio:{model} is not known; expected a height, as in studio:720.")
    return StudioCamera(height_px=int(model or DEFAULT_HEIGHT_PX))


IMAGE_MODELS: dict[str, Callable[[str], ImageModel]] = {"studio": _studio_painter}
"""Who can paint references, by provider; called with the model's name."""

VIDEO_MODELS: dict[str, Callable[[str], VideoModel]] = {"studio": _studio_camera}
"""Who can film clips, by provider; called with the model's name."""


def image_model(name: str) -> ImageModel:
    """Return the model that paints references.

    Raises
    ------
    InvalidInput
        If no provider has this name.
    """
    return _open(IMAGE_MODELS, name, role="image")


def video_model(name: str) -> VideoModel:
    """Return the model that films clips.

    Raises
    ------
    InvalidInput
        If no provider has this name.
    """
    return _open(VIDEO_MODELS, name, role="video")


def _open(models: Mapping[str, Callable[[str], M]], name: str, *, role: str) -> M:
    provider, _, model = name.partition(":")
    if provider not in models:
        raise InvalidInput(
            f"No provider for the role '{role}' is called '{name}'; known are "
            f"{', '.join(models)}. Set MVKIT_{role.upper()} to one of them.",
            reason="UNKNOWN_PROVIDER",
        )
    return models[provider](model)
