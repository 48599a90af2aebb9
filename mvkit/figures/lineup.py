"""Any set of films beside one another, a row or a picture for each.

All functions take a lineup (:func:`mvkit.lineup.line_up`) and suit a white page and a dark one.
More films than :data:`MOST_DRAWN` are told by number, not drawn.

Contents
--------
lineup_table        what can be counted of each
sheets              their contact sheets, as HTML
rhythms_figure      how quickly each is cut over its song's energy and parts, on one clock
palettes_figure     the colours of each, as they follow one another
makings_figure      how long each stage worked for a second of film, and what the film cost
endings_figure      how films ended, by genre, and why some failed
"""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Sequence
from typing import Any

from PIL import Image

from mvkit.figures.base import (
    FAINT,
    SECTION_COLOURS,
    Figure,
    data_url,
    table,
    time_axis,
)
from mvkit.figures.look import COLOURWAY, LAMP
from mvkit.figures.story import palette_parts
from mvkit.schema import Analysis, Plan
from mvkit.schema.lineup import Film

MOST_DRAWN = 30
ROW_PX, BAR_PX, EDGES_PX = 58, 30, 110
SHEET_PX = 560
CELL_PX, LINE_PX, CELL_LETTERS, MOST_TABLE_PX = 14, 18, 18, 1600
STEP_S = 0.5
NAME_LETTERS = 26
UNKNOWN = "no genre"
SQUARE = {"line": {"width": 0}, "cornerradius": 0}
"""Bars that lie side by side without a seam."""
STAGES = ("analysis", "plan", "references", "prompts", "clips", "video")
STAGE_COLOURS = dict(zip(STAGES, (*COLOURWAY[1:], LAMP), strict=True))
FINISHED, FAILED = "#7fc99a", ("#f2938a", "#e07a6a", "#c99ad6", "#b8b3a8", "#c9c08f")
BAND, STRIP, GAP = 0.86, 0.1, 0.02
"""Shares of a film's row that are drawn on, and that the parts of its song take, and leave free."""


