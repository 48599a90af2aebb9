"""Every failure mvkit can raise, one small tree.

::

    MvkitError
    ├── InvalidInput          VALIDATION_ERROR   what the user gave cannot be used
    │   ├── RefusedSong                          the song file was looked at and refused
    │   └── InvalidArtefact                      a JSON artefact does not hold to its contract
    ├── GenerationFailed      GENERATION_ERROR   making something failed
    │   ├── StageFailed                          a notebook stopped; names the cell
    │   ├── ProviderFailed                       a model did not deliver
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
    retryable: ClassVar[bool] = False

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
    """A model did not deliver what was asked of it."""


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
    """Too many jobs in the rolling hour."""

    code = "RATE_LIMITED"
    retryable = True


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
