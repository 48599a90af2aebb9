"""The chain: six notebooks, run by Papermill, from a song and a prompt to a film.

Each stage is one notebook in a fresh kernel. A stage whose artefact is there for the same inputs
is kept, so a run that was cut off goes on where it stopped. The next kernel is started while the
current stage works, which hides most of what a kernel costs.

Contents
--------
STAGES, Chain, make_video, run_chain, check_options, stage_named
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Self, Unpack

from mvkit import ledger
from mvkit.crash import crash_point
from mvkit.errors import Cancelled, InvalidInput, StageFailed
from mvkit.kernels import Kernel, remove_sockets
from mvkit.notebook import KERNEL_DIED, plain, run_notebook
from mvkit.preflight import check_models
from mvkit.processes import sweep
from mvkit.progress import Progress, Records, Stage, Watch
from mvkit.run import Run, draft_brief, find_run
from mvkit.schema import Analysis, Choices, Clips, Plan, Prompts, References, Video
from mvkit.schema.brief import OptionValue
from mvkit.warm import await_warmth, warm_aside

STAGES = (
    Stage(number=1, artefact=Analysis, mark=10.0, time_share=0.08),
    Stage(number=2, artefact=Plan, mark=20.0, time_share=0.01),
    Stage(number=3, artefact=References, mark=30.0, time_share=0.03),
    Stage(number=4, artefact=Prompts, mark=40.0, time_share=0.01),
    Stage(number=5, artefact=Clips, mark=85.0, time_share=0.75),
    Stage(number=6, artefact=Video, mark=100.0, time_share=0.12),
)


def make_video(
    song: Path,
    prompt: str,
    *,
    lyrics: Path | None = None,
    budget_usd: Decimal | None = None,
    fresh: bool = False,
    watch: Watch | None = None,
    **choices: Unpack[Choices],
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
    budget_usd : Decimal, optional
        What the film may cost; by default so much per minute of song, as the settings say.
    fresh : bool
        Whether to start a new run even if there is one for this wish.
    watch : callable, optional
        Called with each new :class:`mvkit.run.Status`.
    **choices
        ``title``, ``aspect``, ``seed``, ``image``, ``video``, ``options``; see
        :class:`mvkit.schema.Choices`.

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
    check_options(choices.get("options", {}))
    brief = draft_brief(song=song, kind=checked.kind, prompt=prompt, lyrics=lyrics, **choices)
    run = (None if fresh else find_run(brief)) or Run.create(brief, song=song, lyrics=lyrics)
    if budget_usd is not None:
        ledger.open_account(run.job_id, song_s=checked.duration_s, budget_usd=budget_usd)
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
    from mvkit.providers.collecting import collect_open

    with Chain(run, watch=watch) as chain:
        if redo:
            forget(run, stage_named(redo))
        try:
            for stage in STAGES:
                chain.run_stage(stage)
            return chain.complete()
        except BaseException:
            collect_open(run, within_s=COLLECTED_WITHIN_S)
            raise


PLANNED = 2
"""The stages after this one paint."""
COLLECTED_WITHIN_S = 10.0
"""How long somebody who stopped a run, or sees it fail, waits for orders that were left."""


class Chain:
    """The chain of one run, worked on by this process: its lock, its progress, its kernels.

    Parameters
    ----------
    run : Run
        The run.
    watch : callable, optional
        Called with each new status.
    records : Records, optional
        Where the records of clips are kept; by default in the run folder.

    Raises
    ------
    InvalidInput
        On entering, if another process works on the run.
    """

    def __init__(
        self, run: Run, *, watch: Watch | None = None, records: Records | None = None
    ) -> None:
        self.run = run
        self.progress = Progress(run, STAGES, watch=watch, records=records)
        self._held = ExitStack()
        self._kernels: set[Kernel] = set()
        self._spare: Kernel | None = None
        self._guard = threading.Lock()  # of the two above: stop() comes from another thread
        self._stopped = False

    def __enter__(self) -> Self:
        with ExitStack() as held:
            held.enter_context(self.run.working())
            remove_sockets(self.run.job_id)
            (self.run.folder / "notebooks").mkdir(exist_ok=True)
            held.enter_context(self.progress)
            held.callback(self._end_kernels)
            self._held = held.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._held.__exit__(kind, error, traceback)

    def run_stage(self, stage: Stage, **own: OptionValue) -> None:
        """Run a stage, unless its artefact is there for the same inputs.

        A kernel that dies under its work is given one more try: it may have been the machine.

        Parameters
        ----------
        **own
            Parameters of the notebook that the chain itself sets.

        Raises
        ------
        MvkitError
            What stopped the stage; or, before the first, a paid model that would refuse our orders.
        """
        if stage is STAGES[0]:
            self._check_models()
            warm_aside(self.run.job_id)
        elif stage.number > PLANNED:
            await_warmth()
        if self.run.is_current(stage.artefact):
            self.progress.skipped(stage)
        else:
            self.progress.started(stage)
            try:
                self._run_twice(stage, **own)
            finally:
                ledger.copy_account(self.run)  # what was spent, was spent
            self.progress.finished(stage)
        cost_usd, total = ledger.book(self.run, self.run.read(stage.artefact))
        self.progress.spent(stage=stage, cost_usd=cost_usd, total=total)

    def complete(self) -> Video:
        """Tell that the film is there, and return its artefact.

        Orders that were never answered are collected before, so that what it cost is whole.
        """
        from mvkit.providers.collecting import collect_open

        video = self.run.read(Video)
        if collect_open(self.run):
            total_usd = float(ledger.total_usd(self.run))
            self.progress.spent(stage=STAGES[-1], cost_usd=0.0, total=total_usd)
        self.progress.completed(video_url=video.video_url)
        return video

    def stop(self) -> None:
        """End the stage at work at once; for other threads. The stage raises Cancelled."""
        with self._guard:
            self._stopped = True
            for kernel in self._kernels:
                kernel.strike()

    def _check_models(self) -> None:
        """Look at the paid models, if there is anything left to film."""
        if self.run.is_current(Clips):
            return
        for note in check_models(self.run.brief):
            self.run.tell("message", text=note, stage=STAGES[0].name)

    def _run_twice(self, stage: Stage, **own: OptionValue) -> None:
        """Run a stage's notebook, and once more if its kernel died."""
        try:
            self._run_notebook(stage, **own)
        except StageFailed as error:
            if error.reason != KERNEL_DIED or self._stopped:
                raise
            self._run_notebook(stage, **own)

    def _run_notebook(self, stage: Stage, **own: OptionValue) -> None:
        kernel = self._next_kernel(then_another=stage is not STAGES[-1])
        crash_point("stage.started")
        try:
            run_notebook(self.run, stage, kernel, **own)
        except StageFailed as error:
            if self._stopped:
                raise Cancelled("The job was stopped while it worked.") from error
            raise
        finally:
            self._end(kernel)

    def _next_kernel(self, *, then_another: bool) -> Kernel:
        """Return a kernel that works, the one started ahead if there is one; start the next."""
        kernel, self._spare = self._spare or self._start(), None
        sweep(self.run.job_id, sparing=[kernel.pid])
        if then_another:
            self._spare = self._start()
        return kernel

    def _start(self) -> Kernel:
        kernel = Kernel(job_id=self.run.job_id, cwd=self.run.folder / "notebooks")
        with self._guard:
            self._kernels.add(kernel)
            if self._stopped:  # stop() came while it started and could not know of it
                kernel.strike()
        return kernel

    def _end(self, kernel: Kernel) -> None:
        with self._guard:
            self._kernels.discard(kernel)
        kernel.kill()

    def _end_kernels(self) -> None:
        for kernel in list(self._kernels):
            self._end(kernel)
        sweep(self.run.job_id)


def check_options(options: Mapping[str, Mapping[str, OptionValue]]) -> None:
    """Check notebook parameters against what the notebooks declare.

    Raises
    ------
    InvalidInput
        If a stage or a parameter has a name that is not declared, or a value is not plain.
    """
    for name, parameters in options.items():
        plain(parameters, stage=stage_named(name))


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


def forget(run: Run, stage: Stage) -> None:
    """Remove a stage's artefact, and the records of what it made piece by piece."""
    run.drop(stage.artefact)
    if stage.artefact is Clips:
        for record in run.folder.glob("clips/*.json"):
            record.unlink()
