"""Who does the generating: registries of models by name.

A name is ``provider`` or ``provider:model``; settings and briefs use it. To add a provider, write
one module with a class that can do what :mod:`mvkit.providers.base` asks for, and one line here:
free models do their work themselves, paid ones take an order and deliver later, and all of money
is done for them. A module outside mvkit adds its line when it is imported, and is imported where
``MVKIT_PLUGINS`` names it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from mvkit.errors import InvalidInput
from mvkit.providers.base import ClipRequest, ImageModel, PaidModel, PictureRequest, VideoModel
from mvkit.providers.chat import ChatModel, Writer
from mvkit.providers.plugins import import_plugins
from mvkit.run import Run
from mvkit.settings import get_settings

M = TypeVar("M")


def _studio_painter(_model: str) -> ImageModel:
    from mvkit.providers.studio import StudioPainter

    return StudioPainter()


def _studio_camera(model: str) -> VideoModel:
    from mvkit.providers.studio import DEFAULT_HEIGHT_PX, StudioCamera

    if model and not model.isdecimal():
        raise InvalidInput(f"studio:{model} is not known; expected a height, as in studio:720.")
    return StudioCamera(height_px=int(model or DEFAULT_HEIGHT_PX))


def _stills_camera(model: str) -> VideoModel:
    from mvkit.providers.stills import StillsCamera

    if model:
        raise InvalidInput(f"stills:{model} is not known; expected stills alone.")
    return StillsCamera()


def _diffusers_painter(model: str) -> ImageModel:
    from mvkit.providers.diffusers import DiffusersPainter

    return DiffusersPainter(model)


def _diffusers_camera(model: str) -> VideoModel:
    from mvkit.providers.diffusers import DiffusersCamera

    return DiffusersCamera(model)


def _comfyui_painter(model: str) -> ImageModel:
    from mvkit.providers.comfyui import painter

    return painter(model)


def _comfyui_camera(model: str) -> VideoModel:
    from mvkit.providers.comfyui import camera

    return camera(model)


def _replicate_painter(model: str) -> PaidModel[PictureRequest]:
    from mvkit.providers.replicate import painter

    return painter(model)


def _replicate_camera(model: str) -> PaidModel[ClipRequest]:
    from mvkit.providers.replicate import camera

    return camera(model)


def _openai_chat(model: str) -> ChatModel:
    from mvkit.providers.openai.chat import OpenAIChat

    return OpenAIChat(model)


IMAGE_MODELS: dict[str, Callable[[str], ImageModel]] = {
    "studio": _studio_painter,
    "comfyui": _comfyui_painter,
    "diffusers": _diffusers_painter,
}
"""Who paints references for nothing, by provider; called with the model's name."""

VIDEO_MODELS: dict[str, Callable[[str], VideoModel]] = {
    "studio": _studio_camera,
    "stills": _stills_camera,
    "comfyui": _comfyui_camera,
    "diffusers": _diffusers_camera,
}
"""Who films clips for nothing, by provider; called with the model's name."""

PAID_IMAGE_MODELS: dict[str, Callable[[str], PaidModel[PictureRequest]]] = {
    "replicate": _replicate_painter
}
"""Who paints references for money, by provider; called with the model's name."""

PAID_VIDEO_MODELS: dict[str, Callable[[str], PaidModel[ClipRequest]]] = {
    "replicate": _replicate_camera
}
"""Who films clips for money, by provider; called with the model's name."""

CHAT_MODELS: dict[str, Callable[[str], ChatModel]] = {"openai": _openai_chat}
"""Who plans films in words, by provider; called with the model's name."""


def image_model(name: str, *, run: Run | None = None) -> ImageModel:
    """Return the model that paints references.

    Parameters
    ----------
    name : str
        ``provider`` or ``provider:model``.
    run : Run, optional
        Whose account pays; a free model needs none.

    Raises
    ------
    InvalidInput
        If no provider has this name, or a paid model has no run to pay from.
    """
    paid = paid_image_model(name)
    if paid is None:
        return _open(IMAGE_MODELS, name)
    from mvkit.providers.purchase import PaidPainter

    return PaidPainter(paid, _payer(run, name))


def video_model(name: str, *, run: Run | None = None) -> VideoModel:
    """Return the model that films clips; see :func:`image_model`."""
    paid = paid_video_model(name)
    if paid is None:
        return _open(VIDEO_MODELS, name)
    from mvkit.providers.purchase import PaidCamera

    return PaidCamera(paid, _payer(run, name))


