"""Jobs: how they stand, and what can be done with them."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated

from fastapi import APIRouter, Query, Response

from mvkit.jobs import client
from mvkit.jobs.table import BUSY, ENDED, Job, JobState
from mvkit.storage import get_store
from mvkit.web.api.bodies import SmallBodyRoute
from mvkit.web.api.errors import problems
from mvkit.web.api.identity import JobId, OwnJob, Reader, job_of
from mvkit.web.api.links import Links, LinksHere
from mvkit.web.api.models.jobs import Again, ClipFiles, JobFacts, JobList, JobStatus, JobUrls, Shape
from mvkit.web.api.moments import Moments

FILM, THUMBNAIL = "video.mp4", "thumbnail.jpg"
MOST_LISTED = 200
REMEMBERED_S = 0.25
"""How old an answer may be."""
LOOKED_UP_S = 10.0
"""How long the names of a run's files are remembered while its status stays the same."""

_CLIP = re.compile(r"(clips/(\d{3,})(?:\.take(\d+))?)\.mp4")

router = APIRouter(tags=["jobs"], route_class=SmallBodyRoute)


@router.get("/jobs", responses=problems(401))
def list_jobs(
    user: Reader,
    state: Annotated[
        list[JobState] | None, Query(description="Only jobs in one of these states.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=MOST_LISTED)] = 50,
) -> JobList:
    """List your jobs, newest first."""
    wanted = tuple(each for each in state or () if each in BUSY + ENDED)
    if state and not wanted:
        return JobList(jobs=())
    found = client.list_jobs(user=user, states=wanted, limit=limit)
    return JobList(jobs=tuple(_facts(job) for job in found))


@router.get("/jobs/{job_id}", response_model=JobStatus, responses=problems(401, 404))
async def show_job(job_id: JobId, user: Reader, links: LinksHere) -> Response:
    """Tell how a job stands; cheap enough to be asked every second, by many."""
    return Response(await _told.get((job_id, user, links.root)), media_type="application/json")


@router.post("/jobs/{job_id}/approve", status_code=202, responses=problems(401, 403, 404, 409, 429))
def approve_job(job: OwnJob, links: LinksHere) -> JobStatus:
    """Have a planned film made, or a finished one made again after changes."""
    return standing(client.approve(job.job_id, user=job.user), links)


@router.post("/jobs/{job_id}/cancel", responses=problems(401, 403, 404, 409))
def cancel_job(job: OwnJob, links: LinksHere) -> JobStatus:
    """Stop a job that waits or runs; what is made so far is kept."""
    return standing(client.cancel(job.job_id, user=job.user), links)


@router.post(
    "/jobs/{job_id}/retry",
    status_code=202,
    responses=problems(401, 403, 404, 409, 413, 429),
)
def retry_job(job: OwnJob, links: LinksHere, again: Again | None = None) -> JobStatus:
    """Go on with a job that failed or was cancelled, from where it stopped."""
    budget_usd = again.budget_usd if again else None
    return standing(client.retry(job.job_id, user=job.user, budget_usd=budget_usd), links)


@router.post(
    "/jobs/{job_id}/reshape",
    status_code=202,
    responses=problems(401, 403, 404, 409, 413, 429),
)
def reshape_job(job: OwnJob, links: LinksHere, shape: Shape) -> JobStatus:
    """Have a finished film made in another shape, by the same plan: a job of its own."""
    return standing(client.reshape(job.job_id, shape.aspect, user=job.user), links)


@router.delete("/jobs/{job_id}", status_code=204, responses=problems(401, 403, 404, 409))
def delete_job(job: OwnJob) -> None:
    """Delete a job that has ended, and everything it made."""
    client.delete(job.job_id, user=job.user)
    _told.forget()


def _look_up(asked: tuple[str, str, str]) -> str:
    """Return how a job of a user stands, as JSON."""
    job_id, user, root = asked
    return _standing(job_of(job_id, user), Links(root)).model_dump_json()


_told = Moments(_look_up, for_s=REMEMBERED_S)


def standing(job: Job, links: Links) -> JobStatus:
    """Return how a job stands that was just changed, and where to go on."""
    _told.forget()
    return _standing(job, links)


def _standing(job: Job, links: Links) -> JobStatus:
    status = client.status_of(job)
    made = _made(job.job_id, status.updated_at, int(time.monotonic() / LOOKED_UP_S))
    return JobStatus(
        **_facts(job).model_dump(exclude={"state", "updated_at"}),
        **status.model_dump(exclude={"job_id"}),
        clips=made.clips,
        urls=_urls(job.job_id, links, made),
    )


@dataclass(frozen=True, kw_only=True)
class Made:
    """What there is of a run to look at."""

    clips: tuple[ClipFiles, ...]
    has_film: bool
    has_thumbnail: bool


@lru_cache(maxsize=512)
def _made(job_id: str, _told_at_s: float, _period: int) -> Made:
    """Return what there is to look at, looked up anew with each status and in each period."""
    names = {file.name for file in get_store().files(job_id)}
    return Made(
        clips=tuple(_clips_in(names)),
        has_film=FILM in names,
        has_thumbnail=THUMBNAIL in names,
    )


def _clips_in(names: set[str]) -> Iterable[ClipFiles]:
    """Find the clips whose records vouch for them."""
    for name in sorted(names):
        found = _CLIP.fullmatch(name)
        if found and f"{found[1]}.json" in names:
            poster = f"{found[1]}.jpg"
            yield ClipFiles(
                clip_index=int(found[2]),
                take=int(found[3] or 1),
                video=name,
                poster=poster if poster in names else "",
            )


def _urls(job_id: str, links: Links, made: Made) -> JobUrls:
    return JobUrls(
        status=links.job(job_id),
        stream=links.job(job_id, "stream"),
        files=links.job(job_id, "files"),
        storyboard=links.job(job_id, "storyboard"),
        video=links.file(job_id, FILM) if made.has_film else "",
        thumbnail=links.file(job_id, THUMBNAIL) if made.has_thumbnail else "",
        download=links.job(job_id, "download") if made.has_film else "",
    )


def _facts(job: Job) -> JobFacts:
    return JobFacts(
        job_id=job.job_id,
        title=job.title,
        state=job.state,
        aim=job.aim,
        attempt=job.attempt,
        song_s=job.song_s,
        submitted_at=job.submitted_at_s,
        updated_at=job.updated_at_s,
    )
