"""The storyboard: the plan as it stands, and what a person changes in it, clip by clip."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from mvkit.jobs import storyboard
from mvkit.jobs.storyboard import Storyboard, Take
from mvkit.schema import ClipChange, ClipScript
from mvkit.web.api.bodies import SmallBodyRoute
from mvkit.web.api.errors import problems
from mvkit.web.api.identity import OwnJob, ReadableJob
from mvkit.web.api.jobs import standing
from mvkit.web.api.links import LinksHere
from mvkit.web.api.models.jobs import JobStatus
from mvkit.web.api.models.storyboard import (
    ClipFacts,
    Lock,
    Palette,
    StoryboardFacts,
    TakeChoice,
    TakeFacts,
    Versioned,
    WantedChange,
)

ClipIndex = Annotated[int, Path(ge=0, le=9999, description="Clips are counted from 0.")]

CHANGING = problems(401, 403, 404, 409, 413)

router = APIRouter(prefix="/jobs/{job_id}", tags=["storyboard"], route_class=SmallBodyRoute)


@router.get("/storyboard", responses=problems(401, 404, 409))
def show_storyboard(job: ReadableJob) -> StoryboardFacts:
    """Show the plan as it stands, with all changes and takes."""
    return _facts(storyboard.open_storyboard(job.job_id, user=job.user))


@router.patch("/clips/{clip_index}", responses=CHANGING)
def change_clip(job: OwnJob, clip_index: ClipIndex, wanted: WantedChange) -> StoryboardFacts:
    """Change what is filmed as one clip, or how the clip before gives way to it."""
    change = ClipChange.model_validate(wanted.model_dump(exclude={"version"}))
    return _facts(
        storyboard.change_clip(
            job.job_id, clip_index, change, version=wanted.version, user=job.user
        )
    )


@router.post("/clips/{clip_index}/takes", status_code=201, responses=CHANGING)
def add_take(job: OwnJob, clip_index: ClipIndex, seen: Versioned | None = None) -> StoryboardFacts:
    """Ask for another take of a clip, from the same words; the next attempt films it."""
    version = seen.version if seen else None
    return _facts(storyboard.new_take(job.job_id, clip_index, version=version, user=job.user))


@router.put("/clips/{clip_index}/take", responses=CHANGING)
def choose_take(job: OwnJob, clip_index: ClipIndex, choice: TakeChoice) -> StoryboardFacts:
    """Choose which take of a clip is used."""
    return _facts(
        storyboard.choose_take(
            job.job_id, clip_index, choice.take, version=choice.version, user=job.user
        )
    )


@router.put("/clips/{clip_index}/lock", responses=CHANGING)
def lock_clip(job: OwnJob, clip_index: ClipIndex, lock: Lock) -> StoryboardFacts:
    """Lock a clip, so that it stays as it is whatever else changes, or unlock it."""
    return _facts(
        storyboard.lock_clip(
            job.job_id, clip_index, lock.locked, version=lock.version, user=job.user
        )
    )


@router.post(
    "/clips/{clip_index}/redo",
    status_code=202,
    responses=problems(401, 403, 404, 409, 413, 429),
)
def redo_clip(
    job: OwnJob, clip_index: ClipIndex, links: LinksHere, change: ClipChange | None = None
) -> JobStatus:
    """Film a clip again at once, changed or not; all others stay as they are."""
    again = storyboard.redo_clip(job.job_id, clip_index, change, user=job.user)
    return standing(again, links)


@router.put("/palette", responses=CHANGING)
def change_palette(job: OwnJob, palette: Palette) -> StoryboardFacts:
    """Change the colours of the film, or go back to the director's."""
    return _facts(
        storyboard.change_palette(
            job.job_id, palette.colours, version=palette.version, user=job.user
        )
    )


@router.delete("/changes", responses=CHANGING)
def undo_changes(job: OwnJob) -> StoryboardFacts:
    """Go back to the director's plan."""
    return _facts(storyboard.undo_changes(job.job_id, user=job.user))


def _facts(board: Storyboard) -> StoryboardFacts:
    return StoryboardFacts(
        job_id=board.job.job_id,
        state=board.job.state,
        version=board.version,
        plan=board.plan,
        clips=tuple(_clip(board, script) for script in board.plan.clip_scripts),
    )


def _clip(board: Storyboard, script: ClipScript) -> ClipFacts:
    index = script.clip_index
    return ClipFacts(
        clip_index=index,
        take=script.take,
        locked=script.locked,
        to_film=index in board.to_film,
        sketch=board.sketches.get(index, ""),
        takes=tuple(map(_take, board.takes[index])),
    )


def _take(take: Take) -> TakeFacts:
    clip = take.clip
    return TakeFacts(
        take=take.number,
        script=take.script,
        video=take.video,
        poster=take.poster,
        keyframe=take.keyframe,
        model=clip.model if clip else "",
        cost=clip.cost if clip else 0.0,
        error=clip.error if clip else "",
        notes=clip.notes if clip else (),
    )
