"""Secrets: the key that signs logins, and texts that nobody can guess.

The key lies beside the runs, in a file that only its owner can read. It is made at the first
start; removing it ends all logins.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

from mvkit.errors import InvalidInput
from mvkit.settings import get_settings

FILE_NAME = ".web_key"
KEY_BYTES = 32
"""Of 256 bits for HS256, as RFC 7518, 3.2 asks."""
READABLE_BY_OTHERS = 0o077


def signing_key() -> bytes:
    """Return the key that signs logins; made if there is none.

    Raises
    ------
    InvalidInput
        Reason ``WEB_KEY``: the file is too short, or others can read it.
    """
    return _read_key(get_settings().runs_dir.resolve() / FILE_NAME)


def new_secret() -> str:
    """Return a text of 256 random bits that can stand in a link."""
    return secrets.token_urlsafe(KEY_BYTES)


def digest_of(text: str) -> str:
    """Return what is stored of a text that is not to be known, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _read_key(path: Path) -> bytes:
    if not path.exists():
        _make_key(path)
    if path.stat().st_mode & READABLE_BY_OTHERS:
        raise InvalidInput(
            f"Others can read {path}, and with it log in as anybody. Give `chmod 600 {path}`; if "
            "a stranger may have read it, remove it instead: a new one is made, and everybody has "
            "to log in again.",
            reason="WEB_KEY",
        )
    key = path.read_bytes()
    if len(key) < KEY_BYTES:
        raise InvalidInput(
            f"{path} holds {len(key)} bytes, expected at least {KEY_BYTES} random ones. Remove it: "
            "a new one is made, and everybody has to log in again.",
            reason="WEB_KEY",
        )
    return key


def _make_key(path: Path) -> None:
    """Write a new key, whole and at once: of several who try, one does, and all read the same."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=FILE_NAME, dir=path.parent)  # for its owner only
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_hex(KEY_BYTES).encode())
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):  # somebody was quicker
            os.link(name, path)
    finally:
        os.unlink(name)
