"""Passwords: which may be chosen, how they are stored, how one is checked.

Long before strange: 10 to 128 characters of any kind, and not among those that are tried first
(NIST SP 800-63B-4, 3.1.1.2: no composition rules, a blocklist instead). The hash is bcrypt at cost
12, by streamlit-authenticator's ``Hasher``. bcrypt reads 72 bytes and stops at a zero byte, so what
it is given is the SHA-256 of the password in base64: 44 bytes in which every character counts.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import unicodedata
from functools import cache
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from mvkit.errors import InvalidInput
from mvkit.web.accounts.common import is_common

SHORTEST, LONGEST = 10, 128
OWN_LEAST = 8
"""How many characters have to be left of a password without its owner's name and address."""


def check_password(password: str, *, name: str, email: str) -> None:
    """Check that a password may be chosen.

    Raises
    ------
    InvalidInput
        Reason ``PASSWORD``.
    """
    length = len(_normal(password))
    if not SHORTEST <= length <= LONGEST:
        _refuse(f"The password has {length} characters; choose {SHORTEST} to {LONGEST}.")
    if is_common(password):
        _refuse("This password is among the first to be tried. Choose a few words of your own.")
    if len(_without(password, email, email.partition("@")[0], name)) < OWN_LEAST:
        _refuse("The password is little more than your name or e-mail address. Choose another.")


def hash_password(password: str) -> str:
    """Return a password as it is stored: hashed with a salt of its own, in about 0.25 s."""
    return str(_hasher().hash(_condensed(password)))


def is_password(password: str, hashed: str | None) -> bool:
    """Whether a password is the one that was hashed.

    Parameters
    ----------
    hashed : str or None
        None for somebody who has no account: never right, but answered after the same time.
    """
    nobodys = _nobodys_hash()  # before we look, or only those who do not exist would wait for it
    return bool(_hasher().check_pw(_condensed(password), hashed or nobodys)) and hashed is not None


def _refuse(message: str) -> None:
    raise InvalidInput(message, reason="PASSWORD")


def _normal(password: str) -> str:
    """Return the one form of all ways to type the same characters."""
    return unicodedata.normalize("NFKC", password)


def _without(password: str, *own: str) -> str:
    left = password.casefold()
    for word in filter(None, own):
        left = left.replace(word, "")
    return left


def _condensed(password: str) -> str:
    digest = hashlib.sha256(_normal(password).encode("utf-8", "surrogatepass")).digest()
    return base64.b64encode(digest).decode()


@cache
def _nobodys_hash() -> str:
    return hash_password(secrets.token_urlsafe())


@cache
def _hasher() -> Any:
    """Return streamlit-authenticator's ``Hasher``, loaded by its file.

    Through its package all of Streamlit would be loaded with it, which takes a second and warns
    on the command line that there is no page to show.
    """
    package = find_spec("streamlit_authenticator")
    assert package is not None
    assert package.origin is not None
    file = Path(package.origin).parent / "utilities" / "hasher.py"
    found = spec_from_file_location("streamlit_authenticator.utilities.hasher", file)
    assert found is not None
    assert found.loader is not None
    module = module_from_spec(found)
    found.loader.exec_module(module)
    return module.Hasher
