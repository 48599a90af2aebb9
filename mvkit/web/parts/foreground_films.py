"""Films that were made on the command line: no job, and so nobody's in particular.

They are listed where one person has the machine to themselves, to be opened from their folders.
"""

from __future__ import annotations

import html
from typing import Any

import streamlit as st

from mvkit.index import query
from mvkit.jobs.table import list_jobs
from mvkit.web.parts.amounts import clock

MOST = 100
REMEMBERED_S = 10.0

NEWEST = """
SELECT title, prompt, state, song_s, film FROM runs
WHERE job_id NOT IN (SELECT unnest($jobs::VARCHAR[]))
ORDER BY created_at DESC, job_id LIMIT $most
"""


def foreground_list() -> str:
    """Return the newest runs that belong to no job, as HTML; empty if there is none."""
    lines = "".join(_line(*row) for row in _newest())
    return f'<ul class="mv-list">{lines}</ul>' if lines else ""


@st.cache_data(ttl=REMEMBERED_S, max_entries=1, show_spinner=False)
def _newest() -> list[tuple[Any, ...]]:
    jobs = [job.job_id for job in list_jobs()]
    return query(NEWEST, parameters={"jobs": jobs, "most": MOST}).rows


def _line(title: str, prompt: str, state: str, song_s: float | None, film: str) -> str:
    place = f"<code>{html.escape(film)}</code>" if film else state
    length = clock(song_s) if song_s else ""
    return (
        f"<li><span>{html.escape(title or prompt)}<br><small>{place}</small></span>"
        f'<span class="mv-list__end">{length}</span></li>'
    )
