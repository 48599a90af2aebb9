"""The command line of the director's benchmark."""

from __future__ import annotations

import typer

import benchmarks.director
from benchmarks.director import films, sheets, understanding

app = typer.Typer(add_completion=False, help=benchmarks.director.__doc__)
app.command()(understanding.wishes)
app.command()(understanding.ordinary)
app.command()(films.films)
app.command()(sheets.sheets)

if __name__ == "__main__":
    app()
