"""What a user may still ask for: songs this hour, places in the queue, room.

Contents
--------
Allowance, allowance_of, meters
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from mvkit.jobs.limits import GB, HOUR_S
from mvkit.jobs.table import BUSY, ENDED, list_jobs
from mvkit.settings import get_settings
from mvkit.web.parts.progress import bar


@dataclass(frozen=True, kw_only=True)
class Allowance:
    """What is left of the limits.

    Attributes
    ----------
    songs, songs_most : int
        How many may be submitted now, and in any hour.
    wait_s : float
        Seconds until the next may be; 0 if one may be now.
    queue, queue_most : int
        How many more may wait or run, and at the same time at all.
    room_bytes, room_bytes_most : float
        What more may be kept, and at all.
    """

    songs: int
    songs_most: int
    wait_s: float
    queue: int
    queue_most: int
    room_bytes: float
    room_bytes_most: float


def allowance_of(user: str) -> Allowance:
    """Return what is left to a user; the queue counts again when something is submitted."""
    settings, now_s = get_settings(), time.time()
    jobs = list_jobs(user=user, states=(*BUSY, *ENDED, "deleted"))
    recent_s = [job.submitted_at_s for job in jobs if job.submitted_at_s > now_s - HOUR_S]
    most = settings.submissions_per_hour
    # Jobs come newest first: the one that must be an hour old for the next is the most-th.
    wait_s = recent_s[most - 1] + HOUR_S - now_s if len(recent_s) >= most else 0.0
    room_bytes = settings.quota_gb * GB
    return Allowance(
        songs=max(0, most - len(recent_s)),
        songs_most=most,
        wait_s=wait_s,
        queue=max(0, settings.queued_per_user - sum(job.state in BUSY for job in jobs)),
        queue_most=settings.queued_per_user,
        room_bytes=max(0.0, room_bytes - sum(job.n_bytes for job in jobs)),
        room_bytes_most=room_bytes,
    )


def meters(allowance: Allowance) -> str:
    """Return what is left of each limit, and how far it is used up, as a row of cards."""
    room_used = allowance.room_bytes_most - allowance.room_bytes
    cards = (
        _meter(
            "Room for films",
            f"{allowance.room_bytes / GB:.2f} of {allowance.room_bytes_most / GB:g} GB left",
            used=room_used / allowance.room_bytes_most,
        ),
        _meter(
            "Songs this hour",
            f"{allowance.songs} of {allowance.songs_most} left",
            used=1 - allowance.songs / allowance.songs_most,
        ),
        _meter(
            "Films at the same time",
            f"{allowance.queue} of {allowance.queue_most} left",
            used=1 - allowance.queue / allowance.queue_most,
        ),
    )
    return f'<div class="mv-grid">{"".join(cards)}</div>'


def _meter(title: str, told: str, *, used: float) -> str:
    return (
        f'<div class="mv-card"><p class="mv-muted mv-small">{title}</p>'
        f'<p class="mv-number mv-card__title">{told}</p>'
        f"{bar(100 * min(1.0, used), label=f'{title}, used')}</div>"
    )
