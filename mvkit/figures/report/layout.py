"""What the figures of a film's report share: sizes, margins, bars as wide as shots are long."""

from __future__ import annotations

import html
from collections.abc import Sequence

from mvkit.figures.base import Figure, time_axis
from mvkit.schema.report import ShotMeasures

TALL_PX, LOW_PX = 330, 260
MARGIN = {"l": 58, "r": 58, "t": 40, "b": 36}
TITLED = {"b": 62}
"""Room below for the name of an axis."""
LEGEND = {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "yref": "paper"}


def laid_out(figure: Figure, *, height_px: int, duration_s: float | None = None) -> None:
    """Give a figure its size, margins and legend; and the song's time, where it runs along it."""
    figure.update_layout(
        template="plotly_white", height=height_px, margin=MARGIN, legend=LEGEND, dragmode=False
    )
    if duration_s is not None:
        figure.update_xaxes(**time_axis(duration_s))


def bars(shots: Sequence[ShotMeasures], *, gap: float = 0.06) -> dict[str, list[float]]:
    """Return where bars stand that are as wide as shots are long, and how wide."""
    lengths_s = [shot.end - shot.start for shot in shots]
    return {
        "x": [(shot.start + shot.end) / 2 for shot in shots],
        "width": [length_s - min(gap, length_s / 4) for length_s in lengths_s],
    }


def named(shot: ShotMeasures) -> str:
    """Return what a shot is called where the pointer is on it."""
    return html.escape(
        f"{shot.start:.1f} s, {shot.place.replace('_', ' ')}, {shot.size}, {shot.move}"
    )
