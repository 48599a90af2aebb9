"""Who asks, and what is theirs.

A program shows who it is by a bearer token. A page may use its cookie instead, but only to read: a
browser sends cookies along whoever made it ask. For the same reason a changing request that the
page of another site sends is refused, whatever it shows. Without logins (``MVKIT_AUTH=off``)
everybody is the user of this machine.

Routes say by their parameters who may use them:

===================  ============================================================================
``Reader``           name of who asks, by token or by the page's cookie
``Writer``           name of who asks, by token
``ReadableJob``      the job of the path, if it belongs to the reader
``OwnJob``           the job of the path, if it belongs to the writer
===================  ============================================================================

Somebody else's job is as absent as one that never was.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Path, Request
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer

from mvkit.errors import NotFound, Unauthorized
from mvkit.jobs.table import Job, find_job
from mvkit.settings import get_settings, local_user
from mvkit.storage.base import is_job_id
from mvkit.web import accounts
from mvkit.web.api.threads import look
from mvkit.web.hosts import SAFE_METHODS, foreign_site, is_foreign
from mvkit.web.visitor import COOKIE

Bearer = Annotated[
    HTTPAuthorizationCredentials | None,
    Depends(
        HTTPBearer(
            auto_error=False,
            scheme_name="token",
            description="The `access_token` of `POST /auth/login`.",
        )
    ),
]
PageCookie = Annotated[
    str | None,
    Depends(
        APIKeyCookie(
            auto_error=False,
            scheme_name="page",
            name=COOKIE,
            description="The login of the pages; good for reading only.",
        )
    ),
]
JobId = Annotated[
    str,
    Path(
        description="The job's id.",
        json_schema_extra={"format": "uuid"},
        examples=["1b4e28ba-2fa1-4d2e-883f-0016d3cca427"],
    ),
]


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Somebody who asks, by what they have shown.

    Attributes
    ----------
    token : str
        A token; empty if none was shown.
    kind : str
        What it has to be good for.
    """

    token: str
    kind: str

    def user(self) -> str:
        """Return the caller's name, as long as the login lasts.

        Raises
        ------
        Unauthorized
            If it is over, or never was.
        """
        if get_settings().auth == "off":
            return local_user()
        if not self.token:
            raise Unauthorized(
                "Show who you are: send the header `Authorization: Bearer TOKEN`, with a token "
                "from POST /auth/login.",
                reason="TOKEN",
            )
        return accounts.who(self.token, kind=self.kind)


async def writing_caller(bearer: Bearer) -> Caller:
    """Return who wants to change something."""
    return Caller(token=bearer.credentials if bearer else "", kind=accounts.API)


async def reading_caller(bearer: Bearer, cookie: PageCookie) -> Caller:
    """Return who wants to read something."""
    if bearer is None and cookie:
        return Caller(token=cookie, kind=accounts.PAGE)
    return await writing_caller(bearer)


WritingCaller = Annotated[Caller, Depends(writing_caller)]
ReadingCaller = Annotated[Caller, Depends(reading_caller)]


async def reader(caller: ReadingCaller) -> str:
    """Return the name of who reads."""
    return await look(caller.user)


async def writer(caller: WritingCaller) -> str:
    """Return the name of who changes something."""
    return await look(caller.user)


async def readable_job(job_id: JobId, caller: ReadingCaller) -> Job:
    """Return the job that somebody wants to look at."""
    return await look(lambda: job_of(job_id, caller.user()))


async def own_job(job_id: JobId, caller: WritingCaller) -> Job:
    """Return the job that somebody wants to change."""
    return await look(lambda: job_of(job_id, caller.user()))


OWNER_RULES = (reader, writer, readable_job, own_job)
"""A route that depends on one of these serves nobody but whom it may."""

Reader = Annotated[str, Depends(reader)]
Writer = Annotated[str, Depends(writer)]
ReadableJob = Annotated[Job, Depends(readable_job)]
OwnJob = Annotated[Job, Depends(own_job)]


async def refuse_foreign_sites(request: Request) -> None:
    """Refuse what the page of another site sends in order to change something.

    Browsers name the site that a script runs on; programs that are no browsers name none, and
    have no cookies to misuse.

    Raises
    ------
    Unauthorized
        Reason ``FOREIGN_SITE``.
    """
    if request.method not in SAFE_METHODS and is_foreign(request.headers):
        raise foreign_site()


def job_of(job_id: str, user: str) -> Job:
    """Return a user's job.

    Raises
    ------
    NotFound
        If there is none of this id, or it is somebody else's.
    """
    if is_job_id(job_id):
        with suppress(NotFound):
            return find_job(job_id, user=user)
    raise NotFound("You have no job of this id; GET /jobs lists those you have.")
