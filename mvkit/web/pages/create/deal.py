"""The deal: what the film takes, and the two buttons that have it made."""

from __future__ import annotations

import html
import math
from decimal import Decimal
from typing import Any

import streamlit as st

from mvkit.errors import MvkitError
from mvkit.estimate import Estimate
from mvkit.jobs import client
from mvkit.jobs.limits import GB
from mvkit.jobs.queue import timeout_s
from mvkit.ledger import usual_budget_usd
from mvkit.providers.planners import DIRECTOR
from mvkit.purse import Proposal, Way, propose
from mvkit.web import drafts, listening
from mvkit.web.drafts import Draft
from mvkit.web.makers import about_usd
from mvkit.web.pages import open_page
from mvkit.web.pages.create import fields
from mvkit.web.parts.allowance import Allowance, allowance_of
from mvkit.web.parts.complaint import complaint
from mvkit.web.parts.song import facts_list
from mvkit.web.wish import Wish

STUDIO_S = ((15.0, 0.5), (30.0, 1.5))
"""Seconds and seconds per second of song that the studio takes, at least and mostly at most: on
two idle cores it was 44 s for a song of 38 s, and 138 s for one of 194 s."""


PLANNING_S = (30.0, 180.0)
"""Seconds that some 9000 tokens take a language model, at 300 and at 50 a second."""
PLAN_FIRST = "Plan first stops at the storyboard: change what you like before anything is filmed."
NO_OFFER = '<p class="mv-muted">What the film takes is told here as soon as there is a song.</p>'


def draw(draft: Draft | None, wish: Wish, *, user: str) -> None:
    """Draw what the film takes and what is left of the limits, and the buttons.

    Parameters
    ----------
    draft : Draft or None
        The song, if there is one.
    wish : Wish
        What has been chosen.
    user : str
        Who asks.
    """
    left, found = allowance_of(user), _proposal(draft, wish)
    missing = _missing(draft, wish, found, left)
    with st.container(key="create_offer", border=True):
        st.html(_offer(draft, found) if draft and found else NO_OFFER)
        if found and found.alternatives:
            st.html(_instead(found))
        st.html(f'<p class="mv-muted mv-small">{_limits(left)}</p>')
        plan_first, film = _draw_buttons(disabled=bool(missing))
        st.html(f'<p class="mv-small" role="status">{html.escape(missing or PLAN_FIRST)}</p>')
        if draft and not missing and (plan_first or film):
            _send(draft, wish, user=user, plan_first=plan_first)


def minutes_of(song_s: float, *, planned_in_words: bool = False) -> tuple[int, int]:
    """Return how many minutes the studio mostly takes for a song, at least and at most.

    Parameters
    ----------
    planned_in_words : bool
        Whether a language model plans.
    """
    least_s, most_s = (fixed_s + per_song_s * song_s for fixed_s, per_song_s in STUDIO_S)
    if planned_in_words:
        least_s, most_s = least_s + PLANNING_S[0], most_s + PLANNING_S[1]
    return max(1, round(least_s / 60)), math.ceil(most_s / 60)


def _draw_buttons(*, disabled: bool) -> tuple[bool, bool]:
    """Draw the two buttons; return which of them was pressed."""
    plan, make = st.columns(2)
    shape: dict[str, Any] = {"disabled": disabled, "width": "stretch"}
    plan_first = plan.button("Plan first", key="create_plan", **shape)
    film = make.button("Make the video", key="create_make", type="primary", **shape)
    return plan_first, film


def _proposal(draft: Draft | None, wish: Wish) -> Proposal | None:
    if draft is None:
        return None
    budget_usd = _budget_usd(wish)
    return propose(
        draft.duration_s,
        budget_usd=usual_budget_usd(draft.duration_s) if budget_usd is None else budget_usd,
        **wish.roles(lyrics=draft.lyrics),
    )


def _offer(draft: Draft, proposal: Proposal) -> str:
    """Return what the film takes, as HTML."""
    found = proposal.wish.estimate
    facts = facts_list(
        {
            "Clips": f"about {found.n_clips}",
            "Pictures": f"about {found.n_pictures + found.n_keyframes}",
            "Cost": about_usd(found.usd) if found.usd else "free",
            "Time": _time(draft.duration_s, proposal.wish),
        }
    )
    return f"{facts}{_parts(found)}"


def _time(song_s: float, wish: Way) -> str:
    if wish.estimate.filming_usd:
        return f"up to {timeout_s(song_s) / 60:.0f} min"
    least, most = minutes_of(song_s, planned_in_words=wish.planner != DIRECTOR)
    return f"{least}–{most} min" if least < most else f"about {most} min"


def _parts(found: Estimate) -> str:
    """Return what of the cost is for planning and hearing, as HTML; empty for nothing."""
    thinking = {"the plan": found.planning_usd, "hearing the words": found.hearing_usd}
    told = [f"{about_usd(usd)} for {part}" for part, usd in thinking.items() if usd]
    if not told:
        return ""
    return f'<p class="mv-muted mv-small">Of the cost, {" and ".join(told)}.</p>'


def _instead(proposal: Proposal) -> str:
    """Return how the film could be had for less, as HTML."""
    ways = "".join(
        f'<li><span class="mv-number">about ${way.usd:.2f}</span> {html.escape(way.change)}</li>'
        for way in proposal.alternatives
    )
    return (
        '<details class="mv-instead"><summary>What it could cost instead</summary>'
        f"<ul>{ways}</ul></details>"
    )


def _limits(left: Allowance) -> str:
    return (
        f"Left to you: {left.songs} of {left.songs_most} songs this hour, "
        f"{left.room_bytes / GB:.1f} of {left.room_bytes_most / GB:g} GB."
    )


def _missing(draft: Draft | None, wish: Wish, found: Proposal | None, left: Allowance) -> str:
    """Return what stands between the wish and a film, as a sentence; empty if nothing does."""
    if draft is None or found is None:
        return "A song is missing: drop one first."
    if missing := wish.n_missing:
        signs = "character" if missing == 1 else "characters"
        return f"Say a little more about what the film shows: {missing} more {signs}."
    if not left.songs:
        return (
            f"You have submitted {left.songs_most} songs within an hour. The next can be made in "
            f"{math.ceil(left.wait_s / 60)} minutes; this page keeps everything until then."
        )
    if not left.queue:
        return "All your places in the queue are taken: wait for a film to finish, or cancel one."
    if left.room_bytes < draft.n_bytes:
        return "There is no room left for another film: delete one you no longer need."
    if not found.fits:
        return (
            f"This would cost about ${found.wish.estimate.usd:.2f}, and may cost "
            f"${found.budget_usd:.2f}: allow it more, or let the studio make it."
        )
    return ""


def _budget_usd(wish: Wish) -> Decimal | None:
    return None if wish.budget_usd is None else Decimal(str(wish.budget_usd))


def _send(draft: Draft, wish: Wish, *, user: str, plan_first: bool) -> None:
    """Make a job of the draft and go where it can be watched; or say why not."""

    def submit(now: Draft) -> str:
        return client.submit(
            now.song,
            wish.prompt,
            user=user,
            lyrics=now.lyrics,
            budget_usd=_budget_usd(wish),
            plan_first=plan_first,
            **wish.choices(),
        ).job_id

    try:
        job_id = drafts.send(draft, submit)
    except MvkitError as error:
        st.html(complaint("The film was not begun", error))
        return
    listening.stop(draft)
    fields.end()
    open_page("watch", job=job_id)
