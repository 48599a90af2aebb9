"""What can be chosen, and what it costs: who does what, and an estimate before anything."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter

from mvkit.estimate import Roles
from mvkit.ledger import usual_budget_usd
from mvkit.providers.transcribers import NOBODY
from mvkit.purse import Way, propose
from mvkit.settings import get_settings
from mvkit.web.api.bodies import SmallBodyRoute
from mvkit.web.api.errors import problems
from mvkit.web.api.identity import Reader, Writer
from mvkit.web.api.models.offers import (
    Alternative,
    EstimateWish,
    ModelFacts,
    Models,
    Quote,
    RoleFacts,
)
from mvkit.web.makers import Maker, cameras, listeners, painters, planners

router = APIRouter(tags=["choices"], route_class=SmallBodyRoute)


@router.get("/models", responses=problems(401))
def list_models(user: Reader) -> Models:  # noqa: ARG001 - whoever is logged in
    """List who can paint references, film clips, plan and listen, and what they typically cost."""
    return Models(
        image=_role(painters()),
        video=_role(cameras()),
        planner=_role(planners()),
        transcriber=_role(listeners()),
    )


@router.post("/estimate", responses=problems(401, 403, 413))
def estimate_film(wish: EstimateWish, user: Writer) -> Quote:  # noqa: ARG001
    """Tell what a film will typically cost, and for how much less it could be had."""
    settings = get_settings()
    roles = Roles(
        image=wish.image or settings.image,
        video=wish.video or settings.video,
        planner=wish.planner or settings.planner,
        transcriber=_listener(wish),
    )
    limit_usd = usual_budget_usd(wish.duration_s)
    proposal = propose(wish.duration_s, budget_usd=limit_usd, **roles)
    found = proposal.wish.estimate
    return Quote(
        **roles,
        n_pictures=found.n_pictures,
        n_keyframes=found.n_keyframes,
        n_clips=found.n_clips,
        usd=float(found.usd),
        planning_usd=float(found.planning_usd),
        hearing_usd=float(found.hearing_usd),
        allowance_usd=float(proposal.wish.allowance_usd),
        limit_usd=float(limit_usd),
        alternatives=tuple(map(_alternative, proposal.alternatives)),
    )


def _listener(wish: EstimateWish) -> str:
    chosen = wish.transcriber or get_settings().transcriber or NOBODY
    return NOBODY if wish.timed_lyrics else chosen


def _alternative(way: Way) -> Alternative:
    return Alternative(
        image=way.image,
        video=way.video,
        planner=way.planner,
        transcriber=way.transcriber,
        options=way.options,
        n_clips=way.estimate.n_clips,
        usd=float(way.estimate.usd),
        allowance_usd=float(way.allowance_usd),
        change=way.change,
    )


def _role(makers: Sequence[Maker]) -> RoleFacts:
    """Return who can take on a role; the first is who does unless somebody is chosen."""
    facts = (
        ModelFacts(
            name=maker.name,
            free=maker.usd is None and not maker.needs_model,
            needs_model=maker.needs_model,
            typical_usd=None if maker.needs_model else float(maker.usd or 0),
        )
        for maker in makers
    )
    return RoleFacts(default=makers[0].name, models=tuple(facts))
