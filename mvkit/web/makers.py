"""Who can make a film: the models of each role, and what they mostly cost."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from mvkit import providers
from mvkit.errors import MvkitError
from mvkit.estimate import TYPICAL_CLIP_S, TYPICAL_SONG_S, count_clips, planning_rate
from mvkit.providers.base import PaidModel
from mvkit.providers.catalog import Offer, list_offers
from mvkit.providers.catalog.entry import Role
from mvkit.providers.keys import has_key
from mvkit.providers.planners import DIRECTOR
from mvkit.providers.replicate.failures import KEY_VARIABLE
from mvkit.providers.transcribers import (
    HEARING_PRICES,
    NOBODY,
    TRANSCRIBERS,
    hearing_price,
    transcriber,
)
from mvkit.purse.makers import STILLS
from mvkit.settings import get_settings

WHISPER = "whisper"
OPENAI_VARIABLES = ("OPENAI_API_KEY", "OPENAI_BASE_URL")
ADDRESSES = {"comfyui": "COMFYUI_URL"}
"""Servers of one's own, which are offered where the environment says where they are."""
NAMELESS = frozenset({"diffusers"})
"""Free providers with no model of their own."""
CENT = Decimal("0.01")
MINUTE_S = 60.0


@dataclass(frozen=True, kw_only=True)
class Maker:
    """Somebody who paints, films, plans or listens.

    Attributes
    ----------
    name : str
        As in the settings, ``provider`` or ``provider:model``.
    usd : Decimal or None
        What mostly costs so much ``per``: a picture, a clip of typical length, the plan of a film
        of three minutes, a minute of song; None for nothing.
    per : str
        What the price is for, in words.
    needs_model : bool
        Whether a model has to be named with it, as ``provider:model``.
    note : str
        What to say where there is no price to say.
    """

    name: str
    usd: Decimal | None = None
    per: str = "each"
    needs_model: bool = False
    note: str = "free"

    @property
    def price(self) -> str:
        """What it costs, in words."""
        if self.usd is None:
            return self.note
        return (
            f"about ${self.usd:.2f} {self.per}" if self.usd >= CENT else f"under $0.01 {self.per}"
        )


def about_usd(usd: Decimal) -> str:
    """Return an estimated amount for people: ``about $1.50``, and ``under $0.01``."""
    return f"about ${usd:.2f}" if usd >= CENT else f"under ${CENT}"


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
    """Return who can film the clips, the settings' own choice first.

    Who moves pictures instead is among them where pictures can be bought.
    """
    found = _makers(
        get_settings().video,
        (providers.VIDEO_MODELS, providers.PAID_VIDEO_MODELS),
        providers.paid_video_model,
        role="video",
        seconds=TYPICAL_CLIP_S,
    )
    buys_pictures = any(maker.usd for maker in painters())
    return tuple(
        maker for maker in found if maker.name != STILLS.name or maker is found[0] or buys_pictures
    )


def planners() -> tuple[Maker, ...]:
    """Return who can plan the film, the settings' own choice first."""
    default = _planner(get_settings().planner)
    return _each_once(
        default,
        Maker(name=DIRECTOR),
        *map(_planner, _chats()),
        *(Maker(name=provider, needs_model=True) for provider in providers.CHAT_MODELS),
    )


def listeners() -> tuple[Maker, ...]:
    """Return who can hear the words that are sung, the settings' own choice first."""
    default = _listener(get_settings().transcriber or NOBODY)
    return _each_once(
        default,
        _listener(NOBODY),
        *_listening_here(),
        *map(_listener, _ears()),
        *(Maker(name=provider, needs_model=True) for provider in HEARING_PRICES),
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
    there = (name for name in names if name not in ADDRESSES or has_key(ADDRESSES[name]))
    others = (_maker(name, open_paid, seconds=seconds) for name in there)
    listed = (_priced(offer.name, offer, seconds=seconds) for offer in _offers(role))
    return _each_once(first, *others, *listed)


def _each_once(*makers: Maker) -> tuple[Maker, ...]:
    """Return makers by name, each where it comes first and as it was told first."""
    by_name: dict[str, Maker] = {}
    for maker in makers:
        by_name.setdefault(maker.name, maker)
    return tuple(by_name.values())


def _offers(role: Role) -> tuple[Offer, ...]:
    """Return what the catalogue has for a role, where there is a key to order it with."""
    return list_offers(role=role) if has_key(KEY_VARIABLE) else ()


def _maker(
    name: str, open_paid: Callable[[str], PaidModel[Any] | None], *, seconds: float
) -> Maker:
    if name in NAMELESS:
        return Maker(name=name, needs_model=True)
    try:
        paid = open_paid(name)
    except MvkitError:
        return Maker(name=name, needs_model=True)
    return _priced(name, paid, seconds=seconds)


def _priced(name: str, paid: PaidModel[Any] | Offer | None, *, seconds: float) -> Maker:
    if paid is None:
        return Maker(name=name, note="one picture each" if name == STILLS.name else "free")
    return Maker(name=name, usd=paid.typical_usd(seconds=seconds))


def _planner(name: str) -> Maker:
    usd = planning_rate(name)(count_clips(TYPICAL_SONG_S))
    return Maker(name=name, usd=usd or None, per="a film")


def _listener(name: str) -> Maker:
    notes = {NOBODY: "only lyrics you give", WHISPER: "free, on this machine"}
    usd = hearing_price(name)(MINUTE_S)
    return Maker(name=name, usd=usd or None, per="a minute", note=notes.get(name, "free"))


def _listening_here() -> Iterator[Maker]:
    """Yield who listens for nothing and can, as things are."""
    for provider in TRANSCRIBERS:
        if provider not in HEARING_PRICES and _can_listen(provider):
            yield _listener(provider)


def _can_listen(name: str) -> bool:
    try:
        transcriber(name)
    except MvkitError:  # something is not installed
        return False
    return True


def _chats() -> tuple[str, ...]:
    if not _speaks_openai():
        return ()
    from mvkit.providers.openai.quotes import list_chats

    return list_chats(date.today())


def _ears() -> tuple[str, ...]:
    if not _speaks_openai():
        return ()
    from mvkit.providers.openai.quotes import list_ears

    return list_ears(date.today())


def _speaks_openai() -> bool:
    """Whether a service may be there; if not, its library need not be loaded, which is large."""
    return any(map(has_key, OPENAI_VARIABLES))
