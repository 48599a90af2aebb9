"""Our request, put into a model's own inputs.

What a model cannot take is left out: the prompt of one that takes none, references beyond its
number, a negative prompt where there is no input for it. What it must have and has not got is an
error before anything is paid.

Contents
--------
Order, picture_order, clip_order
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path

from mvkit.errors import InvalidInput
from mvkit.providers.base import ClipRequest, PictureRequest
from mvkit.providers.catalog.entry import Aspect, JsonScalar, Size
from mvkit.providers.catalog.offer import Offer
from mvkit.timing import FPS


@dataclass(frozen=True)
class Order:
    """What to send to a model.

    Attributes
    ----------
    values : dict
        Inputs that are plain values.
    files : dict
        Inputs that are files, in their order.
    lists : frozenset of str
        The inputs among ``files`` that take a list, even of one.
    """

    values: dict[str, JsonScalar]
    files: dict[str, tuple[Path, ...]] = field(default_factory=dict)
    lists: frozenset[str] = frozenset()


def picture_order(offer: Offer, request: PictureRequest) -> Order:
    """Return the inputs for a picture.

    A model that takes references gets them; one that paints over a picture gets the first.

    Raises
    ------
    InvalidInput
        If the model needs a picture to start from and there is none (``KEYFRAME``).
    """
    start = None if offer.entry.takes_references else next(iter(request.references), None)
    return Order(
        values={
            **_values(
                offer,
                prompt=request.prompt,
                negative_prompt=request.negative_prompt,
                seed=request.seed,
            ),
            **_shape(offer, request.width_px, request.height_px),
        },
        files=_files(offer, start=start, references=request.references),
        lists=_lists(offer),
    )


def clip_order(offer: Offer, request: ClipRequest) -> Order:
    """Return the inputs for a clip, of the shortest length on sale that covers it.

    Raises
    ------
    InvalidInput
        If the model films only from a picture and there is none (``KEYFRAME``).
    """
    choice = offer.duration_for(len(request.frames) / FPS)
    return Order(
        values={
            **_values(
                offer,
                prompt=request.prompt.prompt,
                negative_prompt=request.prompt.negative_prompt,
                seed=request.prompt.seed,
            ),
            **_shape(offer, request.width_px, request.height_px),
            **({choice.input: choice.value} if choice.input else {}),
        },
        files=_files(offer, start=request.keyframe, references=request.references),
        lists=_lists(offer),
    )


def _values(offer: Offer, *, prompt: str, negative_prompt: str, seed: int) -> dict[str, JsonScalar]:
    entry = offer.entry
    values = {**entry.fixed, **offer.variant.inputs}
    if entry.prompt:
        values[entry.prompt] = prompt
    if entry.negative_prompt and negative_prompt:
        values[entry.negative_prompt] = negative_prompt
    if entry.seed:
        values[entry.seed] = seed
    return values


def _shape(offer: Offer, width_px: int, height_px: int) -> dict[str, JsonScalar]:
    """Return the inputs for the shape of the picture; what is sold is scaled to size later."""
    entry = offer.entry
    shape: dict[str, JsonScalar] = {}
    if entry.aspect is not None:
        shape[entry.aspect.input] = nearest_aspect(entry.aspect, width_px / height_px)
    if entry.size is not None:
        width, height = size_near(entry.size, width_px / height_px)
        shape |= {entry.size.width: width, entry.size.height: height}
    return shape


def nearest_aspect(aspect: Aspect, ratio: float) -> str:
    """Return the shape on offer that is nearest to a ratio of width to height."""

    def distance(shape: str) -> float:
        width, height = map(int, shape.split(":"))
        return abs(math.log(width / height / ratio))

    return min(aspect.choices, key=distance)


def size_near(size: Size, ratio: float) -> tuple[int, int]:
    """Return width and height of the shape wanted, with about the pixels the model likes."""
    width_px = math.sqrt(size.pixels * ratio)
    sides = (width_px, width_px / ratio)
    width, height = (size.multiple_of * max(1, round(side / size.multiple_of)) for side in sides)
    return width, height


def _files(
    offer: Offer, *, start: Path | None, references: tuple[Path, ...]
) -> dict[str, tuple[Path, ...]]:
    """Return the pictures to send; a start comes before references where both cannot be."""
    entry, files = offer.entry, dict[str, tuple[Path, ...]]()
    if entry.start_image is not None and start is not None:
        files[entry.start_image.input] = (start,)
    elif entry.wants_keyframe:
        raise InvalidInput(
            f"{offer.name} starts from a picture, and there is none. Choose a model for pictures "
            "(MVKIT_IMAGE) that makes some, or one that films from words alone.",
            reason="KEYFRAME",
        )
    slots = entry.reference_images
    excluded = "reference_images" in offer.variant.excludes or (
        slots is not None and bool(files) and "start_image" in slots.excludes
    )
    if slots is not None and references and not excluded:
        files[slots.input] = references[: slots.most]
    return files


def _lists(offer: Offer) -> frozenset[str]:
    slots = offer.entry.reference_images
    return frozenset([slots.input] if slots else [])
