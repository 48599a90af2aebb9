"""The shoot: what is needed to film any clip of a run, and the clips as they are on disk."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from mvkit.clips.call_sheet import call_sheet
from mvkit.clips.slates import FOLDER, Slates
from mvkit.crash import crash_point
from mvkit.errors import (
    BudgetExceeded,
    Cancelled,
    GenerationFailed,
    MvkitError,
    disk_full,
    tells_full_disk,
)
from mvkit.files import sha256_of
from mvkit.footage import fit, n_frames_in, write_poster
from mvkit.providers.base import ClipRequest, Delivery, VideoModel, deliver
from mvkit.run import Run
from mvkit.schema import Analysis, Brief, Clip, Plan, Prompts, References
from mvkit.timing import FPS


class Shoot:
    """All clips of one run, to be filmed one by one; threads may share it.

    It knows the artefacts as they were when it was made: after a change in the plan, make another.

    Parameters
    ----------
    folder : Path
        The run folder; clips go to ``clips/``.
    brief, analysis, plan, references, prompts
        The artefacts of the stages before.
    model : VideoModel
        Who films.
    stand_in : VideoModel, optional
        Who films the clips that the model cannot make.
    """

    def __init__(
        self,
        folder: Path,
        *,
        brief: Brief,
        analysis: Analysis,
        plan: Plan,
        references: References,
        prompts: Prompts,
        model: VideoModel,
        stand_in: VideoModel | None = None,
    ) -> None:
        self._model = model
        self._stand_in = stand_in
        self.slates = Slates(
            folder,
            call_sheet(
                folder,
                brief=brief,
                analysis=analysis,
                plan=plan,
                references=references,
                prompts=prompts,
            ),
        )

    @classmethod
    def of(cls, run: Run, model: VideoModel, *, stand_in: VideoModel | None = None) -> Self:
        """Return the shoot of a run.

        Raises
        ------
        NotFound
            If a stage before has not run.
        """
        return cls(
            run.folder,
            brief=run.brief,
            analysis=run.read(Analysis),
            plan=run.read(Plan),
            references=run.read(References),
            prompts=run.read(Prompts),
            model=model,
            stand_in=stand_in,
        )

    @property
    def n_clips(self) -> int:
        """How many clips the film has."""
        return len(self.slates.requests)

    @property
    def parallel(self) -> int:
        """How many clips the model can film at the same time."""
        return self._model.parallel

    def film(self, index: int) -> Clip:
        """Return a clip: kept from before, filmed now, or failed and saying why.

        A clip of the stand-in's says why it was needed. A failed clip leaves its record too, but
        is tried again the next time.

        Raises
        ------
        InvalidInput
            If the film has no such clip.
        BudgetExceeded, Cancelled
            If no other clip would come out either.
        GenerationFailed
            If the disk is full (``DISK_FULL``).
        """
        request = self.slates.request(index)
        kept = self.slates.recorded(request)
        if kept is not None and kept.status == "success":
            return kept
        crash_point("clip.started")
        with _full_disk_told(index):
            self.slates.forget(request)
            clip = self._attempted(request)
            self.slates.record(request, clip)
        crash_point("clip.recorded")
        return clip

    def found(self, index: int) -> Clip:
        """Return a clip as it was left: filmed, or failed with the reason it was given.

        Raises
        ------
        InvalidInput
            If the film has no such clip.
        """
        request = self.slates.request(index)
        return self.slates.recorded(request) or self._failed(request, why="Nobody filmed it.")

    def _attempted(self, request: ClipRequest) -> Clip:
        try:
            return self._filmed(request, self._model)
        except (BudgetExceeded, Cancelled):
            raise
        except MvkitError as error:
            return self._stood_in(request, why=error.message)

    def _stood_in(self, request: ClipRequest, *, why: str) -> Clip:
        """Return the clip of the stand-in, or the failure if there is none, or it fails too."""
        if self._stand_in is None:
            return self._failed(request, why=why)
        try:
            clip = self._filmed(request, self._stand_in)
        except MvkitError as error:
            return self._failed(request, why=f"{why} The stand-in failed too: {error.message}")
        return clip.model_copy(update={"error": why})

    def _filmed(self, request: ClipRequest, model: VideoModel) -> Clip:
        started_s = time.monotonic()
        footage = self.slates.path(request, ".mp4")
        target = footage if model.films_final_form else footage.with_suffix(".source.mp4")

        def attempt() -> tuple[Delivery, str, float]:
            try:
                delivery = model.film(request, target)
                done = _fitted(target, footage, request)
                write_poster(footage, footage.with_suffix(".jpg"))
                return delivery, *done
            except MvkitError as error:
                if tells_full_disk(error.message) or error.reason == "DISK_FULL":
                    raise OSError(
                        errno.ENOSPC, os.strerror(errno.ENOSPC)
                    ) from error  # never tried again
                raise

        (delivery, how, delivered_s), n_retries = deliver(attempt, seed=request.prompt.seed)
        target_s = len(request.frames) / FPS
        clip = Clip(
            clip_index=request.script.clip_index,
            video_url=f"{FOLDER}/{footage.name}",
            actual_duration=delivered_s,
            target_duration=target_s,
            duration_diff=round(delivered_s - target_s, 6),
            status="success",
            fit=how,
            first_frame=request.frames.start,
            n_frames=len(request.frames),
            model=delivery.model,
            provider_id=delivery.provider_id,
            cost=float(delivery.cost_usd),
            retry_count=n_retries,
            generation_time=round(time.monotonic() - started_s, 3),
            sha256=sha256_of(footage),
            made_from=request.identity,
        )
        crash_point("clip.filmed")
        return clip

    def _failed(self, request: ClipRequest, *, why: str) -> Clip:
        target_s = len(request.frames) / FPS
        return Clip(
            clip_index=request.script.clip_index,
            video_url="",
            actual_duration=0.0,
            target_duration=target_s,
            duration_diff=-target_s,
            status="failed",
            first_frame=request.frames.start,
            n_frames=0,
            model=self._model.name,
            cost=0.0,
            retry_count=0,
            generation_time=0.0,
            error=why,
            made_from=request.identity,
        )


def _fitted(source: Path, footage: Path, request: ClipRequest) -> tuple[str, float]:
    """Bring what was delivered into final form; return what was done and the length delivered."""
    n_frames = len(request.frames)
    if source == footage:
        found = n_frames_in(footage)
        if found != n_frames:
            raise GenerationFailed(
                f"Clip {request.script.clip_index} has {found} frames, expected {n_frames}.",
                reason="CLIP_LENGTH",
            )
        return "exact", n_frames / FPS
    done = fit(
        source,
        footage,
        n_frames=n_frames,
        width_px=request.width_px,
        height_px=request.height_px,
        handover_frames=request.handover_frames,
    )
    return done.how, done.delivered_s


@contextmanager
def _full_disk_told(index: int) -> Iterator[None]:
    """Tell of a full disk as what it is; no other clip would find room either."""
    try:
        yield
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise disk_full(f"clip {index}") from error
