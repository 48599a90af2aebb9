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
422, other 4xx and 3xx     ProviderFailed ``REJECTED``    OutcomeUnknown       as for an order
no connection              ProviderFailed                 OutcomeUnknown       as for an order
                           ``NOT_REACHED``
sent, and no whole answer  OutcomeUnknown ``NO_ANSWER``   OutcomeUnknown       ProviderFailed
                                                                               ``NO_ANSWER``
=========================  =============================  ===================  ==================

Of these, ``NOT_REACHED``, ``SERVICE_DOWN``, ``NO_ANSWER`` as a ProviderFailed, and RateLimited may
be tried again; trying is not done here.

Contents
--------
Asked, addressee, refused, unanswered
"""

from __future__ import annotations

import re
from typing import Any, Literal

import httpx

from mvkit.errors import MvkitError, OutcomeUnknown, ProviderFailed
from mvkit.providers.failures import Addressee, retry_after_s

Asked = Literal["order", "follow-up", "question"]

KEY_VARIABLE = "REPLICATE_API_TOKEN"
URL_VARIABLE = "REPLICATE_BASE_URL"
BILLING_PAGE = "https://replicate.com/account/billing"
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
"""What happens before anything is sent."""
UNDECIDED_STATUSES = (408, 409)
"""Whoever answers so may have taken an order or not, as with everything from 500 on."""
RESETS_IN = re.compile(r"resets in ~?(\d+(?:\.\d+)?) ?s")
"""How the service tells in words when to ask again (its documentation of rate limits)."""


def addressee(*, name: str, host: str, key: str) -> Addressee:
    """Return the service as messages name it.

    Parameters
    ----------
    name : str
        For which model it is asked, as in the settings.
    host : str
        Where it is.
    key : str
        What it is asked with, which no message shows.
    """
    return Addressee(
        name=name,
        host=host,
        key=key,
        key_variable=KEY_VARIABLE,
        url_variable=URL_VARIABLE,
        billing_page=BILLING_PAGE,
    )


def unanswered(error: httpx.RequestError, *, asked: Asked, by: Addressee) -> MvkitError:
    """Return what it means that no whole answer came.

    Parameters
    ----------
    error : httpx.RequestError
        What happened to the connection, or to the answer.
    asked : {'order', 'follow-up', 'question'}
        What was asked.
    by : Addressee
        Who did not answer.
    """
    if isinstance(error, NOT_SENT) and asked != "follow-up":
        return by.not_reached()
    kind = ProviderFailed if asked == "question" else OutcomeUnknown
    return by.unanswered(late=isinstance(error, httpx.TimeoutException), kind=kind)


def refused(response: httpx.Response, *, asked: Asked, by: Addressee) -> MvkitError:
    """Return what a status from 300 on means, of an answer read whole; see `unanswered`."""
    status, said = response.status_code, by.quoted(_said(response))
    if status == 429:
        return by.limited(_retry_after_s(response), said)
    if asked == "follow-up":
        return _not_followed(status, said, by=by)
    if status >= 500 or status in UNDECIDED_STATUSES:
        return by.gave_up(status, said) if asked == "order" else by.down(status, said)
    return by.rejected(status, said)


def _not_followed(status: int, said: str, *, by: Addressee) -> MvkitError:
    if status == 404:
        return ProviderFailed(f"{by.host} no longer knows the order of {by.name}.", reason="GONE")
    advice = f" Look at the key in {KEY_VARIABLE}." if status in (401, 402, 403) else ""
    return OutcomeUnknown(
        f"{by.host} was asked for an order of {by.name} and answered with status {status}: {said}"
        f"{advice}"
    )


def _retry_after_s(response: httpx.Response) -> float | None:
    """Return how long to wait, by the header or else by what is said in words."""
    in_words = RESETS_IN.search(response.text)
    told = response.headers.get("Retry-After", "").strip()
    return retry_after_s(told or (in_words[1] if in_words else ""))


def _said(response: httpx.Response) -> str:
    """Return what the service said.

    Problems are told as RFC 7807 has it: ``title``, ``detail``; anything else is quoted as it is.
    """
    try:
        told: Any = response.json()
    except ValueError:
        told = response.text
    if isinstance(told, dict):
        told = told.get("detail") or told.get("title") or told
    return str(told)
