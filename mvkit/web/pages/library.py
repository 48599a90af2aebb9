"""Films: everything a person has made, on a shelf; and the page of one film.

The shelf is drawn from one reading of the database. Films that are being made stand first, in a
fragment that looks after them; all others stay as they are until something is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import streamlit as st

from mvkit.jobs.table import BUSY, Job, JobState, list_jobs
from mvkit.settings import get_settings
from mvkit.web.pages import LOOK
from mvkit.web.parts.dates import visitor_zone
from mvkit.web.parts.film_card import film_card, glance_at, prompt_of
from mvkit.web.parts.foreground_films import foreground_list
from mvkit.web.parts.showing import show_film
from mvkit.web.visitor import visitor

POLL_S = 2.0
"""How often films that are being made are looked after."""
ROW_FILMS = 24
"""How many films are shown, and how many more at a time."""

SHELVES: dict[str, tuple[JobState, ...]] = {
    "Finished": ("finished",),
    "To approve": ("planned",),
    "Not finished": ("failed", "cancelled"),
}
"""The states that can be chosen among; films that are being made are always shown."""

NO_FILMS = """
<div class="mv-empty"><h2>Your films will stand here</h2>
<p>A film begins with a song of up to ten minutes and a few sentences about what it shall show.
The director hears the beats, plans every shot and shows you the storyboard; the film is cut on the
beat. With the studio, that costs nothing.</p>
<a class="mv-button mv-button--lamp" href="/create" target="_self">Make your first film</a></div>
"""
NOTHING_FOUND = (
    '<p class="mv-muted">No film is like that. Look for other words, or in all films.</p>'
)


def show(user: str) -> None:
    """Draw the shelf, or the film that the address names."""
    st.html(LOOK / "library.css")
    if job_id := st.query_params.get("job", ""):
        st.html(LOOK / "watch.css")
        show_film(job_id, user=user)
    else:
        _show_shelf(user)


def _show_shelf(user: str) -> None:
    st.title("Films")
    jobs = list_jobs(user=user)
    if jobs:
        _show_films(jobs)
    else:
        st.html(NO_FILMS)
    if get_settings().auth == "off" and (listed := foreground_list()):
        with st.expander("Made on the command line"):
            st.html(listed)


def _show_films(jobs: Sequence[Job]) -> None:
    words, states = _ask(jobs)
    found = [job for job in jobs if _is_like(job, words)]
    busy = [job for job in found if job.state in BUSY]
    over = [job for job in found if job.state in states]
    if busy:
        _show_busy(frozenset(job.job_id for job in busy))
    if over:
        _show_over(over)
    elif not busy:
        st.html(NOTHING_FOUND)


def _ask(jobs: Sequence[Job]) -> tuple[list[str], tuple[JobState, ...]]:
    """Draw what can be asked for; return the words and the states that are."""
    search, choice = st.columns([2, 3], vertical_alignment="center")
    text = search.text_input(
        "Find films by title or words of the prompt",
        placeholder="Find by title or prompt",
        label_visibility="collapsed",
        max_chars=200,
    )
    every = tuple(state for states in SHELVES.values() for state in states)
    shelves = {"All": every, **SHELVES}
    counts = {name: sum(job.state in states for job in jobs) for name, states in shelves.items()}
    counts["All"] = len(jobs)
    chosen = choice.pills(
        "Show films that are",
        [name for name, count in counts.items() if count or name == "All"],
        default="All",
        required=True,
        format_func=lambda name: f"{name} {counts[name]}",
        label_visibility="collapsed",
    )
    return text.casefold().split(), shelves.get(chosen or "All", every)


def _is_like(job: Job, words: Iterable[str]) -> bool:
    """Whether title and prompt of a film hold all words; prompts are read only if that matters."""
    title = job.title.casefold()
    missing = [word for word in words if word not in title]
    return not missing or all(word in prompt_of(job.job_id).casefold() for word in missing)


@st.fragment(run_every=POLL_S)
def _show_busy(job_ids: frozenset[str]) -> None:
    """Draw the films that are being made, and the page anew when one of them no longer is."""
    busy = [job for job in list_jobs(user=visitor(), states=BUSY) if job.job_id in job_ids]
    if len(busy) < len(job_ids):
        st.rerun()
    st.html(_grid(busy))


def _show_over(jobs: Sequence[Job]) -> None:
    n_shown = st.session_state.get("films_shown", ROW_FILMS)
    st.html(_grid(jobs[:n_shown]))
    if len(jobs) > n_shown:
        with st.container(horizontal_alignment="center"):
            st.button(
                f"Show more · {len(jobs) - n_shown} to come",
                on_click=lambda: st.session_state.update(films_shown=n_shown + ROW_FILMS),
            )


def _grid(jobs: Iterable[Job]) -> str:
    zone = visitor_zone()
    cards = "".join(film_card(glance_at(job), zone=zone) for job in jobs)
    return f'<div class="mv-grid">{cards}</div>'
