"""The report: a finished film measured from its file, and told on one page.

Conventions
-----------
- A *shot* is what is seen without a cut, where the film's own check found it; colours are measured
  in those of its frames that no transition shares with a neighbour.
- Speeds are in picture widths a second; colours are CIE L*a*b*; distances run from 0, alike, to 1,
  nothing in common.
- What could come about by chance is told with its chance; a correlation with its number of pairs.
- Nothing here judges whether a film is good: it tells what was meant, what was found, and how sure
  that is.

Contents
--------
write_report              measure a run's film; report.json and report.html in the run folder
REPORT_PAGE               the page's name
measure_film, Measured    the measuring alone

The modules: ``viewing`` decodes and ``watching`` keeps what is seen; ``motion``, ``colour``,
``likeness``, ``legibility``, ``cutting``, ``meant``, ``making`` measure one thing each, with
``numbers`` for what they compare, and ``measure`` puts it together. ``page`` tells it, in
``parts``, with the ``wording`` and ``markup`` that they share.
"""

from mvkit.report.measure import Measured, measure_film
from mvkit.report.writing import write_report
from mvkit.schema.report import REPORT_PAGE

__all__ = ["REPORT_PAGE", "Measured", "measure_film", "write_report"]
