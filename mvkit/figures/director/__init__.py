"""What a director decided, one treatment beside another: for comparing, on the song's clock.

Each function draws any number of plans of one song, called by names such as *left* and *right*.
Places have the same colour in all of them. The figures suit a white page and a dark one.

Contents
--------
treatments_figure
    The shots by place and size, the acts of the story, and the palette from part to part.
rhythm_figure, cut_rate, energy_at, tell_agreement, correlation
    How often it is cut, against the song's energy, and how well the two agree.
shots_figure
    Shot lists side by side, with reasons.
figures_table
    Numbers side by side.
place_names
    What to call the places of a film.
"""

from mvkit.figures.director.rhythm import (
    correlation,
    cut_rate,
    energy_at,
    rhythm_figure,
    tell_agreement,
)
from mvkit.figures.director.seen import place_names
from mvkit.figures.director.tables import figures_table, shots_figure
from mvkit.figures.director.timeline import treatments_figure

__all__ = [
    "correlation",
    "cut_rate",
    "energy_at",
    "figures_table",
    "place_names",
    "rhythm_figure",
    "shots_figure",
    "tell_agreement",
    "treatments_figure",
]
