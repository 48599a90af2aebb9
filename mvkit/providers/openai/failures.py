"""What the service says when it fails, as errors of ours: one sentence each.

=================================  ==========================================  ==============
what happened                      error                                       tried again
=================================  ==========================================  ==============
401                                InvalidInput ``BAD_KEY``                    no
403                                InvalidInput ``KEY_NOT_ALLOWED``            no
404                                InvalidInput ``UNKNOWN_MODEL``              no
429 ``insufficient_quota``         ProviderFailed ``NO_CREDIT``                no
429                                RateLimited                                 yes, when told
500, 503                           ProviderFailed ``SERVICE_DOWN``             yes
502, 504, 408, 409                 OutcomeUnknown: a gateway gave up waiting   no
other 4xx                          ProviderFailed ``REJECTED``                 no
no connection                      ProviderFailed ``NOT_REACHED``              yes
connection lost, or no answer      OutcomeUnknown ``NO_ANSWER``                no
=================================  ==========================================  ==============

Contents
--------
as_ours
"""

from __future__ import annotations

import math

import httpx2
import openai

from mvkit.errors import InvalidInput, MvkitError, OutcomeUnknown, ProviderFailed, RateLimited
from mvkit.providers.keys import without_key
from mvkit.providers.openai.service import KEY_VARIABLE, URL_VARIABLE, Service

NOT_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)
"""What happens before anything is sent."""
NO_CREDIT_CODES = ("insufficient_quota", "billing_hard_limit_reached", "billing_not_active")
GATEWAY_STATUSES = (408, 409, 502, 504, 524)
"""Whoever answers so does not know whether the model worked."""
MOST_QUOTED = 300
"""So many characters of a service's own words are quoted."""


def as_ours(error: openai.OpenAIError, *, service: Service, name: str) -> MvkitError:
    """Return what a failed call means.

    Parameters
    ----------
    error : openai.OpenAIError
        What the client raised.
    service : Service
        Who was asked.
    name : str
        Which model, as in the settings.
    """
    if isinstance(error, openai.APIConnectionError):
        return _unconnected(error, service=service, name=name)
    if isinstance(error, openai.APIStatusError):
        return _answered(error, service=service, name=name)
    quoted = _quoted(str(error), service)
    return OutcomeUnknown(f"{name} failed at {service.host}: {quoted}", reason="NO_ANSWER")


def _unconnected(
    error: openai.APIConnectionError, *, service: Service, name: str
) -> ProviderFailed:
    if isinstance(error.__cause__, NOT_SENT):
        return ProviderFailed(
            f"{name} could not be asked: {service.host} cannot be reached. Look at the network, "
            f"and at {URL_VARIABLE} if it is set.",
            reason="NOT_REACHED",
        )
    what = "did not answer in time" if isinstance(error, openai.APITimeoutError) else "broke off"
    return OutcomeUnknown(f"{name} was asked, and {service.host} {what}.", reason="NO_ANSWER")


def _answered(error: openai.APIStatusError, *, service: Service, name: str) -> MvkitError:
    status, host = error.status_code, service.host
    quoted = _quoted(error.message, service)
    if status == 401:
        return InvalidInput(
            f"{host} does not accept the key in {KEY_VARIABLE}; set one that is valid.",
            reason="BAD_KEY",
        )
    if status == 403:
        return InvalidInput(
            f"The key in {KEY_VARIABLE} may not use {name} at {host}: {quoted}",
            reason="KEY_NOT_ALLOWED",
        )
    if status == 404:
        return InvalidInput(
            f"{host} does not serve {name} (404): {quoted} Choose a model that it serves, or "
            f"look at {URL_VARIABLE}.",
            reason="UNKNOWN_MODEL",
        )
    if status == 429:
        return _limited(error, service=service, name=name)
    if status in GATEWAY_STATUSES:
        return OutcomeUnknown(
            f"{name} was asked, and {host} gave up ({status}).", reason="NO_ANSWER"
        )
    if status >= 500:
        return ProviderFailed(
            f"{host} failed on {name} ({status}): {quoted}", reason="SERVICE_DOWN"
        )
    return ProviderFailed(
        f"{host} rejected what {name} was asked ({status}): {quoted}",
        reason="REJECTED",
        retryable=False,
    )


def _limited(error: openai.APIStatusError, *, service: Service, name: str) -> MvkitError:
    if error.code in NO_CREDIT_CODES or error.type in NO_CREDIT_CODES:
        return ProviderFailed(
            f"The account behind {KEY_VARIABLE} has no credit left at {service.host}; add some, "
            "or choose another model.",
            reason="NO_CREDIT",
            retryable=False,
        )
    after_s = _seconds(error.response.headers.get("retry-after", ""))
    when = "later" if after_s is None else f"in {after_s:g} s"
    return RateLimited(
        f"{service.host} wants {name} to be asked less often; ask again {when}.",
        retry_after_s=after_s,
    )


def _seconds(text: str) -> float | None:
    """Return the seconds of a Retry-After header; None where it holds no number."""
    try:
        seconds = float(text)
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None


def _quoted(text: str, service: Service) -> str:
    """Return what the service said, short and on one line, without the key."""
    told = " ".join(without_key(text, service.key).split())
    return told if len(told) <= MOST_QUOTED else told[: MOST_QUOTED - 1] + "…"
