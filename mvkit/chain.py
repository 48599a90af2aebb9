"""The chain: six notebooks, run by Papermill, from a song and a prompt to a film.

Each stage is one notebook in a fresh kernel. A stage whose artefact is there for the same inputs
is kept, so a run that was cut off goes on where it stopped. The next kernel is started while the
current stage works, which hides most of what a kernel costs.

Contents
--------
STAGES, make_video, run_chain, check_options
"""

from __future__ import annotations

import json
import logging
import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mvkit import ledger
from mvkit.errors import InvalidInput, MvkitError, StageFailed, TimedOut, revive
from mvkit.kernels import Kernel, remove_sockets
from mvkit.processes import sweep
from mvkit.progress import Progress, Stage, Watch
from mvkit.run import Run, draft_brief, find_run
from mvkit.schema import Analysis, Aspect, Clips, Plan, Prompts, References, Video
from mvkit.schema.brief import OptionValue
from mvkit.settings import ROOT, get_settings

NOTEBOOKS = ROOT / "notebooks"

STAGES = (
    Stage(number=1, artefact=Analysis, mark=10.0, time_share=0.08),
    Stage(number=2, artefact=Plan, mark=20.0, time_share=0.01),
    Stage(number=3, artefact=References, mark=30.0, time_share=0.03),
    Stage(number=4, artefact=Prompts, mark=40.0, time_share=0.01),
    Stage(number=5, artefact=Clips, mark=85.0, time_share=0.75),
    Stage(number=6, artefact=Video, mark=100.0, time_share=0.12),
)

KERNEL_START_TIMEOUT_S = 180
"""A kernel at low priority on a busy machine may take its time."""
RESERVED = frozenset({"run_dir"})
"""Parameters that only the chain may set."""


def make_video(
    song: Path,
    prompt: str,
    *,
    lyrics: Path | None = None,
    title: str = "",
    aspect: Aspect = "16:9",
    seed: int = 1,
    options: dict[str, dict[str, OptionValue]] | None = None,
    fresh: bool = False,
    watch: Watch | None = None,
) -> Run:
    """Make a music video.

    Called again with the same wish, it goes on with the run it finds, or returns the film that
    is already there.

    Parameters
    ----------
    song : Path
        MP3, WAV or FLAC, at most 10 MiB, 1 s to 10 min.
    prompt : str
        What the film shall show, 50-500 characters.
    lyrics : Path, optional
        ``.lrc``, ``.srt`` or ``.txt``.
    aspect : {'16:9', '1:1', '9:16'}
        Shape of the picture.
    seed : int
        Another seed gives another film of the same wish.
    options : dict, optional
        Notebook parameters by stage: ``{"plan": {"pace": 1.2}}``.
    fresh : bool
        Whether to start a new run even if there is one for this wish.
    watch : callable, optional
        Called with each new :class:`mvkit.run.Status`.

    Returns
    -------
    Run
        The finished run; ``run.folder / "video.mp4"`` is the film.

    Raises
    ------
    InvalidInput
        If the song, the lyrics or the wish cannot be used.
    MvkitError
        If a stage failed; the run folder keeps what was made.
    """
    from mvkit.analysis.intake import check_song

    checked = check_song(song)
    check_options(options or {})
    brief = draft_brief(
        song=song,
        kind=checked.kind,
        prompt=prompt,
        lyrics=lyrics,
        title=title,
        aspect=aspect,
        seed=seed,
        options=options,
    )
    run = (None if fresh else find_run(brief)) or Run.create(brief, song=song, lyrics=lyrics)
    run_chain(run, watch=watch)
    return run


def run_chain(run: Run, *, redo: str = "", watch: Watch | None = None) -> Video:
    """Run all stages that a run still needs.

    Parameters
    ----------
    run : Run
        The run; what it holds already is kept where its inputs have not changed.
    redo : str, optional
        Name of a stage to run again even so.
    watch : callable, optional
        Called with each new status.

    Raises
    ------
    MvkitError
        What stopped a stage; its executed notebook shows where.
    """
    with run.working(), Progress(run, STAGES, watch=watch) as progress:
        remove_sockets(run.job_id)
        if redo:
            _forget(run, redo)
        _run_stages(run, progress)
        video = run.read(Video)
        progress.completed(video_url=video.video_url)
    return video


def check_options(options: Mapping[str, Mapping[str, OptionValue]]) -> None:
    """Check notebook parameters against what the notebooks declare.

    Raises
    ------
    InvalidInput
        If a stage or a parameter has a name that is not declared, or a value is not plain.
    """
    for name, parameters in options.items():
        _plain(parameters, declared=_declared(stage_named(name)) - RESERVED, stage=name)


def stage_named(name: str) -> Stage:
    """Return a stage.

    Raises
    ------
    InvalidInput
        If there is none of this name.
    """
    for stage in STAGES:
        if stage.name == name:
            return stage
    known = ", ".join(stage.name for stage in STAGES)
    raise InvalidInput(
        f"There is no stage '{name}'; the stages are {known}.", reason="UNKNOWN_STAGE"
    )


def notebook_of(stage: Stage) -> Path:
    """Return the path of a stage's notebook."""
    return NOTEBOOKS / f"{stage.number:02d}_{stage.name}.ipynb"


def _forget(run: Run, stage_name: str) -> None:
    """Remove a stage's artefact, and the records of what it made piece by piece."""
    stage = stage_named(stage_name)
    run.drop(stage.artefact)
    if stage.artefact is Clips:
        for record in run.folder.glob("clips/*.json"):
            record.unlink()


