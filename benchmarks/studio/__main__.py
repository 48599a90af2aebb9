"""The command line of the studio's benchmark."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import benchmarks.studio
from benchmarks.director.films import console, table_of
from benchmarks.studio.films import DEFAULT_WISHES, report_films
from benchmarks.studio.worlds import report_worlds
from mvkit.studio import WORLDS


def main(
    worlds: Annotated[str, typer.Option(help="Worlds, with commas between; none: all.")] = "",
    films: Annotated[Path | None, typer.Option(help="Folder of songs to film.")] = None,
    only: Annotated[
        str, typer.Option(help="Songs whose names begin so; several with commas.")
    ] = "",
    wish: Annotated[list[str] | None, typer.Option(help="A wish; may be given again.")] = None,
    height: Annotated[int, typer.Option(help="Height at which films are painted.")] = 576,
    out: Annotated[Path, typer.Option(help="Folder for films and sheets.")] = Path(
        "runs/.cache/studio"
    ),
) -> None:
    """Measure worlds, or films if a folder of songs is given."""
    if films is not None:
        names = tuple(filter(None, only.split(",")))
        wishes = tuple(wish or DEFAULT_WISHES)
        lines = report_films(films, only=names, wishes=wishes, height_px=height, out=out)
    else:
        lines = report_worlds(tuple(filter(None, worlds.split(","))) or tuple(WORLDS))
    console.print(table_of(lines))
    missed = [line.name for line in lines if line.met is False]
    if missed:
        console.print(f"Missed: {'; '.join(missed)}.", style="bold red")
        raise typer.Exit(1)


main.__doc__ = benchmarks.studio.__doc__

if __name__ == "__main__":
    typer.run(main)
