"""The transport: what the ``replicate`` client does badly, mended below it.

The client (1.0.7) is asked through :class:`CarefulTransport`, which sees every request on its way
out and every answer on its way in. What it mends:

=============================================  =================================================
the client                                     here
=============================================  =================================================
creates predictions and uploads without any    every request has timeouts
timeout
repeats GET requests up to ten times by        a failure is raised as an error of ours at once,
itself                                         and nothing is repeated
drops the headers of refusals, and             errors carry them
``Retry-After`` with them
sends the key to any host a page or a file     requests to other hosts are refused
names
has no ``Cancel-After``                        every order is given a time after which the service
                                               ends it by itself, should we no longer be there
fails at ``aborted``; drops ``data_removed``   both are told under ``metrics[TOLD]``, with the
                                               service's own time
=============================================  =================================================

Contents
--------
CarefulTransport, TOLD
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from mvkit.errors import OutcomeUnknown, ProviderFailed
from mvkit.providers.replicate.failures import Asked, addressee, refused, unanswered

TIMEOUTS_S: Mapping[str, float] = {"connect": 10.0, "read": 30.0, "write": 60.0, "pool": 10.0}
"""An order answers at once, as nobody waits for its work; uploads take the longest to write."""
TOLD = "told"
"""Under this name among the metrics stands what the client would not pass on."""
CLIENT_STATUSES = ("starting", "processing", "succeeded", "failed", "canceled")
PREDICTIONS = "/v1/predictions"


class CarefulTransport(httpx.BaseTransport):
    """Sends requests once, within limits, to one host.

    Parameters
    ----------
    name : str
        For which model, as in the settings; for messages.
    cancel_after_s : float
        After how long the service shall end an order by itself, from when it was placed.
    """

    def __init__(self, *, name: str, base_url: str, key: str, cancel_after_s: float) -> None:
        self._base = httpx.URL(base_url)
        self._service = addressee(name=name, host=self._base.host, key=key)
        self._cancel_after = f"{math.ceil(cancel_after_s)}s"
        # A connection kept open may be closed by the other side just as an order is sent, and
        # nobody would know whether it arrived.
        limits = httpx.Limits(max_keepalive_connections=0)
        self._inner = httpx.HTTPTransport(retries=0, limits=limits)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request.

        Raises
        ------
        MvkitError
            If it is not answered with success; see :mod:`mvkit.providers.replicate.failures`.
        """
        asked = _what_is_asked(request)
        self._refuse_other_hosts(request.url)
        request.extensions["timeout"] = dict(TIMEOUTS_S)
        if asked == "order":
            request.headers["Cancel-After"] = self._cancel_after
        response = self._answer(request, asked)
        if response.status_code >= 300:  # no redirect is followed
            raise refused(response, asked=asked, by=self._service)
        return httpx.Response(
            response.status_code,
            json=_normal(self._content(response, asked), at_s=_time_of(response)),
            request=request,
        )

    def close(self) -> None:
        """Close all connections."""
        self._inner.close()

    def _refuse_other_hosts(self, url: httpx.URL) -> None:
        own = self._base
        if (url.scheme, url.host, url.port) != (own.scheme, own.host, own.port):
            raise ProviderFailed(
                f"{own.host} refers to {url.host}, which is not sent the key; expected an address "
                "of its own.",
                reason="OTHER_HOST",
                retryable=False,
            )

    def _answer(self, request: httpx.Request, asked: Asked) -> httpx.Response:
        """Return the answer, read whole."""
        try:
            response = self._inner.handle_request(request)
            response.request = request
            try:
                response.read()
            finally:
                response.close()
        except httpx.RequestError as error:  # what cannot be unpacked is no answer either
            raise unanswered(error, asked=asked, by=self._service) from error
        return response

    def _content(self, response: httpx.Response, asked: Asked) -> dict[str, Any]:
        try:
            content = response.json()
        except json.JSONDecodeError:
            content = None
        if isinstance(content, dict):
            return content
        kind = ProviderFailed if asked == "question" else OutcomeUnknown
        raise kind(
            f"{self._base.host} answered {response.text[:60]!r}, expected a JSON object.",
            reason="NO_ANSWER",
        )


def _what_is_asked(request: httpx.Request) -> Asked:
    path = request.url.path
    if request.method == "POST" and path.endswith("/predictions"):
        return "order"
    return "follow-up" if PREDICTIONS in path else "question"


def _normal(content: dict[str, Any], *, at_s: float) -> dict[str, Any]:
    """Return an answer in which every prediction is one that the client can read."""
    if isinstance(content.get("results"), list):
        rows = [_prediction(row, at_s) if "status" in row else row for row in content["results"]]
        return {**content, "results": rows}
    if "latest_version" in content:  # a model, of which the example is no concern of ours
        return {**content, "default_example": None}
    is_prediction = "status" in content and "id" in content
    return _prediction(content, at_s) if is_prediction else content


def _prediction(row: Mapping[str, Any], at_s: float) -> dict[str, Any]:
    status = row["status"]
    told = {"status": status, "data_removed": bool(row.get("data_removed")), "at_s": at_s}
    return {
        **row,
        "model": row.get("model") or "",
        "version": row.get("version") or "",
        "status": status if status in CLIENT_STATUSES else "canceled",
        "error": None if row.get("error") is None else str(row["error"]),
        "metrics": {**(row.get("metrics") or {}), TOLD: told},
    }


def _time_of(response: httpx.Response) -> float:
    """Return the service's time, in seconds since the epoch; ours, where it does not tell."""
    try:
        return parsedate_to_datetime(response.headers.get("Date", "")).timestamp()
    except ValueError:
        return time.time()
