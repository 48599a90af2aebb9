"""What the service says when it fails, as errors of ours: one sentence each.

What an error means depends on what was asked. An *order* costs money; a *follow-up* asks for orders
that stand, whatever becomes of the question; a *question* costs nothing and changes nothing.

=========================  =============================  ===================  ==================
what happened              to an order                    to a follow-up       to a question
=========================  =============================  ===================  ==================
401                        InvalidInput ``BAD_KEY``       OutcomeUnknown       as for an order
402                        ProviderFailed ``NO_CREDIT``   OutcomeUnknown       as for an order
403                        InvalidInput                   OutcomeUnknown       as for an order
                           ``KEY_NOT_ALLOWED``
404                        InvalidInput                   ProviderFailed       as for an order
                           ``UNKNOWN_MODEL``              ``GONE``
429                        RateLimited                    RateLimited          as for an order
5xx, 408, 409              OutcomeUnknown                 OutcomeUnknown       ProviderFailed
                                                                               ``SERVICE_DOWN``
422 and other 4xx          ProviderFailed ``REJECTED``    OutcomeUnknown       as for an order
no connection              ProviderFailed                 OutcomeUnknown       as for an order
                           ``NOT_REACHED``
sent, and no whole answer  OutcomeUnknown ``NO_ANSWER``   OutcomeUnknown       ProviderFailed
                                                                               ``NO_ANSWER``
=========================  =============================  ===================  ==================

Of these, ``NOT_REACHED``, ``SERVICE_DOWN``, ``NO_ANSWER`` as a ProviderFailed, and RateLimited may
be tried again; trying is not done here.

Contents
--------
Asked, refused, unanswered
"""

from __future__ import annotations

import math
import re
import time
from email.utils import parsedate_to_datetime
from typing import Any, Literal

import httpx

from mvkit.errors import InvalidInput, MvkitError, OutcomeUnknown, ProviderFailed, RateLimited
from mvkit.providers.keys import without_key

Asked = Literal["order", "follow-up", "question"]

KEY_VARIABLE = "REPLICATE_API_TOKEN"
URL_VARIABLE = "REPLICATE_BASE_URL"
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
"""What happens before anything is sent."""
UNDECIDED_STATUSES = (408, 409)
"""Whoever answers so may have taken an order or not, as with everything from 500 on."""
MOST_QUOTED = 300
"""So many characters of a service's own words are quoted."""
RESETS_IN = re.compile(r"resets in ~?(\d+(?:\.\d+)?) ?s")
"""How the service tells in words when to ask again (its documentation of rate limits)."""


def unanswered(error: httpx.TransportError, *, asked: Asked, name: str, host: str) -> MvkitError:
    """Return what it means that no whole answer came.

    Parameters
    ----------
    error : httpx.TransportError
        What happened to the connection.
    asked : {'order', 'follow-up', 'question'}
        What was asked.
    name : str
        For which model, as in the settings.
    host : str
        Who was asked.
    """
    if isinstance(error, NOT_SENT) and asked != "follow-up":
        return ProviderFailed(
            f"{name} could not be asked: {host} cannot be reached. Look at the network, and at "
            f"{URL_VARIABLE} if it is set.",
            reason="NOT_REACHED",
        )
    what = "did not answer in time" if isinstance(error, httpx.TimeoutException) else "broke off"
    kind = ProviderFailed if asked == "question" else OutcomeUnknown
    return kind(f"{name} was asked, and {host} {what}.", reason="NO_ANSWER")


def refused(response: httpx.Response, *, asked: Asked, name: str, key: str) -> MvkitError:
    """Return what a status from 400 on means; see `unanswered`.

    Parameters
    ----------
    response : httpx.Response
        What the service answered, read whole.
    key : str
        The key it was asked with, which no message shows.
    """
    status, host = response.status_code, response.request.url.host
    said = _said(response, key)
    if status == 429:
        return _limited(response, said, name=name, host=host)
    if asked == "follow-up":
        return _not_followed(status, said, name=name, host=host)
    if status >= 500 or status in UNDECIDED_STATUSES:
        if asked == "order":
            return OutcomeUnknown(f"{name} was asked, and {host} gave up ({status}): {said}")
        return ProviderFailed(f"{host} failed ({status}): {said}", reason="SERVICE_DOWN")
    return _rejected(status, said, name=name, host=host)


def _not_followed(status: int, said: str, *, name: str, host: str) -> MvkitError:
    if status == 404:
        return ProviderFailed(f"{host} no longer knows the order of {name}.", reason="GONE")
    advice = f" Look at the key in {KEY_VARIABLE}." if status in (401, 402, 403) else ""
    return OutcomeUnknown(
        f"{host} was asked for an order of {name} and answered with status {status}: {said}{advice}"
    )


def _rejected(status: int, said: str, *, name: str, host: str) -> MvkitError:
    if status == 401:
        return InvalidInput(
            f"{host} does not accept the key in {KEY_VARIABLE}; set one that is valid.",
            reason="BAD_KEY",
        )
    if status == 402:
        return ProviderFailed(
            f"The account behind {KEY_VARIABLE} has no credit left at {host}; add some "
            "(https://replicate.com/account/billing), or choose another model.",
            reason="NO_CREDIT",
            retryable=False,
        )
    if status == 403:
        return InvalidInput(
            f"The key in {KEY_VARIABLE} may not use {name} at {host}: {said}",
            reason="KEY_NOT_ALLOWED",
        )
    if status == 404:
        return InvalidInput(
            f"{host} does not serve {name} (404): {said} Choose a model that it serves.",
            reason="UNKNOWN_MODEL",
        )
    return ProviderFailed(
        f"{host} rejected what {name} was asked ({status}): {said}",
        reason="REJECTED",
        retryable=False,
    )


def _limited(response: httpx.Response, said: str, *, name: str, host: str) -> RateLimited:
    after_s = retry_after_s(response)
    when = "later" if after_s is None else f"in {after_s:g} s"
    return RateLimited(
        f"{host} wants {name} to be asked less often; ask again {when}. It says: {said}",
        retry_after_s=after_s,
    )


def retry_after_s(response: httpx.Response) -> float | None:
    """Return how long to wait, by the header (RFC 9110) or else by what is said in words."""
    told = response.headers.get("Retry-After", "").strip()
    in_words = RESETS_IN.search(response.text)
    try:
        seconds = float(told or (in_words[1] if in_words else "nan"))
    except ValueError:
        try:
            seconds = parsedate_to_datetime(told).timestamp() - time.time()
        except ValueError:
            return None
    return max(seconds, 0.0) if math.isfinite(seconds) else None


def _said(response: httpx.Response, key: str) -> str:
    """Return what the service said, short, on one line and without the key.

    Problems are told as RFC 7807 has it: ``title``, ``detail``; anything else is quoted as it is.
    """
    try:
        told: Any = response.json()
    except ValueError:
        told = response.text
    if isinstance(told, dict):
        told = told.get("detail") or told.get("title") or told
    words = " ".join(without_key(str(told), key).split()) or "no reason given."
    return words if len(words) <= MOST_QUOTED else words[: MOST_QUOTED - 1] + "…"
