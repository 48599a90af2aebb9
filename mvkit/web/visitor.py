"""Who looks at a page: told by the cookie of the connection, and asked on every run.

A Streamlit session is a place in memory with an id that is no secret: what it remembers must not
say who somebody is. So pages ask here, whenever they run, and fragments whenever *they* run: a
login that was ended elsewhere then ends here too.
"""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from mvkit.errors import Unauthorized
from mvkit.settings import get_settings, local_user
from mvkit.web import accounts

COOKIE = "mvkit_login"
"""The cookie that carries the token of a login; only the server can read it."""


def visitor() -> str:
    """Return whose page this is; pages call this wherever they run again, fragments first of all.

    Raises
    ------
    Unauthorized
        If nobody is logged in. In a fragment the whole page is run again instead, which then
        asks to log in.
    """
    try:
        return user_of(st.context.cookies)
    except Unauthorized:
        context = get_script_run_ctx()
        if context is not None and context.fragment_ids_this_run:
            st.rerun()
        raise


def user_of(cookies: Mapping[str, str]) -> str:
    """Return whose cookies these are: who is logged in, or whose machine this is.

    Raises
    ------
    Unauthorized
        If they hold no valid login.
    """
    if get_settings().auth == "off":
        return local_user()
    return accounts.who(cookies.get(COOKIE, ""), kind=accounts.PAGE)


def login_token() -> str:
    """Return the token of the login that this page was opened with; empty for none."""
    return st.context.cookies.get(COOKIE, "")


def caller_address() -> str:
    """Return where the browser is, for counting attempts; empty if not known."""
    return st.context.ip_address or ""
