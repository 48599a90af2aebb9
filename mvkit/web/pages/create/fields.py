"""The wish in the session: one widget for each of its fields.

Streamlit forgets what a widget holds as soon as the widget is not drawn, as when somebody looks
at another page meanwhile. So the wish is kept under a name of its own, each widget begins with
what the wish says, and what the widgets say is the wish again.

What we set ourselves, as by a click on an example, the browser does not know of for a moment, and
whatever happens in it meanwhile says the old again. So a field that we set gets another widget.

Contents
--------
begin, end, adopt, draft_id, forget_draft
    Whose wish it is, and for which song.
key, change, current, keep
    Its fields.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from typing import Any

import streamlit as st

from mvkit.errors import NotFound
from mvkit.web import drafts
from mvkit.web.drafts import Draft
from mvkit.web.wish import Wish

OWNER, WISH, DRAFT_ID = "create:owner", "create:wish", "create:draft"


def begin(user: str) -> None:
    """Begin a wish, unless this session has begun one of the same user."""
    if st.session_state.get(OWNER) != user:
        st.session_state[OWNER] = user
        st.session_state[DRAFT_ID] = ""
        change(**Wish().model_dump())


def end() -> None:
    """Be done with this wish: the next run begins another."""
    st.session_state[OWNER] = None


def adopt(draft: Draft, wish: Wish) -> None:
    """Go on with a draft, and with a wish for it.

    A run may be cut off at any step, when something else is asked of the page: the wish comes
    first, for a draft with another wish would be wrong, and a wish for a draft to come is not.
    """
    change(**wish.model_dump())
    st.session_state[DRAFT_ID] = draft.draft_id
    st.query_params["draft"] = draft.draft_id


def draft_id() -> str:
    """Return the id of this session's draft; empty if there is none."""
    return str(st.session_state.get(DRAFT_ID, ""))


def forget_draft() -> None:
    """Go on without a draft; what was chosen stays."""
    st.session_state[DRAFT_ID] = ""
    st.query_params.pop("draft", None)


def key(field: str, *, among: Collection[Any] = ()) -> str:
    """Return the key for the widget of a field, which begins with what the wish says.

    Parameters
    ----------
    field : str
        Name of a field of :class:`mvkit.web.wish.Wish`.
    among : collection
        What there is to choose from; a wish for anything else begins with the first of it.
    """
    name = _key(field)
    st.session_state.setdefault(name, getattr(_wish(), field))
    if among and st.session_state[name] not in among:
        st.session_state[name] = next(iter(among))
    return name


def change(**values: Any) -> None:
    """Set fields; to be called before their widgets are drawn, as callbacks are."""
    before = current()
    wish = Wish.model_validate({**before.model_dump(), **values})
    st.session_state[WISH] = wish
    for field in values:
        if getattr(wish, field) != getattr(before, field):
            st.session_state[_turn(field)] = st.session_state.get(_turn(field), 0) + 1


def current() -> Wish:
    """Return the wish as the widgets say."""
    told = {
        field: st.session_state[_key(field)]
        for field in Wish.model_fields
        if _key(field) in st.session_state
    }
    return Wish.model_validate({**_wish().model_dump(), **told})


def keep(draft: Draft | None) -> Wish:
    """Keep the wish as the widgets say, beside the song if there is one; return it."""
    wish = current()
    if wish != _wish():
        st.session_state[WISH] = wish
        if draft:
            with suppress(NotFound):  # gone just now; the next run says so
                drafts.keep_wish(draft, wish)
    return wish


def _wish() -> Wish:
    wish: Wish = st.session_state.get(WISH) or Wish()
    return wish


def _key(field: str) -> str:
    return f"create_{field}_{st.session_state.get(_turn(field), 0)}"


def _turn(field: str) -> str:
    """Return under which name it is counted how often we have set a field."""
    return f"create:turn:{field}"
