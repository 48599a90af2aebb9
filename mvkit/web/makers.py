"""Who can make a film: the models of each role, and what they mostly cost."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from mvkit import providers
from mvkit.errors import MvkitError
from mvkit.estimate import TYPICAL_CLIP_S
from mvkit.providers.base import PaidModel
from mvkit.providers.catalog import Offer, list_offers
from mvkit.providers.catalog.entry import Role
from mvkit.providers.keys import has_key
from mvkit.providers.replicate.failures import KEY_VARIABLE
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
    needs_model : bool
        Whether a model has to be named with it, as ``provider:model``.
    """

    name: str
    usd: Decimal | None = None
    needs_model: bool = False

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
        role="image",
        seconds=0.0,
    )


def cameras() -> tuple[Maker, ...]:
    """Return who can film the clips, the settings' own choice first."""
    return _makers(
        get_settings().video,
        (providers.VIDEO_MODELS, providers.PAID_VIDEO_MODELS),
        providers.paid_video_model,
        role="video",
        seconds=TYPICAL_CLIP_S,
    )


def _makers(
    default: str,
    registries: Iterable[Iterable[str]],
    open_paid: Callable[[str], PaidModel[Any] | None],
    *,
    role: Role,
    seconds: float,
) -> tuple[Maker, ...]:
    first = _priced(default, open_paid(default), seconds=seconds)
    # Asking for the first has imported the plugins, which add to the registries.
    names = dict.fromkeys(name for registry in registries for name in registry)
    others = (_maker(name, open_paid, seconds=seconds) for name in names)
    listed = (_priced(offer.name, offer, seconds=seconds) for offer in _offers(role))
    found = {maker.name: maker for maker in (first, *others, *listed)}
    return tuple(found.values())


def _offers(role: Role) -> tuple[Offer, ...]:
    """Return what the catalogue has for a role, where there is a key to order it with."""
    return list_offers(role=role) if has_key(KEY_VARIABLE) else ()


def _maker(
    name: str, open_paid: Callable[[str], PaidModel[Any] | None], *, seconds: float
) -> Maker:
    try:
        paid = open_paid(name)
    except MvkitError:
        return Maker(name=name, needs_model=True)
    return _priced(name, paid, seconds=seconds)


def _priced(name: str, paid: PaidModel[Any] | Offer | None, *, seconds: float) -> Maker:
    return Maker(name=name, usd=paid.typical_usd(seconds=seconds) if paid else None)
