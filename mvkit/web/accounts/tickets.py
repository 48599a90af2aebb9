"""Tickets: carry a login from the page that made it to the cookie that keeps it.

A page runs on a WebSocket, which cannot set a cookie that scripts do not see. So it hands the
browser a ticket, good once and for 30 seconds, which the browser gives back over plain HTTP; the
answer sets the cookie. The token itself never is where a script could read it.
"""

from __future__ import annotations

import time

import sqlalchemy as sa

from mvkit.errors import Unauthorized
from mvkit.web.accounts.keys import digest_of, new_secret
from mvkit.web.accounts.logins import Login, claims_of, signed
from mvkit.web.accounts.table import LOGINS, TICKETS, changing, drop_expired

GOOD_FOR_S = 30.0


def make_ticket(login: Login) -> str:
    """Return a ticket for a login that was made just now."""
    ticket = new_secret()
    sid = claims_of(login.token, audience=login.kind)["sid"]
    row = {"digest": digest_of(ticket), "sid": sid, "expires_at_s": time.time() + GOOD_FOR_S}
    with changing() as connection:
        drop_expired(connection)
        connection.execute(TICKETS.insert().values(row))
    return ticket


def redeem_ticket(ticket: str) -> Login:
    """Return the login of a ticket, once.

    Raises
    ------
    Unauthorized
        Reason ``TICKET``: unknown, used, too old, or its login has ended.
    """
    now_s = time.time()
    taken = (
        TICKETS.delete()
        .where(TICKETS.c.digest == digest_of(ticket), TICKETS.c.expires_at_s > now_s)
        .returning(TICKETS.c.sid)
    )
    with changing() as connection:
        sid = connection.execute(taken).scalar_one_or_none()
        alive = sa.select(LOGINS).where(LOGINS.c.sid == sid, LOGINS.c.expires_at_s > now_s)
        login = connection.execute(alive).one_or_none()
    if login is None:
        raise Unauthorized("This ticket is used up or too old. Log in again.", reason="TICKET")
    return signed(login._asdict())