def _run_stages(run: Run, progress: Progress) -> None:
    spare: Kernel | None = None
    notebooks = run.folder / "notebooks"
    notebooks.mkdir(exist_ok=True)
    try:
        for stage in STAGES:
            if run.is_current(stage.artefact):
                progress.skipped(stage)
            else:
                ready, spare = spare, None
                with ready or Kernel(job_id=run.job_id, cwd=notebooks) as kernel:
                    sweep(run.job_id, sparing=[kernel.pid])
                    if stage is not STAGES[-1]:
                        spare = Kernel(job_id=run.job_id, cwd=notebooks)
                    progress.started(stage)
                    _run_notebook(run, stage, kernel)
                progress.finished(stage)
            cost_usd, total = ledger.book(run, run.read(stage.artefact))
            progress.spent(stage=stage, cost_usd=cost_usd, total=total)
    finally:
        if spare:
            spare.kill()
        sweep(run.job_id)


def _run_notebook(run: Run, stage: Stage, kernel: Kernel) -> None:
    """Execute a stage's notebook; the executed copy stays in the run folder, failed or not."""
    import papermill
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    logging.getLogger("papermill").setLevel(logging.ERROR)
    options = run.brief.options.get(stage.name, {})
    parameters = _plain(options, declared=_declared(stage) - RESERVED, stage=stage.name)
    executed = run.path("notebooks", notebook_of(stage).name)
    timeout_s = _timeout_s(run)
    try:
        papermill.execute_notebook(
            _as_format(notebook_of(stage)),
            _as_format(executed),
            parameters={"run_dir": str(run.folder), **parameters},
            km=kernel.manager,
            start_timeout=KERNEL_START_TIMEOUT_S,
            execution_timeout=timeout_s,
            progress_bar=False,
        )
    except PapermillExecutionError as error:
        raise _stage_error(error, stage=stage) from error
    except CellTimeoutError as error:
        raise TimedOut(
            f"Stage '{stage.name}' worked longer than {timeout_s:.0f} s on one cell; "
            f"see {executed.name}.",
            reason="STAGE_TIMEOUT",
        ) from error
    except (DeadKernelError, RuntimeError) as error:  # RuntimeError: it never answered
        raise StageFailed(
            f"The kernel of stage '{stage.name}' died ({error}); it was killed or ran out of "
            "memory. "
            "Start the run again to go on from here.",
            reason="KERNEL_DIED",
        ) from error
    if not run.is_current(stage.artefact):
        raise StageFailed(
            f"Notebook {executed.name} ended without writing {stage.artefact.file_name()}; "
            "its write cell must call run.write(...).",
            reason="NO_ARTEFACT",
        )


def _timeout_s(run: Run) -> int:
    """Return how long a cell may work: the setting, or three times the song if that is longer."""
    song_s = run.read(Analysis).duration if run.has(Analysis) else 0.0
    return math.ceil(max(get_settings().stage_timeout_s, 3.0 * song_s))


def _stage_error(error: Any, *, stage: Stage) -> MvkitError:
    """Return our error for a failed notebook: the one raised inside, or one naming the cell."""
    ours = revive(error.ename, re.sub(r"\x1b\[[0-9;]*m", "", error.evalue))
    if ours is not None:
        return ours
    cell = " ".join(error.source.split())[:80]
    return StageFailed(
        f"Stage '{stage.name}' stopped in cell [{error.exec_count}] (`{cell}`): "
        f"{error.ename}: {error.evalue}. See {notebook_of(stage).name} in the run folder.",
        reason="CELL_FAILED",
    )


def _declared(stage: Stage) -> frozenset[str]:
    """Return the names in a notebook's parameters cell."""
    import papermill

    logging.getLogger("papermill").setLevel(logging.ERROR)
    return frozenset(papermill.inspect_notebook(_as_format(notebook_of(stage))))


def _plain(
    parameters: Mapping[str, OptionValue], *, declared: frozenset[str], stage: str
) -> dict[str, OptionValue]:
    """Return parameters that are safe to hand to a notebook: declared names, plain values.

    Papermill writes parameters into the notebook as source text. It escapes plain JSON values;
    anything else, and undeclared names, could become code, so neither gets past here.
    """
    unknown = sorted(set(parameters) - declared)
    if unknown:
        raise InvalidInput(
            f"Stage '{stage}' has no parameter {', '.join(map(repr, unknown))}; "
            f"it has {', '.join(sorted(declared)) or 'none'}.",
            reason="UNKNOWN_PARAMETER",
        )
    for name, value in parameters.items():
        if type(value) not in (bool, int, float, str):
            raise InvalidInput(
                f"Parameter '{name}' of stage '{stage}' is a {type(value).__name__}; "
                "expected a number, a truth value or text.",
                reason="BAD_PARAMETER",
            )
    try:
        text = json.dumps(dict(parameters), allow_nan=False, ensure_ascii=False)
        text.encode("utf-8")
    except ValueError as error:  # NaN, infinity, or half a surrogate pair
        raise InvalidInput(
            f"A parameter of stage '{stage}' cannot be written down: {error}.",
            reason="BAD_PARAMETER",
        ) from error
    plain: dict[str, OptionValue] = json.loads(text)
    return plain


def _as_format(path: Path) -> str:
    """Return a path that survives Papermill's ``str.format`` of paths."""
    return str(path).replace("{", "{{").replace("}", "}}")
