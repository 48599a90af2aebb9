"""The door: log in, make an account, or set a new password with the link of a mail.

A page runs on a WebSocket and cannot set a cookie that scripts do not see. So a login becomes a
ticket, which a script of ours hands to the API; the API's answer sets the cookie, and the page is
loaded again: the same address, now with a login.
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from mvkit.errors import InvalidInput, MvkitError
from mvkit.settings import get_settings
from mvkit.web import accounts
from mvkit.web.accounts import Login
from mvkit.web.accounts.mail import can_send
from mvkit.web.visitor import caller_address

WORDMARK = """
<header class="mv-door">
  <p class="mv-door__name"><img src="/look/mark.svg" alt="" width="36" height="36"> mvkit</p>
  <p class="mv-muted">A song and an idea in, a music video out.</p>
</header>
"""
LINK_IS_SENT = (
    "If there is such an account, a link is on its way to its e-mail address. It works once, "
    "within the next 30 minutes."
)
LINK_IS_ASKED = (
    "This service sends no mails. If there is such an account, whoever runs the service now knows "
    "that you asked, and can give you a link (mvkit user reset NAME)."
)
NEW_PASSWORD, NEW_AGAIN = "New password", "New password again"


def show(user: str = "") -> None:
    """Draw the door, where nobody is logged in; or let in who is."""
    with st.container(key="door"):
        if secret := st.query_params.get("reset"):
            _show_reset(secret)
        elif user:
            leave_for("/")
        else:
            _show_view()


def enter(login: Login, *, to: str = "") -> None:
    """Have the browser keep a login, and load an address, or this one again.

    Parameters
    ----------
    to : str
        Where to go; by default nowhere else.
    """
    ticket = accounts.make_ticket(login)
    st.html(
        '<p class="mv-muted" role="status" id="mv-entering">One moment …</p>'
        f'<script src="/look/enter.js" data-ticket="{ticket}" data-to="{html.escape(to)}">'
        "</script>",
        unsafe_allow_javascript=True,
    )


def leave_for(address: str) -> None:
    """Have the browser load an address anew."""
    st.html(
        f'<script src="/look/leave.js" data-to="{html.escape(address)}"></script>',
        unsafe_allow_javascript=True,
    )


def _show_view() -> None:
    st.html(WORDMARK)
    first = accounts.is_empty()
    view = st.session_state.get("door", "register" if first else "login")
    if view == "register":
        _show_registration(first=first)
    elif view == "forgot":
        _show_forgot()
    else:
        _show_login()


def _show_login() -> None:
    from mvkit.web import authenticator as forms  # with its package, which takes a while to load

    _name_fields({forms.NAME_OR_EMAIL: "username", forms.PASSWORD: "current-password"})
    with _telling():
        if login := forms.draw_login(title="Log in"):
            enter(login)
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        if get_settings().registration == "open":
            _view_button("Make an account", "register")
        _view_button("Forgot the password?", "forgot")


def _show_registration(*, first: bool) -> None:
    from mvkit.web import authenticator as forms

    _name_fields(
        {
            forms.NAME: "username",
            forms.EMAIL: "email",
            forms.PASSWORD: "new-password",
            forms.AGAIN: "new-password",
        }
    )
    with _telling():
        title = "Welcome: make the first account" if first else "Make an account"
        if login := forms.draw_registration(title=title):
            enter(login)
    if not first:
        _view_button("I have an account", "login")


def _show_forgot() -> None:
    with _telling(), st.form("forgot"):
        st.subheader("Set a new password")
        name = st.text_input("Name or e-mail address", autocomplete="username")
        if st.form_submit_button("Send me a link" if can_send() else "Ask for a link") and name:
            accounts.ask_reset(name, address=caller_address())
            st.html(f'<p role="status">{LINK_IS_SENT if can_send() else LINK_IS_ASKED}</p>')
    _view_button("Back to the login", "login")


def _show_reset(secret: str) -> None:
    st.html(WORDMARK)
    _name_fields({NEW_PASSWORD: "new-password", NEW_AGAIN: "new-password"})
    with _telling(), st.form("reset"):
        st.subheader("Set a new password")
        new = st.text_input(NEW_PASSWORD, type="password")
        again = st.text_input(NEW_AGAIN, type="password")
        if st.form_submit_button("Set it and log in"):
            if new != again:
                raise InvalidInput("The two passwords differ. Type them again.", reason="PASSWORD")
            name = accounts.reset_password(secret, new)
            enter(accounts.log_in(name, new, kind=accounts.PAGE, address=caller_address()), to="/")


def _view_button(label: str, view: str) -> None:
    if st.button(label, type="tertiary"):
        st.session_state["door"] = view
        st.rerun()


@contextmanager
def _telling() -> Iterator[None]:
    """Say above a form what was wrong with what it was sent with, in the error's own sentence."""
    place = st.empty()
    try:
        yield
    except MvkitError as error:
        place.html(f'<p class="mv-note mv-note--bad" role="alert">{html.escape(error.message)}</p>')


def _name_fields(kinds: dict[str, str]) -> None:
    """Tell password managers which field is which, by the fields' labels."""
    fields = html.escape(json.dumps(kinds))
    st.html(
        f'<script src="/look/fields.js" data-fields="{fields}"></script>',
        unsafe_allow_javascript=True,
    )
