"""Films side by side in words and numbers.

Contents
--------
shots_figure
    Their shot lists, with reasons.
figures_table
    What can be counted of them.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from textwrap import wrap

from mvkit.figures.base import FAINT, Figure
from mvkit.figures.director.seen import (
    Plans,
    Reasons,
    place_colours,
    place_names,
    placed_shots,
    tell_shot,
)
from mvkit.figures.lanes import clock
from mvkit.schema import ClipScript, Shot, Span

ROW_PX, LINE_PX, CELL_PX, MOST_TABLE_PX = 27, 16, 12, 640
"""A row of one line; each line of a cell, and the room around them; the tallest table."""
LETTER_PX, PAGE_PX = 7.0, 900
"""Mean width of a letter, and how wide a page is at least, to tell how texts are wrapped."""
SHARES = {"at": 14, "place": 25, "shot": 30, "why": 47}
"""How wide the columns of a shot list are."""
HEAD, CELL = "rgba(140, 140, 150, 0.28)", "rgba(140, 140, 150, 0.07)"
DIFFERENT = "rgba(240, 179, 87, 0.28)"
"""Ground of what is not the same on all sides."""


def shots_figure(
    plans: Plans, *, span: Span | None = None, reasons: Mapping[str, str] | None = None
) -> Figure:
    """Draw shot lists side by side.

    Parameters
    ----------
    plans : mapping of str to Plan
        The films by the names they are called.
    span : Span, optional
        Only shots that are seen in it; by default all.
    reasons : mapping of str to str, optional
        A sentence for each rule, told in the last column.
    """
    figure, colours = Figure(), place_colours(plans)
    height_px, share = 0, 1.0 / len(plans)
    for index, (name, plan) in enumerate(plans.items()):
        shots = [row for row in placed_shots(plan) if span is None or _meet(row[1], span)]
        columns = _shot_columns(shots, Reasons(plan, reasons or {}), place_names(plan))
        height_px = max(height_px, _height_px(columns, width_px=share * PAGE_PX))
        fills = [_faded(colours[script.scenes[0]]) for script, _ in shots]
        figure.add_table(
            header={
                "values": [f"<b>{html.escape(name)}</b>", *list(columns)[1:]],
                "align": "left",
                "fill": {"color": HEAD},
                "line": {"color": FAINT},
            },
            cells={
                "values": list(columns.values()),
                "align": "left",
                "fill": {"color": [CELL, fills, CELL, CELL]},
                "line": {"color": FAINT},
            },
            columnwidth=list(SHARES.values()),
            domain={"x": [index * share + 0.004 * (index > 0), (index + 1) * share - 0.004]},
        )
    return _table_laid_out(figure, height_px=height_px + ROW_PX)


def figures_table(columns: Mapping[str, Mapping[str, str]]) -> Figure:
    """Draw numbers side by side: by the name of each film, what is told of it by topic."""
    topics = list(dict.fromkeys(topic for told in columns.values() for topic in told))
    values = [[html.escape(told.get(topic, "")) for topic in topics] for told in columns.values()]
    fills = [DIFFERENT if len(set(row)) > 1 else CELL for row in zip(*values, strict=True)]
    figure = Figure()
    figure.add_table(
        header={
            "values": ["", *(f"<b>{html.escape(name)}</b>" for name in columns)],
            "align": "left",
            "fill": {"color": HEAD},
            "line": {"color": FAINT},
        },
        cells={
            "values": [topics, *values],
            "align": "left",
            "fill": {"color": [CELL, *(fills for _ in columns)]},
            "line": {"color": FAINT},
            "height": ROW_PX,
        },
        columnwidth=[2, *(5 for _ in columns)],
    )
    return _table_laid_out(figure, height_px=ROW_PX * (len(topics) + 3))


def _shot_columns(
    shots: Sequence[tuple[ClipScript, Shot]], reasons: Reasons, places: Mapping[str, str]
) -> dict[str, list[str]]:
    return {
        "at": [f"{clock(shot).split(' ')[0]}<br>{shot.length_s:.1f} s" for _, shot in shots],
        "place": [places[script.scenes[0]] for script, _ in shots],
        "shot": [tell_shot(shot) for _, shot in shots],
        "why": [html.escape(next(iter(reasons.of(shot)), "")) for _, shot in shots],
    }


def _height_px(columns: Mapping[str, Sequence[str]], *, width_px: float) -> int:
    """Return how tall a shot list is when its texts are wrapped."""
    letter = sum(SHARES.values()) * LETTER_PX / width_px
    letters = [max(6, int(SHARES[name] / letter)) for name in columns]
    n_lines = (
        max(sum(_n_lines(line, n) for line in text.split("<br>")) for text, n in row)
        for row in (
            zip(texts, letters, strict=True) for texts in zip(*columns.values(), strict=True)
        )
    )
    return sum(LINE_PX * n + CELL_PX for n in n_lines)


def _n_lines(text: str, n_letters: int) -> int:
    return max(1, len(wrap(html.unescape(text), n_letters)))


def _table_laid_out(figure: Figure, *, height_px: int) -> Figure:
    figure.update_layout(
        template="plotly_white",
        height=min(MOST_TABLE_PX, height_px + 8),
        margin={"l": 1, "r": 2, "t": 4, "b": 4},
    )
    return figure


def _faded(colour: str) -> str:
    """Return a hex colour so that text of either page can be read on it."""
    return "rgba({}, {}, {}, 0.45)".format(*bytes.fromhex(colour.removeprefix("#")))


def _meet(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end
