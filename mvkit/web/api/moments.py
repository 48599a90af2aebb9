"""Answers that are good for a moment: many ask, one looks it up.

When hundreds of pollers ask how a few jobs stand, most of the work would be the same work. An
answer is given again while it is fresh, and whoever asks while it is looked up waits for that.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from mvkit.web.api.threads import look

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

MOST_KNOWN = 1024


class Moments(Generic[K, V]):
    """What was looked up lately; for the coroutines of one event loop.

    Parameters
    ----------
    look_up : callable
        Returns the answer for a key, in a thread; what it raises is raised to all who wait.
    for_s : float
        How long an answer is good for, in seconds.
    """

    def __init__(self, look_up: Callable[[K], V], *, for_s: float) -> None:
        self._look_up = look_up
        self._for_s = for_s
        self._known: dict[K, tuple[float, V]] = {}
        self._asked: dict[K, asyncio.Task[V]] = {}

    async def get(self, key: K) -> V:
        """Return the answer for a key."""
        good_until_s, answer = self._known.get(key, (0.0, None))
        if answer is not None and time.monotonic() < good_until_s:
            return answer
        asked = self._asked.get(key)
        if asked is None:
            asked = self._asked[key] = asyncio.create_task(self._ask(key))
        return await asyncio.shield(asked)

    def forget(self) -> None:
        """Have everything looked up anew; for any thread."""
        self._known = {}
        self._asked = {}

    async def _ask(self, key: K) -> V:
        known, asked = self._known, self._asked  # forgotten meanwhile, the answer is not kept
        try:
            answer = await look(self._look_up, key)
            if len(known) >= MOST_KNOWN:
                known.clear()
            known[key] = (time.monotonic() + self._for_s, answer)
            return answer
        finally:
            asked.pop(key, None)
