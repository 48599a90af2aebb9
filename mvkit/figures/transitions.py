"""The kinds of transitions beside one another: what is seen, how it runs, and what asks for it.

Contents
--------
Strip, transitions_figure
    Each kind as a row of pictures from its start to its end.
Course, courses_figure
    How much of either picture is seen at each instant, and how light it is.
transitions_table
    What makes the director choose each kind, and how often it did.
"""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mvkit.figures.base import DOWNBEAT, FAINT, Figure, data_url
from mvkit.figures.director.tables import CELL, CELL_PX, DIFFERENT, HEAD, ROW_PX
from mvkit.schema import Plan

GOING, COMING, LIGHT = "#7fb2c9", "#f0b357", "#e5557d"
"""The picture that goes, the one that comes, and how light it is; on either page."""
TOLD = "#8c8c96"
PAGE_PX, GAP_PX, FRAME_PX = 940, 5, 3
HEAD_PX, CAPTION_PX, ROOM_PX = 84, 22, 20
"""Above all strips; above each of them, and below it."""
N_COLUMNS, PANEL_PX, TICK_S, SHOWN_S = 5, 150, 0.3, 0.48
LINE_PX, LETTERS, SHARES = 17, 90, (4, 22, 4)
"""A line of reasons, the letters in it, and how wide the columns of the table are."""

RGB = NDArray[np.uint8]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Strip:
    """A transition in pictures.

    Attributes
    ----------
    pictures : sequence of ndarray
        Evenly from its start to its end; the one in the middle is that on the beat.
    length_s : float
        How long it usually is, in seconds.
    why : str
        What asks for it, in a sentence.
    """

    pictures: Sequence[RGB]
    length_s: float
    why: str


@dataclass(frozen=True)
class Course:
    """How a transition runs.

    Attributes
    ----------
    times_s : ndarray
        Seconds from the beat, ascending.
    going, coming : ndarray
        Shares of the two pictures in what is seen, 0-1; what is left is light, fire or nothing.
    light : ndarray
        Mean luma, from black 0 to white 1.
    """

    times_s: Floats
    going: Floats
    coming: Floats
    light: Floats


def transitions_figure(strips: Mapping[str, Strip], *, title: str) -> Figure:
    """Draw each kind of transition as a strip of pictures, the one on the beat framed.

    The axes count pixels, so that pictures keep their shape.

    Parameters
    ----------
    strips : mapping of str to Strip
        By the name of the kind; all have as many pictures, of one size.
    title : str
        What the pictures show.
    """
    figure, sheet = Figure(), _Sheet.of(next(iter(strips.values())))
    rows = list(enumerate(strips.items()))
    figure.add_scatter(**_moments(sheet, strips))
    height_px = sheet.top_px(len(strips))
    axis = {"visible": False, "fixedrange": True}
    figure.update_layout(
        title={"text": title, "x": 0.0025},
        template="plotly_white",
        width=PAGE_PX,
        height=height_px + HEAD_PX,
        margin={"l": 0, "r": 0, "t": HEAD_PX, "b": 0},
        xaxis=axis | {"range": [0, PAGE_PX]},
        yaxis=axis | {"range": [height_px, 0]},
        images=[image for row, (_, strip) in rows for image in sheet.images(row, strip)],
        shapes=[sheet.frame(row) for row, _ in rows],
        annotations=[*sheet.heads(), *(sheet.caption(row, *named) for row, named in rows)],
        dragmode=False,
    )
    return figure


