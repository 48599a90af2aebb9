"""Looking back at films: report."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape

from mvkit.commands.terminal import console, find_run

app = typer.Typer()


@app.command()
def report(
    run_id: Annotated[str, typer.Argument(help="The run's id, or its first characters.")],
) -> None:
    """Measure a finished film and tell it on one page: report.html in its run folder."""
    from mvkit.report import REPORT_PAGE, write_report

    run = find_run(run_id)
    with console.status("watching the film"):
        measured = write_report(run).report
    cutting = measured.cutting
    console.print(
        f"{escape(str(run.folder / REPORT_PAGE))}\n"
        f"{len(measured.shots)} shots, {cutting.on_beats.n} of {cutting.n_cuts} cuts on a beat "
        f"({cutting.on_beats.by_chance:.0%} by chance)",
        soft_wrap=True,
    )
