"""Who works in which threads, so that short work is not kept waiting by long.

Python runs one thread at a time, and the more of them want to, the longer the event loop waits for
its turn. A look at a row or at a small file is over in a millisecond, so a few threads take those
in turn, however many ask. Songs are decoded few at a time, and those that wait for their turn hold
up nobody else. All else goes where FastAPI puts it.

Contents
--------
look, decode
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from anyio import CapacityLimiter, to_thread

P = ParamSpec("P")
T = TypeVar("T")

LOOKS = CapacityLimiter(4)
DECODINGS = CapacityLimiter(2)


async def look(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Do something short that may wait for a disk or a database."""
    return await to_thread.run_sync(lambda: work(*args, **kwargs), limiter=LOOKS)


async def decode(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Do something that decodes a song."""
    return await to_thread.run_sync(lambda: work(*args, **kwargs), limiter=DECODINGS)
