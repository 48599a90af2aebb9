"""Following an order: asking for it, more and more seldom, until it is final or has had its time.

Time is told by the service's clock throughout, so that a wrong clock here cancels nothing.

Contents
--------
follow, Patience
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from mvkit.errors import OutcomeUnknown, RateLimited
from mvkit.providers.replicate.service import Prediction, Service

PAUSES_S = (1.0, 2.0, 3.0, 5.0)
"""Pauses between questions; the last one stays."""
LONGEST_PAUSE_S = 120.0
"""So long a pause the service may ask for."""
UNANSWERED_MOST = 3
"""So many questions in a row may remain without an answer."""
QUEUE_MOST_S = 300.0
"""So long an order may wait to be begun: cold starts take up to three minutes."""
ENDING_S = 15.0
"""So long a cancelled order may take to end."""


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long an order is waited for.

    Attributes
    ----------
    work_s : float
        From when work on it began.
    queue_s : float
        From when it was placed until work begins.
    """

    work_s: float
    queue_s: float = QUEUE_MOST_S

    @property
    def total_s(self) -> float:
        """How long an order may take in all."""
        return self.queue_s + self.work_s

    def over(self, row: Prediction) -> str:
        """Return a sentence if an order has had its time; empty while it has some left."""
        if row.started_s:
            worked_s = row.at_s - row.started_s
            if worked_s > self.work_s:
                return f"It had worked for {worked_s:.0f} s; expected at most {self.work_s:g} s."
        elif row.at_s - row.created_s > self.queue_s:
            return f"It was not begun within {self.queue_s:g} s."
        return ""


def follow(
    service: Service,
    prediction_id: str,
    patience: Patience,
    *,
    sleep: Callable[[float], None] = time.sleep,
) -> tuple[Prediction, str]:
    """Wait for an order to be final; one that has had its time is cancelled.

    Returns
    -------
    prediction, why_cancelled
        The second is empty where it ended by itself.

    Raises
    ------
    ProviderFailed
        ``GONE`` if the service does not know it.
    OutcomeUnknown
        If the service does not tell, or does not end what was cancelled.
    """
    for row in _rows(service, prediction_id, sleep=sleep):
        if row.is_final:
            return row, ""
        if why := patience.over(row):
            service.cancel(prediction_id)
            return _ended(service, row, sleep=sleep), why
    raise AssertionError("unreachable: an order is asked for until it is final or has had its time")


def _ended(service: Service, asked: Prediction, *, sleep: Callable[[float], None]) -> Prediction:
    """Wait for a cancelled order to end; it may still have succeeded."""
    for row in _rows(service, asked.id, sleep=sleep):
        if row.is_final:
            return row
        if row.at_s > asked.at_s + ENDING_S:
            break
    raise OutcomeUnknown(f"The order {asked.id} was cancelled, and does not end.")


def _rows(
    service: Service, prediction_id: str, *, sleep: Callable[[float], None]
) -> Iterator[Prediction]:
    """Yield what the service tells of an order, with pauses; some questions may get no answer."""
    n_unanswered = 0
    for pause_s in itertools.chain(PAUSES_S, itertools.repeat(PAUSES_S[-1])):
        asked_s = 0.0
        try:
            row = service.look(prediction_id)
        except (OutcomeUnknown, RateLimited) as error:
            n_unanswered += 1
            if n_unanswered == UNANSWERED_MOST:
                raise OutcomeUnknown(error.message, reason=error.reason) from error
            if isinstance(error, RateLimited):
                asked_s = min(error.retry_after_s or 0.0, LONGEST_PAUSE_S)
        else:
            n_unanswered = 0
            yield row
        sleep(max(pause_s, asked_s))
