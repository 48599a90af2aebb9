"""Following a workflow: looking at it, more and more seldom, until it is done or has had its time.

Contents
--------
follow, Patience
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mvkit.errors import ProviderFailed
from mvkit.providers.comfyui.failures import failed
from mvkit.providers.comfyui.service import Look, Server

PAUSES_S = (0.25, 0.5, 1.0, 2.0)
"""Pauses between looks; the last one stays."""
SILENT_MOST_S = 60.0
"""So long a server may not answer: it is started anew, or a model takes all of it."""
QUEUE_MOST_S = 1800.0
"""So long a workflow may wait for others to be done."""


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long a workflow is waited for.

    Attributes
    ----------
    work_s : float
        From when it is first seen at work.
    queue_s : float
        From when it was submitted until then.
    silent_s : float
        How long the server may not answer in between.
    """

    work_s: float
    queue_s: float = QUEUE_MOST_S
    silent_s: float = SILENT_MOST_S


def follow(
    server: Server,
    prompt_id: str,
    patience: Patience,
    *,
    name: str,
    sleep: Callable[[float], None] = time.sleep,
) -> Mapping[str, Any]:
    """Wait for a workflow to be done; one that is given up is taken back.

    Returns
    -------
    mapping
        What it made, by node.

    Raises
    ------
    ProviderFailed
        ``FAILED`` or ``INTERRUPTED`` if it ended before it was done, ``TOO_SLOW`` if it has had its
        time, ``LOST`` if the server no longer knows it; as for `Server` if that does not answer.
    """
    try:
        record = _finished(server, prompt_id, patience, name=name, sleep=sleep)
    except BaseException:
        server.cancel(prompt_id)
        raise
    status = record.get("status") or {}
    if status.get("status_str") == "error":
        raise failed(status, name=name)
    return record.get("outputs") or {}


def _finished(
    server: Server,
    prompt_id: str,
    patience: Patience,
    *,
    name: str,
    sleep: Callable[[float], None],
) -> Mapping[str, Any]:
    submitted_s = time.monotonic()
    began_s: float | None = None
    for look in _looks(server, prompt_id, silent_most_s=patience.silent_s, sleep=sleep):
        now_s = time.monotonic()
        if look.state == "done":
            return look.record
        if look.state == "unknown":
            raise ProviderFailed(
                f"{server.host} no longer knows {name}, as if it had been started anew.",
                reason="LOST",
            )
        if look.state == "working":
            began_s = now_s if began_s is None else began_s
            if now_s - began_s > patience.work_s:
                raise _too_slow(f"{name} was at work for more than {patience.work_s:g} s.")
        elif now_s - submitted_s > patience.queue_s:
            raise _too_slow(f"{name} waited for more than {patience.queue_s:g} s to be begun.")
    raise AssertionError("unreachable: it is looked at until it is done or has had its time")


def _looks(
    server: Server, prompt_id: str, *, silent_most_s: float, sleep: Callable[[float], None]
) -> Iterator[Look]:
    """Yield how a workflow stands, with pauses; for some time there may be no answer."""
    answered_s = time.monotonic()
    for pause_s in itertools.chain(PAUSES_S, itertools.repeat(PAUSES_S[-1])):
        try:
            look = server.look(prompt_id)
        except ProviderFailed:
            if time.monotonic() - answered_s > silent_most_s:
                raise
        else:
            answered_s = time.monotonic()
            yield look
        sleep(pause_s)


def _too_slow(what: str) -> ProviderFailed:
    return ProviderFailed(
        f"{what} Choose a faster workflow, or smaller pictures as in comfyui:wan@640.",
        reason="TOO_SLOW",
        retryable=False,
    )
