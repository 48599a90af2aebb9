"""What a person has spent and on what, from the index of runs and the ledger.

The index says what every run has booked; it is asked for the runs of this person's jobs and no
others, and what it said is good for a few seconds. What is set aside at this moment for orders that
are not settled only the ledger knows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa
import streamlit as st

from mvkit.database import reading
from mvkit.index import query
from mvkit.jobs.table import JOBS, list_jobs
from mvkit.ledger.table import ACCOUNTS, ZERO

REMEMBERED_S = 10.0
MOST_FILMS = 10

SPENDING = """
WITH jobs AS (SELECT unnest($jobs::VARCHAR[]) AS job_id),
    films AS (FROM runs SEMI JOIN jobs USING (job_id)),
    orders AS (FROM costs SEMI JOIN jobs USING (job_id)),
    done AS (FROM stages SEMI JOIN jobs USING (job_id) WHERE status = 'finished'),
    months AS (
        SELECT date_trunc('month', coalesce(booked_at, created_at))::TIMESTAMP AS month,
            sum(orders.cost_usd) AS usd
        FROM orders JOIN films USING (job_id) GROUP BY month
    ),
    buys AS (SELECT stage, sum(cost_usd) AS usd FROM orders GROUP BY stage),
    makers AS (
        SELECT model, sum(cost_usd) AS usd, count(*) AS n FROM orders
        WHERE state != 'released' GROUP BY model
    ),
    dearest AS (FROM films WHERE cost_usd > 0 ORDER BY cost_usd DESC, job_id LIMIT $most),
    work AS (SELECT stage, sum(duration_s) AS seconds FROM done GROUP BY stage)
SELECT
    (SELECT count(*) FROM films),
    (SELECT coalesce(sum(song_s) FILTER (film != ''), 0) FROM films),
    (SELECT coalesce(sum(worked_s), 0) FROM films),
    ARRAY(SELECT row(month, usd) FROM months WHERE usd > 0 ORDER BY month),
    ARRAY(SELECT row(stage, usd) FROM buys WHERE usd > 0),
    ARRAY(SELECT row(model, usd, n) FROM makers ORDER BY usd DESC, model),
    ARRAY(
        SELECT row(job_id, if(title = '', prompt, title), coalesce(song_s, 0.0), cost_usd)
        FROM dearest ORDER BY cost_usd DESC, job_id
    ),
    ARRAY(SELECT row(stage, seconds) FROM work)
"""
"""All at once, so that the index is brought up to date once."""


@dataclass(frozen=True, kw_only=True)
class DearFilm:
    """A film that cost something."""

    job_id: str
    title: str
    song_s: float
    cost_usd: Decimal

    @property
    def usd_per_minute(self) -> float:
        """What a minute of it cost; 0 where nobody knows how long it is."""
        return float(self.cost_usd) / self.song_s * 60 if self.song_s else 0.0


@dataclass(frozen=True, kw_only=True)
class Spending:
    """What was spent, and what came of it.

    Attributes
    ----------
    n_runs : int
        Films that the index knows, begun ones included.
    n_unknown : int
        Films whose runs are not on this machine.
    film_s, worked_s : float
        Length of all finished films, and how long was worked on them.
    by_month : tuple of (datetime, Decimal)
        First day of each month in which something was spent, oldest first.
    by_stage : dict of str to Decimal
        Only stages that cost something.
    by_model : tuple of (str, Decimal, int)
        Model, what it cost, and how many things it made; the dearest first, free ones last.
    worked_by_stage : dict of str to float
        Seconds.
    """

    n_runs: int
    n_unknown: int
    film_s: float
    worked_s: float
    by_month: tuple[tuple[datetime, Decimal], ...]
    by_stage: dict[str, Decimal]
    by_model: tuple[tuple[str, Decimal, int], ...]
    dearest: tuple[DearFilm, ...]
    worked_by_stage: dict[str, float]

    @property
    def total_usd(self) -> Decimal:
        """What was spent in all."""
        return sum((usd for _, usd in self.by_month), ZERO)

    def in_month(self, now: datetime) -> Decimal:
        """Return what was spent in the month of a day."""
        this = (now.year, now.month)
        return sum((usd for day, usd in self.by_month if (day.year, day.month) == this), ZERO)


@st.cache_data(ttl=REMEMBERED_S, max_entries=256, show_spinner="Adding up …")
def spending_of(user: str) -> Spending:
    """Return what a user has spent on the films that are still kept.

    Raises
    ------
    GenerationFailed
        If the index cannot be brought up to date.
    """
    jobs = [job.job_id for job in list_jobs(user=user)]
    [row] = query(SPENDING, parameters={"jobs": jobs, "most": MOST_FILMS}).rows
    n_runs, film_s, worked_s, by_month, by_stage, by_model, dearest, work = row
    return Spending(
        n_runs=n_runs,
        n_unknown=len(jobs) - n_runs,
        film_s=film_s,
        worked_s=worked_s,
        by_month=tuple(by_month),
        by_stage=dict(by_stage),
        by_model=tuple(by_model),
        dearest=tuple(
            DearFilm(job_id=job_id, title=title, song_s=song_s, cost_usd=cost_usd)
            for job_id, title, song_s, cost_usd in dearest
        ),
        worked_by_stage=dict(work),
    )


def held_usd(user: str) -> Decimal:
    """Return what is set aside at this moment for orders of a user's films."""
    held = (
        sa.select(sa.func.sum(ACCOUNTS.c.held_usd))
        .join_from(ACCOUNTS, JOBS, ACCOUNTS.c.job_id == JOBS.c.job_id)
        .where(JOBS.c.user == user)
    )
    with reading() as connection:
        return connection.execute(held).scalar() or ZERO
