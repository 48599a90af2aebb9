"""Logins: signed tokens, each with a row of its own that can be struck at any time.

A token is a JWT (HS256) of ``{sub, sid, aud, exp}``: whose it is, which row, what it is good for,
and until when. The signature keeps guesses away from the database; the row decides. So a login ends
at once, everywhere, when it is logged out, its user is disabled or changes the password.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jwt

from mvkit.errors import Unauthorized
from mvkit.settings import get_settings
from mvkit.web.accounts.credentials import prove, refusal, still_holds
from mvkit.web.accounts.keys import signing_key
from mvkit.web.accounts.lockout import forget_tries
from mvkit.web.accounts.table import LOGINS, changing, drop_expired, end_logins, find_login

PAGE, API = "page", "api"
"""What a login is good for: the pages, in a cookie; or the API, as a bearer token."""
ALGORITHM = "HS256"
CLAIMS = ["sub", "sid", "aud", "exp"]
DAY_S, MINUTE_S = 86_400.0, 60.0


@dataclass(frozen=True, kw_only=True)
class Login:
    """One login.

    Attributes
    ----------
    token : str
        What shows it; a secret.
    user : str
        Whose it is.
    kind : str
        ``PAGE`` or ``API``.
    expires_at_s : float
        Seconds since the epoch.
    """

    token: str
    user: str
    kind: str
    expires_at_s: float


def log_in(name_or_email: str, password: str, *, kind: str, address: str = "") -> Login:
    """Log a person in.

    Parameters
    ----------
    kind : str
        ``PAGE`` or ``API``.
    address : str
        The network address of who asks.

    Raises
    ------
    Unauthorized
        Reason ``LOGIN``: unknown, wrong or disabled, which is not told apart.
    RateLimited
        After 10 tries at an account in 15 minutes, or 100 from an address in an hour.
    """
    proven = prove(name_or_email, password, address=address)
    expires_at_s = time.time() + _lasts_s(kind)
    row = {
        "sid": secrets.token_hex(16),
        "user": proven.name,
        "kind": kind,
        "expires_at_s": expires_at_s,
    }
    with changing() as connection:
        if not still_holds(connection, proven):
            raise refusal()
        forget_tries(connection, account=proven.name)
        drop_expired(connection)
        connection.execute(LOGINS.insert().values(row))
    return signed(row)


def who(token: str, *, kind: str) -> str:
    """Return whose a token is.

    Raises
    ------
    Unauthorized
        Reason ``TOKEN``: forged, expired, ended, of another kind, or its user is disabled.
    """
    claims = claims_of(token, audience=kind)
    row = find_login(str(claims["sid"]))
    if row is None or row.expires_at_s <= time.time():
        raise _not_logged_in()
    if (row.user, row.kind) != (claims["sub"], kind):
        raise _not_logged_in()
    return str(row.user)


def log_out(token: str) -> None:
    """End a login at once, everywhere; a token that shows none ends none."""
    try:
        claims = claims_of(token, audience=None)
    except Unauthorized:
        return
    with changing() as connection:
        connection.execute(LOGINS.delete().where(LOGINS.c.sid == str(claims["sid"])))


def log_out_everywhere(user: str) -> None:
    """End all logins of a user, on every device and in scripts."""
    with changing() as connection:
        end_logins(connection, user)


def signed(row: Mapping[str, Any]) -> Login:
    """Return the login of a row of :data:`~.table.LOGINS`, with its token."""
    user, kind, expires_at_s = row["user"], row["kind"], row["expires_at_s"]
    claims = {"sub": user, "sid": row["sid"], "aud": kind, "exp": int(expires_at_s)}
    token = jwt.encode(claims, signing_key(), algorithm=ALGORITHM)
    return Login(token=token, user=user, kind=kind, expires_at_s=expires_at_s)


def claims_of(token: str, *, audience: str | None) -> dict[str, Any]:
    """Return what a token of ours says, for one audience or (None) for any.

    Raises
    ------
    Unauthorized
        Reason ``TOKEN``.
    """
    try:
        return jwt.decode(
            token.encode("ascii", "replace"),
            signing_key(),
            algorithms=[ALGORITHM],
            audience=audience,
            options={"require": CLAIMS, "verify_aud": audience is not None},
        )
    except jwt.InvalidTokenError as error:
        raise _not_logged_in() from error


def _lasts_s(kind: str) -> float:
    settings = get_settings()
    return {PAGE: settings.login_days * DAY_S, API: settings.token_minutes * MINUTE_S}[kind]


def _not_logged_in() -> Unauthorized:
    return Unauthorized("This login is over, or never was one. Log in again.", reason="TOKEN")
