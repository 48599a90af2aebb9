"""The API: the product document's REST endpoints and event stream, and what pages read media by.

::

    identity   who asks, and what is theirs        errors    one form of JSON, one table of statuses
    models     what is asked and answered          bodies    how much is taken, and forms as files
    links      where things are                    sending   files, in ranges, known or not
    feed       what jobs tell, read once           document  the description as a page
    threads    who works in which

    auth       /auth/...                           uploads   /upload-audio
    choices    /models, /estimate                  jobs      /jobs, and what can be done with them
    clips      /jobs/{id}/storyboard, clips        files     /jobs/{id}/files, /download
    events     /jobs/{id}/stream                   drafts    /drafts/{id}/clicks.mp3

Routes work in threads where they may wait for a disk or a database: those that are asked every
second by :mod:`~mvkit.web.api.threads`, the rest by FastAPI, which is what ``def`` says to it.
"""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from types import FrameType

from fastapi import Depends, FastAPI
from fastapi.responses import HTMLResponse

from mvkit.web.api import auth, choices, clips, document, drafts, events, files, jobs, uploads
from mvkit.web.api.errors import Answering, handle_errors
from mvkit.web.api.feed import Feeds
from mvkit.web.api.identity import refuse_foreign_sites

VERSION = "1"
DESCRIPTION = """\
A song and a prompt in; a finished, beat-synchronised music video out.

Make an account (`POST /auth/register`), log in (`POST /auth/login`) and send the token with every \
request, as `Authorization: Bearer TOKEN`. Then submit a song (`POST /upload-audio`), follow it \
(`GET /jobs/{job_id}/stream`, or ask `GET /jobs/{job_id}` every second), and fetch the film \
(`GET /jobs/{job_id}/download`).

Whatever goes wrong is told in one form: `{"error": {"code", "reason", "message", "retryable"}}`.
"""


def make_api() -> FastAPI:
    """Return the API, to be mounted where it shall answer.

    Whoever mounts it runs its lifespan (``api.router.lifespan_context(api)``), so that streams end
    when the server is told to stop.
    """
    api = FastAPI(
        title="mvkit",
        version=VERSION,
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        dependencies=[Depends(refuse_foreign_sites)],
        generate_unique_id_function=lambda route: route.name,
        lifespan=_lifespan,
    )
    api.state.feeds = Feeds()
    for part in (auth, choices, uploads, drafts, jobs, clips, files, events):
        api.include_router(part.router)
    handle_errors(api)
    api.add_middleware(Answering)

    @api.get("/docs", include_in_schema=False)
    def show_document() -> HTMLResponse:
        headers = {"content-security-policy": document.POLICY}
        return HTMLResponse(document.as_page(api.openapi()), headers=headers)

    return api


@asynccontextmanager
async def _lifespan(api: FastAPI) -> AsyncIterator[None]:
    with _ending_streams(api.state.feeds):
        yield


@contextmanager
def _ending_streams(feeds: Feeds) -> Iterator[None]:
    """End all streams when the server is told to stop; it waits for every connection to close."""
    if threading.current_thread() is not threading.main_thread():
        yield  # a server in a thread is not told by signals
        return
    loop = asyncio.get_running_loop()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def stop(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(feeds.end)
        handler = before[signal.Signals(number)]
        if callable(handler):
            handler(number, frame)

    for number in before:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
