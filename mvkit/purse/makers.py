"""Who could paint, film, plan and listen, and what that costs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from mvkit.estimate import free, planning_rate, wants_keyframe
from mvkit.providers import paid_image_model, paid_video_model
from mvkit.providers.base import PaidModel
from mvkit.providers.catalog import Offer
from mvkit.providers.planners import DIRECTOR
from mvkit.providers.transcribers import NOBODY, hearing_price

FOR_EVER_S = 1e6


@dataclass(frozen=True, kw_only=True)
class Maker:
    """Somebody who paints, films, plans or listens.

    Attributes
    ----------
    name : str
        As in the settings.
    usd_of : callable
        What a picture (0 s), a clip or a song of so many seconds, or a plan for so many clips
        mostly costs.
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
        return CALLED.get(provider) or model or provider

    @property
    def variant(self) -> str:
        """Which variant of the model it is; empty for one that has none."""
        return self.name.partition("@")[2]

    @property
    def longest_s(self) -> float:
        """How long its longest clip is; 0 where nobody knows."""
        return self.offer.duration_for(FOR_EVER_S).seconds if self.offer else 0.0


STUDIO = Maker(name="studio")
STILLS = Maker(name="stills", wants_keyframe=True)
"""Films nothing: it moves a picture for each clip, and the pictures are what costs."""
OUR_DIRECTOR, NO_LISTENER = Maker(name=DIRECTOR), Maker(name=NOBODY)
CALLED = {STUDIO.name: "our studio", STILLS.name: "moved pictures", DIRECTOR: "our director"}


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
    if found := _named(name, cameras):
        return found
    if paid := paid_video_model(name):
        return _registered(name, paid)
    return Maker(name=name, wants_keyframe=wants_keyframe(name))


def planner_named(name: str) -> Maker:
    """Return who plans by its name in the settings; see :func:`painter_named`."""
    usd_of = planning_rate(name)
    return Maker(name=name, usd_of=lambda n_clips: usd_of(round(n_clips)))


def listener_named(name: str) -> Maker:
    """Return who listens by its name in the settings; see :func:`painter_named`."""
    return Maker(name=name or NOBODY, usd_of=hearing_price(name))


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
