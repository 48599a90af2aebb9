"""The command line of the composer's benchmark."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

import benchmarks.compose
from benchmarks.compose.job import Job
from benchmarks.compose.report import goals_table, judge, steps_table
from benchmarks.compose.stamps import MOST_CLIPS
from benchmarks.compose.trial import try_out
from benchmarks.director.films import console


def main(
    seconds: Annotated[int, typer.Option(help="Length of the film.", min=8)] = 180,
    clips: Annotated[int, typer.Option(help="How many clips.", min=3, max=MOST_CLIPS - 1)] = 37,
    keep: Annotated[Path | None, typer.Option(help="Folder to work in, which stays.")] = None,
    without: Annotated[str, typer.Option(help="Leave out: graph, moviepy; with commas.")] = "",
) -> None:
    """Measure the composer."""
    with _folder(keep) as folder:
        trial = try_out(Job(folder, seconds, clips), without=without.split(","))
    lines = judge(trial)
    console.print(steps_table(trial))
    console.print(goals_table(lines))
    missed = [line.name.strip() for line in lines if line.met is False]
    if missed:
        console.print(f"Missed: {'; '.join(missed)}.", style="bold red")
        raise typer.Exit(1)


main.__doc__ = benchmarks.compose.__doc__


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    """Give a folder to work in: the one to keep, or one that is gone afterwards."""
    if keep is None:
        with tempfile.TemporaryDirectory() as name:
            yield Path(name)
    else:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep


if __name__ == "__main__":
    typer.run(main)
