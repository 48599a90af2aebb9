"""The way to a film in another shape: the same plan, painted anew."""

from __future__ import annotations

from typing import get_args

import streamlit as st

from mvkit.errors import MvkitError
from mvkit.jobs import client
from mvkit.schema import Aspect
from mvkit.siblings import is_painted
from mvkit.web.pages import open_page
from mvkit.web.parts.complaint import complaint
from mvkit.web.parts.film import Film
from mvkit.web.visitor import visitor

NAMES: dict[Aspect, str] = {"16:9": "Wide, 16:9", "1:1": "Square, 1:1", "9:16": "Tall, 9:16"}


def offer_shapes(film: Film) -> None:
    """Draw the shapes that a film may be had in besides; none where others filmed it."""
    if not is_painted(film.brief):
        return
    with st.popover("Another shape", icon=":material/aspect_ratio:"):
        st.text("The same plan and the same cuts, painted anew: a film of its own, for nothing.")
        for aspect in get_args(Aspect):
            if aspect != film.brief.aspect and st.button(NAMES[aspect], key=f"shape_{aspect}"):
                _make(film, aspect)


def _make(film: Film, aspect: Aspect) -> None:
    try:
        job = client.reshape(film.job.job_id, aspect, user=visitor())
    except MvkitError as error:
        st.html(complaint("It cannot be made in this shape", error))
    else:
        open_page("watch", job=job.job_id)
