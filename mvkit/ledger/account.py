"""What a job may spend, what of it is set aside, and what was spent."""

from __future__ import annotations

import logging
from decimal import ROUND_CEILING, Decimal
from pathlib import Path
from typing import Self

import sqlalchemy as sa

from mvkit.database import Usd, alone, database_url, is_local, reading, writing
from mvkit.errors import BudgetExceeded, GenerationFailed, InvalidInput, NotFound
from mvkit.ledger.table import (
    ACCOUNTS,
    ENTRIES,
    OPEN,
    ZERO,
    Balance,
    Entry,
    balance_of,
    dollars,
    entries_where,
    insert_entry,
    move,
)
from mvkit.run import Run
from mvkit.schema import Analysis
from mvkit.settings import get_settings

logger = logging.getLogger(__name__)

MICRO_USD = Decimal("0.000001")
NONSENSE_FACTOR = 10
"""A bill of more than so many times the worst case is a mistake, not a price."""


class Account:
    """The account of a job; see :mod:`mvkit.ledger` for the life of its entries.

    An entry that has moved on meanwhile is left as it is, and returned as it is: whoever comes
    second changes nothing.

    Parameters
    ----------
    job_id : str
        The job; its account must be open (:func:`open_account`, :meth:`of`).
    """

    def __init__(self, job_id: str) -> None:
        self.job_id = job_id

    @classmethod
    def of(cls, run: Run) -> Self:
        """Return the account of a run, opened with the default limit if it has none yet.

        Raises
        ------
        NotFound
            If the run has no account and its song was not analysed: nobody knows how long it is.
        """
        if _find_balance(run.job_id) is None:
            open_account(run.job_id, song_s=run.read(Analysis).duration)
        return cls(run.job_id)

    @property
    def limit_usd(self) -> Decimal:
        """What the job may spend."""
        return self._balance().limit_usd

    @property
    def held_usd(self) -> Decimal:
        """What is set aside for orders that are not settled."""
        return self._balance().held_usd

    @property
    def spent_usd(self) -> Decimal:
        """What was billed, and the worst case of what was lost."""
        return self._balance().spent_usd

    @property
    def unspent_usd(self) -> Decimal:
        """What could be reserved if all that is set aside came back."""
        return self._balance().unspent_usd

    def entries(self) -> tuple[Entry, ...]:
        """Return all entries, oldest first."""
        with reading() as connection:
            return tuple(entries_where(connection, ENTRIES.c.job_id == self.job_id))

    def open_entries(self) -> tuple[Entry, ...]:
        """Return the entries of orders that are not decided, oldest first."""
        mine, is_open = ENTRIES.c.job_id == self.job_id, ENTRIES.c.state.in_(OPEN)
        with reading() as connection:
            return tuple(entries_where(connection, mine, is_open))

    def latest(self, item: str, identity: str) -> Entry | None:
        """Return the last attempt to buy an item, or None if there was none."""
        same = (
            ENTRIES.c.job_id == self.job_id,
            ENTRIES.c.item == item,
            ENTRIES.c.identity == identity,
        )
        with reading() as connection:
            attempts = entries_where(connection, *same)
        return max(attempts, key=lambda entry: entry.attempt, default=None)

    def reserve(
        self,
        item: str,
        *,
        identity: str,
        model: str,
        most_usd: Decimal,
        after: Entry | None = None,
    ) -> Entry:
        """Set the worst case of an order aside, before it is placed.

        Parameters
        ----------
        item, identity, model : str
            What is bought, and from whom.
        most_usd : Decimal
            The worst case.
        after : Entry, optional
            The attempt before this one, if there was one.

        Raises
        ------
        BudgetExceeded
            If the order could pass the job's limit.
        GenerationFailed
            If another process has reserved this attempt meanwhile (``BEING_BOUGHT``).
        InvalidInput
            If the worst case is no price.
        NotFound
            If the job has no account.
        """
        most_usd = _checked_price(most_usd, model=model)
        try:
            with writing() as connection:
                self._set_aside(connection, most_usd, item=item)
                return insert_entry(
                    connection,
                    job_id=self.job_id,
                    item=item,
                    identity=identity,
                    attempt=after.attempt + 1 if after else 1,
                    model=model,
                    most_usd=most_usd,
                )
        except sa.exc.IntegrityError as error:
            raise being_bought(item) from error

    def place(self, entry: Entry, provider_id: str) -> Entry:
        """Note the service's id for an order; also for one that was given up as lost."""
        return move(entry, "placed", provider_id=provider_id, cost_usd=ZERO)

    def settle(self, entry: Entry, cost_usd: Decimal, *, made: str = "") -> Entry:
        """Note what an order was billed at.

        A bill above the worst case is booked as it is; the job stops before its next order that
        could pass the limit. What cannot be a bill (negative, not a number, many times the worst
        case) is not believed, and the worst case is booked.

        Parameters
        ----------
        cost_usd : Decimal
            The bill.
        made : str, optional
            SHA-256 of what was delivered; empty where the order failed.
        """
        return move(entry, "settled", cost_usd=_believed(cost_usd, entry), made=made)

    def release(self, entry: Entry) -> Entry:
        """Give back what was set aside: the service certainly has no such order."""
        return move(entry, "released", cost_usd=ZERO)

    def lose(self, entry: Entry) -> Entry:
        """Charge an order at its worst case: nobody can tell whether the service has it."""
        return move(entry, "lost", cost_usd=entry.most_usd)

    def _balance(self) -> Balance:
        balance = _find_balance(self.job_id)
        if balance is None:
            raise _no_account(self.job_id)
        return balance

    def _set_aside(self, connection: sa.Connection, most_usd: Decimal, *, item: str) -> None:
        """Hold an amount if the limit allows; one statement, so that nobody comes between."""
        amount = sa.literal(most_usd, Usd)
        taken = ACCOUNTS.c.held_usd + ACCOUNTS.c.spent_usd + amount
        granted = connection.execute(
            sa.update(ACCOUNTS)
            .where(ACCOUNTS.c.job_id == self.job_id, taken <= ACCOUNTS.c.limit_usd)
            .values(held_usd=ACCOUNTS.c.held_usd + amount)
        )
        if granted.rowcount == 0:
            balance = balance_of(connection, self.job_id)
            if balance is None:
                raise _no_account(self.job_id)
            raise _over_budget(balance, most_usd, item)


