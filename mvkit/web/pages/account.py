"""The account: who I am, what I may still use, my password, my logins, and how scripts come in."""

from __future__ import annotations

import html
import time
from urllib.parse import urlsplit

import streamlit as st

from mvkit.errors import InvalidInput, MvkitError
from mvkit.settings import get_settings
from mvkit.web import accounts
from mvkit.web.pages.login import enter, leave_for
from mvkit.web.parts.allowance import allowance_of, meters
from mvkit.web.parts.complaint import complaint
from mvkit.web.parts.dates import day, visitor_zone
from mvkit.web.visitor import caller_address, login_token

GET_TOKEN = """\
TOKEN=$(curl -s $API/auth/login \\
  -H 'Content-Type: application/json' \\
  -d '{{"name": "{user}", "password": "..."}}' \\
  | jq -r .access_token)
"""
MAKE_FILM = """\
curl $API/upload-audio{token} \\
  -F audio_file=@song.mp3 \\
  -F user_prompt='A lone dancer walks through neon rain
in an empty city and finds a lit stage.'

curl -N $API/jobs/JOB_ID/stream{token}
curl -o film.mp4 $API/jobs/JOB_ID/download{token}
"""
TOKEN = """ \\
  -H "Authorization: Bearer $TOKEN\""""


def show(user: str) -> None:
    """Draw the page."""
    with_logins = get_settings().auth == "on"
    if with_logins:
        _show_person(user)
    else:
        st.title("On this machine")
        st.text(f"No logins: the films here are those of {user}, and only this machine gets in.")
    st.html(meters(allowance_of(user)))
    left, right = st.columns(2, gap="medium")
    with left:
        _show_api(user, with_logins=with_logins)
    if with_logins:
        with right:
            _show_password(user)


def _show_person(user: str) -> None:
    account = accounts.find_account(user)
    since = day(account.created_at_s, zone=visitor_zone(), now_s=time.time())
    st.html(f'<h1 class="mv-title">{html.escape(account.name)}</h1>')
    with st.container(horizontal=True, vertical_alignment="center"):
        st.text(" · ".join(filter(None, (account.email, f"here since {since}"))))
        st.space("stretch")
        if st.button("Log out"):
            accounts.log_out(login_token())
            leave_for("/")
        if st.button("Log out everywhere", help="Here, on other devices, and in scripts."):
            accounts.log_out_everywhere(user)
            leave_for("/")


def _show_password(user: str) -> None:
    with st.form("password"):
        st.subheader("Change the password")
        old = st.text_input("Password now", type="password", autocomplete="current-password")
        new = st.text_input("New password", type="password", autocomplete="new-password")
        again = st.text_input("New password again", type="password", autocomplete="new-password")
        st.caption("All other logins end, and tokens of the API with them.")
        sent = st.form_submit_button("Change it")
    if not sent:
        return
    try:
        if new != again:
            raise InvalidInput("The two new passwords differ.", reason="PASSWORD")
        accounts.change_password(user, old, new)
        enter(accounts.log_in(user, new, kind=accounts.PAGE, address=caller_address()))
    except MvkitError as error:
        st.html(complaint("The password is what it was", error))


def _show_api(user: str, *, with_logins: bool) -> None:
    """Show how a script makes a film, to copy."""
    here = urlsplit(st.context.url or get_settings().public_url)
    lines = [f"API={here.scheme}://{here.netloc}/api/v1", ""]
    if with_logins:
        lines.append(GET_TOKEN.format(user=user))
    lines.append(MAKE_FILM.format(token=TOKEN if with_logins else ""))
    with st.container(border=True):
        st.subheader("For scripts")
        st.text("What the pages do, scripts can do too.")
        st.code("\n".join(lines), language="bash")
        st.html(
            '<p><a href="/api/v1/docs" target="_blank">All of the API</a> <span class="mv-muted">'
            "and, for programs, /api/v1/openapi.json</span></p>"
        )
