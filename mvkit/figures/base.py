"""What the figures share: Plotly figures that stay small in a notebook, colours, titles, tables.

Contents
--------
Figure, SECTION_COLOURS, SIZES, titled, table, broken, time_axis, data_url
"""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterable, Sequence
from typing import Any

import plotly.graph_objects as go
from PIL import Image

SECTION_COLOURS = {
    "intro": "#7a8bd8",
    "verse": "#4fb3bf",
    "pre-chorus": "#c088dd",
    "chorus": "#f2668b",
    "bridge": "#f2b84b",
    "instrumental": "#84c26b",
    "breakdown": "#cf8f62",
    "outro": "#8f8f9d",
}
BEAT, DOWNBEAT = "rgba(140, 140, 150, 0.45)", "rgba(140, 140, 150, 1)"
FAINT = "rgba(140, 140, 150, 0.25)"
"""Greys that are seen on a white page and on a dark one."""
SCALE = ((0.0, "rgba(127, 178, 201, 0)"), (0.6, "rgba(127, 178, 201, 0.35)"), (1.0, "#f0b357"))
"""How strong something is, from nothing at all, on either page."""
INK = "#14151a"
"""Text on the colour of a section."""
JPEG_QUALITY = 85
STEPS_S, MOST_STEPS = (5, 10, 15, 30, 60, 120, 300), 7
SIZES = (
    "extreme close", "close", "medium close", "medium", "medium wide", "wide", "extreme wide"
)  # fmt: skip


class Figure(go.Figure):  # type: ignore[misc]  # Plotly ships no types
    """A Plotly figure that puts its data into a notebook, and nothing else.

    Plotly's own way would add 4 MB of script to every notebook, and load a JSON schema validator
    that takes longer than drawing.
    """

    _ipython_display_ = None
    _repr_html_ = None

    def __repr__(self) -> str:
        """Return what stands where figures cannot be drawn; Plotly's own way tells all data."""
        return "A figure: Jupyter draws it, and the page that mvkit makes of this notebook."

    def _repr_mimebundle_(self, *_: object, **__: object) -> dict[str, Any]:
        return {"application/vnd.plotly.v1+json": json.loads(self.to_json())}


def table(columns: dict[str, list[Any]], *, widths: list[int]) -> Figure:
    """Return a table; ``widths`` are the columns' shares."""
    figure = Figure()
    figure.add_table(
        header={"values": list(columns), "align": "left"},
        cells={"values": list(columns.values()), "align": "left"},
        columnwidth=widths,
    )
    figure.update_layout(margin={"l": 0, "r": 0, "t": 10, "b": 0})
    return figure


def titled(figure: Figure, title: str, *, x: str, y: str) -> Figure:
    """Name a figure and its axes, and return it."""
    figure.update_layout(
        title=title, xaxis_title=x, yaxis_title=y, template="plotly_white", height=380
    )
    return figure


def broken(lines: Iterable[Sequence[tuple[float, float]]]) -> dict[str, Any]:
    """Return lines as one trace of x and y with gaps: hundreds cost what one costs."""
    points = [point for line in lines for point in (*line, (None, None))]
    return {"x": [x for x, _ in points], "y": [y for _, y in points]}


def time_axis(duration_s: float) -> dict[str, Any]:
    """Return an axis of a song's seconds, labelled in minutes and seconds."""
    step_s = next((step for step in STEPS_S if duration_s / step <= MOST_STEPS), STEPS_S[-1])
    times_s = list(range(0, int(duration_s) + 1, step_s))
    return {
        "range": [0, duration_s],
        "tickvals": times_s,
        "ticktext": [f"{time_s // 60}:{time_s % 60:02d}" for time_s in times_s],
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
    }


def data_url(picture: Image.Image) -> str:
    """Return a picture as a JPEG inside the text itself, so that a notebook stays whole."""
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=JPEG_QUALITY)
    return f"data:image/jpeg;base64,{base64.b64encode(buffer.getvalue()).decode()}"
