"""What is sent to us, and how much of it is taken.

JSON is small, and more than a little of it is refused unread. Songs come as multipart forms, which
are written to files as they arrive: no part is ever in memory whole, and the first byte too many
ends it, whatever ``Content-Length`` said.

Contents
--------
SmallBodyRoute, Form, receive_form
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Self

import anyio
from fastapi import Request, Response
from fastapi.routing import APIRoute
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from mvkit.errors import InvalidInput, TimedOut
from mvkit.storage.folder import disk_errors
from mvkit.web.receiving import at_most

KIB = 1024
SMALL_BYTES = 64 * KIB
"""What a request may hold that is no upload; of an upload, its fields together."""
WRAPPING_BYTES = 16 * KIB
"""What a form may need for itself: boundaries and headers."""
RECEIVING_S = 600.0
"""How long a form may take to arrive: 10 MiB at 140 kbit/s."""


class SmallBodyRoute(APIRoute):
    """A route that takes no more than a little JSON."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return what answers a request."""
        answer = super().get_route_handler()

        async def answer_small(request: Request) -> Response:
            receive = at_most(SMALL_BYTES, request.receive, refusal=_too_large())
            return await answer(Request(request.scope, receive))

        return answer_small


@dataclass(frozen=True)
class Form:
    """A form that has arrived.

    Attributes
    ----------
    fields : dict
        Text by name.
    files : dict
        Where each file was written, by name.
    """

    fields: dict[str, str] = field(default_factory=dict)
    files: dict[str, Path] = field(default_factory=dict)


async def receive_form(
    request: Request, *, folder: Path, files: Mapping[str, int], fields: Collection[str]
) -> Form:
    """Receive a multipart form.

    Parameters
    ----------
    folder : Path
        Where its files are written, by the names of their fields.
    files : mapping of str to int
        The files it may have, and how many bytes each may be at most.
    fields : collection of str
        The text fields it may have.

    Raises
    ------
    InvalidInput
        ``CONTENT_TYPE`` if it is no form, ``FORM`` if it is damaged or has parts that nobody
        knows or that are there twice, ``FILE_TOO_LARGE`` and ``BODY_TOO_LARGE``.
    TimedOut
        If it does not arrive.
    GenerationFailed
        If the disk is full.
    """
    kind, options = parse_options_header(request.headers.get("content-type"))
    if kind != b"multipart/form-data" or b"boundary" not in options:
        raise InvalidInput(
            "The request is no form; send it as multipart/form-data, as "
            "`curl -F audio_file=@song.mp3` does.",
            reason="CONTENT_TYPE",
        )
    most_bytes = sum(files.values()) + SMALL_BYTES + WRAPPING_BYTES
    receive = at_most(most_bytes, request.receive, refusal=_too_large())
    with _Receiver(folder, files=files, fields=fields) as receiver:
        parser = receiver.parser(options[b"boundary"])
        with _failures_told(), anyio.move_on_after(RECEIVING_S) as patience:
            async for chunk in Request(request.scope, receive).stream():
                await run_in_threadpool(parser.write, chunk)
    if patience.cancelled_caught:
        raise TimedOut("The upload took too long; try again with a better connection.")
    if not receiver.is_complete:
        raise InvalidInput("The form is cut off; send it again.", reason="FORM")
    return receiver.form


class _Receiver:
    """Takes the parts of a form as they come.

    Parameters
    ----------
    folder, files, fields
        As for :func:`receive_form`.
    """

    def __init__(self, folder: Path, *, files: Mapping[str, int], fields: Collection[str]) -> None:
        self.form = Form()
        self.is_complete = False
        self._folder = folder
        self._limits = files
        self._known = {*files, *fields}
        self._headers: dict[bytes, bytes] = {}
        self._header = (bytearray(), bytearray())
        self._name = ""
        self._n_bytes = 0
        self._n_text_bytes = 0
        self._text = bytearray()
        self._file: IO[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def parser(self, boundary: bytes) -> MultipartParser:
        """Return the parser that tells us of the parts."""
        return MultipartParser(
            boundary,
            {
                "on_part_begin": self._headers.clear,
                "on_header_field": lambda data, start, end: self._header[0].extend(data[start:end]),
                "on_header_value": lambda data, start, end: self._header[1].extend(data[start:end]),
                "on_header_end": self._end_header,
                "on_headers_finished": self._begin_part,
                "on_part_data": self._take,
                "on_part_end": self._end_part,
                "on_end": self._complete,
            },
        )

    def _end_header(self) -> None:
        name, value = self._header
        self._headers[bytes(name).lower()] = bytes(value)
        self._header = (bytearray(), bytearray())

    def _begin_part(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition"))
        self._name = options.get(b"name", b"").decode("utf-8", "replace")
        if self._name not in self._known:
            raise InvalidInput(
                f"The form has a part {self._name!r:.60}; expected {', '.join(self._known)}.",
                reason="FORM",
            )
        if self._name in self.form.fields or self._name in self.form.files:
            raise InvalidInput(f"The form has two parts {self._name!r}.", reason="FORM")
        self._n_bytes = 0
        if self._name in self._limits:
            self.form.files[self._name] = self._folder / self._name
            self._file = self.form.files[self._name].open("xb")

    def _take(self, data: bytes, start: int, end: int) -> None:
        if self._file is None:
            self._n_text_bytes += end - start
            if self._n_text_bytes > SMALL_BYTES:
                raise _too_large()
            self._text.extend(data[start:end])
            return
        self._n_bytes += end - start
        most = self._limits[self._name]
        if self._n_bytes > most:
            raise InvalidInput(
                f"{self._name} is larger than {most:,} bytes; send a smaller file.",
                reason="FILE_TOO_LARGE",
            )
        self._file.write(memoryview(data)[start:end])

    def _end_part(self) -> None:
        if self._file is None:
            self.form.fields[self._name] = self._decoded()
        self._close()
        self._text.clear()

    def _decoded(self) -> str:
        try:
            return self._text.decode("utf-8")
        except UnicodeDecodeError as error:
            raise InvalidInput(f"{self._name} is not in UTF-8.", reason="FORM") from error

    def _complete(self) -> None:
        self.is_complete = True

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


@contextmanager
def _failures_told() -> Iterator[None]:
    """Raise what the parser or the disk says as an error of ours."""
    try:
        with disk_errors("the upload"):
            yield
    except FormParserError as error:
        raise InvalidInput(
            "The form is damaged; send it as multipart/form-data.", reason="FORM"
        ) from error


def _too_large() -> HTTPException:
    """Return the error of a body that is too large, in the one form that FastAPI lets through."""
    return HTTPException(413)