def writer(name: str, *, run: Run) -> Writer:
    """Return the language model that plans with the director, paid from a run's account.

    Raises
    ------
    InvalidInput
        If no provider has this name, or it cannot be used as things are: the message says why.
    """
    import_plugins()
    if name.partition(":")[0] not in CHAT_MODELS:
        raise InvalidInput(
            f"No provider for the role 'planner' is called '{name}'; known are "
            f"{', '.join(['director', *CHAT_MODELS])}. Set MVKIT_PLANNER to one of them, as in "
            "openai:gpt-6-luna.",
            reason="UNKNOWN_PROVIDER",
        )
    from mvkit.providers.metered import PaidWriter

    return PaidWriter(_open(CHAT_MODELS, name), run)


def carries_shots_on(name: str) -> bool:
    """Tell whether who films can go on in one shot from clip to clip; False if nobody can tell.

    Parameters
    ----------
    name : str
        ``provider`` or ``provider:model``.
    """
    try:
        model = paid_video_model(name) or video_model(name)
    except InvalidInput:  # it cannot be used here, or now
        return False
    return model.goes_on


def fallback_model(name: str, *, run: Run) -> VideoModel | None:
    """Return who films what a model cannot make, before the stand-in does; None for nobody.

    A fallback that costs money only helps where money is spent already: a film that was promised
    for nothing stays free. A model is no fallback for itself.

    Parameters
    ----------
    name : str
        The model that was chosen to film.
    run : Run
        Whose account pays.

    Raises
    ------
    InvalidInput
        If the setting ``video_fallback`` names no model.
    """
    fallback = get_settings().video_fallback
    if not fallback or (paid_video_model(fallback) and not paid_video_model(name)):
        return None
    model = video_model(fallback, run=run)
    return None if model.name == video_model(name, run=run).name else model


def keyframe_painter(run: Run) -> ImageModel | None:
    """Return who paints the pictures that a run's clips start from; None where none of them does.

    Raises
    ------
    InvalidInput
        If a model of the run's is not known.
    """
    brief = run.brief
    cameras = (video_model(brief.video, run=run), fallback_model(brief.video, run=run))
    if any(camera.wants_keyframe for camera in cameras if camera is not None):
        return image_model(brief.image, run=run)
    return None


def stand_in_model(name: str) -> VideoModel | None:
    """Return who films what a model cannot make: the setting's, for paid models; free ones, none.

    Raises
    ------
    InvalidInput
        If the setting ``stand_in`` names no free model.
    """
    stand_in = get_settings().stand_in
    if not stand_in or paid_video_model(name) is None:
        return None
    if paid_video_model(stand_in) is not None:
        raise InvalidInput(
            f"The stand-in {stand_in} costs money; expected a free model such as studio.",
            reason="STAND_IN",
        )
    return _open(VIDEO_MODELS, stand_in)


def paid_image_model(name: str) -> PaidModel[PictureRequest] | None:
    """Return the model that paints for money, as its service sells it, or None if it is free.

    Raises
    ------
    InvalidInput
        If no provider has this name.
    """
    return _open_paid(PAID_IMAGE_MODELS, IMAGE_MODELS, name, role="image")


def paid_video_model(name: str) -> PaidModel[ClipRequest] | None:
    """Return the model that films for money, or None if it is free; see `paid_image_model`."""
    return _open_paid(PAID_VIDEO_MODELS, VIDEO_MODELS, name, role="video")


def _open_paid(
    paid: Mapping[str, Callable[[str], M]], free: Mapping[str, object], name: str, *, role: str
) -> M | None:
    import_plugins()
    provider = name.partition(":")[0]
    if provider in paid:
        return _open(paid, name)
    if provider in free:
        return None
    raise InvalidInput(
        f"No provider for the role '{role}' is called '{name}'; known are "
        f"{', '.join([*free, *paid])}. Name one of them, as in MVKIT_{role.upper()}=studio.",
        reason="UNKNOWN_PROVIDER",
    )


def _open(models: Mapping[str, Callable[[str], M]], name: str) -> M:
    provider, _, model = name.partition(":")
    return models[provider](model)


def _payer(run: Run | None, name: str) -> Run:
    if run is None:
        raise InvalidInput(
            f"{name} costs money, and there is no run to pay from; name one, as in "
            f"video_model({name!r}, run=run).",
            reason="NO_RUN",
        )
    return run
