"""What a film has cost, of what it may."""

from __future__ import annotations

from mvkit.ledger import dollars, find_account
from mvkit.providers import IMAGE_MODELS, VIDEO_MODELS
from mvkit.schema import Brief


def cost_of(brief: Brief) -> str:
    """Return what a film has cost so far, of its budget; ``free`` where nothing can cost."""
    account = find_account(brief.job_id)
    if account is None:
        return "free"
    spent_usd, held_usd = account.spent_usd, account.held_usd
    if is_free(brief) and not spent_usd:
        return "free"
    ordered = f", {dollars(held_usd)} on order" if held_usd else ""
    return f"{dollars(spent_usd)} of {dollars(account.limit_usd)}{ordered}"


def is_free(brief: Brief) -> bool:
    """Whether free models paint and film."""
    painter, camera = (name.partition(":")[0] for name in (brief.image, brief.video))
    return painter in IMAGE_MODELS and camera in VIDEO_MODELS