def open_account(job_id: str, *, song_s: float, budget_usd: Decimal | None = None) -> Account:
    """Open a job's account; one that is open stays as it is, but for a limit that is given.

    Parameters
    ----------
    song_s : float
        Length of the song in seconds, for the default limit.
    budget_usd : Decimal, optional
        What the job may spend; by default so much per minute of song, as the settings say. It
        may be changed at any time, and never be above what the settings allow any job.

    Raises
    ------
    InvalidInput
        If the budget is negative, no number, or above what any job may spend.
    """
    limit_usd = usual_budget_usd(song_s) if budget_usd is None else checked_budget(budget_usd)
    with alone(f"account {job_id}") as connection:
        if balance_of(connection, job_id) is None:
            balance = {"limit_usd": limit_usd, "held_usd": ZERO, "spent_usd": ZERO}
            connection.execute(sa.insert(ACCOUNTS).values(job_id=job_id, **balance))
        elif budget_usd is not None:
            same = ACCOUNTS.c.job_id == job_id
            connection.execute(sa.update(ACCOUNTS).where(same).values(limit_usd=limit_usd))
    return Account(job_id)


def find_account(job_id: str) -> Account | None:
    """Return a job's account, or None if it has none.

    A database file that is not there holds no account and is not made by asking: a film that free
    models make in the foreground never opens a database.
    """
    if is_local() and not Path(database_url().removeprefix("sqlite:///")).exists():
        return None
    return None if _find_balance(job_id) is None else Account(job_id)


def being_bought(item: str) -> GenerationFailed:
    """Return the error of who comes second: another process knows more of the same order."""
    return GenerationFailed(
        f"{item} is being bought by another process; try again to get what it has bought.",
        reason="BEING_BOUGHT",
    )


def _find_balance(job_id: str) -> Balance | None:
    with reading() as connection:
        return balance_of(connection, job_id)


def usual_budget_usd(song_s: float) -> Decimal:
    """Return what a film may cost unless its user says otherwise: by its song's length, capped."""
    settings = get_settings()
    by_length_usd = settings.budget_usd_per_minute * Decimal(str(song_s)) / 60
    return min(by_length_usd, settings.budget_usd_most)


def checked_budget(budget_usd: Decimal) -> Decimal:
    """Return what a user says that a job may spend, if any job may.

    Raises
    ------
    InvalidInput
        If it is negative, no number, or above what any job may spend (``BUDGET``).
    """
    most_usd = get_settings().budget_usd_most
    if not budget_usd.is_finite() or budget_usd < 0:
        raise InvalidInput(
            f"A budget of {budget_usd} dollars is no amount; expected 0 to {most_usd}.",
            reason="BUDGET",
        )
    if budget_usd > most_usd:
        raise InvalidInput(
            f"A budget of {dollars(budget_usd)} is above the {dollars(most_usd)} that any job may "
            "spend; give at most that. Whoever runs mvkit sets it: MVKIT_BUDGET_USD_MOST.",
            reason="BUDGET",
        )
    return budget_usd


def _checked_price(most_usd: Decimal, *, model: str) -> Decimal:
    """Return a worst case in whole micro-dollars, rounded up."""
    if not most_usd.is_finite() or most_usd <= 0:
        raise InvalidInput(
            f"{model} names a worst case of {most_usd} dollars; expected an amount above zero. "
            "Mend its price.",
            reason="PRICE",
        )
    return most_usd.quantize(MICRO_USD, rounding=ROUND_CEILING)


def _believed(cost_usd: Decimal, entry: Entry) -> Decimal:
    """Return a bill in whole micro-dollars, or the worst case if it cannot be a bill."""
    is_amount = isinstance(cost_usd, Decimal) and cost_usd.is_finite()
    if not is_amount or not 0 <= cost_usd <= NONSENSE_FACTOR * entry.most_usd:
        logger.warning(
            "%s was billed at %s dollars, which cannot be; its worst case, %s, is booked.",
            *(entry.item, cost_usd, dollars(entry.most_usd)),
        )
        return entry.most_usd
    if cost_usd > entry.most_usd:
        logger.warning(
            "%s was billed at %s, more than its worst case of %s; look at the price of %s.",
            *(entry.item, dollars(cost_usd), dollars(entry.most_usd), entry.model),
        )
    return cost_usd.quantize(MICRO_USD, rounding=ROUND_CEILING)


def _over_budget(balance: Balance, needed_usd: Decimal, item: str) -> BudgetExceeded:
    return BudgetExceeded(
        f"{item} may cost up to {dollars(needed_usd)}, and {dollars(balance.left_usd)} is left of "
        f"the job's {dollars(balance.limit_usd)} ({dollars(balance.spent_usd)} spent, "
        f"{dollars(balance.held_usd)} set aside). Give the job a larger budget, at most "
        f"{dollars(get_settings().budget_usd_most)}, and start it again: what is made is kept."
    )


def _no_account(job_id: str) -> NotFound:
    return NotFound(f"Job {job_id} has no account; open one before anything is bought.")
