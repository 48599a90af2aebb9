"""How often may be tried: passwords, reset links, registrations.

Every try is a row, counted and added in one transaction that runs alone, so that of twenty tries at
the same instant with ten left exactly ten are made. Tries are counted for names that nobody has,
too: who is locked out tells nothing about who exists. A lock ends by itself when its oldest try is
old enough; a login that succeeds forgets the tries at its account.

What was typed and where from is kept as a digest only: people type passwords into the wrong field.
"""

from __future__ import annotations

import ipaddress
import math
import time
from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa

from mvkit.database import METADATA
from mvkit.errors import RateLimited
from mvkit.web.accounts.keys import digest_of
from mvkit.web.accounts.table import changing

MINUTE_S, HOUR_S = 60.0, 3600.0

What = Literal["password", "reset", "application", "registration"]
"""An application asks for an account; a registration gets it."""


@dataclass(frozen=True, kw_only=True)
class Limit:
    """So many tries within such a time."""

    most: int
    within_s: float


PER_ACCOUNT: dict[What, Limit] = {
    "password": Limit(most=10, within_s=15 * MINUTE_S),
    "reset": Limit(most=5, within_s=HOUR_S),
}
PER_ADDRESS: dict[What, Limit] = {
    "password": Limit(most=100, within_s=HOUR_S),
    "reset": Limit(most=20, within_s=HOUR_S),
    "application": Limit(most=20, within_s=HOUR_S),
    "registration": Limit(most=3, within_s=HOUR_S),
}
KEPT_S = HOUR_S
"""No limit looks further back."""
IPV6_NETWORK_BITS = 64
"""What one customer is given of IPv6: addresses in it are one for us."""

TRIES = sa.Table(
    "login_tries",
    METADATA,
    sa.Column("what", sa.String, nullable=False),
    sa.Column("account", sa.String, nullable=False),
    sa.Column("address", sa.String, nullable=False),
    sa.Column("at_s", sa.Double, nullable=False),
    sa.Index("login_tries_by_account", "what", "account"),
    sa.Index("login_tries_by_address", "what", "address"),
)


def count_try(what: What, *, account: str = "", address: str = "") -> None:
    """Count a try, before it is known how it ends.

    Parameters
    ----------
    account : str
        At whose account; what was typed, if that is nobody's. Empty for none.
    address : str
        The network address it comes from; empty where there is none, as on the command line.

    Raises
    ------
    RateLimited
        If there were too many already; this one is not counted then.
    """
    with changing() as connection:
        count_on(connection, what, account=account, address=address)


def count_on(
    connection: sa.Connection, what: What, *, account: str = "", address: str = ""
) -> None:
    """Count a try inside :func:`~.table.changing`; see :func:`count_try`."""
    connection.execute(TRIES.delete().where(TRIES.c.at_s < time.time() - KEPT_S))
    account = digest_of(account) if account else ""
    address = digest_of(_network(address)) if address else ""
    if account and what in PER_ACCOUNT:
        _check(connection, what, TRIES.c.account == account, PER_ACCOUNT[what])
    if address and what in PER_ADDRESS:
        _check(connection, what, TRIES.c.address == address, PER_ADDRESS[what])
    row = {"what": what, "account": account, "address": address, "at_s": time.time()}
    connection.execute(TRIES.insert().values(row))


def forget_tries(connection: sa.Connection, *, account: str) -> None:
    """Forget the passwords that were tried at an account, now that the right one was given."""
    theirs = (TRIES.c.what == "password", TRIES.c.account == digest_of(account))
    connection.execute(TRIES.delete().where(*theirs))


def _check(
    connection: sa.Connection, what: What, whose: sa.ColumnElement[bool], limit: Limit
) -> None:
    now_s = time.time()
    recent = (
        sa.select(TRIES.c.at_s)
        .where(TRIES.c.what == what, whose, TRIES.c.at_s > now_s - limit.within_s)
        .order_by(TRIES.c.at_s.desc())
        .limit(limit.most)
    )
    tried_at_s = list(connection.execute(recent).scalars())
    if len(tried_at_s) >= limit.most:
        wait_s = tried_at_s[-1] + limit.within_s - now_s
        raise RateLimited(
            f"That was tried {limit.most} times within {limit.within_s / MINUTE_S:.0f} minutes. "
            f"Come back in {math.ceil(wait_s / MINUTE_S)} minutes.",
            retry_after_s=wait_s,
        )


def _network(address: str) -> str:
    """Return the part of a network address that one customer cannot change at will."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv4Address):
        return str(ip)
    if ip.ipv4_mapped:
        return str(ip.ipv4_mapped)
    return str(ipaddress.ip_network((int(ip), IPV6_NETWORK_BITS), strict=False))
