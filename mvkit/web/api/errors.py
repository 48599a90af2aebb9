"""How the API says that something went wrong: one table of statuses, one form of JSON.

::

    {"error": {"code": "RATE_LIMITED", "reason": "RATE_LIMITED",
               "message": "5 songs an hour can be submitted ...", "retryable": true}}

``code`` and ``reason`` are those of :mod:`mvkit.errors`; ``message`` is for people. Whatever goes
wrong ends in this form: our own errors, requests that FastAPI finds malformed, paths and methods
that are not there, and what nobody thought of. Of failures on our side (5xx) only their kind is
told; the log has the rest.

Contents
--------
Answering, handle_errors, problem, problems, status_of
"""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mvkit.errors import GenerationFailed, InvalidInput, MvkitError, NotFound, RateLimited
from mvkit.web.api.models.base import Problem

log = logging.getLogger("mvkit.web.api")

BY_CODE: Mapping[str, int] = {
    "BUDGET_EXCEEDED": 422,
    "CANCELLED": 409,
    "GENERATION_ERROR": 500,
    "NOT_FOUND": 404,
    "QUOTA_EXCEEDED": 413,
    "RATE_LIMITED": 429,
    "TIMEOUT": 408,
    "UNAUTHORIZED": 401,
    "VALIDATION_ERROR": 422,
}
"""The status of an error, unless its reason has one of its own."""

_REASONS: Mapping[int, Sequence[str]] = {
    403: ("CLOSED", "FOREIGN_SITE"),
    404: ("FILE_NAME", "JOB_ID", "LINK", "NO_CLIP", "NO_TAKE"),
    405: ("METHOD",),
    409: (
        *("BUSY", "LOCKED", "NOT_FILMED", "NO_PLAN", "STILL_ENDING"),
        *("TAKEN", "VERSION", "WRONG_STATE"),
    ),
    413: ("BODY_TOO_LARGE", "FILE_TOO_LARGE"),
    415: ("CONTENT_TYPE",),
    416: ("RANGE",),
    500: ("DATABASE_URL", "PLUGIN", "SETTINGS", "STAND_IN", "STORE_ACCESS", "WEB_KEY"),
    503: ("DATABASE", "DISK", "DISK_FULL", "STORE"),
}
BY_REASON = {reason: status for status, reasons in _REASONS.items() for reason in reasons}

RETRY_AFTER_S = 30
"""When to ask again, where the error does not know."""

OUR_FAULT = {
    500: "Something went wrong on our side; nothing of yours is lost. Tell whoever runs this "
    "service if it happens again.",
    503: "The service cannot do this at the moment: its disk, its store or its database does not "
    "answer. Try again in a minute.",
}


def status_of(error: MvkitError) -> int:
    """Return the HTTP status of an error."""
    return BY_REASON.get(error.reason, BY_CODE[error.code])


def problem(error: MvkitError, *, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """Return the answer that tells an error."""
    status = status_of(error)
    body = {
        "code": error.code,
        "reason": error.reason,
        "message": OUR_FAULT.get(status, error.message),
        "retryable": error.retryable,
    }
    return JSONResponse(
        {"error": body}, status_code=status, headers={**_headers(error, status), **(headers or {})}
    )


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return what a route declares of its errors."""
    return {
        status: {"model": Problem, "description": HTTPStatus(status).phrase}
        for status in sorted({*statuses, 422, 500, 503})
    }


def handle_errors(api: FastAPI) -> None:
    """Have all errors told in the one form."""
    api.add_exception_handler(MvkitError, _tell)
    api.add_exception_handler(RequestValidationError, _tell_malformed)
    api.add_exception_handler(HTTPException, _tell_http)


class Answering:
    """The outermost layer: every request is answered, and nothing unforeseen leaves the API.

    Answers are not to be cached or guessed at by browsers, unless they say so themselves.

    Parameters
    ----------
    app
        The API.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        has_begun = False

        async def sending(message: Message) -> None:
            nonlocal has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                headers = MutableHeaders(scope=message)
                headers.setdefault("cache-control", "no-store")
                headers.setdefault("x-content-type-options", "nosniff")
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except ClientDisconnect:
            log.debug("A client left before its request was read.")
        except Exception:
            log.exception("%s failed.", _name_of(scope))
            if not has_begun:
                await problem(_unforeseen())(scope, receive, sending)


async def _tell(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, MvkitError)
    if status_of(error) in OUR_FAULT:
        log.error("%s failed: %s", _name_of(request.scope), error)
    return problem(error)


async def _tell_malformed(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    wrong = "; ".join(  # never with what was given, which may be a password
        f"{'.'.join(map(str, each['loc']))}: {each['msg'].removeprefix('Value error, ')}"
        for each in error.errors()[:5]
    )
    return problem(InvalidInput(f"The request cannot be used: {wrong}.", reason="REQUEST"))


async def _tell_http(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    told = {
        404: NotFound("There is nothing at this address; /docs lists what there is."),
        405: InvalidInput("This address does not know that method.", reason="METHOD"),
        413: InvalidInput("The request is too large.", reason="BODY_TOO_LARGE"),
    }
    unreadable = InvalidInput("The request cannot be read; expected JSON in UTF-8.", reason="BODY")
    return problem(told.get(error.status_code, unreadable), headers=error.headers)


def _headers(error: MvkitError, status: int) -> dict[str, str]:
    if isinstance(error, RateLimited):
        return {"Retry-After": str(math.ceil(error.retry_after_s or RETRY_AFTER_S))}
    return {
        401: {"WWW-Authenticate": "Bearer"},
        503: {"Retry-After": str(RETRY_AFTER_S)},
    }.get(status, {})


def _name_of(scope: Scope) -> str:
    """Return what was asked for, without the names and numbers in the address."""
    path = getattr(scope.get("route"), "path", "a request")
    return f"{scope['method']} {path}"


def _unforeseen() -> MvkitError:
    return GenerationFailed("", reason="INTERNAL")
