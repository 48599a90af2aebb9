"""What people choose for the whole film: its home place and its palette.

Contents
--------
list_worlds, list_palettes
    What there is to choose from, for pages and messages.
with_choices, pick
    A wish with what was chosen; a row by its id.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from mvkit.director.knowledge import (
    CHOSEN_PALETTE,
    CHOSEN_PLACE,
    Knowledge,
    Palette,
    World,
    load_knowledge,
)
from mvkit.director.wish import Wish
from mvkit.errors import InvalidInput

RowT = TypeVar("RowT", World, Palette)


@dataclass(frozen=True, kw_only=True)
class Swatches:
    """A palette to look at.

    Attributes
    ----------
    id, name : str
        For programs, and for people.
    colours : tuple of str
        Three to six hex colours, the leading one first, the accent last.
    advice : str
        When to use it.
    """

    id: str
    name: str
    colours: tuple[str, ...]
    advice: str


def list_worlds() -> tuple[World, ...]:
    """Return the places a film can play in, with their times of day, weathers and actions."""
    return load_knowledge().worlds


def list_palettes() -> tuple[Swatches, ...]:
    """Return the palettes a film can have, with their colours."""
    knowledge = load_knowledge()
    return tuple(
        Swatches(
            id=palette.id,
            name=palette.name,
            colours=tuple(knowledge.colour(name).hex for name in palette.colours),
            advice=palette.advice,
        )
        for palette in knowledge.palettes
    )


def with_choices(wish: Wish, *, world: str, palette: str, knowledge: Knowledge) -> Wish:
    """Return a wish whose home place and palette somebody chose.

    Parameters
    ----------
    wish : Wish
        What the words ask for; it counts wherever nothing is chosen.
    world, palette : str
        Ids; empty where nothing is chosen.
    knowledge : Knowledge
        Worlds and palettes.

    Raises
    ------
    InvalidInput
        If an id is not known, naming those that are.
    """
    home = pick(knowledge.worlds, world, kind="world") if world else None
    colours = pick(knowledge.palettes, palette, kind="palette") if palette else None
    chosen = {CHOSEN_PLACE: home, CHOSEN_PALETTE: colours}
    told = {topic: (row.name,) for topic, row in chosen.items() if row}
    return replace(wish, home=home, palette=colours, understood={**wish.understood, **told})


def pick(rows: Sequence[RowT], row_id: str, *, kind: str) -> RowT:
    """Return the row of an id.

    Raises
    ------
    InvalidInput
        If there is none, naming those there are.
    """
    for row in rows:
        if row.id == row_id:
            return row
    known = ", ".join(row.id for row in rows)
    raise InvalidInput(
        f"There is no {kind} {row_id!r}; choose one of {known}.", reason=f"NO_{kind.upper()}"
    )
