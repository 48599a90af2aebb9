"""Forgotten passwords: a link that sets a new one, once, within half an hour.

The link goes to the address of the account and nowhere else, and its host comes from the settings:
what a request says about its host is not believed. Whether somebody has an account shows neither in
the answer nor in its time, because whatever is done about it is done a moment later by a thread of
its own. The secret in the link is stored as a digest only and stands in no log.
"""

from __future__ import annotations

import logging
import threading
import time

import sqlalchemy as sa

from mvkit.database import reading
from mvkit.errors import InvalidInput, MvkitError, Unauthorized
from mvkit.settings import get_settings
from mvkit.web.accounts.credentials import set_password
from mvkit.web.accounts.keys import digest_of, new_secret
from mvkit.web.accounts.lockout import count_try
from mvkit.web.accounts.mail import can_send, send_mail
from mvkit.web.accounts.passwords import check_password, hash_password
from mvkit.web.accounts.table import (
    RESETS,
    USERS,
    Account,
    Row,
    account_of,
    changing,
    drop_expired,
    find_account,
    find_row,
)

GOOD_FOR_S = 1800.0
BEGUN_AFTER_S = 0.5
"""When the request has long been answered, and no longer shares the processor with what follows."""
THREAD_NAME = "reset-mail"
SUBJECT = "Set a new password"
LETTER = """Hello {name},

somebody, probably you, asked to set a new password. This link does it, once, within the next
{minutes:.0f} minutes:

{link}

If it was not you, do nothing: your password stays what it is.
"""

log = logging.getLogger("mvkit.web.accounts")


def ask_reset(name_or_email: str, *, address: str = "") -> None:
    """Have a reset link sent to a person, if there is such a person.

    Parameters
    ----------
    address : str
        The network address of who asks.

    Raises
    ------
    RateLimited
        After 5 requests for an account, or 20 from an address, in an hour; known or not.
    """
    row = find_row(name_or_email)
    tried = row.name if row else name_or_email.strip().lower()
    count_try("reset", account=tried, address=address)
    account = account_of(row) if row and not row.disabled else None
    sending = threading.Timer(BEGUN_AFTER_S, _send_link, args=(account,))
    sending.name, sending.daemon = THREAD_NAME, True
    sending.start()


def make_reset(name: str) -> str:
    """Return a link that sets a new password, for the administrator to hand over.

    Raises
    ------
    NotFound
        If nobody has this name.
    InvalidInput
        Reason ``DISABLED``.
    """
    account = find_account(name)
    if account.disabled:
        raise InvalidInput(
            f"The account '{account.name}' is disabled; `mvkit user enable {account.name}` first.",
            reason="DISABLED",
        )
    secret = new_secret()
    expires_at_s = time.time() + GOOD_FOR_S
    row = {"digest": digest_of(secret), "user": account.name, "expires_at_s": expires_at_s}
    with changing() as connection:
        drop_expired(connection)
        connection.execute(RESETS.insert().values(row))
    return f"{get_settings().public_url.rstrip('/')}/login?reset={secret}"


def reset_password(reset_token: str, new: str) -> str:
    """Set a new password with the secret of a link; ends all logins and other links of the user.

    Returns
    -------
    str
        The user's name.

    Raises
    ------
    Unauthorized
        Reason ``RESET``: unknown, used or too old, or the account is disabled.
    InvalidInput
        Reason ``PASSWORD``: the new one may not be chosen; the link is still good.
    """
    row = _find_reset(reset_token)
    check_password(new, name=row.name, email=row.email or "")
    hashed = hash_password(new)
    used = RESETS.delete().where(_is_good(reset_token)).returning(RESETS.c.user)
    with changing() as connection:
        name = connection.execute(used).scalar_one_or_none()
        if name is None:  # somebody was quicker
            raise _worthless()
        set_password(connection, name, hashed)
    return str(name)


def _send_link(account: Account | None) -> None:
    """Send a link, or tell the administrator how to; nobody waits for it, so nothing is raised."""
    if account is None:
        return
    if not (account.email and can_send()):
        why = "no mail can be sent (smtp_url)" if account.email else "no e-mail address is known"
        log.warning(
            "'%s' forgot the password, and %s: `mvkit user reset %s` prints a link for them.",
            *(account.name, why, account.name),
        )
        return
    try:
        link = make_reset(account.name)
        letter = LETTER.format(name=account.name, minutes=GOOD_FOR_S / 60, link=link)
        send_mail(account.email, subject=SUBJECT, text=letter)
    except MvkitError as error:
        log.error("The reset link for '%s' was not sent: %s", account.name, error.message)


def _find_reset(reset_token: str) -> Row:
    """Return the account that a link is for."""
    query = (
        sa.select(USERS)
        .join(RESETS, RESETS.c.user == USERS.c.name)
        .where(_is_good(reset_token), USERS.c.disabled.is_(False))
    )
    with reading() as connection:
        row = connection.execute(query).one_or_none()
    if row is None:
        raise _worthless()
    return row


def _is_good(reset_token: str) -> sa.ColumnElement[bool]:
    return sa.and_(RESETS.c.digest == digest_of(reset_token), RESETS.c.expires_at_s > time.time())


def _worthless() -> Unauthorized:
    return Unauthorized(
        "This link was used already, or is older than 30 minutes. Have another one sent.",
        reason="RESET",
    )
