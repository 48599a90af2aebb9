"""Watch: a film as it comes about, and the film itself once it is there.

While the film waits or is made, a fragment asks twice a second how it stands. As long as nothing
has happened it draws a line and a bar; when something has, the page is drawn once more, and what
did not change stays as it is in the browser: a clip that plays goes on playing. When the film has
come to its end, nobody asks any more.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import streamlit as st

from mvkit.errors import GenerationFailed, NotFound
from mvkit.jobs import client
from mvkit.jobs.table import BUSY, list_jobs
from mvkit.schema import Video
from mvkit.web.pages import open_page
from mvkit.web.parts.amounts import about, clock, lasting
from mvkit.web.parts.clip_card import clip_card
from mvkit.web.parts.complaint import complaint
from mvkit.web.parts.cost import cost_of, is_free
from mvkit.web.parts.film import Film, open_film
from mvkit.web.parts.heading import NO_FILM, heading
from mvkit.web.parts.messages import message_list
from mvkit.web.parts.next_steps import (
    is_about_money,
    offer_to_cancel,
    offer_to_make,
    offer_to_retry,
)
from mvkit.web.parts.player import film_player
from mvkit.web.parts.progress import WORK, StageProgress, bar, follow_stages, stage_list
from mvkit.web.parts.song import facts_list, sections_strip, song_facts
from mvkit.web.parts.treatment import treatment
from mvkit.web.visitor import visitor

POLL_S = 0.5
"""How often a film that is being made is asked after."""
PATIENCE_S = 10.0
"""After so long in a queue where nothing runs, it looks as if nobody works."""
STYLE = Path(__file__).parent.parent / "look" / "watch.css"


def show(user: str) -> None:
    """Draw the page of the film that the address names."""
    st.html(STYLE)
    try:
        film = open_film(st.query_params.get("job", ""), user=user)
    except NotFound:
        film = None
    if film is None or not film.files:  # its row may outlive its run for a while
        st.html(NO_FILM)
        return
    st.set_page_config(page_title=_tab_title(film))
    events = film.events()
    stages = follow_stages(events, is_running=film.status.state == "running")
    _draw_heading(film, user=user)
    with st.container():
        _draw_centre(film, stages, user=user)
    st.html(stage_list(stages))
    _draw_ideas(film)
    _draw_clips(film)
    _draw_messages(film, events)


def _draw_heading(film: Film, *, user: str) -> None:
    title, action = st.columns([5, 1], vertical_alignment="center")
    title.html(heading(film.title, film.status.state))
    if film.status.state in BUSY:
        with action:
            offer_to_cancel(film.job, user=user)


def _draw_centre(film: Film, stages: tuple[StageProgress, ...], *, user: str) -> None:
    """Draw what matters most now: how far the film is, what is to be done, or the film."""
    match film.status.state:
        case "queued" | "running":
            _follow(film, stages, cost="" if is_free(film.brief) else cost_of(film.brief))
        case "planned":
            _draw_planned(film, user=user)
        case "finished":
            _draw_finished(film, stages)
        case _:
            _draw_ended(film, user=user)


@st.fragment(run_every=POLL_S)
def _follow(film: Film, stages: tuple[StageProgress, ...], *, cost: str) -> None:
    """Draw how far the film is, and the page anew as soon as it stands otherwise."""
    if _has_changed(film):
        st.rerun()
    st.html(_now(film, stages, cost=cost))
    st.html(bar(film.status.progress))


def _has_changed(film: Film) -> bool:
    try:
        return client.status(film.job.job_id, user=visitor()) != film.status
    except NotFound:  # deleted; the page says so
        return True
    except GenerationFailed:  # the store does not answer; it is asked again in a moment
        return False


def _now(film: Film, stages: tuple[StageProgress, ...], *, cost: str) -> str:
    """Return what happens at this moment, and how long and how much it may take, as HTML."""
    is_queued = film.status.state == "queued"
    doing = _place_in_queue(film) if is_queued else _work(film, stages)
    left = "" if is_queued else _time_left(film)
    numbers = " · ".join(filter(None, [f"{film.status.progress:.0f} %", left, cost]))
    return (
        f'<div class="mv-now"><span>{doing}</span>'
        f'<span class="mv-muted mv-number">{numbers}</span></div>'
    )


def _work(film: Film, stages: tuple[StageProgress, ...]) -> str:
    running = next((stage for stage in stages if stage.state == "running"), None)
    if running is None:
        return "Getting ready"
    so_far = clock(max(0.0, time.time() - (running.started_at_s or 0.0)))
    status = film.status
    counted = f", {status.clips_done} of {status.n_clips} clips" if running.name == "clips" else ""
    return f'{WORK[running.name]}{counted} <span class="mv-muted mv-number">{so_far}</span>'


def _time_left(film: Film) -> str:
    status = film.status
    if status.eta_s is None:
        return ""
    return f"{about(max(0.0, status.eta_s - (time.time() - status.updated_at)))} left"


def _place_in_queue(film: Film) -> str:
    """Return how many films are before this one, or that nobody seems to work at all."""
    since_s = film.job.updated_at_s
    queued = list_jobs(states=("queued",))
    n_before = sum(job.updated_at_s < since_s for job in queued)
    place = "Next in the queue" if not n_before else f"{n_before + 1}. in the queue"
    if time.time() - since_s > PATIENCE_S and not list_jobs(states=("running",)):
        return (
            f"{place}, but nobody seems to work. <code>make serve</code> starts a worker with the "
            "page, <code>mvkit worker</code> one alone."
        )
    return place


def _draw_planned(film: Film, *, user: str) -> None:
    st.html(
        '<div class="mv-note"><p><strong>The storyboard is ready.</strong> Look at it and change '
        "what you like, or have the film made as it is. Nothing is filmed before you say so.</p>"
        "</div>"
    )
    look, make, _ = st.columns([1, 1, 2])
    if look.button("See the storyboard", width="stretch"):
        open_page("storyboard", job=film.job.job_id)
    with make:
        offer_to_make(film.job, user=user)


def _draw_ended(film: Film, *, user: str) -> None:
    """Draw why the film was not finished, and how to go on."""
    error = film.status.error
    if error:
        title = "Cancelled" if film.status.state == "cancelled" else "The film was not finished"
        st.html(complaint(title, error, advice="Trying again goes on from what is made."))
    offer_to_retry(film.job, user=user, needs_money=is_about_money(error))


def _draw_finished(film: Film, stages: tuple[StageProgress, ...]) -> None:
    video = film.video
    if video is None:  # its retention has just run out
        return
    job_id = film.job.job_id
    st.html(
        film_player(
            job_id,
            video.video_url,
            poster=video.thumbnail_url,
            label=film.title,
            written_at_s=film.written_at_s(video.video_url),
        )
    )
    st.html(
        f'<div class="mv-row mv-finish">{facts_list(_facts(film, video, stages))}'
        f'<span class="mv-row"><a class="mv-button mv-button--lamp" download '
        f'href="/api/v1/jobs/{job_id}/download">Download MP4</a>'
        f'<a class="mv-button" href="/storyboard?job={job_id}" target="_self">Storyboard</a>'
        f'<a class="mv-button" href="/library?job={job_id}" target="_self">All about it</a>'
        "</span></div>"
    )


def _facts(film: Film, video: Video, stages: tuple[StageProgress, ...]) -> dict[str, str]:
    facts = {"Length": clock(video.duration), "Cuts": str(len(video.cuts))}
    if analysis := film.analysis:
        facts["Tempo"] = f"{analysis.bpm:.0f} bpm"
    worked_s = sum(stage.duration_s or 0.0 for stage in stages)
    return facts | {"Cost": cost_of(film.brief), "Time worked": lasting(worked_s)}


def _draw_ideas(film: Film) -> None:
    """Draw what came of the first two stages: the song's facts, and what the director wants."""
    heard, wanted = st.columns(2, gap="medium")
    if analysis := film.analysis:
        heard.html(f"<h3>The song</h3>{song_facts(analysis)}{sections_strip(analysis)}")
    if plan := film.plan:
        wanted.html(f"<h3>The director</h3>{treatment(plan)}")


def _draw_clips(film: Film) -> None:
    """Draw a card for each clip, as an element of its own."""
    with st.container():
        if plan := film.plan:
            is_filming = film.status.stage == "clips" and film.status.state == "running"
            st.html(f"<h3>{len(plan.clip_scripts)} clips</h3>")
            with st.container(key="clips"):
                for script in plan.clip_scripts:
                    st.html(clip_card(film, plan, script, is_filming=is_filming))


def _draw_messages(film: Film, events: list[dict[str, Any]]) -> None:
    error = film.status.error or {}
    if told := message_list(events, told_already=str(error.get("error", ""))):
        st.html(f"<h3>Messages</h3>{told}")


def _tab_title(film: Film) -> str:
    """Return what a tab in the background says."""
    state, done = film.status.state, f"{film.status.progress:.0f} %"
    sign = {"running": done, "queued": "…", "planned": "?", "finished": "✓"}.get(state, "✗")
    return f"{sign} {film.title}"
