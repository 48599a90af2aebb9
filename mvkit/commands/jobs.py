"""Jobs in the queue: submit, jobs, status, fetch, approve, cancel, retry, delete."""

from __future__ import annotations

import shutil
import time
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from mvkit.commands.terminal import (
    AspectOption,
    Bar,
    BudgetOption,
    FramingOption,
    QualityOption,
    SeedOption,
    SetOption,
    TitleOption,
    complain,
    console,
    minutes,
    read_options,
)
from mvkit.errors import NotFound
from mvkit.run import Status
from mvkit.schema import Video
from mvkit.schema.brief import title_of
from mvkit.settings import local_user

FOLLOW_S = 0.5

JobArgument = Annotated[str, typer.Argument(help="The job's id, or its first characters.")]


UserOption = Annotated[str, typer.Option(help="Whose job it is.", default_factory=local_user)]

app = typer.Typer()


@app.command()
def submit(
    song: Annotated[Path, typer.Argument(help="MP3, WAV or FLAC; at most 10 MiB and 10 min.")],
    prompt: Annotated[str, typer.Argument(help="What the film shall show; 50-500 characters.")],
    user: UserOption,
    lyrics: Annotated[Path | None, typer.Option(help="An .lrc, .srt or .txt file.")] = None,
    title: TitleOption = None,
    aspect: AspectOption = "16:9",
    quality: QualityOption = "standard",
    framing: FramingOption = "subject",
    seed: SeedOption = 1,
    set_: SetOption = None,
    budget: BudgetOption = None,
    plan_first: Annotated[bool, typer.Option(help="Stop at the storyboard.")] = False,
) -> None:
    """Put a song and a prompt into the queue; a worker makes the film."""
    from mvkit.jobs import client

    job = client.submit(
        song,
        prompt,
        user=user,
        lyrics=lyrics,
        title=title_of(song.name) if title is None else title,
        aspect=aspect,
        quality=quality,
        framing=framing,
        seed=seed,
        options=read_options(set_ or []),
        budget_usd=None if budget is None else Decimal(str(budget)),
        plan_first=plan_first,
    )
    console.print(
        f"{job.job_id}\nqueued; `mvkit status {job.job_id[:8]} --follow` shows how it goes"
    )


@app.command()
def jobs(limit: Annotated[int, typer.Option(help="How many, at most.", min=1)] = 50) -> None:
    """List the jobs of the queue, newest first."""
    from mvkit.jobs.table import list_jobs

    table = Table("job", "user", "submitted", "state", "for", "song", "tries", "takes")
    for job in list_jobs(limit=limit):
        table.add_row(
            job.job_id[:8],
            escape(job.user),
            f"{datetime.fromtimestamp(job.submitted_at_s):%Y-%m-%d %H:%M}",
            job.state,
            job.aim,
            escape(f"{job.title} {minutes(job.song_s)}".strip()),
            str(job.attempt),
            f"{job.n_bytes / 1e6:.0f} MB",
        )
    console.print(table)


@app.command()
def status(
    job_id: JobArgument,
    follow: Annotated[bool, typer.Option(help="Go on until the job has ended.")] = False,
) -> None:
    """Show how a job stands."""
    from mvkit.jobs import client
    from mvkit.jobs.table import BUSY

    full_id = _find(job_id)
    told = client.status(full_id)
    if follow:
        with Bar() as bar:
            while told.state in BUSY:
                bar.show(told)
                time.sleep(FOLLOW_S)
                told = client.status(full_id)
            bar.show(told)
    _tell(told)
    if told.state in ("failed", "cancelled"):
        raise typer.Exit(1)


@app.command()
def fetch(
    job_id: JobArgument,
    target: Annotated[Path, typer.Argument(help="Where to write the film; a file or a folder.")],
) -> None:
    """Copy the film of a finished job, wherever it is kept."""
    from mvkit.storage import get_store

    run = get_store().pull(_find(job_id))
    film = run.folder / run.read(Video).video_url
    console.print(escape(str(shutil.copy(film, target))), soft_wrap=True)


@app.command()
def approve(job_id: JobArgument) -> None:
    """Have the film of a planned job made."""
    from mvkit.jobs import client

    console.print(f"{client.approve(_find(job_id)).job_id} queued")


@app.command()
def cancel(job_id: JobArgument) -> None:
    """Cancel a job that waits or runs; what is made so far is kept."""
    from mvkit.jobs import client

    console.print(f"{client.cancel(_find(job_id)).job_id} cancelled")


@app.command()
def retry(job_id: JobArgument, budget: BudgetOption = None) -> None:
    """Put a failed or cancelled job into the queue again; it goes on where it stopped."""
    from mvkit.jobs import client

    budget_usd = None if budget is None else Decimal(str(budget))
    console.print(f"{client.retry(_find(job_id), budget_usd=budget_usd).job_id} queued")


@app.command()
def delete(job_id: JobArgument) -> None:
    """Delete a job and everything it made."""
    from mvkit.jobs import client

    full_id = _find(job_id)
    client.delete(full_id)
    console.print(f"{full_id} deleted")


def _find(job_id: str) -> str:
    from mvkit.jobs.table import list_jobs

    found = [job.job_id for job in list_jobs() if job_id and job.job_id.startswith(job_id)]
    if len(found) != 1:
        raise NotFound(
            f"{len(found)} jobs have an id that starts with '{job_id}', expected exactly one; "
            "`mvkit jobs` lists them."
        )
    return found[0]


NEXT = {
    "planned": "`mvkit approve {job}` films it; the plan is in `plan.json` of the run.",
    "finished": "`mvkit fetch {job} film.mp4` copies the film.",
    "failed": "`mvkit retry {job}` goes on from what is made.",
    "cancelled": "`mvkit retry {job}` goes on from what is made.",
}
"""What can be done with a job that has ended, by its state."""


def _tell(told: Status) -> None:
    stage = f", {told.stage}" if told.stage and told.state == "running" else ""
    console.print(f"{told.state}{stage}, {told.progress:.0f} %, cost ${told.total_cost:.2f}")
    if told.error:
        complain(str(told.error["reason"]), str(told.error["error"]))
    if told.state in NEXT:
        console.print(NEXT[told.state].format(job=told.job_id[:8]))
