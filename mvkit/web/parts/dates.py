"""Days and hours as people read them, where they are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st


def visitor_zone() -> tzinfo:
    """Return the time zone of whoever looks at this page; UTC where the browser does not say."""
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):  # the browser may say anything
        return UTC


def day(time_s: float, *, zone: tzinfo, now_s: float) -> str:
    """Return the day of a time: ``today, 19:03``, ``yesterday``, ``4 Nov``, ``4 Nov 2024``.

    Parameters
    ----------
    time_s, now_s : float
        Seconds since the epoch.
    zone : tzinfo
        Where the day is told.
    """
    then, now = (datetime.fromtimestamp(moment_s, zone) for moment_s in (time_s, now_s))
    if then.date() == now.date():
        return f"today, {then:%H:%M}"
    if then.date() == now.date() - timedelta(days=1):
        return "yesterday"
    year = "" if then.year == now.year else f" {then.year}"
    return f"{then.day} {then:%b}{year}"
