"""What one user may ask for: submissions per hour, jobs in the queue, room on the disk.

All is counted inside the transaction that adds the job (:func:`mvkit.database.alone`), so that
twenty submissions at the same instant with five places left give exactly five.
"""

from __future__ import annotations

import math
import time

import sqlalchemy as sa

from mvkit.errors import QuotaExceeded, RateLimited
from mvkit.jobs.table import BUSY, JOBS
from mvkit.settings import get_settings

HOUR_S = 3600.0
GB = 1000**3


def check_submission(
    connection: sa.Connection, user: str, *, n_bytes: int, in_bulk: bool = False
) -> None:
    """Check that a user may submit one more job, of so many bytes.

    Parameters
    ----------
    in_bulk : bool
        Whether only room is counted: for whoever runs the machine, and submits a whole batch.

    Raises
    ------
    RateLimited
        Saying when to come back.
    QuotaExceeded
        If the runs of the user take too much room already.
    """
    if not in_bulk:
        _check_rate(connection, user)
        check_queue(connection, user)
    _check_room(connection, user, n_bytes=n_bytes)


def check_queue(connection: sa.Connection, user: str) -> None:
    """Check that a user may have one more job waiting or running.

    Raises
    ------
    RateLimited
        If too many wait or run already.
    """
    most = get_settings().queued_per_user
    busy = sa.select(sa.func.count()).where(JOBS.c.user == user, JOBS.c.state.in_(BUSY))
    n_busy = connection.execute(busy).scalar_one()
    if n_busy >= most:
        raise RateLimited(
            f"{n_busy} of your jobs wait or run already, at most {most} may. "
            "Wait for one to finish, or cancel one.",
            reason="QUEUE_FULL",
        )


def _check_rate(connection: sa.Connection, user: str) -> None:
    most, now_s = get_settings().submissions_per_hour, time.time()
    recent = (
        sa.select(JOBS.c.submitted_at_s)
        .where(JOBS.c.user == user, JOBS.c.submitted_at_s > now_s - HOUR_S)
        .order_by(JOBS.c.submitted_at_s.desc())
        .limit(most)
    )
    submitted_at_s = list(connection.execute(recent).scalars())
    if len(submitted_at_s) >= most:
        wait_s = submitted_at_s[-1] + HOUR_S - now_s
        raise RateLimited(
            f"{most} songs an hour can be submitted, and that many were. "
            f"Come back in {math.ceil(wait_s / 60)} minutes.",
            retry_after_s=wait_s,
        )


def _check_room(connection: sa.Connection, user: str, *, n_bytes: int) -> None:
    most = get_settings().quota_gb * GB
    taken = sa.select(sa.func.sum(JOBS.c.n_bytes)).where(JOBS.c.user == user)
    n_taken = int(connection.execute(taken).scalar() or 0)
    if n_taken + n_bytes > most:
        raise QuotaExceeded(
            f"Your films take {n_taken / GB:.2f} GB, and this song {n_bytes / GB:.2f} GB more; "
            f"{most / GB:g} GB can be kept. Delete a film you no longer need."
        )
