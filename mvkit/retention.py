"""What goes when: finished films, failed jobs, and what the making of a film left behind.

====================  =====================================================================
job                   what goes
====================  =====================================================================
waiting, queued,      nothing, whatever the clock says
running
finished              at once: what providers delivered, leftovers that nobody has touched for a
                      minute, and the clips with all that was made of them unless
                      ``keep_clips``; the run after
                      ``keep_films_days``
planned               the run after ``keep_films_days``: the plan expires unapproved
failed, cancelled,    the run after ``keep_failed_days``
stopped
====================  =====================================================================

:func:`due` decides, from facts alone; :func:`clean` walks and removes. Who calls it brings the
facts, and answers once more, right before something goes, whether a job is still over. A pass
that would remove unusually many runs removes none of them: a clock that jumped must not empty the
shelf.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path

from mvkit.errors import InvalidInput, MvkitError
from mvkit.files import CUTTING_ROOM
from mvkit.run import Run, State
from mvkit.schema import Brief
from mvkit.settings import Settings, get_settings
from mvkit.storage import Store, StoredFile
from mvkit.storage.folder import is_leftover

DAY_S = 86_400.0
COPY_KEPT_S = DAY_S
"""How long a machine keeps its copy of a run that has ended; the store has it longer."""
MOST_RUNS = 5
"""A pass that removes no more runs than this is never held back."""
MOST_SHARE = 0.2
"""One that removes more of all runs than this is."""

BEING_WRITTEN_S = 60.0
"""A temporary file that is younger may be about to get its name, as an edit of a finished film."""

DELIVERED = ("clips/*.source.*",)
SPARED = (f"{CUTTING_ROOM}/[!.]*",)
"""Temporary files that go with the clips: they make it quick to cut the film again."""
CLIPS = ("clips/*.mp4", "clips/*.json", "clips/*.keyframe.png", "clips/*.last.png")


@dataclass(frozen=True, kw_only=True)
class RunFacts:
    """What retention has to know about a run.

    Attributes
    ----------
    ended_at_s : float or None
        When work on it ended, in seconds since the epoch.
    files : tuple of str
        Names of its files, temporary ones included; only those of a finished run matter.
    """

    job_id: str
    state: State
    ended_at_s: float | None = None
    files: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Due:
    """What of a run should go now: all of it, some files, or nothing.

    Attributes
    ----------
    copy : bool
        Whether machines that keep a copy of the run may drop it.
    reason : str
        Why, as a sentence.
    """

    reason: str
    whole: bool = False
    files: tuple[str, ...] = ()
    copy: bool = False


@dataclass(frozen=True, kw_only=True)
class Cleaning:
    """What one pass removed, or would have.

    Attributes
    ----------
    removed_runs : tuple of str
        Their job ids; those of runs that were gone already are among them.
    removed_files : tuple of str
        As ``job_id/name``.
    freed_bytes : int
        What all that took up in the store.
    held_back : mapping of str to str
        By job id, why something that was due is still there.
    """

    removed_runs: tuple[str, ...] = ()
    removed_files: tuple[str, ...] = ()
    freed_bytes: int = 0
    held_back: Mapping[str, str] = field(default_factory=dict)


def due(facts: RunFacts, *, now_s: float, settings: Settings) -> Due:
    """Decide what of a run should go now.

    Parameters
    ----------
    facts : RunFacts
        How it stands.
    now_s : float
        Seconds since the epoch.
    settings : Settings
        Says how long what is kept.
    """
    if facts.state in {"waiting", "queued", "running"}:
        return Due(reason=f"It is {facts.state}.")
    if facts.ended_at_s is None:
        return Due(reason="Nobody knows when it ended.")
    age_s = now_s - facts.ended_at_s
    if age_s < 0:
        return Due(reason="It ended in the future: the clock was set back.")
    keeps_film = facts.state in {"finished", "planned"}
    kept_days = settings.keep_films_days if keeps_film else settings.keep_failed_days
    if age_s >= kept_days * DAY_S:
        reason = f"It was {facts.state} {age_s / DAY_S:.0f} days ago and is kept {kept_days:g}."
        return Due(whole=True, reason=reason)
    files = _needless(facts.files, settings) if facts.state == "finished" else ()
    reason = "The film is finished." if files else f"It is kept {kept_days:g} days."
    return Due(files=files, copy=age_s >= COPY_KEPT_S, reason=reason)


def clean(
    jobs: Iterable[RunFacts],
    *,
    store: Store,
    still: Callable[[str], bool],
    now_s: float,
    force: bool = False,
    dry_run: bool = False,
) -> Cleaning:
    """Remove what is due.

    Parameters
    ----------
    jobs : iterable of RunFacts
        The jobs to look at; ``files`` need not be filled in.
    store : Store
        Where the runs are kept.
    still : callable
        Asked for a job id right before anything of it goes: whether it is still over. What has
        been taken up again is left alone.
    now_s : float
        Seconds since the epoch.
    force : bool
        Whether to remove even unusually many runs at once.
    dry_run : bool
        Whether only to tell what would go.
    """
    known = {facts.job_id: facts for facts in jobs}
    settings = get_settings()
    shelf = frozenset(store.job_ids())
    expired = {each for each in known if due(known[each], now_s=now_s, settings=settings).whole}
    brake = "" if force else _brake(n_runs=len(expired & shelf), n_all=len(shelf))
    sweep = _Sweep(
        store=store,
        still=still,
        settings=settings,
        now_s=now_s,
        dry_run=dry_run,
        shelf=shelf,
        copies=frozenset(store.copies()),
    )
    return _in_all(
        Cleaning(held_back={job_id: brake}) if brake and job_id in expired else sweep.clean(facts)
        for job_id, facts in known.items()
    )


def usage(store: Store, job_id: str) -> int:
    """Return what a run takes up in a store, in bytes: blocks on a disk, not lengths of files."""
    return sum(file.disk_bytes for file in _all_files(store, job_id))


@dataclass(frozen=True, kw_only=True)
class _Sweep:
    """One pass over the jobs, and what is the same for all of them."""

    store: Store
    still: Callable[[str], bool]
    settings: Settings
    now_s: float
    dry_run: bool
    shelf: frozenset[str]
    copies: frozenset[str]

    def clean(self, facts: RunFacts) -> Cleaning:
        """Remove what is due of one run; what hinders that is told, and hinders no other."""
        try:
            verdict = due(self._with_files(facts), now_s=self.now_s, settings=self.settings)
            has_copy = verdict.copy and facts.job_id in self.copies
            if not (verdict.whole or verdict.files or has_copy):
                return Cleaning()
            with _nobody_working_on(self.store.runs_dir / facts.job_id):
                if not self.still(facts.job_id):
                    return Cleaning(held_back={facts.job_id: "It has been taken up again."})
                return self._remove(facts.job_id, verdict, has_copy=has_copy)
        except MvkitError as error:
            return Cleaning(held_back={facts.job_id: error.message})

    def _with_files(self, facts: RunFacts) -> RunFacts:
        if facts.state != "finished" or facts.job_id not in self.shelf:
            return facts
        left = self.store.leftovers(facts.job_id)
        untouched = [each for each in left if each.modified_at_s < self.now_s - BEING_WRITTEN_S]
        files = [*self.store.files(facts.job_id), *untouched]
        return replace(facts, files=tuple(file.name for file in files))

    def _remove(self, job_id: str, verdict: Due, *, has_copy: bool) -> Cleaning:
        sizes = {file.name: file.disk_bytes for file in _all_files(self.store, job_id)}
        names = () if verdict.whole else verdict.files
        if not self.dry_run:
            if verdict.whole or names:
                self.store.remove(job_id, *names)
            if has_copy:
                self.store.drop_copy(job_id)
        return Cleaning(
            removed_runs=(job_id,) if verdict.whole else (),
            removed_files=tuple(f"{job_id}/{name}" for name in names),
            freed_bytes=sum(sizes.get(name, 0) for name in names or sizes),
        )


def _all_files(store: Store, job_id: str) -> list[StoredFile]:
    return [*store.files(job_id), *store.leftovers(job_id)]


def _needless(names: Iterable[str], settings: Settings) -> tuple[str, ...]:
    """Return which files of a finished run nobody needs any more."""
    patterns = DELIVERED if settings.keep_clips else (*DELIVERED, *CLIPS)
    spared = SPARED if settings.keep_clips else ()
    return tuple(
        name
        for name in names
        if _is_one_of(name, patterns) or (is_leftover(name) and not _is_one_of(name, spared))
    )


def _is_one_of(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _brake(*, n_runs: int, n_all: int) -> str:
    """Return why so many runs are not removed in one pass; empty if they may be."""
    if n_runs <= max(MOST_RUNS, MOST_SHARE * n_all):
        return ""
    return (
        f"{n_runs} of {n_all} runs would go at once, expected at most {MOST_SHARE:.0%}. Look at "
        "this machine's clock; if it is right, clean with force."
    )


@contextmanager
def _nobody_working_on(folder: Path) -> Iterator[None]:
    """Hold a run folder of this machine, if there is one, so that nobody begins to work on it."""
    if folder.is_symlink():
        raise InvalidInput(f"{folder} is a link; expected a run folder.", reason="LINK")
    is_run = (folder / Brief.file_name()).is_file()  # or there is nothing to work on
    with Run(folder).working() if is_run else nullcontext():
        yield


def _in_all(parts: Iterable[Cleaning]) -> Cleaning:
    every = list(parts)
    return Cleaning(
        removed_runs=tuple(job_id for part in every for job_id in part.removed_runs),
        removed_files=tuple(name for part in every for name in part.removed_files),
        freed_bytes=sum(part.freed_bytes for part in every),
        held_back={job_id: why for part in every for job_id, why in part.held_back.items()},
    )
