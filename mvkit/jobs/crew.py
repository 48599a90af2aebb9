"""The crew of a job: a process of its own that films clips on request, and stays warm.

Loading the studio takes longer than many a clip, so a worker keeps one crew per job and asks it
for one clip after the other. :class:`Crew` is the worker's side. The other side is this module run
as a program, ``python -m mvkit.jobs.crew RUN_DIR``, which speaks JSON, one object a line::

    stdin    {"clip": 3}
    stdout   {"clip": 3, "status": "success"}
             {"clip": 3, "status": "failed", "error": "The model refused the prompt."}
             {"clip": 3, "raised": {"name": "BudgetExceeded", "text": "REASON: message"}}

It films as many clips at the same time as the model allows, answers each as soon as it is done,
and ends when stdin closes and all it was asked for is answered. A clip that failed has its record
and leaves the job to go on; what is raised stops it. A line that is no request is answered with
``"clip": null``.
"""

from __future__ import annotations

import asyncio
import faulthandler
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TextIO

from pydantic import Field, ValidationError

from mvkit.errors import Cancelled, InvalidInput, MvkitError, StageFailed, revive
from mvkit.processes import child_setup, environment_for
from mvkit.run import Run
from mvkit.schema import Clip, Record
from mvkit.settings import get_settings

if TYPE_CHECKING:
    from asyncio.subprocess import Process

Film = Callable[[int], Clip]

LOG_FILE = "logs/crew.log"
"""What the process says on its error output, in the run folder."""
CREW_DIED = "CREW_DIED"
MOST_ANSWER_BYTES = 1 << 20
"""The longest answer that is read; the errors of services may quote whole pages."""


class Ask(Record):
    """A clip to film."""

    clip: int = Field(ge=0, strict=True)


class Raised(Record):
    """An error on its way to the worker: its class and its text."""

    name: str
    text: str


class Answer(Record):
    """What became of a clip: its status, or what was raised instead."""

    clip: int | None
    status: Literal["success", "failed"] | None = None
    error: str = ""
    raised: Raised | None = None


@dataclass(frozen=True, kw_only=True)
class Filmed:
    """What became of a clip; its record in the run folder says more.

    Attributes
    ----------
    error : str
        Why it failed; empty if it did not.
    """

    status: Literal["success", "failed"]
    error: str = ""


class Crew:
    """Films clips of one run in a process of its own, which starts when it is first needed.

    All coroutines belong to one event loop; :meth:`kill` may be called from any thread. A process
    that dies is replaced when the next clip is asked for.

    Parameters
    ----------
    run : Run
        The run, its prompts written.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._process: Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._waiting: dict[int, asyncio.Future[Answer]] = {}
        self._starting = asyncio.Lock()
        self._closed = False
        self._killed = False

    async def film(self, index: int) -> Filmed:
        """Have a clip filmed; many calls may wait at the same time.

        Raises
        ------
        BudgetExceeded, InvalidInput, GenerationFailed
            What stopped the filming, as :meth:`mvkit.clips.Shoot.film` raises it.
        StageFailed
            If the process died (``CREW_DIED``), or failed in a way that nobody expected.
        Cancelled
            If the crew was ended by :meth:`kill` or, before the call, by :meth:`close`.
        """
        async with self._starting:
            process = self._process or await self._start()
            answer = self._ask(process, index)
        # Shielded: another call may wait for the same clip, and this one may be cancelled.
        told = await asyncio.shield(answer)
        if told.raised is not None:
            raise _revived(told.raised, index=index)
        assert told.status is not None
        return Filmed(status=told.status, error=told.error)

    async def close(self) -> None:
        """End the process once it has answered what it was asked; ask it for nothing more.

        After :meth:`kill` this waits until the process is gone. Cancelled, it kills.
        """
        self._closed = True
        try:
            async with self._starting:
                if self._process is not None and self._process.stdin is not None:
                    self._process.stdin.close()
            if self._reading is not None:
                await asyncio.shield(self._reading)
        except asyncio.CancelledError:
            self.kill()
            raise

    def kill(self) -> None:
        """End the process and its children at once; whoever waits for a clip is told."""
        self._closed = self._killed = True
        process, self._process = self._process, None
        if process is not None:
            _strike(process)

    async def _start(self) -> Process:
        if self._closed:
            raise Cancelled("The crew of this job was sent home; no clip was begun.")
        with self._run.path(LOG_FILE).open("ab") as log:
            # The death signal is bound to the thread that starts the process: that of the event
            # loop, which lives as long as the worker does.
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "mvkit.jobs.crew", str(self._run.folder)),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                limit=MOST_ANSWER_BYTES,
                env=environment_for(self._run.job_id),
                start_new_session=True,  # a group of its own, so that all of it can be killed
                preexec_fn=child_setup(niceness=get_settings().niceness),
            )
        self._process = process
        self._reading = asyncio.create_task(self._read(process))
        if self._killed:  # meanwhile, from another thread
            self.kill()
        return process

    def _ask(self, process: Process, index: int) -> asyncio.Future[Answer]:
        answer = self._waiting.get(index)
        if answer is None:
            answer = self._waiting[index] = asyncio.get_running_loop().create_future()
            assert process.stdin is not None
            process.stdin.write(Ask(clip=index).model_dump_json().encode() + b"\n")
        return answer

    async def _read(self, process: Process) -> None:
        """Hand out the answers of a process until it ends."""
        assert process.stdout is not None
        try:
            async for line in process.stdout:
                self._hand_out(Answer.model_validate_json(line))
        finally:
            _strike(process)
            exit_code = await process.wait()
            if self._process is process:
                self._process = None
            for index in list(self._waiting):
                self._hand_out(Answer(clip=index, raised=self._death(exit_code)))

    def _hand_out(self, answer: Answer) -> None:
        if answer.clip in self._waiting:
            self._waiting.pop(answer.clip).set_result(answer)

    def _death(self, exit_code: int) -> Raised:
        error: MvkitError = StageFailed(
            f"The process that films the clips died (exit code {exit_code}): it was killed or ran "
            f"out of memory; {LOG_FILE} in the run folder may say more. Start the run again to go "
            "on from here.",
            reason=CREW_DIED,
        )
        if self._killed:
            error = Cancelled("The crew of this job was ended while it filmed.")
        return _as_raised(error)


def _strike(process: Process) -> None:
    """Kill a process and all of its group."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _as_raised(error: BaseException) -> Raised:
    return Raised(name=type(error).__name__, text=str(error))


