"""Changes of the storyboard, each on its own, none while somebody works on the job."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pydantic import ValidationError

from mvkit.database import reading
from mvkit.director import revise_clip
from mvkit.errors import InvalidInput
from mvkit.jobs.client import REMAKEABLE, approve
from mvkit.jobs.limits import check_queue
from mvkit.jobs.queue import queueing
from mvkit.jobs.storyboard.board import (
    Storyboard,
    edits_of,
    have_sketched,
    is_filmed,
    open_storyboard,
    read_board,
)
from mvkit.jobs.table import ENDED, Job, expect, find_job, find_on
from mvkit.run import Run
from mvkit.schema import EDITS_FILE, ClipChange, ClipScript, Edits, Plan, Scene
from mvkit.schema.base import explain
from mvkit.storage import get_store

Change = Callable[[Run, Edits], Edits]


def change_clip(
    job_id: str,
    clip_index: int,
    change: ClipChange,
    *,
    version: int | None = None,
    user: str | None = None,
) -> Storyboard:
    """Change what is filmed as one clip, or how the clip before gives way to it.

    Raises
    ------
    NotFound
        If there is no such job, or not for this user.
    InvalidInput
        If the job is at work (``WRONG_STATE``), the clip is locked (``LOCKED``), somebody else
        was quicker (``VERSION``), or the change makes no plan.
    """

    def changed(run: Run, edits: Edits) -> Edits:
        plan = run.read(Plan)
        _check_unlocked(plan, clip_index)
        revision = revise_clip(plan, clip_index, change)
        script = revision.script
        if script != plan.clip_scripts[clip_index]:
            edits = _with_script(run, edits, script, scene=revision.scene)
        if revision.transition:
            others = [t for t in edits.transitions if t.to_clip != clip_index]
            edits = edits.model_copy(update={"transitions": (*others, revision.transition)})
        return edits

    return _change(job_id, changed, version=version, user=user)


def new_take(
    job_id: str, clip_index: int, *, version: int | None = None, user: str | None = None
) -> Storyboard:
    """Ask for another take of a clip, from the same words.

    Raises
    ------
    NotFound, InvalidInput
        As :func:`change_clip` does; and ``NOT_FILMED`` if there is none yet.
    """

    def changed(run: Run, edits: Edits) -> Edits:
        script = _check_unlocked(run.read(Plan), clip_index)
        if not is_filmed(run, script):
            raise InvalidInput(
                f"Clip {clip_index + 1} is not filmed yet, so there is nothing to film again.",
                reason="NOT_FILMED",
            )
        return _with_script(run, edits, script)

    return _change(job_id, changed, version=version, user=user)


def choose_take(
    job_id: str,
    clip_index: int,
    take: int,
    *,
    version: int | None = None,
    user: str | None = None,
) -> Storyboard:
    """Choose which take of a clip is used.

    Raises
    ------
    NotFound, InvalidInput
        As :func:`change_clip` does; and ``NO_TAKE`` if there is no such take.
    """

    def changed(run: Run, edits: Edits) -> Edits:
        _check_unlocked(run.read(Plan), clip_index)
        known = edits.takes_of(run.written(Plan), clip_index)
        if take not in known:
            raise InvalidInput(
                f"Clip {clip_index + 1} has no take {take}; it has {', '.join(map(str, known))}.",
                reason="NO_TAKE",
            )
        return edits.model_copy(update={"takes": {**edits.takes, clip_index: take}})

    return _change(job_id, changed, version=version, user=user)


def lock_clip(
    job_id: str,
    clip_index: int,
    locked: bool,
    *,
    version: int | None = None,
    user: str | None = None,
) -> Storyboard:
    """Lock a clip, so that it stays as it is whatever else changes, or unlock it.

    Raises
    ------
    NotFound, InvalidInput
        As :func:`change_clip` does, but for ``LOCKED``.
    """

    def changed(run: Run, edits: Edits) -> Edits:
        _script(run.read(Plan), clip_index)
        others = {index for index in edits.locked if index != clip_index}
        kept = sorted({*others, clip_index} if locked else others)
        return edits.model_copy(update={"locked": tuple(kept)})

    return _change(job_id, changed, version=version, user=user)


def change_palette(
    job_id: str,
    colours: Iterable[str] | None,
    *,
    version: int | None = None,
    user: str | None = None,
) -> Storyboard:
    """Change the colours of the film; None goes back to the director's.

    Raises
    ------
    NotFound, InvalidInput
        As :func:`change_clip` does; locked clips keep their colours.
    """

    def changed(_run: Run, edits: Edits) -> Edits:
        palette = None if colours is None else tuple(colours)
        return Edits.model_validate({**edits.model_dump(), "color_palette": palette})

    return _change(job_id, changed, version=version, user=user)


def undo_changes(job_id: str, *, version: int | None = None, user: str | None = None) -> Storyboard:
    """Go back to the director's plan; what was filmed of the changes stays on disk.

    Raises
    ------
    NotFound, InvalidInput
        As :func:`change_clip` does.
    """

    def changed(_run: Run, edits: Edits) -> Edits:
        return Edits(version=edits.version, plan_digest=edits.plan_digest)

    return _change(job_id, changed, version=version, user=user)


def redo_clip(
    job_id: str, clip_index: int, change: ClipChange | None = None, *, user: str | None = None
) -> Job:
    """Film a clip again, changed or not, and put the job into the queue for it.

    Raises
    ------
    NotFound, InvalidInput, RateLimited
        As :func:`change_clip` and :func:`mvkit.jobs.client.approve` do.
    """
    job = find_job(job_id, user=user)
    expect(job, REMAKEABLE)  # both before anything is changed: what is refused changes nothing
    with reading() as connection:
        check_queue(connection, job.user)
    if change is not None and change != ClipChange():
        change_clip(job_id, clip_index, change, user=user)
    elif clip_index not in open_storyboard(job_id, user=user).to_film:
        new_take(job_id, clip_index, user=user)
    return approve(job_id, user=user)


def _change(job_id: str, changed: Change, *, version: int | None, user: str | None) -> Storyboard:
    """Write down a change, alone: neither another change nor an attempt begins meanwhile."""
    store = get_store()
    with queueing(find_job(job_id, user=user).user) as connection:
        job = find_on(connection, job_id, user=user)
        expect(job, ENDED)
        run = store.pull(job_id)
        edits = edits_of(run)
        if version not in (None, edits.version):
            raise InvalidInput(
                "The storyboard was changed elsewhere meanwhile. Look at it again, then make "
                "your change.",
                reason="VERSION",
            )
        run.write_edits(_checked(run, edits, changed))
        store.push(run, EDITS_FILE)
    storyboard = read_board(job, run)
    have_sketched(storyboard)
    return storyboard


def _checked(run: Run, edits: Edits, changed: Change) -> Edits:
    """Return the edits after a change, if they still make a plan."""
    try:
        after = changed(run, edits)
        after.apply(run.written(Plan))
    except ValidationError as error:
        advice = "Choose something else."
        raise InvalidInput(
            explain(error, source="The change", advice=advice), reason="CHANGE"
        ) from error
    return after.model_copy(update={"version": edits.version + 1})


def _next_take(run: Run, edits: Edits, clip_index: int) -> int:
    """Return a number that no take has had, nor the files of one that was undone."""
    known = edits.takes_of(run.written(Plan), clip_index)
    names = (path.name for path in run.folder.glob(f"clips/{clip_index:03d}.take*"))
    on_disk = (int(name.split(".")[1].removeprefix("take")) for name in names)
    return 1 + max((*known, *on_disk))


def _script(plan: Plan, clip_index: int) -> ClipScript:
    if not 0 <= clip_index < len(plan.clip_scripts):
        raise InvalidInput(
            f"There is no clip {clip_index}; the film has clips 0 to {len(plan.clip_scripts) - 1}.",
            reason="NO_CLIP",
        )
    return plan.clip_scripts[clip_index]


def _check_unlocked(plan: Plan, clip_index: int) -> ClipScript:
    script = _script(plan, clip_index)
    if script.locked:
        raise InvalidInput(
            f"Clip {clip_index + 1} is locked; unlock it to change it.", reason="LOCKED"
        )
    return script


def _with_script(
    run: Run, edits: Edits, script: ClipScript, *, scene: Scene | None = None
) -> Edits:
    """Return edits that use a script: as a new take, if the present one is filmed."""
    clip_index = script.clip_index
    take = script.take
    if is_filmed(run, script):
        take = _next_take(run, edits, clip_index)
    new = script.model_copy(update={"take": take, "locked": False})
    others = [s for s in edits.scripts if (s.clip_index, s.take) != (clip_index, take)]
    places = [*edits.scenes, *([scene] if scene and scene not in edits.scenes else [])]
    return edits.model_copy(
        update={
            "scripts": (*others, new),
            "scenes": tuple(places),
            "takes": {**edits.takes, clip_index: take},
        }
    )
