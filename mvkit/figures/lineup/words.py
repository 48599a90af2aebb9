"""What is said of a film in a picture of many, and how many are drawn."""

from __future__ import annotations

import html
from collections.abc import Sequence

from mvkit.schema.lineup import Film

MOST_DRAWN = 30
EDGES_PX = 110
NAME_LETTERS = 26
UNKNOWN = "no genre"


def ending_of(film: Film) -> str:
    """Return how a film ended, in words: *finished*, and what to look at; or why it failed."""
    if film.is_finished:
        return f"finished; see {film.warnings}" if film.warnings else "finished"
    told = f"{film.state} at {film.stage}" if film.stage else film.state
    return f"{told}: {film.error}" if film.error else told


def short_name(film: Film) -> str:
    """Return what a film is called, cut off where it is long."""
    name = film.name
    return escaped(name if len(name) <= NAME_LETTERS else f"{name[: NAME_LETTERS - 1]}…")


def left_out(films: Sequence[Film]) -> str:
    """Return how many films are not drawn, as a sentence; empty if all are."""
    n_more = len(films) - MOST_DRAWN
    return f"{n_more} more are not drawn; choose fewer to see them." if n_more > 0 else ""


def escaped(text: str) -> str:
    """Return text that a figure shows as it is; Plotly knows no quotation marks by their names."""
    return html.escape(text, quote=False)
