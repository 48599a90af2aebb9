"""The pages of the app, how they are reached, and who gets to see them.

A page is a module here with ``show(user)``; its name is its address (``/library``). It is imported
when it is first opened. Nobody sees a page without a login: the login form stands in its place,
and what was asked for is there afterwards, for the address stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import NoReturn

import streamlit as st

from mvkit.errors import MvkitError, Unauthorized
from mvkit.jobs import client
from mvkit.settings import get_settings
from mvkit.web.parts.complaint import complaint
from mvkit.web.visitor import visitor

LOOK = Path(__file__).resolve().parent.parent / "look"
"""Style, scripts and pictures that everybody may have, served under ``/look``."""
LOCAL_NAME = "On this machine"
"""What the account page is called where nobody logs in."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """How a page is reached.

    Attributes
    ----------
    name : str
        Its module, and its address.
    title : str
        What menu and window call it.
    icon : str
        What the menu shows with it; pages without one are not in the menu, but reached by links.
    """

    name: str
    title: str
    icon: str = ""


ENTRIES = (
    Entry(name="create", title="New film", icon=":material/add_circle:"),
    Entry(name="library", title="Films", icon=":material/movie:"),
    Entry(name="compare", title="Compare", icon=":material/compare:"),
    Entry(name="costs", title="Costs", icon=":material/payments:"),
    Entry(name="account", title="Account", icon=":material/person:"),
    Entry(name="watch", title="Watch"),
    Entry(name="storyboard", title="Storyboard"),
    Entry(name="login", title="Log in"),
)


def run_pages() -> None:
    """Draw the page that was asked for, or the login form."""
    mark = (LOOK / "mark.svg").read_text("utf-8")
    st.set_page_config(page_title="mvkit", page_icon=mark, layout="wide")
    st.html(LOOK / "style.css")
    try:
        user = visitor()
    except Unauthorized:
        st.navigation(list(_pages("").values()), position="hidden")
        import_module(f"{__name__}.login").show()
        return
    st.logo(mark, size="small")
    pages = _pages(user)
    current = st.navigation(list(pages.values()), position="top")
    _draw_tabs(pages)
    try:
        current.run()
    except MvkitError as error:
        st.html(complaint("That did not work", error))


def open_page(name: str, **query: str) -> NoReturn:
    """Go to a page.

    Parameters
    ----------
    name : str
        The page: ``"watch"``.
    query
        What its address says besides: ``job=job_id``.
    """
    [entry] = (entry for entry in ENTRIES if entry.name == name)
    st.switch_page(_page(entry, title=entry.title), query_params=query)


def _pages(user: str) -> dict[str, st.Page]:
    """Return the pages by name; the first is where people arrive."""
    account = LOCAL_NAME if get_settings().auth == "off" else user
    titles = {"account": account or "Account"}
    home = st.Page(partial(_arrive, user), title="mvkit", default=True, visibility="hidden")
    pages = {
        entry.name: _page(entry, title=titles.get(entry.name, entry.title)) for entry in ENTRIES
    }
    return {"home": home, **pages}


def _page(entry: Entry, *, title: str) -> st.Page:
    return st.Page(
        partial(_show, entry.name),
        title=title,
        url_path=entry.name,
        icon=entry.icon or None,
        visibility="visible" if entry.icon else "hidden",
    )


def _draw_tabs(pages: dict[str, st.Page]) -> None:
    """Draw the menu once more for phones, where a thumb reaches it: as tabs at the bottom."""
    with st.container(key="tabs", horizontal=True):
        for entry in ENTRIES:
            if entry.icon:
                st.page_link(pages[entry.name], label=entry.title, icon=entry.icon)


def _show(name: str) -> None:
    show: Callable[[str], None] = import_module(f"{__name__}.{name}").show
    show(visitor())


def _arrive(user: str) -> None:
    """Go where somebody most likely wants to: to their films, or to making the first."""
    open_page("library" if client.list_jobs(user=user, limit=1) else "create")
