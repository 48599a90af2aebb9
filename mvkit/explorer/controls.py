"""What the widgets of the panel share: widths, a dropdown, a warning.

Contents
--------
FULL, HALF, NARROW, dropdown, warning
"""

from __future__ import annotations

import html
from typing import Any

import ipywidgets as widgets

NARROW = {"description_width": "58px"}
FULL, HALF = widgets.Layout(width="100%"), widgets.Layout(width="50%")


def dropdown(name: str, options: Any, value: str, *, layout: Any = HALF) -> widgets.Dropdown:
    """Return a choice with its name before it."""
    return widgets.Dropdown(
        options=options, value=value, description=name, style=NARROW, layout=layout
    )


def warning(problem: str) -> str:
    """Return a problem as HTML."""
    return f"<div style='color:#c0392b;line-height:1.4'>{html.escape(problem)}</div>"
