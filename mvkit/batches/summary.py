"""How the films of a batch ended, film by film and genre by genre; kept beside its roll."""

from __future__ import annotations

import csv
import io
import json
import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path

from mvkit import index
from mvkit.batches.standing import Standing
from mvkit.errors import NotFound
from mvkit.files import write_whole
from mvkit.schema import Record, Video
from mvkit.storage import get_store

UNKNOWN = "no genre"
"""The genre of a film that came to no plan, or whose song is like none that the director knows."""


class Ended(Record):
    """How one film ended.

    Attributes
    ----------
    worked_s, song_s : float
        How long it was worked on, and how long its song is; 0 where that is not known.
    warnings : tuple of str
        Checks of the finished film that did not pass.
    film : str
        The film, as a path from the runs folder; empty where there is none.
    """

    number: int
    song: str
    prompt: str
    job_id: str
    genre: str
    state: str
    cost_usd: Decimal
    worked_s: float
    song_s: float
    warnings: tuple[str, ...]
    reason: str
    error: str
    film: str

    @property
    def succeeded(self) -> bool:
        """Whether there is a film."""
        return self.state == "finished"


class GenreSummary(Record):
    """The films of one genre together.

    Attributes
    ----------
    work_s_per_s : float or None
        Seconds of work for a second of film, the median; None without a film.
    n_warned : int
        Films that failed one of their checks.
    reasons : tuple of str
        Why films failed, the most frequent first, each with how often.
    """

    genre: str
    n_films: int
    n_finished: int
    work_s_per_s: float | None
    cost_usd: Decimal
    n_warned: int
    reasons: tuple[str, ...]


def ended(standings: Iterable[Standing]) -> tuple[Ended, ...]:
    """Return how films ended, with what their runs tell."""
    runs = {run.job_id: run for run in index.list_runs()}
    return tuple(_ended(standing, runs.get(standing.job_id)) for standing in standings)


def by_genre(films: Iterable[Ended]) -> tuple[GenreSummary, ...]:
    """Return the films of each genre together, the most frequent genre first."""
    genres: dict[str, list[Ended]] = {}
    for film in films:
        genres.setdefault(film.genre or UNKNOWN, []).append(film)
    ordered = sorted(genres.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple(_summary(genre, own) for genre, own in ordered)


def write_summary(folder: Path, films: Sequence[Ended]) -> None:
    """Write ``batch.json`` and ``batch.csv``: all films, and in the first the genres, too."""
    told = {
        "films": [film.model_dump(mode="json") for film in films],
        "genres": [genre.model_dump(mode="json") for genre in by_genre(films)],
    }
    write_whole(folder / "batch.json", json.dumps(told, indent=1) + "\n")
    table = io.StringIO()
    rows = csv.DictWriter(table, [*Ended.model_fields])
    rows.writeheader()
    for film in films:
        rows.writerow(film.model_dump(mode="json") | {"warnings": "; ".join(film.warnings)})
    write_whole(folder / "batch.csv", table.getvalue())


def _ended(standing: Standing, run: index.RunRow | None) -> Ended:
    return Ended(
        **standing.model_dump(
            include={"number", "song", "prompt", "job_id", "genre", "state", "reason", "error"}
        ),
        cost_usd=run.cost_usd if run else standing.cost_usd,
        worked_s=run.worked_s if run else 0.0,
        song_s=(run.song_s if run else None) or 0.0,
        warnings=_warnings(standing),
        film=run.film if run else "",
    )


def _warnings(standing: Standing) -> tuple[str, ...]:
    if standing.state != "finished":
        return ()
    try:
        video = Video.from_json(get_store().read(standing.job_id, Video.file_name()))
    except NotFound:
        return ()
    return tuple(check.name for check in video.checks if not check.passed)


def _summary(genre: str, films: Sequence[Ended]) -> GenreSummary:
    finished = [film for film in films if film.succeeded]
    speeds = [film.worked_s / film.song_s for film in finished if film.song_s]
    reasons = Counter(film.reason or film.state for film in films if not film.succeeded)
    return GenreSummary(
        genre=genre,
        n_films=len(films),
        n_finished=len(finished),
        work_s_per_s=statistics.median(speeds) if speeds else None,
        cost_usd=sum((film.cost_usd for film in films), Decimal()),
        n_warned=sum(bool(film.warnings) for film in finished),
        reasons=tuple(f"{n} x {reason}" for reason, n in reasons.most_common()),
    )
