"""The tables of people: who has an account, where they are logged in, what they were promised.

Of passwords, reset links and tickets only digests are stored, so whoever reads the database can
log in as nobody. Times are seconds since the epoch, by :func:`time.time`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from mvkit.database import METADATA, alone, reading
from mvkit.errors import NotFound
from mvkit.web.accounts.names import as_stored

Row = sa.Row[Any]

USERS = sa.Table(
    "users",
    METADATA,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("email", sa.String, unique=True),  # NULL where the administrator gave none
    sa.Column("password", sa.String, nullable=False),  # its hash
    sa.Column("created_at_s", sa.Double, nullable=False),
    sa.Column("disabled", sa.Boolean, nullable=False),
)
LOGINS = sa.Table(
    "logins",
    METADATA,
    sa.Column("sid", sa.String, primary_key=True),
    sa.Column("user", sa.String, nullable=False, index=True),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("expires_at_s", sa.Double, nullable=False),
)
"""Who is logged in. A token without its row here is worth nothing."""
TICKETS = sa.Table(
    "login_tickets",
    METADATA,
    sa.Column("digest", sa.String, primary_key=True),
    sa.Column("sid", sa.String, nullable=False),
    sa.Column("expires_at_s", sa.Double, nullable=False),
)
RESETS = sa.Table(
    "password_resets",
    METADATA,
    sa.Column("digest", sa.String, primary_key=True),
    sa.Column("user", sa.String, nullable=False, index=True),
    sa.Column("expires_at_s", sa.Double, nullable=False),
)
EXPIRING = (LOGINS, TICKETS, RESETS)
REMEMBERED_S = 0.5
"""How long a login that another process has ended may go on here, at most."""


@dataclass(frozen=True, kw_only=True)
class Account:
    """One person's account.

    Attributes
    ----------
    name : str
        What they log in with, and whose jobs are theirs; see :func:`~.names.check_name`.
    email : str
        In lower case; empty where the administrator gave none.
    created_at_s : float
        Seconds since the epoch.
    disabled : bool
        Whether they are locked out until an administrator enables the account again.
    """

    name: str
    email: str
    created_at_s: float
    disabled: bool


@contextmanager
def changing() -> Iterator[sa.Connection]:
    """Hold a transaction in which accounts, logins and tries change: one at a time.

    What was counted or checked in it is true until its end, and two can never wait for each other.
    They are short; passwords, which take their time, are hashed outside.
    """
    try:
        with alone("accounts") as connection:
            yield connection
    finally:
        _find_login.cache_clear()


def is_empty() -> bool:
    """Whether nobody has an account yet: the first start."""
    with reading() as connection:
        return is_empty_on(connection)


def is_empty_on(connection: sa.Connection) -> bool:
    """Whether nobody has an account yet, asked on a connection that goes on to add one."""
    return connection.execute(sa.select(USERS.c.name).limit(1)).first() is None


def find_account(name_or_email: str) -> Account:
    """Return an account.

    Raises
    ------
    NotFound
        If nobody has this name or e-mail address.
    """
    row = find_row(name_or_email)
    if row is None:
        raise NotFound(f"Nobody is called '{name_or_email}'; `mvkit user list` names everybody.")
    return account_of(row)


def find_row(name_or_email: str) -> Row | None:
    """Return the row of an account, with its password's hash, or None for nobody."""
    given = as_stored(name_or_email)
    meant = sa.or_(USERS.c.name == given, USERS.c.email == given)
    with reading() as connection:
        return connection.execute(sa.select(USERS).where(meant)).one_or_none()


def find_login(sid: str) -> Row | None:
    """Return the row of a login whose user may log in, or None; remembered for a moment.

    Every request asks. What this process changes is known at once, and what another one changes
    within :data:`REMEMBERED_S`.
    """
    return _find_login(sid, int(time.monotonic() / REMEMBERED_S))


@lru_cache(maxsize=4096)
def _find_login(sid: str, _period: int) -> Row | None:
    enabled = LOGINS.join(USERS, USERS.c.name == LOGINS.c.user)
    query = (
        sa.select(LOGINS)
        .select_from(enabled)
        .where(LOGINS.c.sid == sid, USERS.c.disabled.is_(False))
    )
    with reading() as connection:
        return connection.execute(query).one_or_none()


def list_accounts() -> list[Account]:
    """Return all accounts, by name."""
    with reading() as connection:
        rows = connection.execute(sa.select(USERS).order_by(USERS.c.name))
        return [account_of(row) for row in rows]


def account_of(row: Row) -> Account:
    """Return what may be known of a row: all but the password."""
    return Account(
        name=row.name,
        email=row.email or "",
        created_at_s=row.created_at_s,
        disabled=row.disabled,
    )


def end_logins(connection: sa.Connection, name: str) -> None:
    """End all logins of a user, and make their reset links worthless."""
    connection.execute(LOGINS.delete().where(LOGINS.c.user == name))
    connection.execute(RESETS.delete().where(RESETS.c.user == name))


def drop_expired(connection: sa.Connection) -> None:
    """Remove the logins, tickets and reset links that are past their time."""
    now_s = time.time()
    for table in EXPIRING:
        connection.execute(table.delete().where(table.c.expires_at_s <= now_s))
