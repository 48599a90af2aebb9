"""Every failure mvkit can raise, one small tree.

::

    MvkitError
    ├── InvalidInput          VALIDATION_ERROR   what the user gave cannot be used
    │   ├── RefusedSong                          the song file was looked at and refused
    │   └── InvalidArtefact                      a JSON artefact does not hold to its contract
    ├── GenerationFailed      GENERATION_ERROR   making something failed
    │   ├── StageFailed                          a notebook stopped; names the cell
    │   ├── ProviderFailed                       a model did not deliver
    │   │   └── OutcomeUnknown                   nobody knows whether it was asked
    │   ├── MediaFailed                          ffmpeg could not read or write a file
    │   └── VerificationFailed                   the finished film is not what was planned
    ├── BudgetExceeded        BUDGET_EXCEEDED
    ├── TimedOut              TIMEOUT
    ├── RateLimited           RATE_LIMITED
    ├── QuotaExceeded         QUOTA_EXCEEDED
    ├── NotFound              NOT_FOUND
    ├── Unauthorized          UNAUTHORIZED
    └── Cancelled             CANCELLED

Each error carries a ``code`` for programs, a ``reason`` for the case at hand, a ``message`` for
people (what was found, what was expected, what to do next) and ``retryable``: whether the same
request may succeed later. Its text is ``REASON: message``, so that an error survives the trip
through a notebook: :func:`revive` builds it again from its class name and text.
"""

from __future__ import annotations

import errno
import os
from decimal import Decimal
from typing import ClassVar


class MvkitError(Exception):
    """Anything that went wrong in mvkit.

    Parameters
    ----------
    message : str
        What was found, what was expected, and what to do next.
    reason : str, optional
        The case in capitals (``TOO_SHORT``); by default the error's code.
    """

    code: ClassVar[str] = "GENERATION_ERROR"
    retryable: bool = False

    def __init__(self, message: str, *, reason: str = "") -> None:
        self.message = message
        self.reason = reason or self.code
        super().__init__(f"{self.reason}: {message}")

    def __reduce__(self) -> tuple[object, ...]:
        """Let the error cross processes whole."""
        return (_rebuild, (type(self), self.message, self.reason))

    def as_dict(self) -> dict[str, str | bool]:
        """Return the error as the fields of an ``error`` event."""
        return {
            "code": self.code,
            "reason": self.reason,
            "error": self.message,
            "retryable": self.retryable,
        }


class InvalidInput(MvkitError):
    """What the user gave cannot be used."""

    code = "VALIDATION_ERROR"


class RefusedSong(InvalidInput):
    """The song file was looked at and refused."""


class InvalidArtefact(InvalidInput):
    """A JSON artefact does not hold to its contract."""


class GenerationFailed(MvkitError):
    """Making something failed."""

    retryable = True


class StageFailed(GenerationFailed):
    """A stage's notebook stopped before its end."""


class ProviderFailed(GenerationFailed):
    """A model did not deliver what was asked of it.

    Parameters
    ----------
    billed_usd : Decimal, optional
        What the attempt cost all the same.
    retryable : bool, optional
        Whether another attempt may help; by default as for all errors of the class.
    """

    def __init__(
        self,
        message: str,
        *,
        reason: str = "",
        billed_usd: Decimal = Decimal(),
        retryable: bool | None = None,
    ) -> None:
        super().__init__(message, reason=reason)
        self.billed_usd = billed_usd
        if retryable is not None:
            self.retryable = retryable


class OutcomeUnknown(ProviderFailed):
    """A paid request was sent and no answer came: it may or may not have been taken."""

    retryable = False


class MediaFailed(GenerationFailed):
    """A media file could not be read or written."""


class VerificationFailed(GenerationFailed):
    """The finished film is not what was planned."""


class BudgetExceeded(MvkitError):
    """The next paid call could pass the job's limit."""

    code = "BUDGET_EXCEEDED"


class TimedOut(MvkitError):
    """Work took longer than it was given."""

    code = "TIMEOUT"
    retryable = True


class RateLimited(MvkitError):
    """Too much was asked for in too short a time.

    Parameters
    ----------
    retry_after_s : float or None
        Seconds after which to ask again, where that is known.
    """

    code = "RATE_LIMITED"
    retryable = True

    def __init__(
        self, message: str, *, reason: str = "", retry_after_s: float | None = None
    ) -> None:
        super().__init__(message, reason=reason)
        self.retry_after_s = retry_after_s


class QuotaExceeded(MvkitError):
    """The user's storage is full."""

    code = "QUOTA_EXCEEDED"


class NotFound(MvkitError):
    """The thing asked for does not exist, or not for this user."""

    code = "NOT_FOUND"


class Unauthorized(MvkitError):
    """The caller has not shown who they are."""

    code = "UNAUTHORIZED"


class Cancelled(MvkitError):
    """The user stopped the work."""

    code = "CANCELLED"


def tells_full_disk(text: str) -> bool:
    """Whether a failure's text says that a disk has no room: by Python, ffmpeg or SQLite."""
    return os.strerror(errno.ENOSPC) in text or "database or disk is full" in text


def disk_full(where: str) -> GenerationFailed:
    """Return the error of a disk that has no room left.

    Parameters
    ----------
    where : str
        Who could not write: ``"clip 3"``.
    """
    return GenerationFailed(
        f"The disk is full: {where} could not write. Make room (`mvkit clean` removes what is "
        "past its time) and start the run again; what is made so far is kept.",
        reason="DISK_FULL",
    )


def revive(class_name: str, text: str) -> MvkitError | None:
    """Build an error again from its class name and its text.

    Parameters
    ----------
    class_name : str
        Name of the exception class, as a notebook reports it.
    text : str
        ``str(error)``.

    Returns
    -------
    MvkitError or None
        The error, or None where the name is not one of ours: a foreign failure.
    """
    kind = _tree().get(class_name)
    if kind is None:
        return None
    reason, separator, message = text.partition(": ")
    return kind(message, reason=reason) if separator else kind(text)


def _rebuild(kind: type[MvkitError], message: str, reason: str) -> MvkitError:
    return kind(message, reason=reason)


def _tree(root: type[MvkitError] = MvkitError) -> dict[str, type[MvkitError]]:
    """Return all error classes by name."""
    found = {root.__name__: root}
    for child in root.__subclasses__():
        found |= _tree(child)
    return found
