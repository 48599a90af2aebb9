"""What commands share: how they speak, the progress bar, and how runs are named."""

from __future__ import annotations

import time
from collections.abc import Collection
from textwrap import fill
from typing import Annotated, Self, cast

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.text import Text

from mvkit.errors import InvalidInput, NotFound
from mvkit.run import Run, Status, all_runs
from mvkit.schema.brief import FRAME_SIZES_PX, Aspect, Framing, OptionValue, Quality, option_value

console = Console()
INDENT = 4

AspectOption = Annotated[Aspect, typer.Option(help="Shape of the picture.")]
QualityOption = Annotated[
    Quality, typer.Option(help="How finely it is encoded: 2.5, 5, 10 Mbit/s.")
]
FramingOption = Annotated[
    Framing, typer.Option(help="How clips of another shape fill the picture; pad: blurred edges.")
]
TitleOption = Annotated[
    str | None, typer.Option(help="Title of the song; by default what its file is called.")
]
SeedOption = Annotated[int, typer.Option(help="Another seed gives another film.", min=0)]
BudgetOption = Annotated[
    float | None, typer.Option(help="What the film may cost, in US dollars.", min=0)
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", help="A notebook parameter, as stage.name=value; repeatable."),
]


def complain(code: str, message: str) -> None:
    """Tell a failure in a sentence."""
    Console(stderr=True, highlight=False, markup=False).print(f"{code}: {message}", soft_wrap=True)


def tell_indented(line: str, *, style: str = "", indent: int = INDENT) -> None:
    """Tell a line, filled into as many as it needs; nothing if it is empty."""
    if line:
        margin = " " * indent
        filled = fill(line, console.width, initial_indent=margin, subsequent_indent=margin)
        console.print(Text(filled, style=style), soft_wrap=True)


class Bar:
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
            left=f"{minutes(status.eta_s)} left" if status.eta_s else "",
        )


def find_run(run_id: str) -> Run:
    """Return the one run whose id starts like this."""
    found = [run for run in all_runs() if run_id and run.job_id.startswith(run_id)]
    if len(found) != 1:
        raise NotFound(
            f"{len(found)} runs have an id that starts with '{run_id}', expected exactly one; "
            "`mvkit runs` lists them."
        )
    return found[0]


def read_options(assignments: list[str]) -> dict[str, dict[str, OptionValue]]:
    """Read ``stage.name=value`` assignments; values are JSON, or text where they are not."""
    options: dict[str, dict[str, OptionValue]] = {}
    for assignment in assignments:
        target, equals, text = assignment.partition("=")
        stage, dot, name = target.partition(".")
        if not (equals and dot and stage and name):
            raise InvalidInput(f"--set {assignment!r}: expected stage.name=value, as plan.pace=1.2")
        options.setdefault(stage, {})[name] = option_value(text)
    return options


def read_aspects(names: Collection[str]) -> tuple[Aspect, ...]:
    """Read shapes of a picture, each once."""
    for name in names:
        if name not in FRAME_SIZES_PX:
            raise InvalidInput(
                f"There is no shape {name!r}; the shapes are {', '.join(FRAME_SIZES_PX)}."
            )
    return tuple(cast(Aspect, name) for name in dict.fromkeys(names))


def minutes(time_s: float | None) -> str:
    """Return a time as minutes and seconds, or nothing for None."""
    return "" if time_s is None else f"{int(time_s) // 60}:{int(time_s) % 60:02d}"
