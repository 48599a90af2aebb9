"""Charts of what was spent, in dollars, and of what was worked, in minutes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

import plotly.graph_objects as go

from mvkit.figures.look import DARK, LAMP, WATER
from mvkit.ledger import dollars
from mvkit.web.parts.progress import WORK

LEAST_MONTHS = 6
MOST_MONTHS = 24
BAR_PX = 44
"""Height that one bar of a list takes, its gap included."""


def months_figure(by_month: Sequence[tuple[datetime, Decimal]], *, now: datetime) -> go.Figure:
    """Draw what was spent month by month, up to this one; months without a cent are drawn too.

    Parameters
    ----------
    by_month : sequence of (datetime, Decimal)
        A day of each month, and dollars.
    now : datetime
        A day of the month that is drawn last.
    """
    usd = {_number(day): amount for day, amount in by_month}
    last = _number(now)
    first = max(min([*usd, last - LEAST_MONTHS + 1]), last - MOST_MONTHS + 1)
    amounts = [usd.get(month, Decimal()) for month in range(first, last + 1)]
    figure = _figure(height_px=280)
    figure.add_bar(
        x=[datetime(*_year_and_month(month), 1) for month in range(first, last + 1)],
        y=[float(amount) for amount in amounts],
        text=[dollars(amount) if amount else "" for amount in amounts],
        textposition="outside",
        cliponaxis=False,
        hovertemplate="%{x|%B %Y}: $%{y:.2f}<extra></extra>",
        marker={"color": LAMP},
    )
    figure.update_xaxes(tickformat="%b<br>%Y", dtick="M1", ticklabelstep=1 + len(amounts) // 13)
    figure.update_yaxes(tickprefix="$", rangemode="tozero", nticks=5)
    return figure


def shares_figure(usd: Mapping[str, Decimal]) -> go.Figure:
    """Draw what was spent on what, the dearest first."""
    dearest = dict(sorted(usd.items(), key=lambda item: item[1], reverse=True))
    return _bars(
        list(dearest),
        [float(amount) for amount in dearest.values()],
        [dollars(amount.quantize(Decimal("0.01"))) for amount in dearest.values()],
        colour=LAMP,
    )


def work_figure(worked_s: Mapping[str, float]) -> go.Figure:
    """Draw how long was worked at each stage, in the order of the stages."""
    minutes = {work: worked_s[stage] / 60 for stage, work in WORK.items() if stage in worked_s}
    told = [f"{value:.0f} min" if value >= 10 else f"{value:.1f} min" for value in minutes.values()]
    return _bars(list(minutes), list(minutes.values()), told, colour=WATER)


def _bars(
    names: Sequence[str], values: Sequence[float], told: Sequence[str], *, colour: str
) -> go.Figure:
    """Draw a list of bars, the first on top, each with its value in words."""
    figure = _figure(height_px=BAR_PX * len(names))
    figure.update_layout(margin={"t": 0})
    figure.add_bar(
        x=values,
        y=names,
        text=told,
        textposition="outside",
        cliponaxis=False,
        orientation="h",
        hoverinfo="skip",
        marker={"color": colour},
    )
    figure.update_xaxes(visible=False, range=[0, 1.3 * max(values, default=1.0)])
    figure.update_yaxes(autorange="reversed", showgrid=False, ticklabelstandoff=8)
    return figure


def _figure(*, height_px: int) -> go.Figure:
    """Return an empty figure that a finger scrolls past instead of zooming into."""
    figure = go.Figure()
    figure.update_layout(template=DARK, height=height_px, dragmode=False, showlegend=False)
    figure.update_layout(margin={"l": 0, "r": 0, "t": 20, "b": 0}, bargap=0.35)
    figure.update_xaxes(fixedrange=True)
    figure.update_yaxes(fixedrange=True)
    return figure


def _number(day: datetime) -> int:
    """Return the number of a day's month, counted on through the years."""
    return day.year * 12 + day.month - 1


def _year_and_month(number: int) -> tuple[int, int]:
    return number // 12, number % 12 + 1
