"""What jobs tell, read once for all who listen.

However many clients follow a job, its ``events.jsonl`` is looked at once in a quarter of a second,
and only what was appended is read; where runs are kept in an object store, it is fetched once a
second. Where nobody listens, nobody reads. A client has neither a thread nor a queue of its own,
only a place in the list of what was told so far.

Contents
--------
Feeds, EventFeed, Event
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

from mvkit.errors import MvkitError, NotFound
from mvkit.jobs.table import ENDED, JobState, find_job
from mvkit.run import EVENTS_FILE
from mvkit.schema import Plan
from mvkit.storage import LocalStore, get_store
from mvkit.web.api.threads import look

POLL_S = 0.25
POLL_STORE_S = 1.0
LOOK_S = 2.0
"""How often the job itself is looked at, as long as nothing it tells sounds like its end."""

log = logging.getLogger("mvkit.web.api")


@dataclass(frozen=True)
class Event:
    """One line of a run's events.

    Attributes
    ----------
    name : str
        ``stage_update``, ``progress``, ``message``, ``cost_update``, ``completed`` or ``error``;
        empty for a line that a crash cut off.
    fields : dict
        What it tells.
    """

    name: str
    fields: dict[str, Any]

    @classmethod
    def of(cls, line: bytes) -> Event:
        """Read a line."""
        with suppress(ValueError, AttributeError, KeyError, TypeError):
            fields = json.loads(line)
            return cls(str(fields.pop("event")), fields)
        return cls("", {})

    @property
    def end(self) -> JobState | None:
        """The state in which an attempt ends that tells this last, if it is such a thing."""
        if self.name == "completed":
            return "finished"
        if self.name == "error":
            return "cancelled" if self.fields.get("code") == "CANCELLED" else "failed"
        told = (self.name, self.fields.get("stage"), self.fields.get("status"))
        return "planned" if told == ("stage_update", Plan.stage, "planned") else None


class EventFeed:
    """What one job tells.

    Attributes
    ----------
    events : list of Event
        All it has told, by line.
    is_over : bool
        Whether the job has ended, or is gone, and all it had to tell is here.
    n_listeners : int
        How many follow it.
    """

    def __init__(self, job_id: str) -> None:
        self.events: list[Event] = []
        self.is_over = False
        self.n_listeners = 0
        self._job_id = job_id
        self._n_bytes = 0
        self._looked_at_s = 0.0
        self._news = asyncio.Event()
        self._beginning = asyncio.Lock()
        self._reading: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        """Read what was told so far, and go on reading.

        Raises
        ------
        GenerationFailed
            If the store or the database does not answer.
        """
        async with self._beginning:
            if self._reading is None:
                await self._look()
                self._reading = asyncio.create_task(self._read_on())

    async def news(self, *, timeout_s: float) -> None:
        """Wait until there is something new, but not for longer."""
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await self._news.wait()

    def end(self) -> None:
        """Tell all who listen that nothing more will come, and read no more."""
        self.is_over = True
        self._wake()
        if self._reading:
            self._reading.cancel()

    async def _read_on(self) -> None:
        poll_s = POLL_S if isinstance(get_store(), LocalStore) else POLL_STORE_S
        while not self.is_over:
            await asyncio.sleep(poll_s)
            try:
                await self._look()
            except MvkitError as error:  # it may answer again
                log.warning("The events of job %s cannot be read: %s", self._job_id, error)

    async def _look(self) -> None:
        has_ended, events = await look(self._read)
        self.events += events
        self.is_over = self.is_over or has_ended
        if events or has_ended:
            self._wake()

    def _wake(self) -> None:
        self._news.set()
        self._news = asyncio.Event()

    # In a thread

    def _read(self) -> tuple[bool, list[Event]]:
        """Return whether the job has ended, and what it has told since: all, if it has ended."""
        has_ended = self._is_time_to_look() and self._has_ended()
        return has_ended, self._appended()

    def _is_time_to_look(self) -> bool:
        sounds_like_the_end = bool(self.events) and self.events[-1].end is not None
        return sounds_like_the_end or time.monotonic() - self._looked_at_s > LOOK_S

    def _has_ended(self) -> bool:
        self._looked_at_s = time.monotonic()
        try:
            job = find_job(self._job_id)
        except NotFound:
            return True
        return job.state in ENDED and job.told

    def _appended(self) -> list[Event]:
        """Return the events of the lines that are whole and were not read before."""
        try:
            data = _events_from(self._n_bytes, job_id=self._job_id)
        except NotFound:  # nothing was told yet
            return []
        whole = data[: data.rfind(b"\n") + 1]
        self._n_bytes += len(whole)
        return [Event.of(line) for line in whole.split(b"\n")[:-1]]


class Feeds:
    """The feeds of all jobs that somebody follows."""

    def __init__(self) -> None:
        self._feeds: dict[str, EventFeed] = {}

    @asynccontextmanager
    async def listen(self, job_id: str) -> AsyncIterator[EventFeed]:
        """Follow a job; what was told so far is there.

        Raises
        ------
        GenerationFailed
            If the store or the database does not answer.
        """
        feed = self._feeds.get(job_id)
        if feed is None or feed.is_over:
            feed = self._feeds[job_id] = EventFeed(job_id)
        feed.n_listeners += 1
        try:
            await feed.begin()
            yield feed
        finally:
            feed.n_listeners -= 1
            if not feed.n_listeners:
                feed.end()
                if self._feeds.get(job_id) is feed:
                    del self._feeds[job_id]

    def end(self) -> None:
        """End all feeds: the server is about to stop."""
        for feed in self._feeds.values():
            feed.end()


def _events_from(n_bytes: int, *, job_id: str) -> bytes:
    """Return what a run's events hold from some byte on."""
    store = get_store()
    if not isinstance(store, LocalStore):
        return store.read(job_id, EVENTS_FILE)[n_bytes:]
    with store.folder(job_id).open(EVENTS_FILE) as file:
        file.seek(n_bytes)
        return file.read()
