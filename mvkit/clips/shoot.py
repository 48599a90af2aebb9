"""The shoot: what is needed to film any clip of a run, and the clips as they are on disk."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Self

from mvkit.clips.call_sheet import call_sheet
from mvkit.clips.keyframes import SHORT_SIDE_PX, WHOLE_FILM_PX, Keyframe, Keyframes
from mvkit.clips.making import fitted, length_note, make_clip
from mvkit.clips.room import full_disk_told
from mvkit.clips.slates import FOLDER, Slates
from mvkit.crash import crash_point
from mvkit.errors import BudgetExceeded, Cancelled, MediaFailed, MvkitError
from mvkit.files import sha256_of
from mvkit.footage import write_frame
from mvkit.providers.base import ClipRequest, VideoModel, deliver
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
    fallback, stand_in : VideoModel, optional
        Who films the clips that the model cannot make, and those that the fallback cannot either.
    keyframes : Keyframes, optional
        Who paints the pictures that clips start from, for models that want them.
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
        fallback: VideoModel | None = None,
        stand_in: VideoModel | None = None,
        keyframes: Keyframes | None = None,
    ) -> None:
        self._model = model
        self._others = tuple(other for other in (fallback, stand_in) if other is not None)
        self._keyframes = keyframes
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
    def of(
        cls,
        run: Run,
        model: VideoModel,
        *,
        fallback: VideoModel | None = None,
        stand_in: VideoModel | None = None,
        keyframes: Keyframes | None = None,
    ) -> Self:
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
            fallback=fallback,
            stand_in=stand_in,
            keyframes=keyframes,
        )

    @property
    def n_clips(self) -> int:
        """How many clips the film has."""
        return len(self.slates.requests)

    @property
    def parallel(self) -> int:
        """How many clips the model can film at the same time."""
        return self._model.parallel

    def in_turn(self) -> tuple[range, ...]:
        """Return the clips, those together that have to be filmed one after the other."""
        if any(map(_wants_last_picture, (self._model, *self._others))):
            return self.slates.long_takes()
        return tuple(range(index, index + 1) for index in range(self.n_clips))

    def film(self, index: int) -> Clip:
        """Return a clip: kept from before, filmed now, or failed and saying why.

        A clip that another model had to film says why. A failed clip leaves its record too, but is
        tried again the next time.

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
        with full_disk_told(index):
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
        """Return the clip of the first model that can make it, or the failure of them all."""
        try:
            return self._filmed(request, self._model)
        except (BudgetExceeded, Cancelled):
            raise
        except MvkitError as error:
            reasons = [error.message]
        for model in self._others:
            try:
                clip = self._filmed(_elsewhere(request, model), model)
            except Cancelled:
                raise
            except MvkitError as error:  # what is left may still pay for clips of the first model
                reasons.append(f"{model.name} failed too: {error.message}")
            else:
                told = {"error": " ".join(reasons), "made_from": request.made_from}
                return clip.model_copy(update=told)
        return self._failed(request, why=" ".join(reasons))

    def _filmed(self, request: ClipRequest, model: VideoModel) -> Clip:
        """Return the clip of one model, in final form."""
        started_s = time.monotonic()
        keyframe = self._keyframe(request, model)
        asked = replace(request, keyframe=keyframe.path)
        footage = self.slates.path(request, ".mp4")
        made, n_retries = deliver(
            lambda: make_clip(asked, model, footage), seed=request.prompt.seed
        )
        target_s = len(request.frames) / FPS
        given = not model.wants_keyframe and keyframe.path == request.keyframe
        started_from = None if given else keyframe.path
        notes = (keyframe.why_not, length_note(made.delivered_s, target_s))
        clip = Clip(
            clip_index=request.script.clip_index,
            video_url=f"{FOLDER}/{footage.name}",
            actual_duration=made.delivered_s,
            target_duration=target_s,
            duration_diff=round(made.delivered_s - target_s, 6),
            status="success",
            fit=made.how,
            first_frame=request.frames.start,
            n_frames=len(request.frames),
            model=made.delivery.model,
            provider_id=made.delivery.provider_id,
            cost=float(made.delivery.cost_usd + keyframe.cost_usd),
            retry_count=n_retries,
            generation_time=round(time.monotonic() - started_s, 3),
            sha256=sha256_of(footage),
            made_from=request.made_from,
            keyframe_url=self.slates.name(started_from),
            notes=tuple(filter(None, notes)),
        )
        crash_point("clip.filmed")
        return clip

    def _keyframe(self, request: ClipRequest, model: VideoModel) -> Keyframe:
        """Return the picture a clip starts from, painted if the model wants one of its own.

        A clip that goes on in the shot of the one before starts from where that one is.
        """
        if request.follows is not None and _wants_last_picture(model):
            before = self.slates.request(request.follows)
            followed = self._last_picture(request, before, first=model is self._model)
            if followed.path is not None:
                return followed
            own = self._own_keyframe(request, model)
            return replace(own, why_not=f"{followed.why_not} {own.why_not}".strip())
        return self._own_keyframe(request, model)

    def _own_keyframe(self, request: ClipRequest, model: VideoModel) -> Keyframe:
        if self._keyframes is None or not model.wants_keyframe:
            return Keyframe(path=request.keyframe)
        target = self.slates.path(request, ".keyframe.png")
        size_px = WHOLE_FILM_PX if model.films_final_form else SHORT_SIDE_PX
        return self._keyframes.paint(request, target, short_side_px=size_px)

    def _last_picture(self, request: ClipRequest, before: ClipRequest, *, first: bool) -> Keyframe:
        """Return what the clip before shows where this one begins.

        Parameters
        ----------
        first : bool
            Whether the chosen model films, not one that films what it could not: a shot that goes
            on is all of one model's or of the others'.
        """
        clip = self.slates.recorded(before)
        if clip is None or clip.status == "failed":
            return Keyframe(path=None, why_not="The clip that it goes on from is missing.")
        if (not clip.error) != first:
            return Keyframe(path=None, why_not="Another model filmed the clip it goes on from.")
        picture = self.slates.path(request, ".last.png")
        frame = min(request.frames.start - clip.first_frame, clip.n_frames - 1)
        try:
            with self._bare(before) as footage:
                write_frame(footage, frame, picture)
        except MediaFailed as error:
            return Keyframe(path=None, why_not=f"It does not go on: {error.message}")
        return Keyframe(path=picture)

    @contextmanager
    def _bare(self, request: ClipRequest) -> Iterator[Path]:
        """Give a clip's footage without what is written over it: a model would film the words."""
        footage, source = (self.slates.path(request, end) for end in (".mp4", ".source.mp4"))
        if not request.captions or not source.is_file():
            yield footage
            return
        bare = self.slates.path(request, ".bare.mp4")
        try:
            fitted(source, bare, replace(request, captions=()))
            yield bare
        finally:
            bare.unlink(missing_ok=True)

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
            made_from=request.made_from,
        )


def _wants_last_picture(model: VideoModel) -> bool:
    """Tell whether a model goes on from a picture; who films in final form needs none."""
    return model.goes_on and not model.films_final_form


def _elsewhere(request: ClipRequest, model: VideoModel) -> ClipRequest:
    """Return a request to another model: what it sells is not what the first was asked for."""
    identity = f"{request.identity} {model.name}"
    return replace(request, identity=hashlib.sha256(identity.encode()).hexdigest())
