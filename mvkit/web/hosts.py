"""Where requests go and come from: names of machines, and pages of other sites."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

from mvkit.errors import Unauthorized
from mvkit.settings import get_settings

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
OWN_SITES = ("same-origin", "none")
"""What browsers say of a request by a page of ours, or by a person."""


def host_name(host: str) -> str:
    """Return the name in ``name:port``, in lower case; empty if there is none."""
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:  # brackets that do not close
        return ""


def is_number(name: str) -> bool:
    """Whether a name is an IP address, which no foreign site can make its own."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def is_loopback(name: str) -> bool:
    """Whether a name means this machine, and is reached from it alone."""
    if is_number(name):
        return ipaddress.ip_address(name).is_loopback
    return name == "localhost" or name.endswith(".localhost")


def is_foreign(headers: Mapping[str, str]) -> bool:
    """Whether the page of another site sent a request.

    Browsers name the site that a script runs on; programs that are no browsers name none, and
    have no cookies to misuse.
    """
    if headers.get("sec-fetch-site", "none") not in OWN_SITES:
        return True
    origin = headers.get("origin")
    if origin is None:
        return False
    site = _netloc(origin)
    return not site or site not in (headers.get("host"), _netloc(get_settings().public_url))


def foreign_site() -> Unauthorized:
    """Return what the page of another site is told."""
    return Unauthorized(
        "This was sent by the page of another site. Do it from the page itself, or with a "
        "program and a token.",
        reason="FOREIGN_SITE",
    )


def _netloc(address: str) -> str:
    try:
        return urlsplit(address).netloc
    except ValueError:  # brackets that do not close
        return ""
