"""The deal: who makes the film, what it takes, and the two buttons that have it made."""

from __future__ import annotations

import html
import math
from decimal import Decimal
from typing import Any

import streamlit as st

from mvkit.errors import MvkitError
from mvkit.jobs import client
from mvkit.jobs.limits import GB
from mvkit.jobs.queue import timeout_s
from mvkit.ledger import usual_budget_usd
from mvkit.purse import Proposal, propose
from mvkit.settings import get_settings
from mvkit.web import drafts, listening
from mvkit.web.drafts import Draft
from mvkit.web.makers import Maker, cameras, painters
from mvkit.web.pages import open_page
from mvkit.web.pages.create import fields
from mvkit.web.parts.allowance import Allowance, allowance_of
from mvkit.web.parts.complaint import complaint
from mvkit.web.parts.song import facts_list
from mvkit.web.wish import Wish

STUDIO_S = ((15.0, 0.5), (30.0, 1.5))
"""Seconds and seconds per second of song that the studio takes, at least and mostly at most: on
two idle cores it was 44 s for a song of 38 s, and 138 s for one of 194 s."""


MOST_BESIDE = 4
"""So many who could play a role are shown beside one another; more make a list."""
PLAN_FIRST = "Plan first stops at the storyboard: change what you like before anything is filmed."
NO_OFFER = '<p class="mv-muted">What the film takes is told here as soon as there is a song.</p>'


def draw_makers(draft: Draft | None) -> None:
    """Draw who can paint and film, where there is a choice, and the budget, where it costs.

    Parameters
    ----------
    draft : Draft or None
        The song, if there is one; the budget depends on its length.
    """
    st.subheader("Who makes it")
    chosen = (
        _draw_role("Pictures of places and people", _on_offer(painters()), "image"),
        _draw_role("Clips", _on_offer(cameras()), "video"),
    )
    if any(maker.usd is not None for maker in chosen):
        usual = f"{usual_budget_usd(draft.duration_s):.2f}" if draft else "by its length"
        st.number_input(
            "It may cost at most, in USD",
            min_value=0.0,
            max_value=float(get_settings().budget_usd_most),
            step=0.5,
            placeholder=usual,
            key=fields.key("budget_usd"),
            help="Nothing is ordered that could pass this. Empty means as much as shown.",
        )


def draw_offer(draft: Draft | None, wish: Wish, *, user: str) -> None:
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


def minutes_of(song_s: float) -> tuple[int, int]:
    """Return how many minutes the studio mostly takes for a song, at least and at most."""
    least_s, most_s = (fixed_s + per_song_s * song_s for fixed_s, per_song_s in STUDIO_S)
    return max(1, round(least_s / 60)), math.ceil(most_s / 60)


def _draw_buttons(*, disabled: bool) -> tuple[bool, bool]:
    """Draw the two buttons; return which of them was pressed."""
    plan, make = st.columns(2)
    shape: dict[str, Any] = {"disabled": disabled, "width": "stretch"}
    plan_first = plan.button("Plan first", key="create_plan", **shape)
    film = make.button("Make the video", key="create_make", type="primary", **shape)
    return plan_first, film


def _on_offer(makers: tuple[Maker, ...]) -> tuple[Maker, ...]:
    return tuple(maker for maker in makers if not maker.needs_model)


def _draw_role(label: str, makers: tuple[Maker, ...], field: str) -> Maker:
    """Draw who can play a role; return who does."""
    by_name = {maker.name: maker for maker in makers}
    key = fields.key(field, among=by_name)
    if len(makers) == 1:
        st.html(
            f'<div class="mv-role"><span>{label}</span><span class="mv-muted">'
            f"{html.escape(_called(makers[0].name))}, {makers[0].price}</span></div>"
        )
        return makers[0]
    if len(makers) > MOST_BESIDE:
        prices = {maker.name: f"{_called(maker.name)}, {maker.price}" for maker in makers}
        return by_name[st.selectbox(label, list(by_name), format_func=prices.__getitem__, key=key)]
    name = st.radio(
        label,
        list(by_name),
        format_func=_called,
        captions=[maker.price for maker in makers],
        horizontal=True,
        key=key,
    )
    return by_name[name]


def _called(maker: str) -> str:
    return "our studio" if maker == "studio" else maker


def _proposal(draft: Draft | None, wish: Wish) -> Proposal | None:
    if draft is None:
        return None
    settings, budget_usd = get_settings(), _budget_usd(wish)
    return propose(
        draft.duration_s,
        budget_usd=usual_budget_usd(draft.duration_s) if budget_usd is None else budget_usd,
        image=wish.image or settings.image,
        video=wish.video or settings.video,
    )


def _offer(draft: Draft, proposal: Proposal) -> str:
    """Return what the film takes, as HTML."""
    found = proposal.wish.estimate
    if found.usd:
        time = f"up to {timeout_s(draft.duration_s) / 60:.0f} min"
    else:
        least, most = minutes_of(draft.duration_s)
        time = f"{least}–{most} min" if least < most else f"about {most} min"
    return facts_list(
        {
            "Clips": f"about {found.n_clips}",
            "Pictures": f"about {found.n_pictures + found.n_keyframes}",
            "Cost": f"about ${found.usd:.2f}" if found.usd else "free",
            "Time": time,
        }
    )


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
