"""A job as it happens: server-sent events, one for each line of its ``events.jsonl``.

The number of the line is the event's ``id``, so that a browser that comes back with
``Last-Event-ID: 7`` is told 8 and what follows. Whoever comes for the first time is told everything
from the start, then how the job stands now (a ``progress`` event without an id), then what happens.
When the job has ended and all is told, the stream ends; whoever asks again after that is told to
stop asking (204).
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request
from fastapi.sse import format_sse_event
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from mvkit.errors import MvkitError, NotFound
from mvkit.jobs import client
from mvkit.jobs.table import ENDED, Job, find_job
from mvkit.run import Status
from mvkit.schema import Plan
from mvkit.web.api.errors import problems
from mvkit.web.api.feed import Event, EventFeed, Feeds
from mvkit.web.api.identity import Caller, ReadableJob, ReadingCaller
from mvkit.web.api.jobs import FILM
from mvkit.web.api.links import Links, LinksHere
from mvkit.web.api.threads import look

NAMES = ("stage_update", "progress", "message", "cost_update", "completed", "error")
HEARTBEAT = b": still here\n\n"
HEARTBEAT_S = 15.0
RECHECK_S = 3.0
"""How often whoever listens is asked who they are: a login may have ended meanwhile."""
MOST_DIGITS = 9
END = ".end"
"""Ends the id of a last word that stands in no line: ``7.end`` follows line 7."""

EVENT = {
    "type": "object",
    "required": ["event", "data"],
    "properties": {
        "event": {"type": "string", "enum": list(NAMES)},
        "data": {"type": "string", "description": "JSON."},
        "id": {"type": "string"},
    },
}
EXAMPLE = """\
id: 7
event: stage_update
data: {"time": 1763800000.5, "stage": "plan", "status": "finished", "duration": 1.25}

id: 12
event: progress
data: {"time": 1763800031.0, "progress": 45.0, "estimated_remaining": 70.5, "clip": \
{"clip_index": 3, "take": 1, "status": "success", "model": "studio", "cost": 0.0, "error": "", \
"video": "clips/003.mp4", "poster": "clips/003.jpg"}}

"""
LastEventId = Annotated[
    str | None,
    Header(description="The id of the last event you have; what follows it is told."),
]

router = APIRouter(prefix="/jobs/{job_id}", tags=["jobs"])


@router.get(
    "/stream",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "`stage_update` {stage, status, duration}, `progress` {progress, "
            "estimated_remaining}, `message` {text, stage}, `cost_update` {stage, cost, total}, "
            "`completed` {video_url, total_cost}, `error` {error, code, reason, retryable}. "
            "`progress` has a `clip` as soon as one is filmed or has failed: {clip_index, take, "
            "status, model, cost, error, video, poster}; its files are named by their path in the "
            "run, and empty where there are none.",
            "content": {"text/event-stream": {"schema": EVENT, "example": EXAMPLE}},
        },
        204: {"description": "The job has ended and you have been told everything."},
        **problems(401, 404),
    },
)
async def follow_job(
    job: ReadableJob,
    caller: ReadingCaller,
    links: LinksHere,
    request: Request,
    last_event_id: LastEventId = None,
) -> Response:
    """Follow a job as it happens, by server-sent events."""
    feeds: Feeds = request.app.state.feeds
    return Following(job, feeds, caller=caller, links=links, last_event_id=last_event_id)


class Following(StreamingResponse):
    """The answer that tells what a job tells, for as long as its client listens.

    Parameters
    ----------
    job : Job
        The job, as it was when the client came.
    last_event_id : str or None
        The id of the event that the client was told last.
    """

    media_type = "text/event-stream"

    def __init__(
        self, job: Job, feeds: Feeds, *, caller: Caller, links: Links, last_event_id: str | None
    ) -> None:
        super().__init__((), headers={"X-Accel-Buffering": "no"})  # proxies are not to wait
        self._job = job
        self._feeds = feeds
        self._caller = caller
        self._links = links
        self._knows_end = (last_event_id or "").endswith(END)
        self._last_id = _line_of(last_event_id)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Tell on, until there is nothing more, or nobody listens."""
        async with self._feeds.listen(self._job.job_id) as feed:
            n_told = self._n_told(feed)
            knows_all = n_told == len(feed.events) and (n_told or self._knows_end)
            if feed.is_over and knows_all:
                await Response(status_code=204)(scope, receive, send)
                return
            self.body_iterator = self._tell(feed, n_told)
            await super().__call__(scope, receive, send)

    def _n_told(self, feed: EventFeed) -> int:
        """Return how many lines the client knows; none, if it names one that there is not."""
        if self._last_id is None or not -1 <= self._last_id < len(feed.events):
            return 0
        return self._last_id + 1

    async def _tell(self, feed: EventFeed, n_told: int) -> AsyncIterator[bytes]:
        clock = asyncio.get_running_loop().time
        beat_at_s, check_at_s = clock() + HEARTBEAT_S, clock() + RECHECK_S
        status: Status | None = None
        while True:
            while n_told < len(feed.events):
                yield self._line(feed.events[n_told], number=n_told)
                n_told += 1
            if status is None:
                status = await look(client.status_of, self._job)
                yield _standing(status)
                continue
            if feed.is_over:
                yield await look(self._last_word, feed)
                return
            if clock() >= check_at_s:
                if not await look(self._may_listen):
                    return
                check_at_s = clock() + RECHECK_S
            if clock() >= beat_at_s:
                yield HEARTBEAT
                beat_at_s = clock() + HEARTBEAT_S
            await feed.news(timeout_s=max(0.0, min(beat_at_s, check_at_s) - clock()))

    def _line(self, event: Event, *, number: int) -> bytes:
        if event.name not in NAMES:
            return b""
        fields = dict(event.fields)
        if event.name == "completed":
            name = str(fields.get("video_url", FILM))
            fields["video_url"] = self._links.file(self._job.job_id, name)
        return _encoded(event.name, fields, str(number))

    def _last_word(self, feed: EventFeed) -> bytes:
        """Return how the job ended, if nothing it told said so: cancelled while it waited, say."""
        try:
            status = client.status_of(find_job(self._job.job_id))
        except NotFound:
            return b""
        told = feed.events[-1].end if feed.events else None
        end = f"{len(feed.events) - 1}{END}"
        if status.state not in ENDED or status.state == told:
            return b""
        if status.state == "finished":
            film = self._links.file(self._job.job_id, FILM)
            return _encoded("completed", {"video_url": film, "total_cost": status.total_cost}, end)
        if status.state == "planned":
            return _encoded("stage_update", {"stage": Plan.stage, "status": "planned"}, end)
        return _encoded("error", status.error or {}, end)

    def _may_listen(self) -> bool:
        try:
            return self._caller.user() == self._job.user
        except MvkitError:
            return False


def _standing(status: Status) -> bytes:
    fields = {
        "progress": status.progress,
        "estimated_remaining": status.eta_s,
        "state": status.state,
        "stage": status.stage,
    }
    return _encoded("progress", fields)


def _encoded(name: str, fields: dict[str, Any], event_id: str | None = None) -> bytes:
    return format_sse_event(event=name, data_str=json.dumps(fields), id=event_id)


def _line_of(event_id: str | None) -> int | None:
    """Return the line that an event's id names, or None if it names none."""
    given = (event_id or "").removesuffix(END)
    is_number = re.fullmatch(rf"-1|[0-9]{{1,{MOST_DIGITS}}}", given)
    return int(given) if is_number else None
