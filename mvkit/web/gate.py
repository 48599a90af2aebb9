"""Who may knock at all: the first thing every request meets, before page and API.

Streamlit is a fine stage and a trusting doorman. The gate therefore

- answers only to names that are ours, so that no foreign site can point its name at this machine
  and read along (DNS rebinding); without logins, only to this machine itself;
- refuses WebSockets and changing requests that another site's page sends;
- lets nobody upload into memory who is not logged in, nor more than a song;
- closes what Streamlit opens besides: its metrics, media store, components, agent interface;
- tells Streamlit on whose behalf a WebSocket is opened (:data:`USER_HEADER`), so that a session's
  id, which is part of its upload URLs, is worth nothing to anybody else;
- sends the headers by which browsers keep foreign scripts and frames out.

It is pure ASGI: nothing is buffered, and streams pass through. URLs are never logged.
"""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import streamlit
from anyio import to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.runtime import Runtime

from mvkit.errors import InvalidInput, MvkitError, NotFound, RateLimited, Unauthorized
from mvkit.settings import get_settings
from mvkit.web.hosts import (
    SAFE_METHODS,
    foreign_site,
    host_name,
    is_foreign,
    is_loopback,
    is_number,
)
from mvkit.web.receiving import at_most
from mvkit.web.visitor import user_of

MIB = 1024**2
MOST_UPLOAD_BYTES = 11 * MIB
"""A song of 10 MB and what a browser wraps around it."""
MOST_HELD = 4
"""How many files one page may hold in memory; a page of ours takes each at once and lets it go."""

USER_HEADER: Final = "x-mvkit-user"
"""How Streamlit is told whose WebSocket this is (``server.trustedUserHeaders``)."""

UPLOADS = "/_stcore/upload_file/"
OPEN = ("/_stcore/health", "/_stcore/host-config", "/_stcore/stream")
"""What the pages need, besides uploads, of what Streamlit opens under :data:`CLOSED`."""
CLOSED = ("/_stcore/", "/media/", "/component/")

log = logging.getLogger("mvkit.web")


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Why a request goes no further.

    Attributes
    ----------
    status : int
        The HTTP status.
    error : MvkitError
        What is told, in the form of the API's errors.
    """

    status: int
    error: MvkitError

    def response(self) -> Response:
        """Return the answer, in the API's one form of errors."""
        error = {
            "code": self.error.code,
            "reason": self.error.reason,
            "message": self.error.message,
            "retryable": self.error.retryable,
        }
        body = json.dumps({"error": error})
        return Response(body, status_code=self.status, media_type="application/json")


