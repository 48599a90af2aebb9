"""What a minute of song costs by role, and how sure that is.

Prices are those of a song of usual length, as a short one has as many pictures as a long one.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from mvkit.errors import InvalidInput
from mvkit.estimate import (
    TYPICAL_SONG_S,
    Rates,
    count_clips,
    estimate_at,
    planning_rate,
)
from mvkit.providers.catalog import Offer, find_offer, list_offers
from mvkit.providers.catalog.entry import Role
from mvkit.providers.transcribers import hearing_price
from mvkit.purse.makers import Maker, camera_named, camera_of, painter_named, painter_of
from mvkit.settings import get_settings

SONG_MINUTES = Decimal(TYPICAL_SONG_S) / 60
PICTURE_USD = Decimal("0.01")
"""What a picture should not cost more than (product document, module 5)."""


def pictures_usd(name: str) -> Decimal:
    """Return what the pictures for a minute of song cost, keyframes of the chosen camera included.

    Raises
    ------
    InvalidInput
        If one of the models is not known.
    """
    rates = Rates(
        picture_usd=_painter(name).picture_usd,
        wants_keyframe=_camera(get_settings().video).wants_keyframe,
    )
    return estimate_at(rates, song_s=TYPICAL_SONG_S).usd / SONG_MINUTES


def clips_usd(name: str) -> Decimal:
    """Return what the clips for a minute of song cost; see :func:`pictures_usd`."""
    rates = Rates(clip_usd=_camera(name).usd_of)
    return estimate_at(rates, song_s=TYPICAL_SONG_S).usd / SONG_MINUTES


def planning_usd(name: str) -> Decimal:
    """Return what planning a minute of song costs; see :func:`pictures_usd`."""
    return planning_rate(name)(count_clips(TYPICAL_SONG_S)) / SONG_MINUTES


def hearing_usd(name: str) -> Decimal:
    """Return what hearing a minute of song costs; see :func:`pictures_usd`."""
    return hearing_price(name)(TYPICAL_SONG_S) / SONG_MINUTES


def notes_on_price(name: str, *, role: Role) -> Iterator[str]:
    """Yield what is to be said of the price of a model of the catalogue's.

    Parameters
    ----------
    name : str
        The model, as in the settings.
    role : {'image', 'video'}
        What it does.
    """
    offer = _offer(name, role=role)
    if offer is None:
        return
    origin = offer.entry.prices_from
    if origin.confidence != "high":
        since = f" of {origin.as_of}" if origin.as_of else ""
        yield (
            f"The price of {name} is not confirmed ({origin.source}{since}); look it up, and set "
            f'it right in mvkit.toml, [models."{offer.entry.name}"].'
        )
    picture_usd = offer.typical_usd(seconds=0.0) if role == "image" else Decimal()
    if picture_usd > PICTURE_USD:
        cheapest = min(list_offers(role="image"), key=lambda other: other.typical_usd(seconds=0.0))
        yield (
            f"A picture by {name} costs ${picture_usd:.3f}; "
            f"{cheapest.entry.name} paints one for ${cheapest.typical_usd(seconds=0.0):.3f}."
        )


def _offer(name: str, *, role: Role) -> Offer | None:
    try:
        return find_offer(name, role=role)
    except InvalidInput:  # a model that is not the catalogue's has no entry
        return None


def _painter(name: str) -> Maker:
    return painter_named(name, map(painter_of, list_offers(role="image")))


def _camera(name: str) -> Maker:
    return camera_named(name, map(camera_of, list_offers(role="video")))