def courses_figure(courses: Mapping[str, Course]) -> Figure:
    """Draw how much of either picture is seen over time, a panel for each kind; and the light."""
    n_rows = -(-len(courses) // N_COLUMNS)
    figure = Figure()
    figure.set_subplots(
        rows=n_rows,
        cols=N_COLUMNS,
        shared_xaxes="all",
        shared_yaxes="all",
        subplot_titles=list(courses),
        horizontal_spacing=0.02,
        vertical_spacing=0.22 / n_rows,
    )
    for place, course in enumerate(courses.values()):
        row, column = divmod(place, N_COLUMNS)
        for trace in _curves(course, named=place == 0):
            figure.add_scatter(**trace, row=row + 1, col=column + 1)
    figure.add_vline(x=0, line={"width": 1, "color": DOWNBEAT, "dash": "dot"})
    figure.update_annotations(font_size=13)
    figure.update_xaxes(
        range=[-SHOWN_S, SHOWN_S],
        tickvals=[-TICK_S, 0, TICK_S],
        ticktext=[f"−{TICK_S} s", "beat", f"+{TICK_S} s"],
        showgrid=False,
        zeroline=False,
        fixedrange=True,
    )
    figure.update_yaxes(
        range=[0, 1], tickvals=[0, 1], tickformat=".0%", gridcolor=FAINT, fixedrange=True
    )
    figure.update_layout(
        template="plotly_white",
        height=n_rows * PANEL_PX + HEAD_PX,
        margin={"l": 44, "r": 4, "t": 56, "b": 28},
        legend={"orientation": "h", "x": 0, "y": 1.08, "yanchor": "bottom"},
        hovermode="x unified",
        dragmode=False,
    )
    return figure


def transitions_table(reasons: Mapping[str, Sequence[str]], *, plan: Plan | None = None) -> Figure:
    """List what makes the director choose each kind; and how often it did, marked.

    Parameters
    ----------
    reasons : mapping of str to sequence of str
        Sentences by the name of the kind, the weightiest first.
    plan : Plan, optional
        A film whose transitions are counted.
    """
    joints = plan.transitions if plan else ()
    counts: Counter[str] = Counter(joint.type for joint in joints)
    columns = {
        "": [f"<b>{kind}</b>" for kind in reasons],
        "chosen because": ["<br>".join(map(_as_text, told)) for told in reasons.values()],
    }
    if plan:
        columns["in this film"] = [f"{counts[kind]} ×" if counts[kind] else "" for kind in reasons]
    fills = [DIFFERENT if counts[kind] else CELL for kind in reasons]
    figure = Figure()
    figure.add_table(
        header={
            "values": list(columns),
            "align": "left",
            "fill": {"color": HEAD},
            "line": {"color": FAINT},
        },
        cells={
            "values": list(columns.values()),
            "align": "left",
            "fill": {"color": [fills] * len(columns)},
            "line": {"color": FAINT},
            "height": ROW_PX,
        },
        columnwidth=SHARES[: len(columns)],
    )
    n_lines = [sum(len(wrap(why, LETTERS)) for why in told) for told in reasons.values()]
    figure.update_layout(
        template="plotly_white",
        height=3 * ROW_PX + sum(LINE_PX * max(1, n) + CELL_PX for n in n_lines),
        margin={"l": 1, "r": 2, "t": 4, "b": 4},
    )
    return figure


@dataclass(frozen=True)
class _Sheet:
    """Where strips lie, in pixels from the top left."""

    n_columns: int
    picture_px: tuple[float, float]

    @classmethod
    def of(cls, strip: Strip) -> _Sheet:
        """Return a sheet for strips like this one; the longer side of a picture fills its cell."""
        height, width, _ = strip.pictures[0].shape
        scale = (PAGE_PX / len(strip.pictures) - GAP_PX) / max(height, width)
        return cls(len(strip.pictures), (scale * width, scale * height))

    def top_px(self, row: int) -> float:
        """Return where a row begins."""
        return row * (CAPTION_PX + self.picture_px[1] + ROOM_PX)

    def middle_px(self, column: int) -> float:
        """Return where the middle of a column is."""
        return (column + 0.5) * PAGE_PX / self.n_columns

    def images(self, row: int, strip: Strip) -> Iterator[dict[str, Any]]:
        """Yield the pictures of a strip, below its caption."""
        width_px, height_px = self.picture_px
        for column, picture in enumerate(strip.pictures):
            yield {
                "source": data_url(Image.fromarray(picture)),
                "xref": "x",
                "yref": "y",
                "x": self.middle_px(column),
                "y": self.top_px(row) + CAPTION_PX,
                "xanchor": "center",
                "sizex": width_px,
                "sizey": height_px,
                "sizing": "stretch",
            }

    def frame(self, row: int) -> dict[str, Any]:
        """Return a frame for the picture on the beat."""
        (width_px, height_px), middle_px = self.picture_px, PAGE_PX / 2
        top_px = self.top_px(row) + CAPTION_PX
        return {
            "type": "rect",
            "x0": middle_px - width_px / 2,
            "x1": middle_px + width_px / 2,
            "y0": top_px,
            "y1": top_px + height_px,
            "line": {"color": COMING, "width": FRAME_PX},
        }

    def caption(self, row: int, kind: str, strip: Strip) -> dict[str, Any]:
        """Return what stands above a strip."""
        length = f"{strip.length_s:.2g} s" if strip.length_s else "at once"
        why = f'<span style="color:{TOLD}">{_as_text(strip.why)}</span>'
        text = f"<b>{kind}</b>, {length} &nbsp; {why}"
        placed = {"x": GAP_PX / 2, "y": self.top_px(row), "xanchor": "left", "yanchor": "top"}
        return placed | {"text": text, "showarrow": False, "font": {"size": 13}}

    def heads(self) -> Iterator[dict[str, Any]]:
        """Yield what stands above all strips, over their first, middle and last picture."""
        texts = ("before", "on the beat", "after")
        for column, text in zip((0, self.n_columns // 2, self.n_columns - 1), texts, strict=True):
            placed = {"x": self.middle_px(column), "y": 0, "yanchor": "bottom", "yshift": 6}
            yield placed | {"text": text, "showarrow": False, "font": {"color": TOLD, "size": 12}}


def _moments(sheet: _Sheet, strips: Mapping[str, Strip]) -> dict[str, Any]:
    """Return a trace that is not seen, and tells which moment a picture is."""
    cells = [(row, column) for row in range(len(strips)) for column in range(sheet.n_columns)]
    half_px = CAPTION_PX + sheet.picture_px[1] / 2
    return {
        "x": [sheet.middle_px(column) for _, column in cells],
        "y": [sheet.top_px(row) + half_px for row, _ in cells],
        "mode": "markers",
        "marker": {"size": sheet.picture_px[1], "opacity": 0},
        "hovertext": [
            _moment(kind, strip, column)
            for kind, strip in strips.items()
            for column in range(sheet.n_columns)
        ],
        "hoverinfo": "text",
    }


def _moment(kind: str, strip: Strip, column: int) -> str:
    """Return which moment of a transition a picture shows."""
    from_beat_s = strip.length_s * (column / (len(strip.pictures) - 1) - 0.5)
    if abs(from_beat_s) < 0.005:
        return f"{kind}, on the beat"
    return f"{kind}, {abs(from_beat_s):.2f} s {'after' if from_beat_s > 0 else 'before'} the beat"


def _curves(course: Course, *, named: bool) -> Iterator[dict[str, Any]]:
    """Yield the traces of one panel: two areas over one another, and a line."""
    for name, shares, colour in (
        ("the picture that goes", course.going, GOING),
        ("the picture that comes", course.coming, COMING),
        ("light, from black to white", course.light, LIGHT),
    ):
        is_light = shares is course.light
        line = {"line": {"color": colour, "width": 2.5}}
        area = {"line": {"color": colour, "width": 0}, "stackgroup": "seen", "fillcolor": colour}
        yield {
            "x": course.times_s.round(3),
            "y": shares.round(3),
            "name": name,
            "legendgroup": name,
            "showlegend": named,
            "mode": "lines",
            "hovertemplate": "%{y:.0%}",
        } | (line if is_light else area)


def _as_text(sentence: str) -> str:
    """Return a sentence with nothing in it that Plotly takes for a tag."""
    return html.escape(sentence, quote=False)
