"""Any set of films beside one another, a row or a picture for each.

All functions take a lineup (:func:`mvkit.lineup.line_up`) and suit a white page and a dark one.
More films than :data:`~mvkit.figures.lineup.words.MOST_DRAWN` are told by number, not drawn.

Contents
--------
lineup_table        what can be counted of each
sheets              their contact sheets, as HTML
rhythms_figure      how quickly each is cut over its song's energy and parts, on one clock
palettes_figure     the colours of each, as they follow one another
makings_figure      how long each stage worked for a second of film, and what the film cost
endings_figure      how films ended, by genre, and why some failed
"""

from mvkit.figures.lineup.bars import endings_figure, makings_figure
from mvkit.figures.lineup.rows import palettes_figure, rhythms_figure
from mvkit.figures.lineup.tables import lineup_table, sheets

__all__ = [
    "endings_figure",
    "lineup_table",
    "makings_figure",
    "palettes_figure",
    "rhythms_figure",
    "sheets",
]
