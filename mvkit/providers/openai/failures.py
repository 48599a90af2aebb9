"""What the service says when it fails, as errors of ours: one sentence each.

=================================  ==========================================  ==============
what happened                      error                                       tried again
=================================  ==========================================  ==============
401                                InvalidInput ``BAD_KEY``                    no
402, 429 ``insufficient_quota``    ProviderFailed ``NO_CREDIT``                no
403                                InvalidInput ``KEY_NOT_ALLOWED``            no
404                                InvalidInput ``UNKNOWN_MODEL``              no
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

import httpx2
import openai

from mvkit.errors import MvkitError, OutcomeUnknown
from mvkit.providers.failures import Addressee, retry_after_s
from mvkit.providers.openai.service import KEY_VARIABLE, URL_VARIABLE, Service

NOT_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)
"""What happens before anything is sent."""
NO_CREDIT_CODES = ("insufficient_quota", "billing_hard_limit_reached", "billing_not_active")
GATEWAY_STATUSES = (408, 409, 502, 504, 524)
"""Whoever answers so does not know whether the model worked."""


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
    asked = Addressee(
        name=name,
        host=service.host,
        key=service.key,
        key_variable=KEY_VARIABLE,
        url_variable=URL_VARIABLE,
    )
    if isinstance(error, openai.APIConnectionError):
        if isinstance(error.__cause__, NOT_SENT):
            return asked.not_reached()
        return asked.unanswered(late=isinstance(error, openai.APITimeoutError))
    if isinstance(error, openai.APIStatusError):
        return _answered(error, asked)
    said = asked.quoted(str(error))
    return OutcomeUnknown(f"{name} failed at {service.host}: {said}", reason="NO_ANSWER")


def _answered(error: openai.APIStatusError, asked: Addressee) -> MvkitError:
    status, said = error.status_code, asked.quoted(error.message)
    if status == 429:
        if error.code in NO_CREDIT_CODES or error.type in NO_CREDIT_CODES:
            return asked.out_of_credit()
        return asked.limited(retry_after_s(error.response.headers.get("Retry-After", "")), said)
    if status in GATEWAY_STATUSES:
        return asked.gave_up(status, said)
    return asked.down(status, said) if status >= 500 else asked.rejected(status, said)
