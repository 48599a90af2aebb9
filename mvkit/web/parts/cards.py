"""Choosing one of a few by what they look like: radio buttons drawn as cards.

They stay radio buttons: the arrow keys move between them and screen readers tell their names.
``look/create.css`` draws the cards; what each shows on its face is written here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

PREFIX = "cards_"
"""How the containers of such choices are called, by which the style sheet knows them."""


@dataclass(frozen=True, kw_only=True)
class Card:
    """One of the things to choose from.

    Attributes
    ----------
    value : str
        What it stands for.
    name : str
        What it is called; ours, not a user's.
    face : str
        What it shows, as the CSS declarations of its face.
    """

    value: str
    name: str
    face: str


def choose(label: str, cards: Sequence[Card], *, key: str, kind: str) -> None:
    """Draw cards to choose one from; the chosen value is in the session under the key.

    Parameters
    ----------
    label : str
        What is chosen.
    cards : sequence of Card
        At least one.
    key : str
        Of the widget.
    kind : str
        What it is a choice of, once on a page, for the style sheet: ``"palette"``.
    """
    names = {card.value: card.name for card in cards}
    with st.container(key=f"{PREFIX}{kind}"):
        st.html(f"<style>{_faces(cards, kind)}</style>")
        st.radio(label, list(names), format_func=names.__getitem__, key=key, horizontal=True)


def _faces(cards: Sequence[Card], kind: str) -> str:
    return "".join(
        f".st-key-{PREFIX}{kind} [data-testid='stRadioGroup'] > :nth-child({number}) label::before"
        f"{{{card.face}}}"
        for number, card in enumerate(cards, start=1)
    )
