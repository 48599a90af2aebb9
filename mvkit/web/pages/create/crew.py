"""The crew: who paints, films, plans and listens, and what the film may cost."""

from __future__ import annotations

import html

import streamlit as st

from mvkit.analysis.lyrics import has_times
from mvkit.ledger import usual_budget_usd
from mvkit.providers.transcribers import NOBODY
from mvkit.settings import get_settings
from mvkit.web.drafts import Draft
from mvkit.web.makers import Maker, cameras, listeners, painters, planners
from mvkit.web.pages.create import fields

MOST_BESIDE = 4
"""So many who could play a role are shown beside one another; more make a list."""
CALLED = {
    "studio": "our studio",
    "stills": "pictures, moved by our studio",
    "director": "our director",
    "whisper": "Whisper",
}
PLANNING_HELP = (
    "Our director plans by the rules of the trade. A language model tells a story of its own over "
    "the same cuts; where it fails, the director's plan is filmed."
)
HEARING_HELP = (
    "Who hears the words gives the film its subtitles, and the planner the story of the song. "
    "Lyrics that you give without times are found in the song."
)
TIMED = (
    '<div class="mv-role"><span>Words that are sung</span><span class="mv-muted">'
    "as your lyrics say</span></div>"
)


def draw(draft: Draft | None) -> None:
    """Draw who does what, where there is a choice, and the budget, where it costs.

    Parameters
    ----------
    draft : Draft or None
        The song, if there is one; the budget depends on its length.
    """
    st.subheader("Who makes it")
    chosen = (
        _draw_role("Pictures of places and people", painters(), "image"),
        _draw_role("Clips", cameras(), "video"),
        _draw_role("Story and shots", planners(), "planner", help=PLANNING_HELP),
        _draw_listener(draft),
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


def _draw_listener(draft: Draft | None) -> Maker:
    """Draw who hears the words, unless nobody could or nobody has to; return who does."""
    found = _on_offer(listeners())
    if len(found) == 1:
        return found[0]
    if draft and draft.lyrics and has_times(draft.lyrics):
        st.html(TIMED)
        return Maker(name=NOBODY)
    return _draw_role("Words that are sung", found, "transcriber", help=HEARING_HELP)


def _on_offer(makers: tuple[Maker, ...]) -> tuple[Maker, ...]:
    return tuple(maker for maker in makers if not maker.needs_model)


def _draw_role(label: str, makers: tuple[Maker, ...], field: str, *, help: str = "") -> Maker:
    """Draw who can play a role; return who does."""
    by_name = {maker.name: maker for maker in _on_offer(makers)}
    key = fields.key(field, among=by_name)
    first, *others = by_name.values()
    if not others:
        st.html(
            f'<div class="mv-role"><span>{label}</span><span class="mv-muted">'
            f"{html.escape(_called(first.name))}, {first.price}</span></div>"
        )
        return first
    if len(by_name) > MOST_BESIDE:
        told = {maker.name: f"{_called(maker.name)}, {maker.price}" for maker in by_name.values()}
        name = st.selectbox(
            label, list(by_name), format_func=told.__getitem__, key=key, help=help or None
        )
        return by_name[name]
    name = st.radio(
        label,
        list(by_name),
        format_func=_called,
        captions=[maker.price for maker in by_name.values()],
        horizontal=True,
        key=key,
        help=help or None,
    )
    return by_name[name]


def _called(maker: str) -> str:
    """Return what to call somebody; the catalogue's models by their own names, which are long."""
    return CALLED.get(maker) or maker.removeprefix("replicate:")
