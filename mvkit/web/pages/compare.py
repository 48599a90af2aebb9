"""Compare: two films of one song, one question, and what was preferred so far.

Nothing on the page tells the two apart before the answer: no title, no model, no cost.
"""

from __future__ import annotations

import html
import random
from functools import partial
from textwrap import shorten

import streamlit as st

from mvkit.ballot import (
    Candidate,
    Comparison,
    Count,
    Pair,
    Tally,
    next_pair,
    read_votes,
    tally,
    vote,
)
from mvkit.schema.vote import QUESTION, Preference, topics_between
from mvkit.web.pages import LOOK
from mvkit.web.parts.player import film_player
from mvkit.web.parts.song import facts_list

PAIR, ANSWER, SKIPPED = "compare:pair", "compare:answer", "compare:skipped"
WHOSE = "compare:whose"
DICE = random.SystemRandom()
NAMES: dict[Preference, str] = {"left": "Film A", "neither": "No difference", "right": "Film B"}
"""What answers are called: on a phone, the films stand above one another."""
MOST_LETTERS = 60
NOTHING_TO_COMPARE = """
<div class="mv-empty"><h2>Two films of one song will meet here</h2>
<p>You see both and say which one fits the song better, without knowing what made them: another
model, other rules of the director, another pace. So you find out what is worth choosing.</p>
<p>Make a film of yours again with one thing changed; or many at once:</p>
<pre class="mv-code">mvkit batch grid.toml</pre>
<a class="mv-button mv-button--lamp" href="/library" target="_self">To your films</a></div>
"""
NO_ANSWERS = (
    '<p class="mv-muted">Nothing yet. Answers on films that differ in one thing are counted here.'
    "</p>"
)


def show(user: str) -> None:
    """Draw the page."""
    st.html(LOOK / "compare.css")
    st.title("Compare")
    pair = _pair(user)
    if pair is None:
        st.html(NOTHING_TO_COMPARE)
    else:
        _show_pair(pair, user=user)
    votes = read_votes(voter=user)
    if votes:
        _show_tally(tally(votes))


def _pair(user: str) -> Pair | None:
    """Return the pair that is shown, which stays until it is answered or skipped."""
    if st.session_state.get(WHOSE) != user:  # somebody else has logged in meanwhile
        _next()
        st.session_state[WHOSE] = user
    if PAIR not in st.session_state:
        votes = read_votes(voter=user)
        skipped = st.session_state.get(SKIPPED, frozenset())
        st.session_state[PAIR] = next_pair(user, votes=votes, skipped=skipped, rng=DICE)
    pair: Pair | None = st.session_state[PAIR]
    if pair is None:
        del st.session_state[PAIR]  # there may be one the next time
    return pair


def _show_pair(pair: Pair, *, user: str) -> None:
    answer: Preference | None = st.session_state.get(ANSWER)
    st.html(f'<p class="mv-ask">{QUESTION}</p>')
    with st.container(key="compare_pair"):
        left, right = st.columns(2)
        with left:
            _show_film(pair.left, "left", answer=answer, beside=pair.right)
        with right:
            _show_film(pair.right, "right", answer=answer, beside=pair.left)
    with st.container(key="compare_answers", horizontal=True, horizontal_alignment="center"):
        if answer:
            icon = ":material/arrow_forward:"
            st.button("Next pair", key="compare_next", type="primary", icon=icon, on_click=_next)
        else:
            _ask(pair, user=user)


def _show_film(
    film: Candidate, side: Preference, *, answer: Preference | None, beside: Candidate
) -> None:
    """Draw one of the films; what made it, once that can sway nobody."""
    name = NAMES[side]
    st.html(f'<p class="mv-side">{name}</p>{film_player(film.job_id, label=name)}')
    if answer:
        st.html(_told(film, beside=beside, is_preferred=answer == side))


def _ask(pair: Pair, *, user: str) -> None:
    for preferred, name in NAMES.items():
        st.button(
            name,
            key=f"compare_{preferred}",
            type="secondary" if preferred == "neither" else "primary",
            on_click=partial(_answer, pair, preferred, user=user),
        )
    skip = partial(_skip, pair)
    st.button("Another pair", key="compare_skip", type="tertiary", on_click=skip)


def _answer(pair: Pair, preferred: Preference, *, user: str) -> None:
    vote(pair, preferred, voter=user)
    st.session_state[ANSWER] = preferred


def _skip(pair: Pair) -> None:
    st.session_state[SKIPPED] = st.session_state.get(SKIPPED, frozenset()) | {pair.ids}
    _next()


def _next() -> None:
    for name in (PAIR, ANSWER):
        st.session_state.pop(name, None)


def _told(film: Candidate, *, beside: Candidate, is_preferred: bool) -> str:
    """Return what a film was made with, where the two differ, and the way to it."""
    topics = topics_between(film.made, beside.made)
    facts = facts_list({topic: film.made.get(topic, "-") for topic in topics})
    chip = '<span class="mv-chip mv-chip--good">your choice</span>' if is_preferred else ""
    link = f'<a href="/library?job={film.job_id}" target="_self">Open the film</a>'
    return f'<div class="mv-told">{facts}<p class="mv-row">{link}{chip}</p></div>'


def _show_tally(counted: Tally) -> None:
    st.subheader("What you preferred so far")
    lines = "".join(map(_line, counted.comparisons))
    st.html(f'<ol class="mv-list">{lines}</ol>' if lines else NO_ANSWERS)
    told = []
    if counted.n_by_chance:
        told.append(f"{counted.n_by_chance} on films of which only chance (the seed) differs")
    if counted.n_mixed:
        told.append(f"{counted.n_mixed} on films that differ in several things at once")
    if counted.sides.n:
        told.append(f"film A was preferred {counted.sides.n_first} times of {counted.sides.n}")
    if told:
        st.html(f'<p class="mv-muted mv-small">Besides: {"; ".join(told)}.</p>')


def _line(one: Comparison) -> str:
    """Return what is preferred of two values, as a line of a list."""
    first, second = (html.escape(shorten(name, MOST_LETTERS)) for name in (one.first, one.second))
    neither = f", {one.n_neither} without a difference" if one.n_neither else ""
    return (
        f"<li><span><strong>{html.escape(one.topic)}</strong> {first} <b>{one.count.n_first}</b> : "
        f"<b>{one.count.n_second}</b> {second}{neither}</span>"
        f'<span class="mv-list__end mv-small">{_sureness(one.count)}</span></li>'
    )


def _sureness(count: Count) -> str:
    if count.share is None:
        return "nobody preferred either"
    low, high = count.interval
    return (
        f"{count.share:.0%} for the first ({low:.0%} to {high:.0%}); "
        f"a coin differs as much in {count.p:.0%} of cases"
    )
