"""The money of jobs: set aside before it is spent, booked as it was billed.

Each job that buys anything has an *account* with a limit, and an *entry* per order. An order's
worst case is reserved before the order is placed, in one statement that the database runs for one
process at a time, so that orders of several processes or machines together cannot pass the limit::

    reserved ──> placed ──> settled       the service has the order; it has billed it
       │                                  (a model that answers at once is settled from reserved)
       ├──> released                      the service certainly has no such order
       └──> lost                          nobody can tell: charged at its worst case, until the
                                          order turns up after all (placed, or released)

An item (a file of the run folder) is bought once under one identity (the digest of all it depends
on). After a failure the next *attempt* has an entry of its own, and says which one it follows, so
that of two processes that want to order, one is refused.

``ledger.jsonl`` in the run folder is the audit copy: a line for everything a free model made, and
one for each entry that cost money. Where an entry changes afterwards, a line with the difference
follows; the sum of the lines is what the run has cost.

Amounts are US dollars as Decimal, exact to the micro-dollar.

Contents
--------
Account, Entry                  what a job may spend, and its orders
open_account, find_account      by a job's id
usual_budget_usd                what a job may spend unless its user says otherwise
checked_budget                  what its user says, if any job may spend so much
book, copy_account, total_usd   the audit copy
dollars                         an amount for people
being_bought                    the error of who comes second
"""

from mvkit.ledger.account import (
    Account,
    being_bought,
    checked_budget,
    find_account,
    open_account,
    usual_budget_usd,
)
from mvkit.ledger.audit import LEDGER_FILE, book, copy_account, total_usd
from mvkit.ledger.table import Entry, State, dollars

__all__ = [
    "LEDGER_FILE",
    "Account",
    "Entry",
    "State",
    "being_bought",
    "book",
    "checked_budget",
    "copy_account",
    "dollars",
    "find_account",
    "open_account",
    "total_usd",
    "usual_budget_usd",
]
