"""Siblings: a finished film in other shapes, planned once and bought once.

A sibling is a run of its own, whose wish differs in its shape alone. Analysis, plan, references and
prompts are those of the film that was there first. What our studio films is painted anew in the new
shape; what others filmed is fitted into it from what they delivered, and nobody is asked again.

A language model that plans is told the shape; what it wrote for the first stays. Pictures of places
and people are square and serve every shape.

Contents
--------
reshape             make a film in another shape, here and now
begin, is_painted   prepare one that others are to film, and whether that can be done
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Mapping
from pathlib import Path

from mvkit.chain import STAGES, Chain, stage_named
from mvkit.clips import film_clips
from mvkit.director import captions_in_shape
from mvkit.errors import InvalidInput, ProviderFailed
from mvkit.files import write_whole
from mvkit.progress import Watch
from mvkit.providers import stand_in_model
from mvkit.providers.base import ClipRequest, Delivery
from mvkit.run import Run, find_run
from mvkit.schema import (
    Analysis,
    Artefact,
    Aspect,
    Brief,
    Clips,
    Framing,
    Plan,
    Prompts,
    Reference,
    References,
)

HANDED_DOWN: tuple[type[Artefact], ...] = (Analysis, Plan, References, Prompts)


def reshape(
    run: Run, aspect: Aspect, *, framing: Framing | None = None, watch: Watch | None = None
) -> Run:
    """Make a finished film in another shape.

    Called again, it goes on with the sibling it finds, or returns the film that is already there.

    Parameters
    ----------
    run : Run
        The finished film.
    aspect : {'16:9', '1:1', '9:16'}
        The other shape.
    framing : {'subject', 'centre', 'pad'}, optional
        How clips that others filmed fill it; by default as the film's wish says.
    watch : callable, optional
        Called with each new :class:`mvkit.run.Status` of the sibling.

    Returns
    -------
    Run
        The sibling, finished.

    Raises
    ------
    InvalidInput
        If the film is not finished (``UNFINISHED``), has that shape already (``SAME_SHAPE``), is
        being worked on, or has clips that cannot be fitted into another shape (``NO_FOOTAGE``).
    MvkitError
        What stopped a stage; the sibling keeps what was made.
    """
    with run.working():
        _check_finished(run)
        sibling = _sibling(run, aspect, framing or run.brief.framing)
        with Chain(sibling, watch=watch) as chain:
            _hand_down(run, sibling)
            paints = is_painted(sibling.brief)
            if not (paints or sibling.is_current(Clips)):
                chain.progress.started(stage_named(Clips.stage))
                _fit_clips(run, sibling)
            chain.run_stage(stage_named(Clips.stage), film_missing=paints)
            chain.run_stage(STAGES[-1])
            chain.complete()
    return sibling


def begin(run: Run, aspect: Aspect) -> Run:
    """Begin a film in another shape: all that its clips are filmed by, handed down.

    Whoever films it then needs nothing of the film that was there first, so it may be done anywhere
    and at any time.

    Parameters
    ----------
    run : Run
        The finished film.
    aspect : {'16:9', '1:1', '9:16'}
        The other shape.

    Returns
    -------
    Run
        A new run with everything but clips and film.

    Raises
    ------
    InvalidInput
        If the film is not finished (``UNFINISHED``), has that shape already (``SAME_SHAPE``), is
        being worked on, or was filmed by others (``FOREIGN``), whose clips only :func:`reshape`
        can fit.
    """
    with run.working():
        _check_finished(run)
        brief = _wish(run, aspect, run.brief.framing)
        if not is_painted(brief):
            raise InvalidInput(
                f"The film of run {run.job_id} was filmed by {brief.video}, so its clips have to "
                "be fitted where they are kept: `mvkit reshape RUN --aspect ...` on that machine "
                "does it, and pays nobody.",
                reason="FOREIGN",
            )
        sibling = Run.create(brief, song=run.song, lyrics=run.lyrics)
        _hand_down(run, sibling)
    return sibling


def is_painted(brief: Brief) -> bool:
    """Tell whether our studio films, and paints all that is filmed: in any shape, for nothing."""
    video, image = (name.partition(":")[0] for name in (brief.video, brief.image))
    return video == "studio" or (video, image) == ("stills", "studio")


def _check_finished(run: Run) -> None:
    for kind in (stage.artefact for stage in STAGES):
        there = run.has(kind)
        if there and run.read(kind).made_from == run.inputs_digest(kind):
            continue
        found = "older than what it is made from" if there else "missing"
        raise InvalidInput(
            f"Run {run.job_id} is not finished: its {kind.file_name()} is {found}. Finish its film "
            f"first, with the command that began it or `mvkit redo {run.job_id[:8]} {kind.stage}`; "
            "then it can be had in other shapes.",
            reason="UNFINISHED",
        )


def _sibling(run: Run, aspect: Aspect, framing: Framing) -> Run:
    """Return the run that is to hold the film in another shape, begun now if there is none."""
    brief = _wish(run, aspect, framing)
    if not is_painted(brief):
        _footage(run)  # before anything is begun
    found = find_run(brief)
    if found and (not found.has(Plan) or _told_by(found) == _told_by(run)):
        return found
    return Run.create(brief, song=run.song, lyrics=run.lyrics)


def _wish(run: Run, aspect: Aspect, framing: Framing) -> Brief:
    """Return the wish of a film for another shape."""
    wish = {"job_id": str(uuid.uuid4()), "aspect": aspect, "framing": framing}
    brief = run.brief.model_copy(update=wish)
    if brief.content_digest() == run.brief.content_digest():
        raise InvalidInput(
            f"The film of run {run.job_id} is {aspect} already; name another shape.",
            reason="SAME_SHAPE",
        )
    return brief


def _told_by(run: Run) -> str:
    """Return the digest of what siblings share of their plans: all but the words over pictures."""
    return run.read(Plan).model_copy(update={"captions": ()}).content_digest()


def _hand_down(run: Run, sibling: Run) -> None:
    """Give a sibling what does not depend on the shape, as if its own stages had made it."""
    for kind in HANDED_DOWN:
        if sibling.is_current(kind):
            continue
        artefact = _for_sibling(run, sibling, run.written(kind))
        for name in artefact.files():
            write_whole(sibling.path(name), (run.folder / name).read_bytes())
        if isinstance(artefact, Plan) and run.edits_file.is_file():  # first: then a plan is whole
            digest = artefact.content_digest()
            sibling.write_edits(run.edits.model_copy(update={"plan_digest": digest}))
        sibling.write(artefact)


def _for_sibling(run: Run, sibling: Run, artefact: Artefact) -> Artefact:
    """Return an artefact as a sibling has it: words in its shape, pictures for nothing."""
    changes: dict[str, object] = {"job_id": sibling.job_id}
    if isinstance(artefact, References):
        changes |= {
            "scene_references": _free(artefact.scene_references),
            "character_references": _free(artefact.character_references),
            "total_cost": 0.0,
        }
    if isinstance(artefact, Plan):
        aspect = sibling.brief.aspect
        changes["captions"] = captions_in_shape(artefact, run.read(Analysis), aspect=aspect)
    return artefact.model_copy(update=changes)


def _free(pictures: tuple[Reference, ...]) -> tuple[Reference, ...]:
    return tuple(picture.model_copy(update={"cost": 0.0}) for picture in pictures)


def _fit_clips(run: Run, sibling: Run) -> None:
    """Fit the clips of a film into its sibling's shape; what the stand-in filmed, it films anew."""
    film_clips(
        sibling.folder,
        brief=sibling.brief,
        analysis=sibling.read(Analysis),
        plan=sibling.read(Plan),
        references=sibling.read(References),
        prompts=sibling.read(Prompts),
        model=_Archive(run.read(Clips), _footage(run)),
        stand_in=stand_in_model(run.brief.video),
    )


