"""Running the service: worker, serve, clean, runs, index."""

from __future__ import annotations

import logging
from typing import Annotated, Literal

import typer
from rich.markup import escape
from rich.table import Table

from mvkit.commands.terminal import console, minutes

TABLES = "runs, stages, clips, costs, models"
IndexAction = Literal["refresh", "rebuild"]

app = typer.Typer()


@app.command()
def worker() -> None:
    """Take jobs from the queue and make their films, until stopped."""
    from mvkit.jobs.worker import work

    _log_to_terminal()
    work()


@app.command()
def serve(
    port: Annotated[int, typer.Option(help="Where to listen.", min=1, max=65535)] = 8501,
    address: Annotated[str, typer.Option(help="On which address.")] = "localhost",
    worker: Annotated[bool, typer.Option(help="Whether films are made here too.")] = True,
) -> None:
    """Open the web page, with one worker beside it; needs no server and no configuration."""
    from mvkit.serve import serve_forever

    _log_to_terminal()
    serve_forever(address=address, port=port, with_worker=worker)


@app.command()
def clean(
    force: Annotated[bool, typer.Option(help="Go on even if unusually much would go.")] = False,
    dry_run: Annotated[bool, typer.Option(help="Only tell what would go.")] = False,
) -> None:
    """Remove what is past its time: intermediates of finished jobs, expired films and failures."""
    from mvkit.jobs.shelf import tidy_shelf

    cleaning = tidy_shelf(force=force, dry_run=dry_run)
    verb = "would be removed" if dry_run else "removed"
    console.print(
        f"{len(cleaning.removed_runs)} runs and {len(cleaning.removed_files)} files {verb}, "
        f"{cleaning.freed_bytes / 1e6:.1f} MB"
    )
    for job_id, reason in cleaning.held_back.items():
        console.print(f"kept {job_id[:8]}: {escape(reason)}")


@app.command()
def runs(
    sql: Annotated[
        str,
        typer.Option(
            help="Ask the index yourself: a SELECT on runs, stages, clips, costs, models."
        ),
    ] = "",
) -> None:
    """List all runs: what they made, how long it took, what it cost."""
    _log_to_terminal()
    console.print(_asked(sql) if sql else _listed())


@app.command()
def index(
    action: Annotated[IndexAction, typer.Argument(help="rebuild reads all anew.")] = "refresh",
) -> None:
    """Bring the index of runs up to date; it is only ever a copy of what the run folders say."""
    from mvkit import index as index_of_runs

    path = index_of_runs.rebuild() if action == "rebuild" else index_of_runs.refresh()
    console.print(escape(str(path)), soft_wrap=True)


def _listed() -> Table:
    from mvkit.index import list_runs

    table = Table("run", "made", "state", "song", "bpm", "clips", "cuts", "worked", "cost", "film")
    for row in list_runs():
        song = f"{row.title or row.prompt[:28]} {minutes(row.song_s)}".strip()
        table.add_row(
            row.job_id[:8],
            f"{row.created_at:%Y-%m-%d %H:%M}",
            row.state,
            escape(song),
            *(
                "" if value is None else f"{value:g}"
                for value in (row.bpm, row.n_clips, row.n_cuts)
            ),
            f"{row.worked_s:.0f} s",
            f"${row.cost_usd:.2f}",
            escape(row.film),
        )
    return table


def _asked(sql: str) -> Table:
    from mvkit.index import query

    answer = query(sql)
    table = Table(*answer.columns)
    for row in answer.rows:
        table.add_row(*("" if value is None else escape(str(value)) for value in row))
    return table


def _log_to_terminal() -> None:
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(message)s")
    logging.getLogger("mvkit").setLevel(logging.INFO)
