"""Loading models from this machine's disk onto its device, once per process.

A model is a folder with a ``model_index.json``, given as it is or downloaded before
(``hf download owner/name``); nothing is downloaded while a film is made. Only weights in the
safetensors format are read: others are programs, and could do anything.

Contents
--------
Models           what painter and camera load from
LocalModels      the models of this machine; LOCAL is the one of this process
check_installed  whether the packages are there
find_folder      where a model lies
"""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from mvkit.errors import InvalidInput
from mvkit.providers.diffusers.device import best_dtype, place
from mvkit.providers.diffusers.habits import NAME
from mvkit.providers.diffusers.pipeline import DEVICE, Pipeline, is_out_of_memory, out_of_memory

T = TypeVar("T")

PACKAGES = ("torch", "diffusers", "transformers", "accelerate")
INDEX = "model_index.json"
HALF_VARIANT = "fp16"
"""The usual name of weights that are kept in half precision too."""
FROM_PICTURES = {
    "LTXPipeline": "LTXImageToVideoPipeline",
    "LTX2Pipeline": "LTX2ImageToVideoPipeline",
}
"""Pipelines from words whose weights can start from a picture as well, and as what."""


class Models(Protocol):
    """Where models are loaded from."""

    def check(self, model: str) -> None:
        """Make sure that a model could be loaded, as far as is seen without loading it.

        Raises
        ------
        InvalidInput
            If it could not.
        """
        ...

    def camera_class(self, model: str) -> type:
        """Return the class of a model's pipeline for filming, without its weights."""
        ...

    def painters(self, model: str) -> tuple[Pipeline, ...]:
        """Return a model that paints: from words and, if it can, over a picture."""
        ...

    def camera(self, model: str) -> Pipeline:
        """Return a model that films."""
        ...


class _Kept(Generic[T]):
    """What was loaded last, until something else is wanted."""

    def __init__(self) -> None:
        self._held: tuple[str, T] | None = None

    def get(self, model: str, load: Callable[[], T]) -> T:
        with DEVICE:
            if self._held is None or self._held[0] != model:
                self._held = None  # before the next is loaded: there may not be room for two
                gc.collect()
                self._held = model, load()
            return self._held[1]


class LocalModels:
    """The models of this machine: one that paints and one that films are kept loaded."""

    def __init__(self) -> None:
        self._painters: _Kept[tuple[Pipeline, ...]] = _Kept()
        self._cameras: _Kept[Pipeline] = _Kept()

    def check(self, model: str) -> None:
        """See :class:`Models`.

        Raises
        ------
        InvalidInput
            ``NO_PACKAGE``, ``NO_MODEL`` where none is named, ``NO_WEIGHTS`` where it is not here.
        """
        check_installed()
        find_folder(model)

    def camera_class(self, model: str) -> type:
        """See :class:`Models`.

        Raises
        ------
        InvalidInput
            ``UNKNOWN_MODEL`` if diffusers has no pipeline of this class.
        """
        import diffusers

        name = _camera_class_name(_index_of(find_folder(model)))
        kind = getattr(diffusers, name, None)
        if not isinstance(kind, type):
            raise InvalidInput(
                f"{NAME}:{model} is a {name}, which diffusers {diffusers.__version__} does not "
                "know; a newer one may: `pip install -U diffusers`.",
                reason="UNKNOWN_MODEL",
            )
        return kind

    def painters(self, model: str) -> tuple[Pipeline, ...]:
        """See :class:`Models`.

        Raises
        ------
        InvalidInput
            ``NO_WEIGHTS`` if it cannot be loaded.
        ProviderFailed
            ``OUT_OF_MEMORY`` if it is too large.
        """
        return self._painters.get(model, lambda: _load_painters(model))

    def camera(self, model: str) -> Pipeline:
        """See :class:`Models`, and :meth:`painters`."""
        return self._cameras.get(model, lambda: _load_camera(model, self.camera_class(model)))


LOCAL = LocalModels()
"""The models of this process."""


def check_installed() -> None:
    """Make sure that the packages are there.

    Raises
    ------
    InvalidInput
        ``NO_PACKAGE`` if one is not.
    """
    missing = [package for package in PACKAGES if find_spec(package) is None]
    if missing:
        raise InvalidInput(
            f"Models of the provider {NAME} need {', '.join(missing)}, which is not installed; "
            "`pip install -r requirements-local-gpu.txt` installs what they need.",
            reason="NO_PACKAGE",
        )


