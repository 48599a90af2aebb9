"""What can be counted of each film, and its contact sheet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PIL import Image

from mvkit.figures.base import Figure, data_url, table
from mvkit.figures.lineup.words import MOST_DRAWN, ending_of, escaped, left_out, short_name
from mvkit.schema.lineup import Film

SHEET_PX = 560
CELL_PX, LINE_PX, CELL_LETTERS, MOST_TABLE_PX = 14, 18, 18, 1600


def lineup_table(films: Sequence[Film]) -> Figure:
    """List what can be counted of each film."""
    columns: dict[str, list[Any]] = {
        "film": [short_name(film) for film in films],
        "differs in": [escaped(film.differs) for film in films],
        "genre": [film.genre.replace("_", " ") or "-" for film in films],
        "bpm": [_told(film.tempo_bpm, ".0f") for film in films],
        "song": [_told(film.song_s, ".0f", " s") for film in films],
        "shots": [_told(film.n_shots, "d") for film in films],
        "median shot": [_told(film.median_shot_s, ".1f", " s") for film in films],
        "cuts on beats": [_share(film.n_on_beat, film.n_cuts) for film in films],
        "work": [_told(film.worked_s, ".0f", " s") for film in films],
        "cost": [f"${film.cost_usd:.2f}" for film in films],
        "ended": [escaped(ending_of(film)) for film in films],
    }
    figure = table(columns, widths=[6, 6, 3, 2, 2, 2, 3, 3, 2, 2, 5])
    n_lines = [
        1 + len(max(film.differs, ending_of(film), key=len)) // CELL_LETTERS for film in films
    ]
    height_px = 60 + sum(CELL_PX + LINE_PX * n for n in n_lines)
    figure.update_layout(height=min(height_px, MOST_TABLE_PX))
    return figure


def sheets(films: Sequence[Film]) -> str:
    """Return the contact sheets side by side, as HTML; films without one are left out."""
    pictured = [film for film in films if film.sheet]
    cards = [
        f'<figure style="margin:0 0 8px;flex:1 1 {SHEET_PX * 3 // 4}px;max-width:{SHEET_PX}px">'
        f'<img style="width:100%" src="{_small_url(film)}" alt="contact sheet">'
        f"<figcaption><b>{escaped(film.name)}</b> {escaped(_subtitle(film))}</figcaption>"
        "</figure>"
        for film in pictured[:MOST_DRAWN]
    ]
    if not cards:
        return "<p>None of these films is finished, so there is no contact sheet.</p>"
    more = left_out(pictured)
    told = f"<p>{more}</p>" if more else ""
    style = "display:flex;flex-wrap:wrap;gap:16px;align-items:start"
    return f'<div style="{style}">{"".join(cards)}</div>{told}'


def _told(value: float | None, form: str, unit: str = "") -> str:
    return "-" if value is None else f"{value:{form}}{unit}"


def _share(part: int | None, whole: int | None) -> str:
    return f"{part / whole:.0%}" if part is not None and whole else "-"


def _small_url(film: Film) -> str:
    assert film.sheet is not None
    with Image.open(film.sheet) as sheet:
        sheet.thumbnail((SHEET_PX * 3 // 2, SHEET_PX * 4), Image.Resampling.LANCZOS)
        return data_url(sheet.convert("RGB"))


def _subtitle(film: Film) -> str:
    genre = film.genre.replace("_", " ")
    return ", ".join(filter(None, (genre, film.differs)))