def lineup_table(films: Sequence[Film]) -> Figure:
    """List what can be counted of each film."""
    columns: dict[str, list[Any]] = {
        "film": [_short(film) for film in films],
        "differs in": [_escaped(film.differs) for film in films],
        "genre": [film.genre.replace("_", " ") or "-" for film in films],
        "bpm": [_told(film.tempo_bpm, ".0f") for film in films],
        "song": [_told(film.song_s, ".0f", " s") for film in films],
        "shots": [_told(film.n_shots, "d") for film in films],
        "median shot": [_told(film.median_shot_s, ".1f", " s") for film in films],
        "cuts on beats": [_share(film.n_on_beat, film.n_cuts) for film in films],
        "work": [_told(film.worked_s, ".0f", " s") for film in films],
        "cost": [f"${film.cost_usd:.2f}" for film in films],
        "ended": [_escaped(_ended(film)) for film in films],
    }
    figure = table(columns, widths=[6, 6, 3, 2, 2, 2, 3, 3, 2, 2, 5])
    n_lines = [1 + len(max(film.differs, _ended(film), key=len)) // CELL_LETTERS for film in films]
    height_px = 60 + sum(CELL_PX + LINE_PX * n for n in n_lines)
    figure.update_layout(height=min(height_px, MOST_TABLE_PX))
    return figure


def sheets(films: Sequence[Film]) -> str:
    """Return the contact sheets side by side, as HTML; films without one are left out."""
    pictured = [film for film in films if film.sheet]
    cards = [
        f'<figure style="margin:0 0 8px;flex:1 1 {SHEET_PX * 3 // 4}px;max-width:{SHEET_PX}px">'
        f'<img style="width:100%" src="{_small_url(film)}" alt="contact sheet">'
        f"<figcaption><b>{_escaped(film.name)}</b> {_escaped(_subtitle(film))}</figcaption>"
        "</figure>"
        for film in pictured[:MOST_DRAWN]
    ]
    if not cards:
        return "<p>None of these films is finished, so there is no contact sheet.</p>"
    left_out = _left_out(pictured)
    told = f"<p>{left_out}</p>" if left_out else ""
    style = "display:flex;flex-wrap:wrap;gap:16px;align-items:start"
    return f'<div style="{style}">{"".join(cards)}</div>{told}'


def rhythms_figure(films: Sequence[Film]) -> Figure:
    """Draw how quickly each film is cut, shot by shot, over its song's energy and parts."""
    drawn = [(film, film.plan, film.analysis) for film in films if film.plan and film.analysis]
    shown = drawn[:MOST_DRAWN]
    figure = Figure()
    most = max((max(_rates(plan)) for _, plan, _ in shown), default=1.0)
    for place, (film, plan, heard) in enumerate(shown):
        _add_energy(figure, heard, floor=-place)
        _add_parts(figure, heard, floor=-place)
        _add_rates(figure, plan, most=most, floor=-place, name=film.name)
    _name_parts(figure, [heard for *_, heard in shown])
    longest_s = max((heard.duration for *_, heard in shown), default=1.0)
    _lay_out_rows(figure, [film for film, *_ in drawn], duration_s=longest_s)
    return figure


def palettes_figure(films: Sequence[Film]) -> Figure:
    """Draw the colours of each film as they follow one another, the leading one below."""
    drawn = [(film, film.plan) for film in films if film.plan]
    figure = Figure()
    for place, (film, plan) in enumerate(drawn[:MOST_DRAWN]):
        figure.add_bar(**_colour_bars(plan, floor=-place), name=film.name)
    figure.update_layout(barmode="overlay")
    longest_s = max((plan.clip_scripts[-1].end for _, plan in drawn[:MOST_DRAWN]), default=1.0)
    _lay_out_rows(figure, [film for film, _ in drawn], duration_s=longest_s)
    return figure


def makings_figure(films: Sequence[Film]) -> Figure:
    """Draw how long each stage worked for a second of song, and tell what each film cost."""
    drawn = [film for film in films if film.song_s]
    figure = Figure()
    names = [_short(film) for film in drawn[:MOST_DRAWN]]
    for stage, colour in STAGE_COLOURS.items():
        figure.add_bar(
            y=names,
            x=[(getattr(film, f"{stage}_s") or 0.0) / (film.song_s or 1.0) for film in drawn][
                :MOST_DRAWN
            ],
            name=stage,
            orientation="h",
            marker={"color": colour},
            hovertemplate=f"{stage}: %{{x:.2f}} s for a second of song<extra>%{{y}}</extra>",
        )
    figure.add_scatter(
        y=names,
        x=[film.worked_s / (film.song_s or 1.0) for film in drawn][:MOST_DRAWN],
        mode="text",
        text=[f"  ${film.cost_usd:.2f}" for film in drawn],
        textposition="middle right",
        showlegend=False,
        hoverinfo="skip",
        cliponaxis=False,
    )
    _lay_out_bars(figure, drawn, n_rows=len(names), x="seconds of work for a second of song")
    figure.update_xaxes(rangemode="tozero")
    return figure


def endings_figure(films: Sequence[Film]) -> Figure:
    """Draw how many films of each genre were finished, and why others were not."""
    figure = Figure()
    genres = [film.genre.replace("_", " ") or UNKNOWN for film in films]
    ends = ["finished" if film.is_finished else _reason(film) for film in films]
    counts = Counter(zip(genres, ends, strict=True))
    ordered = [genre for genre, _ in Counter(genres).most_common()]
    others = [end for end, _ in Counter(ends).most_common() if end != "finished"]
    colours = [FINISHED, *(FAILED[n % len(FAILED)] for n in range(len(others)))]
    for end, colour in zip(["finished", *others], colours, strict=True):
        figure.add_bar(
            y=ordered,
            x=[counts[genre, end] for genre in ordered],
            name=end,
            orientation="h",
            marker={"color": colour},
            hovertemplate=f"%{{y}}: %{{x}} {end}<extra></extra>",
        )
    _lay_out_bars(figure, [], n_rows=len(ordered), x="films")
    figure.update_xaxes(dtick=max(1, len(films) // 10))
    return figure


def _escaped(text: str) -> str:
    """Return text that a figure shows as it is; Plotly knows no quotation marks by their names."""
    return html.escape(text, quote=False)


def _told(value: float | None, form: str, unit: str = "") -> str:
    return "-" if value is None else f"{value:{form}}{unit}"


def _share(part: int | None, whole: int | None) -> str:
    return f"{part / whole:.0%}" if part is not None and whole else "-"


def _reason(film: Film) -> str:
    return (film.reason or film.state).replace("_", " ").lower()


def _ended(film: Film) -> str:
    """Return how a film ended, in words: *finished*, and what to look at; or why it failed."""
    if film.is_finished:
        return f"finished; see {film.warnings}" if film.warnings else "finished"
    told = f"{film.state} at {film.stage}" if film.stage else film.state
    return f"{told}: {film.error}" if film.error else told


def _subtitle(film: Film) -> str:
    genre = film.genre.replace("_", " ")
    return ", ".join(filter(None, (genre, film.differs)))


def _short(film: Film) -> str:
    name = film.name
    return _escaped(name if len(name) <= NAME_LETTERS else f"{name[: NAME_LETTERS - 1]}…")


def _left_out(films: Sequence[Film]) -> str:
    n_more = len(films) - MOST_DRAWN
    return f"{n_more} more are not drawn; choose fewer to see them." if n_more > 0 else ""


def _small_url(film: Film) -> str:
    assert film.sheet is not None
    with Image.open(film.sheet) as sheet:
        sheet.thumbnail((SHEET_PX * 3 // 2, SHEET_PX * 4), Image.Resampling.LANCZOS)
        return data_url(sheet.convert("RGB"))


def _lifted(share: float, *, floor: float) -> float:
    """Return a share, 0-1, as a height in the row of a film, above the parts of its song."""
    return floor + STRIP + GAP + share * (BAND - STRIP - GAP)


def _rates(plan: Plan) -> list[float]:
    """Return how often the picture would change in a minute, if all shots were like each."""
    return [60.0 / (shot.end - shot.start) for shot in plan.whole_shots()]


def _add_rates(figure: Figure, plan: Plan, *, most: float, floor: float, name: str) -> None:
    shots, rates = plan.whole_shots(), _rates(plan)
    heights = [round(_lifted(rate / most, floor=floor), 4) for rate in rates]
    figure.add_scatter(
        x=[*(shot.start for shot in shots), shots[-1].end],
        y=[*heights, heights[-1]],
        mode="lines",
        line={"width": 2, "color": LAMP, "shape": "hv"},
        text=[f"a shot of {shot.end - shot.start:.1f} s" for shot in (*shots, shots[-1])],
        hovertemplate="%{text}<extra>" + _escaped(name) + "</extra>",
        showlegend=False,
    )


def _add_energy(figure: Figure, heard: Analysis, *, floor: float) -> None:
    """Fill what is below the song's energy, from the bottom of the row."""
    rate_hz, energy = heard.curves.rate_hz, heard.curves.energy
    every = max(1, round(STEP_S * rate_hz))
    heights = [round(_lifted(value, floor=floor), 4) for value in energy[::every]]
    times_s = [*(n * every / rate_hz for n in range(len(heights))), heard.duration]
    heights.append(heights[-1])
    bottom = _lifted(0.0, floor=floor)
    figure.add_scatter(
        x=[times_s[0], *times_s, times_s[-1]],
        y=[bottom, *heights, bottom],
        mode="lines",
        line={"width": 0},
        fill="toself",
        fillcolor=FAINT,
        hoverinfo="skip",
        showlegend=False,
    )


def _add_parts(figure: Figure, heard: Analysis, *, floor: float) -> None:
    parts = heard.song_structure
    figure.add_bar(
        x=[part.start for part in parts],
        width=[part.end - part.start for part in parts],
        offset=0,
        base=floor,
        y=[STRIP] * len(parts),
        marker={"color": [SECTION_COLOURS[part.type] for part in parts], **SQUARE},
        hovertext=[part.type for part in parts],
        hoverinfo="text",
        showlegend=False,
    )


def _name_parts(figure: Figure, songs: Sequence[Analysis]) -> None:
    """Tell in the legend what the colours are, and what line and surface."""
    there = {part.type for heard in songs for part in heard.song_structure}
    line = {"color": LAMP, "shape": "hv"}
    figure.add_scatter(x=[None], y=[None], mode="lines", name="quickness of cutting", line=line)
    for name in ("energy of the song", *(kind for kind in SECTION_COLOURS if kind in there)):
        colour = SECTION_COLOURS.get(name, FAINT)
        marker = {"symbol": "square", "size": 11, "color": colour}
        figure.add_scatter(x=[None], y=[None], mode="markers", name=name, marker=marker)


def _colour_bars(plan: Plan, *, floor: float) -> dict[str, Any]:
    """Return the palettes of a film as bars, the leading colour twice as high as the others."""
    rows = [
        (part.span, place, len(part.palette), colour)
        for part in palette_parts(plan)
        for place, colour in enumerate(part.palette)
    ]
    return {
        "x": [span.start for span, *_ in rows],
        "width": [span.end - span.start for span, *_ in rows],
        "offset": 0,
        "base": [floor + BAND * (place + (place > 0)) / (n + 1) for _, place, n, _ in rows],
        "y": [BAND * (1 if place else 2) / (n + 1) for _, place, n, _ in rows],
        "marker": {"color": [colour for *_, colour in rows], **SQUARE},
        "hovertext": [colour for *_, colour in rows],
        "hoverinfo": "text+name",
        "showlegend": False,
    }


def _lay_out_rows(figure: Figure, films: Sequence[Film], *, duration_s: float) -> None:
    """Give each film a row with its name, the first on top, over one clock."""
    n_rows = min(len(films), MOST_DRAWN)
    figure.update_layout(
        template="plotly_white",
        height=EDGES_PX + ROW_PX * max(n_rows, 1),
        margin={"l": 10, "r": 12, "t": 56, "b": 54},
        legend={"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom"},
        bargap=0,
        dragmode=False,
    )
    figure.update_xaxes(**time_axis(duration_s), title={"text": _left_out(films), "standoff": 8})
    figure.update_yaxes(
        tickvals=[BAND / 2 - place for place in range(n_rows)],
        ticktext=[_short(film) for film in films[:n_rows]],
        range=[1 - max(n_rows, 1) - 0.06, 1],
        automargin=True,
        showgrid=False,
        zeroline=False,
        fixedrange=True,
    )


def _lay_out_bars(figure: Figure, films: Sequence[Film], *, n_rows: int, x: str) -> None:
    """Lay out bars that lie on one another's ends, the first row on top."""
    left_out = _left_out(films)
    figure.update_layout(
        template="plotly_white",
        barmode="stack",
        height=EDGES_PX + BAR_PX * max(n_rows, 1),
        margin={"l": 10, "r": 60, "t": 46, "b": 60},
        legend={"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom", "traceorder": "normal"},
        dragmode=False,
    )
    title = f"{x}; {left_out}" if left_out else x
    figure.update_xaxes(title={"text": title, "standoff": 8}, fixedrange=True, gridcolor=FAINT)
    figure.update_yaxes(autorange="reversed", automargin=True, fixedrange=True)