def find_folder(model: str) -> Path:
    """Return the folder of a model.

    Parameters
    ----------
    model : str
        The folder itself, or a name on Hugging Face that was downloaded before.

    Raises
    ------
    InvalidInput
        ``NO_MODEL`` if none is named, ``NO_WEIGHTS`` if it is not on this machine.
    """
    if not model:
        raise InvalidInput(
            f"The provider {NAME} needs a model's name or folder, as in "
            f"{NAME}:stabilityai/sdxl-turbo.",
            reason="NO_MODEL",
        )
    folder = Path(model).expanduser()
    if (folder / INDEX).is_file():
        return folder
    downloaded = _downloaded(model)
    if downloaded is None:
        raise InvalidInput(
            f"{NAME}:{model} is not on this machine, and nothing is downloaded while a film is "
            f"made: `hf download {model}` fetches a model of Hugging Face once; or give a folder "
            f"that holds {INDEX}.",
            reason="NO_WEIGHTS",
        )
    return downloaded


def _downloaded(model: str) -> Path | None:
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    try:
        index = try_to_load_from_cache(model, INDEX)
    except HFValidationError:  # not a name that anything has there
        return None
    return Path(index).parent if isinstance(index, str) else None


def _index_of(folder: Path) -> dict[str, Any]:
    try:
        index: dict[str, Any] = json.loads((folder / INDEX).read_text(encoding="utf-8"))
    except ValueError as error:
        raise InvalidInput(
            f"{INDEX} of {folder.name} cannot be read: {error}. Download the model again.",
            reason="NO_WEIGHTS",
        ) from error
    return index


def _camera_class_name(index: Mapping[str, Any]) -> str:
    name = str(index.get("_class_name"))
    if index.get("expand_timesteps") and name == "WanPipeline":  # the one of these for both
        return "WanImageToVideoPipeline"
    return FROM_PICTURES.get(name, name)


def _load_painters(model: str) -> tuple[Pipeline, ...]:
    from diffusers import AutoPipelineForImage2Image, AutoPipelineForText2Image

    from_words = _load(model, AutoPipelineForText2Image)
    try:
        over_picture = AutoPipelineForImage2Image.from_pipe(from_words)
    except ValueError:  # it has no such pipeline
        return (_ready(from_words, model),)
    return _ready(from_words, model), _ready(over_picture, model)


def _load_camera(model: str, kind: type) -> Pipeline:
    return _ready(_load(model, kind), model)


def _load(model: str, kind: Any) -> Any:
    """Return a pipeline of the library, in main memory."""
    import torch

    _hush()
    folder = find_folder(model)
    dtype = best_dtype(torch, has_transformer="transformer" in _index_of(folder))
    try:
        return kind.from_pretrained(
            str(folder),
            dtype=dtype,
            variant=_variant(folder, is_half=dtype != torch.float32),
            use_safetensors=True,
            local_files_only=True,
        )
    except Exception as error:  # anything may be wrong with a folder of weights
        if is_out_of_memory(error):
            raise out_of_memory(f"{NAME}:{model}") from error
        raise InvalidInput(
            f"{NAME}:{model} cannot be loaded: {error} Expected a whole model in the format of "
            "diffusers, with weights as safetensors; download it again.",
            reason="NO_WEIGHTS",
        ) from error


def _hush() -> None:
    """Keep the libraries' progress bars and advice out of notebooks; what fails is raised."""
    from diffusers.utils import logging as of_diffusers
    from transformers.utils import logging as of_transformers

    for library in (of_diffusers, of_transformers):
        library.disable_progress_bar()
        library.set_verbosity_error()


def _variant(folder: Path, *, is_half: bool) -> str | None:
    """Return the variant of the weights to read; None for those without a name."""
    weights = {path.name for path in folder.glob("*/*.safetensors")}
    halves = {name for name in weights if f".{HALF_VARIANT}." in name}
    return HALF_VARIANT if halves and (is_half or halves == weights) else None


def _ready(raw: Any, model: str) -> Pipeline:
    """Return a pipeline on the device."""
    import torch

    def seeded(seed: int) -> Any:
        # A generator of the processor's makes the same noise whatever the device is.
        return torch.Generator("cpu").manual_seed(seed)

    raw.set_progress_bar_config(disable=True)
    try:
        place(raw, torch=torch)
    except Exception as error:
        if is_out_of_memory(error):
            raise out_of_memory(f"{NAME}:{model}") from error
        raise
    return Pipeline(raw, name=f"{NAME}:{model}", seeded=seeded)
