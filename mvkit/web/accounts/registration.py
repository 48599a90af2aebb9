"""Making an account, and shutting one."""

from __future__ import annotations

import time

import sqlalchemy as sa

from mvkit.errors import InvalidInput, NotFound
from mvkit.jobs.table import list_jobs
from mvkit.settings import get_settings
from mvkit.web.accounts.lockout import count_on, count_try
from mvkit.web.accounts.names import check_email, check_name
from mvkit.web.accounts.passwords import check_password, hash_password
from mvkit.web.accounts.table import USERS, Account, changing, end_logins, is_empty_on


def register(
    name: str, password: str, *, email: str, address: str = "", trusted: bool = False
) -> Account:
    """Make an account.

    Parameters
    ----------
    email : str
        May be empty if trusted: such a person can be sent no link.
    address : str
        The network address of who asks.
    trusted : bool
        Whether the administrator asks, who may do so even where registration is closed, and may
        give a person the films that were made under their name on the command line.

    Raises
    ------
    InvalidInput
        Reasons ``NAME``, ``EMAIL``, ``PASSWORD``, ``TAKEN`` and ``CLOSED``.
    RateLimited
        If too many accounts were made or asked for from this address.
    """
    name = check_name(name)
    email = check_email(email) if email or not trusted else ""
    check_password(password, name=name, email=email)
    count_try("application", address=address)
    account = Account(name=name, email=email, created_at_s=time.time(), disabled=False)
    hashed = hash_password(password)
    has_films = bool(list_jobs(user=name, limit=1))
    with changing() as connection:
        if not (trusted or is_empty_on(connection)):
            _check_open()
            _check_no_films(has_films)
        _check_free(connection, account)
        count_on(connection, "registration", address=address)
        _insert(connection, account, hashed=hashed)
    return account


def set_disabled(name: str, disabled: bool) -> None:
    """Shut an account, which ends all its logins; or open it again.

    Raises
    ------
    NotFound
        If nobody has this name.
    """
    name = check_name(name)
    with changing() as connection:
        changed = USERS.update().where(USERS.c.name == name).values(disabled=disabled)
        if connection.execute(changed).rowcount == 0:
            raise NotFound(f"Nobody is called '{name}'; `mvkit user list` names everybody.")
        if disabled:
            end_logins(connection, name)


def _check_open() -> None:
    if get_settings().registration == "closed":
        raise InvalidInput(
            "Accounts are made by the administrator here (`mvkit user add NAME`).", reason="CLOSED"
        )


def _check_no_films(has_films: bool) -> None:
    """Refuse the name of somebody who makes films on the command line."""
    if has_films:
        raise _taken()


def _check_free(connection: sa.Connection, account: Account) -> None:
    same = [USERS.c.name == account.name]
    if account.email:
        same.append(USERS.c.email == account.email)
    if connection.execute(sa.select(USERS.c.name).where(sa.or_(*same))).first():
        raise _taken()


def _taken() -> InvalidInput:
    # One answer for name and address: whose address is known here is nobody's business.
    return InvalidInput(
        "This name or e-mail address has an account already. Choose another name, or log in.",
        reason="TAKEN",
    )


def _insert(connection: sa.Connection, account: Account, *, hashed: str) -> None:
    connection.execute(
        USERS.insert().values(
            name=account.name,
            email=account.email or None,
            password=hashed,
            created_at_s=account.created_at_s,
            disabled=account.disabled,
        )
    )
