"""New film: drop a song, say what it shall show, see what it takes, have it made.

The page keeps no truth of its own. The song is a draft (:mod:`mvkit.web.drafts`) that the address
names, so that it is still there when the page is loaded again; what has been chosen is a wish
(:mod:`mvkit.web.wish`) kept beside it.

Contents
--------
show
    The page.
fields
    The wish in the session: one widget for each of its fields.
song, story, look, crew, deal
    The parts of the page, from top to bottom.
"""

from __future__ import annotations

from contextlib import suppress

import streamlit as st

from mvkit.errors import MvkitError, NotFound
from mvkit.web import drafts
from mvkit.web.drafts import Draft
from mvkit.web.pages import LOOK, open_page
from mvkit.web.pages.create import crew, deal, fields, look, song, story
from mvkit.web.parts.complaint import complaint

LESSON = """
<ol class="mv-lesson">
  <li><b>Drop a song.</b> Its beats and sections are heard within seconds.</li>
  <li><b>Say what the film shows.</b> One or two sentences; the director fills in the rest.</li>
  <li><b>Plan first, or make it at once.</b> You see what it takes before anything begins.</li>
</ol>
"""


def show(user: str) -> None:
    """Draw the page.

    Parameters
    ----------
    user : str
        Who looks at it.
    """
    st.html(LOOK / "create.css")
    st.title("New film")
    with st.container():  # what comes and goes has a place of its own, so that nothing else moves
        draft = _open_draft(user)
        if draft is None:
            st.html(LESSON)
    left, right = st.columns(2, gap="large")
    left_below, right_below = st.columns(2, gap="large")
    with left:
        song.draw(draft, user=user)
        story.draw(draft)
    with right:
        look.draw()
    with left_below:
        crew.draw(draft)
    with right_below:
        deal.draw(draft, fields.keep(draft), user=user)


def _open_draft(user: str) -> Draft | None:
    """Return the draft that the address names, or the one of this session, if there is any."""
    fields.begin(user)
    if job_id := st.query_params.pop("again", ""):
        _begin_again(job_id, user=user)
    asked = [draft_id for draft_id in (st.query_params.get("draft"), fields.draft_id()) if draft_id]
    for draft_id in asked:  # for a moment, an address may name the song that was there before
        with suppress(NotFound):
            return _go_on(drafts.open(draft_id, user=user))
    fields.forget_draft()
    if asked:
        st.html(
            '<p class="mv-note" role="status">This song is no longer kept here; drop it again.</p>'
        )
    return None


def _go_on(draft: Draft) -> Draft:
    """Go on with a draft, or watch the film that it has become."""
    if draft.job_id:  # it was sent, and somebody came back to its address
        fields.end()
        open_page("watch", job=draft.job_id)
    if draft.draft_id != fields.draft_id():
        fields.adopt(draft, draft.wish)
    st.query_params["draft"] = draft.draft_id  # it may have come from the session
    return draft


def _begin_again(job_id: str, *, user: str) -> None:
    """Begin with the song, the lyrics and the wish of a job."""
    try:
        draft = drafts.from_job(job_id, user=user)
    except MvkitError as error:
        st.html(complaint("That film cannot be made again", error))
        return
    fields.adopt(draft, draft.wish)
