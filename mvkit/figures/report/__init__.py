"""A finished film in figures: what was measured in it, beside the song and the plan.

All are drawn from a :class:`mvkit.schema.Report`: ``over_time`` along the film's own time,
``compared`` against energy, intentions and chance; ``layout`` is what they share.
"""

from mvkit.figures.report.compared import (
    CLEAR,
    TOPICS,
    following_figure,
    likeness_figure,
    making_figure,
    meant_figure,
)
from mvkit.figures.report.over_time import (
    captions_figure,
    colours_figure,
    lengths_figure,
    pulse_figure,
)

__all__ = [
    "CLEAR",
    "TOPICS",
    "captions_figure",
    "colours_figure",
    "following_figure",
    "lengths_figure",
    "likeness_figure",
    "making_figure",
    "meant_figure",
    "pulse_figure",
]
