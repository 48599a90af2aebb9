"""Every song planned with every wish: measured, printed and judged."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from benchmarks.director.goals import Film, Line, histograms, judge
from benchmarks.director.measures import measure_film
from benchmarks.director.songs import JOB, Song, songs_in
from benchmarks.director.understanding import (
    REQUIRED,
    WISHES,
    read_keys,
    score_wishes,
    share_right,
)
from mvkit.director import plan_video
from mvkit.errors import GenerationFailed
from mvkit.schema import Analysis, Brief, Plan

SEED = 7
WIDEST_BAR = 40
console = Console(width=150)


def films(
    songs: Annotated[Path, typer.Argument(help="Folder of songs.")],
    wishes: Annotated[Path, typer.Option(help="File of wishes.")] = WISHES,
    analyses: Annotated[Path, typer.Option(help="Where what is heard is kept.")] = Path(
        "runs/.cache/benchmark"
    ),
    only: Annotated[str, typer.Option(help="Songs whose names begin so.")] = "",
    every: Annotated[int, typer.Option(help="Each song with every n-th wish.", min=1)] = 1,
    save: Annotated[Path | None, typer.Option(help="Write all figures there, as JSON.")] = None,
) -> None:
    """Plan every song with every wish; print and judge what comes of it."""
    texts = [text for text, _ in read_keys(wishes)]
    heard = songs_in(songs, analyses=analyses, only=only)
    made = plan_films(heard, texts, every=every)
    lines = [*judge(made), understood(wishes)]
    console.print(table_of(lines))
    for table in (songs_table(made), histograms_table(made)):
        console.print(table)
    for film in made:
        if film.refused:
            console.print(f"{film.song}, wish {film.wish}: {film.refused}", style="red")
    if save is not None:
        save.write_text(json.dumps({"lines": lines, "films": made}, default=vars, indent=1))
    missed = [line.name for line in lines if line.met is False]
    if missed:
        console.print(f"Missed: {'; '.join(missed)}.", style="bold red")
        raise typer.Exit(1)


def plan_films(songs: Sequence[Song], wishes: Sequence[str], *, every: int = 1) -> list[Film]:
    """Plan each song with every n-th wish, and its first one again in a process of its own.

    There, what is a set has another order, so that nobody can rely on it.
    """
    if songs:
        plan_video(brief_for(wishes[0]), songs[0].analysis)  # what is loaded once is not timed
    made: list[Film] = []
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as elsewhere:
        for n, song in enumerate(songs):
            chosen = range(n % every, len(wishes), every)
            again = elsewhere.submit(digest_of, wishes[chosen[0]], song.analysis)
            films_of = [plan_film(song, wish, wishes[wish]) for wish in chosen]
            first = films_of[0][1]
            same = None if first is None else first.content_digest() == again.result()
            made += [film for film, _ in films_of]
            made[-len(films_of)] = replace(films_of[0][0], repeatable=same)
    return made


def plan_film(song: Song, wish: int, text: str) -> tuple[Film, Plan | None]:
    """Plan a film, and measure it."""
    started_s = time.process_time()
    plan, refused = None, ""
    try:
        plan = plan_video(brief_for(text), song.analysis)
    except GenerationFailed as error:
        refused = str(error)
    cpu_s = time.process_time() - started_s
    film = Film(
        song=song.name,
        wish=wish,
        duration_s=song.analysis.duration,
        cpu_s=cpu_s,
        measures=(
            measure_film(plan, song.analysis, true_beats_s=song.true_beats_s) if plan else None
        ),
        refused=refused,
    )
    return film, plan


def brief_for(wish: str, *, seed: int = SEED) -> Brief:
    """Return the brief of a film."""
    return Brief(job_id=JOB, prompt=wish, song_file="song.mp3", song_sha256="0" * 64, seed=seed)


def digest_of(wish: str, analysis: Analysis) -> str:
    """Return the digest of a plan; empty where the director refuses."""
    try:
        return plan_video(brief_for(wish), analysis).content_digest()
    except GenerationFailed:
        return ""


def understood(wishes: Path) -> Line:
    """Return how much of the wishes is understood."""
    right = share_right(score_wishes(wishes))
    return Line(
        "fields of wishes understood", f"{right:.1%}", "", f"{REQUIRED:.0%}", right >= REQUIRED
    )


def table_of(lines: Sequence[Line]) -> Table:
    """Return the report as a table."""
    table = Table("measure", "found", "chance", "goal", "")
    marks = {None: "", True: "[green]met", False: "[bold red]missed"}
    for line in lines:
        table.add_row(line.name, line.found, line.chance, line.goal, marks[line.met])
    return table


def songs_table(films: Sequence[Film]) -> Table:
    """Return a line per song: the mean of its films."""
    table = Table(
        *("song", "shots/min", "mean s", "on beats", "downbeats", "true beats", "chance"),
        *("sections cut", "Spearman", "clips alike", "CPU s"),
    )
    for name in dict.fromkeys(film.song for film in films):
        table.add_row(name, *_song_row([film for film in films if film.song == name]))
    return table


def _song_row(films: Sequence[Film]) -> Iterator[str]:
    made = [film.measures for film in films if film.measures]
    n = max(len(made), 1)
    n_shots = sum(len(film.lengths.sizes) for film in made) / n
    duration_s = films[0].duration_s
    yield f"{60 * n_shots / duration_s:.1f}"
    yield f"{duration_s / max(n_shots, 1):.2f}"
    for name in ("on_beats", "on_downbeats", "on_true_beats"):
        shares = [getattr(film, name) for film in made]
        known = [share.found for share in shares if share.of]
        yield f"{sum(known) / len(known):.1%}" if known else "-"
    true = [film.on_true_beats.chance for film in made if film.on_true_beats.of]
    yield f"{sum(true) / len(true):.1%}" if true else "-"
    yield f"{sum(film.sections_cut.found for film in made) / n:.0%}"
    yield f"{sum(film.spearman for film in made) / n:+.2f}"
    yield f"{sum(film.told_alike for film in made) / max(sum(f.n_clips for f in made), 1):.0%}"
    yield f"{max(film.cpu_s for film in films):.2f}"


def histograms_table(films: Sequence[Film]) -> Table:
    """Return what was chosen how often."""
    table = Table("", "", "share", "")
    for name, counted in histograms([film.measures for film in films if film.measures]).items():
        total = max(counted.total(), 1)
        most = max(counted.values(), default=1)
        for index, (what, n) in enumerate(counted.most_common()):
            bar = "█" * round(WIDEST_BAR * n / max(most, 1))
            table.add_row(name if index == 0 else "", what, f"{n / total:.1%}", bar)
        table.add_section()
    return table
