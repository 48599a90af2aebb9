"""How a file goes to a browser: from an open file, in ranges where asked, once where kept.

Starlette answers ranges, but only for a path, and a path may lead elsewhere by the time it is
opened again. So a file is opened once, without following links, and answered for by the name that
the system gives to what is open (``/dev/fd/7``).

Contents
--------
OpenedFile, is_known, tag_of, attached
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Mapping
from typing import IO
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response
from starlette.staticfiles import NotModifiedResponse
from starlette.types import Message, Receive, Scope, Send

from mvkit.errors import InvalidInput
from mvkit.web.api.errors import problem

REFUSED = (400, 416)
"""How Starlette answers ranges that are none, or are not in the file."""
MAX_NAME = 80

_NO_NAME = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')


class OpenedFile(FileResponse):
    """The answer that sends an open file, and closes it.

    Parameters
    ----------
    file : binary file
        Open for reading, with a descriptor of its own.
    media_type : str
        What it is.
    headers : mapping
        What else is to be said.
    """

    def __init__(self, file: IO[bytes], *, media_type: str, headers: Mapping[str, str]) -> None:
        self._file = file
        state = os.fstat(file.fileno())
        super().__init__(
            f"/dev/fd/{file.fileno()}",
            headers={"etag": tag_of(state), **headers},
            media_type=media_type,
            stat_result=state,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the file, or say that it is known, or that it has no such range."""
        is_refused = False

        async def sending(message: Message) -> None:
            nonlocal is_refused
            is_refused = is_refused or message.get("status") in REFUSED
            if not is_refused:
                await send(message)

        with self._file:
            if is_known(Headers(scope=scope), self.headers["etag"]):
                await NotModifiedResponse(self.headers)(scope, receive, send)
                return
            await super().__call__(scope, receive, sending)
        if is_refused:
            await self._no_such_range()(scope, receive, send)

    def _no_such_range(self) -> Response:
        n_bytes = self.headers["content-length"]
        error = InvalidInput(f"The file has no such range; it has {n_bytes} bytes.", reason="RANGE")
        return problem(error, headers={"Content-Range": f"bytes */{n_bytes}"})


def tag_of(state: os.stat_result, *, form: str = "") -> str:
    """Return the entity tag of a file as it is, or of what is made from it in some form."""
    return f'"{state.st_mtime_ns:x}-{state.st_size:x}{form and "-"}{form}"'


def is_known(asked: Headers, tag: str) -> bool:
    """Whether the client has what we would send (RFC 9110, 13.1.2)."""
    known = [each.strip().removeprefix("W/") for each in asked.get("if-none-match", "").split(",")]
    return "*" in known or tag in known


def attached(name: str, *, plain: str) -> str:
    """Return the Content-Disposition of a file to keep (RFC 6266, with RFC 5987's encoding).

    Parameters
    ----------
    name : str
        What it shall be called; any text with an ending.
    plain : str
        What it is called where nothing of that is left.
    """
    stem, dot, ending = name.rpartition(".")
    tidy = " ".join(_NO_NAME.sub(" ", unicodedata.normalize("NFC", stem)).split())
    shown = f"{tidy[:MAX_NAME].strip(' .')}{dot}{ending}" if tidy.strip(" .") else plain
    ascii_stem = unicodedata.normalize("NFKD", shown.rpartition(".")[0]).encode("ascii", "ignore")
    legacy = f"{ascii_stem.decode()}{dot}{ending}" if ascii_stem.strip() else plain
    return f"attachment; filename=\"{legacy}\"; filename*=UTF-8''{quote(shown, safe='')}"
