"""Accounts: who people are, and how they show it.

::

    who somebody is             register ─► a row of users     registration, names, passwords
                                               │
    showing it by a password    log_in ◄───────┘               credentials, lockout
                                  │
    a login                       └─► Login ─► who ─► "ada"    logins, keys
                                        │  └─► log_out
    into the browser's cookie           └─► make_ticket ─► redeem_ticket              tickets
    a forgotten password        ask_reset ─► a mail ──────┐
                                make_reset ─► by hand ────┴─► reset_password    resets, mail

Users are known to the rest of the project by name alone. A request shows who it comes from by a
token, and :func:`who` is asked anew each time, so that a login that has ended is over with the next
request. What goes wrong is told by :mod:`mvkit.errors`: ``Unauthorized`` (reasons ``LOGIN``,
``TOKEN``, ``TICKET``, ``RESET``), ``RateLimited`` with its ``retry_after_s``, and ``InvalidInput``
(reasons ``NAME``, ``EMAIL``, ``PASSWORD``, ``TAKEN``, ``CLOSED``, ``DISABLED``).
"""

from __future__ import annotations

from mvkit.web.accounts.credentials import change_password
from mvkit.web.accounts.keys import signing_key
from mvkit.web.accounts.logins import API, PAGE, Login, log_in, log_out, log_out_everywhere, who
from mvkit.web.accounts.registration import register, set_disabled
from mvkit.web.accounts.resets import ask_reset, make_reset, reset_password
from mvkit.web.accounts.table import Account, find_account, is_empty, list_accounts
from mvkit.web.accounts.tickets import make_ticket, redeem_ticket

__all__ = [
    "API",
    "PAGE",
    "Account",
    "Login",
    "ask_reset",
    "change_password",
    "find_account",
    "is_empty",
    "list_accounts",
    "log_in",
    "log_out",
    "log_out_everywhere",
    "make_reset",
    "make_ticket",
    "redeem_ticket",
    "register",
    "reset_password",
    "set_disabled",
    "signing_key",
    "who",
]
