"""What can be chosen, and what it costs: who paints and films, and an estimate before anything."""

from __future__ import annotations

from collections.abc import Iterable

from fastapi import APIRouter

from mvkit.ledger import usual_budget_usd
from mvkit.purse import Way, propose
from mvkit.settings import get_settings
from mvkit.web.api.bodies import SmallBodyRoute
from mvkit.web.api.errors import problems
from mvkit.web.api.identity import Reader, Writer
from mvkit.web.api.models import (
    Alternative,
    EstimateWish,
    ModelFacts,
    Models,
    Quote,
    RoleFacts,
)
from mvkit.web.makers import Maker, cameras, painters

router = APIRouter(tags=["choices"], route_class=SmallBodyRoute)


@router.get("/models", responses=problems(401))
def list_models(user: Reader) -> Models:  # noqa: ARG001 - whoever is logged in
    """List who can paint references and film clips, and what they typically cost."""
    settings = get_settings()
    return Models(
        image=RoleFacts(default=settings.image, models=_facts(painters())),
        video=RoleFacts(default=settings.video, models=_facts(cameras())),
    )


@router.post("/estimate", responses=problems(401, 403, 413))
def estimate_film(wish: EstimateWish, user: Writer) -> Quote:  # noqa: ARG001
    """Tell what a film will typically cost, and for how much less it could be had."""
    settings = get_settings()
    image, video = wish.image or settings.image, wish.video or settings.video
    limit_usd = usual_budget_usd(wish.duration_s)
    proposal = propose(wish.duration_s, budget_usd=limit_usd, image=image, video=video)
    found = proposal.wish.estimate
    return Quote(
        image=image,
        video=video,
        n_pictures=found.n_pictures,
        n_keyframes=found.n_keyframes,
        n_clips=found.n_clips,
        usd=float(found.usd),
        allowance_usd=float(proposal.wish.allowance_usd),
        limit_usd=float(limit_usd),
        alternatives=tuple(map(_alternative, proposal.alternatives)),
    )


def _alternative(way: Way) -> Alternative:
    return Alternative(
        image=way.image,
        video=way.video,
        options=way.options,
        n_clips=way.estimate.n_clips,
        usd=float(way.estimate.usd),
        allowance_usd=float(way.allowance_usd),
        change=way.change,
    )


def _facts(makers: Iterable[Maker]) -> tuple[ModelFacts, ...]:
    return tuple(
        ModelFacts(
            name=maker.name,
            free=maker.usd is None and not maker.needs_model,
            needs_model=maker.needs_model,
            typical_usd=None if maker.needs_model else float(maker.usd or 0),
        )
        for maker in makers
    )
