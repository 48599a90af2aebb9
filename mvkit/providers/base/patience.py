"""Having a model work until it has delivered: how often, and after which pauses."""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Callable
from typing import TypeVar

from mvkit.errors import MvkitError, RateLimited

T = TypeVar("T")

ATTEMPTS = 3
BACKOFF_S = (2.0, 4.0, 8.0)
"""Waiting times between attempts, from the product document; up to a quarter longer by chance."""
LONGEST_WAIT_S = 120.0
"""So long services may have us wait, for one thing, before that is a failure."""


def deliver(
    work: Callable[[], T], *, seed: int, sleep: Callable[[float], None] = time.sleep
) -> tuple[T, int]:
    """Have a model work, again after a pause where that may help; the one owner of retries.

    A service that says when to ask again is obeyed: that is no attempt of the three, but all such
    waiting together is no longer than `LONGEST_WAIT_S`.

    Parameters
    ----------
    work : callable
        Does one attempt.
    seed : int
        Seeds the jitter of the pauses.
    sleep : callable
        Waits, in seconds.

    Returns
    -------
    result, n_retries

    Raises
    ------
    MvkitError
        What the last attempt raised.
    """
    jitter = random.Random(seed)
    n_failures, patience_s = 0, LONGEST_WAIT_S
    for n_retries in itertools.count():
        try:
            return work(), n_retries
        except MvkitError as error:
            pause_s = BACKOFF_S[min(n_failures, len(BACKOFF_S) - 1)]
            if isinstance(error, RateLimited) and error.retry_after_s is not None:
                pause_s = max(pause_s, error.retry_after_s)
                patience_s -= pause_s
            else:
                n_failures += 1
            if not error.retryable or n_failures == ATTEMPTS or patience_s < 0:
                raise
        sleep(pause_s * (1.0 + jitter.random() / 4))
    raise AssertionError("unreachable: the last attempt returns or raises")
