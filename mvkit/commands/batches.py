"""Many films at once: batch."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.live import Live
from rich.markup import escape
from rich.table import Table

from mvkit.commands.terminal import BudgetOption, SetOption, console, minutes, read_options
from mvkit.settings import local_user

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mvkit.batches import Batch, Outcome, Standings

MOST_ROWS_SHOWN = 20
"""So many films that are worked on, or failed, are shown while a batch runs."""

app = typer.Typer()


@app.command()
def batch(
    source: Annotated[Path, typer.Argument(help="A .csv, a .toml, or a folder of songs.")],
    user: Annotated[str, typer.Option(help="Whose films they are.", default_factory=local_user)],
    prompt: Annotated[str, typer.Option(help="For rows that have none.")] = "",
    name: Annotated[str, typer.Option(help="What the batch is called; after its file.")] = "",
    set_: SetOption = None,
    budget: BudgetOption = None,
    total_budget: Annotated[
        float | None, typer.Option(help="What all films together may cost, in US dollars.", min=0)
    ] = None,
    workers: Annotated[
        int, typer.Option(help="Workers to start; 0 if some run already.", min=0)
    ] = 1,
    retry: Annotated[bool, typer.Option(help="Try films again that failed before.")] = False,
    skip_bad: Annotated[bool, typer.Option(help="Leave out rows that cannot be used.")] = False,
    dry_run: Annotated[bool, typer.Option(help="Say what it will take, and stop.")] = False,
) -> None:
    """Make many films; the same command goes on where it was cut off."""
    from mvkit.batches import carry_out, prepare

    with console.status("looking at the rows"):
        prepared = prepare(
            source,
            prompt=prompt,
            name=name,
            options=read_options(set_ or []),
            budget_usd=None if budget is None else Decimal(str(budget)),
            total_budget_usd=None if total_budget is None else Decimal(str(total_budget)),
            skip_bad=skip_bad,
        )
    _tell_quote(prepared)
    if dry_run:
        return
    with _shown() as show:
        outcome = carry_out(prepared, user=user, workers=workers, retry=retry, watch=show)
    _tell_outcome(outcome)
    if not outcome.succeeded:
        raise typer.Exit(1)


def _tell_quote(prepared: Batch) -> None:
    quote = prepared.quote
    known = f", {quote.n_known} are submitted already" if quote.n_known else ""
    bad = f", {prepared.n_bad} rows are left out" if prepared.n_bad else ""
    work = "" if quote.work_s is None else f", about {minutes(quote.work_s)} of work"
    console.print(
        f"{prepared.name}: {quote.n_new} films to make of {minutes(quote.song_s)} of song"
        f"{work}, typically ${quote.usd:.2f}{known}{bad}",
        soft_wrap=True,
    )


@contextmanager
def _shown() -> Iterator[Callable[[Standings], None]]:
    """Show how films stand: a table that lives in a terminal, a line for each change elsewhere."""
    if console.is_terminal:
        with Live(console=console, transient=True) as live:
            yield lambda standings: live.update(_live_table(standings))
        return
    known: dict[str, str] = {}

    def tell_changes(standings: Standings) -> None:
        for film in standings:
            if known.get(film.job_id) != film.state:
                known[film.job_id] = film.state
                told = f" ({film.reason})" if film.reason else ""
                console.print(escape(f"{film.job_id[:8]} {film.song}: {film.state}{told}"))

    yield tell_changes


def _live_table(standings: Standings) -> Table:
    states = Counter(film.state for film in standings)
    cost_usd = sum((film.cost_usd for film in standings), Decimal())
    told = ", ".join(f"{n} {state}" for state, n in sorted(states.items()))
    table = Table("row", "song", "genre", "state", "at", "%", "cost", title=told)
    table.caption = f"${cost_usd:.2f} so far"
    shown = [film for film in standings if film.state not in ("finished", "queued")]
    for film in shown[:MOST_ROWS_SHOWN]:
        table.add_row(
            str(film.number),
            escape(film.song),
            film.genre,
            film.reason or film.state,
            film.stage,
            f"{film.progress:.0f}",
            f"${film.cost_usd:.2f}",
        )
    return table


def _tell_outcome(outcome: Outcome) -> None:
    table = Table("genre", "films", "finished", "work per s", "cost", "with a warning", "failures")
    for genre in outcome.genres:
        speed = genre.work_s_per_s
        table.add_row(
            genre.genre,
            str(genre.n_films),
            f"{genre.n_finished / genre.n_films:.0%}",
            "" if speed is None else f"{speed:.1f} s",
            f"${genre.cost_usd:.2f}",
            str(genre.n_warned),
            escape("; ".join(genre.reasons)),
        )
    console.print(table)
    n_finished = sum(film.succeeded for film in outcome.films)
    console.print(f"{n_finished} of {len(outcome.films)} films finished")
    for film in outcome.films:
        if not film.succeeded:
            console.print(
                escape(f"row {film.number}, {film.song}: {film.reason or film.state} {film.error}"),
                soft_wrap=True,
            )
    console.print(escape(str(outcome.folder / "batch.csv")), soft_wrap=True)
