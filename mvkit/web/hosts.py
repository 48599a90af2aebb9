"""Names of machines, as they stand in addresses: which are numbers, which mean this machine."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit


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
