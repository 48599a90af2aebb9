"""The look: place, colours, shape and pace, all of which the director chooses unless told."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import streamlit as st

from mvkit.director import list_palettes, list_worlds
from mvkit.schema import FRAME_SIZES_PX, Aspect, Framing, Quality
from mvkit.web.pages.create import fields
from mvkit.web.parts.cards import Card, choose
from mvkit.web.wish import FASTEST, MAX_CREDITS, MAX_SEED, MAX_WATERMARK, SLOWEST

DIRECTORS = "Director’s choice"
DIRECTORS_FACE = (
    "background: radial-gradient(circle at 30% 20%, #f0b35759, transparent 60%), "
    "linear-gradient(135deg, #26282d, #17181b)"
)
ASPECTS: dict[Aspect, str] = {"16:9": "Wide 16:9", "1:1": "Square 1:1", "9:16": "Tall 9:16"}
CAPTIONS = {"": "None", "lyrics": "Lines", "karaoke": "Karaoke"}
QUALITIES: dict[Quality, str] = {
    "draft": "Draft, 2.5 Mbit/s",
    "standard": "Standard, 5 Mbit/s",
    "high": "High, 10 Mbit/s",
}
FRAMINGS: dict[Framing, str] = {
    "subject": "Round the subject",
    "centre": "Round the middle",
    "pad": "Whole, with blurred edges",
}
FRAME_AREA_REM2 = 3.4
"""All frames are drawn equally large."""


def draw() -> None:
    """Draw what there is to choose of the film's look."""
    st.subheader("Look")
    _choose("Place", _worlds(), "world")
    _choose("Colours", _palettes(), "palette")
    _choose("Picture", _aspects(), "aspect")
    st.slider(
        "Pace of the cuts",
        min_value=SLOWEST,
        max_value=FASTEST,
        step=0.05,
        format="%.2f×",
        key=fields.key("pace"),
        help="1 cuts as the director likes it; more cuts faster, less lets pictures stand.",
    )
    _draw_words()
    with st.expander("More"):
        _draw_more()


def _draw_words() -> None:
    """Draw what of the song is written in the pictures and over them."""
    st.toggle(
        "Sung words in the pictures",
        key=fields.key("signs"),
        help="Lines of the song hang in the pictures as signs, where the studio films and the "
        "words are known.",
    )
    _one_of(
        "Sung words over the pictures",
        CAPTIONS,
        "captions",
        help="Lines stand below the picture as they are sung; in karaoke each word lights up. "
        "Subtitles as a file come with every film whose words are known.",
    )
    st.toggle("Name of the song over the beginning", key=fields.key("title_card"))


def _draw_more() -> None:
    """Draw what few want to change."""
    _one_of("Quality", QUALITIES, "quality")
    _one_of(
        "Clips of another shape",
        FRAMINGS,
        "framing",
        help="Some models film only wide pictures. Ours paint every shape as it is.",
    )
    st.text_input(
        "Closing credits",
        max_chars=MAX_CREDITS,
        key=fields.key("end_credits"),
        help="Stand over the last seconds. A slash between spaces begins a new row.",
    )
    st.text_input(
        "Watermark",
        max_chars=MAX_WATERMARK,
        key=fields.key("watermark"),
        help="Stands small in the upper corner throughout.",
    )
    st.number_input(
        "Seed",
        min_value=0,
        max_value=MAX_SEED,
        step=1,
        key=fields.key("seed"),
        help="Another number gives another film of the same wish.",
    )


def _one_of(label: str, names: Mapping[Any, str], field: str, *, help: str | None = None) -> None:
    """Draw a row of buttons, one of which is chosen; ``names`` are the labels of the values."""
    st.radio(
        label,
        list(names),
        format_func=names.get,
        horizontal=True,
        key=fields.key(field, among=list(names)),
        help=help,
    )


def _choose(label: str, cards: tuple[Card, ...], field: str) -> None:
    key = fields.key(field, among=[card.value for card in cards])
    choose(label, cards, key=key, kind=field)


@cache
def _worlds() -> tuple[Card, ...]:
    cards = (
        Card(
            value=world.id,
            name=_named(world.name),
            face=f"background: url(/look/worlds/{world.id}.jpg) center / cover #26282d",
        )
        for world in list_worlds()
    )
    return (_directors(), *cards)


@cache
def _palettes() -> tuple[Card, ...]:
    cards = (
        Card(
            value=palette.id,
            name=_named(palette.name),
            face=f"background: linear-gradient(90deg, {_stripes(palette.colours)})",
        )
        for palette in list_palettes()
    )
    return (_directors(), *cards)


@cache
def _aspects() -> tuple[Card, ...]:
    return tuple(
        Card(value=aspect, name=name, face=_frame(*FRAME_SIZES_PX[aspect]))
        for aspect, name in ASPECTS.items()
    )


def _directors() -> Card:
    return Card(value="", name=DIRECTORS, face=DIRECTORS_FACE)


def _stripes(colours: tuple[str, ...]) -> str:
    """Return stripes of equal width, as the stops of a gradient."""
    share = 100 / len(colours)
    return ", ".join(
        f"{colour} {index * share:.1f}% {(index + 1) * share:.1f}%"
        for index, colour in enumerate(colours)
    )


def _frame(width_px: int, height_px: int) -> str:
    height_rem = (FRAME_AREA_REM2 * height_px / width_px) ** 0.5
    return f"height: {height_rem:.2f}rem; width: {FRAME_AREA_REM2 / height_rem:.2f}rem"


def _named(name: str) -> str:
    """Return a name without its article, as a label: ``a quiet shore`` is Quiet shore."""
    bare = name.removeprefix("an ").removeprefix("a ")
    return bare[:1].upper() + bare[1:]
