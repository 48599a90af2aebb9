"""A lineup: any set of runs beside one another, read from what each of them left.

Nothing is measured anew and no film is opened. A run that failed, or that is damaged, stands in
the row with what there is of it.

Contents
--------
choose      the runs of a batch, of a genre, of a search, or of a condition in SQL
line_up     what is told of each: a :class:`mvkit.schema.lineup.Film`
export      a lineup as CSV, Parquet or JSON
"""

from mvkit.lineup.choosing import choose
from mvkit.lineup.exporting import export
from mvkit.lineup.films import line_up

__all__ = ["choose", "export", "line_up"]
