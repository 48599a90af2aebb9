"""The showing of one film: the player, what can be done with it, and all that belongs to it."""

from __future__ import annotations

import html
import time

import streamlit as st

from mvkit.errors import NotFound
from mvkit.jobs.table import ENDED
from mvkit.schema import Video
from mvkit.settings import get_settings
from mvkit.web.pages import open_page
from mvkit.web.parts.amounts import clock, lasting
from mvkit.web.parts.cost import cost_of
from mvkit.web.parts.cut_list import check_table, cut_table
from mvkit.web.parts.dates import day, visitor_zone
from mvkit.web.parts.deletion import offer_to_delete
from mvkit.web.parts.downloads import downloads
from mvkit.web.parts.film import Film, open_film
from mvkit.web.parts.film_card import PAGES
from mvkit.web.parts.heading import NO_FILM, heading
from mvkit.web.parts.player import film_player
from mvkit.web.parts.report import offer_report
from mvkit.web.parts.shapes import offer_shapes
from mvkit.web.parts.song import facts_list
from mvkit.web.parts.treatment import treatment

BACK = '<a class="mv-back" href="/library" target="_self">← Films</a>'
NOT_FINISHED = "This film is not finished."
GONE = "The film itself is gone. It can be made again from what you wished."


def show_film(job_id: str, *, user: str) -> None:
    """Draw the page of a film."""
    try:
        film = open_film(job_id, user=user)
    except NotFound:
        st.html(NO_FILM)
        return
    if not film.files:  # its time is up; the row goes next
        st.html(NO_FILM)
        return
    st.set_page_config(page_title=f"{film.title} · mvkit")
    st.html(BACK + heading(film.title, film.status.state))
    video = film.video
    if video is None:
        _show_unfinished(film)
    else:
        _show_finished(film, video)


def _show_unfinished(film: Film) -> None:
    """Draw where to go with a film that is not there (yet)."""
    page = PAGES.get(film.job.state, "/watch").removeprefix("/")
    st.html(f'<div class="mv-note"><p>{GONE if page == "library" else NOT_FINISHED}</p></div>')
    with st.container(horizontal=True):
        if page != "library" and st.button("See how it stands", type="primary"):
            open_page(page, job=film.job.job_id)
        _offer(film)


def _show_finished(film: Film, video: Video) -> None:
    written_at_s = film.written_at_s(video.video_url)
    st.html(
        film_player(
            film.job.job_id,
            video.video_url,
            poster=video.thumbnail_url,
            label=film.title,
            written_at_s=written_at_s,
        )
    )
    st.html(facts_list(_facts(film, video)))
    with st.container(horizontal=True):
        if st.button("Storyboard", icon=":material/view_comfy:"):
            open_page("storyboard", job=film.job.job_id)
        offer_report(film)
        offer_shapes(film)
        _offer(film)
    _show_making(film)
    st.html(f"<h3>Downloads</h3>{downloads(film)}")
    with st.expander(f"Cut list: {len(video.cuts)} changes of picture"):
        st.html(cut_table(video))
    with st.expander(f"What was checked: {_passed(video)}"):
        st.html(check_table(video))


def _show_making(film: Film) -> None:
    """Draw what was wished, what the director made of it, and a still of every clip."""
    st.html(f'<h3>The idea</h3><p class="mv-wish">{html.escape(film.brief.prompt)}</p>')
    if plan := film.plan:
        st.html(treatment(plan))
    if sheet := film.url("contact_sheet.jpg"):
        st.html(
            f'<a href="{sheet}" target="_blank"><img class="mv-sheet" src="{sheet}" loading="lazy" '
            'alt="Contact sheet: one still of every clip"></a>'
        )


def _offer(film: Film) -> None:
    """Draw what can be done with any film, finished or not."""
    job = film.job
    if st.button("Make again with changes", icon=":material/replay:"):
        open_page("create", again=job.job_id)
    with st.popover("Copy link", icon=":material/link:"):
        st.text("Opens this film wherever you are logged in, and for nobody else.")
        url = get_settings().public_url.rstrip("/")
        st.code(f"{url}/library?job={job.job_id}", language=None)
    if job.state in ENDED:
        offer_to_delete(film)


def _facts(film: Film, video: Video) -> dict[str, str]:
    made_at_s = film.job.submitted_at_s
    n_on_beat = sum(cut.on_beat for cut in video.cuts)
    on_beat = "all" if n_on_beat == len(video.cuts) else str(n_on_beat)
    return {
        "Length": clock(video.duration),
        "Cuts": f"{len(video.cuts)}, {on_beat} on the beat",
        "Tempo": f"{film.analysis.bpm:.0f} bpm" if film.analysis else "–",
        "Picture": f"{video.width_px} × {video.height_px}",
        "Size": f"{video.file_size_mb:.0f} MB",
        "Cost": cost_of(film.brief),
        "Worked on for": lasting(film.job.worked_s),
        "Made": day(made_at_s, zone=visitor_zone(), now_s=time.time()),
    }


def _passed(video: Video) -> str:
    n_passed = sum(check.passed for check in video.checks)
    return f"{n_passed} of {len(video.checks)} passed"
