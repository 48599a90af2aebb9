"""Showing who one is by a password, and changing it."""

from __future__ import annotations

import sqlalchemy as sa

from mvkit.errors import Unauthorized
from mvkit.web.accounts.lockout import count_try, forget_tries
from mvkit.web.accounts.passwords import check_password, hash_password, is_password
from mvkit.web.accounts.table import USERS, Row, changing, end_logins, find_row


def prove(name_or_email: str, password: str, *, address: str = "") -> Row:
    """Return the row of the account whose password this is.

    The answer and the time it takes are the same for a wrong password, an unknown name and a
    disabled account.

    Raises
    ------
    Unauthorized
        Reason ``LOGIN``.
    RateLimited
        After too many tries, even if the password is right.
    """
    row = find_row(name_or_email)
    tried = row.name if row else name_or_email.strip().lower()
    count_try("password", account=tried, address=address)
    is_right = is_password(password, row.password if row else None)
    if row is None or not is_right or row.disabled:
        raise refusal()
    return row


def still_holds(connection: sa.Connection, proven: Row) -> bool:
    """Whether what was proven is so now, and will be until the transaction ends.

    Checking a password takes a while, in which it may be changed or the account be disabled.
    """
    same = sa.and_(USERS.c.name == proven.name, USERS.c.password == proven.password)
    query = sa.select(USERS.c.name).where(same, USERS.c.disabled.is_(False))
    return connection.execute(query).first() is not None


def refusal() -> Unauthorized:
    """Return the one answer to all who did not show who they are."""
    return Unauthorized(
        "Name and password do not go together. Type them again, or have a link sent to set a new "
        "password.",
        reason="LOGIN",
    )


def change_password(name: str, old: str, new: str) -> None:
    """Change a password, which ends all logins of the user, here and elsewhere.

    Raises
    ------
    Unauthorized
        Reason ``LOGIN``: the old password is wrong.
    InvalidInput
        Reason ``PASSWORD``: the new one may not be chosen.
    RateLimited
        After too many tries, which count together with those to log in.
    """
    proven = prove(name, old)
    check_password(new, name=proven.name, email=proven.email or "")
    hashed = hash_password(new)
    with changing() as connection:
        if not still_holds(connection, proven):
            raise refusal()
        set_password(connection, proven.name, hashed)


def set_password(connection: sa.Connection, name: str, hashed: str) -> None:
    """Store a new password: nobody stays logged in, and nobody locked out."""
    connection.execute(USERS.update().where(USERS.c.name == name).values(password=hashed))
    end_logins(connection, name)
    forget_tries(connection, account=name)
