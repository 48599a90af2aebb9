"""The storyboard: a job's plan, for its user to look at and to change.

Changes are kept beside the plan (:class:`mvkit.schema.Edits`) and read with it. They may be made
while nobody works on the job; the next attempt films what they ask for and nothing else. A clip
that was filmed already gets a new take, so that its user may go back.

Whoever changes something may name the version they saw: if somebody else was quicker, they are
told so, and nothing is changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pydantic import ValidationError

from mvkit import sketches
from mvkit.clips import Slates
from mvkit.clips.call_sheet import call_sheet
from mvkit.database import reading
from mvkit.director import revise_clip
from mvkit.errors import InvalidInput
from mvkit.jobs.client import REMAKEABLE, approve, expect
from mvkit.jobs.limits import check_queue
from mvkit.jobs.queue import queueing
from mvkit.jobs.table import ENDED, Job, find_job, find_on
from mvkit.prompts import write_prompts
from mvkit.providers.dialects import dialect_of
from mvkit.run import Run
from mvkit.schema import (
    EDITS_FILE,
    Analysis,
    Brief,
    Clip,
    ClipChange,
    ClipScript,
    Edits,
    Plan,
    References,
    Scene,
)
from mvkit.schema.base import explain
from mvkit.storage import get_store

Change = Callable[[Run, Edits], Edits]


@dataclass(frozen=True, kw_only=True)
class Take:
    """A take of a clip.

    Attributes
    ----------
    video, poster, keyframe : str
        Names of its files in the run; empty where it is not filmed, or starts from no picture.
    clip : Clip or None
        What is recorded of its filming, or of its failure.
    """

    number: int
    script: ClipScript
    video: str
    poster: str
    keyframe: str = ""
    clip: Clip | None = None


@dataclass(frozen=True, kw_only=True)
class Storyboard:
    """A plan as it stands.

    Attributes
    ----------
    plan : Plan
        The plan in effect, with all changes.
    version : int
        Counts the changes.
    is_edited : bool
        Whether there is anything to undo.
    takes : dict
        The takes of each clip, by its index.
    sketches : dict
        Name of the sketch of each clip that has one.
    to_film : tuple of int
        Clips that have no footage of what the plan says now.
    """

    job: Job
    brief: Brief
    analysis: Analysis
    plan: Plan
    version: int
    is_edited: bool
    takes: dict[int, tuple[Take, ...]]
    sketches: dict[int, str]
    to_film: tuple[int, ...]


def open_storyboard(job_id: str, *, user: str | None = None) -> Storyboard:
    """Return the storyboard of a job.

    Raises
    ------
    NotFound
        If there is no such job, or not for this user.
    InvalidInput
        If it has no plan yet (``NO_PLAN``).
    """
    job = find_job(job_id, user=user)
    return _read(job, get_store().pull(job_id))


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
        if not _is_filmed(run, script):
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
        edits = _edits(run)
        if version not in (None, edits.version):
            raise InvalidInput(
                "The storyboard was changed elsewhere meanwhile. Look at it again, then make "
                "your change.",
                reason="VERSION",
            )
        run.write_edits(_checked(run, edits, changed))
        store.push(run, EDITS_FILE)
    storyboard = _read(job, run)
    have_sketched(storyboard)
    return storyboard


def have_sketched(storyboard: Storyboard) -> None:
    """Have the sketches painted that a storyboard lacks, unless somebody does; return at once."""
    if len(storyboard.sketches) == len(storyboard.plan.clip_scripts):
        return
    run = get_store().pull(storyboard.job.job_id)
    if not sketches.is_at_work(run):
        sketches.begin(run)


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


def _edits(run: Run) -> Edits:
    if not run.has(Plan):
        raise InvalidInput(
            "There is no plan yet; wait until the director is done.", reason="NO_PLAN"
        )
    return run.edits


def _read(job: Job, run: Run) -> Storyboard:
    edits, plan, written = _edits(run), run.read(Plan), run.written(Plan)
    names = sketches.sketch_names(run, plan=plan)
    return Storyboard(
        job=job,
        brief=run.brief,
        analysis=run.read(Analysis),
        plan=plan,
        version=edits.version,
        is_edited=edits != Edits(version=edits.version, plan_digest=edits.plan_digest),
        takes={
            index: tuple(_take(run, script) for script in edits.takes_of(written, index).values())
            for index in range(len(plan.clip_scripts))
        },
        sketches={i: name for i, name in enumerate(names) if (run.folder / name).is_file()},
        to_film=_to_film(run, plan),
    )


def _take(run: Run, script: ClipScript) -> Take:
    filmed = _is_filmed(run, script)
    clip = _recorded(run, script)
    keyframe = clip.keyframe_url if clip else ""
    return Take(
        number=script.take,
        script=script,
        video=f"clips/{script.slate}.mp4" if filmed else "",
        poster=f"clips/{script.slate}.jpg" if filmed else "",
        keyframe=keyframe if (run.folder / keyframe).is_file() else "",
        clip=clip,
    )


def _recorded(run: Run, script: ClipScript) -> Clip | None:
    """Return what is recorded of a take, of these words or of earlier ones."""
    try:
        record = (run.folder / f"clips/{script.slate}.json").read_bytes()
        return Clip.model_validate_json(record)
    except (FileNotFoundError, ValidationError):  # not filmed, or by an older version
        return None


def _is_filmed(run: Run, script: ClipScript) -> bool:
    """Whether there is footage of a take, of these words or of earlier ones."""
    endings = (".json", ".mp4")
    return all((run.folder / f"clips/{script.slate}{ending}").is_file() for ending in endings)


def _to_film(run: Run, plan: Plan) -> tuple[int, ...]:
    """Return the clips to film, as far as can be told before references are painted anew."""
    has_pictures = run.has(References)
    references = run.read(References) if has_pictures else References.none(run.job_id)
    sheet = call_sheet(
        run.folder,
        brief=run.brief,
        analysis=run.read(Analysis),
        plan=plan,
        references=references,
        prompts=write_prompts(run.brief, plan, references, dialect=dialect_of(run.brief.video)),
    )
    return Slates(run.folder, sheet).to_film()


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
    if _is_filmed(run, script):
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
