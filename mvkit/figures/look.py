"""How Plotly figures look in the app and in reports, as a Plotly template: its dark room.

A template holds defaults only: what a figure says of its own accord (the colours of a song's
sections, the palette of a film) stays as it is.
"""

from __future__ import annotations

from typing import Any

WALL, LINE = "#191a1d", "#303338"
TEXT, MUTED = "#ecebe8", "#a7a6a2"
LAMP, WATER = "#f0b357", "#7fb2c9"
COLOURWAY = (LAMP, WATER, "#7fc99a", "#c99ad6", "#f2938a", "#b8b3a8")
FONT = "'Source Sans', system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif"

_AXIS = {"gridcolor": LINE, "linecolor": LINE, "zerolinecolor": LINE, "automargin": True}
_LABEL = {"bgcolor": WALL, "bordercolor": LINE, "font": {"color": TEXT, "family": FONT}}

DARK: dict[str, Any] = {
    "layout": {
        "paper_bgcolor": "rgba(0, 0, 0, 0)",
        "plot_bgcolor": "rgba(0, 0, 0, 0)",
        "font": {"color": MUTED, "family": FONT, "size": 13},
        "title": {"font": {"color": TEXT, "size": 16}, "x": 0.02, "xanchor": "left"},
        "colorway": list(COLOURWAY),
        "xaxis": _AXIS,
        "yaxis": _AXIS,
        "margin": {"l": 50, "r": 20, "t": 60, "b": 50},
        "legend": {"orientation": "h", "x": 0, "y": 0, "yref": "container", "yanchor": "bottom"},
        "hoverlabel": _LABEL,
        "shapedefaults": {"line": {"color": MUTED}},
        "annotationdefaults": {"font": {"color": TEXT}},
        "modebar": {"bgcolor": "rgba(0, 0, 0, 0)", "color": MUTED, "activecolor": LAMP},
        "barcornerradius": 4,
    },
    "data": {
        "bar": [{"marker": {"line": {"width": 0}}}],
        "table": [
            {
                "header": {
                    "fill": {"color": LINE},
                    "line": {"color": LINE},
                    "font": {"color": TEXT},
                    "height": 30,
                },
                "cells": {
                    "fill": {"color": WALL},
                    "line": {"color": LINE},
                    "font": {"color": TEXT},
                    "height": 28,
                },
            }
        ],
    },
}
"""For ``figure.update_layout(template=DARK)``."""
