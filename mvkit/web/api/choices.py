"""What can be chosen, and what it costs: who paints and films, and an estimate before anything."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from fastapi import APIRouter

from mvkit import providers
from mvkit.errors import MvkitError
from mvkit.estimate import TYPICAL_CLIP_S, estimate
from mvkit.providers.base import PaidModel
from mvkit.settings import get_settings
from mvkit.web.api.bodies import SmallBodyRoute
from mvkit.web.api.errors import problems
from mvkit.web.api.identity import Reader, Writer
from mvkit.web.api.models import EstimateWish, ModelFacts, Models, Quote, RoleFacts

Sellers = Mapping[str, Callable[[str], PaidModel[Any]]]

router = APIRouter(tags=["choices"], route_class=SmallBodyRoute)


@router.get("/models", responses=problems(401))
def list_models(user: Reader) -> Models:  # noqa: ARG001 - whoever is logged in
    """List who can paint references and film clips, and what they typically cost."""
    settings = get_settings()
    providers.paid_image_model("studio")  # brings in the plugins, which register their own
    return Models(
        image=RoleFacts(
            default=settings.image,
            models=tuple(_models(providers.IMAGE_MODELS, providers.PAID_IMAGE_MODELS, seconds=0.0)),
        ),
        video=RoleFacts(
            default=settings.video,
            models=tuple(
                _models(providers.VIDEO_MODELS, providers.PAID_VIDEO_MODELS, seconds=TYPICAL_CLIP_S)
            ),
        ),
    )


@router.post("/estimate", responses=problems(401, 403, 413))
def estimate_film(wish: EstimateWish, user: Writer) -> Quote:  # noqa: ARG001
    """Tell what a film will typically cost, before anything is spent."""
    settings = get_settings()
    image, video = wish.image or settings.image, wish.video or settings.video
    found = estimate(image=image, video=video, song_s=wish.duration_s)
    by_length_usd = settings.budget_usd_per_minute * Decimal(str(wish.duration_s)) / 60
    return Quote(
        image=image,
        video=video,
        n_pictures=found.n_pictures,
        n_clips=found.n_clips,
        usd=float(found.usd),
        limit_usd=float(min(by_length_usd, settings.budget_usd_most)),
    )


def _models(free: Iterable[str], sellers: Sellers, *, seconds: float) -> Iterable[ModelFacts]:
    for name in free:
        yield ModelFacts(name=name, free=True, needs_model=False, typical_usd=0.0)
    for name, seller in sellers.items():
        typical_usd = _typical_usd(seller, seconds=seconds)
        yield ModelFacts(
            name=name, free=False, needs_model=typical_usd is None, typical_usd=typical_usd
        )


def _typical_usd(seller: Callable[[str], PaidModel[Any]], *, seconds: float) -> float | None:
    """Return what a provider takes if no model is named; None if one has to be."""
    try:
        return float(seller("").typical_usd(seconds=seconds))
    except MvkitError:
        return None
