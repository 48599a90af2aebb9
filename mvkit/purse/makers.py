"""Who could paint and film, and what a picture and a clip of theirs cost."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from mvkit.estimate import free
from mvkit.providers import paid_image_model, paid_video_model
from mvkit.providers.base import PaidModel
from mvkit.providers.catalog import Offer

FOR_EVER_S = 1e6


@dataclass(frozen=True, kw_only=True)
class Maker:
    """Somebody who paints or films.

    Attributes
    ----------
    name : str
        As in the settings.
    usd_of : callable
        What a picture (0 s) or a clip of so many seconds mostly costs.
    wants_keyframe : bool
        Whether each of its clips has to start from a picture.
    offer : Offer or None
        As the catalogue has it; None for a model that is not in it.
    """

    name: str
    usd_of: Callable[[float], Decimal] = free
    wants_keyframe: bool = False
    offer: Offer | None = None

    @property
    def picture_usd(self) -> Decimal:
        """What a picture mostly costs."""
        return self.usd_of(0.0)

    @property
    def model(self) -> str:
        """Which model it is, whatever its variant."""
        return self.name.partition("@")[0]

    @property
    def called(self) -> str:
        """What to call it in a sentence."""
        provider, _, model = self.model.partition(":")
        return "our studio" if provider == "studio" else model or provider

    @property
    def variant(self) -> str:
        """Which variant of the model it is; empty for one that has none."""
        return self.name.partition("@")[2]

    @property
    def longest_s(self) -> float:
        """How long its longest clip is; 0 where nobody knows."""
        return self.offer.duration_for(FOR_EVER_S).seconds if self.offer else 0.0


STUDIO = Maker(name="studio")


def painter_of(offer: Offer) -> Maker:
    """Return who paints at an offer."""
    return Maker(name=offer.name, usd_of=lambda _: offer.typical_usd(seconds=0.0), offer=offer)


def camera_of(offer: Offer) -> Maker:
    """Return who films at an offer; what is sold may be longer than what is needed."""

    def usd_of(needed_s: float) -> Decimal:
        return offer.typical_usd(seconds=offer.duration_for(needed_s).seconds)

    return Maker(
        name=offer.name, usd_of=usd_of, wants_keyframe=offer.entry.wants_keyframe, offer=offer
    )


def painter_named(name: str, painters: Iterable[Maker]) -> Maker:
    """Return a painter by its name in the settings; the first variant where none is named.

    Raises
    ------
    InvalidInput
        If no provider has this name.
    """
    return _named(name, painters) or _registered(name, paid_image_model(name))


def camera_named(name: str, cameras: Iterable[Maker]) -> Maker:
    """Return who films by its name in the settings; see :func:`painter_named`."""
    return _named(name, cameras) or _registered(name, paid_video_model(name))


def _named(name: str, makers: Iterable[Maker]) -> Maker | None:
    return next((maker for maker in makers if name in (maker.name, maker.model)), None)


def _registered(name: str, paid: PaidModel[Any] | None) -> Maker:
    """Return a maker that is not in the catalogue, at the price that it tells itself."""
    if paid is None:
        return Maker(name=name)
    return Maker(
        name=name,
        usd_of=lambda seconds: paid.typical_usd(seconds=seconds),
        wants_keyframe=paid.wants_keyframe,
    )
