"""Who can make a film: the models of each role, and what they mostly cost."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from mvkit import providers
from mvkit.errors import MvkitError
from mvkit.estimate import TYPICAL_CLIP_S
from mvkit.providers.base import PaidModel
from mvkit.settings import get_settings


@dataclass(frozen=True, kw_only=True)
class Maker:
    """Somebody who paints or films.

    Attributes
    ----------
    name : str
        As in the settings, ``provider`` or ``provider:model``.
    usd : Decimal or None
        What a picture or a clip of typical length mostly costs; None for nothing.
    """

    name: str
    usd: Decimal | None = None

    @property
    def price(self) -> str:
        """What it costs, in words."""
        return "free" if self.usd is None else f"about ${self.usd:.2f} each"


def painters() -> tuple[Maker, ...]:
    """Return who can paint the references, the settings' own choice first."""
    return _makers(
        get_settings().image,
        (providers.IMAGE_MODELS, providers.PAID_IMAGE_MODELS),
        providers.paid_image_model,
        seconds=0.0,
    )


def cameras() -> tuple[Maker, ...]:
    """Return who can film the clips, the settings' own choice first."""
    return _makers(
        get_settings().video,
        (providers.VIDEO_MODELS, providers.PAID_VIDEO_MODELS),
        providers.paid_video_model,
        seconds=TYPICAL_CLIP_S,
    )


def _makers(
    default: str,
    registries: Iterable[Iterable[str]],
    open_paid: Callable[[str], PaidModel[Any] | None],
    *,
    seconds: float,
) -> tuple[Maker, ...]:
    found = {default: _maker(default, open_paid(default), seconds=seconds)}
    # Asking for the first has imported the plugins, which add to the registries.
    for name in [name for registry in registries for name in registry if name not in found]:
        with suppress(MvkitError):  # one that wants a model named, or a key it has not got
            found[name] = _maker(name, open_paid(name), seconds=seconds)
    return tuple(found.values())


def _maker(name: str, paid: PaidModel[Any] | None, *, seconds: float) -> Maker:
    return Maker(name=name, usd=paid.typical_usd(seconds=seconds) if paid else None)
