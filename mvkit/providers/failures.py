"""What services say when they fail, as errors of ours: one sentence each.

What a status means is the same wherever it comes from, and is told here. Whether something may have
been ordered all the same differs, and is for each provider to know.

Contents
--------
Addressee, retry_after_s
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime

from mvkit.errors import InvalidInput, MvkitError, OutcomeUnknown, ProviderFailed, RateLimited
from mvkit.providers.keys import without_key

MOST_QUOTED = 300
"""So many characters of a service's own words are quoted."""


@dataclass(frozen=True, kw_only=True)
class Addressee:
    """Who was asked, and for what: all that a sentence about a failure names.

    Attributes
    ----------
    name : str
        The model, as in the settings.
    host : str
        The service.
    key : str
        What it was asked with, which no sentence shows.
    key_variable, url_variable : str
        Where the key and the address come from.
    billing_page : str
        Where credit is added; empty where that is not known.
    """

    name: str
    host: str
    key: str = field(repr=False)
    key_variable: str
    url_variable: str
    billing_page: str = ""

    def quoted(self, text: str) -> str:
        """Return what the service said, short and on one line, without the key."""
        said = " ".join(without_key(text, self.key).split()) or "no reason given."
        return said if len(said) <= MOST_QUOTED else said[: MOST_QUOTED - 1] + "…"

    def not_reached(self) -> ProviderFailed:
        """Return that nothing was sent: ``NOT_REACHED``."""
        return ProviderFailed(
            f"{self.name} could not be asked: {self.host} cannot be reached. Look at the network, "
            f"and at {self.url_variable} if it is set.",
            reason="NOT_REACHED",
        )

    def unanswered(
        self, *, late: bool, kind: type[ProviderFailed] = OutcomeUnknown
    ) -> ProviderFailed:
        """Return that no whole answer came, in time or at all: ``NO_ANSWER``."""
        what = "did not answer in time" if late else "broke off"
        return kind(f"{self.name} was asked, and {self.host} {what}.", reason="NO_ANSWER")

    def gave_up(self, status: int, said: str) -> OutcomeUnknown:
        """Return that the service itself does not know what became of it: ``NO_ANSWER``."""
        return OutcomeUnknown(
            f"{self.name} was asked, and {self.host} gave up ({status}): {said}", reason="NO_ANSWER"
        )

    def down(self, status: int, said: str) -> ProviderFailed:
        """Return that the service did nothing: ``SERVICE_DOWN``."""
        return ProviderFailed(
            f"{self.host} failed on {self.name} ({status}): {said}", reason="SERVICE_DOWN"
        )

    def limited(self, after_s: float | None, said: str) -> RateLimited:
        """Return that the service is to be asked later."""
        when = "later" if after_s is None else f"in {after_s:g} s"
        return RateLimited(
            f"{self.host} wants {self.name} to be asked less often; ask again {when}. "
            f"It says: {said}",
            retry_after_s=after_s,
        )

    def out_of_credit(self) -> ProviderFailed:
        """Return that the account is empty: ``NO_CREDIT``."""
        where = f" ({self.billing_page})" if self.billing_page else ""
        return ProviderFailed(
            f"The account behind {self.key_variable} has no credit left at {self.host}; add "
            f"some{where}, or choose another model.",
            reason="NO_CREDIT",
            retryable=False,
        )

    def rejected(self, status: int, said: str) -> MvkitError:
        """Return what a status from 300 to 499 means, 429 aside: nothing was done."""
        if status == 401:
            return InvalidInput(
                f"{self.host} does not accept the key in {self.key_variable}; set one that is "
                "valid.",
                reason="BAD_KEY",
            )
        if status == 402:
            return self.out_of_credit()
        if status == 403:
            return InvalidInput(
                f"The key in {self.key_variable} may not use {self.name} at {self.host}: {said}",
                reason="KEY_NOT_ALLOWED",
            )
        if status == 404:
            return InvalidInput(
                f"{self.host} does not serve {self.name} (404): {said} Choose a model that it "
                f"serves, or look at {self.url_variable} if it is set.",
                reason="UNKNOWN_MODEL",
            )
        return ProviderFailed(
            f"{self.host} rejected what {self.name} was asked ({status}): {said}",
            reason="REJECTED",
            retryable=False,
        )


def retry_after_s(told: str) -> float | None:
    """Return how long to wait by a ``Retry-After`` header: seconds, or a date (RFC 9110)."""
    try:
        seconds = float(told)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(told).timestamp() - time.time()
        except (ValueError, OverflowError):
            return None
    return max(seconds, 0.0) if math.isfinite(seconds) else None