def _footage(run: Run) -> dict[int, Path]:
    """Return what there is of each clip that others filmed: what they delivered, or else the clip.

    Raises
    ------
    InvalidInput
        If a clip is gone, or is only there with words on it.
    """
    plan, stand_in = run.read(Plan), stand_in_model(run.brief.video)
    footage: dict[int, Path] = {}
    for clip in run.read(Clips).clips:
        if clip.status == "failed" or (stand_in and clip.model == stand_in.name):
            continue
        finished = run.folder / clip.video_url
        delivered = finished.with_suffix(".source.mp4")
        worded = bool(plan.captions_in(plan.filmed_frames(clip.clip_index)))
        if not delivered.is_file() and (worded or not finished.is_file()):
            raise InvalidInput(
                f"Clip {clip.clip_index} of run {run.job_id} is "
                f"{'only kept with words on it' if worded else 'no longer kept'}, so it cannot be "
                "fitted into another shape. Make the film anew in that shape.",
                reason="NO_FOOTAGE",
            )
        footage[clip.clip_index] = delivered if delivered.is_file() else finished
    return footage


class _Archive:
    """Films nothing: hands out the clips of a film as they were delivered, to be fitted anew.

    Parameters
    ----------
    clips : Clips
        The clips of the film.
    footage : mapping of int to Path
        What there is of those that are handed out.
    """

    name = "archive"
    parallel = os.cpu_count() or 1
    films_final_form = False
    wants_keyframe = False
    goes_on = False

    def __init__(self, clips: Clips, footage: Mapping[int, Path]) -> None:
        self._clips = {clip.clip_index: clip for clip in clips.clips}
        self._footage = footage

    def film(self, request: ClipRequest, target: Path) -> Delivery:
        """Copy a clip; see :class:`mvkit.providers.base.VideoModel`.

        Raises
        ------
        ProviderFailed
            If it is not handed out: why the chosen model had not filmed it.
        """
        clip = self._clips[request.script.clip_index]
        if clip.clip_index not in self._footage:
            raise ProviderFailed(clip.error or "It is filmed anew.", retryable=False)
        shutil.copyfile(self._footage[clip.clip_index], target)
        return Delivery(model=clip.model, provider_id=clip.provider_id)
