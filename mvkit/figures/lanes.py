"""The geometry of the storyboard's timeline: lanes above one another, over one clock.

Contents
--------
Lane
    A band of the figure.
bars, strokes
    What fills a lane, and upright lines, as arguments of Plotly's traces.
date, clock
    A time as Plotly's axis wants it, and a span as people read it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mvkit.schema import Span

START_MS = 946_684_800_000
"""The song's first sample as a date, midnight of a day: Plotly takes small numbers for years."""


@dataclass(frozen=True)
class Lane:
    """A band of the figure, from ``bottom`` to ``top``, 0-1."""

    bottom: float
    top: float

    @property
    def height(self) -> float:
        """Height, 0-1."""
        return self.top - self.bottom

    def at(self, share: float) -> float:
        """Return the height in the figure of a share of the lane."""
        return self.bottom + share * self.height


def bars(
    spans_s: Sequence[tuple[float, float]], *, lane: Lane, shares: Sequence[float] | None = None
) -> dict[str, Any]:
    """Return bars from each start to each end that fill a lane, or the shares of it, 0-1."""
    return {
        "x": [date(start_s) for start_s, _ in spans_s],
        "width": [date(end_s) - date(start_s) for start_s, end_s in spans_s],
        "offset": 0,
        "base": [lane.bottom] * len(spans_s),
        "y": [round(share * lane.height, 4) for share in shares or [1.0] * len(spans_s)],
    }


def strokes(
    times_s: Sequence[float], *, bottoms: Sequence[float], tops: Sequence[float]
) -> dict[str, Any]:
    """Return upright strokes as one broken line: hundreds of them cost what one trace costs."""
    rows = list(zip(times_s, bottoms, tops, strict=True))
    return {
        "x": [x for time_s, _, _ in rows for x in (date(time_s), date(time_s), None)],
        "y": [y for _, bottom, top in rows for y in (bottom, top, None)],
    }


def date(time_s: float) -> int:
    """Return a time as Plotly's date axis wants it, in milliseconds since the epoch."""
    return START_MS + round(time_s * 1000)


def clock(span: Span) -> str:
    """Return a span in minutes and seconds: ``0:04.3 – 0:08.6``."""
    return f"{_minutes(span.start)} – {_minutes(span.end)}"


def _minutes(time_s: float) -> str:
    tenths = round(time_s * 10)
    return f"{tenths // 600}:{tenths % 600 / 10:04.1f}"
