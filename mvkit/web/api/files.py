"""The files of a run, to watch, to look at and to keep.

This is the only way by which media reach a browser. What a file is, is said by a table of ours;
what is not in it is for keeping only. An executed notebook can be had as a page of HTML, which is
held in a sandbox, as a film's report is: its scripts are ours, but nothing in it may act as our
page.
"""

from __future__ import annotations

import os
from pathlib import PurePosixPath
from typing import IO, Annotated, Any

from fastapi import APIRouter, Header, Path, Query, Request
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import NotModifiedResponse

from mvkit.errors import MvkitError, NotFound
from mvkit.jobs.table import Job
from mvkit.schema.report import REPORT_PAGE
from mvkit.storage import get_store
from mvkit.storage.folder import Folder
from mvkit.web.api.errors import problems, status_of
from mvkit.web.api.identity import ReadableJob
from mvkit.web.api.jobs import FILM
from mvkit.web.api.links import LinksHere
from mvkit.web.api.models.jobs import RunFile, RunFiles
from mvkit.web.api.sending import OpenedFile, attached, is_known, tag_of

TEXT = "text/plain; charset=utf-8"
MEDIA_TYPES = {
    ".edl": TEXT,
    ".otio": "application/json",
    ".flac": "audio/flac",
    ".ipynb": "application/x-ipynb+json",
    ".jpg": "image/jpeg",
    ".json": "application/json",
    ".jsonl": "application/jsonl",
    ".log": TEXT,
    ".lrc": TEXT,
    ".mp3": "audio/mpeg",
    ".mp4": "video/mp4",
    ".png": "image/png",
    ".srt": "application/x-subrip; charset=utf-8",
    ".txt": TEXT,
    ".wav": "audio/wav",
}
UNKNOWN = "application/octet-stream"
HTML = "text/html; charset=utf-8"
NOTEBOOK, PAGE = ".ipynb", ".html"
CACHED = {"cache-control": "private, no-cache"}
"""Kept by the browser of whoever may see it, and asked for again each time."""
SANDBOX = "sandbox allow-scripts"

FileName = Annotated[
    str,
    Path(
        description="Path of the file in the run; `notebooks/01_analysis.html` is the page of "
        "`notebooks/01_analysis.ipynb`, and `report.html` the film's report, once it was measured.",
        examples=["clips/003.mp4"],
    ),
]
Download = Annotated[bool, Query(description="Whether it is to be kept, rather than shown.")]
Range = Annotated[str | None, Header(description="`bytes=0-1023`, for a part of it.")]
Known = Annotated[
    str | None, Header(alias="If-None-Match", description="The `ETag` of what you have.")
]

_BINARY = {"schema": {"type": "string", "format": "binary"}}
SENDING: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file.", "content": {"*/*": _BINARY}},
    206: {"description": "The part of it that was asked for.", "content": {"*/*": _BINARY}},
    304: {"description": "You have it."},
    **problems(401, 404, 416),
}

router = APIRouter(prefix="/jobs/{job_id}", tags=["files"])


@router.get("/files", responses=problems(401, 404))
def list_files(job: ReadableJob, links: LinksHere) -> RunFiles:
    """List what there is of a run."""
    return RunFiles(
        files=tuple(
            RunFile(
                name=file.name,
                n_bytes=file.n_bytes,
                modified_at=file.modified_at_s,
                url=links.file(job.job_id, file.name),
            )
            for file in get_store().files(job.job_id)
        )
    )


@router.head("/files/{name:path}", include_in_schema=False)
@router.get("/files/{name:path}", responses=SENDING, response_class=Response)
def send_file(
    job: ReadableJob,
    name: FileName,
    request: Request,
    download: Download = False,
    range: Range = None,  # noqa: ARG001 - read from the request; here for the document
    if_none_match: Known = None,  # noqa: ARG001
) -> Response:
    """Send a file of a run, whole or in ranges."""
    if name.endswith(PAGE) and name != REPORT_PAGE:
        return _page(job, name, request, download=download)
    file = _opened(job, name)
    media_type = MEDIA_TYPES.get(PurePosixPath(name).suffix, UNKNOWN)
    headers = CACHED
    if name == REPORT_PAGE:
        media_type, headers = HTML, CACHED | {"content-security-policy": SANDBOX}
    if download or media_type == UNKNOWN:
        headers = headers | {"content-disposition": _kept_as(job, name)}
    return OpenedFile(file, media_type=media_type, headers=headers)


@router.head("/download", include_in_schema=False)
@router.get("/download", responses=SENDING, response_class=Response)
def send_film(
    job: ReadableJob,
    request: Request,
    range: Range = None,
    if_none_match: Known = None,
) -> Response:
    """Send the finished film, to be kept under the song's title."""
    return send_file(job, FILM, request, True, range, if_none_match)


def _opened(job: Job, name: str) -> IO[bytes]:
    """Open a file of a run on this machine, without following links."""
    store = get_store()
    try:
        store.fetch(job.job_id, name)
        return Folder(store.runs_dir / job.job_id).open(name)
    except MvkitError as error:
        if status_of(error) != 404:
            raise
        raise NotFound(
            f"This run has no file {name!r:.80}; GET /jobs/{job.job_id}/files lists those it has."
        ) from error


def _page(job: Job, name: str, request: Request, *, download: bool) -> Response:
    """Return an executed notebook as a page."""
    # Here, since it is slow to load, and few ask for it.
    from mvkit.web.notebook_html import as_html

    with _opened(job, name.removesuffix(PAGE) + NOTEBOOK) as file:
        headers = CACHED | {
            "etag": tag_of(os.fstat(file.fileno()), form="html"),
            "content-security-policy": SANDBOX,
        }
        if download:
            headers["content-disposition"] = _kept_as(job, name)
        if is_known(request.headers, headers["etag"]):
            return NotModifiedResponse(HTMLResponse(headers=headers).headers)
        title = f"{job.title or 'Film'}: {PurePosixPath(name).stem}"
        return HTMLResponse(as_html(file.read(), title=title), headers=headers)


def _kept_as(job: Job, name: str) -> str:
    """Return the Content-Disposition of a file: the film is called as the song, others as here."""
    plain = PurePosixPath(name).name
    return attached(f"{job.title}.mp4" if name == FILM else plain, plain=plain)
