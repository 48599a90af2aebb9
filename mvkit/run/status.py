"""How a run stands, as a poller reads it."""

from __future__ import annotations

from typing import Literal

from mvkit.schema import Record
from mvkit.schema.base import JobId

State = Literal[
    "waiting",  # nobody has begun
    "queued",  # in the queue, for whichever worker has room
    "running",
    "planned",  # the storyboard is there and waits for approval
    "finished",
    "failed",
    "cancelled",  # by its user
    "stopped",  # cut off without a word; begun again, it goes on
]


class Status(Record):
    """What a poller needs to know about a run.

    Attributes
    ----------
    progress : float
        0-100, in the product document's marks per stage.
    eta_s : float or None
        Seconds the rest will take, once that can be told.
    error : dict or None
        The fields of an ``error`` event.
    """

    job_id: JobId
    state: State
    stage: str = ""
    progress: float = 0.0
    clips_done: int = 0
    n_clips: int = 0
    eta_s: float | None = None
    total_cost: float = 0.0
    started_at: float | None = None
    updated_at: float
    error: dict[str, str | bool] | None = None
