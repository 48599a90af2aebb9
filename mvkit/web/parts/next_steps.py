"""What a person can do with a film next: cancel it, have it made, try again."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import streamlit as st

from mvkit.errors import BudgetExceeded, MvkitError
from mvkit.jobs import client
from mvkit.jobs.table import Job
from mvkit.ledger import find_account
from mvkit.settings import get_settings
from mvkit.web.parts.complaint import complaint


def offer_to_cancel(job: Job, *, user: str) -> None:
    """Draw a button that cancels a film, once it is confirmed."""
    with st.popover("Cancel", width="stretch"):
        st.text("Stop making this film? What is made so far is kept, and you can go on later.")
        if st.button("Yes, stop it", key="cancel", width="stretch"):
            _do(lambda: client.cancel(job.job_id, user=user), title="It goes on")


def offer_to_make(job: Job, *, user: str) -> None:
    """Draw a button that has a planned film made."""
    if st.button("Make the film", key="approve", type="primary", width="stretch"):
        _do(lambda: client.approve(job.job_id, user=user), title="It cannot be made now")


def offer_to_retry(job: Job, *, user: str, needs_money: bool) -> None:
    """Draw a button that has a film gone on with, and what it may cost, if that was too little."""
    budget_usd = _ask_budget(job) if needs_money else None
    if st.button("Try again", key="retry", type="primary"):
        _do(
            lambda: client.retry(job.job_id, user=user, budget_usd=budget_usd),
            title="It cannot go on now",
        )


def is_about_money(error: dict[str, str | bool] | None) -> bool:
    """Whether a film stopped because it might have cost more than it may."""
    return error is not None and error["code"] == BudgetExceeded.code


def _ask_budget(job: Job) -> Decimal:
    account = find_account(job.job_id)
    limit_usd = account.limit_usd if account else Decimal()
    most_usd = get_settings().budget_usd_most
    chosen = st.number_input(
        "What the film may cost, in dollars, all attempts together",
        min_value=float(min(limit_usd, most_usd)),
        max_value=float(most_usd),
        value=float(min(max(2 * limit_usd, Decimal(1)), most_usd)),
        step=0.5,
        format="%.2f",
        key="budget",
        width=360,
    )
    return Decimal(f"{chosen:.2f}")


def _do(action: Callable[[], object], *, title: str) -> None:
    """Do something that changes a film, and draw the page anew, or say why it cannot be done."""
    try:
        action()
    except MvkitError as error:
        st.html(complaint(title, error))
    else:
        st.rerun()