class Gate:
    """The middleware; see the module.

    Parameters
    ----------
    app
        What lies behind.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        knock = HTTPConnection(scope)
        sending = _with_headers(send, host=_plain_host(knock.headers))
        if refusal := await _refusal(knock):
            await _refuse(refusal, scope, receive, sending)
            return
        if scope["type"] == "websocket":
            scope = {**scope, "headers": _named(knock.headers, await _user(knock))}
        if not _is_upload(knock):
            await self.app(scope, receive, sending)
            return
        receive_some = at_most(MOST_UPLOAD_BYTES, receive, refusal=_TooMuchError())
        try:
            await self.app(scope, receive_some, sending)
        except _TooMuchError:
            await _refuse(_TOO_LARGE, scope, receive, sending)


async def _refusal(knock: HTTPConnection) -> Refusal | None:
    """Return what speaks against a request, if anything does."""
    for check in (_check_host, _check_origin, _check_path):
        if refusal := check(knock):
            return refusal
    if not _is_upload(knock):
        return None
    if not await _user(knock):
        return _LOGIN_FIRST
    return _TOO_MANY if _n_held(knock.scope["path"]) >= MOST_HELD else None


def _check_host(knock: HTTPConnection) -> Refusal | None:
    settings = get_settings()
    name = host_name(knock.headers.get("host", ""))
    if settings.auth == "off":
        from_here = knock.client is not None and is_loopback(knock.client.host)
        if from_here and is_loopback(name):
            return None
        return _FROM_HERE_ONLY
    if is_number(name) or is_loopback(name) or name == urlsplit(settings.public_url).hostname:
        return None
    log.warning("Asked for under the name %r, which is not in public_url; refused.", name[:100])
    return _WRONG_NAME


def _check_origin(knock: HTTPConnection) -> Refusal | None:
    if knock.scope["type"] == "http" and knock.scope["method"] in SAFE_METHODS:
        return None
    return _FOREIGN_SITE if is_foreign(knock.headers) else None


def _check_path(knock: HTTPConnection) -> Refusal | None:
    path = knock.scope["path"]
    closed = path.startswith(CLOSED) and path not in OPEN and not _is_upload(knock)
    return _CLOSED if closed else None


def _is_upload(knock: HTTPConnection) -> bool:
    return bool(knock.scope["path"].startswith(UPLOADS))


def _n_held(path: str) -> int:
    """Return how many files Streamlit holds in memory for the session that a path names."""
    if not Runtime.exists():
        return 0
    session_id = path.removeprefix(UPLOADS).strip("/").partition("/")[0]
    uploads = Runtime.instance().uploaded_file_mgr
    return len(getattr(uploads, "file_storage", {}).get(session_id, {}))


async def _user(knock: HTTPConnection) -> str:
    """Return who is logged in, or nobody: ``""``."""
    try:
        return await to_thread.run_sync(user_of, knock.cookies)
    except Unauthorized:
        return ""


def _named(headers: Headers, user: str) -> list[tuple[bytes, bytes]]:
    """Return headers in which nobody but us says who somebody is."""
    named = [(name, value) for name, value in headers.raw if name != USER_HEADER.encode()]
    if user:
        named.append((USER_HEADER.encode(), user.encode()))
    return named


def _plain_host(headers: Headers) -> str:
    """Return the host that was asked for, with its port, if it can be nothing else."""
    host = headers.get("host", "")
    return host if re.fullmatch(r"[\w.:\[\]-]+", host, re.ASCII) else ""


class _TooMuchError(Exception):
    """More was sent than is taken."""


async def _refuse(refusal: Refusal, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": refusal.error.reason})
        return
    await refusal.response()(scope, receive, send)


def _with_headers(send: Send, *, host: str) -> Send:
    """Return a ``send`` that adds the security headers to whatever is answered."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("content-security-policy", _content_policy(host))
        await send(message)

    return sending


_HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def _content_policy(host: str) -> str:
    """Return what a page may load: its own, and nothing from elsewhere.

    Styles are written into the page by Streamlit; of scripts, only files of ours and the few
    lines that stand in Streamlit's own page.
    """
    allowed: dict[str, str] = {
        "default-src": "'self'",
        "script-src": " ".join(("'self'", *_inline_scripts())),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "media-src": "'self' blob:",
        "font-src": "'self' data:",
        "connect-src": f"'self' ws://{host} wss://{host}" if host else "'self'",
        "worker-src": "'self' blob:",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{what} {where}" for what, where in allowed.items())


@cache
def _inline_scripts() -> tuple[str, ...]:
    """Return the hashes of the scripts that stand in Streamlit's page itself."""
    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_text("utf-8")
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digests = (hashlib.sha256(script.encode()).digest() for script in scripts)
    return tuple(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)


_WRONG_NAME = Refusal(
    status=421,
    error=InvalidInput(
        "This service does not answer to that name. Use the address it was given to you under; "
        "whoever runs it can set another with MVKIT_PUBLIC_URL.",
        reason="HOST",
    ),
)
_FROM_HERE_ONLY = Refusal(
    status=403,
    error=Unauthorized(
        "Without logins this service is for the machine it runs on, and for nobody else. "
        "Run it with MVKIT_AUTH=on to let others in.",
        reason="LOCAL_ONLY",
    ),
)
_FOREIGN_SITE = Refusal(status=403, error=foreign_site())
_CLOSED = Refusal(status=404, error=NotFound("There is nothing here."))
_LOGIN_FIRST = Refusal(
    status=401, error=Unauthorized("Log in before you upload a file.", reason="TOKEN")
)
_TOO_MANY = Refusal(
    status=429,
    error=RateLimited("Too many files wait on this page already. Load it again.", reason="UPLOADS"),
)
_TOO_LARGE = Refusal(
    status=413,
    error=InvalidInput(
        f"The file is larger than {MOST_UPLOAD_BYTES // MIB} MB. Use a smaller one.",
        reason="TOO_LARGE",
    ),
)
