"""A film on a card: its picture, what it is called, and what there is to say at a glance.

A glance is two small files of the run at most, remembered for as long as the job's row stays the
same, so that a shelf of hundreds of films is drawn from one reading of the database.
"""

from __future__ import annotations

import hashlib
import html
import time
from dataclasses import dataclass
from datetime import tzinfo
from functools import lru_cache

from mvkit.errors import InvalidArtefact, NotFound
from mvkit.jobs.table import BUSY, Job
from mvkit.run import STATUS_FILE, State, Status
from mvkit.schema import Brief
from mvkit.storage import get_store
from mvkit.web.parts.amounts import clock
from mvkit.web.parts.dates import day
from mvkit.web.parts.heading import state_chip
from mvkit.web.parts.player import file_url
from mvkit.web.parts.progress import WORK, bar

REMEMBERED = 4096
PAGES = {"finished": "/library", "planned": "/storyboard"}
"""Where a film in a state is looked at; all others are watched."""


@dataclass(frozen=True, kw_only=True)
class Glance:
    """What a card says of a film.

    Attributes
    ----------
    prompt : str
        What the user wished; empty if the run is gone.
    status : Status or None
        How the run stands, if it says so.
    """

    job: Job
    prompt: str
    status: Status | None

    @property
    def state(self) -> State:
        """How the film stands, as its job says, which knows first."""
        assert self.job.state != "deleted"  # such jobs are never listed
        return self.job.state

    @property
    def title(self) -> str:
        """What to call it: its title or, without one, what was wished."""
        return self.job.title or self.prompt or "Untitled film"


def glance_at(job: Job) -> Glance:
    """Return what a card says of a film; nothing is read twice of one that has ended."""
    return _read(job) if job.state in BUSY else _remembered(job)


@lru_cache(maxsize=REMEMBERED)
def prompt_of(job_id: str) -> str:
    """Return what was wished for a film; empty if its run is gone or damaged."""
    try:
        return Brief.from_json(get_store().read(job_id, Brief.file_name())).prompt
    except (NotFound, InvalidArtefact):
        return ""


def film_card(glance: Glance, *, zone: tzinfo) -> str:
    """Return the card of a film, a link to its page, as HTML."""
    job = glance.job
    href = f"{PAGES.get(job.state, '/watch')}?job={job.job_id}"
    return (
        f'<a class="mv-card mv-film-card" href="{href}" target="_self">{_picture(glance)}'
        f'<p class="mv-card__title">{html.escape(glance.title)}</p>{_wish(glance)}'
        f"{_making(glance)}"
        f'<p class="mv-film-card__facts">{_facts(glance, zone=zone)}</p></a>'
    )


def _read(job: Job) -> Glance:
    try:
        status = Status.model_validate_json(get_store().read(job.job_id, STATUS_FILE))
    except (NotFound, ValueError):
        status = None
    return Glance(job=job, prompt=prompt_of(job.job_id), status=status)


_remembered = lru_cache(maxsize=REMEMBERED)(_read)


def _picture(glance: Glance) -> str:
    """Return the thumbnail, or the colours and first pictures of a film that has none yet."""
    job_id = glance.job.job_id
    if glance.state == "finished":
        url = file_url(job_id, "thumbnail.jpg", written_at_s=glance.job.updated_at_s)
        return f'<img src="{url}" loading="lazy" decoding="async" alt="">'
    stills = "".join(f"url({file_url(job_id, name)}), " for name in _stills(glance))
    hue = int(hashlib.sha256(job_id.encode()).hexdigest()[:4], 16) % 360
    colours = f"hsl({hue} 45% 26%), hsl({(hue + 70) % 360} 40% 12%)"
    pictures = f"{stills}linear-gradient(135deg, {colours})"
    return f'<div class="mv-film-card__still" style="background-image: {pictures}"></div>'


def _stills(glance: Glance) -> list[str]:
    """Return the pictures that an unfinished film may have by now, the best first."""
    if glance.status is None:
        return []
    if glance.status.clips_done:
        return ["clips/000.jpg"]
    return _first_sketch(glance.job.job_id) if glance.state == "planned" else []


def _first_sketch(job_id: str) -> list[str]:
    """Return the name of the first clip's latest sketch, if there is one."""
    files = [file for file in get_store().files(job_id) if file.name.startswith("sketches/000-")]
    return [max(files, key=lambda file: file.modified_at_s).name] if files else []


def _wish(glance: Glance) -> str:
    """Return what was wished, where it is not the title already."""
    if not glance.prompt or glance.title == glance.prompt:
        return ""
    return f'<p class="mv-card__text mv-film-card__wish">{html.escape(glance.prompt)}</p>'


def _making(glance: Glance) -> str:
    """Return how far a film is that is being made."""
    status = glance.status
    if glance.state != "running" or status is None:
        return ""
    work = WORK.get(status.stage, "Starting")
    return (
        f'<p class="mv-card__text">{work}, {status.progress:.0f} %</p>'
        f"{bar(status.progress, label='How far the film is')}"
    )


def _facts(glance: Glance, *, zone: tzinfo) -> str:
    """Return length, cost and day of a film, and a chip if it is not finished."""
    job = glance.job
    cost_usd = glance.status.total_cost if glance.status else 0.0
    facts = [
        f"<span>{clock(job.song_s)}</span>",
        f"<span>{f'${cost_usd:.2f}' if cost_usd else 'free'}</span>",
        f"<span>{day(job.submitted_at_s, zone=zone, now_s=time.time())}</span>",
    ]
    if glance.state != "finished":
        facts.append(state_chip(glance.state))
    return "".join(facts)
