"""Looking back at films: report, compare."""

from __future__ import annotations

from textwrap import shorten
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from mvkit.commands.terminal import console, find_run

app = typer.Typer()

MOST_LETTERS = 40
"""Longer words and wishes are cut short in a table."""


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


@app.command()
def compare(
    user: Annotated[str, typer.Option(help="Whose answers; without it, everybody's.")] = "",
) -> None:
    """Tell what people preferred, of two films side by side on the page Compare."""
    from mvkit.ballot import read_votes, tally

    votes = read_votes(voter=user or None)
    counted = tally(votes)
    table = Table("", "first", "", "second", "", "neither", "prefer the first", "by chance")
    for one in counted.comparisons:
        low, high = one.count.interval
        share = "-" if one.count.share is None else f"{one.count.share:.0%} ({low:.0%}-{high:.0%})"
        table.add_row(
            escape(one.topic),
            escape(shorten(one.first, MOST_LETTERS)),
            str(one.count.n_first),
            escape(shorten(one.second, MOST_LETTERS)),
            str(one.count.n_second),
            str(one.n_neither),
            share,
            f"{one.count.p:.2f}",
        )
    if counted.comparisons:
        console.print(table)
    console.print(
        f"{len(votes)} answers; {counted.n_by_chance} on films that differ in their seed alone, "
        f"{counted.n_mixed} on films that differ in several things. Film A was preferred "
        f"{counted.sides.n_first} times of {counted.sides.n}."
    )
