"""How far a run is: events for the record, a status for pollers, a call for whoever watches."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Set
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from pydantic import ValidationError

from mvkit.errors import Cancelled, GenerationFailed, MvkitError, disk_full, tells_full_disk
from mvkit.ledger import total_usd
from mvkit.run import Run, Status
from mvkit.schema import Artefact, Clip, ClipScript, Plan

log = logging.getLogger(__name__)

Watch = Callable[[Status], None]

TAKEN_UP = "Taken up again."
"""What is told when a run goes on that nobody had told the end of."""
POLL_S = 0.5
"""How often the records of clips are looked for while they are filmed."""


class Records(Protocol):
    """The records of a run's clips, wherever they are kept."""

    def found(self, names: Set[str]) -> Set[str]:
        """Return which of some records are there.

        Raises
        ------
        MvkitError
            If whoever keeps them does not answer.
        """
        ...

    def read(self, name: str) -> bytes:
        """Return what a record holds.

        Raises
        ------
        MvkitError, FileNotFoundError
            If it is gone, or whoever keeps it does not answer.
        """
        ...


@dataclass(frozen=True)
class RecordsOnDisk:
    """The records in a run folder."""

    folder: Path

    def found(self, names: Set[str]) -> Set[str]:
        """Return which of some records are there."""
        return {name for name in names if (self.folder / name).is_file()}

    def read(self, name: str) -> bytes:
        """Return what a record holds."""
        return (self.folder / name).read_bytes()


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One stage of the chain.

    Attributes
    ----------
    mark : float
        Progress in percent once the stage has finished (product document, module 2).
    time_share : float
        The stage's part of the whole time, as measured offline; for telling what is left.
    """

    number: int
    artefact: type[Artefact]
    mark: float
    time_share: float

    @property
    def name(self) -> str:
        """The stage's noun."""
        return self.artefact.stage


