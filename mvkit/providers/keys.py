"""Keys and addresses of services, from the environment by the names their vendors gave them.

A key is read where it is used and goes nowhere else: not into settings, files or messages.

Contents
--------
key_of, has_key, base_url_of, is_local, without_key
"""

from __future__ import annotations

import ipaddress
import os
from urllib.parse import SplitResult, urlsplit

from mvkit.errors import InvalidInput

KEY_PAGES = {
    "OPENAI_API_KEY": "https://platform.openai.com/api-keys",
    "REPLICATE_API_TOKEN": "https://replicate.com/account/api-tokens",
}
"""Where people get each key."""
LOCAL_ENDINGS = (".localhost", ".local", ".internal", ".lan")
HIDDEN = "[key]"


def has_key(variable: str) -> bool:
    """Tell whether the environment has a key."""
    return bool(os.environ.get(variable, "").strip())


def key_of(variable: str, *, needed_by: str) -> str:
    """Return a key.

    Parameters
    ----------
    variable : str
        Name of the environment variable: ``OPENAI_API_KEY``.
    needed_by : str
        The model that needs it, as in the settings: ``openai:gpt-6-luna``.

    Raises
    ------
    InvalidInput
        ``NO_KEY`` if there is none, ``BAD_KEY`` if it cannot be one.
    """
    key = os.environ.get(variable, "").strip()
    page = KEY_PAGES.get(variable)
    where = f"get a key at {page} and set it" if page else "set it"
    if not key:
        raise InvalidInput(
            f"{needed_by} needs a key in the environment variable {variable}, which is not set; "
            f"{where}, or choose another model.",
            reason="NO_KEY",
        )
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise InvalidInput(
            f"The key in {variable} has spaces or signs that no key has; copy it anew, or {where}.",
            reason="BAD_KEY",
        )
    return key


def base_url_of(variable: str, *, default: str) -> str:
    """Return the address of a service, without a slash at its end.

    Parameters
    ----------
    variable : str
        Name of the environment variable: ``OPENAI_BASE_URL``.
    default : str
        The vendor's own address.

    Raises
    ------
    InvalidInput
        ``BASE_URL`` if it is no address, or one that would send the key through the open internet
        unencrypted.
    """
    url = os.environ.get(variable, "").strip() or default
    parts = _parts_of(url)
    if parts is None:
        raise InvalidInput(
            f"What {variable} holds is no address; expected one such as {default}.",
            reason="BASE_URL",
        )
    if parts.scheme == "http" and not is_local(url):
        raise InvalidInput(
            f"{variable} names {parts.hostname} with http://, so the key could be read on its way; "
            "expected https:// for all but your own machines.",
            reason="BASE_URL",
        )
    return url.rstrip("/")


def _parts_of(url: str) -> SplitResult | None:
    """Return the parts of an address of the web; None for what is none."""
    try:
        parts = urlsplit(url)
        whole = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:  # a port that is no number, half an IPv6 address
        return None
    return parts if whole else None


def is_local(url: str) -> bool:
    """Tell whether an address names this machine or one in its own network.

    Names without a dot (``ollama`` among containers) are local; no name is looked up.
    """
    host = (urlsplit(url).hostname or "").lower()
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return bool(host) and ("." not in host or host.endswith(LOCAL_ENDINGS))
    return address.is_loopback or address.is_private or address.is_link_local


def without_key(text: str, key: str) -> str:
    """Return a text with a key taken out, for messages that quote what a service said."""
    return text.replace(key, HIDDEN) if key else text