def _revived(raised: Raised, *, index: int) -> MvkitError:
    return revive(raised.name, raised.text) or StageFailed(
        f"Clip {index} could not be filmed: {raised.name}: {raised.text}. {LOG_FILE} in the run "
        "folder shows where.",
        reason="CREW_FAILED",
    )


# The other side


def main(run_dir: Path) -> None:
    """Film the clips of a run as standard input asks for them."""
    faulthandler.enable()
    answers = _take_over_stdout()
    writing = threading.Lock()
    film, parallel = _open(run_dir)

    def answer(line: bytes) -> None:
        told = _film(line, film).model_dump_json(exclude_defaults=True)
        with writing:
            answers.write(told + "\n")
            answers.flush()

    with ThreadPoolExecutor(max_workers=parallel) as pool:
        for line in sys.stdin.buffer:
            pool.submit(answer, line)


def _take_over_stdout() -> TextIO:
    """Return standard output, for answers alone; what libraries print goes to the log."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return answers


def _open(run_dir: Path) -> tuple[Film, int]:
    """Return what films a clip of a run, and how many clips at the same time."""
    # Here, since the worker imports this module and films nothing itself.
    from mvkit.clips import Keyframes, Shoot
    from mvkit.providers import fallback_model, keyframe_painter, stand_in_model, video_model

    run = Run(run_dir)
    try:
        model = video_model(run.brief.video, run=run)
        fallback = fallback_model(run.brief.video, run=run)
        stand_in = stand_in_model(run.brief.video)
        painter = keyframe_painter(run)
    except MvkitError as error:
        return partial(_refuse, error), 1
    keyframes = Keyframes(painter) if painter else None

    def film(index: int) -> Clip:
        # A shoot for each clip: the plan may have changed since the last, and it costs little.
        shoot = Shoot.of(run, model, fallback=fallback, stand_in=stand_in, keyframes=keyframes)
        return shoot.film(index)

    return film, model.parallel


def _refuse(error: MvkitError, _index: int) -> Clip:
    raise error


def _film(line: bytes, film: Film) -> Answer:
    index = None
    try:
        index = _clip_asked(line)
        clip = film(index)
    except Exception as error:
        if not isinstance(error, MvkitError):
            traceback.print_exc()
        return Answer(clip=index, raised=_as_raised(error))
    return Answer(clip=index, status=clip.status, error=clip.error)


def _clip_asked(line: bytes) -> int:
    try:
        return Ask.model_validate_json(line).clip
    except ValidationError as error:
        raise InvalidInput(
            f'The crew was asked {line[:80]!r}; expected a line such as {{"clip": 3}}.',
            reason="CREW_LINE",
        ) from error


if __name__ == "__main__":
    main(Path(sys.argv[1]))
