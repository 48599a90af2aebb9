"""Times and shares as people read them."""

from __future__ import annotations

import math


def clock(time_s: float) -> str:
    """Return a place in a song as minutes and seconds: ``1:05``."""
    return f"{int(time_s) // 60}:{int(time_s) % 60:02d}"


def lasting(duration_s: float) -> str:
    """Return how long something took: ``0.9 s``, ``18 s``, ``2 min 5 s``."""
    if duration_s < 9.95:
        return f"{duration_s:.1f} s"
    seconds = round(duration_s)
    return f"{seconds} s" if seconds < 60 else f"{seconds // 60} min {seconds % 60} s"


def about(left_s: float) -> str:
    """Return how long something may still take, no finer than anybody can know."""
    if left_s < 5.0:
        return "a few seconds"
    if left_s < 57.5:
        return f"about {math.ceil(left_s / 5) * 5} seconds"
    minutes = math.ceil(left_s / 60)
    return "about a minute" if minutes == 1 else f"about {minutes} minutes"
