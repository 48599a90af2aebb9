"""How the films of a batch stand: what the queue and their runs say of them."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Literal

from mvkit.batches.checks import Wish
from mvkit.batches.roll import Member
from mvkit.errors import MvkitError, NotFound
from mvkit.jobs import client
from mvkit.jobs.table import ENDED, Job, JobState, list_jobs
from mvkit.run import Status
from mvkit.schema import Plan, Record
from mvkit.storage import get_store

State = JobState | Literal["refused"]
"""As of a job; *refused* is a film that could not be submitted."""
OVER: tuple[State, ...] = (*ENDED, "deleted", "refused")
"""The states of a film that nobody works on."""


class Standing(Record):
    """How one film stands.

    Attributes
    ----------
    number : int
        Of its row.
    song, prompt : str
        The song's file, and the words of the wish.
    genre : str
        The director's kind of music; empty before the film is planned.
    stage : str
        What it is at, or was at last.
    progress : float
        0-100.
    cost_usd : Decimal
        What it has cost so far, as far as its worker has told.
    since_s : float or None
        Seconds since a worker began with it, if one works on it.
    reason, error : str
        Why it failed: the case in capitals, and in words.
    """

    number: int
    song: str
    prompt: str
    job_id: str
    state: State
    genre: str = ""
    stage: str = ""
    progress: float = 0.0
    cost_usd: Decimal = Decimal()
    since_s: float | None = None
    reason: str = ""
    error: str = ""

    @property
    def is_over(self) -> bool:
        """Whether nobody works on it, and nobody will."""
        return self.state in OVER


Standings = tuple[Standing, ...]


def look(
    films: Iterable[tuple[Wish, Member]],
    *,
    refused: Mapping[str, MvkitError],
    before: Iterable[Standing] = (),
) -> Standings:
    """Return how films stand now.

    Parameters
    ----------
    films : iterable of (Wish, Member)
        What was wished for, and which job it is.
    refused : mapping
        Why some could not be submitted, by job id.
    before : iterable of Standing
        How they stood when last looked at: of those that were over nothing is read again.
    """
    jobs = {job.job_id: job for job in list_jobs()}
    known = {standing.job_id: standing for standing in before}
    return tuple(
        _stand(wish, member, jobs.get(member.job_id), known.get(member.job_id), refused)
        for wish, member in films
    )


def _stand(
    wish: Wish,
    member: Member,
    job: Job | None,
    known: Standing | None,
    refused: Mapping[str, MvkitError],
) -> Standing:
    if known and known.is_over:
        return known
    new = Standing(
        number=wish.number,
        song=wish.song.name,
        prompt=wish.brief.prompt,
        job_id=member.job_id,
        state="deleted",
    )
    if error := refused.get(member.job_id):
        told = {"state": "refused", "reason": error.reason, "error": error.message}
        return new.model_copy(update=told)
    if job is None:
        return new
    return new.model_copy(update=_told(job, known))


def _told(job: Job, known: Standing | None) -> dict[str, object]:
    status = client.status_of(job)
    error = status.error or {}
    return {
        "state": job.state,
        "genre": (known.genre if known else "") or _genre(job, status),
        "stage": status.stage,
        "progress": status.progress,
        "cost_usd": Decimal(str(round(status.total_cost, 6))),
        "since_s": _since_s(job, status),
        "reason": str(error.get("reason", "")),
        "error": str(error.get("error", "")),
    }


def _since_s(job: Job, status: Status) -> float | None:
    if job.state != "running" or status.started_at is None:
        return None
    return max(0.0, time.time() - status.started_at)


def _genre(job: Job, status: Status) -> str:
    """Return the kind of music that a film is planned for; empty where no plan is there yet."""
    if status.stage in ("", "analysis"):
        return ""
    try:
        plan = json.loads(get_store().read(job.job_id, Plan.file_name()))
    except (NotFound, ValueError):
        return ""
    return str(plan.get("genre", ""))
