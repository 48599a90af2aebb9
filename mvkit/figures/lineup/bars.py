"""A bar for each film or genre: work and cost, and how it ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from mvkit.figures.base import FAINT, Figure
from mvkit.figures.lineup.words import EDGES_PX, MOST_DRAWN, UNKNOWN, left_out, short_name
from mvkit.figures.look import COLOURWAY, LAMP
from mvkit.schema.lineup import Film

BAR_PX = 30
STAGES = ("analysis", "plan", "references", "prompts", "clips", "video")
STAGE_COLOURS = dict(zip(STAGES, (*COLOURWAY[1:], LAMP), strict=True))
FINISHED, FAILED = "#7fc99a", ("#f2938a", "#e07a6a", "#c99ad6", "#b8b3a8", "#c9c08f")


def makings_figure(films: Sequence[Film]) -> Figure:
    """Draw how long each stage worked for a second of song, and tell what each film cost."""
    drawn = [film for film in films if film.song_s]
    figure = Figure()
    names = [short_name(film) for film in drawn[:MOST_DRAWN]]
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


def _reason(film: Film) -> str:
    return (film.reason or film.state).replace("_", " ").lower()


def _lay_out_bars(figure: Figure, films: Sequence[Film], *, n_rows: int, x: str) -> None:
    """Lay out bars that lie on one another's ends, the first row on top."""
    more = left_out(films)
    figure.update_layout(
        template="plotly_white",
        barmode="stack",
        height=EDGES_PX + BAR_PX * max(n_rows, 1),
        margin={"l": 10, "r": 60, "t": 46, "b": 60},
        legend={"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom", "traceorder": "normal"},
        dragmode=False,
    )
    title = f"{x}; {more}" if more else x
    figure.update_xaxes(title={"text": title, "standoff": 8}, fixedrange=True, gridcolor=FAINT)
    figure.update_yaxes(autorange="reversed", automargin=True, fixedrange=True)
