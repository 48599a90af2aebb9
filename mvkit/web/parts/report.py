"""The report of a film: measured when somebody asks for it, then a page to open."""

from __future__ import annotations

import streamlit as st

from mvkit.errors import MvkitError
from mvkit.schema import Report, Video
from mvkit.schema.report import REPORT_PAGE
from mvkit.storage import get_store
from mvkit.web.parts.film import Film

ICON = ":material/monitoring:"


def offer_report(film: Film) -> None:
    """Draw the way to a film's report: a link if it is there, else a button that measures."""
    if is_measured(film):
        st.link_button("Report", film.url(REPORT_PAGE), icon=ICON)
    elif st.button("Measure it", icon=ICON, help="How it is cut, moves and looks, on one page."):
        _measure(film)


def is_measured(film: Film) -> bool:
    """Whether there is a report of the film as it is now."""
    return film.written_at_s(REPORT_PAGE) > film.written_at_s(Video.file_name())


def _measure(film: Film) -> None:
    from mvkit.report import write_report  # here, since it is slow to load, and few ask for it

    store = get_store()
    try:
        with st.spinner("Watching the film; this takes about a quarter of its length"):
            run = store.pull(film.job.job_id)
            write_report(run)
            store.push(run, Report.file_name(), REPORT_PAGE)
    except MvkitError as error:
        st.error(error.message)
    else:
        st.rerun()
