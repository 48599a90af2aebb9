"""The command line: ``python -m mvkit demo | make | runs | redo | song``."""

from __future__ import annotations

import json
import logging
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated, Any, Self

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from mvkit.errors import InvalidInput, MvkitError, NotFound
from mvkit.run import Run, Status, all_runs
from mvkit.schema import Video
from mvkit.schema.brief import Aspect, OptionValue

DEMO_PROMPT = (
    "A young woman with long hair and a red umbrella walks through a rain-wet neon city at night, "
    "looking for the light she lost; in the chorus she sings on a stage in magenta and cyan."
)

INTERRUPTED = 130
"""Exit code after Ctrl-C."""

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="A song and a prompt in; a finished, beat-synchronised music video out.",
)
console = Console()

AspectOption = Annotated[Aspect, typer.Option(help="Shape of the picture.")]
SeedOption = Annotated[int, typer.Option(help="Another seed gives another film.", min=0)]
FreshOption = Annotated[bool, typer.Option(help="Start anew even if this wish has a run already.")]


@app.command()
def demo(aspect: AspectOption = "16:9", seed: SeedOption = 1, fresh: FreshOption = False) -> None:
    """Make a film of the bundled song: no key, no GPU, no network."""
    from mvkit.songs import write_demo_song

    with tempfile.TemporaryDirectory() as folder:
        song = Path(folder) / "song.flac"
        truth = write_demo_song(song)
        _make(song, DEMO_PROMPT, title=truth.title, aspect=aspect, seed=seed, fresh=fresh)


@app.command()
def make(
    song: Annotated[Path, typer.Argument(help="MP3, WAV or FLAC; at most 10 MiB and 10 min.")],
    prompt: Annotated[str, typer.Argument(help="What the film shall show; 50-500 characters.")],
    lyrics: Annotated[Path | None, typer.Option(help="An .lrc, .srt or .txt file.")] = None,
    title: Annotated[str, typer.Option(help="Title of the song.")] = "",
    aspect: AspectOption = "16:9",
    seed: SeedOption = 1,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="A notebook parameter, as stage.name=value; repeatable."),
    ] = None,
    fresh: FreshOption = False,
) -> None:
    """Make a film of a song and a prompt; the same command goes on where it was cut off."""
    _make(
        song,
        prompt,
        lyrics=lyrics,
        title=title,
        aspect=aspect,
        seed=seed,
        options=_options(set_ or []),
        fresh=fresh,
    )


@app.command()
def redo(
    run_id: Annotated[str, typer.Argument(help="The run's id, or its first characters.")],
    stage: Annotated[str, typer.Argument(help="The stage to run again: plan, clips, video, ...")],
) -> None:
    """Run one stage again (clips: film all of them), and what follows if it comes out different."""
    from mvkit.chain import run_chain, stage_named

    run = _find(run_id)
    with _Bar() as bar:
        run_chain(run, redo=stage_named(stage).name, watch=bar.show)
    _tell(run, started_s=bar.started_s)


@app.command()
def runs() -> None:
    """List all runs: what they made, how long it took, what it cost."""
    from mvkit.index import list_runs

    table = Table("run", "made", "state", "song", "bpm", "clips", "cuts", "worked", "cost", "film")
    for row in list_runs():
        song = f"{row.title or row.prompt[:28]} {_minutes(row.song_s)}".strip()
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
    console.print(table)


@app.command()
def song(
    target: Annotated[Path, typer.Argument(help="Where to write it; .flac or .wav.")],
) -> None:
    """Write the bundled song to a file."""
    from mvkit.songs import write_demo_song

    truth = write_demo_song(target)
    console.print(
        f"{escape(str(target))}: '{truth.title}', {truth.duration_s:.1f} s, {truth.tempo_bpm:g} bpm"
    )


def main() -> None:
    """Run the command line; tell what stopped it in a sentence, without a traceback."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as tidy an end as Ctrl-C
    try:
        app(prog_name="mvkit")
    except SystemExit as end:
        if end.code == INTERRUPTED:
            # The notebook's client was cut off in mid-word and would complain at length.
            logging.disable(logging.CRITICAL)
            _complain("CANCELLED", "Stopped. Give the same command again to go on from here.")
        raise
    except MvkitError as error:
        _complain(error.code, error.message)
        sys.exit(1)
    except OSError as error:
        _complain("GENERATION_ERROR", f"{error}. Mend it and give the same command again.")
        sys.exit(1)


def _complain(code: str, message: str) -> None:
    Console(stderr=True, highlight=False, markup=False).print(f"{code}: {message}", soft_wrap=True)


class _Bar:
    """The progress of a run in the terminal: stage, clip n of m, time left."""

    def __init__(self) -> None:
        self.started_s = time.monotonic()
        self._bar = Progress(
            TextColumn("{task.description:<11}"),
            BarColumn(bar_width=40),
            TextColumn("{task.percentage:>3.0f} %"),
            TextColumn("{task.fields[clips]:<14}"),
            TimeElapsedColumn(),
            TextColumn("{task.fields[left]}"),
            console=console,
        )
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        self._bar.start()
        self._task = self._bar.add_task("starting", total=100.0, clips="", left="")
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def show(self, status: Status) -> None:
        """Draw a new status."""
        assert self._task is not None
        filming = status.stage == "clips" and status.n_clips
        self._bar.update(
            self._task,
            completed=status.progress,
            description=status.state if status.state != "running" else status.stage,
            clips=f"clip {status.clips_done} of {status.n_clips}" if filming else "",
            left=f"{_minutes(status.eta_s)} left" if status.eta_s else "",
        )


def _make(song: Path, prompt: str, **wish: Any) -> None:
    from mvkit.chain import make_video

    with _Bar() as bar:
        run = make_video(song, prompt, watch=bar.show, **wish)
    _tell(run, started_s=bar.started_s)


def _tell(run: Run, *, started_s: float) -> None:
    """Say where the film is, how long it is, what it took and what it cost."""
    from mvkit.ledger import total_usd

    video = run.read(Video)
    console.print(
        f"{escape(str(run.folder / video.video_url))}\n"
        f"{_minutes(video.duration)} of film, {len(video.cuts)} cuts, "
        f"made in {_minutes(time.monotonic() - started_s)}, cost ${total_usd(run):.2f}",
        soft_wrap=True,
    )


def _find(run_id: str) -> Run:
    """Return the one run whose id starts like this."""
    found = [run for run in all_runs() if run_id and run.job_id.startswith(run_id)]
    if len(found) != 1:
        raise NotFound(
            f"{len(found)} runs have an id that starts with '{run_id}', expected exactly one; "
            "`mvkit runs` lists them."
        )
    return found[0]


def _options(assignments: list[str]) -> dict[str, dict[str, OptionValue]]:
    """Read ``stage.name=value`` assignments; values are JSON, or text where they are not."""
    options: dict[str, dict[str, OptionValue]] = {}
    for assignment in assignments:
        target, equals, text = assignment.partition("=")
        stage, dot, name = target.partition(".")
        if not (equals and dot and stage and name):
            raise InvalidInput(f"--set {assignment!r}: expected stage.name=value, as plan.pace=1.2")
        try:
            value = json.loads(text)
        except ValueError:
            value = text
        options.setdefault(stage, {})[name] = value
    return options


def _minutes(time_s: float | None) -> str:
    return "" if time_s is None else f"{int(time_s) // 60}:{int(time_s) % 60:02d}"


if __name__ == "__main__":
    main()