class Progress:
    """Tells how a run goes, from its first stage to its last.

    While clips are filmed, a thread looks for their records: the files are the truth, so it does
    not matter who films them. Each clip is named as it lands; one that was named before, and is
    kept, is not named again. The caller waits for the notebook meanwhile, so that only one of the
    two ever speaks.

    Parameters
    ----------
    run : Run
        The run.
    stages : tuple of Stage
        All stages, in order.
    watch : callable, optional
        Called with each new status.
    records : Records, optional
        Where the records of clips are kept; by default in the run folder.
    """

    def __init__(
        self,
        run: Run,
        stages: tuple[Stage, ...],
        *,
        watch: Watch | None = None,
        records: Records | None = None,
    ) -> None:
        self._run = run
        self._stages = stages
        self._watch = watch
        self._records = records or RecordsOnDisk(run.folder)
        self._scripts: dict[str, ClipScript] = {}
        self._named: Set[str] = frozenset()
        self._stage: Stage | None = None
        self._follower: threading.Thread | None = None
        self._filmed = threading.Event()
        self._stage_started_s = time.monotonic()
        self._started_s = time.monotonic()
        self._share_at_start: float | None = None
        self._status = _begun(run)

    def __enter__(self) -> Self:
        if self._run.told_status.state == "running":
            self._run.tell("message", text=TAKEN_UP, stage=self._status.stage)
        self._set()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stop_following()
        if error is not None:
            self.failed(as_ours(error))

    def skipped(self, stage: Stage) -> None:
        """Note a stage whose artefact is there already."""
        self._run.tell("stage_update", stage=stage.name, status="kept")
        self._set(stage=stage.name, progress=max(stage.mark, self._status.progress))

    def started(self, stage: Stage) -> None:
        """Note that a stage has begun; told once, however often it is tried."""
        if stage is self._stage:
            return
        self._stage = stage
        if self._share_at_start is None:
            self._share_at_start = self._share_before(stage)
        self._stage_started_s = time.monotonic()
        self._run.tell("stage_update", stage=stage.name, status="started")
        self._set(stage=stage.name, eta_s=self._eta_s(self._share_before(stage)))
        if stage.name == "clips":
            self._start_following(stage)

    def finished(self, stage: Stage) -> None:
        """Note that a stage has ended well."""
        self._stop_following()
        duration_s = round(time.monotonic() - self._stage_started_s, 3)
        self._run.tell("stage_update", stage=stage.name, status="finished", duration=duration_s)
        eta_s = self._eta_s(self._share_before(stage) + stage.time_share)
        self._run.tell("progress", progress=stage.mark, estimated_remaining=eta_s)
        self._set(progress=stage.mark, eta_s=eta_s)

    def spent(self, *, stage: Stage, cost_usd: float, total: float) -> None:
        """Note what a stage has cost."""
        self._run.tell("cost_update", stage=stage.name, cost=cost_usd, total=total)
        self._set(total_cost=total)

    def planned(self) -> None:
        """Note that the storyboard is there and waits for approval."""
        self._run.tell("stage_update", stage=Plan.stage, status="planned")
        self._set(state="planned", eta_s=None)

    def completed(self, *, video_url: str) -> None:
        """Note that the film is there."""
        total = self._status.total_cost
        self._run.tell("completed", video_url=video_url, total_cost=total)
        self._set(state="finished", progress=100.0, eta_s=0.0)

    def failed(self, error: MvkitError) -> None:
        """Note why the run has ended."""
        self._stop_following()
        self._run.tell("error", stage=self._status.stage, **error.as_dict())
        state = "cancelled" if isinstance(error, Cancelled) else "failed"
        self._set(state=state, eta_s=None, error=error.as_dict())

    def _set(self, **changes: Any) -> None:
        self._status = self._status.model_copy(update={**changes, "updated_at": time.time()})
        self._run.set_status(self._status)
        if self._watch:
            self._watch(self._status)

    def _start_following(self, stage: Stage) -> None:
        scripts = self._run.read(Plan).clip_scripts
        self._scripts = {f"clips/{script.slate}.json": script for script in scripts}
        self._named = self._named_before()
        self._set(n_clips=len(scripts))
        self._filmed.clear()
        self._follower = threading.Thread(target=self._follow_clips, args=(stage,), daemon=True)
        self._follower.start()

    def _stop_following(self) -> None:
        """Look a last time, for what landed just before the end."""
        if self._follower and self._stage:
            self._filmed.set()
            self._follower.join()
            self._follower = None
            with suppress(MvkitError):
                self._look_for_clips(self._stage)

    def _follow_clips(self, stage: Stage) -> None:
        while not self._filmed.wait(POLL_S):
            try:
                self._look_for_clips(stage)
            except MvkitError:  # whoever keeps the records may not answer
                continue
            except Exception:
                log.exception("The clips of run %s are not told.", self._run.job_id)

    def _look_for_clips(self, stage: Stage) -> None:
        """Name the clips that have landed since this was last called."""
        found = self._records.found(self._scripts.keys())
        landed = dict(self._read(sorted(found - self._named)))
        self._named = (self._named & found) | landed.keys()
        if not landed and len(found) == self._status.clips_done:
            return
        share = len(found) / len(self._scripts)
        before = self._stages[stage.number - 2].mark
        told = {
            "progress": round(before + share * (stage.mark - before), 1),
            "estimated_remaining": self._eta_s(
                self._share_before(stage) + share * stage.time_share
            ),
        }
        for name, clip in landed.items():
            self._run.tell("progress", **told, clip=_told(clip, self._scripts[name]))
        if not landed:
            self._run.tell("progress", **told)
        self._set(
            clips_done=len(found), progress=told["progress"], eta_s=told["estimated_remaining"]
        )

    def _read(self, names: list[str]) -> Iterator[tuple[str, Clip]]:
        """Yield records by name, but for those that are just being replaced."""
        for name in names:
            with suppress(FileNotFoundError, ValidationError, MvkitError):
                yield name, Clip.model_validate_json(self._records.read(name))

    def _named_before(self) -> Set[str]:
        """Return the records that are there and were told of: clips that are kept."""
        told = {
            (event["clip"]["clip_index"], event["clip"]["take"])
            for event in self._run.events()
            if event["event"] == "progress" and "clip" in event
        }
        names = {n for n, each in self._scripts.items() if (each.clip_index, each.take) in told}
        with suppress(MvkitError):
            return self._records.found(names)
        return frozenset()

    def _share_before(self, stage: Stage) -> float:
        return sum(earlier.time_share for earlier in self._stages[: stage.number - 1])

    def _eta_s(self, share_done: float) -> float | None:
        """Return the seconds left, from the pace so far."""
        done = share_done - (self._share_at_start or 0.0)
        if done < 0.02:
            return None
        pace_s = (time.monotonic() - self._started_s) / done
        return round(pace_s * (1.0 - share_done), 1)


def _told(clip: Clip, script: ClipScript) -> dict[str, Any]:
    """Return what an event says of a clip that has landed."""
    made = clip.status == "success"
    return {
        "clip_index": clip.clip_index,
        "take": script.take,
        "status": clip.status,
        "model": clip.model,
        "cost": clip.cost,
        "error": clip.error,
        "video": clip.video_url,
        "poster": f"clips/{script.slate}.jpg" if made else "",
    }


def _begun(run: Run) -> Status:
    """Return the status of a run that is worked on; one taken up again stands where it stood."""
    told = run.told_status
    return told.model_copy(
        update={
            "state": "running",
            "progress": 0.0 if told.state == "finished" else told.progress,
            "error": None,
            "total_cost": float(total_usd(run)),
            "started_at": told.started_at or time.time(),
            "updated_at": time.time(),
        }
    )


def as_ours(error: BaseException) -> MvkitError:
    """Return what ended the run as one of our errors."""
    if isinstance(error, MvkitError):
        return error
    if isinstance(error, KeyboardInterrupt):
        return Cancelled("Stopped by hand; start the run again to go on from here.")
    if tells_full_disk(str(error)):
        return disk_full("the run")
    return GenerationFailed(f"{type(error).__name__}: {error}", reason="UNEXPECTED")
