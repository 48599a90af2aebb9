"""What a person can take home of a film: plain links, which the API answers with files."""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import dataclass

from mvkit.chain import STAGES
from mvkit.schema.report import REPORT_PAGE
from mvkit.web.parts.film import Film
from mvkit.web.parts.player import file_url

MB = 1000**2
KINDS = (
    ("video.mp4", "The film", "MP4"),
    ("lyrics.srt", "Subtitles", "SRT"),
    ("cuts.edl", "Cut list for editing programs", "EDL"),
    ("cuts.otio", "Timeline for editing programs", "OTIO"),
    ("poster.jpg", "Poster", "JPEG"),
    ("contact_sheet.jpg", "Contact sheet", "JPEG"),
    ("plan.json", "The director's plan", "JSON"),
    (REPORT_PAGE, "The film's report", "HTML, with figures"),
)
"""File, what it is, and its format."""


@dataclass(frozen=True, kw_only=True)
class Download:
    """One file to take home.

    Attributes
    ----------
    detail : str
        Its format, and how large it is.
    """

    url: str
    label: str
    detail: str


def downloads(film: Film) -> str:
    """Return links to all files of a film that are there, as HTML."""
    links = "".join(
        f'<a class="mv-download" href="{html.escape(link.url)}" target="_self">'
        f"<span>{html.escape(link.label)}<small>{html.escape(link.detail)}</small></span></a>"
        for link in (*_files(film), *_reports(film))
    )
    return f'<div class="mv-downloads">{links}</div>'


def _files(film: Film) -> Iterator[Download]:
    for name, label, kind in KINDS:
        if name in film.files:
            detail = f"{kind}, {_size(film.files[name].n_bytes)}"
            yield Download(url=_url(film, name), label=label, detail=detail)


def _reports(film: Film) -> Iterator[Download]:
    """Yield the executed notebooks, each as a page of HTML."""
    for stage in STAGES:
        name = f"notebooks/{stage.number:02d}_{stage.name}"
        if f"{name}.ipynb" in film.files:
            yield Download(
                url=_url(film, f"{name}.html"),
                label=f"Notebook {stage.number}: {stage.name}",
                detail="HTML, with figures",
            )


def _url(film: Film, name: str) -> str:
    return f"{file_url(film.job.job_id, name)}?download=1"


def _size(n_bytes: int) -> str:
    return f"{n_bytes / MB:.1f} MB" if n_bytes >= MB / 10 else f"{n_bytes / 1000:.0f} kB"
