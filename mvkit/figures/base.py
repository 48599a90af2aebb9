"""What the figures share: Plotly figures that stay small in a notebook, colours, titles, tables.

Contents
--------
Figure, SECTION_COLOURS, SIZES, titled, table
"""

from __future__ import annotations

import json
from typing import Any

import plotly.graph_objects as go

SECTION_COLOURS = {
    "intro": "#7a8bd8",
    "verse": "#4fb3bf",
    "chorus": "#f2668b",
    "bridge": "#f2b84b",
    "outro": "#8f8f9d",
}
SIZES = ("close", "medium close", "medium", "medium wide", "wide", "extreme wide")


class Figure(go.Figure):  # type: ignore[misc]  # Plotly ships no types
    """A Plotly figure that puts its data into a notebook, and nothing else.

    Plotly's own way would add 4 MB of script to every notebook, and load a JSON schema validator
    that takes longer than drawing.
    """

    _ipython_display_ = None
    _repr_html_ = None

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
