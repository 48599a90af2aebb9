"""How people are called: a name of their own, and an e-mail address. Both in lower case."""

from __future__ import annotations

import re

from mvkit.errors import InvalidInput

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,31}")
EMAIL_LONGEST = 254
"""RFC 5321 lets no longer address through."""
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
EMAIL = re.compile(rf"[a-z0-9.!#$%&'*+/=?^_`{{|}}~-]+@{_LABEL}(?:\.{_LABEL})*")
"""What the HTML standard takes for an address (``<input type=email>``), in lower case: no comma,
quote, space or line break, so that an address can be nothing else in a mail's head."""


def check_name(text: str) -> str:
    """Return a name as it is stored.

    Raises
    ------
    InvalidInput
        Reason ``NAME``.
    """
    name = _plain(text)
    if not NAME.fullmatch(name):
        raise InvalidInput(
            "This name cannot be used. Choose 3-32 letters from a to z, digits, dots, dashes and "
            "underscores, beginning with a letter or a digit.",
            reason="NAME",
        )
    return name


def check_email(text: str) -> str:
    """Return an e-mail address as it is stored.

    Whether it exists only a mail can tell.

    Raises
    ------
    InvalidInput
        Reason ``EMAIL``.
    """
    email = _plain(text)
    if not _is_email(email):
        raise InvalidInput(
            "This is not an e-mail address; expected one like name@example.org.", reason="EMAIL"
        )
    return email


def as_stored(name_or_email: str) -> str:
    """Return what is meant as it is stored, or nothing where nobody can be called so."""
    given = _plain(name_or_email)
    return given if NAME.fullmatch(given) or _is_email(given) else ""


def _plain(text: str) -> str:
    return text.strip().lower()


def _is_email(text: str) -> bool:
    return len(text) <= EMAIL_LONGEST and EMAIL.fullmatch(text) is not None
