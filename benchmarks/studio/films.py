"""The report on films: what they cost, and how much of what moves moves on the beat."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from statistics import mean

from rich.table import Table

from benchmarks.director.chance import Share
from benchmarks.director.films import console
from benchmarks.director.goals import Line
from benchmarks.director.songs import ENDINGS
from benchmarks.studio.filming import FILM, Filmed, film_apart
from benchmarks.studio.goals import line_of
from benchmarks.studio.sheets import write_sheet, write_strips

__all__ = ["DEFAULT_WISHES", "judge_films", "report_films"]

DEFAULT_WISHES = (
    "A lonely woman with a red umbrella walks through a rainy neon city at night, melancholic.",
    "A band plays a wild concert in front of a dancing crowd, bright lights, full of energy.",
)


def report_films(
    songs: Path, *, only: Sequence[str], wishes: Sequence[str], height_px: int, out: Path
) -> list[Line]:
    """Film songs with wishes, write their sheets, print what each costs, and return the report.

    Parameters
    ----------
    songs : Path
        Folder of songs.
    only : sequence of str
        How the names of those begin that are filmed; none: all.
    wishes : sequence of str
        What each is filmed with.
    height_px : int
        Height of the frames as they are painted.
    out : Path
        Folder for films and sheets.
    """
    chosen = [
        path
        for path in sorted(songs.iterdir())
        if path.suffix in ENDINGS and (not only or path.name.startswith(tuple(only)))
    ]
    films = []
    for path in chosen:
        for wish, text in enumerate(wishes):
            folder = out / f"{path.stem}-{wish}"
            films.append(film_apart(path, wish, text, height_px=height_px, folder=folder))
            _write_sheets(films[-1])
            console.print(f"{folder / FILM}", style="dim")
    console.print(_table(films))
    return judge_films(films)


def judge_films(films: Sequence[Filmed]) -> list[Line]:
    """Return the report on all films."""
    if not films:
        return [Line("films made", "0", goal="1 at least", met=False)]
    cpu_s = max(film.cpu_s_per_minute for film in films)
    whole, inside = (
        [getattr(film, name) for film in films if getattr(film, name).of]
        for name in ("moves", "moves_inside")
    )
    lines = [
        line_of("cpu_s", cpu_s),
        line_of("peak_mib", max(film.peak_mib for film in films)),
    ]
    if whole:
        lines.append(line_of("over_chance", mean(map(_over_chance, whole)), chance="1.0"))
    if inside:
        found = mean(map(_over_chance, inside))
        lines.append(Line("    inside shots, cuts apart", f"{found:.1f}", "1.0"))
    return lines


def _over_chance(share: Share) -> float:
    return share.found / share.chance


def _write_sheets(film: Filmed) -> None:
    path = film.folder / FILM
    write_sheet(path, film.shots_s, film.duration_s, film.folder / "sheet.png")
    write_strips(path, film.duration_s, film.folder / "strips.png")


def _table(films: Sequence[Filmed]) -> Table:
    table = Table(
        *("song", "wish", "s", "CPU s/min", "hear", "plan", "film", "compose", "wall s/min"),
        *("MiB", "peaks on beats", "chance", "inside shots"),
    )
    for film in films:
        table.add_row(
            film.song,
            str(film.wish),
            f"{film.duration_s:.0f}",
            f"{film.cpu_s_per_minute:.0f}",
            *(f"{60 * spent_s / film.duration_s:.1f}" for spent_s in film.steps_s.values()),
            f"{film.wall_s_per_minute:.0f}",
            f"{film.peak_mib:.0f}",
            f"{film.moves.found:.0%} of {film.moves.of}",
            f"{film.moves.chance:.0%}",
            f"{film.moves_inside.found:.0%} of {film.moves_inside.of}",
        )
    return table
