"""Writing a film's report into its run folder.

Contents
--------
write_report
"""

from __future__ import annotations

from mvkit.files import write_whole
from mvkit.report.measure import Measured, measure_film
from mvkit.report.page import report_page
from mvkit.run import Run
from mvkit.schema.report import REPORT_PAGE


def write_report(run: Run) -> Measured:
    """Measure a run's film, and write ``report.json`` and the page ``report.html``.

    Raises
    ------
    NotFound
        If the run has no finished film (``NO_FILM``).
    MediaFailed
        If the film cannot be decoded.
    """
    measured = measure_film(run)
    write_whole(run.path(REPORT_PAGE), report_page(run, measured))
    return Measured(run.write(measured.report), measured.stills)
