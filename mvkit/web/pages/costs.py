"""Costs: what was spent on what, what is set aside, and what may still be asked for."""

from __future__ import annotations

import html
from collections.abc import Callable
from datetime import datetime

import streamlit as st
from plotly.graph_objects import Figure

from mvkit.ledger import dollars
from mvkit.web.pages import LOOK
from mvkit.web.parts.allowance import allowance_of, meters
from mvkit.web.parts.amounts import clock, lasting
from mvkit.web.parts.dates import visitor_zone
from mvkit.web.parts.progress import WORK
from mvkit.web.parts.song import facts_list
from mvkit.web.parts.spending import DearFilm, Spending, held_usd, spending_of
from mvkit.web.parts.spending_figures import months_figure, shares_figure, work_figure

NOTHING_YET = """
<div class="mv-empty"><h2>Nothing spent, nothing made</h2>
<p>Here you will see what each film has cost: month by month, by stage and by model. Every film says
what it will cost before it is begun, and stops before it could cost more than you allow. The studio
films for nothing.</p>
<a class="mv-button mv-button--lamp" href="/create" target="_self">Make a film</a></div>
"""
FREE = """
<div class="mv-note"><p><strong>Your films have cost nothing: the studio made them.</strong></p>
<p class="mv-muted">Models that are paid for can be chosen film by film, each with a budget of its
own.</p></div>
"""
KEPT = "Counted are the films that are still kept; what was deleted is not."


def show(user: str) -> None:
    """Draw the page."""
    st.html(LOOK / "library.css")
    st.title("Costs")
    spending = spending_of(user)
    if spending.n_runs:
        _show_spending(spending, user=user)
    else:
        st.html(NOTHING_YET)
    st.subheader("What you may still ask for")
    st.html(meters(allowance_of(user)))


def _show_spending(spending: Spending, *, user: str) -> None:
    now = datetime.now(visitor_zone()).replace(tzinfo=None)
    if not spending.total_usd:
        st.html(FREE)
    st.html(facts_list(_facts(spending, user=user, now=now)))
    if spending.total_usd:
        _show_charts(spending, now=now)
    if spending.worked_by_stage:
        _chart("Where the time went", lambda: work_figure(spending.worked_by_stage))
    if spending.dearest:
        st.subheader("Your dearest films")
        st.html(f'<ol class="mv-list">{"".join(map(_dear_line, spending.dearest))}</ol>')
    elsewhere = (
        f" Kept elsewhere, and not counted: {spending.n_unknown}." if spending.n_unknown else ""
    )
    st.html(f'<p class="mv-muted mv-small">{KEPT}{elsewhere}</p>')


def _show_charts(spending: Spending, *, now: datetime) -> None:
    _chart("Month by month", lambda: months_figure(spending.by_month, now=now))
    stages, models = st.columns(2, gap="large")
    by_stage = {WORK.get(stage, stage): usd for stage, usd in spending.by_stage.items()}
    by_model = {model: usd for model, usd, _ in spending.by_model if usd}
    with stages:
        _chart("By stage", lambda: shares_figure(by_stage))
    with models:
        _chart("By model", lambda: shares_figure(by_model))


def _chart(title: str, draw: Callable[[], Figure]) -> None:
    st.subheader(title)
    st.plotly_chart(draw(), theme=None, key=title, config={"displayModeBar": False}, alt=title)


def _facts(spending: Spending, *, user: str, now: datetime) -> dict[str, str]:
    """Return the figures at the top; dollars only where there are any."""
    set_aside_usd = held_usd(user)
    made = {
        "Films": str(spending.n_runs),
        "Length of all": clock(spending.film_s),
        "Worked on for": lasting(spending.worked_s),
        "Pictures and clips": str(sum(n for _, _, n in spending.by_model)),
    }
    if not (spending.total_usd or set_aside_usd):
        return {"Spent": "$0.00", **made}
    return {
        "Spent in all": dollars(spending.total_usd),
        "This month": dollars(spending.in_month(now)),
        "Set aside now": dollars(set_aside_usd),
        **made,
    }


def _dear_line(film: DearFilm) -> str:
    per_minute_usd = film.usd_per_minute
    per_minute = f", ${per_minute_usd:.2f} a minute" if per_minute_usd else ""
    return (
        f'<li><a href="/library?job={film.job_id}" target="_self">{html.escape(film.title)}</a>'
        f'<span class="mv-list__end">{dollars(film.cost_usd)}{per_minute}</span></li>'
    )
