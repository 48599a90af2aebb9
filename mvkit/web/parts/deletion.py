"""The end of a film: what goes is told, and nothing goes before it is confirmed."""

from __future__ import annotations

import html

import streamlit as st

from mvkit.errors import MvkitError
from mvkit.jobs import client
from mvkit.web.pages import open_page
from mvkit.web.parts.complaint import complaint
from mvkit.web.parts.film import Film
from mvkit.web.visitor import visitor

MB = 1000**2


def offer_to_delete(film: Film) -> None:
    """Draw a button that asks whether to delete a film."""
    if st.button("Delete", icon=":material/delete:", key="delete"):
        st.dialog("Delete this film?")(confirm)(film)


def confirm(film: Film) -> None:
    """Tell what goes, and delete a film once that is confirmed, by whoever looks at it then."""
    n_bytes = sum(file.disk_bytes for file in film.files.values())
    st.html(
        f"<p><strong>{html.escape(film.title)}</strong></p>"
        "<p>The film goes, and with it its song, its clips, its storyboard and its notebooks: "
        f"{len(film.files)} files, {n_bytes / MB:.0f} MB. This cannot be undone. "
        "What you have downloaded stays with you.</p>"
    )
    keep, delete = st.columns(2)
    if keep.button("Keep it", width="stretch"):
        st.rerun()
    if delete.button("Delete for good", key="delete_for_good", width="stretch"):
        try:
            client.delete(film.job.job_id, user=visitor())
        except MvkitError as error:
            st.html(complaint("It is still there", error))
        else:
            open_page("library")
