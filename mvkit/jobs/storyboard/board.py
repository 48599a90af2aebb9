"""The storyboard as it stands: the plan with its changes, and what is filmed of it."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import ValidationError

from mvkit import sketches
from mvkit.clips import Slates
from mvkit.clips.call_sheet import call_sheet
from mvkit.errors import InvalidInput
from mvkit.jobs.table import Job, find_job
from mvkit.prompts import write_prompts
from mvkit.providers.dialects import dialect_of
from mvkit.run import Run
from mvkit.schema import Analysis, Brief, Clip, ClipScript, Edits, Plan, References
from mvkit.storage import get_store


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
    return read_board(job, get_store().pull(job_id))


def read_board(job: Job, run: Run) -> Storyboard:
    """Return the storyboard of a job whose run folder is at hand.

    Raises
    ------
    InvalidInput
        If it has no plan yet (``NO_PLAN``).
    """
    edits, plan, written = edits_of(run), run.read(Plan), run.written(Plan)
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


def edits_of(run: Run) -> Edits:
    """Return what was changed in a run's plan.

    Raises
    ------
    InvalidInput
        If it has no plan yet (``NO_PLAN``).
    """
    if not run.has(Plan):
        raise InvalidInput(
            "There is no plan yet; wait until the director is done.", reason="NO_PLAN"
        )
    return run.edits


def have_sketched(storyboard: Storyboard) -> None:
    """Have the sketches painted that a storyboard lacks, unless somebody does; return at once."""
    if len(storyboard.sketches) == len(storyboard.plan.clip_scripts):
        return
    run = get_store().pull(storyboard.job.job_id)
    if not sketches.is_at_work(run):
        sketches.begin(run)


def is_filmed(run: Run, script: ClipScript) -> bool:
    """Whether there is footage of a take, of these words or of earlier ones."""
    endings = (".json", ".mp4")
    return all((run.folder / f"clips/{script.slate}{ending}").is_file() for ending in endings)


def _take(run: Run, script: ClipScript) -> Take:
    filmed = is_filmed(run, script)
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
